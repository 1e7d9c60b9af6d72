"""The stages of a run: those before a method's own training, and that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from engine.method import Stage


class Span(NamedTuple):
    """Steps `first` to `last` - 1 of a run belong to the stage `name`, "" for the method's own training."""

    name: str
    first: int
    last: int


def spans(stages: Sequence[Stage], steps: int, step_at: Callable[[float], float] | None = None) -> tuple[Span, ...]:
    """A run of `steps` steps divided by the stages' shares, each rounded to whole steps; at least one step is of the method's own
    training. `step_at`: the step at which a share of the run is done, where its length was changed."""
    result, first, share = [], 0, 0.0
    for stage in stages:
        share += stage.share
        end = share * steps if step_at is None else step_at(share)
        last = max(first, min(round(end), steps - 1))
        result.append(Span(stage.name, first, last))
        first = last
    return (*result, Span("", first, steps))


def span_at(parts: Sequence[Span], step: int) -> Span:
    """The stage of a step; after the last step, the last stage."""
    return next((part for part in parts if part.first <= step < part.last), parts[-1])
