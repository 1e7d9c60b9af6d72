"""Where background threads leave what the window shall know. Bounded, never blocking, no Qt."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

from engine.events import Event, StepDone

LIMIT = 8192


class Inbox:
    """Events by run and calls to make, in the order in which they came. A window that does not look for a while finds every
    event but the steps thinned: of two neighbouring steps without diagnostics the later one stays. The run folder has them all."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._lock = threading.Lock()
        self._events: deque[tuple[str, Event]] = deque()
        self._calls: deque[Callable[[], None]] = deque()
        self._limit = limit

    def put(self, run: str, event: Event) -> None:
        """Leave an event of a run."""
        with self._lock:
            self._events.append((run, event))
            if len(self._events) > self._limit:
                self._thin()

    def call(self, call: Callable[[], None]) -> None:
        """Leave something to be called in the window's thread."""
        with self._lock:
            self._calls.append(call)

    def take(self) -> tuple[list[tuple[str, list[Event]]], list[Callable[[], None]]]:
        """Everything that waits: events in runs of the same run, and calls."""
        with self._lock:
            events, self._events = self._events, deque()
            calls, self._calls = list(self._calls), deque()
        batches: list[tuple[str, list[Event]]] = []
        for run, event in events:
            if not batches or batches[-1][0] != run:
                batches.append((run, []))
            batches[-1][1].append(event)
        return batches, calls

    def __len__(self) -> int:
        with self._lock:
            return len(self._events) + len(self._calls)

    def _thin(self) -> None:
        kept: deque[tuple[str, Event]] = deque()
        drop = False
        for run, event in self._events:
            plain = isinstance(event, StepDone) and not event.diagnostics
            if plain and kept and drop and isinstance(kept[-1][1], StepDone) and kept[-1][0] == run and not kept[-1][1].diagnostics:
                kept[-1] = (run, event)
                drop = False
                continue
            kept.append((run, event))
            drop = plain
        # Where nothing can be thinned any more the bound rises: an event that is not a step is never lost.
        if len(kept) > self._limit * 3 // 4:
            self._limit *= 2
        self._events = kept
