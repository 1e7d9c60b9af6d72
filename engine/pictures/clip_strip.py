"""A clip in all its modalities: frames, flow as colours, grey frames, spectrogram. For `Method.pictures`."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

LEAST = 32  # px, the side of a frame


def flow_colours(flow: Tensor) -> Tensor:
    """Flow (n, T, 2, h, w) as colours (n, T, 3, h, w): the hue is the direction (red to the right, then by the colour wheel,
    clockwise on the screen), the strength of the colour the length, as a share of the longest of each clip; white where nothing
    moves."""
    right, down = flow[:, :, 0], flow[:, :, 1]
    length = torch.hypot(right, down)
    strength = length / length.amax((1, 2, 3), keepdim=True).clamp(min=1e-9)
    sector = torch.atan2(down, right) / (2 * math.pi) * 6
    # HSV to RGB at full value: 1 - strength * max(0, min(k, 4 - k, 1)), k = (n + hue) mod 6 for n of 5, 3 and 1.
    parts = [(number + sector) % 6 for number in (5, 3, 1)]
    faded = torch.stack([torch.minimum(k, 4 - k).clamp(0, 1) for k in parts], dim=2)
    return 1 - strength[:, :, None] * faded


def clip_strip(rows: list[Tensor], gap: int = 2) -> Tensor:
    """Rows of frames, one below the other: each (n, T, 3, h, w), pixels between 0 and 1, all with the same T; frames of another
    size are scaled to the side of the first row's, at least LEAST. (n, 3, H, W) with white gaps."""
    side = rows[0].shape[-1] * max(1, -(-LEAST // rows[0].shape[-1]))
    lines = []
    for frames in rows:
        n, count = frames.shape[:2]
        scaled = F.interpolate(frames.flatten(0, 1).float(), (side, side), mode="nearest")
        padded = F.pad(scaled, (0, gap, 0, gap), value=1.0).unflatten(0, (n, count))
        lines.append(padded.permute(0, 2, 3, 1, 4).flatten(3))  # (n, 3, side + gap, T (side + gap))
    return torch.cat(lines, dim=2).clamp(0, 1)
