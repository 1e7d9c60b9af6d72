"""Matrices as pictures, and functions that put pictures side by side. For `Method.pictures`."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

SIDE = 128  # px; the least side of a picture, so that single cells are visible
# A diverging colour scale: blue, near-white, red, with equal lightness at both ends, suitable for red-green colour blindness.
LOW, MIDDLE, HIGH = (0.23, 0.35, 0.75), (0.95, 0.94, 0.92), (0.75, 0.18, 0.15)
MARK = (0.10, 0.62, 0.35)


def diverging(values: Tensor) -> Tensor:
    """(h, w) of -1 to 1 as colours (3, h, w): blue below 0, near-white at 0, red above."""
    low, middle, high = (torch.tensor(colour, device=values.device).view(3, 1, 1) for colour in (LOW, MIDDLE, HIGH))
    v = values.float().clamp(-1, 1)
    return torch.where(v < 0, middle + (low - middle) * -v, middle + (high - middle) * v)


def matrix(values: Tensor, marked: Tensor | None = None, side: int = SIDE) -> Tensor:
    """Cosines (h, w), -1 to 1, as one picture (1, 3, H, W) of at least `side` px across, one square per entry. `marked`: (h, w)
    bool, entries with a green frame, such as the positives."""
    cell = max(4, -(-side // values.shape[1]))
    picture = diverging(values).repeat_interleave(cell, 1).repeat_interleave(cell, 2)
    if marked is not None:
        frame = torch.ones(cell, cell, dtype=torch.bool, device=values.device)
        thick = max(1, cell // 8)
        frame[thick:-thick, thick:-thick] = False
        edges = torch.kron(marked.to(torch.uint8), frame.to(torch.uint8)).bool()
        picture = torch.where(edges, torch.tensor(MARK, device=values.device).view(3, 1, 1), picture)
    return picture[None].clamp(0, 1)


def similarity(down: Tensor, across: Tensor) -> Tensor:
    """The cosine matrix of embeddings (n, P) and (n, P) as one picture. Row i of both is one image: the diagonal has a frame."""
    cosine = F.normalize(down.float(), dim=1) @ F.normalize(across.float(), dim=1).t()
    return matrix(cosine, torch.eye(len(down), dtype=torch.bool, device=down.device))


def ranked(query: Tensor, key: Tensor, bank: Tensor, count: int = 15) -> Tensor:
    """Cosines of each query (n, P) in a row, as one picture: first to its own key (n, P), in a frame, then to the `count` nearest
    vectors of the bank (K, P), in descending order."""
    q, k, others = (F.normalize(vectors.float(), dim=1) for vectors in (query, key, bank))
    nearest = (q @ others.t()).topk(min(count, len(others)), dim=1).values  # (n, count), sorted
    values = torch.cat([(q * k).sum(1, keepdim=True), nearest], dim=1)
    return matrix(values, torch.arange(values.shape[1], device=values.device).expand_as(values) == 0)


def weights(values: Tensor, marked: Tensor | None = None) -> Tensor:
    """Weights (h, w), 0 or more, as one picture: near-white is 0, red the largest."""
    return matrix(values / values.max().clamp(min=1e-12), marked)


def bordered(images: Tensor, colour: tuple[float, float, float] = MARK) -> Tensor:
    """Images (n, 3, h, w) with a frame of one colour over their outermost pixels."""
    thick = max(1, images.shape[-1] // 16)
    out = torch.tensor(colour, device=images.device).view(1, 3, 1, 1).expand_as(images).clone()
    out[..., thick:-thick, thick:-thick] = images[..., thick:-thick, thick:-thick]
    return out


def strips(*columns: Tensor) -> Tensor:
    """Pictures (n, 3, h, w) side by side, row i of all columns in one picture: (n, 3, h, w * columns). All of one height."""
    return torch.cat(columns, dim=3)


def spaced(images: Tensor, gap: int = 4) -> Tensor:
    """Pictures (n, 3, h, w) with a white margin: (n, 3, h + 2 gap, w + 2 gap)."""
    return F.pad(images, (gap, gap, gap, gap), value=1.0)
