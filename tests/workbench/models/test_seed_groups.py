"""Groups by seed: which runs belong together, and the mean of their curves and figures."""

from __future__ import annotations

import math

import numpy as np
import pytest

from workbench.models.seed_groups import SeedGroup, common_title, mean_curve, seed_groups, spread, values_at

NAN = math.nan


def config(seed: int, **others: object) -> dict[str, object]:
    names = {name.replace("__", "."): value for name, value in others.items()}
    return {"method.id": "simclr", "optim.lr": 0.002, "train.seed": seed, "train.minutes": 0.0, "train.steps": 100} | names


def curve(values: dict[float, float]) -> tuple[np.ndarray, np.ndarray]:
    return np.array(list(values), float), np.array(list(values.values()), float)


def test_runs_that_differ_in_the_seed_are_a_group_and_others_are_not() -> None:
    configs = {"a": config(0), "b": config(1), "c": config(1, optim__lr=0.01), "d": config(2), "e": None, "f": None}
    assert seed_groups(configs) == (SeedGroup(("a", "b", "d")), SeedGroup(("c",)), SeedGroup(("e",)), SeedGroup(("f",)))


def test_a_machine_and_its_intervals_make_no_other_run() -> None:
    configs = {
        "a": config(0, train__device="cpu", monitor__knn_every=3),
        "b": config(1, train__device="cuda:1", monitor__knn_every=5),
    }
    assert seed_groups(configs) == (SeedGroup(("a", "b")),)


@pytest.mark.parametrize(("minutes", "together"), [(5.0, True), (0.0, False)])
def test_only_a_run_by_minutes_may_have_another_number_of_steps(minutes: float, together: bool) -> None:
    configs = {
        "a": config(0, train__minutes=minutes, train__steps=90),
        "b": config(1, train__minutes=minutes, train__steps=110),
    }
    assert len(seed_groups(configs)) == (1 if together else 2)


def test_a_group_begins_with_its_lowest_seed_whatever_the_order_of_the_runs() -> None:
    assert seed_groups({"c": config(7), "a": config(0), "b": config(3)}) == (SeedGroup(("a", "b", "c")),)


def test_a_repeated_seed_is_no_further_sample() -> None:
    assert seed_groups({"a": config(0), "b": config(0), "c": config(1)}) == (SeedGroup(("a", "c"), ("b",)),)


def test_numbers_are_equal_however_they_are_written_and_true_is_no_number() -> None:
    assert len(seed_groups({"a": config(0, x=1), "b": config(1, x=1.0)})) == 1
    assert len(seed_groups({"a": config(0, x=1), "b": config(1, x=True)})) == 2
    assert len(seed_groups({"a": config(0, x=[1, 2]), "b": config(1, x=(1.0, 2))})) == 1


def test_mean_and_deviation_at_the_same_steps() -> None:
    made = mean_curve([curve({1: 2.0, 2: 4.0}), curve({1: 4.0, 2: 4.0}), curve({1: 6.0, 2: 4.0})])
    assert made.steps.tolist() == [1, 2]
    assert made.mean.tolist() == [4, 4]
    assert made.deviation.tolist() == [2, 0]  # of a sample: sqrt((4 + 0 + 4) / 2)
    assert made.count.tolist() == [3, 3]


def test_runs_of_different_lengths_state_how_many_there_are() -> None:
    made = mean_curve([curve({1: 1.0, 2: 2.0, 3: 3.0}), curve({1: 3.0, 2: 4.0})])
    assert made.mean.tolist() == [2, 3, 3]
    assert made.count.tolist() == [2, 2, 1]
    assert math.isnan(made.deviation[2])


def test_steps_that_another_run_lacks_are_interpolated_and_never_beyond_its_ends() -> None:
    made = mean_curve([curve({0: 0.0, 10: 1.0, 20: 2.0, 30: 3.0}), curve({5: 10.0, 25: 30.0, 40: 7.0})])
    assert made.steps.tolist() == [0, 10, 20, 30, 40]
    assert made.count.tolist() == [1, 2, 2, 2, 1]
    assert made.mean[1] == pytest.approx((1 + 15) / 2)
    assert made.mean[2] == pytest.approx((2 + 25) / 2)
    assert made.mean[[0, 4]].tolist() == [0, 7]


def test_a_gap_is_not_bridged() -> None:
    # A run that was resumed: the gap stands at the step before it.
    x, y = np.array([1.0, 2.0, 2.0, 4.0, 5.0]), np.array([1.0, 2.0, NAN, 4.0, 5.0])
    np.testing.assert_array_equal(values_at(x, y, np.array([0.5, 1.5, 2.0, 3.0, 4.0, 4.5, 5.5])), [NAN, 1.5, 2, NAN, 4, 4.5, NAN])


def test_a_value_that_was_not_finite_leaves_its_run_out_there() -> None:
    made = mean_curve([curve({1: 1.0, 2: NAN, 3: 3.0}), curve({1: 3.0, 2: 8.0, 3: 5.0})])
    assert made.mean.tolist() == [2, 8, 4]
    assert made.count.tolist() == [2, 1, 2]


def test_a_gap_in_all_is_a_gap_of_the_mean() -> None:
    made = mean_curve([curve({1: 1.0, 2: NAN}), curve({1: 3.0, 2: NAN})])
    assert made.mean[0] == 2
    assert math.isnan(made.mean[1])
    assert made.count.tolist() == [2, 0]


def test_no_runs_and_empty_runs() -> None:
    assert mean_curve([]).steps.size == 0
    empty = (np.empty(0), np.empty(0))
    assert mean_curve([empty, empty]).mean.size == 0
    assert mean_curve([empty, curve({1: 2.0})]).count.tolist() == [1]


def test_a_group_of_one_has_a_mean_and_no_deviation() -> None:
    made = mean_curve([curve({1: 1.0, 2: 5.0})])
    assert made.mean.tolist() == [1, 5]
    assert np.isnan(made.deviation).all()


def test_the_spread_of_figures() -> None:
    made = spread([0.2, None, 0.4, NAN, 0.6])
    assert made is not None
    assert (made.mean, made.deviation, made.count) == (pytest.approx(0.4), pytest.approx(0.2), 3)
    one = spread([0.5])
    assert one is not None
    assert one.count == 1
    assert math.isnan(one.deviation)
    assert spread([None, NAN]) is None


@pytest.mark.parametrize(
    ("titles", "title"),
    [
        (["VICReg · shapes · s0", "VICReg · shapes · s1"], "VICReg · shapes"),
        (["demo", "demo"], "demo"),
        (["simclr · lr 0.01, seed 0", "simclr · lr 0.01, seed 1"], "simclr · lr 0.01"),
        (["first", "second"], "first"),
    ],
)
def test_the_title_of_a_group_is_what_its_runs_share(titles: list[str], title: str) -> None:
    assert common_title(titles) == title


def test_a_group_without_a_common_word_has_the_title_that_is_given() -> None:
    assert common_title(["first", "second"], "simclr · shapes") == "simclr · shapes"
