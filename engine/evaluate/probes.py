"""Linear probes: which factors can be read from frozen features, compared with chance, with a confidence interval.

A category is read by multinomial logistic regression (accuracy), a number, an angle (as cosine and sine) or a vector by ridge
regression (R²). Both choose their L2 strength on validation rows and are scored on test rows. A linear probe measures what a
representation makes explicit, not all the information in it: Alain and Bengio, 1610.01644.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from engine.evaluate.linear import fit_probe
from engine.runs.invariance_file import DISCARDED, KEPT, Group, Measure, Reading, Verdict

Floats = npt.NDArray[np.float64]
Kind = Literal["category", "number", "angle", "vector"]

# Strength of the L2 penalty of ridge regression on standardised features, strongest first.
RIDGE_GRID = (10.0, 1.0, 1e-1, 1e-2, 1e-3, 1e-4)
# Of the logistic regression: fewer than the linear probe's, for there are many factors.
LOGISTIC_GRID = (1e-1, 1e-2, 1e-3)
RESAMPLES = 1000
LEVEL = 0.95
# Fewest rows of each part.
LEAST = 20


class Cut(NamedTuple):
    """The rows of a table for fitting, for choosing the L2 strength, and for the score."""

    train: slice
    validation: slice
    test: slice


@dataclass(frozen=True, eq=False)
class Target:
    """A factor to be predicted. `values`: (n,) codes of a category (-1 where unknown), numbers, degrees of an angle, or (n, k) a
    vector. `selected`: (n,) bool, the rows for which it is defined; None is all."""

    name: str
    group: Group
    kind: Kind
    values: np.ndarray
    selected: npt.NDArray[np.bool_] | None = None
    own: bool | None = None

    @property
    def measure(self) -> Measure:
        """The measure of a probe's score."""
        return "accuracy" if self.kind == "category" else "r2"

    def rows(self) -> npt.NDArray[np.bool_]:
        """(n,) bool, the rows that a probe can use."""
        known = self.values >= 0 if self.kind == "category" else np.isfinite(self.values.reshape(len(self.values), -1)).all(1)
        return np.asarray(known if self.selected is None else known & self.selected, dtype=np.bool_)

    def columns(self) -> Floats:
        """(n, k) regression targets: an angle's cosine and sine, so that 359 degrees are next to 0."""
        values = np.asarray(self.values, dtype=np.float64)
        if self.kind == "angle":
            turn = np.deg2rad(values)
            return np.stack([np.cos(turn), np.sin(turn)], axis=1)
        return values.reshape(len(values), -1)

    def can_be_probed(self, cut: Cut) -> bool:
        """Whether each part has enough rows, and more than one value."""
        rows = self.rows()
        for part in cut:
            values = self.values[part][rows[part]]
            if len(values) < LEAST or (values == values[0]).all():
                return False
        return True


@dataclass(frozen=True, eq=False)
class ProbeScores:
    """Errors of a probe on each test row. `error`: (t,) squared error, or 1 where a category was wrong; `truth`: (t, k) the
    targets, empty for a category; `chance`: accuracy at chance level. `index`: (t,) which of all test rows they are."""

    error: Floats
    truth: Floats
    chance: float
    index: npt.NDArray[np.int64]

    def scores(self, weights: Floats) -> Floats:
        """(b,) accuracy or R² with each test row counted as often as in a row of weights (b, all test rows)."""
        counts = weights[:, self.index]
        wrong = counts @ self.error
        if not self.truth.size:
            return np.asarray(1 - wrong / np.maximum(counts.sum(1), 1.0), dtype=np.float64)
        return np.asarray(1 - wrong / np.maximum(self.spread(weights), 1e-12), dtype=np.float64)

    def spread(self, weights: Floats) -> Floats:
        """(b,) the squared deviation of the targets from their mean, summed over the rows as `scores` counts them."""
        counts = weights[:, self.index]
        # Of targets around their mean: the difference of two large sums would lose the digits of a small spread.
        truth = self.truth - self.truth.mean(0)
        total = np.maximum(counts.sum(1), 1.0)
        return np.asarray(counts @ np.square(truth).sum(1) - np.square(counts @ truth).sum(1) / total, dtype=np.float64)

    def kept(self, weights: Floats) -> Floats:
        """(b,) the score rescaled so that chance is 0, clipped to 0..1."""
        return np.clip((self.scores(weights) - self.chance) / max(1e-12, 1 - self.chance), 0.0, 1.0)


