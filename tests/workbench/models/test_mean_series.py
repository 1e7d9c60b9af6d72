"""The mean of the curves of several seeds, as a plot asks for it."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.models.mean_series import MeanSeries
from workbench.plots.series import Series


def series(values: list[float], pace: float = 1.0, first: int = 1) -> Series:
    made = Series()
    for step, value in enumerate(values, first):
        made.append(value, step=step, epoch=step / 10, images=32 * step, seconds=pace * step)
    return made


def test_it_follows_its_members() -> None:
    a, b = series([1.0, 2.0]), series([3.0, 4.0])
    mean = MeanSeries([a, b])
    assert mean.y.tolist() == [2, 3]
    before = mean.changes
    a.append(5.0, step=3)
    b.append(7.0, step=3)
    assert mean.changes > before
    assert mean.y.tolist() == [2, 3, 6]
    assert mean.x("step").tolist() == [1, 2, 3]


def test_each_run_is_smoothed_on_its_own_before_the_mean() -> None:
    generator = np.random.default_rng(0)
    long, short = series(generator.normal(size=60).tolist()), series((100 + generator.normal(size=30)).tolist())
    mean = MeanSeries([long, short]).smoothed(0.9)
    np.testing.assert_allclose(mean[:30], (long.smoothed(0.9)[:30] + short.smoothed(0.9)) / 2)
    # The run that ended, far above the other, has no part in what follows.
    np.testing.assert_allclose(mean[30:], long.smoothed(0.9)[30:])


def test_the_spread_is_that_of_the_smoothed_values() -> None:
    a, b = series([1.0, 9.0, 1.0, 9.0]), series([9.0, 1.0, 9.0, 1.0])
    deviation, count = MeanSeries([a, b]).spread(0.5)
    difference = a.smoothed(0.5) - b.smoothed(0.5)
    np.testing.assert_allclose(deviation, np.abs(difference) / np.sqrt(2))
    assert count.tolist() == [2] * 4
    assert MeanSeries([a, b]).spread(0.0)[0] == pytest.approx([8 / np.sqrt(2)] * 4)


def test_along_time_a_step_stands_at_the_mean_time_at_which_it_was_reached() -> None:
    mean = MeanSeries([series([1.0, 1.0, 1.0], pace=1.0), series([1.0, 1.0], pace=3.0)])
    assert mean.x("seconds").tolist() == [2, 4, 4]  # at step 3 only the fast run, at 3 s: never backwards
    assert mean.x("images").tolist() == [32, 64, 96]
    assert mean.x("epoch") == pytest.approx([0.1, 0.2, 0.3])
