"""The learning rate at characteristic steps."""

from __future__ import annotations

import math

import pytest
import torch

from engine.config.run import OptimConfig
from engine.optim.optimisers import build_optimiser
from engine.optim.schedule import decay_at, ramp, rate_factor, set_decay


def curve(steps: int, **settings: object) -> list[float]:
    return [rate_factor(OptimConfig(**settings), step, steps) for step in range(steps)]


def test_warm_up_rises_linearly_and_never_starts_at_zero() -> None:
    rates = curve(100, warmup=0.1)
    assert rates[:10] == pytest.approx([(i + 1) / 11 for i in range(10)])
    assert rates[10] == pytest.approx(1.0)
    assert rates[0] > 0


def test_cosine_is_half_in_the_middle_and_ends_near_the_final_share() -> None:
    rates = curve(100, warmup=0.0, final=0.0)
    assert rates[0] == 1.0
    assert rates[50] == pytest.approx(0.5)
    assert rates[25] == pytest.approx((1 + math.cos(math.pi / 4)) / 2)
    assert 0 < rates[99] < 0.001
    assert rates == sorted(rates, reverse=True)


def test_final_share_is_the_lowest_rate() -> None:
    rates = curve(1000, warmup=0.1, final=0.2)
    assert min(rates[100:]) == pytest.approx(0.2, abs=1e-4)
    assert rates[550] == pytest.approx(0.6)


def test_constant_stays_at_the_peak_after_the_warm_up() -> None:
    rates = curve(50, schedule="constant", warmup=0.2)
    assert rates[9] < 1
    assert set(rates[10:]) == {1.0}


def test_step_schedule_falls_at_epochs_120_and_160_of_200() -> None:
    rates = curve(200, schedule="step", warmup=0.0)
    assert rates[:120] == [1.0] * 120
    assert rates[120:160] == pytest.approx([0.1] * 40)
    assert rates[160:] == pytest.approx([0.01] * 40)


def test_linear_schedule_keeps_its_peak_in_the_first_half_and_ends_at_the_final_rate() -> None:
    rates = curve(400, schedule="linear", warmup=0.0)
    assert rates[:201] == [1.0] * 201
    assert [rates[step] for step in (250, 300, 399)] == pytest.approx([0.75, 0.5, 0.005])
    later = curve(100, schedule="linear", warmup=0.8, final=0.5)
    assert [later[step] for step in (80, 90)] == pytest.approx([1.0, 0.75])
    assert rate_factor(OptimConfig(schedule="linear"), 300, 100) == 0.0


def test_step_schedule_starts_after_the_warm_up_and_stays_low_after_the_end() -> None:
    rates = curve(100, schedule="step", warmup=0.1)
    assert rates[:10] == pytest.approx([(i + 1) / 11 for i in range(10)])
    assert set(rates[10:60]) == {1.0}
    assert rate_factor(OptimConfig(schedule="step"), 300, 100) == pytest.approx(0.01)


@pytest.mark.parametrize("steps", [1, 2, 3, 7])
def test_short_runs_have_rates_above_zero_and_up_to_one(steps: int) -> None:
    for warmup in (0.0, 0.05, 0.9):
        assert all(0 < rate <= 1 for rate in curve(steps, warmup=warmup))


def test_after_the_last_step_the_rate_is_constant() -> None:
    assert rate_factor(OptimConfig(final=0.1), 200, 100) == pytest.approx(0.1)


def test_a_ramp_rises_within_its_share_of_the_run_and_is_constant_afterwards() -> None:
    assert [ramp(1.0, 3.0, 0.5, fraction) for fraction in (0.0, 0.25, 0.5, 0.9)] == pytest.approx([1.0, 2.0, 3.0, 3.0])
    assert ramp(1.0, 0.0625, 0.25, 0.125) == pytest.approx((1 + 0.0625) / 2)
    assert ramp(1.0, 3.0, 0.0, 0.0) == 3.0


def test_weight_decay_moves_along_half_a_cosine_where_an_end_is_set() -> None:
    moving = OptimConfig(weight_decay=0.04, weight_decay_end=0.4)
    assert [decay_at(moving, share) for share in (0.0, 0.5, 1.0)] == pytest.approx([0.04, 0.22, 0.4])
    assert decay_at(OptimConfig(weight_decay=0.04), 0.5) == 0.04
    weights = [torch.nn.Parameter(torch.ones(2, 2)), torch.nn.Parameter(torch.ones(2))]
    optimiser = build_optimiser([(weights, 1.0, False)], OptimConfig(name="lars", lr=2.0, weight_decay=0.04, bias_rate=0.024))
    set_decay(optimiser, 0.3)
    # Biases have no decay, and a rate of their own.
    assert [(group["weight_decay"], group["lr"]) for group in optimiser.param_groups] == [(0.3, 2.0), (0.0, pytest.approx(0.048))]
