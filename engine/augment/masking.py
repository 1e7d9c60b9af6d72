"""Which patches of an image are hidden."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor


class Mask(NamedTuple):
    """`keep`: (N, K) places of the visible patches, in drawn order; `hidden`: (N, T) bool, true where masked;
    `restore`: (N, T) puts [visible, masked] tokens back in their places."""

    keep: Tensor
    hidden: Tensor
    restore: Tensor

    def to(self, device: torch.device) -> Mask:
        """The same mask on a device."""
        return Mask(*(part.to(device) for part in self))


def random_mask(n: int, patches: int, ratio: float, generator: torch.Generator) -> Mask:
    """A uniform random share `ratio` of the patches of each image is hidden, the same number in every image (MAE 2111.06377)."""
    visible = max(1, min(patches - 1, round(patches * (1.0 - ratio))))
    order = torch.rand(n, patches, generator=generator).argsort(1)
    restore = order.argsort(1)
    return Mask(order[:, :visible], restore >= visible, restore)


def mask_of(hidden: Tensor) -> Mask:
    """The mask that hides `hidden` (N, T) bool, as many patches in every image; the visible ones in the image's order."""
    order = hidden.long().argsort(dim=1, stable=True)
    return Mask(order[:, : int((~hidden[0]).sum())], hidden, order.argsort(1))


