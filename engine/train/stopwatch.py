"""The time that a run has taken, which goes on from where it was when the run is resumed."""

from __future__ import annotations

import time


class Stopwatch:
    """Seconds. It stands still until `start` and between `hold` and the next `start`."""

    def __init__(self) -> None:
        self._before = 0.0
        self._since: float | None = None

    @property
    def seconds(self) -> float:
        """So far."""
        return self._before + (0.0 if self._since is None else time.monotonic() - self._since)

    def start(self) -> None:
        """Go on; nothing happens to one that goes."""
        if self._since is None:
            self._since = time.monotonic()

    def hold(self) -> None:
        """Stand still."""
        self._before, self._since = self.seconds, None

    def set(self, seconds: float) -> None:
        """Go on from `seconds`."""
        self._before = seconds
        if self._since is not None:
            self._since = time.monotonic()
