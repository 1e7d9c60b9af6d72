"""From the config's name of an encoder to the encoder."""

from __future__ import annotations

from engine.backbones.backbone import Backbone
from engine.backbones.resnet import NarrowResNet, ResNet
from engine.backbones.vit import VisionTransformer
from engine.config.errors import complain
from engine.config.run import BackboneConfig

# dim, depth, heads. tiny and small are DeiT's (2012.12877, Table 1); micro is sized for a CPU.
VITS = {"vit_micro": (128, 6, 4), "vit_tiny": (192, 12, 3), "vit_small": (384, 12, 6)}
SMALL = 64  # px; up to here a network must not shrink the image in its first layers


def build_backbone(config: BackboneConfig, size: int) -> Backbone:
    """The encoder for views of `size` px. ConfigError where the patch does not fit the image."""
    if config.name in VITS:
        dim, depth, heads = VITS[config.name]
        patch = patch_of(config, size)
        return VisionTransformer(size, patch, dim, depth, heads, drop_path=config.drop_path, pool=config.pool)
    stem = config.stem if config.stem != "auto" else ("small" if size <= SMALL else "imagenet")
    if config.name == "resnet10_narrow":
        return NarrowResNet(stem)
    return ResNet(config.name, stem)  # type: ignore[arg-type]


def patch_of(config: BackboneConfig, size: int) -> int:
    """The side of a ViT's patch, an eighth of the view where the config leaves it open."""
    patch = config.patch or max(1, size // 8)
    if size % patch or size // patch < 2:
        fits = ", ".join(str(p) for p in range(1, size // 2 + 1) if size % p == 0)
        raise complain(
            "backbone.patch",
            f"a divisor of the view's side of {size} px ({fits})",
            patch,
            "Change backbone.patch or the view's size.",
        )
    return patch
