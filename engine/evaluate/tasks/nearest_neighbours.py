"""kNN of 20 and of 200 neighbours, on frozen features."""

from __future__ import annotations

import time
from collections.abc import Iterator

from engine.evaluate.knn import knn_accuracy
from engine.evaluate.plan import NEIGHBOURS
from engine.evaluate.subject import Subject
from engine.runs.evaluation import Figure

TEMPERATURE = 0.07


def measure(subject: Subject) -> Iterator[Figure]:
    """Shares of test images whose class the neighbours' weighted vote gives."""
    started, y = time.monotonic(), subject.labels()
    shares = {}
    for encoder in subject.encoders:
        x = subject.features(encoder)
        shares[encoder] = [
            knn_accuracy(x["train"], y["train"], x["test"], y["test"], k, TEMPERATURE, subject.classes) for k in NEIGHBOURS
        ]
    seconds = time.monotonic() - started
    for part, k, trained, untrained in zip(("knn", "knn_200"), NEIGHBOURS, shares["trained"], shares["untrained"], strict=True):
        yield Figure(part, trained, untrained, subject.counts["train"], protocol(k, subject.counts["train"]), seconds=seconds)


def protocol(k: int, bank: int) -> str:
    """How a figure is made, in words."""
    number = f"{k} nearest" if k <= bank else f"{bank} nearest, which are all there are in place of {k},"
    return (
        f"kNN: frozen encoder in eval mode, float32; {number} by cosine of L2-normalised features among all {bank} labelled "
        f"training images, votes weighted exp(cosine / {TEMPERATURE:g}) (1805.01978)."
    )
