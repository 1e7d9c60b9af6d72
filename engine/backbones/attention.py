"""Attention, with few tokens in bf16 on the CPU written as products: PyTorch's fused kernel is slow there."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

# Tokens. The scores of longer sequences would fill the memory.
LONGEST = 128


def attend(q: Tensor, k: Tensor, v: Tensor, causal: bool = False, bias: Tensor | None = None) -> Tensor:
    """Softmax attention (N, heads, T, d) of queries (N, heads, T, d) to keys and values (N, heads, K, d).
    `causal`: token t attends to the first t + 1 keys. `bias`: (heads, T, K) or (N, heads, T, K), added to the scores before the
    softmax; not together with `causal`.

    In bf16 on the CPU the fused kernel takes two to six times as long as products at 14 to 101 tokens, most of it in the backward
    pass; in fp32 the two are alike (tests/bench/bench_attention.py)."""
    if q.device.type == "cpu" and q.dtype == torch.bfloat16 and max(q.shape[-2], k.shape[-2]) <= LONGEST:
        return by_products(q, k, v, causal, bias)
    mask = None if bias is None else bias.to(q.dtype)
    return F.scaled_dot_product_attention(q, k, v, attn_mask=mask, is_causal=causal)


def by_products(q: Tensor, k: Tensor, v: Tensor, causal: bool, bias: Tensor | None = None) -> Tensor:
    """As `attend`, by two products and a softmax; memory grows with T x K."""
    scores = (q * q.shape[-1] ** -0.5) @ k.transpose(-2, -1)  # (N, heads, T, K)
    if bias is not None:
        scores = scores + bias.to(scores.dtype)
    if causal:
        later = torch.ones(scores.shape[-2:], dtype=torch.bool, device=q.device).triu(1)
        scores = scores.masked_fill(later, float("-inf"))
    out: Tensor = scores.softmax(-1) @ v
    return out
