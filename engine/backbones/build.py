"""Build the encoder that the config names."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Literal

from engine.backbones.backbone import Backbone
from engine.backbones.convvit import ConvViT
from engine.backbones.library_encoder import build_library_encoder, measured_row
from engine.backbones.module_encoder import ModuleTraits, build_module_encoder, module_traits
from engine.backbones.pixel_encoder import PixelEncoder
from engine.backbones.resnet import NarrowResNet, ResNet
from engine.backbones.vit import VisionTransformer
from engine.config.encoder_table import EncoderRow, library_of
from engine.config.errors import complain
from engine.config.module_text import is_own_module
from engine.config.run import BackboneConfig, ViewConfig

# dim, depth, heads. tiny and small are DeiT's (2012.12877, Table 1); micro is sized for a CPU.
VITS = {"vit_micro": (128, 6, 4), "vit_tiny": (192, 12, 3), "vit_small": (384, 12, 6)}
# Widths and depths of the three stages, heads of the last. small is the paper's (2205.03892); micro is sized for a CPU.
CONVVITS = {"convvit_micro": ((32, 64, 128), (1, 1, 4), 4), "convvit_small": ((128, 256, 384), (2, 2, 11), 6)}
# Own encoders that cut images into patches.
PATCHED = (*VITS, *CONVVITS)
# From this width on .02 is published for ViTs trained without labels (DINO's ViT-S, 2104.14294).
WIDE = 384
# Patches across a view, where the config has no patch size: 8, and at most 32.
TOKENS, MOST_TOKENS = 8, 32
SMALL = 64  # px; up to here a network must not shrink the image in its first layers


def build_backbone(config: BackboneConfig, size: int) -> Backbone:
    """The encoder for views of `size` px. ConfigError where the patch does not fit the image, and where a library has no such
    encoder, it does not take such images, or a person's own cannot be built."""
    if library_of(config.name):
        return build_library_encoder(config, size)
    if is_own_module(config.name):
        return build_module_encoder(config, size)
    if config.name in VITS:
        dim, depth, heads = VITS[config.name]
        patch = patch_of(config, size)
        return VisionTransformer(
            size,
            patch,
            dim,
            depth,
            heads,
            drop_path=config.drop_path,
            pool=config.pool,
            init=init_of(config),
            rel_pos=config.rel_pos,
        )
    if config.name in CONVVITS:
        dims, depths, heads = CONVVITS[config.name]
        return ConvViT(size, patch_of(config, size), dims, depths, heads, drop_path=config.drop_path, init=init_of(config))
    if config.name == "pixel_encoder":
        return PixelEncoder(size)
    stem = config.stem if config.stem != "auto" else ("small" if size <= SMALL else "imagenet")
    net: Backbone
    if config.name == "resnet10_narrow":
        net = NarrowResNet(stem, least_map=config.least_map)
    else:
        net = ResNet(config.name, stem, config.least_map)  # type: ignore[arg-type]
    net.size = size
    return net


def has_patches(config: BackboneConfig) -> bool:
    """Whether an encoder cuts images into patches that a method can leave out. ConfigError for an encoder that no library has, and
    for a person's own that cannot be built."""
    traits = _traits(config)
    return config.name in PATCHED if traits is None else traits.tokens


def is_plain_vit(config: BackboneConfig) -> bool:
    """Whether an encoder has no convolutions but that of its patches: a ViT. Errors: see `has_patches`."""
    traits = _traits(config)
    return config.name in VITS if traits is None else traits.tokens


def is_transformer(config: BackboneConfig) -> bool:
    """Whether an encoder is trained as transformers are: it normalises by layers, not by batches. Errors: see `has_patches`."""
    traits = _traits(config)
    return config.name in PATCHED if traits is None else not traits.batch_norm


def _traits(config: BackboneConfig) -> EncoderRow | ModuleTraits | None:
    """What is known of an encoder of a library or of a person; None for this program's."""
    if library_of(config.name):
        return measured_row(config.name)
    return module_traits(config) if is_own_module(config.name) else None


def patch_step(config: BackboneConfig, views: Iterable[ViewConfig], stored: int) -> int:
    """The px of which the sides of views must be multiples: a patch's side, 0 for an encoder without patches. Arguments and errors:
    see `fitted_patch`."""
    row = _traits(config)
    if row is None:
        return fitted_patch(config, views, stored) if config.name in PATCHED else 0
    step = config.patch if config.patch and row.tokens else row.multiple
    return step if step > 1 else 0


def init_of(config: BackboneConfig) -> Literal["xavier", "normal"]:
    """How the linear layers of a ViT or ConvViT are drawn: the config's, or by the width."""
    if config.init != "auto":
        return config.init
    width = VITS[config.name][0] if config.name in VITS else CONVVITS[config.name][0][-1]
    return "normal" if width >= WIDE else "xavier"


def fitted_patch(config: BackboneConfig, views: Iterable[ViewConfig], stored: int) -> int:
    """The side of a ViT's patch for these views of images stored with side `stored` px: the config's, or near to an eighth of the
    first view, and a divisor of its side if one is near. Views whose size is open (0) follow the patch
    (`engine.augment.views.view_size`). ConfigError where it does not fit sizes that were given."""
    views = list(views)
    given = [view.size for view in views if view.size]
    if config.patch:
        return patch_of(config, *given) if given else config.patch
    sizes = [view.size or max(stored, view.least) for view in views if view.size or view.role == "global"]
    patch = patch_of(config, *sizes)
    if 0.5 <= patch * TOKENS / sizes[0] <= 1.5:
        return patch
    if not given:
        return max(1, round(sizes[0] / TOKENS))
    if sizes[0] / patch > MOST_TOKENS:
        shown = " and ".join(str(size) for size in dict.fromkeys(sizes))
        raise complain(
            "backbone.patch",
            f"set for views of {shown} px, whose largest common patch is {patch} px: {(sizes[0] // patch) ** 2:,} tokens an image",
            config.patch,
            f"Change the views' sizes, or set backbone.patch to {patch} to train on so many.",
        )
    return patch


def patch_of(config: BackboneConfig, *sizes: int) -> int:
    """The side of a ViT's patch for views of these sides, the first being the largest: the config's, or the common divisor nearest
    to an eighth of the view. ConfigError where it does not divide every view into at least 2 x 2 patches."""
    common = math.gcd(*sizes)
    fits = [patch for patch in range(1, common + 1) if common % patch == 0 and min(sizes) // patch >= 2]
    if not config.patch:
        return min(fits, key=lambda patch: abs(patch - sizes[0] / TOKENS))
    if config.patch not in fits:
        views = " and ".join(str(size) for size in dict.fromkeys(sizes))
        raise complain(
            "backbone.patch",
            f"a divisor of the views' side of {views} px ({', '.join(map(str, fits))})",
            config.patch,
            "Change backbone.patch or the views' sizes.",
        )
    return config.patch
