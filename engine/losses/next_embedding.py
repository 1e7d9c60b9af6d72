"""Next-embedding prediction, the loss of NEPA."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor


def next_embedding_cosine(output: Tensor, patches: Tensor) -> Tensor:
    """The cosine of each output with the embedding of the patch that follows (Xu et al., 2512.16922, Alg. 1, the loss is its
    negative mean).

    Args:
        output: (N, 1 + T, D), the class token first: output t sees the class token and the first t patches.
        patches: (N, T, D) embeddings of the patches, the targets.

    Returns:
        (N, T), float32, from -1 to 1: output 0 with patch 1, ..., output T - 1 with patch T. The last output predicts nothing.

    Example:
        >>> import torch
        >>> patches = torch.eye(3)[None, :2]
        >>> next_embedding_cosine(torch.stack([*patches[0], torch.ones(3)])[None], patches)
        tensor([[1., 1.]])
    """
    return F.cosine_similarity(output[:, :-1].float(), patches.float(), dim=-1)
