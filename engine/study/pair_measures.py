"""Measures of the pairs of views of a batch: positives against negatives, hard pairs, false negatives. NumPy only.

All are computed from one matrix: the cosines of 2N views of N images, (2N, 2N), view 1 of every image first, then view 2 of
every image in the same order. A positive is the two views of one image; a negative, two views of different images.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

# Cosine above which a view is too similar to its image to teach anything.
EASY = 0.95
# A view is destroyed where this share of other images is as similar to its image as the view is.
OTHERS = 0.95
# Share of the most similar pairs of images, among which false negatives are counted.
LIKELIEST = 0.01


@dataclass(frozen=True)
class Separation:
    """Separation of positives from negatives. `median`: of the positives' cosines; `above`: the share of negatives above
    it; `auc`: the probability that a positive's cosine is larger than a negative's, ties counting half: 1 apart, .5 mixed."""

    median: float
    above: float
    auc: float


@dataclass(frozen=True, eq=False)
class ImagePairs:
    """Pairs of different images, the most similar first. `first`, `second`: (m,) rows of the matrix, the most similar pair of views
    of the two images; `cosine`: (m,) its cosine."""

    first: Ints
    second: Ints
    cosine: Floats


@dataclass(frozen=True)
class FalseNegatives:
    """False negatives, where classes are known. `rate`: share of pairs of one class among the `pairs` most similar pairs of
    images; `chance`: the same share among all pairs."""

    rate: float
    chance: float
    pairs: int


def cosines(one: npt.ArrayLike, other: npt.ArrayLike) -> Floats:
    """(n, m) cosines of the rows of (n, d) and (m, d); 0 for a row of zeros, never beyond 1."""
    a, b = (_unit(np.asarray(rows, dtype=np.float64)) for rows in (one, other))
    return np.clip(a @ b.T, -1.0, 1.0).astype(np.float32)


def _unit(rows: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12), dtype=np.float64)


def positives(matrix: Floats) -> Floats:
    """(n,) the cosine of each image's two views."""
    n = len(matrix) // 2
    return matrix[np.arange(n), n + np.arange(n)]


def negatives(matrix: Floats) -> Floats:
    """(2n(n - 1),) the cosines of all pairs of views of different images, each pair once."""
    n = len(matrix) // 2
    row, column = np.triu_indices(2 * n, 1)
    return np.asarray(matrix[row, column][column - row != n], dtype=np.float32)


def separation(positive: Floats, negative: Floats) -> Separation:
    """Separation of the cosines (n,) of positives and (m,) of negatives; 0.5 where there are none of either."""
    if not len(positive) or not len(negative):
        return Separation(float(np.median(positive)) if len(positive) else 0.0, 0.0, 0.5)
    median, ranked = float(np.median(positive)), np.sort(negative)
    below = np.searchsorted(ranked, positive, "left") + np.searchsorted(ranked, positive, "right")
    return Separation(median, float(np.mean(negative > median)), float(np.mean(below) / (2 * len(ranked))))


def softmax_row(matrix: Floats, row: int, temperature: float) -> Floats:
    """(2n,) the probabilities that a view gives to all others of being its partner: NT-Xent (SimCLR, 2002.05709, Eq. 1), whose loss
    is -ln of the partner's. Itself is no candidate: 0."""
    logits = matrix[row].astype(np.float64) / temperature
    logits[row] = -np.inf
    raised = np.exp(logits - logits.max())
    return np.asarray(raised / raised.sum(), dtype=np.float32)


