"""Overlapping square patches of whole batches, and changes drawn for each patch on its own."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.distributed.rows import all_count, own_rows

# px; below this a patch shows nothing.
LEAST_PATCH = 4


def patch_side(size: int, share: float, multiple: int = 1) -> int:
    """Side in px of patches that are a share of an image of `size` px: the multiple of `multiple` nearest to it, at least one."""
    return max(1, round(size * share / multiple)) * multiple


def patch_fits(size: int, patch: int, grid: int) -> bool:
    """Whether a grid x grid of such patches lies over an image of `size` px, each at least a pixel on from the last."""
    return patch >= LEAST_PATCH and size - patch >= grid - 1


def patch_places(size: int, patch: int, grid: int) -> Tensor:
    """(grid,) first pixels, from edge to edge of an image of `size` px, evenly apart to the nearest pixel."""
    return torch.arange(grid).mul((size - patch) / max(1, grid - 1)).round().long()


def patch_grid(images: Tensor, patch: int, grid: int) -> Tensor:
    """Images (N, 3, S, S) cut into (N, grid, grid, 3, patch, patch), row by row: overlapping squares of `patch` px. Each patch lies
    in memory colours last, as convolutions on a CPU like it."""
    n, colours, _, size = images.shape
    pixels = (patch_places(size, patch, grid)[:, None] + torch.arange(patch)).to(images.device)  # (grid, patch)
    rows = images.permute(0, 2, 3, 1)[:, pixels.flatten()]  # (N, grid * patch, S, 3)
    both = rows[:, :, pixels.flatten()].view(n, grid, patch, grid, patch, colours)
    return both.transpose(2, 3).contiguous().permute(0, 1, 2, 5, 3, 4)


def vary_patches(patches: Tensor, generator: torch.Generator, *, drop: float, jitter: float, flip: float) -> Tensor:
    """Normalised patches (N, G, G, 3, p, p), each changed on its own: mirrored with probability `flip`; brightness shifted and
    contrast scaled by up to `jitter`; and with probability `drop` two of its three colours gone, that is at 0, the data's mean
    (colour dropping: Doersch et al., 1505.05192, Sec. 3.1; Hénaff et al., 1905.09272, Sec. 4.1). All is drawn on the CPU from
    `generator`."""
    where = patches.shape[:3]
    every = (all_count(len(patches)), *where[1:])

    def drawn(low: float, high: float) -> Tensor:
        values = own_rows(torch.rand(every, generator=generator)) * (high - low) + low
        return values.view(*where, 1, 1, 1).to(patches.device)

    kept = F.one_hot(own_rows(torch.randint(3, every, generator=generator)), 3).view(*where, 3, 1, 1).to(patches.device)
    colours = torch.where(drawn(0, 1) < drop, kept.to(patches.dtype), patches.new_ones(()))
    gain, shift = drawn(1 - jitter, 1 + jitter), drawn(-jitter, jitter)
    patches = torch.where(drawn(0, 1) < flip, patches.flip(-1), patches)
    return patches * (colours * gain) + colours * shift
