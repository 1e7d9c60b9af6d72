"""Attention by products against a loop over queries, in values and in gradients."""

from __future__ import annotations

import math

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from engine.backbones.attention import LONGEST, attend, by_products


def by_loop(q: Tensor, k: Tensor, v: Tensor, causal: bool) -> Tensor:
    """Each query alone: its weights over the keys it may see, written out."""
    out = torch.zeros(*q.shape[:-1], v.shape[-1], dtype=q.dtype)
    for n in range(q.shape[0]):
        for head in range(q.shape[1]):
            for t in range(q.shape[2]):
                seen = t + 1 if causal else k.shape[2]
                scores = [float(q[n, head, t] @ k[n, head, s]) / math.sqrt(q.shape[-1]) for s in range(seen)]
                weights = [math.exp(score - max(scores)) for score in scores]
                for s, weight in enumerate(weights):
                    out[n, head, t] += weight / sum(weights) * v[n, head, s]
    return out


@pytest.mark.parametrize(("keys", "causal"), [(5, False), (3, False), (5, True)])
def test_each_query_by_a_loop(keys: int, causal: bool) -> None:
    g = torch.Generator().manual_seed(0)
    q = torch.randn(2, 3, 5, 4, generator=g, dtype=torch.float64)
    k, v = (torch.randn(2, 3, keys, 4, generator=g, dtype=torch.float64) for _ in range(2))
    assert torch.allclose(by_products(q, k, v, causal), by_loop(q, k, v, causal), atol=1e-12)


@pytest.mark.parametrize("tokens", [LONGEST, LONGEST + 1])
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float32])
@pytest.mark.parametrize("causal", [False, True])
def test_gradients_are_those_of_the_fused_kernel_on_both_sides_of_the_limit(tokens: int, dtype: torch.dtype, causal: bool) -> None:
    g = torch.Generator().manual_seed(1)
    rough = [torch.randn(1, 2, tokens, 8, generator=g).to(dtype) for _ in range(3)]
    ours, fused = ([x.clone().to(kind).requires_grad_() for x in rough] for kind in (dtype, torch.float64))
    weights = torch.randn(1, 2, tokens, 8, generator=g)
    (attend(ours[0], ours[1], ours[2], causal) * weights).sum().backward()
    q, k, v = fused
    (F.scaled_dot_product_attention(q, k, v, is_causal=causal) * weights).sum().backward()
    for own, exact in zip(ours, fused, strict=True):
        assert own.grad is not None
        assert exact.grad is not None
        error = (own.grad.double() - exact.grad).norm() / exact.grad.norm()
        assert error < (1e-2 if dtype == torch.bfloat16 else 1e-5)


def test_fp32_stays_as_it_was_to_the_bit() -> None:
    g = torch.Generator().manual_seed(2)
    q, k, v = (torch.randn(2, 2, 17, 8, generator=g) for _ in range(3))
    assert torch.equal(attend(q, k, v), F.scaled_dot_product_attention(q, k, v))
