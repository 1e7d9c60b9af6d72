"""Which of the encoder's layers a run trains, and at which rates (`optim.encoder_rate`, `optim.layer_decay`)."""

from __future__ import annotations

from collections.abc import Mapping

from torch import nn

from engine.backbones.backbone import Backbone
from engine.backbones.layers import layer_scales
from engine.config.run import OptimConfig
from engine.method import Method, ParameterGroup
from engine.optim.optimisers import Grouped


def copies(method: Method) -> list[Backbone]:
    """The encoder that a method trains, and its teachers of the same architecture."""
    names = method.backbone.state_dict().keys()
    alike = (part for part in method.modules() if isinstance(part, type(method.backbone)))
    return [part for part in alike if part.state_dict().keys() == names]


def encoder_rates(method: Method, optim: OptimConfig) -> dict[nn.Parameter, float]:
    """The factor of the learning rate of each of the encoder's parameters; empty where all have that of the heads."""
    if optim.encoder_rate == optim.layer_decay == 1:
        return {}
    scales = layer_scales(method.backbone, optim.layer_decay)
    return {parameter: optim.encoder_rate * scales[name] for name, parameter in method.backbone.named_parameters()}


def by_rate(group: ParameterGroup, rates: Mapping[nn.Parameter, float]) -> list[Grouped]:
    """A parameter group, split where parts of it have rates of their own."""
    parts: dict[float, list[nn.Parameter]] = {} if rates else {1.0: group.parameters}
    for parameter in group.parameters if rates else ():
        parts.setdefault(rates.get(parameter, 1.0), []).append(parameter)
    return [(part, group.lr_scale * factor, group.fixed_lr, group.decay) for factor, part in parts.items()]
