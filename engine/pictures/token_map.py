"""Visual tokens as pictures: each patch in the colour of its token. For `Method.pictures`."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.pictures.masked import HIDDEN, pixels_of
from engine.pictures.matrix import HIGH, MARK, SIDE

GAP = 4  # px
# Steps in hue and lightness of a low-discrepancy sequence (from the plastic number), so that tokens with near numbers have
# different colours.
_HUE, _LIGHT = 0.7548776662, 0.5698402910


def token_colours(visual_tokens: Tensor) -> Tensor:
    """A colour (..., 3) for each token (...), the same in every picture."""
    turn = (visual_tokens.float() * _HUE) % 1 * 2 * math.pi
    light = 0.3 + 0.45 * ((visual_tokens.float() * _LIGHT) % 1)
    thirds = torch.tensor([0.0, 2.1, 4.2], device=visual_tokens.device)
    return (light.unsqueeze(-1) + 0.28 * (turn.unsqueeze(-1) - thirds).cos()).clamp(0, 1)


def coloured_tokens(visual_tokens: Tensor, shown: Tensor | None = None, truth: Tensor | None = None, side: int = SIDE) -> Tensor:
    """Visual tokens (n, T) of the cells of a square grid as pictures (n, 3, H, H) of at least `side` px with a white margin to the
    right and below, each cell in the colour of its token.

    `shown`: (n, T) bool, the other cells are grey; `truth`: (n, T), the shown cells have a green frame where the token is the true
    one, else a red one."""
    across = round(visual_tokens.shape[1] ** 0.5)
    cell = max(6, -(-side // across))
    size = cell * across
    colours = token_colours(visual_tokens).transpose(1, 2)  # (n, 3, T)
    picture = pixels_of(colours.flatten(0, 1), size).view(len(visual_tokens), 3, size, size)
    if truth is not None:
        line = torch.arange(size, device=visual_tokens.device) % cell
        inner = (line >= max(1, cell // 8)) & (line < cell - max(1, cell // 8))
        frame = ~(inner[:, None] & inner)
        right, wrong = (torch.tensor(colour, device=visual_tokens.device).view(3, 1, 1) for colour in (MARK, HIGH))
        picture = torch.where(frame, torch.where(pixels_of(visual_tokens == truth, size), right, wrong), picture)
    if shown is not None:
        picture = torch.where(pixels_of(shown, size), picture, HIDDEN)
    # A margin, because the pictures of several images are put side by side.
    return F.pad(picture, (0, GAP, 0, GAP), value=1.0)
