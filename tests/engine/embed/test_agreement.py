"""Agreement of two spaces against loops over the definitions, and an example computed by hand."""

from __future__ import annotations

import numpy as np
import pytest

from engine.config.run import DataConfig
from engine.data.compatibility import same_samples
from engine.embed.agreement import agree, linear_cka
from engine.embed.align import fit_alignment


@pytest.fixture
def draw() -> np.random.Generator:
    return np.random.default_rng(0)


def by_loops(one, other, k):
    """The share of common neighbours and the mean rank of the lost ones, sample by sample."""
    one, other = (x / np.linalg.norm(x, axis=1, keepdims=True) for x in (one, other))
    kept, gone = [], []
    for at in range(len(one)):
        others = [row for row in range(len(one)) if row != at]
        by_one = sorted(others, key=lambda row: -float(one[at] @ one[row]))
        by_other = sorted(others, key=lambda row: -float(other[at] @ other[row]))
        kept.append(len(set(by_one[:k]) & set(by_other[:k])) / k)
        ranks = [by_other.index(row) for row in by_one[:k]], [by_one.index(row) for row in by_other[:k]]
        gone.append(np.mean(ranks) / (len(one) - 2))
    return np.array(kept), np.array(gone)


@pytest.mark.parametrize("k", [1, 5, 15])
def test_common_and_lost_neighbours_equal_loops(draw, k):
    one = draw.normal(size=(70, 6))
    other = np.hstack([one[:, :4] + 0.6 * draw.normal(size=(70, 4)), draw.normal(size=(70, 3))])
    result = agree(one, other, k)
    kept, gone = by_loops(one, other, k)
    np.testing.assert_allclose(result.kept, kept, atol=1e-12)
    np.testing.assert_allclose(result.gone, gone, atol=1e-6)
    assert result.share == pytest.approx(kept.mean())
    assert sorted(result.order.tolist()) == list(range(70))
    keys = [(kept[row], -result.gone[row]) for row in result.order]
    assert keys == sorted(keys)


def test_the_sample_that_moved_is_first_in_an_example_by_hand():
    """Six directions in the plane in two groups of three; in the other space sample 2 is in the other group."""
    degrees = np.array([0.0, 10, 21, 120, 131, 143])
    moved = degrees.copy()
    moved[2] = 155
    one, other = (np.stack([np.cos(at), np.sin(at)], 1) for at in (np.radians(degrees), np.radians(moved)))
    result = agree(one, other, 2)
    # 0: {1, 2} and {1, 3}; 1: {0, 2} and {0, 3}; 2: {0, 1} and {4, 5}; 3: {4, 5} twice; 4: {3, 5} twice; 5: {3, 4} and {4, 2}.
    assert result.kept.tolist() == [0.5, 0.5, 0.0, 1.0, 1.0, 0.5]
    assert result.order[0] == 2
    assert result.chance == pytest.approx(2 / 5)


def test_rotated_and_scaled_spaces_agree_fully_and_independent_ones_at_chance_level(draw):
    one = draw.normal(size=(400, 12))
    turn = np.linalg.qr(draw.normal(size=(12, 12)))[0]
    same = agree(one, 7 * one @ turn)
    assert same.share == pytest.approx(1, abs=1e-3)
    assert same.cka == pytest.approx(1)
    strange = agree(one, draw.normal(size=(400, 12)))
    assert strange.share == pytest.approx(strange.chance, abs=0.02)
    assert strange.gone.mean() == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize("sizes", [(90, 5, 7), (20, 40, 30)])
def test_cka_equals_the_formula_of_centred_gram_matrices(draw, sizes):
    """Equation 3 of the paper: tr(KHLH) / sqrt(tr(KHKH) tr(LHLH))."""
    n, d, e = sizes
    x = draw.normal(size=(n, d)) + 3
    y = np.tanh(x @ draw.normal(size=(d, e))) + draw.normal(size=(n, e))
    h = np.eye(n) - 1 / n
    k, l = x @ x.T, y @ y.T
    hsic = lambda a, b: np.trace(a @ h @ b @ h)  # noqa: E731
    assert linear_cka(x, y) == pytest.approx(hsic(k, l) / np.sqrt(hsic(k, k) * hsic(l, l)))


def test_cka_of_an_example_by_hand():
    x = np.array([[1.0, 0], [-1, 0], [0, 1], [0, -1]])
    y = np.array([[1.0], [-1], [0], [0]])
    # |XᵀY|² = 4, |XᵀX| = √8, |YᵀY| = 2.
    assert linear_cka(x, y) == pytest.approx(4 / (np.sqrt(8) * 2))


def test_very_few_samples_give_a_result(draw):
    few = draw.normal(size=(4, 3))
    assert agree(few, few).k == 3
    assert np.isnan(agree(few, np.ones((4, 3))).cka)
    assert agree(few[:1], few[:1]).kept.tolist() == [1]
    assert np.isnan(agree(few[:0], few[:0]).share)
    with pytest.raises(ValueError, match="as many rows"):
        agree(few, few[:2])


def test_an_alignment_can_be_applied_to_other_points(draw):
    onto = draw.normal(size=(40, 2))
    xy = 3 * onto @ np.array([[0.6, 0.8], [0.8, -0.6]]) + 5
    np.testing.assert_allclose(fit_alignment(xy[:10], onto[:10]).apply(xy), onto, atol=1e-5)
    np.testing.assert_allclose(fit_alignment(xy[:0], onto[:0]).apply(xy), xy, rtol=1e-6)


def test_scale_spread_keeps_the_scale_of_a_map_with_little_agreement(draw):
    xy, onto = 5 * draw.normal(size=(300, 2)), draw.normal(size=(300, 2))
    shrunk, beside = fit_alignment(xy, onto).apply(xy), fit_alignment(xy, onto, scale="spread").apply(xy)
    assert shrunk.std() < 0.3 * onto.std()
    assert np.linalg.norm(beside - beside.mean(0)) == pytest.approx(np.linalg.norm(onto - onto.mean(0)), rel=1e-5)
    np.testing.assert_allclose(beside.mean(0), onto.mean(0), atol=1e-5)


def test_images_are_matched_by_source_and_seed():
    shapes = DataConfig(source="shapes", seed=1, count=100)
    assert same_samples(shapes, DataConfig(source="shapes", seed=1, count=500, validation=0.3, size=64))
    assert not same_samples(shapes, DataConfig(source="shapes", seed=2, count=100))
    assert same_samples(DataConfig(source="cifar10", seed=1), DataConfig(source="cifar10", seed=2, root="elsewhere"))
    assert not same_samples(DataConfig(source="cifar10"), DataConfig(source="cifar100"))
    assert same_samples(DataConfig(source="pets/a.npz"), DataConfig(source="./pets/a.npz", size=64))
    assert not same_samples(DataConfig(source="pets/a.npz"), DataConfig(source="pets/b.npz"))
    assert not same_samples(DataConfig(source="cifar10"), DataConfig(source="pets/a.npz"))
