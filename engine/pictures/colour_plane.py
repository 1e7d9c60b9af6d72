"""Distributions of colours as pictures of the ab plane. For `Method.pictures`."""

from __future__ import annotations

import torch
from torch import Tensor

from engine.augment.lab import lab_to_rgb

CELL = 6  # px
LIGHTNESS = 68.0  # L of the plane
DARK, DIM = 0.16, 0.28  # brightness outside all bins, and of an empty bin


def colour_plane(shares: Tensor, centres: Tensor, grid: float) -> Tensor:
    """Distributions (n, Q) over bins as pictures (n, 3, H, H): each bin a square in the plane of a (from green, left, to red) and b
    (from blue, below, to yellow), with a brightness that increases with the square root of its share, up to full colour for the
    largest, so that rare colours are visible. centres: (Q, 2) multiples of `grid`."""
    reach = int((centres.abs().amax() / grid).round())
    side = 2 * reach + 1
    position = (centres / grid).round().long() + reach  # (Q, 2)
    lab = torch.cat([torch.full_like(centres[:, :1], LIGHTNESS), centres], dim=1)
    colour = lab_to_rgb(lab.view(-1, 3, 1, 1))[:, :, 0, 0]  # (Q, 3)
    strength = (shares / shares.amax(1, keepdim=True).clamp(min=1e-12)).clamp(min=0).sqrt().unsqueeze(-1)  # (n, Q, 1)
    picture = torch.full((len(shares), side, side, 3), DARK, device=shares.device)
    picture[:, side - 1 - position[:, 1], position[:, 0]] = (DIM * (1 - strength) + colour * strength).float()
    return picture.permute(0, 3, 1, 2).repeat_interleave(CELL, 2).repeat_interleave(CELL, 3).clamp(0, 1)
