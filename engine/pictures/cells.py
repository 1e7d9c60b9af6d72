"""The cells of a feature map, drawn over the image that they look at."""

from __future__ import annotations

import colorsys

import torch
from torch import Tensor


def hues(count: int) -> Tensor:
    """`count` colours (count, 3) that a person tells apart, evenly around the circle of hues."""
    return torch.tensor([colorsys.hsv_to_rgb(place / max(1, count), 0.85, 0.95) for place in range(count)]).view(-1, 3)


def coloured_cells(images: Tensor, colours: Tensor, shown: Tensor, side: int = 96) -> Tensor:
    """Images (n, 3, h, h), enlarged to at least `side` px, with the cells of an s x s map framed and tinted each in its own colour.

    colours: (n, s * s, 3); shown: (n, s * s) bool, the cells to draw: the others are only paled. (n, 3, H, H), 0 to 1."""
    cells = round(shown.shape[1] ** 0.5)
    enlarged = images.repeat_interleave(-(-side // images.shape[-1]), 2).repeat_interleave(-(-side // images.shape[-1]), 3)
    height = enlarged.shape[-1]
    place = torch.arange(height, device=images.device) * cells // height  # which cell a row or column of pixels lies in
    cell = (place[:, None] * cells + place).flatten()  # (H * H,)
    thick = max(2, height // cells // 10)
    inner = torch.zeros(height, dtype=torch.bool, device=images.device)
    for number in range(cells):
        inside = (place == number).nonzero().flatten()
        inner[inside[thick:-thick]] = True
    frame = ~(inner[:, None] & inner).flatten()
    paint = colours.to(images)[:, cell].transpose(1, 2).view_as(enlarged)
    strength = torch.where(frame, 1.0, 0.25).to(images).view(1, 1, height, height)
    drawn = shown[:, cell].view(-1, 1, height, height)
    grey = 0.5 + 0.5 * enlarged
    return torch.where(drawn, enlarged + strength * (paint - enlarged), grey).clamp(0, 1)
