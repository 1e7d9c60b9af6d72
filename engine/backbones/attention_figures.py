"""How far the heads of a ViT look, and how much they differ: the diagnosis of feature distillation (2205.14141)."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor


def attention_distance(attention: Tensor) -> Tensor:
    """How far each head looks: the mean distance of a patch to the patches that it attends to, weighted by the attention
    (2010.11929, App. D.7).

    Args:
        attention: (N, heads, 1 + T, 1 + T) of a square of T patches, the class token first; rows attend to columns. The class
            token has no place and is left out.

    Returns:
        (heads,) in sides of a patch. Attention to all patches alike gives about half the side of the square.
    """
    between = attention[:, :, 1:, 1:].float()  # (N, heads, T, T)
    between = between / between.sum(-1, keepdim=True).clamp(min=1e-12)
    return (between * patch_distances(round(between.shape[-1] ** 0.5)).to(between)).sum(-1).mean((0, 2))


def even_distance(side: int) -> float:
    """The distance of a head that attends to all of side x side patches alike."""
    return float(patch_distances(side).mean())


def head_similarity(attention: Tensor) -> Tensor:
    """How alike the heads of a block are: the cosine of what two heads attend to from one patch, as a mean over patches, images and
    pairs of heads. 1: all heads do the same; the lower, the more diverse.

    Args:
        attention: (N, heads, 1 + T, 1 + T), two heads or more.

    Returns:
        A scalar between 0 and 1.
    """
    looks = F.normalize(attention[:, :, 1:].float(), dim=-1).transpose(1, 2)  # (N, T, heads, 1 + T)
    heads = looks.shape[2]
    cosines = looks @ looks.transpose(-2, -1)  # (N, T, heads, heads)
    pairs = cosines.sum((-2, -1)) - cosines.diagonal(dim1=-2, dim2=-1).sum(-1)
    return (pairs / (heads * (heads - 1))).mean()


def patch_distances(side: int) -> Tensor:
    """Distances between the centres of side x side patches, (T, T), in sides of a patch."""
    row, column = torch.meshgrid(torch.arange(side), torch.arange(side), indexing="ij")
    positions = torch.stack([row.flatten(), column.flatten()], dim=1).float()
    return torch.cdist(positions, positions)
