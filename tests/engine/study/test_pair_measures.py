"""Measures on positive and negative pairs against loops over their definitions."""

from __future__ import annotations

import math

import numpy as np
import pytest

from engine.study import pair_measures

N = 7


@pytest.fixture
def matrix() -> np.ndarray:
    rows = np.random.default_rng(0).normal(size=(2 * N, 5))
    return pair_measures.cosines(rows, rows)


def image(row: int) -> int:
    return row % N


def test_cosines_equal_loops() -> None:
    rng = np.random.default_rng(1)
    one, other = rng.normal(size=(4, 3)), rng.normal(size=(5, 3))
    cosines = pair_measures.cosines(one, other)
    for a in range(4):
        for b in range(5):
            lengths = math.sqrt(sum(x * x for x in one[a])) * math.sqrt(sum(x * x for x in other[b]))
            assert cosines[a, b] == pytest.approx(sum(x * y for x, y in zip(one[a], other[b], strict=True)) / lengths, abs=1e-6)
    assert pair_measures.cosines(np.zeros((1, 3)), one)[0, 0] == 0


def test_positives_and_negatives_are_every_pair_once(matrix: np.ndarray) -> None:
    positive, negative = [], []
    for a in range(2 * N):
        for b in range(a + 1, 2 * N):
            (positive if image(a) == image(b) else negative).append(matrix[a, b])
    assert sorted(pair_measures.positives(matrix)) == sorted(positive)
    assert sorted(pair_measures.negatives(matrix)) == sorted(negative)
    assert len(negative) == 2 * N * (N - 1)


def test_separation_equals_counts_of_pairs(matrix: np.ndarray) -> None:
    positive, negative = pair_measures.positives(matrix), pair_measures.negatives(matrix)
    negative[3] = positive[2]  # a tie
    result = pair_measures.separation(positive, negative)
    wins = sum((p > n) + 0.5 * (p == n) for p in positive for n in negative)
    assert result.auc == pytest.approx(wins / (len(positive) * len(negative)))
    assert result.median == pytest.approx(sorted(positive)[N // 2])
    assert result.above == pytest.approx(sum(n > result.median for n in negative) / len(negative))
    apart = pair_measures.separation(np.float32([0.9, 0.8]), np.float32([0.1, 0.2, 0.3]))
    assert (apart.auc, apart.above) == (1.0, 0.0)
    assert pair_measures.separation(np.float32([0.9]), np.zeros(0, np.float32)).auc == 0.5


def test_the_softmax_of_a_row_equals_nt_xent_s(matrix: np.ndarray) -> None:
    for row in (0, N + 2):
        probabilities = pair_measures.softmax_row(matrix, row, 0.2)
        total = sum(math.exp(matrix[row, k] / 0.2) for k in range(2 * N) if k != row)
        for k in range(2 * N):
            assert probabilities[k] == pytest.approx(0 if k == row else math.exp(matrix[row, k] / 0.2) / total, abs=1e-6)
    assert np.isfinite(pair_measures.softmax_row(matrix, 0, 1e-3)).all()


def test_the_loss_of_rows_equals_simclr_s(matrix: np.ndarray) -> None:
    torch = pytest.importorskip("torch")
    from engine.losses.nt_xent import nt_xent

    z = torch.from_numpy(np.random.default_rng(0).normal(size=(2 * N, 5)).astype(np.float32))
    mean = np.mean(
        [-math.log(pair_measures.softmax_row(matrix, row, 0.5)[pair_measures.partner(row, 2 * N)]) for row in range(2 * N)]
    )
    assert float(nt_xent(*z.chunk(2), 0.5).mean()) == pytest.approx(mean, abs=1e-4)


def test_image_pairs_have_the_cosine_of_their_most_similar_views(matrix: np.ndarray) -> None:
    naive = {}
    for i in range(N):
        for j in range(i + 1, N):
            naive[i, j] = max(matrix[a, b] for a in (i, i + N) for b in (j, j + N))
    pairs = pair_measures.image_pairs(matrix)
    assert len(pairs.cosine) == len(naive)
    assert np.all(np.diff(pairs.cosine) <= 0)
    for a, b, cosine in zip(pairs.first, pairs.second, pairs.cosine, strict=True):
        assert matrix[a, b] == cosine == naive[image(a), image(b)]


def test_each_image_is_at_most_once_in_the_list(matrix: np.ndarray) -> None:
    pairs = pair_measures.image_pairs(matrix)
    taken = pair_measures.each_image_once(pairs, N, 10)
    images = [image(row) for entry in taken for row in (pairs.first[entry], pairs.second[entry])]
    assert len(images) == len(set(images)) == 6
    assert taken[0] == 0


def test_false_negatives_are_counted_among_the_most_similar(matrix: np.ndarray) -> None:
    labels = np.array([0, 0, 1, 1, 2, 2, -1])
    ranked = pair_measures.image_pairs(matrix)
    known = [(image(a), image(b)) for a, b in zip(ranked.first, ranked.second, strict=True) if 6 not in (image(a), image(b))]
    same = [labels[i] == labels[j] for i, j in known]
    result = pair_measures.false_negatives(ranked, labels, 0.4)
    assert result == pair_measures.FalseNegatives(pytest.approx(sum(same[:6]) / 6), pytest.approx(3 / 15), 6)
    assert pair_measures.false_negatives(ranked, np.full(N, -1)) is None


def test_images_are_sorted_by_class_with_unlabelled_ones_last() -> None:
    assert pair_measures.class_order(np.array([2, -1, 0, 2, 0])).tolist() == [2, 4, 0, 3, 1]


def test_clustering_merges_the_groups_with_the_largest_mean(matrix: np.ndarray) -> None:
    similarity = pair_measures.between_images(matrix)
    for i in range(N):
        for j in range(N):
            assert similarity[i, j] == pytest.approx(np.mean([matrix[a, b] for a in (i, i + N) for b in (j, j + N)]), abs=1e-6)
    groups = [[index] for index in range(N)]
    while len(groups) > 1:
        best = max(
            ((a, b) for a in range(len(groups)) for b in range(a + 1, len(groups))),
            key=lambda at: np.mean([similarity[i, j] for i in groups[at[0]] for j in groups[at[1]]]),
        )
        groups[best[0]] += groups.pop(best[1])
    assert pair_measures.cluster_order(similarity).tolist() == groups[0]


def test_stretches_are_the_intervals_above_or_below_the_level() -> None:
    x, y = np.float32([0, 1, 2, 3, 4]), np.float32([1.0, 0.8, 0.2, 0.6, 0.6])
    for level in (0.1, 0.5, 0.7, 0.9):
        for above in (True, False):
            intervals = pair_measures.stretches(x, y, level, above)
            for at in np.linspace(0.003, 3.997, 400):
                value = np.interp(at, x, y)
                if abs(value - level) > 1e-3:
                    assert any(low <= at <= high for low, high in intervals) == ((value > level) == above)
    assert pair_measures.stretches(x, y, 0.1, True) == ((0.0, 4.0),)
    assert pair_measures.stretches(x, y, 0.1, False) == ()


def test_too_easy_is_never_below_the_level_of_other_images() -> None:
    assert pair_measures.easy_above(0.3) == 0.95
    assert pair_measures.easy_above(0.96) == pytest.approx(0.98)
