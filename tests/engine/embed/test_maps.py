"""PCA, neighbours, quality and alignment against independent oracles and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from sklearn.decomposition import PCA
from sklearn.manifold import trustworthiness as sklearn_trustworthiness
from sklearn.neighbors import NearestNeighbors

from engine.embed.align import procrustes
from engine.embed.feature_neighbours import nearest, neighbours_of
from engine.embed.pca import fit, pca
from engine.embed.quality import Quality, measure, neighbours_kept, trustworthiness


@pytest.fixture
def draw() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.mark.parametrize("shape", [(80, 12), (12, 80)])
def test_pca_equals_scikit_learn_s_up_to_a_fixed_sign(draw: np.random.Generator, shape: tuple[int, int]) -> None:
    x = draw.normal(size=shape) * np.linspace(1, 4, shape[1]) + 100
    oracle = PCA(3, svd_solver="full").fit(x)
    fitted = fit(x, 3)
    np.testing.assert_allclose(np.abs((fitted.axes * oracle.components_).sum(1)), 1, atol=1e-6)
    np.testing.assert_allclose(fitted.explained, oracle.explained_variance_ratio_, rtol=1e-6)
    assert (fitted.axes[np.arange(3), np.abs(fitted.axes).argmax(1)] > 0).all()
    rows = draw.permutation(len(x))
    np.testing.assert_allclose(pca(x[rows], 3), pca(x, 3)[rows], atol=1e-3)


@pytest.mark.parametrize(
    "x", [np.ones((9, 4)), np.zeros((1, 4)), np.zeros((0, 4)), np.arange(6.0)[:, None], np.full((3, 2), np.nan)]
)
def test_pca_of_very_few_samples_is_finite(x: np.ndarray) -> None:
    xy = pca(x)
    assert xy.shape == (len(x), 2)
    assert np.isfinite(xy).all()


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_neighbours_are_exact(draw: np.random.Generator, metric: str) -> None:
    x = (draw.normal(size=(157, 9)) + 30).astype(np.float32)
    rows, distances = nearest(x, 6, metric, chunk=50)  # type: ignore[arg-type]
    oracle_distances, oracle = NearestNeighbors(n_neighbors=7, metric=metric, algorithm="brute").fit(x.astype(float)).kneighbors()
    assert (rows == oracle[:, :6]).mean() > 0.995  # pairs that are equal in single precision may be in another order
    np.testing.assert_allclose(distances, oracle_distances[:, :6], atol=2e-6 if metric == "cosine" else 1e-3)


def test_a_row_is_not_its_own_neighbour_but_its_copy_is() -> None:
    x = np.array([[1, 0], [1, 0], [0, 1], [-1, 0.1]], np.float32)
    rows, distances = nearest(x, 10)
    assert rows.shape == (4, 3)
    assert all(i not in rows[i] for i in range(4))
    assert rows[0, 0] == 1
    assert distances[0, 0] == 0
    near = neighbours_of(x, 0, 2)
    assert near.rows.tolist() == [1, 2]
    np.testing.assert_allclose(near.cosine, [1, 0], atol=1e-6)
    assert neighbours_of(x, 0, 2, among=np.array([0, 3, 2, 3])).rows.tolist() == [2, 3]
    assert neighbours_of(x, 0, 2, among=np.array([0])).rows.tolist() == []
    with pytest.raises(IndexError, match="from 0 to 3"):
        neighbours_of(x, 4)


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_neighbours_of_one_row_are_exact_with_each_metric(draw: np.random.Generator, metric: str) -> None:
    x = (draw.normal(size=(90, 7)) * draw.uniform(0.2, 3, (90, 1))).astype(np.float16)
    some = draw.permutation(90)[:40]
    for row in (0, 41):
        for among in (np.arange(90), some):
            near = neighbours_of(x, row, 9, metric, among)  # type: ignore[arg-type]
            far = cdist(x[[row]].astype(float), x[among].astype(float), metric)[0]
            far[among == row] = np.inf
            best = far.argsort()[:9]
            assert near.rows.tolist() == among[best].tolist()
            np.testing.assert_allclose(near.distance, far[best], atol=1e-5)
            cosine = 1 - cdist(x[[row]].astype(float), x[near.rows].astype(float), "cosine")[0]
            np.testing.assert_allclose(near.cosine, cosine, atol=1e-5)


def test_quality_on_a_sample_equals_its_formula(draw: np.random.Generator) -> None:
    x, xy, k = draw.normal(size=(300, 6)), draw.normal(size=(300, 2)), 10
    rows = np.linspace(0, 299, 60).astype(int)
    far, on_map = cdist(x, x, "cosine"), cdist(xy, xy)
    missed = kept = 0
    for row in rows:
        order = [one for one in far[row].argsort() if one != row]
        near = [one for one in on_map[row].argsort() if one != row][:k]
        missed += sum(max(0, order.index(one) + 1 - k) for one in near)
        kept += len(set(order[:k]) & set(near))
    quality = measure(x, xy, k, sample=60)
    assert quality.measured == 60
    assert quality.trustworthiness == pytest.approx(1 - missed * 2 / (60 * k * (2 * 300 - 3 * k - 1)), abs=1e-9)
    assert quality.kept == pytest.approx(kept / (60 * k), abs=1e-9)


def test_trustworthiness_equals_scikit_learn_s(draw: np.random.Generator) -> None:
    x = draw.normal(size=(120, 8))
    for xy in (x[:, :2], draw.normal(size=(120, 2)), pca(x)):
        for k in (3, 15):
            ours = trustworthiness(x, xy, k, metric="euclidean")
            assert ours == pytest.approx(sklearn_trustworthiness(x, xy, n_neighbors=k), abs=1e-6)
    cosine = trustworthiness(x, x[:, :2], 5)
    assert cosine == pytest.approx(sklearn_trustworthiness(x, x[:, :2], n_neighbors=5, metric="cosine"), abs=1e-6)


def test_a_perfect_map_has_quality_1_also_on_a_sample(draw: np.random.Generator) -> None:
    x = draw.normal(size=(300, 2))
    assert trustworthiness(x, x * 7 + 1, metric="euclidean", sample=100) == 1.0
    assert neighbours_kept(x, x * 7 + 1, metric="euclidean") == 1.0
    assert neighbours_kept(x, draw.normal(size=(300, 2)), metric="euclidean") < 0.2
    assert trustworthiness(x[:2], x[:2]) == 1.0
    assert np.isfinite(trustworthiness(x[:4], x[:4]))
    with pytest.raises(ValueError, match="as many rows"):
        trustworthiness(x, x[:5])


def test_alignment_undoes_rotation_reflection_shift_and_scale(draw: np.random.Generator) -> None:
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


def test_pca_leaves_out_features_that_overflowed_half_precision(draw: np.random.Generator) -> None:
    """The snapshot of a diverging run has infinite values above 65,504."""
    x = draw.normal(size=(40, 6))
    large = x.copy()
    large[3, 2], large[7] = 1e6, -1e9
    with np.errstate(over="ignore"):
        half = large.astype(np.float16)
    assert np.isinf(half).any()
    rest = np.where(np.isfinite(half), half, 0.0)
    np.testing.assert_allclose(pca(half), pca(rest), atol=1e-5)
    assert np.isfinite(fit(half).explained).all()


N = 400
CLASSES = np.repeat(np.arange(4), N // 4)  # sorted by class, as in a folder of images


def collapsed(how: str) -> np.ndarray:
    """Features (N, 32) of a collapsed encoder, without information on the class."""
    draw = np.random.default_rng(3)
    point = draw.random(32, dtype=np.float32) * 10
    if how == "zeros":
        return np.zeros((N, 32), np.float32)
    if how == "half":
        return np.tile(point.astype(np.float16), (N, 1))
    if how == "rounding":
        return np.tile(point, (N, 1)) * (1 + 6e-8 * draw.integers(-1, 2, (N, 32)).astype(np.float32))
    if how == "two points":
        return np.stack([point, -point])[np.arange(N) % 2]
    if how == "not a number":
        return np.full((N, 32), np.nan, np.float32)
    return np.tile(point, (N, 1))


def same_class(rows: np.ndarray) -> float:
    return float((CLASSES[rows] == CLASSES[:, None]).mean())


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
@pytest.mark.parametrize("how", ["one point", "zeros", "half", "rounding", "two points", "not a number"])
def test_neighbours_of_collapsed_features_are_random_and_independent_of_the_order(how: str, metric: str) -> None:
    x = collapsed(how)
    rows, _ = nearest(x, 15, metric, chunk=130)  # type: ignore[arg-type]
    assert (np.diff(np.sort(rows, 1)) > 0).all()
    assert not (rows == np.arange(N)[:, None]).any()
    assert same_class(rows) == pytest.approx(0.25, abs=0.04)
    # No few rows are the neighbours of all, and neighbours do not depend on the row's index.
    assert np.bincount(rows.ravel(), minlength=N).max() < 60
    assert abs(np.corrcoef(np.repeat(np.arange(N), 15), rows.ravel())[0, 1]) < 0.1
    np.testing.assert_array_equal(rows, nearest(x, 15, metric, chunk=N)[0])  # type: ignore[arg-type]
    one = np.stack([neighbours_of(x, row, 12, metric).rows for row in range(N)])  # type: ignore[arg-type]
    assert same_class(one) == pytest.approx(0.25, abs=0.04)


def test_a_map_of_collapsed_features_has_quality_at_chance_level() -> None:
    """With equal distances, or all points at one position, any map would otherwise count as perfect."""
    x, draw = collapsed("one point"), np.random.default_rng(4)
    for xy in (np.zeros((N, 2)), draw.normal(size=(N, 2))):
        quality = measure(x, xy, 15)
        assert quality.trustworthiness == pytest.approx(0.5, abs=0.03)
        assert quality.kept == pytest.approx(15 / N, abs=0.02)
    assert np.ptp(pca(x), 0).max() < 1e-6


def test_a_few_copies_are_each_other_s_neighbours() -> None:
    x = np.repeat(np.random.default_rng(5).normal(size=(60, 8)), 3, 0)
    rows, distances = nearest(x, 4)
    assert {tuple(sorted(row[:2])) for row in rows[0:1].tolist()} == {(1, 2)}
    assert (rows[:, :2] // 3 == np.arange(180)[:, None] // 3).all()
    assert distances[:, :2].max() == 0
    assert measure(x, x, 14, "euclidean") == Quality(1.0, 1.0, 180)  # the copies and four complete groups
