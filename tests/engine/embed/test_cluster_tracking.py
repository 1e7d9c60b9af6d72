"""Names of clusters that last, against every possible naming and against the definition."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest

from engine.embed.cluster_tracking import MOST_BETWEEN, ClusterStore, TrackedClusters, keep_names, steps


@pytest.fixture
def draw() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.mark.parametrize("trial", range(6))
def test_as_many_samples_as_possible_keep_the_name_of_their_cluster(draw: np.random.Generator, trial: int) -> None:
    draw = np.random.default_rng(trial)
    label, old = draw.integers(0, 4, 50), draw.integers(-1, 5, 50)
    found = keep_names(label, np.arange(50), TrackedClusters(old, np.arange(50)), 3)
    best = max(sum(old == np.array(names)[label]) for names in itertools.permutations(range(5), 4))
    assert (found.label == old).sum() == best
    assert len(set(found.label.tolist())) == len(set(label.tolist()))
    assert found.same == pytest.approx((found.label == old)[old >= 0].mean())
    assert found.after == 3


def test_a_renumbering_is_undone(draw: np.random.Generator) -> None:
    old = draw.integers(-1, 7, 200)
    turned = np.append(draw.permutation(7), -1)[old]
    found = keep_names(turned, np.arange(200), TrackedClusters(old, np.arange(200)), 0)
    np.testing.assert_array_equal(found.label, old)
    assert found.same == 1


def test_new_clusters_have_names_that_neither_epoch_has() -> None:
    old = TrackedClusters(np.array([0, 0, 0, 1, 1, 4, 4, -1]), np.arange(8))
    # 1 falls into two, the smaller part is new; what was in no cluster is a new one too.
    found = keep_names(np.array([0, 0, 0, 2, 3, 1, 1, 5]), np.arange(8), old, 0)
    assert found.label[:3].tolist() == [0, 0, 0]
    assert found.label[5:7].tolist() == [4, 4]
    assert sorted(found.label[3:5].tolist()) == [1, 2]
    assert found.label[7] == 3
    # One that is gone leaves its name to nobody who shares no sample with it.
    gone = keep_names(
        np.array([0, 0, -1, 1, -1, -1, -1, 2]),
        np.arange(8),
        TrackedClusters(np.array([0, 0, 1, 2, 2, -1, -1, -1]), np.arange(8)),
        0,
    )
    assert gone.label.tolist() == [0, 0, -1, 2, -1, -1, -1, 3]


def test_samples_that_both_have_decide(draw: np.random.Generator) -> None:
    index, other = np.array([30, 4, 8, 2]), np.array([2, 4, 30, 77])
    found = keep_names(np.array([0, 1, 1, 1]), index, TrackedClusters(np.array([6, 6, 5, 5]), other), 9)
    assert found.label.tolist() == [5, 6, 6, 6]
    assert found.same == 1
    nothing = keep_names(np.array([1, 0]), np.array([1, 2]), TrackedClusters(np.array([0, 1]), np.array([3, 4])), 9)
    assert sorted(nothing.label.tolist()) == [2, 3]
    assert np.isnan(nothing.same)
    assert (
        keep_names(np.full(3, -1), np.arange(3), TrackedClusters(np.zeros(3, np.int64), np.arange(3)), 1).label.tolist() == [-1] * 3
    )


def test_names_come_from_the_nearest_epoch_through_those_between() -> None:
    epochs = range(0, 40, 2)
    assert steps(4, [], epochs) == (None, [4])
    assert steps(4, [10], epochs) == (10, [8, 6, 4])
    assert steps(10, [2, 14, 30], epochs) == (14, [12, 10])
    assert steps(10, [8, 12], epochs) == (12, [10])  # of two as near the later one
    start, way = steps(0, [38], epochs)
    assert start == 38
    assert len(way) == MOST_BETWEEN + 1
    assert way == sorted(way, reverse=True)
    assert (way[0], way[-2], way[-1]) == (36, 2, 0)


def test_clusters_are_kept_with_the_run(tmp_path: Path) -> None:
    store, other = (ClusterStore(tmp_path, "kmeans", {"count": count}) for count in (3, 4))
    made = TrackedClusters(np.array([2, -1, 0]), np.array([5, 7, 9]), 4, 0.75)
    store.write(8, 11, made)
    store.write(4, 12, TrackedClusters(made.label, made.index))
    assert store.epochs() == [4, 8]
    assert other.epochs() == []
    found = store.read(8, 11)
    assert found is not None
    assert (found.after, found.same) == (4, 0.75)
    np.testing.assert_array_equal(found.label, made.label)
    np.testing.assert_array_equal(found.index, made.index)
    first = store.read(4)
    assert first is not None
    assert first.after is None
    assert store.read(8, 12) is store.read(6) is None
    next((tmp_path / "clusters").rglob("epoch_008.npz")).write_bytes(b"half")
    assert store.read(8) is None
