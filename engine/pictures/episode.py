"""Episodes of an agent as pictures. For `Method.pictures`."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.pictures.blocks import enlarged
from engine.pictures.heat import heat
from engine.pictures.written import written

_SIDE = 96  # px, of a picture
_LINE = 18  # px, of a text below it


def episode_strip(pixels: Tensor, actions: Sequence[str], values: Tensor, rewards: Tensor, every: int = 3) -> Tensor:
    """Every `every`-th step of an episode, and its end: the picture, and below it the action and its value, at the end the return.
    pixels: (T + 1, 3, s, s), 0 to 1; actions: (T) names; values: (T,) of the actions, the largest there were; rewards: (T,).
    (n, 3, H, W), to be shown side by side."""
    shown = [*range(0, len(actions), every), len(actions)]
    texts = [f"{actions[step]}  {float(values[step]):.2f}" for step in shown[:-1]]
    texts.append(f"return {float(rewards.sum()):.2f}")
    return captioned(pixels[shown], texts)


def captioned(pixels: Tensor, texts: Sequence[str]) -> Tensor:
    """Pictures (n, 3, s, s), pixels between 0 and 1, enlarged, with a text below each: (n, 3, H, W)."""
    images = enlarged(pixels.float().cpu(), _SIDE)
    below = written(texts, images.shape[-1], _LINE)
    return F.pad(torch.cat([images, below], dim=2), (2, 2, 2, 2), value=1.0)


def side_by_side(images: Tensor, columns: int = 6) -> Tensor:
    """Pictures (n, 3, h, w) in rows of `columns`: one picture (1, 3, H, W)."""
    n, _, h, w = images.shape
    across = min(columns, n)
    rows = -(-n // across)
    sheet = torch.ones(3, rows * h, across * w, device=images.device)
    for number, image in enumerate(images):
        top, left = number // across * h, number % across * w
        sheet[:, top : top + h, left : left + w] = image
    return sheet[None]


def value_map(scene: Tensor, values: Tensor) -> Tensor:
    """A scene (3, s, s), pixels between 0 and 1, and beside it the same in grey with values (k, k) over it, the largest in red:
    (1, 3, H, W)."""
    picture = enlarged(scene[None].float(), 2 * _SIDE)
    return torch.cat([picture, heat(picture, values[None].to(picture.device))], dim=3)
