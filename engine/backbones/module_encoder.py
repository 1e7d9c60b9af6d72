"""A person's own torch.nn.Module as an encoder: `backbone.name=path/to/file.py:ClassName`, or plugin/NAME of another package.

A module needs `forward` alone, from images (N, 3, S, S), normalised, to features (N, D) or to a map (N, D, s, s), whose mean is
then the features. With a method `dense` (images to a map (N, D, s, s)) or `tokens` (images to (N, 1 + T, D), a class token and
T = s * s patches) it is used by methods and tasks that need a map. A subclass of `engine.backbones.backbone.Backbone` is taken as
it is; one of `engine.backbones.vit.VisionTransformer` is trained by the methods that mask patches, too."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor, nn

from engine.backbones.adapted import AdaptedBackbone
from engine.backbones.backbone import Backbone
from engine.backbones.modes import evaluating
from engine.backbones.own_module import described, made
from engine.backbones.trusted_code import KEY
from engine.backbones.vit import VisionTransformer
from engine.config.errors import ConfigError, complain
from engine.config.module_text import short_module
from engine.config.run import BackboneConfig

# Side in px of the views for which a module is built to learn of what kind it is, where they are not known.
USUAL = 224


class ModuleBackbone(AdaptedBackbone):
    """A module of a person; `net` carries its own parameter names. `config`: names it."""

    def __init__(self, config: BackboneConfig, net: nn.Module, size: int) -> None:
        super().__init__()
        self.config, self.net, self.size = config, net, size
        multiple = getattr(net, "multiple", 1)
        self.multiple = multiple if isinstance(multiple, int) and multiple > 0 else 1
        self.dim = self.measured_width(size)

    @property
    def title(self) -> str:
        """File and class."""
        return short_module(self.config.name)

    def forward(self, images: Tensor) -> Tensor:
        """(N, 3, S, S) to (N, dim)."""
        out = self._checked(self.net(images), len(images))
        return out.mean((2, 3)) if out.ndim == 4 else out

    def last_map(self, images: Tensor) -> Tensor | None:
        """The map (N, D, s, s) of the module's `dense`, `tokens` or `forward`, the first that gives one."""
        net: Any = self.net
        if callable(getattr(net, "dense", None)):
            cells: Tensor = net.dense(images)
            return cells if cells.ndim == 4 else None
        if callable(getattr(net, "tokens", None)):
            patches = net.tokens(images)[:, 1:]  # (N, T, D)
            side = math.isqrt(patches.shape[1])
            square = side * side == patches.shape[1]
            return patches.transpose(1, 2).reshape(len(images), -1, side, side) if square else None
        out = self._checked(net(images), len(images))
        return out if out.ndim == 4 else None

    def another(self) -> Backbone:
        """The same module, drawn anew."""
        return build_module_encoder(self.config, self.size)

    def refused(self, error: Exception, size: int, group: int) -> ConfigError:
        """See `AdaptedBackbone`."""
        allowed = f"a size that {self.title} takes"
        return complain(f"views.groups.{group}.size", allowed, size, described(error, self.config))

    def _checked(self, out: Any, count: int) -> Tensor:
        """What the module gave for `count` images. ConfigError where it is neither features nor a map."""
        if isinstance(out, Tensor) and out.ndim in (2, 4) and len(out) == count and out.is_floating_point() and out.shape[1]:
            return out
        got = f"shape {tuple(out.shape)}" if isinstance(out, Tensor) else f"a {type(out).__name__}"
        remedy = (
            "Return the class token, or the mean of the tokens, in forward." if isinstance(out, Tensor) and out.ndim == 3 else ""
        )
        allowed = f"a module whose forward gives features (N, D) or a map (N, D, s, s), floating-point, for N = {count} images"
        raise complain(KEY, allowed, f"{got} from {self.title}", remedy)


def build_module_encoder(config: BackboneConfig, size: int) -> Backbone:
    """A person's own encoder for views of `size` px, its weights drawn from torch's global generator. ConfigError where its code
    fails or may not run, its output is of another shape, or it does not take the size."""
    title = short_module(config.name)
    if config.patch:
        raise complain("backbone.patch", f"0 for {title}", config.patch, "Give its patches in backbone.arguments.")
    if config.drop_path:
        raise complain("backbone.drop_path", f"0 for {title}", config.drop_path, "Give it in backbone.arguments.")
    net = made(config, size)
    if not isinstance(net, Backbone):
        return ModuleBackbone(config, net, size)
    net.size = size
    with torch.no_grad(), evaluating(net):
        try:
            width = tuple(net(torch.zeros(2, 3, size, size)).shape)
        except Exception as error:  # code of others may fail in any way
            raise complain("views.groups.0.size", f"a size that {title} takes", size, described(error, config)) from error
    if width != (2, getattr(net, "dim", None)):
        raise complain(
            KEY, "an encoder whose forward gives (N, dim)", f"shape {width} for N = 2 and dim = {getattr(net, 'dim', None)}"
        )
    # A subclass of an encoder of this program inherits an `another` that would draw the parent's network.
    net.another = lambda: build_module_encoder(config, size)  # type: ignore[method-assign]
    return net


@dataclass(frozen=True)
class ModuleTraits:
    """What is known of a person's own encoder once it is built: see the fields of `EncoderRow`."""

    multiple: int
    tokens: bool
    batch_norm: bool


def module_traits(config: BackboneConfig, size: int = USUAL) -> ModuleTraits:
    """The traits of a person's own encoder, from the module itself. Torch's generator is not changed. Errors: see `made`."""
    kept = BackboneConfig(name=config.name, arguments=config.arguments, module=config.module)
    return _traits(kept, size)


@lru_cache(maxsize=64)
def _traits(config: BackboneConfig, size: int) -> ModuleTraits:
    with torch.random.fork_rng(devices=[]):
        net: Any = made(config, size)
    multiple = getattr(net, "multiple", 1)
    return ModuleTraits(
        multiple if isinstance(multiple, int) and multiple > 0 else 1,
        isinstance(net, VisionTransformer),
        any(isinstance(part, nn.modules.batchnorm._BatchNorm) for part in net.modules()),
    )
