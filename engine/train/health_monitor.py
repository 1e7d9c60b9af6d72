"""Alarms of a run's health, told as warnings while it trains."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engine.events import Emit, EvalDone, Event, StepDone, Warned
from engine.health import Watch


def watched(emit: Emit, before: Iterable[Mapping[str, Any]] = ()) -> Emit:
    """An `emit` that also tells of trouble: Warned, with the key "health." and the verdict's kind, once when it begins. `before`:
    the run's metrics so far, as lines, where it was broken off."""
    watch = Watch()
    for line in before:
        watch.take(line)
    told = watch.verdict().kind

    def listen(event: Event) -> None:
        nonlocal told
        emit(event)
        watch.add(event)
        # A verdict rests on the diagnostics and on what is measured after epochs; between them nothing new is known.
        if not isinstance(event, EvalDone) and not (isinstance(event, StepDone) and event.diagnostics):
            return
        verdict = watch.verdict()
        if verdict.rule.alarm and verdict.kind != told:
            emit(Warned(f"{verdict.message} {verdict.remedy}", verdict.step, f"health.{verdict.kind}"))
        told = verdict.kind

    return listen
