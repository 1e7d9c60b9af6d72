"""Warnings about a run's health while it trains."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engine.events import Emit, EvalDone, Event, StepDone, Warned
from engine.health import Watch


def watched(emit: Emit, before: Iterable[Mapping[str, Any]] = ()) -> Emit:
    """An `emit` that also sends a Warned event for every new alarm, with the key "health." and the verdict's kind. `before`: the
    run's metrics so far, as lines, where it is resumed."""
    watch = Watch()
    for line in before:
        watch.take(line)
    reported = watch.verdict().kind

    def listen(event: Event) -> None:
        nonlocal reported
        emit(event)
        watch.add(event)
        # A verdict depends on the diagnostics and on the evaluations after epochs, and can only change with them.
        if not isinstance(event, EvalDone) and not (isinstance(event, StepDone) and event.diagnostics):
            return
        verdict = watch.verdict()
        if verdict.rule.alarm and verdict.kind != reported:
            emit(Warned(f"{verdict.message} {verdict.remedy}", verdict.step, f"health.{verdict.kind}"))
        reported = verdict.kind

    return listen
