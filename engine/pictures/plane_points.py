"""Points in a plane as pictures. For `Method.pictures`."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.pictures.matrix import MIDDLE

REACH = 1.08  # of the picture beyond the unit circle
RIM = (0.72, 0.70, 0.68)


def principal(z: Tensor, axes: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """Unit vectors (n, P) projected on their first two principal directions (not centred): positions (n, 2) inside the unit circle,
    and the directions (P, 2), which can be passed to another call as `axes`."""
    z = F.normalize(z.float(), dim=1)
    if axes is None:
        # About the origin, not the mean, so that the embeddings of a collapsed model are one point at the rim.
        axes = torch.linalg.svd(z, full_matrices=False).Vh[:2].t()
        axes = axes * torch.where(axes.sum(0) < 0, -1.0, 1.0)
        axes = F.pad(axes, (0, 2 - axes.shape[1]))
    return z @ axes, axes


def hues(count: int) -> list[tuple[float, float, float]]:
    """Colours (r, g, b) with evenly spaced hues and medium lightness."""
    turns = [2 * math.pi * position / max(1, count) for position in range(count)]
    return [tuple(0.45 + 0.38 * math.cos(turn - third) for third in (0.0, 2.1, 4.2)) for turn in turns]  # type: ignore[misc]


def joined(start: Tensor, end: Tensor, side: int = 256) -> Tensor:
    """Pairs of points (n, 2) and (n, 2), x and y between -1 and 1, on the disc inside the unit circle, each pair in its
    own colour: a dot at both ends and a line between them. One picture (1, 3, side, side)."""
    device = start.device
    step = REACH * ((torch.arange(side, device=device) * 2 + 1) / side - 1)
    y, x = torch.meshgrid(-step, step, indexing="ij")
    grid = torch.stack([x, y], dim=-1)  # (side, side, 2)
    pixel = 2 * REACH / side
    picture = torch.ones(3, side, side, device=device)

    def draw(away: Tensor, radius: float, colour: tuple[float, float, float]) -> None:
        cover = ((radius - away) / pixel + 0.5).clamp(0, 1)
        picture.lerp_(torch.tensor(colour, device=device).view(3, 1, 1).expand_as(picture), cover.expand_as(picture))

    centre = grid.norm(dim=-1)
    draw(centre, 1.0, MIDDLE)
    draw((centre - 1).abs(), pixel, RIM)
    for a, b, colour in zip(start.float(), end.float(), hues(len(start)), strict=True):
        along = b - a
        share = (((grid - a) @ along) / along.square().sum().clamp(min=1e-12)).clamp(0, 1)
        draw((grid - a - share[..., None] * along).norm(dim=-1), 1.2 * pixel, colour)
        for dot in (a, b):
            draw((grid - dot).norm(dim=-1), 3.5 * pixel, colour)
    return picture[None].clamp(0, 1)
