"""Crop, flip, resize and blur as one resampling; rotation as another.

The first four are linear and act on columns and rows alike, so each becomes a few taps an output pixel: which source pixels it is
made of, with which weights. One weighted gather along x and one along y then do all of them, at a cost that grows
with the taps and not with the side of the image. (A dense matrix an image gives the same numbers and is 8 times slower at
32 px, 25 times at 224 px.) No row of a batch touches another, so a row's pixels do not depend on its company.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor


@dataclass(frozen=True, eq=False)
class Taps:
    """Along one axis, for n images and `size` outputs: `index` (n, size, T) int32 source pixels, `weight` (n, size, T) float32."""

    index: Tensor
    weight: Tensor

    def rows(self, chosen: slice) -> Taps:
        return Taps(self.index[chosen], self.weight[chosen])

    def to(self, device: torch.device) -> Taps:
        return Taps(self.index.to(device, non_blocking=True), self.weight.to(device, non_blocking=True))


def resize_taps(start: Tensor, length: Tensor, size: int, flip: Tensor | None = None) -> Taps:
    """Taps that resize pixels start..start+length of an axis to `size`, for start and length (n,) int32, mirrored where flip (n,).

    Bilinear with a triangle that widens when shrinking, cut off at the crop's edge and normalised: what PIL does, and
    torchvision with antialias=True.
    """
    position = torch.arange(size, dtype=torch.float32).expand(len(start), size)
    if flip is not None:
        position = torch.where(flip.unsqueeze(1), size - 1 - position, position)
    extent = length.float().unsqueeze(1)
    scale = extent / size
    reach = scale.clamp(min=1)
    centre = (position + 0.5) * scale
    count = math.ceil(2 * float(reach.max())) if len(reach) else 2
    at = (centre - reach + 0.5).floor_().unsqueeze(-1) + torch.arange(count, dtype=torch.float32)
    weight = 1 - ((at + 0.5) - centre.unsqueeze(-1)).abs_() / reach.unsqueeze(-1)
    inside = at.clamp(min=0).minimum(extent.unsqueeze(-1) - 1)
    weight = weight.clamp_(min=0) * (inside == at)
    # Added up one by one: zeros at the end, which depend on the other rows, then change no bit of the sum.
    weight /= functools.reduce(torch.add, weight.unbind(-1)).unsqueeze(-1)
    return Taps(inside.to(torch.int32) + start.view(-1, 1, 1), weight)


def blurred(taps: Taps, sigma: Tensor, radius: int) -> Taps:
    """The taps followed by a Gaussian of `sigma` (n,) output pixels, cut off at `radius`, mirrored at the edges as torchvision's
    gaussian_blur does. A sigma of 0 changes nothing."""
    size = taps.index.shape[1]
    offset = torch.arange(-radius, radius + 1)
    # In double precision: a float's exp may differ in its last bit with a row's place in the batch.
    kernel = torch.exp(-0.5 * (offset / sigma.double().clamp(min=1e-3).unsqueeze(1)) ** 2)
    kernel = (kernel / kernel.sum(dim=1, keepdim=True)).float()
    near = (torch.arange(size).unsqueeze(1) + offset).abs()
    near = (size - 1 - (size - 1 - near).abs()).flatten()
    index = taps.index.index_select(1, near).view(len(sigma), size, -1)
    weight = taps.weight.index_select(1, near).view(len(sigma), size, len(offset), -1) * kernel[:, None, :, None]
    return Taps(index, weight.flatten(2))


def blur_radius(sigma_max: float, size: int, kernel: float = 2.0) -> int:
    """How many pixels a Gaussian reaches to either side: three sigmas, within a kernel of that share of the view's side (always a
    pixel at least), as far as a mirrored edge allows."""
    return min(max(1, math.ceil(3 * sigma_max)), max(1, int(kernel * size) // 2), size - 1)


def columns_first(images: Tensor) -> Tensor:
    """(n, 3, h, w) of any dtype as float32 (n, w, 3h), the layout that `resample` reads; shared by all views of a batch."""
    n, channels, height, width = images.shape
    return images.reshape(n, channels * height, width).transpose(1, 2).contiguous().float()


def resample(columns: Tensor, x: Taps, y: Taps, channels: int = 3) -> Tensor:
    """Applies taps to `columns_first(images)` (n, w, channels * h): a contiguous (n, channels, size, size) of float32."""
    n, _, across = columns.shape
    size = x.index.shape[1]
    # First along x, where all of a column's channels and rows move as one; then, turned around, along y.
    half = _gather(columns, x.index, x.weight).transpose(1, 2).contiguous()  # (n, 3h, size)
    channel = torch.arange(channels, dtype=torch.int32, device=columns.device).view(1, -1, 1, 1) * (across // channels)
    index = (y.index.unsqueeze(1) + channel).view(n, channels * size, -1)
    weight = y.weight.unsqueeze(1).expand(-1, channels, -1, -1).reshape(n, channels * size, -1)
    return _gather(half, index, weight).view(n, channels, size, size)


def _gather(table: Tensor, index: Tensor, weight: Tensor) -> Tensor:
    """out[n, b] = sum_t weight[n, b, t] * table[n, index[n, b, t]], for table (n, R, L) and index, weight (n, B, T): (n, B, L)."""
    n, rows, length = table.shape
    _, bags, taps = index.shape
    first = torch.arange(0, n * rows, rows, dtype=torch.int32, device=table.device).view(-1, 1, 1)
    where = (index + first).view(n * bags, taps)
    mixed = F.embedding_bag(where, table.view(n * rows, length), mode="sum", per_sample_weights=weight.view(n * bags, taps))
    return mixed.view(n, bags, length)


def rotation_map(crop: Tensor, flip: Tensor, angle: Tensor, source: int) -> Tensor:
    """(n, 2, 3) affine maps from a view's coordinates to the stored image's (both -1..1 from edge to edge) for boxes (n, 4),
    mirrored where flip (n,), then turned counter-clockwise by angle (n,) degrees about the box's centre."""
    box = crop.double() / source
    half = box[:, 2:]
    middle = 2 * box[:, :2] + half - 1
    turn = torch.deg2rad(angle.double())
    cos, sin = turn.cos(), turn.sin()
    side = torch.where(flip, -half[:, 0], half[:, 0])
    across = torch.stack([side * cos, -side * sin, middle[:, 0]], dim=1)
    down = torch.stack([half[:, 1] * sin, half[:, 1] * cos, middle[:, 1]], dim=1)
    return torch.stack([across, down], dim=1).float()


def rotate(images: Tensor, maps: Tensor, size: int) -> Tensor:
    """Crop, flip, rotation and resize as one bilinear sampling: (n, 3, S, S) float to (n, 3, size, size), by maps (n, 2, 3).

    What a rotated box shows beyond its upright one is the image that is really there; beyond the image's edge, its reflection.
    Where S is above size the sampling is that much finer in each direction and averaged, against aliasing.
    """
    source = images.shape[-1]
    finer = max(1, math.ceil(source / size))
    # The grid is made here: affine_grid multiplies matrices, whose precision follows global settings.
    step = (torch.arange(size * finer, dtype=torch.float32, device=images.device) * 2 + 1) / (size * finer) - 1
    maps = maps.unsqueeze(-1).unsqueeze(-1)
    grid = maps[:, :, 0] * step.view(1, 1, 1, -1) + (maps[:, :, 1] * step.view(1, 1, -1, 1) + maps[:, :, 2])
    turned = F.grid_sample(images, grid.permute(0, 2, 3, 1), mode="bilinear", padding_mode="reflection", align_corners=False)
    return turned if finer == 1 else F.avg_pool2d(turned, finer)
