"""A run whose length changes during training: the fraction done at each step, and its record."""

from __future__ import annotations

import pytest

from engine.config.run import RunConfig, TrainConfig
from engine.config.text import from_yaml, parse, to_yaml
from engine.method import Stage
from engine.train.length import Length
from engine.train.stages import spans


def test_without_a_change_the_fraction_is_proportional_to_the_step() -> None:
    length = Length.even(10)
    assert [length.share(step) for step in (0, 3, 10)] == [0.0, 0.3, 1.0]
    assert length.step_at(0.25) == 2.5
    assert not length.changed


def test_a_change_keeps_the_fraction_done_and_divides_the_rest_evenly() -> None:
    length = Length.even(100).revised(50, 150)
    assert length.share(50) == 0.5
    assert length.share(100) == pytest.approx(0.75)
    assert length.share(150) == 1.0
    assert length.step_at(0.25) == 25
    assert length.step_at(0.75) == pytest.approx(100)
    # Shortened so that the run is at its end at once.
    assert Length.even(100).revised(50, 60).share(55) == pytest.approx(0.75)
    assert Length.even(100).revised(50, 50).share(50) == 1.0
    with pytest.raises(ValueError, match=r"at least 50\. Got 49"):
        length.revised(50, 49)


def test_the_fraction_at_a_step_does_not_depend_on_later_changes() -> None:
    length = Length.even(100).revised(50, 150).revised(80, 90)
    assert length.known_at(49) == Length.even(100)
    assert length.known_at(50).steps == length.known_at(79).steps == 150
    assert length.known_at(80) == length
    # An earlier change removes those after it.
    assert length.revised(60, 200).changes[:2] == length.changes[:2]
    assert length.revised(60, 200).steps == 200


def test_a_finished_stage_stays_finished() -> None:
    stages = (Stage("tokenizer", 0.305),)
    for at in (31, 32, 50):
        for total in (at + 1, 70, 1000):
            length = Length.even(100).revised(at, total) if total > at else Length.even(100)
            first = spans(stages, length.steps, length.step_at)[0]
            assert (first.first, first.last) == (0, 30), (at, total)
    half = Length.even(100).revised(10, 60)
    assert spans(stages, half.steps, half.step_at)[0].last == round(10 + (0.305 - 0.1) / 0.9 * 50)


def test_a_record_is_read_from_yaml_exactly() -> None:
    length = Length.even(97).revised(13, 151).revised(31, 131).revised(32, 10_000_019)
    config = RunConfig(train=TrainConfig(steps=length.steps, plan=length.plan()))
    read = parse(RunConfig, from_yaml(to_yaml(config)))
    assert Length.of(read.train, 7) == length


@pytest.mark.parametrize(
    "plan",
    [((1, 20, 0.0),), ((0, 30, 0.0),), ((0, 10, 0.0), (5, 20, 0.5), (5, 20, 0.5)), ((0, 9, 0.0), (5, 4, 0.5), (6, 20, 0.5))],
)
def test_a_record_of_another_length_is_ignored(plan: tuple[tuple[int, int, float], ...]) -> None:
    assert Length.of(TrainConfig(steps=20, plan=plan), 7) == Length.even(20)
