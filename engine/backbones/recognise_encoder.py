"""Which encoder the weights in a file are of, from their names and shapes."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor

from engine.backbones.build import VITS
from engine.backbones.library_encoder import TORCHVISION_VITS
from engine.backbones.weights import KEY, tables_of_tensors
from engine.config.encoder_table import OWN
from engine.config.errors import complain

# Blocks of a ResNet's stages, and whether they are bottlenecks.
_RESNETS: Mapping[tuple[tuple[int, ...], bool], str] = {
    ((2, 2, 2, 2), False): "resnet18",
    ((3, 4, 6, 3), False): "resnet34",
    ((3, 4, 6, 3), True): "resnet50",
    ((3, 4, 23, 3), True): "resnet101",
    ((3, 8, 36, 3), True): "resnet152",
}
# DINOv2's and DINOv3's ViTs by the width of their tokens (2304.07193, Table 16; 2508.10104, Table 1).
_SIZES = {384: "small", 768: "base", 1024: "large", 1536: "giant"}
IMAGENET_SIZE = 224  # px


@dataclass(frozen=True)
class RecognisedEncoder:
    """`settings`: of `backbone` in a config; `size`: side in px of the images for which it was trained, 0 where nothing tells."""

    settings: Mapping[str, Any] = field(default_factory=dict)
    size: int = 0


def recognise_encoder(contents: Mapping[str, Any]) -> RecognisedEncoder:
    """The encoder of the contents of a file, see `read_weights`. ConfigError where none is recognised, with what to do."""
    for tensors in tables_of_tensors(contents):
        for name in tensors:
            if name.endswith("patch_embed.proj.weight"):
                encoder = _vit(tensors, name.removesuffix("patch_embed.proj.weight"))
            elif name.endswith("conv1.weight") and f"{name.removesuffix('conv1.weight')}layer4.0.conv1.weight" in tensors:
                encoder = _resnet(tensors, name.removesuffix("conv1.weight"))
            else:
                continue
            if encoder is not None:
                return encoder
    first = next((name for tensors in tables_of_tensors(contents) for name in tensors), "nothing")
    remedy = f"The first name in it is {first!r}. Name its encoder: --backbone timm/NAME; `python -m engine encoders` lists them."
    raise complain(KEY, "weights whose names tell their encoder, a ResNet or a ViT", "others", remedy)


def _resnet(tensors: Mapping[str, Tensor], start: str) -> RecognisedEncoder | None:
    blocks = tuple(_count(tensors, rf"{re.escape(start)}layer{stage}\.(\d+)\.") for stage in range(1, 5))
    name = _RESNETS.get((blocks, f"{start}layer1.0.conv3.weight" in tensors))
    if name is None or tensors[f"{start}layer1.0.conv1.weight"].shape[0] != 64:
        return None
    if tensors[f"{start}conv1.weight"].shape[-1] == 3:
        # The stem for small images, which only this program's own encoders have.
        own = {"name": name, "stem": "small", "least_map": 1}
        return RecognisedEncoder(own) if name in OWN else None
    return RecognisedEncoder({"name": f"torchvision/{name}"}, IMAGENET_SIZE)


def _vit(tensors: Mapping[str, Tensor], start: str) -> RecognisedEncoder | None:
    embed, depth = tensors[f"{start}patch_embed.proj.weight"], _count(tensors, rf"{re.escape(start)}blocks\.(\d+)\.")
    dim, patch = int(embed.shape[0]), int(embed.shape[-1])
    positions = tensors.get(f"{start}pos_embed")
    size = 0
    if positions is not None and positions.ndim == 3:
        side = math.isqrt(positions.shape[1])
        size = side * patch if positions.shape[1] - side * side in (0, 1) else 0
    if f"{start}storage_tokens" in tensors and dim in _SIZES:
        return RecognisedEncoder({"name": f"timm/vit_{_SIZES[dim]}_patch{patch}_dinov3"}, 256)
    if f"{start}blocks.0.ls1.gamma" in tensors and dim in _SIZES:
        registers = "_reg4" if f"{start}reg_token" in tensors else ""
        return RecognisedEncoder({"name": f"timm/vit_{_SIZES[dim]}_patch{patch}{registers}_dinov2"}, size)
    own = {(width, blocks): name for name, (width, blocks, _) in VITS.items()}
    if (dim, depth) in own:
        return RecognisedEncoder({"name": own[dim, depth], "patch": patch}, size)
    library = {(width, blocks): name for name, (width, blocks, _, _) in reversed(TORCHVISION_VITS.items())}
    if (dim, depth) in library:
        return RecognisedEncoder({"name": f"torchvision/{library[dim, depth]}", "patch": patch}, size)
    return None


def _count(tensors: Mapping[str, Tensor], pattern: str) -> int:
    """One more than the largest number in the names that a pattern fits."""
    numbers = [int(number[1]) for name in tensors if (number := re.match(pattern, name))]
    return max(numbers, default=-1) + 1
