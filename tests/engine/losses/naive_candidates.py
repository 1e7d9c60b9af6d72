"""Oracles of the losses after NT-Xent: plain Python numbers and loops, written from the papers' formulas
without any code of the engine."""

from __future__ import annotations

import math

from torch import Tensor

from tests.engine.losses.naive import cosine, log_sum_exp, mean, rows

Split = list[tuple[float, list[float]]]


def split(z1: Tensor, z2: Tensor, tau: float) -> Split:
    """For each view: its similarity (cosine / tau) with its partner, and with all views of other images."""
    views = [(image, view, row) for view, z in enumerate((z1, z2)) for image, row in enumerate(rows(z))]
    pairs = []
    for image, view, row in views:
        partner = next(r for i, v, r in views if i == image and v != view)
        pairs.append((cosine(row, partner) / tau, [cosine(row, r) / tau for i, _, r in views if i != image]))
    return pairs


def of_images(views: list[float]) -> list[float]:
    """Values per view, in `split`'s order, to values per image: the mean of its two views."""
    n = len(views) // 2
    return [(views[i] + views[n + i]) / 2 for i in range(n)]


def dcl(z1: Tensor, z2: Tensor, tau: float, sigma: float | None = None) -> list[float]:
    """DCL's Eq. 5 and, with sigma, DCLW's Eq. 6, for each image."""
    pairs = split(z1, z2, tau)
    raised = [math.exp(pos * tau / sigma) if sigma else 1.0 for pos, _ in pairs]
    weights = [2 - r / mean(raised) for r in raised] if sigma else raised
    return of_images([-w * pos + log_sum_exp(neg) for w, (pos, neg) in zip(weights, pairs, strict=True)])


def contrast(z1: Tensor, z2: Tensor, tau: float) -> float:
    """FlatNCE's v, averaged."""
    return mean([log_sum_exp([s - pos for s in neg]) for pos, neg in split(z1, z2, tau)])


def hard(z1: Tensor, z2: Tensor, tau: float, tau_plus: float, beta: float) -> list[float]:
    """The debiased loss of each image with M = 1 and negatives weighted by hardness; beta = 0 weights them equally."""
    values = []
    for pos, neg in split(z1, z2, tau):
        n = len(neg)
        weights = [math.exp(beta * s) for s in neg]
        total = math.fsum(w / mean(weights) * math.exp(s) for w, s in zip(weights, neg, strict=True))
        ng = max((total - n * tau_plus * math.exp(pos)) / (1 - tau_plus), n * math.exp(-1 / tau))
        values.append(-math.log(math.exp(pos) / (math.exp(pos) + ng)))
    return of_images(values)


def euclidean(a: list[float], b: list[float]) -> float:
    """Euclidean distance."""
    return math.sqrt(math.fsum((x - y) ** 2 for x, y in zip(a, b, strict=True)))


def on_sphere(z: Tensor) -> list[list[float]]:
    """Rows normalised to length 1."""
    return [[x / math.sqrt(math.fsum(y * y for y in row)) for x in row] for row in rows(z)]


def alignment(x: Tensor, y: Tensor, alpha: float) -> float:
    """E |f(x) - f(y)|^alpha."""
    return mean([euclidean(a, b) ** alpha for a, b in zip(on_sphere(x), on_sphere(y), strict=True)])


def uniformity(x: Tensor, t: float) -> float:
    """log E exp(-t |f(x) - f(y)|^2) over distinct pairs."""
    z = on_sphere(x)
    return math.log(mean([math.exp(-t * euclidean(z[i], z[j]) ** 2) for i in range(len(z)) for j in range(i)]))


def margin(same: list[float], other: list[float], m: float) -> list[float]:
    """Hadsell's loss of labelled pairs, y = 1 for positive pairs."""
    pairs = [(1, d) for d in same] + [(0, d) for d in other]
    return [y * d**2 + (1 - y) * max(0.0, m - d) ** 2 for y, d in pairs]
