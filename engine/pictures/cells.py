"""The cells of a feature map, drawn over the image."""

from __future__ import annotations

import torch
from torch import Tensor

from engine.pictures.plane_points import hues


def coloured_cells(images: Tensor, colours: Tensor, shown: Tensor, side: int = 128) -> Tensor:
    """Images (n, 3, h, h), enlarged to at least `side` px, with the cells of an s x s map framed and tinted each in its own colour.

    colours: (n, s * s, 3); shown: (n, s * s) bool, the cells to draw; the others are grey. (n, 3, H, H), 0 to 1."""
    cells = round(shown.shape[1] ** 0.5)
    enlarged = images.repeat_interleave(-(-side // images.shape[-1]), 2).repeat_interleave(-(-side // images.shape[-1]), 3)
    height = enlarged.shape[-1]
    cell_of = torch.arange(height, device=images.device) * cells // height  # the cell of a row or column of pixels
    cell = (cell_of[:, None] * cells + cell_of).flatten()  # (H * H,)
    thick = max(2, height // cells // 12)
    inner = torch.zeros(height, dtype=torch.bool, device=images.device)
    for number in range(cells):
        inside = (cell_of == number).nonzero().flatten()
        inner[inside[thick:-thick]] = True
    frame = ~(inner[:, None] & inner).flatten()
    tint = colours.to(images)[:, cell].transpose(1, 2).view_as(enlarged)
    strength = torch.where(frame, 1.0, 0.15).to(images).view(1, 1, height, height)
    drawn = shown[:, cell].view(-1, 1, height, height)
    grey = 0.25 + 0.5 * enlarged.mean(1, keepdim=True).expand_as(enlarged)
    return torch.where(drawn, enlarged + strength * (tint - enlarged), grey).clamp(0, 1)


def coloured_matches(positive: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """Colours of the cells of view 1 and of view 2, (n, M, 3) each, for (n, M, M) bool positives: up to `count` cells of view 1,
    far from each other and without common positives, and all their positives. Black where nothing is shown."""
    colours = torch.zeros(2, *positive.shape[:2], 3)
    for image, pairs in enumerate(positive.cpu()):
        chosen: list[int] = []
        matched = pairs.any(1).nonzero().flatten()
        # Golden-ratio steps, so that the first few are far apart.
        for cell in matched[(torch.arange(len(matched)) * 0.618034 % 1).argsort()].tolist():
            if len(chosen) < count and not (pairs[cell] & pairs[chosen].any(0)).any():
                chosen.append(cell)
        for cell, hue in zip(sorted(chosen), hues(len(chosen)), strict=True):
            colours[0, image, cell] = colours[1, image, pairs[cell]] = torch.tensor(hue)
    return colours[0], colours[1]
