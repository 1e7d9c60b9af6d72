"""Shares of clusters against Zipf's law: the fitness of Evolving Losses."""

from __future__ import annotations

import math

import pytest
import torch

from engine.data.moving_shapes import zipf as world_zipf
from engine.losses.cluster_prior import cluster_shares, distances, divergence, k_means, temperature_of, whitened, zipf


def test_the_law_and_its_divergence_by_loops() -> None:
    shares = torch.tensor([0.1, 0.6, 0.3], dtype=torch.float64)
    harmonic = sum(i**-1.5 for i in (1, 2, 3))
    expected = 0.0
    for rank, p in enumerate(sorted([0.1, 0.6, 0.3], reverse=True), start=1):
        expected += p * math.log(p / (rank**-1.5 / harmonic))
    assert float(divergence(shares, zipf(3, 1.5))) == pytest.approx(expected, rel=1e-6)
    # The world's motions follow the same law.
    torch.testing.assert_close(zipf(10, 1.0), torch.from_numpy(world_zipf(10)))


def test_the_law_itself_costs_nothing_and_equal_shares_a_known_amount() -> None:
    k, s = 10, 1.0
    law = zipf(k, s)
    assert float(divergence(law[torch.randperm(k)], law)) == pytest.approx(0, abs=1e-12)
    # sum_i 1/k ln((1/k) i^s H) = ln H - ln k + s/k ln k!
    harmonic = sum(1 / i for i in range(1, k + 1))
    equal = math.log(harmonic) - math.log(k) + s / k * math.lgamma(k + 1)
    assert float(divergence(torch.full((k,), 1 / k, dtype=torch.float64), law)) == pytest.approx(equal)
    # One cluster has all: -ln q_1 = ln H, which is finite.
    assert float(divergence(torch.tensor([1.0] + [0.0] * 9), law)) == pytest.approx(math.log(harmonic))
    # At s = 0 the law is even.
    assert float(divergence(torch.full((k,), 1 / k, dtype=torch.float64), zipf(k, 0.0))) == pytest.approx(0, abs=1e-12)


def cost(features: torch.Tensor, temperature: float | None = None, k: int = 10) -> float:
    points = whitened(features, 8)
    centres = k_means(points, k, 0)
    if temperature is None:
        temperature = temperature_of(points, centres)
    return float(divergence(cluster_shares(points, centres, temperature), zipf(k, 1.0)))


def clustered(counts: list[int], spread: float = 0.05) -> torch.Tensor:
    """Features (n, 16) in clusters of these sizes."""
    generator = torch.Generator().manual_seed(0)
    middles = torch.randn(len(counts), 16, generator=generator)
    own = middles.repeat_interleave(torch.tensor(counts), 0)
    return own + spread * torch.randn(own.shape, generator=generator) + 3


def test_clusters_by_the_law_are_better_than_equal_ones() -> None:
    by_law, equal = clustered([120, 60, 40, 30, 24, 20]), clustered([49] * 6)
    assert cost(by_law, k=6) < 0.02
    assert cost(equal, k=6) > 5 * cost(by_law, k=6)


@pytest.mark.parametrize("noise", [0.0, 1e-6, 1e-4, 1e-3])
def test_a_collapsed_network_is_as_bad_as_can_be(noise: float) -> None:
    """All features are one point, but for rounding errors. Equal shares of clusters that lie at one point would be better than
    most."""
    temperature = 0.5
    features = 1 + noise * torch.randn(200, 16, generator=torch.Generator().manual_seed(1))
    worst = math.log(sum(1 / i for i in range(1, 11)))
    assert cost(features, temperature) == pytest.approx(worst, abs=1e-6)
    assert cost(clustered([100, 50, 33, 17]), temperature) < 0.7 * worst


def test_whitened_components_have_variance_one_and_noise_is_not_stretched() -> None:
    generator = torch.Generator().manual_seed(0)
    scale = torch.tensor([10.0, 3.0, 1.0, 1e-5])
    x = torch.randn(500, 4, generator=generator) * scale + 5
    points = whitened(x, 4)
    deviation = points.std(0, correction=0).sort().values
    torch.testing.assert_close(deviation[1:], torch.ones(3, dtype=torch.float64), atol=0.02, rtol=0)
    assert deviation[0] < 1e-3
    torch.testing.assert_close(points.mean(0), torch.zeros(4, dtype=torch.float64), atol=1e-9, rtol=0)
    # Neither scale nor shift of the features matters to what is far above the floor.
    assert whitened(x, 2).shape == (500, 2)


def test_k_means_finds_clusters_and_is_repeated_by_its_seed() -> None:
    x = clustered([30, 20, 10], spread=0.02).double()
    centres = k_means(x, 3, seed=5)
    assert torch.equal(centres, k_means(x, 3, seed=5))
    sizes = torch.bincount(distances(x, centres).argmin(1)).sort(descending=True).values
    assert sizes.tolist() == [30, 20, 10]
    # Fewer points than centres.
    assert k_means(x[:2], 4, 0).shape == (4, 16)


def test_shares_by_loops() -> None:
    points = torch.tensor([[0.0, 0.0], [4.0, 0.0], [0.5, 1.0]], dtype=torch.float64)
    centres = torch.tensor([[0.0, 0.0], [4.0, 0.0], [0.1, 0.1]], dtype=torch.float64)  # the third is joined with the first
    expected = [0.0, 0.0]
    for point in points.tolist():
        near = [math.exp(-((point[0] - c[0]) ** 2 + (point[1] - c[1]) ** 2) / 2) for c in ((0, 0), (4, 0))]
        expected = [share + one / sum(near) / 3 for share, one in zip(expected, near, strict=True)]
    assert cluster_shares(points, centres, 2.0).tolist() == pytest.approx([*sorted(expected, reverse=True), 0.0])
