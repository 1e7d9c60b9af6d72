"""An encoder's weights with the names of other libraries, and the lines of Python that load them there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from torch import Tensor

from engine.backbones.backbone import Backbone
from engine.backbones.library_encoder import LibraryBackbone
from engine.backbones.library_net import Build, python_lines
from engine.backbones.resnet import NarrowResNet, ResNet
from engine.backbones.timm_vit import TimmVisionTransformer
from engine.backbones.vit import VisionTransformer
from engine.config.errors import complain

Library = Literal["torchvision", "timm", "parallax"]
LIBRARIES: tuple[Library, ...] = ("torchvision", "timm", "parallax")


@dataclass(frozen=True, eq=False)
class Layout:
    """`state`: the weights by the library's names; `lines`: Python that builds the network as `net` and loads `{file}` into it
    strictly. `net(images)` then gives the features of normalised images."""

    library: Library
    state: Mapping[str, Tensor]
    lines: str


def libraries_of(backbone: Backbone) -> tuple[Library, ...]:
    """The libraries that have the same network, the usual one first; "parallax" has every one."""
    if isinstance(backbone, ResNet | NarrowResNet) and backbone.size and backbone.map_side(backbone.size) < backbone.least_map:
        return ("parallax",)  # on images this small ours removes strides
    if isinstance(backbone, ResNet):
        return ("torchvision", "timm", "parallax")
    if isinstance(backbone, NarrowResNet):
        return ("torchvision", "parallax")
    if isinstance(backbone, LibraryBackbone | TimmVisionTransformer):
        return (backbone.build.library, "parallax")
    if isinstance(backbone, VisionTransformer) and backbone.shared_rel_pos is not None:
        return ("parallax",)
    if isinstance(backbone, VisionTransformer):
        return ("timm", "torchvision", "parallax") if backbone.pool == "cls" else ("timm", "parallax")
    return ("parallax",)


def layout(backbone: Backbone, library: Library) -> Layout:
    """An encoder for a library. ConfigError where the library has no such network."""
    able = libraries_of(backbone)
    if library not in able:
        raise complain("library", f"one that has this encoder: {', '.join(able)}", library)
    state = {name: value.detach().cpu().contiguous() for name, value in backbone.state_dict().items()}
    if library == "parallax":
        return Layout(library, state, _OWN)
    if isinstance(backbone, LibraryBackbone | TimmVisionTransformer):
        return Layout(library, {name.removeprefix("net."): value for name, value in state.items()}, _by_name(backbone.build))
    if isinstance(backbone, ResNet):
        state = {name.removeprefix("net."): value for name, value in state.items()}
        return Layout(library, state, _resnet(backbone, library))
    if isinstance(backbone, NarrowResNet):
        return Layout(library, {_narrow_name(name): value for name, value in state.items()}, _narrow(backbone))
    assert isinstance(backbone, VisionTransformer)
    if library == "timm":
        return Layout(library, state, _timm_vit(backbone))
    return Layout(library, {_torchvision_vit_name(name): value for name, value in state.items()}, _torchvision_vit(backbone))


_LOAD = "net.load_state_dict(safetensors.torch.load_file({file!r}), strict=True)\nnet.eval()"
_LOAD_NOTED = (
    "state = net.state_dict()\n"
    "state.update(safetensors.torch.load_file({file!r}))\n"
    "net.load_state_dict(state, strict=True)\n"
    "net.eval()"
)
_OWN = (
    """from pathlib import Path
