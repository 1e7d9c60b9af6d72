"""The time that a run has taken, which continues when the run is resumed."""

from __future__ import annotations

import time


class Stopwatch:
    """Counts seconds. Stopped until `start`, and between `hold` and the next `start`."""

    def __init__(self) -> None:
        self._before = 0.0
        self._since: float | None = None

    @property
    def seconds(self) -> float:
        """Seconds so far."""
        return self._before + (0.0 if self._since is None else time.monotonic() - self._since)

    def start(self) -> None:
        """Start; does nothing if it is running."""
        if self._since is None:
            self._since = time.monotonic()

    def hold(self) -> None:
        """Stop."""
        self._before, self._since = self.seconds, None

    def set(self, seconds: float) -> None:
        """Set the time to `seconds`."""
        self._before = seconds
        if self._since is not None:
            self._since = time.monotonic()
