"""The bilinear contrast against loops."""

from __future__ import annotations

import math

import pytest
import torch

from engine.losses.bilinear import bilinear_logits
from engine.losses.in_batch import in_batch_nce

N, Z = 5, 7


def drawn() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(3)
    query, key, weight = (torch.randn(*shape, generator=generator) for shape in ((N, Z), (N, Z), (Z, Z)))
    return query, key, weight


def test_each_loss_is_that_of_loops() -> None:
    query, key, weight = drawn()
    losses = in_batch_nce(bilinear_logits(query, key, weight))
    for i in range(N):
        similarity = [
            sum(float(query[i, a]) * float(weight[a, b]) * float(key[j, b]) for a in range(Z) for b in range(Z)) for j in range(N)
        ]
        largest = max(similarity)
        expected = -similarity[i] + largest + math.log(sum(math.exp(value - largest) for value in similarity))
        assert losses[i].item() == pytest.approx(expected, rel=1e-4, abs=1e-5)


def test_a_constant_added_to_a_row_changes_nothing_and_the_largest_is_0() -> None:
    logits = bilinear_logits(*drawn())
    assert torch.equal(logits.max(1).values, torch.zeros(N))
    shifted = logits + torch.arange(N)[:, None]
    torch.testing.assert_close(in_batch_nce(shifted), in_batch_nce(logits))


def test_the_loss_is_ln_n_where_w_is_0() -> None:
    query, key, _ = drawn()
    losses = in_batch_nce(bilinear_logits(query, key, torch.zeros(Z, Z)))
    torch.testing.assert_close(losses, torch.full((N,), math.log(N)))


def test_the_similarity_is_not_symmetric_and_keys_are_not_normalised() -> None:
    query, key, weight = drawn()
    assert not torch.allclose(bilinear_logits(query, key, weight), bilinear_logits(query, key, weight.t()))
    assert not torch.allclose(bilinear_logits(query, 3 * key, weight), bilinear_logits(query, key, weight))


def test_subtracting_the_largest_has_no_gradient() -> None:
    query, key, weight = (value.requires_grad_() for value in drawn())
    in_batch_nce(bilinear_logits(query, key, weight)).mean().backward()
    plain = [value.detach().clone().requires_grad_() for value in (query, key, weight)]
    in_batch_nce(plain[0] @ plain[2] @ plain[1].t()).mean().backward()
    for one, other in zip((query, key, weight), plain, strict=True):
        torch.testing.assert_close(one.grad, other.grad, rtol=1e-4, atol=1e-6)
