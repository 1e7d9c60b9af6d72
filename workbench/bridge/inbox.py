"""The queue from background threads to the GUI thread. Bounded, never blocking, no Qt."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

from engine.events import Event, StepDone

LIMIT = 8192


Call = Callable[[], None]
# An item of `take`: consecutive events of one run, or a function to call.
Taken = tuple[str, list[Event]] | Call


class Inbox:
    """Events of runs and functions to call, in order of arrival. If it is not emptied for a while, steps are thinned: of two
    consecutive steps without diagnostics only the later one is kept. All other events are kept; the run folder has all of them."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._lock = threading.Lock()
        self._items: deque[tuple[str, Event] | Call] = deque()
        self._limit = limit

    def put(self, run: str, event: Event) -> None:
        """Add an event of a run."""
        with self._lock:
            self._items.append((run, event))
            if len(self._items) > self._limit:
                self._thin()

    def call(self, call: Call) -> None:
        """Add a function to be called in the GUI thread."""
        with self._lock:
            self._items.append(call)

    def take(self) -> list[Taken]:
        """Remove and return everything, in order."""
        with self._lock:
            items, self._items = self._items, deque()
        taken: list[Taken] = []
        for item in items:
            if not isinstance(item, tuple):
                taken.append(item)
                continue
            run, event = item
            last = taken[-1] if taken else None
            if isinstance(last, tuple) and last[0] == run:
                last[1].append(event)
            else:
                taken.append((run, [event]))
        return taken

    def __len__(self) -> int:
        with self._lock:
            return len(self._items)

    def _thin(self) -> None:
        kept: deque[tuple[str, Event] | Call] = deque()
        drop = False
        for item in self._items:
            plain = _is_plain_step(item)
            if plain and drop and isinstance(item, tuple) and isinstance(kept[-1], tuple) and kept[-1][0] == item[0]:
                kept[-1] = item
                drop = False
                continue
            kept.append(item)
            drop = plain
        # If nothing can be thinned any more, the limit is doubled: an event that is not a step is never dropped.
        if len(kept) > self._limit * 3 // 4:
            self._limit *= 2
        self._items = kept


def _is_plain_step(item: tuple[str, Event] | Call) -> bool:
    return isinstance(item, tuple) and isinstance(item[1], StepDone) and not item[1].diagnostics
