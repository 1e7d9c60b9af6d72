"""I-JEPA's distance and its score against loops in float64."""

from __future__ import annotations

import math

import pytest
import torch

from engine.losses.latent import at, feature_distance, normalised_features, variance_explained


def test_distances_equal_the_loops() -> None:
    prediction, target = 2 * torch.randn(2, 3, 4, 5), torch.randn(2, 3, 4, 5)
    distances = {kind: feature_distance(prediction, target, kind).tolist() for kind in ("l2", "smooth_l1")}
    for n in range(2):
        squares, smooth = [], []
        for p, h in zip(prediction[n].double().flatten().tolist(), target[n].double().flatten().tolist(), strict=True):
            d = abs(p - h)
            squares.append(d * d)
            smooth.append(d * d / 2 if d < 1 else d - 0.5)
        assert distances["l2"][n] == pytest.approx(math.fsum(squares) / 60, rel=1e-5)
        assert distances["smooth_l1"][n] == pytest.approx(math.fsum(smooth) / 60, rel=1e-5)


def test_normalised_features_have_mean_0_and_variance_1_at_any_scale() -> None:
    features = 1000 * torch.randn(3, 4, 32, dtype=torch.float64) + 50
    normalised = normalised_features(features)
    assert normalised.dtype == torch.float32
    for row, source in zip(normalised.flatten(0, 1), features.flatten(0, 1), strict=True):
        mean = sum(source.tolist()) / 32
        variance = sum((value - mean) ** 2 for value in source.tolist()) / 32
        expected = [(value - mean) / math.sqrt(variance) for value in source.tolist()]
        assert row.tolist() == pytest.approx(expected, abs=1e-4)


def test_features_are_gathered_per_image() -> None:
    features, indices = torch.randn(3, 9, 2), torch.randint(9, (3, 4, 5))
    taken = at(features, indices)
    for n in range(3):
        for m in range(4):
            for t in range(5):
                assert torch.equal(taken[n, m, t], features[n, indices[n, m, t]])


def test_variance_explained_is_1_for_the_target_and_0_for_the_mean_over_the_other_images() -> None:
    features, indices = torch.randn(6, 9, 4) + 3 * torch.randn(1, 9, 4), torch.randint(9, (6, 2, 3))
    truth = at(features, indices)
    assert variance_explained(truth, features, indices).item() == pytest.approx(1, abs=1e-6)
    others = torch.stack([features[[j for j in range(6) if j != i]].mean(0) for i in range(6)])
    assert variance_explained(at(others, indices), features, indices).item() == pytest.approx(0, abs=1e-5)
    half = (truth + at(others, indices)) / 2  # halfway between both: a quarter of the squared error remains
    assert variance_explained(half, features, indices).item() == pytest.approx(0.75, abs=1e-5)
    assert variance_explained(torch.zeros_like(truth), features, indices) < 0
