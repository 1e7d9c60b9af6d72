"""The layers of encoders from the image on: their order by a forward pass, all parameters in one, rates and freezing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import nn

from engine.backbones.backbone import Backbone
from engine.backbones.build import build_backbone
from engine.backbones.layers import encoder_layers, freeze, layer_scales
from engine.config.errors import ConfigError
from engine.config.run import BackboneConfig

ENCODERS = [
    "resnet10_narrow",
    "resnet18",
    "vit_micro",
    "convvit_micro",
    "pixel_encoder",
    "torchvision/mobilenet_v3_small",
    "torchvision/squeezenet1_1",
    "timm/convnext_atto",
    "timm/vit_tiny_patch16_224",
]


def encoder(name: str, size: int = 64) -> Backbone:
    return build_backbone(BackboneConfig(name=name), size)


def parts(network: nn.Module, names: list[str]) -> set[str]:
    return {name for name, _ in network.named_parameters() if any(name == one or name.startswith(f"{one}.") for one in names)}


@pytest.mark.parametrize("name", ENCODERS)
def test_layers_are_met_in_order_and_share_no_parameter(name: str) -> None:
    network = encoder(name).eval()
    layers = [parts(network, names) for names in encoder_layers(network)]
    assert len(layers) > 3
    assert all(layers)
    assert len(set().union(*layers)) == sum(map(len, layers))
    left = {name for name, _ in network.named_parameters()} - set().union(*layers)
    assert all(one.startswith("norm.") for one in left), left

    first: dict[str, int] = {}

    def note(path: str) -> Callable[..., None]:
        def seen(*_: object) -> None:
            first.setdefault(path, len(first))

        return seen

    owners = {f"{path}.{key}": owner for path, owner in network.named_modules() for key, _ in owner.named_parameters(recurse=False)}
    hooks = [owner.register_forward_pre_hook(note(path)) for path, owner in owners.items()]
    network(torch.zeros(2, 3, 64, 64))
    for hook in hooks:
        hook.remove()
    begins = [min(first[name] for name in layer if name in first) for layer in layers]
    assert begins == sorted(begins)


def test_the_layers_of_a_vit_are_those_of_beit() -> None:
    network = encoder("vit_micro")
    scales = layer_scales(network, 0.5)
    depth = sum(1 for name, _ in network.named_children() if name == "blocks") and len(encoder_layers(network)) - 1
    for name in ("cls_token", "pos_embed", "patch_embed.proj.weight"):
        assert scales[name] == 0.5 ** (depth + 1)
    assert scales["blocks.0.attn.qkv.weight"] == 0.5**depth
    assert scales[f"blocks.{depth - 1}.mlp.fc2.bias"] == 0.5
    assert scales["norm.weight"] == 1


def test_frozen_layers_take_no_gradient() -> None:
    network = encoder("resnet10_narrow")
    modules = freeze([network], 2)
    assert {name for name, p in network.named_parameters() if not p.requires_grad} == parts(network, ["stem", "blocks.0"])
    assert network.get_submodule("blocks.0") in modules


def test_the_last_layer_is_always_trained() -> None:
    with pytest.raises(ConfigError, match=r"backbone\.frozen must be from 0 to 4, for the encoder has 5 layers"):
        freeze([encoder("resnet10_narrow")], 5)