@dataclass(frozen=True, eq=False)
class Resamples:
    """Bootstrap resamples of the test rows (Efron, 1979), the same for every space, so that differences are paired. `counts`:
    (b, t) how often each row was drawn."""

    counts: Floats
    plain: Floats = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "plain", np.ones((1, self.counts.shape[1])))

    @classmethod
    def of(cls, rows: int, seed: int, many: int = RESAMPLES) -> Resamples:
        """`many` draws of `rows` test rows from a seed."""
        generator = np.random.Generator(np.random.PCG64(seed))
        return cls(generator.multinomial(rows, np.full(rows, 1 / rows), size=many).astype(np.float64))

    def reading(self, marks: ProbeScores, untrained: ProbeScores | None = None) -> Reading:
        """The score with its interval, and its gain over the untrained encoder's, without a verdict."""
        score, kept = float(marks.scores(self.plain)[0]), float(marks.kept(self.plain)[0])
        low, high = interval(marks.scores(self.counts))
        kept_low, kept_high = interval(marks.kept(self.counts))
        if untrained is None:
            return Reading(score, low, high, kept, kept_low, kept_high)
        gain = kept - float(untrained.kept(self.plain)[0])
        gain_low, gain_high = interval(marks.kept(self.counts) - untrained.kept(self.counts))
        return Reading(score, low, high, kept, kept_low, kept_high, gain, gain_low, gain_high)


def interval(values: Floats, level: float = LEVEL) -> tuple[float, float]:
    """The middle `level` of resampled figures (the percentile bootstrap)."""
    low, high = np.quantile(values, ((1 - level) / 2, (1 + level) / 2))
    return float(low), float(high)


def verdict(reading: Reading, references: Sequence[Reading]) -> Verdict:
    """The verdict on a factor. "kept": the interval of `kept` is at KEPT or above. "discarded": it is below DISCARDED, while that
    of a reference (pixels, untrained encoder) is above it. "unreadable": it is below DISCARDED for the references too, so that
    training did not remove anything that a linear probe could read. "partly": anything else."""
    if reading.kept_low >= KEPT:
        return "kept"
    if reading.kept_high >= DISCARDED:
        return "partly"
    return "discarded" if any(other.kept_low >= DISCARDED for other in references) else "unreadable"


def fit_probes(features: npt.ArrayLike, targets: Sequence[Target], cut: Cut) -> dict[str, ProbeScores]:
    """Fit a probe of every target on features (n, d) and score it on the test rows. Deterministic."""
    x = torch.from_numpy(np.ascontiguousarray(features, dtype=np.float32))
    scores = {target.name: _category(x, target, cut) for target in targets if target.kind == "category"}
    # Numbers with the same rows share one factorisation.
    together: dict[bytes, list[Target]] = {}
    for target in targets:
        if target.kind != "category":
            together.setdefault(target.rows().tobytes(), []).append(target)
    for group in together.values():
        scores.update(_numbers(x, group, cut))
    return {target.name: scores[target.name] for target in targets}


def _category(x: Tensor, target: Target, cut: Cut) -> ProbeScores:
    rows = target.rows()
    (train, validation, test), codes = _indices(rows, cut), torch.from_numpy(target.values.astype(np.int64))
    probe = fit_probe(x[train], codes[train], x[validation], codes[validation], int(codes.max()) + 1, LOGISTIC_GRID)
    wrong = (probe.predict(x[test]) != codes[test]).double().numpy()
    most = int(torch.bincount(codes[train]).argmax())
    chance = float((codes[test] == most).double().mean())
    return ProbeScores(wrong, np.zeros((len(test), 0)), chance, test - (cut.test.start or 0))


