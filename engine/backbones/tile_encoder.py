"""An encoder that looks at tiles: which ones fit the images for which it was built, and what it makes of them."""

from __future__ import annotations

from torch import Tensor

from engine.augment.patch_grid import LEAST_PATCH
from engine.augment.puzzle_tiles import Tiling, least_size, tiling
from engine.backbones.backbone import Backbone
from engine.config.errors import complain


def fitted_tiling(net: Backbone, size: int, grid: int, gap: float, jitter: float) -> Tiling:
    """Where grid x grid tiles of a side that the network takes lie in images of `size` px; `gap` and `jitter` are shares of that
    side. ConfigError with the smallest size that works where they do not fit."""
    found = tiling(size, grid, gap, jitter, net.multiple)
    if not found.fits:
        step = f" The encoder takes multiples of {net.multiple} px (backbone.patch)." if net.multiple > 1 else ""
        raise complain(
            "views.groups.0.size",
            f"at least {least_size(grid, gap, jitter, net.multiple)} px",
            size,
            f"{grid} x {grid} tiles of at least {LEAST_PATCH} px must fit, with the gaps between them.{step} Take larger views, or "
            "lower method.gap.",
        )
    return found


def encode_tiles(net: Backbone, tiles: Tensor) -> Tensor:
    """Features (N, G * G, dim) of tiles (N, G, G, 3, t, t), row by row: each alone, all by one network."""
    features: Tensor = net(tiles.flatten(0, 2))
    return features.view(len(tiles), -1, net.dim)
