"""Fine-tuning of the whole encoder on a share of the labels. One function for three rows, which differ in the share."""

from __future__ import annotations

import time
from collections.abc import Iterator

from engine.evaluate.finetune import Tuned
from engine.evaluate.plan import TUNINGS
from engine.evaluate.subject import Subject
from engine.execute.progress import ProgressCallback
from engine.runs.evaluation import Figure


def measure(subject: Subject) -> Iterator[Figure]:
    """The share of test images that are right after fine-tuning. The untrained encoder's is measured once."""
    assert subject.task is not None
    part = subject.task.id
    tuning, started = subject.tuning(part), time.monotonic()
    protocol, notes = tuning.protocol(), list(tuning.notes())
    share = f"{TUNINGS[part].share:.0%}".replace("%", " %")
    known = subject.known_untrained(part, protocol)
    results: dict[str, Tuned] = {}
    for encoder, backbone in subject.encoders.items():
        if encoder == "untrained" and known is not None:
            continue

        def tick(rate: int, encoder: str = encoder) -> ProgressCallback:
            text = f"fine-tuning on {share}, {encoder}, learning rate {rate + 1} of {len(tuning.rates)}"
            return subject.report(encoder, text, rate)

        results[encoder] = tuning.run(backbone, tick)
    trained, other = results["trained"], results.get("untrained")
    notes += tuning.edge(trained.rate)
    if known is not None:
        untrained, untrained_by = known.untrained, dict(known.untrained_by)
    else:
        assert other is not None
        untrained, untrained_by = other.test, {"rate": other.rate, "validation": other.validation}
    yield Figure(
        part,
        trained.test,
        untrained,
        tuning.length.labels,
        protocol,
        {"rate": trained.rate, "validation": trained.validation},
        untrained_by,
        tuple(notes),
        seconds=time.monotonic() - started,
    )
