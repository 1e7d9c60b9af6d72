"""PCA, neighbours, quality and alignment against independent oracles and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.manifold import trustworthiness as sklearn_trustworthiness
from sklearn.neighbors import NearestNeighbors

from engine.embed.align import procrustes
from engine.embed.neighbours import nearest, neighbours_of
from engine.embed.pca import fit, pca
from engine.embed.quality import neighbours_kept, trustworthiness


@pytest.fixture
def draw() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.mark.parametrize("shape", [(80, 12), (12, 80)])
def test_pca_is_the_one_of_sklearn_up_to_sign_and_the_sign_is_fixed(draw: np.random.Generator, shape: tuple[int, int]) -> None:
    x = draw.normal(size=shape) * np.linspace(1, 4, shape[1]) + 100
    oracle = PCA(3, svd_solver="full").fit(x)
    found = fit(x, 3)
    np.testing.assert_allclose(np.abs((found.axes * oracle.components_).sum(1)), 1, atol=1e-6)
    np.testing.assert_allclose(found.explained, oracle.explained_variance_ratio_, rtol=1e-6)
    assert (found.axes[np.arange(3), np.abs(found.axes).argmax(1)] > 0).all()
    rows = draw.permutation(len(x))
    np.testing.assert_allclose(pca(x[rows], 3), pca(x, 3)[rows], atol=1e-3)


@pytest.mark.parametrize(
    "x", [np.ones((9, 4)), np.zeros((1, 4)), np.zeros((0, 4)), np.arange(6.0)[:, None], np.full((3, 2), np.nan)]
)
def test_pca_of_next_to_nothing_is_finite(x: np.ndarray) -> None:
    xy = pca(x)
    assert xy.shape == (len(x), 2)
    assert np.isfinite(xy).all()


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_neighbours_are_exact(draw: np.random.Generator, metric: str) -> None:
    x = (draw.normal(size=(157, 9)) + 30).astype(np.float32)
    rows, distances = nearest(x, 6, metric, chunk=50)  # type: ignore[arg-type]
    oracle_distances, oracle = NearestNeighbors(n_neighbors=7, metric=metric, algorithm="brute").fit(x.astype(float)).kneighbors()
    assert (rows == oracle[:, :6]).mean() > 0.995  # pairs that single precision cannot tell apart may change places
    np.testing.assert_allclose(distances, oracle_distances[:, :6], atol=2e-6 if metric == "cosine" else 1e-3)


def test_a_row_is_never_its_own_neighbour_but_its_copy_is() -> None:
    x = np.array([[1, 0], [1, 0], [0, 1], [-1, 0.1]], np.float32)
    rows, distances = nearest(x, 10)
    assert rows.shape == (4, 3)
    assert all(i not in rows[i] for i in range(4))
    assert rows[0, 0] == 1
    assert distances[0, 0] == 0
    found, cosine = neighbours_of(x, 0, 2)
    assert found.tolist() == [1, 2]
    np.testing.assert_allclose(cosine, [1, 0], atol=1e-6)
    with pytest.raises(IndexError, match="from 0 to 3"):
        neighbours_of(x, 4)


def test_trustworthiness_is_the_one_of_sklearn(draw: np.random.Generator) -> None:
    x = draw.normal(size=(120, 8))
    for xy in (x[:, :2], draw.normal(size=(120, 2)), pca(x)):
        for k in (3, 15):
            ours = trustworthiness(x, xy, k, metric="euclidean", chunk=50)
            assert ours == pytest.approx(sklearn_trustworthiness(x, xy, n_neighbors=k), abs=1e-6)
    cosine = trustworthiness(x, x[:, :2], 5)
    assert cosine == pytest.approx(sklearn_trustworthiness(x, x[:, :2], n_neighbors=5, metric="cosine"), abs=1e-6)


def test_a_faithful_map_is_trusted_fully_on_a_sample_too(draw: np.random.Generator) -> None:
    x = draw.normal(size=(300, 2))
    assert trustworthiness(x, x * 7 + 1, metric="euclidean", sample=100) == 1.0
    assert neighbours_kept(x, x * 7 + 1, metric="euclidean") == 1.0
    assert neighbours_kept(x, draw.normal(size=(300, 2)), metric="euclidean") < 0.2
    assert trustworthiness(x[:2], x[:2]) == 1.0
    assert np.isfinite(trustworthiness(x[:4], x[:4]))
    with pytest.raises(ValueError, match="as many rows"):
        trustworthiness(x, x[:5])


def test_alignment_undoes_turn_mirror_shift_and_size(draw: np.random.Generator) -> None:
    onto = draw.normal(size=(40, 2)).astype(np.float32)
    turn = np.array([[np.cos(2), -np.sin(2)], [np.sin(2), np.cos(2)]]) @ np.diag([1, -1])
    xy = 3 * onto @ turn + np.array([10, -4])
    np.testing.assert_allclose(procrustes(xy, onto), onto, atol=1e-5)
    unscaled = procrustes(xy, onto, scale=False)
    assert np.ptp(unscaled) == pytest.approx(3 * np.ptp(onto), rel=0.5)
    np.testing.assert_allclose(unscaled.mean(0), onto.mean(0), atol=1e-5)
    assert np.isfinite(procrustes(np.zeros((5, 2)), onto[:5])).all()
    with pytest.raises(ValueError, match="same shape"):
        procrustes(xy, onto[:3])
