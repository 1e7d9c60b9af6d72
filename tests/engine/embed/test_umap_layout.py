"""Our UMAP against umap-learn: the same graph, the same curve, the same forces, a map as good."""

from __future__ import annotations

import numpy as np
import pytest
from umap.umap_ import find_ab_params, fuzzy_simplicial_set

from engine.embed.job import start_of, with_itself
from engine.embed.neighbours import nearest
from engine.embed.pca import pca
from engine.embed.quality import measure
from engine.embed.umap_graph import curve, memberships, scales
from engine.embed.umap_layout import _forces, layout


def points(n: int = 300) -> np.ndarray:
    draw = np.random.default_rng(0)
    return (draw.normal(size=(5, 12))[np.arange(n) % 5] * 2 + draw.normal(size=(n, 12))).astype(np.float32)


@pytest.mark.parametrize(("n", "k", "copies"), [(300, 15, 1), (300, 3, 1), (60, 30, 1), (120, 15, 4), (40, 15, 40)])
def test_the_graph_is_that_of_umap_learn(n: int, k: int, copies: int) -> None:
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
def test_the_curve_is_that_of_umap_learn(min_dist: float) -> None:
    np.testing.assert_allclose(curve(min_dist), find_ab_params(1.0, min_dist), rtol=1e-6)


def test_the_table_of_forces_is_within_two_percent_of_the_forces() -> None:
    a, b = curve(0.1)
    pull, push = _forces(a, b)
    for squared in (1e-6, 0.003, 0.11, 1.0, 7.7, 300.0):
        cell = (int(np.float32(squared).view(np.int32)) >> 17) - ((127 - 32) << 6)
        assert pull[cell] == pytest.approx(-2 * a * b * squared ** (b - 1) / (1 + a * squared**b), rel=0.02)
        assert push[cell] == pytest.approx(2 * b / ((0.001 + squared) * (1 + a * squared**b)), rel=0.02)


def test_one_seed_gives_one_map_and_another_another() -> None:
    x = points(120)
    graph = memberships(*with_itself(*nearest(x, 14)))
    start, shares = start_of(pca(x), 0), []
    one = layout(*graph, start, *curve(0.1), 60, 0, shares.append)
    np.testing.assert_array_equal(layout(*graph, start, *curve(0.1), 60, 0), one)
    assert not np.array_equal(layout(*graph, start, *curve(0.1), 60, 1), one)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert measure(x, one).kept > measure(x, start).kept + 0.05


def test_a_tick_that_raises_ends_the_work() -> None:
    graph = memberships(*with_itself(*nearest(points(60), 14)))

    def refuse(share: float) -> None:
        raise KeyError(share)

    with pytest.raises(KeyError):
        layout(*graph, start_of(pca(points(60)), 0), *curve(0.1), 1_000_000, 0, refuse)


def test_the_map_is_as_good_as_that_of_umap_learn() -> None:
    from umap import UMAP

    x = points(400)
    rows, distances = with_itself(*nearest(x, 14, "euclidean"))
    start = start_of(pca(x), 0)
    theirs = UMAP(precomputed_knn=(rows, distances), init=start, random_state=0, n_epochs=200, n_jobs=1).fit_transform(x)
    ours = layout(*memberships(rows, distances), start, *curve(0.1), 200, 0)
    one, other = measure(x, ours, metric="euclidean"), measure(x, theirs, metric="euclidean")
    assert one.trustworthiness > other.trustworthiness - 0.01
    assert one.kept > other.kept - 0.03
    # The two are of one size too: the same forces have come to rest.
    assert np.ptp(ours) == pytest.approx(np.ptp(theirs), rel=0.3)
