"""Encoders of timm and torchvision by name, behind this program's interface: features, feature maps, and of ViTs the tokens.

Nothing is downloaded: networks are built with weights drawn anew. A network is built for the size of the views where its library
lets it be, and otherwise takes any size or its own alone; a forward pass tells, when it is built."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from engine.backbones.adapted import AdaptedBackbone
from engine.backbones.backbone import Backbone
from engine.backbones.library_net import (
    DROP_PATH,
    Build,
    check_installed,
    family_of,
    library_net,
    published_size,
    timm_map,
    torchvision_map,
    wrong_size,
)
from engine.backbones.modes import evaluating
from engine.backbones.timm_vit import TimmVisionTransformer, has_tokens
from engine.backbones.vit import VisionTransformer, initialise
from engine.config.encoder_table import EncoderRow, encoder_row, library_of
from engine.config.errors import ConfigError, complain
from engine.config.run import BackboneConfig

# torchvision's ViTs are this program's own, with the same weights by other names: dim, depth, heads, patch.
TORCHVISION_VITS = {
    "vit_b_16": (768, 12, 12, 16),
    "vit_b_32": (768, 12, 12, 32),
    "vit_l_16": (1024, 24, 16, 16),
    "vit_l_32": (1024, 24, 16, 32),
    "vit_h_14": (1280, 32, 16, 14),
}


class LibraryBackbone(AdaptedBackbone):
    """A network without its classifier; `net` carries the library's own parameter names.

    Its features are what the library's network gives without a classifier: the pooled last map, and what the network has between
    the pooling and the classifier (a normalisation in ConvNeXt, a convolution in MobileNetV4). The cells of `dense` pass through
    the same layers, each as a map of one cell, so that they are as wide as the features and comparable with them."""

    def __init__(self, build: Build) -> None:
        super().__init__()
        self.net, self.build = library_net(build)
        self.size = build.size
        self.multiple = _multiple(self.net)
        self.dim = self.measured_width(self.size or build.published)

    @property
    def title(self) -> str:
        """The name in a config."""
        return self.build.full_name

    def forward(self, images: Tensor) -> Tensor:
        """(N, 3, S, S) to (N, dim)."""
        features: Tensor = self.net(images)
        return features.flatten(1)

    def last_map(self, images: Tensor) -> Tensor | None:
        """See `AdaptedBackbone`."""
        return timm_map(self.net, images) if self.build.library == "timm" else torchvision_map(self.net, images)

    def another(self) -> LibraryBackbone:
        """The same architecture, drawn anew."""
        return LibraryBackbone(self.build)

    def refused(self, error: Exception, size: int, group: int) -> ConfigError:
        """See `AdaptedBackbone`."""
        return wrong_size(self.build, error, size, group)


def build_library_encoder(config: BackboneConfig, size: int) -> Backbone:
    """The encoder of timm or torchvision that `config.name` names, for views of `size` px, its weights drawn from torch's global
    generator. ConfigError where the library is not installed, has no such encoder, or the encoder does not take `patch`,
    `drop_path` or the size."""
    library = library_of(config.name)
    assert library is not None
    row = measured_row(config.name)
    bare = config.name.partition("/")[2]
    if library == "torchvision" and bare in TORCHVISION_VITS:
        dim, depth, heads, patch = TORCHVISION_VITS[bare]
        patch = _patch(config, patch, size)
        drawn = "normal" if config.init == "auto" else config.init
        return VisionTransformer(size, patch, dim, depth, heads, drop_path=config.drop_path, pool=config.pool, init=drawn)
    if config.patch and not row.tokens:
        remedy = "Its patches have a size of their own." if row.multiple > 1 else "It does not cut images into patches."
        raise complain("backbone.patch", f"0 for {config.name}", config.patch, remedy)
    build = Build(library, bare, size, row.size, _options(config, row, size))
    net: LibraryBackbone | TimmVisionTransformer
    if row.tokens:
        _patch(config, row.multiple, size)
        net = TimmVisionTransformer(build, config.pool)
        if config.init != "auto":
            net.init = config.init
            initialise(net, config.init)
    else:
        net = LibraryBackbone(build)
    if config.drop_path and DROP_PATH[library] not in net.build.options:
        raise complain("backbone.drop_path", f"0 for {config.name}, which cannot skip blocks", config.drop_path)
    return net


def measured_row(name: str) -> EncoderRow:
    """What is known of an encoder of a library: its row of the table, or measured from the network itself, without memory for its
    weights. ConfigError where the library is not installed or has no such encoder."""
    library = library_of(name)
    assert library is not None
    check_installed(library, name)
    return encoder_row(name) or _measured(name)


@cache
def _measured(name: str) -> EncoderRow:
    library, bare = library_of(name), name.partition("/")[2]
    assert library is not None
    return measure(name, published_size(library, bare))


def measure(name: str, size: int) -> EncoderRow:
    """The row of an encoder, from the network itself, built without memory for its weights where it lets itself be. `size`: see
    `EncoderRow`. Torch's generator is not changed."""
    with torch.random.fork_rng(devices=[]):
        try:
            with torch.device("meta"), _Unfilled():
                return _measure(name, size)
        except (ConfigError, NotImplementedError, RuntimeError):  # it computes with its weights when it is built
            return _measure(name, size)


