"""New samples on a map by the positions of their neighbours."""

from __future__ import annotations

import numpy as np

from engine.embed.feature_neighbours import nearest_to
from engine.embed.placement import kept, position_new


def groups(per: int = 30, dim: int = 8) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Three groups in the space and on the map, and the group of each sample."""
    draw = np.random.default_rng(0)
    group = np.repeat(np.arange(3), per)
    features = 10 * np.eye(dim)[group] + draw.normal(size=(3 * per, dim))
    xy = np.array([[0, 0], [100, 0], [0, 100]])[group] + draw.normal(size=(3 * per, 2))
    return features.astype(np.float32), xy.astype(np.float32), group


def test_nearest_to_is_the_brute_force_answer() -> None:
    features, _, _ = groups()
    new = features[[3, 50]] + 0.1
    rows, distance, cosine = nearest_to(features, new, 4, "euclidean")
    for number, one in enumerate(new):
        apart = np.linalg.norm(features - one, axis=1)
        assert rows[number].tolist() == np.argsort(apart)[:4].tolist()
        np.testing.assert_allclose(distance[number], np.sort(apart)[:4], rtol=1e-5)
        expected = features[rows[number]] @ one / np.linalg.norm(features[rows[number]], axis=1) / np.linalg.norm(one)
        np.testing.assert_allclose(cosine[number], expected, rtol=1e-5)


def test_a_copy_of_a_sample_lies_on_it() -> None:
    features, xy, _ = groups()
    placed = position_new(features, xy, features[[5, 40]])
    np.testing.assert_allclose(placed.xy, xy[[5, 40]])
    assert placed.rows[:, 0].tolist() == [5, 40]


def test_a_new_sample_lies_in_its_own_group() -> None:
    features, xy, group = groups()
    new = (10 * np.eye(8)[[0, 1, 2]] + 0.3).astype(np.float32)
    placed = position_new(features, xy, new)
    nearest = ((xy[None] - placed.xy[:, None]) ** 2).sum(2).argmin(1)
    assert group[nearest].tolist() == [0, 1, 2]
    assert (placed.kept > 0.2).all()


def test_a_sample_between_two_groups_is_placed_in_one_not_in_the_empty_space_between() -> None:
    features, xy, _ = groups()
    between = (5.2 * np.eye(8)[0] + 5.0 * np.eye(8)[1])[None].astype(np.float32)
    placed = position_new(features, xy, between, metric="euclidean").xy[0]
    assert np.linalg.norm(xy - placed, axis=1).min() < 5


def test_kept_is_the_share_of_neighbours_that_are_near_on_the_map() -> None:
    points = np.array([[0.0, 0], [1, 0], [2, 0], [50, 0]])
    shares = kept(points, np.array([[0.1, 0.0]]), np.array([[0, 3]]))
    assert shares.tolist() == [0.5]  # of the neighbours 0 and 3 only 0 is among the two nearest points


def test_features_that_are_no_numbers_do_not_fail() -> None:
    features, xy, _ = groups()
    placed = position_new(features, xy, np.full((1, 8), np.nan, np.float32))
    assert np.isfinite(placed.xy).all()