def unit_side(side: int, share: float) -> int:
    """Side of a mask unit, in patches, on a grid of `side` patches across: of the divisors of `side` that leave at least 2 x 2
    units the one nearest to a share of the image's side, so that units are whole and of one size."""
    fits = [unit for unit in range(1, side + 1) if side % unit == 0 and side // unit >= 2]
    return min(fits, key=lambda unit: abs(unit - share * side))


def unit_mask(n: int, side: int, unit: int, ratio: float, generator: torch.Generator) -> Mask:
    """A uniform random share `ratio` of the square units of unit x unit patches is hidden, the same number in every image, rounded
    up (SimMIM 2111.09886, Sec. 3.2). side: patches across, a multiple of `unit`."""
    units = (side // unit) ** 2
    # A product like 100 * 0.07 lies a hair above the whole number that is meant.
    count = max(1, min(units - 1, math.ceil(units * ratio - 1e-9)))
    drawn = torch.rand(n, units, generator=generator).argsort(1).argsort(1) < count  # (N, units)
    grid = drawn.view(n, side // unit, side // unit).repeat_interleave(unit, 1).repeat_interleave(unit, 2)
    return mask_of(grid.flatten(1))


def grid_mask(n: int, side: int, period: int, generator: torch.Generator) -> Mask:
    """Of every period x period patches one stays visible, at the same place in all of them: 1 in 4 with a period of 2 (MAE
    2111.06377, Fig. 6). The place is drawn for each image, so that every position is seen at times. Where `side` is no multiple of
    `period`, as many rows and columns stay visible as fit whole. period: 2 up to `side`."""
    across = side // period
    phase = torch.randint(period + side % period, (n, 2, 1), generator=generator)
    kept = torch.arange(across) * period + phase  # (N, 2, across): rows and columns
    visible = torch.zeros(n, 2, side, dtype=torch.bool).scatter_(2, kept, True)
    return mask_of(~(visible[:, 0, :, None] & visible[:, 1, None, :]).flatten(1))


def fold_masks(n: int, patches: int, folds: int, generator: torch.Generator) -> list[Mask]:
    """The patches of each image dealt out at random into `folds` equal visible sets, a mask for each: every patch is visible in
    exactly one of them, and each hides 1 - 1 / folds of the image (the complementary masks of FastConvMAE's official code).
    patches: a multiple of `folds`."""
    assert patches % folds == 0
    order = torch.rand(n, patches, generator=generator).argsort(1)
    restore, size = order.argsort(1), patches // folds
    masks = []
    for fold in range(folds):
        # The fold's own patches first, the others behind them in the same round.
        turned = (restore - fold * size) % patches
        masks.append(Mask(order[:, fold * size : (fold + 1) * size], turned >= size, turned))
    return masks


def inverse_block(n: int, side: int, ratio: float, aspect: float, generator: torch.Generator) -> Mask:
    """One rectangle of each image stays visible, and all else is hidden, the same number of patches in every image: int(T * ratio)
    (CAPI 2502.08769, and `InverseBlockMasking` of its official code). The rectangle is shifted around the edges of the image, so
    that every patch is as likely to be hidden. Its height over its width is drawn log-uniformly between `aspect` and 1 / `aspect`;
    of a rectangle that is too large, the last patches are left out. At least one patch is visible and one hidden."""
    count = side**2 - min(side**2 - 1, max(1, int(side**2 * ratio)))  # visible
    low, high = max(math.log(aspect), math.log(count / side**2)), min(-math.log(aspect), math.log(side**2 / count))
    u = torch.rand(n, 3, generator=generator)
    ratios = torch.exp(low + (high - low) * u[:, 0])
    # A hair below, so that an exact square root is not rounded up.
    height, width = ((count * r).sqrt().sub(1e-4).ceil().clamp(1, side).long()[:, None] for r in (ratios, 1 / ratios))
    line = torch.arange(side**2)
    inside = (line // side < height) & (line % side < width)  # (n, T), in the upper left corner
    inside &= inside.cumsum(1) <= count
    shift = (u[:, 1:] * side).long()[:, :, None]
    rows, columns = (line // side - shift[:, 0]) % side, (line % side - shift[:, 1]) % side
    return mask_of(~inside.gather(1, rows * side + columns))


class Quarter(NamedTuple):
    """One visible block, a quarter of the image in one of its corners. `mask`: its patches in the image's order, the rest hidden;
    `lower`, `right`: (N,) bool, in which corner it lies."""

    mask: Mask
    lower: Tensor
    right: Tensor

    def to(self, device: torch.device) -> Quarter:
        """The same block on a device."""
        return Quarter(self.mask.to(device), self.lower.to(device), self.right.to(device))


def quarter_mask(n: int, side: int, generator: torch.Generator) -> Quarter:
    """One quarter of each image stays visible, whole, in one of the four corners, each as likely (the inverse of hiding a block;
    QB-Heat 2211.13228). side: patches across, even."""
    assert side % 2 == 0
    corner = torch.randint(4, (n,), generator=generator)
    lower, right = corner >= 2, corner % 2 == 1
    half = torch.arange(side) >= side // 2  # (side,) the lower rows, the right columns
    visible = (half == lower[:, None])[:, :, None] & (half == right[:, None])[:, None, :]  # (N, side, side)
    return Quarter(mask_of(~visible.flatten(1)), lower, right)


def cut_quarter(images: Tensor, quarter: Quarter) -> Tensor:
    """The visible block's pixels of images (N, 3, S, S): (N, 3, S / 2, S / 2)."""
    half = images.shape[-1] // 2
    inside = torch.arange(half, device=images.device)
    rows, columns = (inside + half * at.to(images.device).long()[:, None] for at in (quarter.lower, quarter.right))  # (N, S / 2)
    row = torch.arange(len(images), device=images.device)[:, None, None]
    # Colours last, as the views lie in memory.
    cut = images.permute(0, 2, 3, 1)[row, rows[:, :, None], columns[:, None, :]]  # (N, S / 2, S / 2, 3)
    return cut.permute(0, 3, 1, 2)


class Blocks(NamedTuple):
    """`context`: (N, K) places of the visible patches, in the image's order; `targets`: (N, M, t) places of the patches of M
    blocks, row by row."""

    context: Tensor
    targets: Tensor

    def to(self, device: torch.device) -> Blocks:
        """The same blocks on a device."""
        return Blocks(*(part.to(device) for part in self))


def block_shape(side: int, share: float, aspect: float) -> tuple[int, int]:
    """Height and width in patches of a block of about `share` of a grid of side x side patches, and about `aspect` times as high as
    wide. The width makes up for what rounding did to the height."""
    area = share * side**2
    height = min(side, max(1, round((area * aspect) ** 0.5)))
    return height, min(side, max(1, round(area / height)))


def place_blocks(n: int, count: int, side: int, shape: tuple[int, int], generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """`count` blocks of h x w patches in each of n images, at uniform random places that may overlap: first row and first column,
    (n, count) each."""
    height, width = shape
    top = torch.randint(side - height + 1, (n, count), generator=generator)
    return top, torch.randint(side - width + 1, (n, count), generator=generator)


def multi_block(
    n: int,
    side: int,
    generator: torch.Generator,
    *,
    targets: int,
    target_share: tuple[float, float],
    aspect: tuple[float, float],
    context_share: tuple[float, float],
    context_least: float = 0.05,
    tries: int = 0,
) -> Blocks:
    """`targets` blocks, and one square block of context that has no patch of theirs (I-JEPA 2301.08243, Sec. 3 and Fig. 4).

    Shares of the grid of side x side patches and the targets' aspect ratio are drawn uniformly from the given ranges, once a batch,
    so that all blocks of a batch are of one size; their places are drawn for each. Every context is cut down to the smallest of the
    batch. Where less than `context_least` of the patches would be left of one, other places are drawn for that image, up to `tries`
    times; then the last target is not taken out of it, then the one before. So does the official code, with a twentieth and 20
    tries. It differs in this: it draws share and ratio by one number
    (larger blocks are the higher ones), never lets a block touch the lower and the right edge, and cuts a context down by its last
    patches, so that the lower part of images is seen less. Here patches at random places are left out."""

    def drawn(low: float, high: float) -> float:
        return low + (high - low) * float(torch.rand((), generator=generator))

    height, width = block_shape(side, drawn(*target_share), drawn(*aspect))
    context_shape = block_shape(side, drawn(*context_share), 1.0)
    patch = torch.arange(height)[:, None] * side + torch.arange(width)  # (h, w)
    least = max(1.0, context_least * side**2)

    def placed() -> tuple[Tensor, Tensor, Tensor]:
        top, left = place_blocks(n, targets, side, (height, width), generator)
        indices = (top * side + left)[:, :, None] + patch.flatten()  # (N, M, t)
        taken = torch.zeros(n, targets, side**2, dtype=torch.bool).scatter_(2, indices, True)
        return indices, taken, _inside(side, context_shape, *place_blocks(n, 1, side, context_shape, generator))

    indices, taken, inside = placed()
    visible = inside & ~taken.any(1)
    for _ in range(tries):
        few = visible.sum(1) < least
        if not few.any():
            break
        others = placed()
        indices, taken = (torch.where(few[:, None, None], new, old) for new, old in zip(others[:2], (indices, taken), strict=True))
        inside = torch.where(few[:, None], others[2], inside)
        visible = inside & ~taken.any(1)
    for out in range(targets - 1, -1, -1):
        few = visible.sum(1) < least
        visible = torch.where(few[:, None], inside & ~taken[:, :out].any(1), visible)
    # Visible patches first, in drawn order; then back in the image's.
    order = torch.rand(n, side**2, generator=generator).masked_fill_(~visible, torch.inf).argsort(1)
    return Blocks(order[:, : int(visible.sum(1).min())].sort(1).values, indices)


def _inside(side: int, shape: tuple[int, int], top: Tensor, left: Tensor) -> Tensor:
    """(n, side * side) bool, true inside the block of each image; top, left: (n, 1)."""
    line = torch.arange(side)
    rows = (line >= top) & (line < top + shape[0])
    columns = (line >= left) & (line < left + shape[1])
    return (rows[:, :, None] & columns[:, None, :]).flatten(1)


def quarter_distance(quarter: Quarter) -> Tensor:
    """How many cells each patch lies away from the visible block, across or down, whichever is more: (N, T), 0 inside it."""
    side = round(quarter.mask.hidden.shape[1] ** 0.5)
    position = torch.arange(side, device=quarter.lower.device)
    rows, columns = (
        torch.where(at[:, None], side // 2 - position, position - side // 2 + 1).clamp(min=0)
        for at in (quarter.lower, quarter.right)
    )  # (N, side)
    return torch.maximum(rows[:, :, None], columns[:, None, :]).flatten(1)
