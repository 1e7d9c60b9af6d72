"""Bar charts with a target line, histograms with the density of a standard normal, and quantile-quantile charts. For
`Method.pictures`."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from engine.pictures.matrix import HIGH, LOW, MARK, MIDDLE

HEIGHT = 128  # px
REACH = 4.0  # standard deviations to either side


def bars(values: Tensor, goal: float, width: int = 4) -> Tensor:
    """Values (k,), 0 or more, as bars of `width` px with a green line at the goal: one picture (1, 3, 128, k * width). The top is
    twice the goal; higher bars are cut off."""
    filled = (values.float() / (2 * goal) * HEIGHT).round().clamp(0, HEIGHT)  # (k,)
    row = torch.arange(HEIGHT, 0, -1, device=values.device)[:, None]  # 128 at the top, 1 at the bottom
    inside = (row <= filled).repeat_interleave(width, dim=1)
    inside[:, width - 1 :: width] = False  # a gap between bars
    picture = _coloured(inside)
    picture[:, HEIGHT // 2 - 1 : HEIGHT // 2 + 1] = torch.tensor(MARK, device=values.device).view(3, 1, 1)
    return picture[None]


def cosine_bars(values: Tensor, side: int) -> Tensor:
    """Cosines (n, k), k of 2 or 3, as k bars each, from a line at 0 up to 1 or down to -1: (n, 3, side, side). The first is green,
    the last blue, one between them red."""
    n, k = values.shape
    row = 1 - (torch.arange(side, device=values.device) + 0.5) / side * 2  # 1 at the top, -1 at the bottom
    inside = ((row >= 0) & (row <= values[:, :, None])) | ((row < 0) & (row >= values[:, :, None]))  # (n, k, side)
    picture = torch.tensor(MIDDLE, device=values.device).view(1, 3, 1, 1).repeat(n, 1, side, side)
    for bar, colour in enumerate((MARK, HIGH, LOW) if k == 3 else (MARK, LOW)):
        left, right = int(side * (bar + 0.15) / k), int(side * (bar + 0.85) / k)
        ink = torch.tensor(colour, device=values.device).view(1, 3, 1, 1)
        part = picture[..., left:right]
        picture[..., left:right] = torch.where(inside[:, bar, :, None].unsqueeze(1), ink, part)
    picture[:, :, side // 2] = 0.5
    return picture


def histograms(samples: Tensor, bins: int = 32, columns: int = 4) -> Tensor:
    """Each column of samples (N, k) as a histogram from -4 to 4 with the density of the standard normal over it, a green line: k
    charts in rows of four, one picture (1, 3, H, W). Samples beyond the ends are counted in the last bins."""
    return grid(torch.stack([_histogram(column, bins) for column in samples.float().unbind(1)]), columns)


def quantile_charts(samples: Tensor, columns: int = 4) -> Tensor:
    """Each column of samples (N, k), sorted, against the quantiles of the standard normal: k charts from -4 to 4 both ways in rows
    of four, one picture (1, 3, H, W). The diagonal, a green line, is a standard normal; a steeper line is wider, a bent one is not
    normal."""
    return grid(torch.stack([_quantile_chart(column) for column in samples.float().unbind(1)]), columns)


def grid(charts: Tensor, columns: int, gap: int = 6) -> Tensor:
    """Charts (k, 3, h, w) in rows of `columns` with white gaps: one picture (1, 3, H, W)."""
    k, _, h, w = charts.shape
    rows, columns = -(-k // columns), min(k, columns)
    sheet = torch.ones(3, rows * (h + gap) - gap, columns * (w + gap) - gap, device=charts.device)
    for index, chart in enumerate(charts):
        top, left = index // columns * (h + gap), index % columns * (w + gap)
        sheet[:, top : top + h, left : left + w] = chart
    return sheet[None]


def _histogram(values: Tensor, bins: int, width: int = 4) -> Tensor:
    bin_of = ((values + REACH) / (2 * REACH) * bins).long().clamp(0, bins - 1)
    density = torch.bincount(bin_of, minlength=bins) / len(values) * bins / (2 * REACH)  # per standard deviation
    top = 1.5 / math.sqrt(2 * math.pi)  # 1.5 times the peak of the standard normal
    row = torch.arange(HEIGHT, 0, -1, device=values.device)[:, None]
    inside = (row <= (density / top * HEIGHT).round().clamp(0, HEIGHT)).repeat_interleave(width, dim=1)
    picture = _coloured(inside)
    x = (torch.arange(bins * width, device=values.device) + 0.5) / (bins * width) * 2 * REACH - REACH
    curve = torch.exp(-x.square() / 2) / math.sqrt(2 * math.pi) / top * HEIGHT
    on = ((row - 0.5) - curve).abs() <= 0.5 * (1 + curve.diff(append=curve[-1:]).abs()) + 0.5
    return torch.where(on, torch.tensor(MARK, device=values.device).view(3, 1, 1), picture)


def _quantile_chart(values: Tensor) -> Tensor:
    centre = (torch.arange(HEIGHT, device=values.device) + 0.5) / HEIGHT * 2 * REACH - REACH  # of each column of pixels
    target = torch.special.ndtri(torch.arange(1, len(values) + 1, device=values.device) / (len(values) + 1))
    right = torch.searchsorted(target, centre).clamp(1, max(1, len(values) - 1))
    sorted_ = values.sort().values
    if len(values) == 1:
        reached = sorted_.expand(HEIGHT)
    else:  # linear between two neighbours
        share = ((centre - target[right - 1]) / (target[right] - target[right - 1])).clamp(0, 1)
        reached = sorted_[right - 1].lerp(sorted_[right], share)
    shown = (centre >= target[0] - 2 * REACH / HEIGHT) & (centre <= target[-1] + 2 * REACH / HEIGHT)
    pixel = ((reached + REACH) / (2 * REACH) * HEIGHT).floor().clamp(0, HEIGHT - 1)  # from below
    low = torch.minimum(pixel, torch.cat([pixel[1:], pixel[-1:]]))
    high = torch.maximum(pixel, torch.cat([pixel[1:], pixel[-1:]]))
    row = torch.arange(HEIGHT - 1, -1, -1, device=values.device)[:, None]
    picture = _coloured((row >= low) & (row <= high + 1) & shown)
    diagonal = row == torch.arange(HEIGHT, device=values.device)
    return torch.where(diagonal, torch.tensor(MARK, device=values.device).view(3, 1, 1), picture)


def _coloured(inside: Tensor) -> Tensor:
    """(h, w) bool as (3, h, w): bars on a light background."""
    paper, ink = (torch.tensor(colour, device=inside.device).view(3, 1, 1) for colour in (MIDDLE, LOW))
    return torch.where(inside, ink, paper)
