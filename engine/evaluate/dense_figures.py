"""From a trained head to the figures of a task on feature maps."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.backbones.backbone import Backbone
from engine.evaluate.dense_training import DenseTraining, P, Trained
from engine.evaluate.subject import Subject
from engine.runs.evaluation import Figure


def trained_heads(subject: Subject, task: DenseTraining[P], backbones: Mapping[str, Backbone]) -> dict[str, Trained[P]]:
    """The heads of each encoder, with progress."""
    assert subject.task is not None
    title = subject.task.title.lower()
    return {name: task.run(backbone, subject.report(name, f"{title}, {name}")) for name, backbone in backbones.items()}


def dense_figures(
    subject: Subject,
    task: DenseTraining[Any],
    results: Mapping[str, Trained[Any]],
    scores: Mapping[str, Any],
    kinds: Sequence[str],
    names: Sequence[str],
    by_class: Mapping[str, npt.NDArray[np.float64]],
    started: float,
) -> Iterator[Figure]:
    """A figure for each of `kinds`, attributes of the `scores` (0 to 1) by encoder, whose `errors` are in the same order.

    `names`, `by_class`: the classes and, by encoder, the score of each, NaN where it does not occur; the first kind has them.
    Encoders that are none of the run's are baselines. `started`: by time.monotonic()."""
    assert subject.task is not None
    trained, untrained = scores["trained"], scores["untrained"]
    notes = (*task.notes(), *task.edge(results["trained"].rate))
    protocol, seconds = task.protocol(), time.monotonic() - started
    choices = {name: {"rate": result.rate, "validation": result.validation} for name, result in results.items()}
    classes = {
        name: {word: float(value) for word, value in zip(names, values, strict=True) if value == value}
        for name, values in by_class.items()
    }
    for number, kind in enumerate(kinds):
        yield Figure(
            subject.task.figures[number],
            getattr(trained, kind),
            getattr(untrained, kind),
            task.length.labels,
            protocol,
            choices["trained"],
            choices["untrained"],
            notes,
            seconds=seconds,
            error=trained.errors[number],
            untrained_error=untrained.errors[number],
            by_class={} if number else classes["trained"],
            untrained_by_class={} if number else classes["untrained"],
            baselines={name: getattr(scores[name], kind) for name in scores.keys() - subject.encoders.keys()},
        )