import safetensors.torch
from engine.config.run import RunConfig
from engine.config.text import parse, read_yaml
from engine.methods.build_method import build_method
net = build_method(parse(RunConfig, read_yaml(Path({run!r}) / "config.yaml"))).encoder
"""
    + _LOAD
)


def _by_name(build: Build) -> str:
    # Its networks refuse a state without the version that PyTorch notes beside it, which a file of tensors cannot hold.
    load = _LOAD_NOTED if build.full_name.startswith("torchvision/mnasnet") else _LOAD
    return python_lines(build) + load


def _resnet(backbone: ResNet, library: Library) -> str:
    name, stem = backbone.drawn
    small = "net.conv1, net.maxpool = torch.nn.Conv2d(3, 64, 3, padding=1, bias=False), torch.nn.Identity()\n"
    made = (
        f'import safetensors.torch, timm, torch\nnet = timm.create_model("{name}", num_classes=0)\n'
        if library == "timm"
        else f"import safetensors.torch, torch, torchvision\nnet = torchvision.models.{name}()\nnet.fc = torch.nn.Identity()\n"
    )
    return made + (small if stem == "small" else "") + _LOAD


def _narrow(backbone: NarrowResNet) -> str:
    stem, widths = backbone.drawn
    pool = "" if stem == "imagenet" else "net.maxpool = torch.nn.Identity()\n"
    layers = "".join(
        f"net.layer{index} = net._make_layer(BasicBlock, {width}, 1, stride={1 if index == 1 else 2})\n"
        for index, width in enumerate(widths, start=1)
    )
    return (
        "import safetensors.torch, torch\nfrom torchvision.models.resnet import BasicBlock, ResNet\n"
        f"net = ResNet(BasicBlock, [1, 1, 1, 1])\n"
        f"net.inplanes, net.fc = {widths[0]}, torch.nn.Identity()\n"
        f"net.conv1, net.bn1 = torch.nn.Conv2d(3, {widths[0]}, 3, 2, 1, bias=False), torch.nn.BatchNorm2d({widths[0]})\n"
        f"{pool}{layers}{_LOAD}"
    )


def _narrow_name(name: str) -> str:
    """Translate our name, "blocks.2.conv1.weight", to torchvision's, "layer3.0.conv1.weight"."""
    name = name.replace("stem.0.", "conv1.").replace("stem.1.", "bn1.")
    return re.sub(r"^blocks\.(\d)\.", lambda match: f"layer{int(match[1]) + 1}.0.", name)


def _timm_vit(vit: VisionTransformer) -> str:
    size, patch, dim, depth, heads, _ = vit.drawn
    pool = "" if vit.pool == "cls" else ', global_pool="avg", fc_norm=False'
    return (
        "import safetensors.torch\nfrom timm.models.vision_transformer import VisionTransformer\n"
        f"net = VisionTransformer(img_size={size}, patch_size={patch}, embed_dim={dim}, depth={depth}, num_heads={heads}, "
        f"num_classes=0{pool})\n{_LOAD}"
    )


def _torchvision_vit(vit: VisionTransformer) -> str:
    size, patch, dim, depth, heads, _ = vit.drawn
    return (
        "import safetensors.torch, torch\nfrom torchvision.models import VisionTransformer\n"
        f"net = VisionTransformer(image_size={size}, patch_size={patch}, num_layers={depth}, num_heads={heads}, hidden_dim={dim}, "
        f"mlp_dim={4 * dim})\nnet.heads = torch.nn.Identity()\n{_LOAD}"
    )


_VIT_NAMES = (
    (r"^cls_token$", "class_token"),
    (r"^pos_embed$", "encoder.pos_embedding"),
    (r"^patch_embed\.proj\.", "conv_proj."),
    (r"^norm\.", "encoder.ln."),
    (r"^blocks\.(\d+)\.", r"encoder.layers.encoder_layer_\1."),
    (r"\.norm1\.", ".ln_1."),
    (r"\.norm2\.", ".ln_2."),
    (r"\.attn\.qkv\.", ".self_attention.in_proj_"),
    (r"\.attn\.proj\.", ".self_attention.out_proj."),
    (r"\.mlp\.fc1\.", ".mlp.0."),
    (r"\.mlp\.fc2\.", ".mlp.3."),
)


def _torchvision_vit_name(name: str) -> str:
    for ours, theirs in _VIT_NAMES:
        name = re.sub(ours, theirs, name)
    return name
