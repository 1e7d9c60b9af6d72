"""The engine's UMAP against umap-learn: graph, curve, forces and the quality of maps."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from umap.umap_ import find_ab_params, fuzzy_simplicial_set

from engine.embed.feature_neighbours import nearest
from engine.embed.job import start_of, with_itself
from engine.embed.pca import pca
from engine.embed.quality import measure
from engine.embed.umap_graph import curve, memberships, scales
from engine.embed.umap_layout import _pull, _push, layout
from engine.embed.umap_learn import UmapLearnJob


def points(n: int = 300) -> np.ndarray:
    draw = np.random.default_rng(0)
    return (draw.normal(size=(5, 12))[np.arange(n) % 5] * 2 + draw.normal(size=(n, 12))).astype(np.float32)


@pytest.mark.parametrize(("n", "k", "copies"), [(300, 15, 1), (300, 3, 1), (60, 30, 1), (120, 15, 4), (40, 15, 40)])
def test_the_graph_equals_umap_learn_s(n: int, k: int, copies: int) -> None:
    x = np.repeat(points(n // copies), copies, axis=0)
    rows, distances = with_itself(*nearest(x, k - 1, "euclidean"))
    heads, tails, weights = memberships(rows, distances)
    oracle = fuzzy_simplicial_set(
        np.zeros((n, 1), np.float32), k, np.random.RandomState(0), "euclidean", knn_indices=rows, knn_dists=distances
    )[0].toarray()
    ours = np.zeros((n, n))
    ours[heads, tails] = weights
    np.testing.assert_allclose(ours, oracle, atol=2e-5)
    assert (np.lexsort((tails, heads)) == np.arange(len(heads))).all()


def test_memberships_of_a_row_sum_to_log2_k() -> None:
    distances = with_itself(*nearest(points(), 14, "euclidean"))[1]
    rho, sigma = scales(distances)
    np.testing.assert_allclose(rho, distances[:, 1])
    np.testing.assert_allclose(np.exp(-(distances[:, 1:] - rho[:, None]) / sigma[:, None]).sum(1), np.log2(15), atol=1e-4)


@pytest.mark.parametrize("min_dist", [0.0, 0.02, 0.1, 0.5, 0.99])
def test_the_curve_equals_umap_learn_s(min_dist: float) -> None:
    np.testing.assert_allclose(curve(min_dist), find_ab_params(1.0, min_dist), rtol=1e-6)


@pytest.mark.parametrize("min_dist", [0.0, 0.1, 0.99])
def test_the_forces_equal_the_paper_s(min_dist: float) -> None:
    a, b = curve(min_dist)
    settings = np.float32(a), np.float32(b)
    for squared in np.logspace(-6, 6, 200):
        pull, push = _pull(np.float32(squared), *settings), _push(np.float32(squared), *settings)
        assert pull == pytest.approx(-2 * a * b * squared ** (b - 1) / (1 + a * squared**b), rel=1e-3)
        assert push == pytest.approx(2 * b / ((0.001 + squared) * (1 + a * squared**b)), rel=1e-3)
    # Forces are finite for points at the same position and points that are not finite.
    for squared in (0.0, 1e30, np.inf):
        assert np.isfinite([_pull(np.float32(squared), *settings), _push(np.float32(squared), *settings)]).all()


def test_the_same_seed_gives_the_same_map_and_another_seed_another() -> None:
    x = points(120)
    graph = memberships(*with_itself(*nearest(x, 14)))
    start, shares = start_of(pca(x), 0), []
    one = layout(*graph, start, *curve(0.1), 60, 0, shares.append)
    np.testing.assert_array_equal(layout(*graph, start, *curve(0.1), 60, 0), one)
    assert not np.array_equal(layout(*graph, start, *curve(0.1), 60, 1), one)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert measure(x, one).kept > measure(x, start).kept + 0.05


def test_an_exception_in_the_progress_callback_ends_the_computation() -> None:
    graph = memberships(*with_itself(*nearest(points(60), 14)))

    def refuse(share: float) -> None:
        raise KeyError(share)

    with pytest.raises(KeyError):
        layout(*graph, start_of(pca(points(60)), 0), *curve(0.1), 1_000_000, 0, refuse)


@pytest.mark.parametrize("cores", [1, 2])
def test_the_map_does_not_depend_on_the_number_of_cores(cores: int) -> None:
    x, before = points(700), torch.get_num_threads()
    maps = []
    try:
        for threads in (1, cores):
            torch.set_num_threads(threads)
            graph = memberships(*with_itself(*nearest(x, 14, chunk=128)))
            maps.append(layout(*graph, start_of(pca(x), 0), *curve(0.1), 30, 0))
    finally:
        torch.set_num_threads(before)
    np.testing.assert_array_equal(maps[0], maps[1])


def test_separate_groups_are_separated_and_an_isolated_point_does_not_move() -> None:
    draw = np.random.default_rng(0)
    group = np.arange(150) % 3
    x = (draw.normal(size=(3, 6))[group] * 100 + draw.normal(size=(150, 6))).astype(np.float32)
    heads, tails, weights = memberships(*with_itself(*nearest(x, 9, "euclidean")))
    assert (group[heads] == group[tails]).all()  # no pair connects the three groups
    start = draw.normal(size=(151, 2)).astype(np.float32)  # groups mixed at random, and one point without a pair
    start[150] = 2 * start.max(0)
    xy = layout(heads, tails, weights, start, *curve(0.1), 300, 0)
    far = np.square(xy[:150, None] - xy[None, :150]).sum(2)
    np.fill_diagonal(far, np.inf)
    assert (group[far.argmin(1)] == group).mean() > 0.95
    np.testing.assert_array_equal(xy[150], [10, 10])


def test_a_pair_is_used_as_often_as_its_weight() -> None:
    corners = np.array([[0, 0], [1, 0], [0, 1], [1, 1]], np.float32)  # 10 apart in the map
    heads, tails = np.array([0, 1, 2, 3], np.int32), np.array([1, 0, 3, 2], np.int32)
    xy = layout(heads, tails, np.array([1, 1, 0.25, 0.25], np.float32), corners, 1.0, 1.0, 8, 0)

    def left(turns: range) -> float:
        """The distance after attraction at both ends in these of 16 rounds, with a step size that falls to 0."""
        far = 10.0
        for turn in turns:
            far -= 2 * (1 - turn / 16) * 2 * far / (1 + far**2)
        return far

    assert xy[1, 0] - xy[0, 0] == pytest.approx(left(range(1, 16)), abs=0.1)
    assert xy[3, 0] - xy[2, 0] == pytest.approx(left(range(4, 16, 4)), abs=0.1)


def test_each_attraction_has_five_repulsions() -> None:
    corners = np.array([[0, 0], [1, 0], [0, 1], [1, 1]], np.float32)
    heads, tails = np.array([0, 1, 2, 3], np.int32), np.array([1, 0, 3, 2], np.int32)
    # With such a small a there is no attraction, and two points at a distance d repel each other by 2 / d.
    xy = layout(heads, tails, np.ones(4, np.float32), corners, 1e-9, 1.0, 40, 0)
    side = 10.0
    for epoch in np.arange(0, 40, 0.5):
        outward = (2 * 2 / side * np.sqrt(0.5) + 2 / (side * np.sqrt(2))) / 3  # from a random other corner
        side += np.sqrt(2) * 5 / 2 * (1 - epoch / 40) * outward
    measured = np.linalg.norm(xy - xy.mean(0), axis=1).mean() * np.sqrt(2)
    assert measured == pytest.approx(side, rel=0.05)
    assert side > 20


@pytest.mark.slow
def test_the_map_is_as_accurate_as_umap_learn_s() -> None:
    from umap import UMAP

    x = points(400)
    rows, distances = with_itself(*nearest(x, 14, "euclidean"))
    start = start_of(pca(x), 0)
    theirs = UMAP(precomputed_knn=(rows, distances), init=start, random_state=0, n_epochs=200, n_jobs=1).fit_transform(x)
    ours = layout(*memberships(rows, distances), start, *curve(0.1), 200, 0)
    one, other = measure(x, ours, metric="euclidean"), measure(x, theirs, metric="euclidean")
    assert one.trustworthiness > other.trustworthiness - 0.01
    assert one.kept > other.kept - 0.03
    # Both have the same scale, because the same forces are in equilibrium.
    assert np.ptp(ours) == pytest.approx(np.ptp(theirs), rel=0.3)


@pytest.fixture
def umap_learn(monkeypatch: pytest.MonkeyPatch) -> UmapLearnJob:
    """A job that runs in this process, where umap-learn is already compiled."""
    job = UmapLearnJob()
    monkeypatch.setattr(job, "_ask", lambda task, number, progress: task.make(progress))
    return job


def neighbours_of_own_class(xy: np.ndarray, label: np.ndarray) -> float:
    far = np.linalg.norm(xy[:, None] - xy[None], axis=2)
    np.fill_diagonal(far, np.inf)
    return float((label[far.argsort(1)[:, :5]] == label[:, None]).mean())


def test_umap_learn_is_accurate_repeatable_and_reports_progress(umap_learn: UmapLearnJob) -> None:
    x, shares = points(150), []
    first = umap_learn.run(x, neighbours=10, epochs=100, progress=shares.append)
    assert (first.shape, first.dtype) == ((150, 2), np.float32)
    assert measure(x, first, 10).trustworthiness > 0.85
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    assert any(0 < share < 1 for share in shares)
    np.testing.assert_array_equal(umap_learn.run(x, neighbours=10, epochs=100), first)
    # A given initial layout determines the orientation.
    started = umap_learn.run(x, neighbours=10, epochs=15, init=first[:, ::-1])
    assert np.corrcoef(started[:, 1], first[:, 0])[0, 1] > 0.9
    # Few points and identical points.
    assert np.isfinite(umap_learn.run(x[:6], epochs=20)).all()
    assert np.isfinite(umap_learn.run(np.ones((30, 4), np.float32), epochs=20)).all()

    class Enough(Exception):
        pass

    def stop(share: float) -> None:
        if share > 0:
            raise Enough

    with pytest.raises(Enough):
        umap_learn.run(x, epochs=2000, progress=stop)


def test_supervised_umap_learn_groups_classes_and_accepts_unlabelled_points(umap_learn: UmapLearnJob) -> None:
    # The labels are independent of the features, so only a supervised map groups by them.
    x, label = points(150), np.random.default_rng(1).integers(0, 2, 150)
    plain = umap_learn.run(x, epochs=100)
    assert neighbours_of_own_class(plain, label) < 0.65
    assert neighbours_of_own_class(umap_learn.run(x, labels=label, epochs=100), label) > 0.9
    part = label.copy()
    part[120:] = -1
    mapped = umap_learn.run(x, labels=part, epochs=100)
    assert neighbours_of_own_class(mapped[:120], label[:120]) > 0.85
    assert neighbours_of_own_class(mapped[120:], label[120:]) < 0.75
    with pytest.raises(ValueError, match="labels must have the shape"):
        umap_learn.run(x, labels=label[:5])


def test_umap_learn_places_new_samples_near_similar_ones(umap_learn: UmapLearnJob) -> None:
    x = points(150)
    made = umap_learn.transform(x, x[:20] + 0.01, epochs=100)
    assert (made.xy.shape, made.new.shape) == ((150, 2), (20, 2))
    np.testing.assert_array_equal(made.xy, umap_learn.run(x, epochs=100))
    near = np.linalg.norm(made.new[:, None] - made.xy[None], axis=2).argsort(1)[:, :15]
    assert np.mean([row in near[row] for row in range(20)]) > 0.8
    with pytest.raises(ValueError, match="new must have the shape"):
        umap_learn.transform(x, x[:3, :4])
    with pytest.raises(ValueError, match="at least 5 rows"):
        umap_learn.transform(x[:4], x[:3])
