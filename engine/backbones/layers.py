"""An encoder's layers from the image on: which are frozen, and the learning rate of each.

A layer is a block, a stage, or the stem. What follows all blocks of a ViT or is shared by them belongs to none: it is never frozen,
and has the rate of the encoder itself."""

from __future__ import annotations

from collections.abc import Iterator
from operator import attrgetter

from torch import nn

from engine.backbones.backbone import Backbone
from engine.backbones.convvit import ConvViT
from engine.backbones.vit import VisionTransformer
from engine.config.errors import complain

VIT_TOKENS = ("patch_embed", "cls_token", "reg_token", "pos_embed", "norm_pre")


def encoder_layers(encoder: Backbone) -> list[list[str]]:
    """The layers of an encoder in the order in which an image passes them, each as the names of its modules and parameters.

    A ViT: what makes its tokens (projection of the patches, class token, position embeddings), then each block. A ConvViT: each
    block, the first of a stage with what leads into it. Other networks: their modules in the order of registration, which in
    torchvision, timm and this program is that of the forward pass; a list of modules gives each member, and a normalisation
    belongs to what is before it."""
    if isinstance(encoder, VisionTransformer):
        own = dict.fromkeys(name.split(".")[0] for name, _ in encoder.named_parameters())
        return [[name for name in own if name in VIT_TOKENS], *([f"blocks.{i}"] for i in range(len(encoder.blocks)))]
    if isinstance(encoder, ConvViT):
        return list(_convvit_layers(encoder))
    layers: list[list[str]] = []
    for name, module in _units("", encoder):
        if layers and all(p.ndim < 2 for p in module.parameters()):
            layers[-1].append(name)
        else:
            layers.append([name])
    return layers


def _convvit_layers(encoder: ConvViT) -> Iterator[list[str]]:
    for stage, name in enumerate(("blocks1", "blocks2", "blocks")):
        enters = [f"embeds.{stage}"] if stage < 2 else [f"embeds.{stage}", "enter", "pos_embed"]
        for block in range(len(getattr(encoder, name))):
            yield [*enters, f"{name}.{block}"]
            enters = []


def _units(prefix: str, module: nn.Module) -> Iterator[tuple[str, nn.Module]]:
    """The modules with parameters of a network by name; in place of a list of modules, and of the only one, its members."""
    children = _trained_children(prefix, module)
    for name, child in children:
        if isinstance(child, nn.Sequential | nn.ModuleList):
            yield from _trained_children(f"{name}.", child)
        elif len(children) == 1 and any(True for _ in child.children()):
            yield from _units(f"{name}.", child)
        else:
            yield name, child


def _trained_children(prefix: str, module: nn.Module) -> list[tuple[str, nn.Module]]:
    return [(prefix + name, child) for name, child in module.named_children() if any(True for _ in child.parameters())]


def layer_scales(encoder: Backbone, decay: float) -> dict[str, float]:
    """The factor of the learning rate of each parameter of an encoder with L layers, by its name: decay^(L - i) for layer i from 0,
    and 1 for what belongs to no layer (BEiT, 2106.08254; for a ViT as in its official code and that of 2205.14141)."""
    layers = encoder_layers(encoder)
    numbers = {name: i for i, names in enumerate(layers) for name in names}

    def scale(name: str) -> float:
        parts = name.split(".")
        at = (numbers.get(".".join(parts[:count])) for count in range(1, len(parts) + 1))
        layer = next((i for i in at if i is not None), len(layers))
        return float(decay ** (len(layers) - layer))

    return {name: scale(name) for name, _ in encoder.named_parameters()}


def freeze(networks: list[Backbone], count: int) -> list[nn.Module]:
    """Freeze the first `count` layers of encoders of one architecture: their parameters take no gradient. The modules are returned;
    they stay in eval mode while the rest is trained, so that their normalisation keeps its statistics. ConfigError for as many
    layers as the encoder has."""
    modules: list[nn.Module] = []
    for network in networks:
        layers = encoder_layers(network)
        if count >= len(layers):
            allowed = f"from 0 to {len(layers) - 1}, for the encoder has {len(layers)} layers and the last is trained"
            raise complain("backbone.frozen", allowed, count)
        for name in (name for layer in layers[:count] for name in layer):
            part = attrgetter(name)(network)
            part.requires_grad_(False)
            if isinstance(part, nn.Module):
                modules.append(part)
    return modules
