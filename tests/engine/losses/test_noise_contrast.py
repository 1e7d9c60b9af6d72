"""Noise-contrastive estimation against loops, and against the paper's theorem."""

from __future__ import annotations

import math

import pytest
import torch

from engine.losses.noise_contrast import chance_loss, log_ratio, noise_contrast
from tests.engine.losses.naive import rows


def oracle(data: list[float], noise: list[list[float]], p_noise: float, k: int) -> list[float]:
    """Gutmann and Hyvarinen 2010, Sec. 2.1, for each sample: h = p_m / (p_m + k p_n), computed from the densities."""
    losses = []
    for own, others in zip(data, noise, strict=True):
        h = [math.exp(value) / (math.exp(value) + k * p_noise) for value in (own, *others)]
        losses.append(-math.log(h[0]) - math.fsum(math.log(1 - other) for other in h[1:]))
    return losses


@pytest.mark.parametrize("k", [1, 7])
def test_equals_the_paper_s_formula_of_densities(k: int) -> None:
    generator = torch.Generator().manual_seed(0)
    data, noise = torch.randn(5, generator=generator), torch.randn(5, k, generator=generator) - 2
    ratios = [log_ratio(value, math.log(0.05), k) for value in (data, noise)]
    assert noise_contrast(*ratios).tolist() == pytest.approx(oracle(data.tolist(), rows(noise), 0.05, k), rel=1e-6)


def test_a_model_equal_to_the_noise_scores_chance_level() -> None:
    for k in (1, 16, 4096):
        ratios = torch.full((3,), -math.log(k)), torch.full((3, k), -math.log(k))
        assert noise_contrast(*ratios).tolist() == pytest.approx([chance_loss(k)] * 3, rel=1e-5)


def test_the_minimum_is_at_the_normalised_data_distribution() -> None:
    """Theorem 1: with infinite data the optimum over unnormalised log densities is ln p_d, including its scale.
    Data (1/2, 1/4, 1/8, 1/8) in exact proportions, k = 4 uniform noise samples, one of each."""
    target = torch.tensor([0.5, 0.25, 0.125, 0.125]).log()
    drawn = torch.tensor([0, 0, 0, 0, 1, 1, 2, 3])

    def gradient(log_density: torch.Tensor) -> torch.Tensor:
        density = log_density.clone().requires_grad_()
        ratio = log_ratio(density, math.log(1 / 4), 4)
        noise_contrast(ratio[drawn], ratio.expand(8, 4)).mean().backward()
        assert density.grad is not None
        return density.grad

    assert gradient(target).abs().max() < 1e-6
    # InfoNCE would not detect this: the same ratios at another scale.
    scaled = gradient(target + 1)
    assert (scaled > 0.01).all()


def test_the_constant_converges_to_the_log_normaliser() -> None:
    """Only c is learned; the scores are 3 nats above the log densities, so c must converge to -3."""
    target = torch.tensor([0.5, 0.25, 0.125, 0.125]).log()
    drawn = torch.tensor([0, 0, 0, 0, 1, 1, 2, 3])
    c = torch.zeros(1, requires_grad=True)
    optimiser = torch.optim.SGD([c], lr=1.0)
    for _ in range(100):
        optimiser.zero_grad()
        ratio = log_ratio(target + 3 + c, math.log(1 / 4), 4)
        noise_contrast(ratio[drawn], ratio.expand(8, 4)).mean().backward()
        optimiser.step()
    assert c.item() == pytest.approx(-3, abs=1e-3)
