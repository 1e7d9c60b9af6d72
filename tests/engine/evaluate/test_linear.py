"""The linear probe against scikit-learn's solver, and which images it may use."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from torch import Tensor

from engine.evaluate.linear import GRID, fit_probe


def data(n: int, dim: int = 10, classes: int = 3, seed: int = 0) -> tuple[Tensor, Tensor]:
    draw = np.random.default_rng(seed)
    labels = draw.integers(0, classes, n)
    centres = np.random.default_rng(99).normal(size=(classes, dim))
    return torch.tensor(centres[labels] + draw.normal(size=(n, dim)) * 1.5, dtype=torch.float32) * 7 + 3, torch.tensor(labels)


@pytest.mark.parametrize("l2", [1.0, 0.01])
def test_the_minimum_equals_scikit_learn_s(l2: float) -> None:
    (x, y), (v, w) = data(200), data(80, seed=1)
    probe = fit_probe(x, y, v, w, 3, grid=[l2])
    standard = ((x - x.mean(0)) / x.std(0, correction=0)).numpy()
    # scikit-learn minimises the sum of losses plus |W|²/2C.
    oracle = LogisticRegression(C=1 / (l2 * len(x)), tol=1e-8, max_iter=2000).fit(standard, y.numpy())
    np.testing.assert_allclose(probe.weight.numpy(), oracle.coef_, atol=2e-3)
    assert probe.accuracy(x, y) == pytest.approx(oracle.score(standard, y.numpy()), abs=0.01)


def noisy_labels(n: int, seed: int, share: float = 0.2) -> tuple[Tensor, Tensor]:
    """Features of three classes in 60 dimensions, of which three are informative, with a `share` of random labels: a
    weak penalty overfits the noise of few training images, a strong one underfits."""
    draw = np.random.default_rng(seed)
    labels = draw.integers(0, 3, n)
    features = draw.normal(size=(n, 60))
    features[np.arange(n), labels] += 3.0
    wrong = draw.random(n) < share
    labels[wrong] = draw.integers(0, 3, int(wrong.sum()))
    return torch.tensor(features, dtype=torch.float32), torch.tensor(labels)


def test_the_strength_is_scikit_learn_s_best_on_validation_images() -> None:
    """Each split has another best strength, so that a choice on the wrong split is detected."""
    (x, y), (v, w) = noisy_labels(200, 0), noisy_labels(2000, 1)
    mean, scale = x.mean(0).numpy(), x.std(0, correction=0).numpy()

    def standard(features: Tensor) -> np.ndarray:
        return (features.numpy() - mean) / scale

    on_training, on_validation = {}, {}
    for l2 in GRID:
        oracle = LogisticRegression(C=1 / (l2 * len(x)), tol=1e-8, max_iter=5000).fit(standard(x), y.numpy())
        on_training[l2] = oracle.score(standard(x), y.numpy())
        on_validation[l2] = oracle.score(standard(v), w.numpy())
    best = max(GRID, key=lambda l2: on_validation[l2])
    rest = max(share for l2, share in on_validation.items() if l2 != best)
    assert on_validation[best] > rest + 0.01, "validation prefers one strength clearly"
    assert min(GRID) < best < max(GRID)
    assert max(GRID, key=lambda l2: on_training[l2]) != best, "training images prefer another"
    probe = fit_probe(x, y, v, w, 3)
    assert probe.l2 == best
    assert probe.validation == pytest.approx(on_validation[best], abs=0.002)
    assert on_training[best] > on_validation[best] + 0.05, "the figure that is reported is not that of the training images"
    # With exchanged splits the strength is the best one on the training images.
    assert fit_probe(x, y, x, y, 3).l2 != best


def test_validation_accuracy_chooses_and_ties_go_to_the_stronger_penalty() -> None:
    x, y = data(60, dim=40)
    v, w = data(200, dim=40, seed=1)
    chosen = fit_probe(x, y, v, w, 3)
    each = {l2: fit_probe(x, y, v, w, 3, grid=[l2]).validation for l2 in GRID}
    assert chosen.validation == pytest.approx(max(each.values()), abs=0.02)
    assert chosen.l2 in GRID
    torch.manual_seed(0)
    easy = torch.cat([torch.zeros(20, 2), torch.ones(20, 2)]) + torch.randn(40, 2) * 0.01
    label = torch.cat([torch.zeros(20), torch.ones(20)]).long()
    assert fit_probe(easy, label, easy, label, 2).l2 == max(GRID)


def test_zero_and_constant_features_do_not_break_the_probe() -> None:
    x, y = data(90)
    x[:, 3] = 5.0
    x[:, 4] *= 1e-12
    probe = fit_probe(x, y, x, y, 3)
    assert torch.isfinite(probe.weight).all()
    assert probe.accuracy(x, y) > 0.6
    assert fit_probe(torch.ones(9, 2), y[:9], torch.ones(9, 2), y[:9], 3).weight.isfinite().all()


def test_the_probe_is_fitted_inside_no_grad_too() -> None:
    x, y = data(90)
    with torch.no_grad():
        assert fit_probe(x, y, x, y, 3).accuracy(x, y) > 0.6
