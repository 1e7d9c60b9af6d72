"""Gram matrices of patches beside each other. For `Method.pictures`."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.pictures.matrix import SIDE, matrix

GAP = 4  # px


def gram_rows(then: Tensor, now: Tensor, side: int = SIDE) -> Tensor:
    """Cosines (n, T, T) of two networks, -1 to 1, and the second less the first, side by side with white gaps: a picture of each
    image, (n, 3, H, W). Near-white is 0, red above it, blue below."""
    rows = []
    for one, two in zip(then.float(), now.float(), strict=True):
        parts = [F.pad(matrix(values, side=side), (0, GAP), value=1.0) for values in (one, two, two - one)]
        rows.append(torch.cat(parts, dim=3)[..., :-GAP])
    return torch.cat(rows)
