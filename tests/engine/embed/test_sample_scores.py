"""Scores per sample, clusters and duplicates against brute force and scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

from engine.config.errors import ConfigError
from engine.embed.clusters import by_size, clusters
from engine.embed.duplicates import near_duplicates
from engine.embed.map_store import MapStore, StoredMap, stamp
from engine.embed.sample_scores import MEANING, outliers, sample_scores


@pytest.fixture
def draw() -> np.random.Generator:
    return np.random.default_rng(0)


def test_scores_equal_brute_force(draw: np.random.Generator) -> None:
    n, k = 80, 7
    now, before = draw.normal(size=(n, 5)), draw.normal(size=(n, 4))
    label = draw.integers(-1, 3, n)
    scores = sample_scores(now, label, before, k)
    assert set(scores) == set(MEANING)
    far, far_before = cdist(now, now, "cosine"), cdist(before, before, "cosine")
    for row in range(n):
        order = [one for one in far[row].argsort() if one != row][:k]
        old = [one for one in far_before[row].argsort() if one != row][:k]
        assert scores["churn"][row] == pytest.approx(1 - len(set(order) & set(old)) / k)
        assert scores["outlier"][row] == pytest.approx(far[row][order].mean(), abs=1e-5)
        assert scores["nearest"][row] == pytest.approx(1 - far[row][order[0]], abs=1e-5)
        if label[row] < 0:
            assert np.isnan(scores["margin"][row])
            assert np.isnan(scores["same_class"][row])
            continue
        votes = [sum(label[one] == name for one in order) for name in range(3)]
        assert scores["same_class"][row] == pytest.approx(votes[label[row]] / k)
        own = votes.pop(label[row])
        assert scores["margin"][row] == pytest.approx((own - max(votes)) / k)


def test_scores_without_their_inputs_are_left_out(draw: np.random.Generator) -> None:
    x = draw.normal(size=(20, 3))
    assert set(sample_scores(x)) == {"outlier", "nearest"}
    assert set(sample_scores(x, np.full(20, -1))) == {"outlier", "nearest"}
    assert not sample_scores(x, before=x)["churn"].any()
    assert np.isnan(sample_scores(x[:1])["outlier"]).all()
    assert len(sample_scores(x[:0])["nearest"]) == 0


def test_outliers_are_sorted_by_distance(draw: np.random.Generator) -> None:
    x = draw.normal(size=(60, 4)) * 0.1 + [3, 0, 0, 0]
    x[[7, 30]] = [[-3, 0, 0, 0.1], [0, 3, 0.1, 0]]
    rows, score = outliers(x, 5)
    assert rows[:2].tolist() == [7, 30]
    assert (np.diff(score) <= 0).all()
    np.testing.assert_array_equal(score, np.sort(sample_scores(x)["outlier"])[::-1][:5])


@pytest.mark.parametrize("chunk", [7, 1000])
def test_near_duplicates_equal_brute_force(draw: np.random.Generator, chunk: int) -> None:
    x = draw.normal(size=(60, 3))
    x[50] = x[3] * 2
    threshold = 0.99
    cosine = 1 - cdist(x, x, "cosine")
    np.fill_diagonal(cosine, -1)
    group = list(range(60))
    for i, j in zip(*np.nonzero(cosine >= threshold), strict=True):  # merged pair by pair
        a, b = group[i], group[j]
        group = [a if one == b else one for one in group]
    expected = {tuple(i for i in range(60) if group[i] == name) for name in set(group)}
    duplicates = near_duplicates(x, threshold, chunk)
    assert {tuple(rows) for rows in duplicates.groups} == {rows for rows in expected if len(rows) > 1}
    assert duplicates.pairs == (cosine >= threshold).sum() // 2
    assert {3, 50} <= set(duplicates.groups[0])
    for rows, best in zip(duplicates.groups, duplicates.similarity, strict=True):
        assert best == pytest.approx(cosine[np.ix_(rows, rows)].max(), abs=1e-5)
    assert (np.diff(duplicates.similarity) <= 0).all()


def test_collapsed_features_are_one_group_and_spread_features_none() -> None:
    duplicates = near_duplicates(np.ones((900, 4)), 0.99, 128)
    assert [len(rows) for rows in duplicates.groups] == [900]
    assert duplicates.pairs == 900 * 899 // 2
    assert near_duplicates(np.eye(6), 0.5).groups == ()
    assert near_duplicates(np.zeros((0, 4)), 0.5).groups == ()


@pytest.mark.parametrize("kind", ["kmeans", "hdbscan"])
def test_separate_clusters_are_detected_and_compared_with_the_classes(draw: np.random.Generator, kind: str) -> None:
    classes = np.repeat([0, 1, 2], [90, 60, 30])
    x = np.eye(8)[classes] * 10 + draw.normal(size=(180, 8)) * 0.5
    result = clusters(x, kind, count=3, least=10, classes=np.where(np.arange(180) % 9 == 0, -1, classes))
    assert result.count == 3
    assert np.bincount(result.label[result.label >= 0]).tolist() == sorted(np.bincount(result.label[result.label >= 0]))[::-1]
    known = (result.label >= 0) & (np.arange(180) % 9 != 0)
    assert result.of == known.sum()
    assert result.noise == pytest.approx((result.label < 0).mean())
    assert result.nmi == pytest.approx(normalized_mutual_info_score(classes[known], result.label[known]))
    assert result.ari == pytest.approx(adjusted_rand_score(classes[known], result.label[known]))
    assert result.ari > 0.95
    np.testing.assert_array_equal(clusters(x, kind, 3, 10).label, result.label)


def test_clusters_of_very_few_samples() -> None:
    assert np.isnan(clusters(np.ones((4, 3)), "kmeans", 10).nmi)
    assert clusters(np.ones((4, 3)), "hdbscan").label.tolist() == [-1] * 4
    assert clusters(np.zeros((0, 3)), "kmeans").count == 0
    assert by_size(np.array([5, 5, -1, 2, 2, 9])).tolist() == [1, 1, -1, 0, 0, 2]
    with pytest.raises(ConfigError, match="one of kmeans, hdbscan"):
        clusters(np.ones((4, 3)), "dbscan")


def test_maps_are_stored_by_settings_epoch_and_features(tmp_path, draw: np.random.Generator) -> None:  # type: ignore[no-untyped-def]
    features = draw.normal(size=(5, 3)).astype(np.float16)
    store = MapStore(tmp_path, "umap", {"neighbours": 15, "space": "features"})
    made = StoredMap(draw.normal(size=(5, 2)).astype(np.float32), np.arange(5), 0.9, 0.3, 5, 1.5)
    store.write(12, stamp(features), made)
    assert MapStore(tmp_path, "umap", {"space": "features", "neighbours": 15}).epochs() == [12]
    assert MapStore(tmp_path, "umap", {"neighbours": 16, "space": "features"}).epochs() == []
    read = store.read(12, stamp(features))
    assert read is not None
    np.testing.assert_array_equal(read.xy, made.xy)
    assert (read.trustworthiness, read.kept, read.measured, read.seconds) == (0.9, 0.3, 5, 1.5)
    assert store.read(12, stamp(features + 1)) is None
    assert store.read(13) is None
    [path] = (tmp_path / "maps").rglob("*.npz")
    path.write_bytes(path.read_bytes()[:100])
    assert store.read(12) is None
    assert not list(tmp_path.rglob("*.part"))
    # If the run is deleted during the computation, storing the map does not create its folder again.
    MapStore(tmp_path / "gone", "umap", {}).write(0, 0, made)
    assert not (tmp_path / "gone").exists()
    # A read-only folder is no error.
    (tmp_path / "file").write_text("")
    MapStore(tmp_path / "file", "umap", {}).write(0, 0, made)


def test_outliers_of_collapsed_features_do_not_depend_on_the_order():
    rows, scores = outliers(np.ones((400, 8), np.float32), 40)
    assert len(set(rows.tolist())) == 40
    assert scores.max() == 0
    assert 100 < rows.mean() < 300
