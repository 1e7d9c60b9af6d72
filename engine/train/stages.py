"""The parts of a run one after another: what comes before a method's own training, and that."""

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
    """A run of `steps` steps parted by the stages' shares, each rounded to whole steps; at least one is the
    method's own training. `step_at`: at which step a share of the run is done, where its length was changed on the way."""
    found, first, share = [], 0, 0.0
    for stage in stages:
        share += stage.share
        end = share * steps if step_at is None else step_at(share)
        last = max(first, min(round(end), steps - 1))
        found.append(Span(stage.name, first, last))
        first = last
    return (*found, Span("", first, steps))


def span_at(parts: Sequence[Span], step: int) -> Span:
    """The part to which a step belongs; after the last step, the last."""
    return next((part for part in parts if part.first <= step < part.last), parts[-1])
