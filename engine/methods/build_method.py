"""Builds the method of a config, with its encoder."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from torch import Tensor

from engine.augment.seeds import drawn_from
from engine.backbones.backbone import Backbone
from engine.backbones.build import build_backbone
from engine.backbones.vit import VisionTransformer
from engine.catalogue import check_encoder, entry, load, untrainable
from engine.config.errors import complain
from engine.config.run import RunConfig
from engine.config.text import parse
from engine.method import Method

# The weights of an encoder by its names, all of them.
Start = Callable[[Backbone], Mapping[str, Tensor]]


def input_size(config: RunConfig) -> int:
    """Side in pixels of the input of the encoder, which is that of the first group's views. The config must be resolved."""
    size = config.views.groups[0].size if config.views.groups else 0
    if not size:
        raise complain("views.groups.0.size", "set in a resolved config", size, "Use the config.yaml of a run.")
    return size


def build_method(config: RunConfig, size: int | None = None, start: Start | None = None) -> Method:
    """The method with its initial weights: a pure function of the config, drawn from train.seed, on the CPU, in train mode.

    `size`: side of the views in px, by default that of the config. `start`: gives the weights with which the encoder begins instead
    of those that were drawn; teachers that are copies of it begin with them, too, and positions that the method fixes stay. The
    weights of the backbone are drawn before those of the method; torch's global generator is not changed. ConfigError where the
    method cannot train the encoder."""
    check_encoder(config.method.id, config.backbone.name)
    kind = load(config.method.id)
    choice = parse(kind.Config, config.method.values(), prefix="method")
    with drawn_from(config.train.seed):
        backbone = build_backbone(config.backbone, size or input_size(config))
        if entry(config.method.id).backbone == "vit" and not isinstance(backbone, VisionTransformer):
            raise untrainable(config.method.id, config.backbone.name)
        if start is None:
            return kind(choice, backbone)
        weights = start(backbone)
        backbone.load_state_dict(dict(weights))
        method = kind(choice, backbone)
        # Some methods draw the encoder's weights in a way of their own.
        fixed = {name for name, part in backbone.named_parameters() if not part.requires_grad}
        backbone.load_state_dict({name: value for name, value in weights.items() if name not in fixed}, strict=False)
        return method
