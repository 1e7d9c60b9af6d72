"""kNN against loops over the protocol, and against scikit-learn where both are equivalent."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
import torch
from sklearn.neighbors import KNeighborsClassifier
from torch import Tensor

from engine.backbones.backbone import Backbone
from engine.config.run import MonitorConfig
from engine.evaluate.knn import fixed_draw, knn_accuracy, knn_check, knn_predict
from tests.engine.embed.world import small_world


def naive(bank: Tensor, bank_labels: Tensor, queries: Tensor, k: int, temperature: float, classes: int) -> list[int]:
    predictions = []
    for query in queries.double():
        cosine = [float(query @ row / (query.norm() * row.norm())) for row in bank.double()]
        near = sorted(range(len(bank)), key=lambda i: -cosine[i])[:k]
        votes = [0.0] * classes
        for i in near:
            votes[int(bank_labels[i])] += math.exp(cosine[i] / temperature)
        predictions.append(max(range(classes), key=lambda c: votes[c]))
    return predictions


@pytest.mark.parametrize(("k", "temperature"), [(1, 0.07), (5, 0.07), (20, 0.5), (500, 0.07)])
def test_predictions_equal_loops_over_the_protocol(k: int, temperature: float) -> None:
    torch.manual_seed(0)
    bank, queries, labels = torch.randn(60, 8) * 5, torch.randn(37, 8), torch.randint(0, 4, (60,))
    assert knn_predict(bank, labels, queries, k, temperature, 4, chunk=10).tolist() == naive(
        bank, labels, queries, k, temperature, 4
    )


def test_one_neighbour_equals_scikit_learn() -> None:
    torch.manual_seed(1)
    bank, queries, labels = torch.randn(80, 6), torch.randn(50, 6), torch.randint(0, 5, (80,))
    oracle = KNeighborsClassifier(1, metric="cosine").fit(bank.numpy(), labels.numpy())
    truth = torch.randint(0, 5, (50,))
    assert knn_accuracy(bank, labels, queries, truth, k=1) == pytest.approx(oracle.score(queries.numpy(), truth.numpy()))


@pytest.mark.parametrize("k", [20, 200])
def test_weighted_votes_equal_scikit_learn(k: int) -> None:
    draw = torch.Generator().manual_seed(k)
    labels, truth = torch.randint(0, 5, (400,), generator=draw), torch.randint(0, 5, (300,), generator=draw)
    middle = torch.randn(5, 6, generator=draw)
    bank = middle[labels] + 1.5 * torch.randn(400, 6, generator=draw)
    queries = middle[truth] + 1.5 * torch.randn(300, 6, generator=draw)
    oracle = KNeighborsClassifier(k, metric="cosine", weights=lambda away: np.exp((1 - away) / 0.07))
    theirs = oracle.fit(bank.numpy(), labels.numpy()).predict(queries.numpy())
    ours = knn_predict(bank, labels, queries, k, 0.07, 5).numpy()
    assert (ours == theirs).mean() >= 0.99  # a tie within rounding error may be decided differently
    assert 0.4 < (ours == truth.numpy()).mean() < 0.95


def test_a_very_low_temperature_is_finite_and_ties_go_to_the_lowest_class() -> None:
    bank, labels = torch.tensor([[1.0, 0.0], [0.0, 1.0]]), torch.tensor([2, 1])
    assert knn_predict(bank, labels, torch.tensor([[1.0, 1.0]]), k=2).tolist() == [1]
    assert knn_predict(bank, labels, torch.tensor([[1.0, 0.9]]), k=2, temperature=1e-6).tolist() == [2]
    assert knn_predict(bank, labels, torch.zeros(1, 2), k=2).tolist() == [1]


def test_an_empty_bank_or_query_set_is_refused() -> None:
    some, none = torch.ones(2, 3), torch.ones(0, 3)
    with pytest.raises(ValueError, match="bank"):
        knn_accuracy(none, torch.ones(0, dtype=torch.int64), some, torch.zeros(2, dtype=torch.int64))
    with pytest.raises(ValueError, match="queries"):
        knn_accuracy(some, torch.zeros(2, dtype=torch.int64), none, torch.zeros(0, dtype=torch.int64))


class Mean(Backbone):
    """The mean colour, which separates the small world's classes."""

    dim = 3

    def forward(self, images: Tensor) -> Tensor:
        return images.mean((2, 3))


@pytest.mark.filterwarnings("error")
def test_the_check_uses_validation_images_and_no_test_images() -> None:
    world = small_world()
    values = knn_check(Mean(), world, MonitorConfig(), size=12)
    assert set(values) == {"knn", "rank", "std"}
    assert values["knn"] == 1.0
    assert 1 <= values["rank"] <= 3
    spoiled = world.images.copy()
    spoiled[world.splits["test"]] = 0
    assert knn_check(Mean(), dataclasses.replace(world, images=spoiled), MonitorConfig(), size=12) == values


def test_without_labels_the_check_reports_the_collapse_diagnostics_only() -> None:
    values = knn_check(Mean(), small_world(labels=False), MonitorConfig(), size=12)
    assert set(values) == {"rank", "std"}
    world = small_world()
    labels = world.labels.copy()
    labels[::2] = -1
    assert knn_check(Mean(), dataclasses.replace(world, labels=labels), MonitorConfig(), size=12)["knn"] == 1.0


def test_every_check_uses_the_same_bank() -> None:
    index = np.arange(1000) * 3
    first = fixed_draw(index, 100)
    assert len(first) == 100
    assert np.isin(first, index).all()
    np.testing.assert_array_equal(first, fixed_draw(index, 100))
    assert first.max() > 2500
    np.testing.assert_array_equal(fixed_draw(index, 2000), index)
