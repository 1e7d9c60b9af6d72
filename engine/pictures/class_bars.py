"""Labelled images in the colours of their classes, and class probabilities as bars. For `Method.pictures`."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.pictures.bars import grid
from engine.pictures.blocks import enlarged
from engine.pictures.gauges import gauge
from engine.pictures.matrix import LOW, MARK, MIDDLE, SIDE

# Steps in hue of the classes' colours: a golden section of the circle, so that neighbours in the list differ most.
_HUE = 0.618033988749895
_LEAST = 48  # px; the least side of an image in a sheet
_ACROSS = 16  # the most images of a row


def class_colours(labels: Tensor) -> Tensor:
    """A colour (n, 3) for each class (n,), the same in every picture."""
    turn = (labels.float()[:, None] * _HUE) % 1 * 2 * math.pi
    thirds = torch.tensor([0.0, 2 * math.pi / 3, 4 * math.pi / 3], device=labels.device)
    return 0.5 + 0.4 * (turn - thirds).cos()


def framed_by_class(pixels: Tensor, labels: Tensor) -> Tensor:
    """Images (n, 3, h, w) with labels (n,), class after class in rows, each image with a frame in the colour of its class: one
    picture (1, 3, H, W)."""
    order = labels.argsort(stable=True)
    pixels, labels = enlarged(pixels[order], _LEAST), labels[order]
    thick = max(3, pixels.shape[-1] // 12)
    framed = class_colours(labels)[:, :, None, None].repeat(1, 1, pixels.shape[2] + 2 * thick, pixels.shape[3] + 2 * thick)
    framed[..., thick:-thick, thick:-thick] = pixels
    counts = labels.unique(return_counts=True)[1]
    # Where each class has the same number of images, a row is a class.
    each = int(counts[0]) if len(counts.unique()) == 1 else 0
    return grid(framed, each if 2 <= each <= _ACROSS else min(_ACROSS, max(1, math.ceil(math.sqrt(2 * len(labels))))))


def with_probabilities(pixels: Tensor, rows: Sequence[Tensor], truth: Tensor, side: int = SIDE) -> Tensor:
    """Images (n, 3, h, w) with class probabilities (n, C) as bars to their right, the first of `rows` above: (n, 3, H, W), with a
    white margin. The bars of the true classes (n,) are green, the others blue; -1 for an unknown class. A bar of full height is a
    probability of 1."""
    images = enlarged(pixels.float(), side)
    n, height = len(images), images.shape[2]
    gap = 4
    each = (height - gap * (len(rows) - 1)) // len(rows)
    classes = rows[0].shape[1]
    cell = max(3, images.shape[3] // classes)
    charts = []
    for probabilities in rows:
        up = (torch.arange(each, 0, -1, device=pixels.device) - 0.5) / each  # near 1 at the top
        inside = (up[None, :, None] <= probabilities.float()[:, None, :]).repeat_interleave(cell, dim=2)
        inside[..., cell - 1 :: cell] = False  # a gap between bars
        own = (truth[:, None] == torch.arange(classes, device=truth.device)).repeat_interleave(cell, dim=1)
        bar = torch.where(own[:, None, None, :], _ink(MARK, pixels), _ink(LOW, pixels))
        charts += [torch.where(inside[:, None], bar, _ink(MIDDLE, pixels)), images.new_ones(n, 3, gap, cell * classes)]
    chart = torch.cat(charts[:-1], dim=2)
    chart = F.pad(chart, (0, 0, 0, height - chart.shape[2]), value=1.0)
    return F.pad(torch.cat([images, images.new_ones(n, 3, height, gap), chart], dim=3), (0, 2 * gap, 0, 2 * gap), value=1.0)


def share_bars(values: Tensor, marked: int, chance: float, side: int = SIDE) -> Tensor:
    """Shares (k,), 0 to 1, as k bars from the left, one below the other, that of number `marked` in green, the others in blue, with
    a dark mark at `chance`: one picture (1, 3, H, W)."""
    height, width = max(12, side // 4), 2 * side
    colours = [MARK if row == marked else LOW for row in range(len(values))]
    bars = [gauge(value[None], 1.0, height, width, chance, colour) for value, colour in zip(values, colours, strict=True)]
    gap = torch.ones(1, 3, 4, width, device=values.device)
    return torch.cat([part for bar in bars for part in (bar, gap)][:-1], dim=2)


def _ink(colour: tuple[float, float, float], like: Tensor) -> Tensor:
    return torch.tensor(colour, device=like.device).view(1, 3, 1, 1)
