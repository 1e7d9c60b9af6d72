"""Pause and stop a run from another thread. Thread-safe. Does not import torch."""

from __future__ import annotations

import threading

# How soon a paused run sees that its stop event was set by another program.
WAIT_SECONDS = 0.5


class Control:
    """Pause, stop and checkpoint requests, which the loop reads between two steps. stop: an event that also requests the stop when
    another program sets it."""

    def __init__(self, stop: threading.Event | None = None) -> None:
        self._go = threading.Event()
        self._go.set()
        self._stop = stop or threading.Event()
        self._checkpoint = threading.Event()

    def pause(self) -> None:
        """Pause before the next step."""
        self._go.clear()

    def unpause(self) -> None:
        """Continue a paused run."""
        self._go.set()

    def stop(self) -> None:
        """Stop after this step, with a checkpoint. Also continues a paused run."""
        self._stop.set()
        self._go.set()

    def checkpoint(self) -> None:
        """Write a checkpoint after this step."""
        self._checkpoint.set()

    @property
    def paused(self) -> bool:
        """Whether a pause was requested, and no stop since."""
        return not self._go.is_set()

    @property
    def stopping(self) -> bool:
        """Whether a stop was requested."""
        return self._stop.is_set()

    def wait(self) -> None:
        """Block while the run is paused."""
        while not self._go.wait(WAIT_SECONDS) and not self._stop.is_set():
            pass

    def take_checkpoint_request(self) -> bool:
        """Whether a checkpoint was requested since the last call."""
        requested = self._checkpoint.is_set()
        self._checkpoint.clear()
        return requested
