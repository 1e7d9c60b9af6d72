"""I-JEPA's distance and its measure, against loops in float64."""

from __future__ import annotations

import math

import pytest
import torch

from engine.losses.latent import at, feature_distance, normalised_features, variance_explained


def test_distances_equal_the_loops() -> None:
    prediction, target = 2 * torch.randn(2, 3, 4, 5), torch.randn(2, 3, 4, 5)
    found = {kind: feature_distance(prediction, target, kind).tolist() for kind in ("l2", "smooth_l1")}
    for n in range(2):
        squares, smooth = [], []
        for p, h in zip(prediction[n].double().flatten().tolist(), target[n].double().flatten().tolist(), strict=True):
            d = abs(p - h)
            squares.append(d * d)
            smooth.append(d * d / 2 if d < 1 else d - 0.5)
        assert found["l2"][n] == pytest.approx(math.fsum(squares) / 60, rel=1e-5)
        assert found["smooth_l1"][n] == pytest.approx(math.fsum(smooth) / 60, rel=1e-5)


def test_normalised_features_have_mean_0_and_variance_1_whatever_their_scale() -> None:
    features = 1000 * torch.randn(3, 4, 32, dtype=torch.float64) + 50
    found = normalised_features(features)
    assert found.dtype == torch.float32
    for row, source in zip(found.flatten(0, 1), features.flatten(0, 1), strict=True):
        mean = sum(source.tolist()) / 32
        variance = sum((value - mean) ** 2 for value in source.tolist()) / 32
        expected = [(value - mean) / math.sqrt(variance) for value in source.tolist()]
        assert row.tolist() == pytest.approx(expected, abs=1e-4)


def test_places_are_taken_image_by_image() -> None:
    features, places = torch.randn(3, 9, 2), torch.randint(9, (3, 4, 5))
    taken = at(features, places)
    for n in range(3):
        for m in range(4):
            for t in range(5):
                assert torch.equal(taken[n, m, t], features[n, places[n, m, t]])


def test_variance_explained_is_1_for_the_truth_and_0_for_the_others_mean() -> None:
    features, places = torch.randn(6, 9, 4) + 3 * torch.randn(1, 9, 4), torch.randint(9, (6, 2, 3))
    truth = at(features, places)
    assert variance_explained(truth, features, places).item() == pytest.approx(1, abs=1e-6)
    others = torch.stack([features[[j for j in range(6) if j != i]].mean(0) for i in range(6)])
    assert variance_explained(at(others, places), features, places).item() == pytest.approx(0, abs=1e-5)
    half = (truth + at(others, places)) / 2  # half the way: a quarter of the squares remains
    assert variance_explained(half, features, places).item() == pytest.approx(0.75, abs=1e-5)
    assert variance_explained(torch.zeros_like(truth), features, places) < 0
