"""The lag of the window's event loop, measured as the delay of a timer."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject, Qt, QTimer

EVERY = 100  # ms; each timeout interrupts a core that training uses
KEPT = 4096  # readings, about seven minutes


@dataclass(frozen=True)
class Lag:
    """Median, 99th percentile and maximum of the lag in milliseconds, and the number of readings; all 0 before the first."""

    p50: float
    p99: float
    most: float
    readings: int


class LagMeter(QObject):
    """Measures the lag between `start` and `stop`. `latest`: over the last seconds; `lag`: over all readings since `reset`."""

    def __init__(self, parent: QObject | None = None, kept: int = KEPT) -> None:
        super().__init__(parent)
        self._readings = np.zeros(kept, dtype=np.float64)
        self._count = 0
        self._most = 0.0
        self._due = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(EVERY)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        """Start measuring."""
        self._due = time.perf_counter() + EVERY / 1000
        self._timer.start()

    def stop(self) -> None:
        """Stop measuring; the readings are kept."""
        self._timer.stop()

    def reset(self) -> None:
        """Discard the readings."""
        self._count, self._most = 0, 0.0

    def lag(self) -> Lag:
        """The lag over all stored readings; `most` is the maximum since the last reset."""
        return self._over(min(self._count, len(self._readings)), self._most)

    def latest(self, seconds: float = 5.0) -> Lag:
        """The lag over the last seconds."""
        return self._over(min(self._count, len(self._readings), int(seconds * 1000 / EVERY)), None)

    def _over(self, n: int, most: float | None) -> Lag:
        if not n:
            return Lag(0.0, 0.0, 0.0, 0)
        indices = (np.arange(self._count - n, self._count)) % len(self._readings)
        taken = self._readings[indices]
        p50, p99 = np.percentile(taken, (50, 99))
        return Lag(float(p50), float(p99), float(taken.max()) if most is None else most, n)

    def _tick(self) -> None:
        now = time.perf_counter()
        late = max(0.0, (now - self._due) * 1000)
        self._readings[self._count % len(self._readings)] = late
        self._count += 1
        self._most = max(self._most, late)
        self._due = now + EVERY / 1000
