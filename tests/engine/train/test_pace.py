"""A run by minutes takes that time at any load of the machine, and can be repeated from its record."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from engine.config.run import RunConfig
from engine.events import Event, LengthChanged, RunStarted, StepDone
from engine.runs.reader import read_run_config, read_status
from engine.runs.writer import RunWriter
from engine.train import dry_run, loop, monitor, stopwatch
from engine.train.control import Control
from engine.train.dry_run import DryRun
from engine.train.setup import Session
from engine.train.train_run import resume, train

Small = Callable[..., RunConfig]
MINUTES = 0.25
QUIET = {"pictures": False, "embed_images": 0, "knn_every": 1000}


class Machine:
    """A clock that each step advances by `cost(seconds so far)`."""

    def __init__(self, cost: Callable[[float], float]) -> None:
        self.now, self.cost = 0.0, cost

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[float], float], int], Machine]:
    """Simulate a machine with a given duration per step, and a first estimate of the number of steps."""
    take = loop.take_step

    def put(cost: Callable[[float], float], estimate: int) -> Machine:
        clock = Machine(cost)
        for module in (loop, monitor, stopwatch):
            monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=clock))
        monkeypatch.setattr(dry_run, "dry_run", lambda config, dataset=None: DryRun(1.0, 0, estimate, 60.0))

        def step(session: Session) -> object:
            clock.now += clock.cost(clock.now)
            return take(session)

        monkeypatch.setattr(loop, "take_step", step)
        return clock

    return put


def steps_of(events: list[Event]) -> dict[int, tuple[float, float]]:
    """Loss and learning rate by step."""
    return {event.step: (event.loss, event.lr) for event in events if isinstance(event, StepDone)}


@pytest.mark.parametrize(
    ("cost", "estimate"),
    [
        (lambda now: 0.25, 20),  # measured beside another job that has ended: three times as fast
        pytest.param(lambda now: 0.25, 200, marks=pytest.mark.slow),  # and the reverse
        # a job that starts and ends during the run
        pytest.param(lambda now: 0.5 if 4 < now < 9 else 0.2, 70, marks=pytest.mark.slow),
        (lambda now: 0.2 if now < 8 else 0.6, 70),  # one that continues
        (lambda now: 4.0, 70),  # steps that are long compared with the minutes
    ],
)
def test_a_run_takes_the_given_minutes(
    small: Small, machine: Callable[..., Machine], cost: Callable[[float], float], estimate: int, tmp_path: Path
) -> None:
    clock = machine(cost, estimate)
    events: list[Event] = []
    config = small(
        "rotation",
        {"train": {"steps": 0, "minutes": MINUTES}, "monitor": QUIET},
    )
    run = train(config, events.append, Control(), tmp_path)
    longest = max(cost(now) for now in range(15))
    assert abs(clock.now - 60 * MINUTES) <= max(1.5, longest)
    kept = read_run_config(tmp_path).train
    assert run.step == kept.steps == kept.plan[-1][1]
    assert [event.steps for event in events if isinstance(event, LengthChanged)] == [change[1] for change in kept.plan[1:]]
    # The schedule is monotonic and complete.
    rates = [rate for _, rate in steps_of(events).values()]
    peak = rates.index(max(rates))
    assert rates[peak:] == sorted(rates[peak:], reverse=True)
    if len(rates) > 20:
        assert rates[-1] < 0.05 * max(rates)


def test_a_run_by_minutes_is_repeated_and_resumed_exactly(small: Small, machine: Callable[..., Machine], tmp_path: Path) -> None:
    class Killed(BaseException):
        pass

    machine(lambda now: 0.2 if now < 4 else 0.5, 40)
    config = small("moco_v2", {"train": {"steps": 0, "minutes": MINUTES}, "monitor": QUIET})
    broken, control = list[Event](), Control()
    folder, again = tmp_path / "one", tmp_path / "two"
    folder.mkdir()
    again.mkdir()

    def kill_at_36(event: Event) -> None:
        broken.append(event)
        writer(event)
        if isinstance(event, StepDone) and event.step == 12:
            control.checkpoint()
        if isinstance(event, StepDone) and event.step == 36:
            raise Killed

    with pytest.raises(Killed), RunWriter(folder) as writer:
        train(config, kill_at_36, control, folder)
    assert len([change for change in read_run_config(folder).train.plan if 12 < change[0] <= 36]) >= 1
    events: list[Event] = []
    writer = RunWriter(folder)

    def listen(event: Event) -> None:
        writer(event)
        events.append(event)

    run = resume(folder, listen, Control())
    first = next(event for event in events if isinstance(event, RunStarted)).step
    assert 12 <= first < 36
    rest = steps_of(events)
    for step, values in steps_of(broken).items():
        if step > first:
            assert rest[step] == values, step
    assert max(rest) == run.step > 36
    assert read_status(folder).steps == run.step

    # The actual steps are in the config: another folder repeats the run on another machine, and so does its own resume.
    machine(lambda now: 0.01, 1)
    repeated: list[Event] = []
    train(read_run_config(folder), repeated.append, Control(), again)
    assert steps_of(repeated) == {**steps_of(broken), **rest}
    assert read_run_config(again).train.minutes == 0
    assert not [event for event in repeated if isinstance(event, LengthChanged)]
