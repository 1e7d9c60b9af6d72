"""Tiles for an encoder: which ones fit the images for which it was built, and their features."""

from __future__ import annotations

from torch import Tensor

from engine.augment.patch_grid import LEAST_PATCH
from engine.augment.puzzle_tiles import Tiling, least_size, tiling
from engine.backbones.backbone import Backbone
from engine.config.errors import complain


def fitted_tiling(net: Backbone, size: int, grid: int, gap: float, jitter: float) -> Tiling:
    """The grid x grid tiles in images of `size` px, of a side that the network accepts; `gap` and `jitter` are shares of that side.
    ConfigError with the smallest size that works where they do not fit."""
    layout = tiling(size, grid, gap, jitter, net.multiple)
    if not layout.fits:
        step = f" The encoder takes multiples of {net.multiple} px (backbone.patch)." if net.multiple > 1 else ""
        raise complain(
            "views.groups.0.size",
            f"at least {least_size(grid, gap, jitter, net.multiple)} px",
            size,
            f"{grid} x {grid} tiles of at least {LEAST_PATCH} px must fit, with the gaps between them.{step} Take larger views, or "
            "lower method.gap.",
        )
    return layout


def encode_tiles(net: Backbone, tiles: Tensor) -> Tensor:
    """Features (N, G * G, dim) of tiles (N, G, G, 3, t, t), row by row: each alone, all by one network."""
    features: Tensor = net(tiles.flatten(0, 2))
    return features.view(len(tiles), -1, net.dim)
