"""The prior's two terms against loops, and token statistics in closed form."""

from __future__ import annotations

import math

import pytest
import torch

from engine.losses.token_usage import commonest, perplexity, prior_terms
from tests.engine.losses import naive


def logits(seed: int = 0, scale: float = 3.0) -> torch.Tensor:
    return scale * torch.randn(4, 5, 7, generator=torch.Generator().manual_seed(seed))


def test_both_terms_sum_to_the_mean_divergence_from_the_uniform_distribution() -> None:
    rows = [naive.softmax(row) for row in naive.rows(logits().flatten(0, 1))]
    expected = math.fsum(math.fsum(q * math.log(q * 7) for q in row) for row in rows) / len(rows)
    informed, uneven = prior_terms(logits())
    assert (informed + uneven).mean().item() == pytest.approx(expected, rel=1e-5)
    mean = [math.fsum(column) / len(rows) for column in zip(*rows, strict=True)]
    assert uneven.mean().item() == pytest.approx(math.fsum(q * math.log(q * 7) for q in mean), rel=1e-5)
    for n in range(4):  # of five patches each
        own = rows[5 * n : 5 * n + 5]
        apart = [math.fsum(q * math.log(q / m) for q, m in zip(row, mean, strict=True)) for row in own]
        common = [math.fsum(q * math.log(7 * m) for q, m in zip(row, mean, strict=True)) for row in own]
        assert informed[n].item() == pytest.approx(math.fsum(apart) / 5, rel=1e-5)
        assert uneven[n].item() == pytest.approx(math.fsum(common) / 5, rel=1e-5, abs=1e-6)


def test_the_gradients_equal_those_of_the_means() -> None:
    """Each image's term contains the mean over all images, so that only the gradient of the mean is meaningful."""
    x = logits().double().requires_grad_()
    informed, uneven = prior_terms(x)
    q = x.flatten(0, 1).softmax(-1)
    mean = q.mean(0)
    plain_uneven = math.log(7) + (mean * mean.log()).sum()
    plain_informed = math.log(7) + (q * q.log()).sum(-1).mean() - plain_uneven
    for terms, plain in ((informed, plain_informed), (uneven, plain_uneven)):
        (one,) = torch.autograd.grad(terms.mean(), x, retain_graph=True)
        (two,) = torch.autograd.grad(plain, x, retain_graph=True)
        torch.testing.assert_close(one, two, rtol=1e-4, atol=1e-7)


def test_one_term_measures_confidence_per_patch_and_the_other_uneven_use_of_tokens() -> None:
    sharp = 100 * torch.eye(8)  # eight patches, each with another token
    informed, uneven = prior_terms(sharp)
    assert informed.tolist() == pytest.approx([math.log(8)] * 8, rel=1e-5)
    assert uneven.tolist() == pytest.approx([0] * 8, abs=1e-5)
    informed, uneven = prior_terms(sharp[:1].repeat(8, 1))  # the same token for all
    assert informed.tolist() == pytest.approx([0] * 8, abs=1e-5)
    assert uneven.tolist() == pytest.approx([math.log(8)] * 8, rel=1e-5)
    assert torch.cat(prior_terms(torch.zeros(8, 8))).tolist() == pytest.approx([0] * 16, abs=1e-6)


def test_minimising_the_uneven_term_brings_unused_tokens_into_use() -> None:
    x = logits(1)
    x[..., 0] += 9.0
    assert perplexity(x.argmax(-1), 7) < 2
    x.requires_grad_()
    for _ in range(200):
        (gradient,) = torch.autograd.grad(prior_terms(x)[1].mean(), x)
        x.data -= 20 * gradient
    assert perplexity(x.argmax(-1), 7) > 5


def test_perplexity_of_one_token_and_of_all_tokens() -> None:
    assert perplexity(torch.full((3, 4), 5), 8).item() == pytest.approx(1.0)
    assert perplexity(torch.arange(24).view(3, 8) % 8, 8).item() == pytest.approx(8.0)
    # One token has half of the patches, two others a quarter each: entropy 1.5 ln 2.
    assert perplexity(torch.tensor([0, 0, 1, 2]), 100).item() == pytest.approx(2**1.5)


def test_the_most_frequent_token() -> None:
    assert commonest(torch.tensor([3, 1, 3, 0])).item() == 0.5
    assert commonest(torch.tensor([], dtype=torch.long)).item() == 0.0
