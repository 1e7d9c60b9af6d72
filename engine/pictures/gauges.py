"""Numbers as bars, and pairs of images with a bar of their distance. For `Method.pictures`."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.pictures.matrix import MARK, MIDDLE

DARK = (0.15, 0.15, 0.17)


def gauge(
    values: Tensor, limit: float, height: int, width: int, tick: float | None = None, colour: tuple[float, float, float] = MARK
) -> Tensor:
    """Values (n,), 0 to `limit`, as bars from the left, (n, 3, height, width); larger values are full bars. `tick`: a value with a
    dark mark."""
    position = (torch.arange(width, device=values.device) + 0.5) / width * limit
    filled = (position[None] <= values[:, None].float())[:, None, None, :].expand(-1, 3, height, -1)
    bar, ground = (torch.tensor(c, device=values.device).view(1, 3, 1, 1) for c in (colour, MIDDLE))
    picture = torch.where(filled, bar, ground)
    if tick is not None:
        at = min(width - 1, int(tick / limit * width))
        picture[..., at : at + max(1, width // 64)] = torch.tensor(DARK, device=values.device).view(1, 3, 1, 1)
    return picture


def apart(
    left: Tensor,
    right: Tensor,
    distance: Tensor,
    limit: float,
    tick: float | None = None,
    colour: tuple[float, float, float] = MARK,
) -> Tensor:
    """Two images (n, 3, h, w) side by side with a bar of their distance (n,) below, and a white margin to the right and below:
    (n, 3, h + bar + edge, 2 w + edge)."""
    images = torch.cat([left, right], dim=3)
    height = max(4, images.shape[2] // 6)
    picture = torch.cat([images, gauge(distance, limit, height, images.shape[3], tick, colour).to(images)], dim=2)
    edge = max(1, height // 3)
    return F.pad(picture, (0, edge, 0, edge), value=1.0)