def partner(row: int, rows: int) -> int:
    """The row of the other view of the same image, in a matrix of `rows` rows."""
    return (row + rows // 2) % rows


def image_pairs(matrix: Floats) -> ImagePairs:
    """All pairs of different images, each once, by the largest cosine among the four pairs of their views."""
    n = len(matrix) // 2
    first, second = np.triu_indices(n, 1)
    # (4, pairs): view 1 with 1, 1 with 2, 2 with 1, 2 with 2
    rows = np.stack([first, first, first + n, first + n])
    columns = np.stack([second, second + n, second, second + n])
    values = matrix[rows, columns]
    best, pair = values.argmax(0), np.arange(len(first))
    order = np.argsort(-values[best, pair], kind="stable")
    return ImagePairs(rows[best, pair][order], columns[best, pair][order], values[best, pair][order])


def each_image_once(pairs: ImagePairs, images: int, k: int) -> Ints:
    """(at most k,) indices of the first pairs without a common image, so that an image that is similar to all does not fill the
    list."""
    taken, seen = list[int](), set[int]()
    for number, (one, other) in enumerate(zip(pairs.first % images, pairs.second % images, strict=True)):
        if len(taken) == k:
            break
        if not seen & {int(one), int(other)}:
            seen |= {int(one), int(other)}
            taken.append(number)
    return np.asarray(taken, dtype=np.int64)


def false_negatives(pairs: ImagePairs, labels: Ints, share: float = LIKELIEST) -> FalseNegatives | None:
    """How many of the most similar `share` of the pairs are of one class: a contrastive loss separates them although
    they have the same class (2007.00224). labels (n,), -1 where unknown; pairs of unknown class are left out. None where nothing is
    known."""
    n = len(labels)
    one, other = labels[pairs.first % n], labels[pairs.second % n]
    known = (one >= 0) & (other >= 0)
    if not known.any():
        return None
    same = (one == other)[known]
    count = max(1, round(share * len(same)))
    return FalseNegatives(float(same[:count].mean()), float(same.mean()), count)


def between_images(matrix: Floats) -> Floats:
    """(n, n) the mean cosine of the four pairs of views of two images."""
    n = len(matrix) // 2
    return np.asarray(matrix.reshape(2, n, 2, n).mean((0, 2), dtype=np.float64), dtype=np.float32)


def class_order(labels: Ints) -> Ints:
    """(n,) the images sorted by class, in stable order; those of unknown class last."""
    return np.argsort(np.where(labels < 0, np.iinfo(np.int64).max, labels), kind="stable").astype(np.int64)


def cluster_order(similarity: Floats) -> Ints:
    """(n,) the images in an order with similar ones side by side: the leaves of an average-linkage tree (UPGMA) of similarities (n,
    n).

    The two groups with the largest mean similarity are joined until one is left; the group with the lower index comes first."""
    groups = [[number] for number in range(len(similarity))]
    mean = similarity.astype(np.float64)
    np.fill_diagonal(mean, -np.inf)
    while len(groups) > 1:
        one, other = sorted(int(number) for number in divmod(int(mean.argmax()), len(groups)))
        weights = len(groups[one]), len(groups[other])
        joined = (weights[0] * mean[one] + weights[1] * mean[other]) / sum(weights)
        mean[one], mean[:, one] = joined, joined
        mean[one, one] = -np.inf
        mean = np.delete(np.delete(mean, other, 0), other, 1)
        groups[one] = groups[one] + groups.pop(other)
    return np.asarray(groups[0] if groups else [], dtype=np.int64)


def easy_above(ceiling: float) -> float:
    """The cosine above which a view is too easy, where 95 % of other images stay below `ceiling`: .95, and where other images come
    nearer than .9 themselves, half-way between them and 1."""
    return max(EASY, (1 + ceiling) / 2)


def stretches(x: Floats, y: Floats, level: float, above: bool) -> tuple[tuple[float, float], ...]:
    """Intervals (from, to) of rising x (k,) in which the line through y (k,) is above `level` (or below it)."""
    gap = (np.asarray(y, dtype=np.float64) - level) * (1 if above else -1)
    result: list[tuple[float, float]] = []
    for index in range(len(x) - 1):
        (x0, x1), (g0, g1) = map(float, x[index : index + 2]), map(float, gap[index : index + 2])
        if g0 <= 0 and g1 <= 0:
            continue
        cut = x0 + (x1 - x0) * g0 / (g0 - g1) if g0 != g1 else x0
        start, end = (x0 if g0 >= 0 else cut), (x1 if g1 >= 0 else cut)
        if result and result[-1][1] == start:
            result[-1] = result[-1][0], end
        else:
            result.append((start, end))
    return tuple(result)
