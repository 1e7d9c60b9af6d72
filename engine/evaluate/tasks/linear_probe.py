"""The linear probe: a linear classifier on frozen features, its L2 strength chosen on validation."""

from __future__ import annotations

import time
from collections.abc import Iterator

from engine.evaluate.linear import GRID, fit_probe
from engine.evaluate.subject import Subject
from engine.runs.evaluation import Figure


def measure(subject: Subject) -> Iterator[Figure]:
    """The share of test images that the probe has right."""
    started, y = time.monotonic(), subject.labels()
    shares, choices = {}, {}
    for encoder in subject.encoders:
        x = subject.features(encoder)
        report = subject.report(encoder, f"linear probe, {encoder}")
        probe = fit_probe(x["train"], y["train"], x["validation"], y["validation"], subject.classes, tick=report)
        shares[encoder] = probe.accuracy(x["test"], y["test"])
        choices[encoder] = {"l2": probe.l2, "validation": probe.validation}
    yield Figure(
        "linear",
        shares["trained"],
        shares["untrained"],
        subject.counts["train"],
        protocol(subject.counts["train"], subject.counts["validation"]),
        choices["trained"],
        choices["untrained"],
        seconds=time.monotonic() - started,
    )


def protocol(train: int, validation: int) -> str:
    """How the figure is made, in words."""
    grid = ", ".join(f"{value:g}" for value in sorted(GRID))
    return (
        f"Linear: frozen encoder in eval mode, float32; multinomial logistic regression (L-BFGS) on all {train} "
        f"labelled training images, features standardised with training statistics, L2 strength of {{{grid}}} chosen on "
        f"{validation} validation images."
    )