def _measure(name: str, size: int) -> EncoderRow:
    library, bare = library_of(name), name.partition("/")[2]
    assert library is not None
    family = family_of(library, bare)
    if library == "torchvision" and bare in TORCHVISION_VITS:
        dim, depth, heads, patch = TORCHVISION_VITS[bare]
        vit = VisionTransformer(size, patch, dim, depth, heads)
        return EncoderRow(name, family, _count(vit), dim, size, patch, patch, True, False)
    build = Build(library, bare, size, size)
    if library == "timm":
        net: Any
        net, _ = library_net(build)
        if has_tokens(net):
            patch = int(net.patch_embed.patch_size[0])
            return EncoderRow(name, family, _count(net), int(net.num_features), size, patch, patch, True, False)
        dim = int(getattr(net, "head_hidden_size", net.num_features))
        stages = getattr(net, "feature_info", None)
        stages = getattr(stages, "info", stages)
        stride = int(stages[-1].get("reduction", 0)) if stages else 0
        return EncoderRow(name, family, _count(net), dim, size, stride, _multiple(net), False, _batch_norm(net))
    whole = LibraryBackbone(build)
    with torch.no_grad(), evaluating(whole):
        stride = round(size / whole.dense(torch.zeros(1, 3, size, size)).shape[-1])
    # Maps that are rounded up are a little finer than the strides of the layers.
    return EncoderRow(name, family, _count(whole), whole.dim, size, 2 ** round(math.log2(stride)), 1, False, _batch_norm(whole))


class _Unfilled(TorchFunctionMode):
    """Tensors without memory are not filled: most of the time in which a network is built goes into its first weights."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        name = getattr(func, "__name__", "")
        if name.endswith("_") and not name.endswith("__") and args and isinstance(args[0], Tensor) and args[0].is_meta:
            return args[0]
        return func(*args, **(kwargs or {}))


def _options(config: BackboneConfig, row: EncoderRow, size: int) -> dict[str, Any]:
    """The arguments with which a network is built; those that its constructor does not take are left out where it is built."""
    library = library_of(config.name)
    assert library is not None
    options: dict[str, Any] = {DROP_PATH[library]: config.drop_path}
    if library == "timm":
        options |= {"img_size": size, "dynamic_img_size": True, "strict_img_size": False}
    if row.tokens:
        # Features are the class token or the mean of the patch tokens, normalised; the published pooling may be another.
        options |= {"global_pool": "token" if config.pool == "cls" else "avg", "fc_norm": False}
        if config.patch:
            options["patch_size"] = config.patch
    return options


def _patch(config: BackboneConfig, own: int, size: int) -> int:
    """The side of a patch: the config's, or the architecture's own. ConfigError where it does not cut the views into at least
    2 x 2 patches."""
    patch = config.patch or own
    if size % patch or size // patch < 2:
        remedy = f"Set backbone.patch to a smaller one, or take views of at least {2 * patch} px, a multiple of {patch}."
        whose = "" if config.patch else f", and that of {config.name} is not"
        allowed = f"a divisor of the views' side of {size} px, at most half of it{whose}"
        raise complain("backbone.patch", allowed, patch, remedy)
    return patch


def _multiple(net: nn.Module) -> int:
    """The side of an image must be a multiple of so many px."""
    embed = getattr(net, "patch_embed", None)
    if type(embed).__name__ != "PatchEmbed" or getattr(embed, "dynamic_img_pad", False):
        return 1
    patch = getattr(embed, "patch_size", 1)
    return int(patch[0]) if isinstance(patch, tuple) else int(patch)


def _batch_norm(net: nn.Module) -> bool:
    return any(isinstance(part, nn.modules.batchnorm._BatchNorm) for part in net.modules())


def _count(net: nn.Module) -> int:
    return sum(part.numel() for part in net.parameters())
