"""The mean of a figure over runs that are equal but for the seed, with the interface of a Series, so that a plot can draw it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from workbench.models.seed_groups import MeanCurve, common_steps, mean_curve
from workbench.plots.series import Floats, Series, XKind


class MeanSeries:
    """The mean of several series at common steps, by `mean_curve`. Each run is smoothed over all of its own values first and the
    mean is taken of that, so that a run that ends early leaves no trace in the values after its end.

    It follows its members: what was appended to them is in the next answer, and `changes` increases."""

    def __init__(self, members: Sequence[Series]) -> None:
        self.members = tuple(members)
        self._changes = -1
        self._curves: dict[float, MeanCurve] = {}
        self._positions: dict[XKind, Floats] = {}

    @property
    def changes(self) -> int:
        """Increases with every change of a member."""
        return sum(series.changes for series in self.members)

    @property
    def size(self) -> int:
        """The number of common steps."""
        return len(self.x("step"))

    def x(self, kind: XKind) -> Floats:
        """(n,) ascending positions. Other than by step they are the mean of the positions that runs had at that step: by time, the
        mean time at which they reached it."""
        self._follow()
        if kind == "step" and kind not in self._positions:
            self._positions[kind] = common_steps([series.x(kind) for series in self.members])
        if kind not in self._positions:
            mean = mean_curve([(series.x("step"), series.x(kind)) for series in self.members]).mean
            # Where a fast run ends, the mean time of the others could be earlier.
            self._positions[kind] = np.maximum.accumulate(mean)
        return self._positions[kind]

    @property
    def y(self) -> Floats:
        """(n,) means of the measured values, NaN where no run has one."""
        return self._at(0.0).mean

    def smoothed(self, weight: float) -> Floats:
        """(n,) means of the smoothed values."""
        return self._at(weight).mean

    def spread(self, weight: float) -> tuple[Floats, NDArray[np.intp]]:
        """(n,) standard deviations of the smoothed values over runs, NaN below two runs, and (n,) numbers of runs."""
        curve = self._at(weight)
        return curve.deviation, curve.count

    def _follow(self) -> None:
        changes = self.changes
        if changes != self._changes:
            self._changes = changes
            self._curves.clear()
            self._positions.clear()

    def _at(self, weight: float) -> MeanCurve:
        self._follow()
        if weight not in self._curves:
            # A slider that is moved asks for many weights: the measured values and the last smoothed ones are kept.
            self._curves = {kept: curve for kept, curve in self._curves.items() if kept == 0.0}
            self._curves[weight] = mean_curve([(series.x("step"), series.smoothed(weight)) for series in self.members])
        return self._curves[weight]
