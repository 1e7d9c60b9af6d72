"""The waiting runs as the window shows them, with their expected durations. No widgets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from PySide6.QtCore import QCoreApplication

from workbench.models.columns import duration

translate = QCoreApplication.translate


@dataclass(frozen=True)
class QueueEntry:
    """One waiting run. `key`: of its job; `run`: of its row in the list of runs. `held`: it is not started until the queue is.
    `new`: it has no folder yet, so that its settings can be edited; else it is the rest of a run. `seconds`: the expected duration,
    None where unknown."""

    key: str
    run: str
    title: str
    hue: int
    held: bool
    new: bool
    edited: bool = False
    seconds: float | None = None


def with_seconds(entries: Iterable[QueueEntry], seconds: Mapping[str, float | None]) -> list[QueueEntry]:
    """The entries with their expected durations by key."""
    return [replace(entry, seconds=seconds.get(entry.key)) for entry in entries]


@dataclass(frozen=True)
class Total:
    """The expected duration of several runs one after another: `seconds` of those where it is known, and the number of others."""

    seconds: float
    unknown: int


def total(seconds: Iterable[float | None]) -> Total:
    """The sum of durations, None for an unknown one."""
    values = list(seconds)
    known = [value for value in values if value is not None]
    return Total(sum(known), len(values) - len(known))


def seconds_text(seconds: float | None) -> str:
    """A duration as text, with few digits because it is an estimate; "unknown" for None."""
    if seconds is None:
        return translate("Queue", "unknown")
    return duration(seconds, estimate=True)


def total_text(sum: Total) -> str:
    """The total as text: "about 2 h 10 min", "at least 12 min" if some are unknown, "time unknown"."""
    if not sum.unknown:
        return translate("Queue", "about {0}").format(seconds_text(sum.seconds))
    if not sum.seconds:
        return translate("Queue", "time unknown")
    return translate("Queue", "at least {0}").format(seconds_text(sum.seconds))
