"""Frames around blocks of patches, and feature maps as colours. For `Method.pictures` and `Method.inputs`."""

from __future__ import annotations

import torch
from torch import Tensor

from engine.pictures.matrix import SIDE
from engine.pictures.plane_points import hues


def enlarged(images: Tensor, side: int = SIDE) -> Tensor:
    """Images (n, 3, S, S) enlarged by an integer factor to at least `side` px, so that pixels stay squares."""
    zoom = max(1, -(-side // images.shape[-1]))
    return images.repeat_interleave(zoom, 2).repeat_interleave(zoom, 3)


def framed_blocks(images: Tensor, indices: Tensor, side: int, first: int = 0, count: int = 0) -> Tensor:
    """Images (n, 3, H, H) with a frame of its own colour around each rectangle of cells of a side x side grid.

    indices: (n, M, t), the cells of each rectangle, row by row. The colours are those from number `first` of `count` (by default
    M)."""
    cell = images.shape[-1] / side
    thick = max(1, images.shape[-1] // 48)
    line = torch.arange(images.shape[-1], device=images.device)
    drawn = images.clone()
    for block, colour in enumerate(hues(count or indices.shape[1])[first : first + indices.shape[1]]):
        rows, columns = indices[:, block] // side, indices[:, block] % side  # (n, t)
        down, across = ((line >= low) & (line < high) for low, high in (_edges(rows, cell, 0), _edges(columns, cell, 0)))
        down_in, across_in = (
            (line >= low) & (line < high) for low, high in (_edges(rows, cell, thick), _edges(columns, cell, thick))
        )
        frame = (down[:, :, None] & across[:, None, :]) & ~(down_in[:, :, None] & across_in[:, None, :])  # (n, H, H)
        drawn = torch.where(frame[:, None], torch.tensor(colour, device=images.device).view(1, 3, 1, 1), drawn)
    return drawn


def _edges(lines: Tensor, cell: float, inset: int) -> tuple[Tensor, Tensor]:
    """The first pixel of the block and the first after it, both moved inwards by `inset` px: (n, 1) each."""
    low, high = lines.amin(1, keepdim=True), lines.amax(1, keepdim=True) + 1
    return (low * cell).round() + inset, (high * cell).round() - inset


def components(maps: Tensor) -> Tensor:
    """Maps of features (n, D, s, s), D at least 3, as colours (n, 3, s, s): red, green and blue are the first three
    principal components of the cells of all n images, each scaled from its 2 % to its 98 % quantile."""
    n, d, s, _ = maps.shape
    rows = maps.float().permute(0, 2, 3, 1).reshape(-1, d)
    rows = rows - rows.mean(0)
    axes = torch.linalg.eigh(rows.t() @ rows).eigenvectors[:, -3:].flip(1)  # (D, 3), the widest first
    # The sign of a component is arbitrary: its largest entry is made positive, so that colours are comparable between epochs.
    axes = axes * axes.gather(0, axes.abs().argmax(0, keepdim=True)).sign()
    projected = rows @ axes  # (n s s, 3)
    low, high = projected.quantile(0.02, 0), projected.quantile(0.98, 0)
    shown = ((projected - low) / (high - low).clamp(min=1e-9)).clamp(0, 1)
    out: Tensor = shown.view(n, s, s, 3).permute(0, 3, 1, 2)
    return out
