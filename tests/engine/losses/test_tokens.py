"""The prior's two terms against loops, and counts of words in closed form."""

from __future__ import annotations

import math

import pytest
import torch

from engine.losses.tokens import commonest, perplexity, prior_terms
from tests.engine.losses import naive


def logits(seed: int = 0, scale: float = 3.0) -> torch.Tensor:
    return scale * torch.randn(4, 5, 7, generator=torch.Generator().manual_seed(seed))


def test_both_terms_together_are_the_mean_divergence_from_the_uniform_law() -> None:
    rows = [naive.softmax(row) for row in naive.rows(logits().flatten(0, 1))]
    expected = math.fsum(math.fsum(q * math.log(q * 7) for q in row) for row in rows) / len(rows)
    assert sum(prior_terms(logits())).item() == pytest.approx(expected, rel=1e-5)
    mean = [math.fsum(column) / len(rows) for column in zip(*rows, strict=True)]
    assert prior_terms(logits())[1].item() == pytest.approx(math.fsum(q * math.log(q * 7) for q in mean), rel=1e-5)


def test_the_terms_part_what_a_patch_says_from_how_even_the_words_are() -> None:
    sharp = 100 * torch.eye(8)  # eight patches, a word each
    informed, uneven = prior_terms(sharp)
    assert informed.item() == pytest.approx(math.log(8), rel=1e-5)
    assert uneven.item() == pytest.approx(0, abs=1e-5)
    informed, uneven = prior_terms(sharp[:1].repeat(8, 1))  # one word for all
    assert informed.item() == pytest.approx(0, abs=1e-5)
    assert uneven.item() == pytest.approx(math.log(8), rel=1e-5)
    assert [term.item() for term in prior_terms(torch.zeros(8, 8))] == pytest.approx([0, 0], abs=1e-6)


def test_asking_for_even_use_brings_dead_words_back() -> None:
    x = logits(1)
    x[..., 0] += 9.0
    assert perplexity(x.argmax(-1), 7) < 2
    x.requires_grad_()
    for _ in range(200):
        (gradient,) = torch.autograd.grad(prior_terms(x)[1], x)
        x.data -= 20 * gradient
    assert perplexity(x.argmax(-1), 7) > 5


def test_perplexity_of_one_word_and_of_all() -> None:
    assert perplexity(torch.full((3, 4), 5), 8).item() == pytest.approx(1.0)
    assert perplexity(torch.arange(24).view(3, 8) % 8, 8).item() == pytest.approx(8.0)
    # Half of all patches one word, a quarter each two others: entropy 1.5 ln 2.
    assert perplexity(torch.tensor([0, 0, 1, 2]), 100).item() == pytest.approx(2**1.5)


def test_the_commonest_word() -> None:
    assert commonest(torch.tensor([3, 1, 3, 0])).item() == 0.5
    assert commonest(torch.tensor([], dtype=torch.long)).item() == 0.0
