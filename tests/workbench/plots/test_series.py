"""Series of a curve: smoothing equals its closed form, thinning keeps extremes, gaps are kept."""

import numpy as np
import pytest

from workbench.plots.series import Series, best, ema, robust_range, thin


def filled(values, batch=256, per_epoch=10):
    series = Series()
    for step, value in enumerate(values):
        series.append(value, step=step, epoch=step / per_epoch, images=step * batch, seconds=step * 0.1)
    return series


@pytest.mark.parametrize("weight", [0.5, 0.9, 0.999])
@pytest.mark.parametrize("count", [1, 2, 7, 100, 1003])
def test_smoothing_equals_the_closed_form(weight, count):
    values = np.random.default_rng(count).normal(size=count)
    smooth, _ = ema(values, weight)
    for t in {0, count // 2, count - 1}:
        powers = weight ** np.arange(t, -1, -1)
        assert smooth[t] == pytest.approx((powers * values[: t + 1]).sum() / powers.sum(), rel=1e-9)


def test_smoothing_skips_gaps_and_keeps_them():
    values = np.array([1.0, np.nan, 3.0, 5.0])
    smooth, _ = ema(values, 0.5)
    without, _ = ema(values[[0, 2, 3]], 0.5)
    assert np.isnan(smooth[1])
    np.testing.assert_allclose(smooth[[0, 2, 3]], without)


def test_incremental_smoothing_equals_smoothing_of_the_whole_series():
    values = np.random.default_rng(0).normal(size=300)
    live, whole = Series(), filled(values)
    for step, value in enumerate(values):
        live.append(value, step=step)
        if step % 7 == 0:
            live.smoothed(0.9)
    np.testing.assert_allclose(live.smoothed(0.9), whole.smoothed(0.9), rtol=1e-9)


def test_another_smoothing_weight_recomputes_the_series():
    series = filled([1.0, 2.0, 3.0])
    first = series.smoothed(0.9).copy()
    assert not np.allclose(first, series.smoothed(0.1))
    np.testing.assert_allclose(series.smoothed(0.9), first)


def test_thinning_keeps_the_extremes_of_every_pixel():
    x = np.arange(100_000.0)
    y = np.random.default_rng(0).normal(size=x.size)
    y[54_321], y[11] = 99, -99
    keep = thin(x, y, 0, x[-1], 500)
    assert len(keep) <= 2 * 503
    assert {54_321, 11, 0, 99_999} <= set(keep.tolist())
    assert (np.diff(keep) > 0).all()
    for low in range(0, 100_000, 10_000):
        here = keep[(keep >= low) & (keep < low + 10_000)]
        assert y[here].max() == y[low : low + 10_000].max()
        assert y[here].min() == y[low : low + 10_000].min()


def test_few_points_are_not_thinned():
    x = np.arange(100.0)
    assert thin(x, x, 0, 99, 500).tolist() == list(range(100))


def test_thinning_shows_what_is_in_view_and_one_point_beyond():
    x = np.arange(100_000.0)
    keep = thin(x, x, 500, 520, 400)
    assert keep[0] == 499
    assert keep[-1] == 521


def test_a_log_axis_keeps_the_early_steps_apart():
    x = np.arange(1.0, 100_001.0)
    y = np.sin(x)
    assert (thin(x, y, 1, 1e5, 400, log=True) < 100).sum() > (thin(x, y, 1, 1e5, 400) < 100).sum() * 5


def test_thinning_keeps_a_gap():
    y = np.ones(10_000)
    y[5_000:5_010] = np.nan
    kept = y[thin(np.arange(10_000.0), y, 0, 9_999, 100)]
    assert np.isnan(kept).sum() == 1


def test_truncate_removes_later_steps_and_gap_adds_one_nan():
    series = filled(range(100))
    series.truncate(49)
    series.gap()
    series.gap()
    series.append(50.0, step=50)
    assert series.x("step").tolist() == [*range(50), 49, 50]
    assert np.isnan(series.y[50])
    assert np.isnan(series.smoothed(0.5)[50])


def test_a_value_that_is_not_finite_is_a_gap():
    assert np.isnan(filled([1.0, float("inf")]).y[1])


def test_x_values_by_step_epoch_images_and_seconds():
    series = filled([5.0, 6.0])
    assert [series.x(kind)[1] for kind in ("step", "epoch", "images", "seconds")] == pytest.approx([1, 0.1, 256, 0.1])


def test_outliers_do_not_stretch_the_range():
    values = np.append(np.linspace(0, 1, 1000), [1e6, np.nan])
    low, high = robust_range(values)
    assert 0 <= low < high < 1.1
    assert robust_range(np.array([np.nan])) is None


def test_best_ignores_nan_and_takes_the_first_of_equals():
    values = np.array([np.nan, 0.3, 0.5, 0.5])
    assert best(values) == 2
    assert best(values, largest=False) == 1
    assert best(np.array([np.nan])) is None