def _numbers(x: Tensor, targets: Sequence[Target], cut: Cut) -> dict[str, ProbeScores]:
    train, validation, test = _indices(targets[0].rows(), cut)
    columns = [torch.from_numpy(target.columns()) for target in targets]
    y = torch.cat(columns, dim=1)
    parts = np.split(np.arange(y.shape[1]), np.cumsum([column.shape[1] for column in columns])[:-1])
    ridge = fit_ridge(x[train], y[train], x[validation], y[validation], parts)
    prediction = ridge.predict(x[test])
    scores = {}
    for target, part in zip(targets, parts, strict=True):
        truth = y[test][:, part]
        error = (prediction[:, part] - truth).square().sum(1)
        scores[target.name] = ProbeScores(error.numpy(), truth.numpy(), 0.0, test - (cut.test.start or 0))
    return scores


def _indices(rows: npt.NDArray[np.bool_], cut: Cut) -> tuple[npt.NDArray[np.int64], ...]:
    return tuple(np.flatnonzero(rows[part]).astype(np.int64) + (part.start or 0) for part in cut)


@dataclass(frozen=True, eq=False)
class Ridge:
    """A fitted ridge regression. `weight` (d, k), `bias` (k,) on features standardised with `mean`, `scale` (d,); `l2`: (k,)."""

    weight: Tensor
    bias: Tensor
    mean: Tensor
    scale: Tensor
    l2: tuple[float, ...]

    def predict(self, features: Tensor) -> Tensor:
        """(n, k) for features (n, d)."""
        return ((features.double() - self.mean) / self.scale) @ self.weight + self.bias


def fit_ridge(
    features: Tensor,
    values: Tensor,
    validation: Tensor,
    validation_values: Tensor,
    parts: Sequence[npt.NDArray[np.int64]] | None = None,
    grid: Sequence[float] = RIDGE_GRID,
) -> Ridge:
    """Ridge regression on features (n, d) of values (n, k), in closed form and in double precision.

    Features are standardised with the training rows' mean and deviation. The objective is mean squared error + l2·|W|², without a
    penalty on the bias (scikit-learn's Ridge with alpha = n·l2). Columns of the same part (`parts`; None: each column is one) share
    the strength of `grid` with the least squared error on validation; the stronger one wins a tie."""
    x, y = features.double(), values.double()
    mean, scale = x.mean(0), x.std(0, correction=0)
    # A nearly constant dimension has only rounding noise, which standardisation would amplify.
    scale = torch.where(scale > 1e-6 * scale.max().clamp_min(1e-12), scale, torch.ones_like(scale))
    x, bias = (x - mean) / scale, y.mean(0)
    y, n = y - bias, len(x)
    wide = x.shape[1] > n
    gram = (x @ x.T if wide else x.T @ x) / n
    right = y / n if wide else x.T @ y / n
    eye = torch.eye(len(gram), dtype=gram.dtype)
    weight, least, chosen = torch.zeros(x.shape[1], y.shape[1]).double(), torch.full((y.shape[1],), torch.inf).double(), bias * 0
    groups = [np.array([column]) for column in range(y.shape[1])] if parts is None else parts
    held, truth = (validation.double() - mean) / scale, validation_values.double() - bias
    for l2 in sorted(grid, reverse=True):
        # With more dimensions than rows: the dual solution, from the Gram matrix of the rows.
        solution = torch.cholesky_solve(right, torch.linalg.cholesky(gram + l2 * eye))
        candidate = x.T @ solution if wide else solution
        error = (held @ candidate - truth).square().sum(0)
        for group in groups:
            if float(error[group].sum()) < float(least[group].sum()):
                weight[:, group], least[group], chosen[group] = candidate[:, group], error[group], l2
    return Ridge(weight, bias, mean, scale, tuple(chosen.tolist()))


def with_verdicts(
    marks: Mapping[str, ProbeScores],
    resamples: Resamples,
    untrained: Mapping[str, ProbeScores] | None,
    pixels: Mapping[str, Reading],
) -> dict[str, Reading]:
    """Readings of every factor of one space after one epoch, each with its verdict."""
    readings = {}
    for name, mark in marks.items():
        before = untrained[name] if untrained is not None else None
        reading = resamples.reading(mark, before)
        references = [pixels[name], *([resamples.reading(before)] if before is not None else [])]
        readings[name] = _with_verdict(reading, verdict(reading, references))
    return readings


def _with_verdict(reading: Reading, verdict: Verdict) -> Reading:
    return Reading(**{**vars(reading), "verdict": verdict})
