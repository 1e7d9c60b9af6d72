"""Linear probes of several labels an image and of numbers, on frozen features."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor

from engine.config.errors import ConfigError, complain
from engine.data.dataset import Factor
from engine.evaluate.linear import GRID, fit_labels
from engine.evaluate.probes import LEAST, RIDGE_GRID, Cut, ProbeScores, Target, fit_probes
from engine.evaluate.subject import SPLITS, Subject
from engine.evaluate.target_scores import Floats, average_precision, numbers, resamples, usable
from engine.evaluate.target_scores import multi_label as labels_of
from engine.runs.evaluation import Figure


def multi_label(subject: Subject) -> Iterator[Figure]:
    """Mean average precision of a logistic regression for each label against its absence."""
    started, splits = time.monotonic(), [subject.splits[name] for name in SPLITS]
    known = labels_of(subject.dataset)
    columns = {name: values for name, values in known.items() if usable(values, splits)}
    left = known.keys() - columns.keys()
    notes = _left_out("Multi-label", left, "no image that has it, or none that has it not, in one of the splits")
    if not columns:
        raise _unusable(subject, "several labels an image that occur in every split", notes)
    y = {name: torch.from_numpy(np.stack([values[subject.splits[name]] for values in columns.values()], axis=1)) for name in SPLITS}
    truth = y["test"].numpy()
    features = _features(subject)
    scores: dict[str, _Scores] = {}
    choices: dict[str, dict[str, float]] = {}
    for encoder in subject.encoders:
        x = features[encoder]
        report = subject.report(encoder, f"multi-label, {encoder}")
        probe = fit_labels(x["train"], y["train"], x["validation"], y["validation"], mean_precision, tick=report)
        predicted = probe.outputs(x["test"]).numpy()
        scores[encoder] = _Scores(partial(_precisions, predicted, truth), len(truth))
        choices[encoder] = {"l2": probe.l2, "validation": probe.validation}
    chance = np.mean([np.nanmean(truth[:, column]) for column in range(truth.shape[1])])
    notes += (f"Multi-label: chance level {chance:.3f}, the mean share of test images that have a label.",)
    grid = ", ".join(f"{value:g}" for value in sorted(GRID))
    counts = subject.counts
    protocol = (
        f"Multi-label: frozen encoder in eval mode, float32; for each of {len(columns)} labels a logistic regression (L-BFGS) "
        f"against its absence on {counts['train']} training images, features standardised with training statistics, one L2 "
        f"strength of {{{grid}}} for all, chosen by mean average precision on {counts['validation']} validation images. Mean "
        f"average precision over the labels. Errors: bootstrap over images."
    )
    yield _figure(subject, "multi_label_map", tuple(columns), scores, protocol, notes, started, choices)


def regression(subject: Subject) -> Iterator[Figure]:
    """Mean R² of ridge regressions."""
    yield ridge_figure(
        subject, "regression_r2", "Regression", "frozen encoder in eval mode", numbers(subject.dataset), lambda: _features(subject)
    )


def ridge_figure(
    subject: Subject,
    part: str,
    title: str,
    what: str,
    known: Mapping[str, Factor],
    features_of: Callable[[], Mapping[str, Mapping[str, Tensor]]],
) -> Figure:
    """Mean R² of a ridge regression of each of the numbers `known` on the features of `what`: by encoder, and by the name of a
    baseline, those of the images of each split, (n, D)."""
    started = time.monotonic()
    index = np.concatenate([subject.splits[name] for name in SPLITS])
    edges = np.cumsum([0, *(subject.counts[name] for name in SPLITS)]).tolist()
    cut = Cut(*(slice(first, last) for first, last in pairwise(edges)))
    all_targets = [Target(name, "known", factor.kind, factor.values[index]) for name, factor in known.items()]
    targets = [target for target in all_targets if target.can_be_probed(cut)]
    left = {target.name for target in all_targets} - {target.name for target in targets}
    notes = _left_out(title, left, f"fewer than {LEAST} known values in one of the splits, or all equal")
    if not targets:
        raise _unusable(subject, "numbers that differ in every split", notes)
    scores: dict[str, _Scores] = {}
    for name, x in features_of().items():
        marks = fit_probes(torch.cat([x[split] for split in SPLITS]).numpy(), targets, cut)
        if name in subject.encoders:
            subject.report(name, f"{title.lower()}, {name}")(1.0)
        scores[name] = _Scores(partial(_shares, [marks[target.name] for target in targets]), subject.counts["test"])
    grid = ", ".join(f"{value:g}" for value in sorted(RIDGE_GRID))
    counts = subject.counts
    protocol = (
        f"{title}: {what}; ridge regression of {len(targets)} numbers (an angle as cosine and sine) on "
        f"{counts['train']} training images in double precision, features standardised with training statistics, the L2 strength "
        f"of each of {{{grid}}} chosen by squared error on {counts['validation']} validation images. Mean R² over the numbers; "
        f"below 0 is worse than the test images' mean. Errors: bootstrap over images."
    )
    names = tuple(target.name for target in targets)
    return _figure(subject, part, names, scores, protocol, notes, started, {})


def _features(subject: Subject) -> Mapping[str, Mapping[str, Tensor]]:
    """The features of all encoders, computed before the first probe, as the plan of the evaluation has it."""
    return {encoder: subject.features(encoder) for encoder in subject.encoders}


class _Scores:
    """The score of each of k columns, and the standard error of their mean. `score`: (b, k) of weights (b, test images)."""

    def __init__(self, score: Callable[[Floats], Floats], rows: int) -> None:
        self.columns = score(np.ones((1, rows)))[0]
        self.mean = float(np.nanmean(self.columns))
        # A label that no image of a resample has does not count there, nor a number that is the same for all of them.
        drawn = np.concatenate([score(weights) for weights in resamples(rows)])
        means = np.nanmean(drawn[np.isfinite(drawn).any(axis=1)], axis=1)
        self.error = float(means.std(ddof=1)) if len(means) > 1 else 0.0


def _precisions(predicted: np.ndarray, truth: np.ndarray, weights: Floats) -> Floats:
    """(b, k) average precision of outputs (n, k) by the labels (n, k), of which nan is unknown and left out."""
    columns = []
    for column in range(truth.shape[1]):
        rows = np.isfinite(truth[:, column])
        columns.append(average_precision(predicted[rows, column], truth[rows, column] == 1, weights[:, rows]))
    return np.stack(columns, axis=1)


def _shares(marks: Sequence[ProbeScores], weights: Floats) -> Floats:
    """(b, k) R² of k numbers; nan where all images that were drawn have the same value."""
    columns = []
    for mark in marks:
        whole = mark.spread(np.ones((1, weights.shape[1])))
        columns.append(np.where(mark.spread(weights) > 1e-9 * whole, mark.scores(weights), np.nan))
    return np.stack(columns, axis=1)


def mean_precision(outputs: Tensor, truth: Tensor) -> float:
    """Mean average precision of outputs (n, k) by labels (n, k), nan where unknown."""
    return float(np.nanmean(_precisions(outputs.numpy(), truth.numpy(), np.ones((1, len(truth))))))


def _figure(
    subject: Subject,
    part: str,
    names: tuple[str, ...],
    scores: Mapping[str, _Scores],
    protocol: str,
    notes: tuple[str, ...],
    started: float,
    choices: Mapping[str, Mapping[str, float]],
) -> Figure:
    trained, untrained = scores["trained"], scores["untrained"]
    return Figure(
        part,
        trained.mean,
        untrained.mean,
        subject.counts["train"],
        protocol,
        choices.get("trained", {}),
        choices.get("untrained", {}),
        notes,
        seconds=time.monotonic() - started,
        error=trained.error,
        untrained_error=untrained.error,
        by_class=dict(zip(names, trained.columns.tolist(), strict=True)),
        untrained_by_class=dict(zip(names, untrained.columns.tolist(), strict=True)),
        baselines={name: score.mean for name, score in scores.items() if name not in subject.encoders},
    )


def _left_out(title: str, names: set[str], why: str) -> tuple[str, ...]:
    return (f"{title}: {', '.join(sorted(names))} left out: {why}.",) if names else ()


def _unusable(subject: Subject, allowed: str, notes: tuple[str, ...]) -> ConfigError:
    return complain("data.source", f"a set with {allowed}", subject.config.data.source, " ".join([*notes, "Leave out this part."]))
