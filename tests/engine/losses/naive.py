"""Oracles of the losses: plain Python numbers and loops, written from the papers' formulas without any code of the engine."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor

Rows = list[list[float]]


def rows(tensor: Tensor) -> Rows:
    """A matrix as double-precision Python numbers."""
    return tensor.detach().double().tolist()  # type: ignore[no-any-return]


def dot(a: Sequence[float], b: Sequence[float]) -> float:
    """Inner product."""
    return math.fsum(x * y for x, y in zip(a, b, strict=True))


def cosine(a: Sequence[float], b: Sequence[float]) -> float:
    """Cosine of the angle between two vectors."""
    return dot(a, b) / math.sqrt(dot(a, a) * dot(b, b))


def log_sum_exp(values: Sequence[float]) -> float:
    """log of the sum of exponentials, with the maximum subtracted first."""
    top = max(values)
    return top + math.log(math.fsum(math.exp(v - top) for v in values))


def softmax(values: Sequence[float]) -> list[float]:
    """exp over the sum of exp."""
    total = log_sum_exp(values)
    return [math.exp(v - total) for v in values]


def mean(values: Sequence[float]) -> float:
    """Arithmetic mean."""
    return math.fsum(values) / len(values)


def nt_xent(z1: Tensor, z2: Tensor, tau: float) -> list[float]:
    """SimCLR's Algorithm 1, of which the loss is the mean: (l(2k-1, 2k) + l(2k, 2k-1)) / 2 for each image k."""
    interleaved = [row for pair in zip(rows(z1), rows(z2), strict=True) for row in pair]
    count = len(interleaved)

    def one(i: int, j: int) -> float:
        others = [cosine(interleaved[i], interleaved[k]) / tau for k in range(count) if k != i]
        return log_sum_exp(others) - cosine(interleaved[i], interleaved[j]) / tau

    return [(one(k, k + 1) + one(k + 1, k)) / 2 for k in range(0, count, 2)]


def info_nce(query: Tensor, key: Tensor, queue: Tensor, tau: float) -> list[float]:
    """MoCo's Eq. 1 over one positive and K negatives, for each query."""
    values = []
    for q, k in zip(rows(query), rows(key), strict=True):
        positive = cosine(q, k) / tau
        values.append(log_sum_exp([positive, *(cosine(q, n) / tau for n in rows(queue))]) - positive)
    return values


def barlow(z1: Tensor, z2: Tensor, epsilon: float) -> tuple[float, float]:
    """Barlow Twins' Eq. 1 and 2: both sums, of Pearson correlations over the batch. `epsilon` is added to each variance."""
    a, b = rows(z1), rows(z2)
    n, p = len(a), len(a[0])

    def column(matrix: Rows, i: int) -> list[float]:
        values = [row[i] for row in matrix]
        mean = math.fsum(values) / n
        variance = math.fsum((v - mean) ** 2 for v in values) / n
        return [(v - mean) / math.sqrt(variance + epsilon) for v in values]

    invariance = redundancy = 0.0
    for i in range(p):
        for j in range(p):
            c = dot(column(a, i), column(b, j)) / n
            if i == j:
                invariance += (1 - c) ** 2
            else:
                redundancy += c**2
    return invariance, redundancy


def sinkhorn(scores: Tensor, epsilon: float, iterations: int) -> Rows:
    """SwAV's Algorithm 1: exp, then rows to 1/K and columns to 1/B in turn, on the (K, B) matrix; last, columns to 1."""
    s = rows(scores)
    batch, prototypes = len(s), len(s[0])
    q = [[math.exp(s[b][k] / epsilon) for b in range(batch)] for k in range(prototypes)]
    total = math.fsum(math.fsum(row) for row in q)
    q = [[v / total for v in row] for row in q]
    for _ in range(iterations):
        for k in range(prototypes):
            mass = math.fsum(q[k])
            q[k] = [v / mass / prototypes for v in q[k]]
        for b in range(batch):
            mass = math.fsum(q[k][b] for k in range(prototypes))
            for k in range(prototypes):
                q[k][b] /= mass * batch
    return [[q[k][b] * batch for k in range(prototypes)] for b in range(batch)]


def cross_entropy(targets: Rows, scores: Rows, tau: float) -> list[float]:
    """-sum_k t_k log softmax(s / tau)_k of each row."""
    values = []
    for target, score in zip(targets, scores, strict=True):
        scaled = [v / tau for v in score]
        total = log_sum_exp(scaled)
        values.append(-math.fsum(t * (v - total) for t, v in zip(target, scaled, strict=True)))
    return values


def dino(
    student: Sequence[Tensor], teacher: Sequence[Tensor], centre: Tensor, tau_student: float, tau_teacher: float
) -> list[float]:
    """DINO's Eq. 3 of each image, with the centring and sharpening of Algorithm 1; pairs of a view with itself are left out."""
    c = rows(centre)[0]
    terms = []
    for t, teacher_logits in enumerate(teacher):
        target = [softmax([(v - m) / tau_teacher for v, m in zip(row, c, strict=True)]) for row in rows(teacher_logits)]
        terms += [cross_entropy(target, rows(view), tau_student) for s, view in enumerate(student) if s != t]
    return [mean(image) for image in zip(*terms, strict=True)]


def patches(image: Tensor, side: int) -> Rows:
    """(3, S, S) cut into squares row by row; each square is flattened row by row, colour channels last."""
    size = image.shape[-1]
    cut = []
    for top in range(0, size, side):
        for left in range(0, size, side):
            cut.append([float(image[c, top + y, left + x]) for y in range(side) for x in range(side) for c in range(3)])
    return cut


def unit(tensor: Tensor) -> Tensor:
    """Rows normalised to length 1."""
    return torch.nn.functional.normalize(tensor, dim=1)
