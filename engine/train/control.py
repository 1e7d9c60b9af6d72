"""How others steer a run: from another thread, at any time, without a lock of their own. Torch-free."""

from __future__ import annotations

import threading


class Control:
    """Pause, stop and checkpoint requests, obeyed by the loop between two steps."""

    def __init__(self) -> None:
        self._go = threading.Event()
        self._go.set()
        self._stop = threading.Event()
        self._checkpoint = threading.Event()

    def pause(self) -> None:
        """Hold before the next step."""
        self._go.clear()

    def unpause(self) -> None:
        """Go on."""
        self._go.set()

    def stop(self) -> None:
        """End after this step, with a checkpoint. Also wakes a paused run."""
        self._stop.set()
        self._go.set()

    def checkpoint(self) -> None:
        """Write a checkpoint after this step."""
        self._checkpoint.set()

    @property
    def paused(self) -> bool:
        """A pause was asked for and no stop since."""
        return not self._go.is_set()

    @property
    def stopping(self) -> bool:
        """A stop was asked for."""
        return self._stop.is_set()

    def wait(self) -> None:
        """Return at once, or when a pause ends."""
        self._go.wait()

    def take_checkpoint_request(self) -> bool:
        """Whether a checkpoint was asked for since the last call."""
        asked = self._checkpoint.is_set()
        self._checkpoint.clear()
        return asked
