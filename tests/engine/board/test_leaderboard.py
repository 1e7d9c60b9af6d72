"""The leaderboard: its trials, its tables, failed trials, and the memory of a trial in a child process."""

from __future__ import annotations

import csv
import json
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from engine.board.leaderboard import CAVEAT, Board, leaderboard, markdown
from engine.board.trial import Failure, Result, Trial, TrialError, TrialJob, finished, peak_memory, run_here
from engine.board.trial_process import _reason, run_apart, run_for
from engine.catalogue import CATALOGUE
from engine.config.errors import ConfigError
from engine.evaluate import protocol
from engine.evaluate.protocol import evaluate
from engine.events import Emit, Event, RunEnded, RunStarted, StepDone
from engine.execute.child_process import Parent, ParentEnded
from engine.execute.machines import Done, Dropped, Failed, Needs, Pool
from engine.methods.contrastive.simclr import SimCLR
from engine.runs import lock
from engine.runs.reader import read_config, read_status
from engine.runs.status import STALE_SECONDS, write_status
from engine.train import loop
from engine.train.control import Control

SMALL: dict[str, Any] = {
    "data": {"count": 120, "size": 16},
    "train": {"batch": 16, "steps": 3, "device": "cpu", "precision": "fp32", "threads": 1},
    "monitor": {"embed_images": 0, "knn_k": 5},
}
ROW = Result("simclr", 0, "resnet10_narrow", 100, 3.0, 1234.5, 2**30, 0.32, 0.5, 0.35, 0.52)


def quiet(what: object) -> None:
    pass


@pytest.fixture
def trial(tmp_path: Path) -> Trial:
    return Trial("simclr", 0, "shapes", 0.02, SMALL, tmp_path)


class Runner:
    """Returns fixed results; the methods in `failing` fail."""

    def __init__(self, *failing: str) -> None:
        self.failing = failing
        self.ran: list[tuple[str, int]] = []

    def __call__(self, trial: Trial, emit: Emit, report: Callable[[str], None]) -> Result | Failure:
        self.ran.append((trial.method, trial.seed))
        if trial.method in self.failing:
            return Failure(trial.method, trial.seed, "The loss became nan\nat step 7.")
        return replace(ROW, method=trial.method, seed=trial.seed)


def play(out: Path, run: Runner, **given: Any) -> Board:
    named = {"data": "shapes", "minutes": 3, "seeds": range(1), "settings": SMALL, **given}
    return leaderboard(**named, out=out, emit=quiet, report=quiet, run=run)


def test_every_method_is_run_for_each_seed(tmp_path: Path) -> None:
    run = Runner()
    board = play(tmp_path, run, seeds=range(2))
    assert run.ran == [(row.id, seed) for seed in range(2) for row in CATALOGUE if not row.teacher]
    assert [(result.method, result.seed) for result in board.results] == run.ran


def test_a_subset_of_methods_and_a_failed_trial(tmp_path: Path) -> None:
    board = play(tmp_path, Runner("byol"), methods=["simclr", "byol", "random", "supcon", "simclr"])
    assert [result.method for result in board.results] == ["simclr", "random", "supcon"]
    table = (tmp_path / "table.md").read_text()
    assert "Failed: byol, seed 0. The loss became nan at step 7." in table
    assert CAVEAT in table
    rows = list(csv.DictReader((tmp_path / "table.csv").open()))
    assert [(row["method"], row["labels"], row["error"].splitlines()) for row in rows] == [
        ("simclr", "0", []),
        ("random", "0", []),
        ("supcon", "1", []),
        ("byol", "0", ["The loss became nan", "at step 7."]),
    ]
    assert float(rows[0]["knn"]) == 0.5


class Together:
    """Machines that take all jobs at once, and end the last of them first."""

    slots = 99

    def __init__(self, *endings: Any) -> None:
        self.endings, self.given = list(endings), list[TrialJob]()

    def submit(self, job: Any) -> Any:
        self.given.append(job)
        return SimpleNamespace(ending=lambda: self.end(job), stop=lambda: None, kill=lambda: None)

    def end(self, job: TrialJob) -> Any:
        if job is not self.given[-1]:
            return None
        self.given.pop()
        return self.endings.pop(0)

    def close(self) -> None:
        pass


def test_on_other_machines_the_table_keeps_the_order_and_a_failure_is_listed(tmp_path: Path) -> None:
    byol, simclr = Done(replace(ROW, method="byol")), Done(ROW)
    machines = Together(byol, Failed("On node7: no such data"), simclr, Dropped())
    ids = ["random", "simclr", "vicreg", "byol"]
    board = play(tmp_path, Runner(), methods=ids, pool=Pool(machines))
    assert board == Board((simclr.value, byol.value), (Failure("vicreg", 0, "On node7: no such data"),))
    assert [row["method"] for row in csv.DictReader((tmp_path / "table.csv").open())] == ["simclr", "byol", "vicreg"]
    # A GPU by its number is of one machine.
    settings = {**SMALL, "train": {**SMALL["train"], "device": "cuda:3"}}
    with pytest.raises(ConfigError, match=r"train.device must be cuda for runs on other machines"):
        play(tmp_path / "other", Runner(), methods=ids, settings=settings, pool=Pool(machines))


def test_a_trial_whose_worker_was_killed_is_resumed_when_it_is_known_to_be_dead(
    trial: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On another machine that is a minute after its last sign of life."""
    job = TrialJob(trial, Needs())
    first = job.run(threading.Event())
    [folder] = (trial.out / "runs").iterdir()
    (folder / "leaderboard.json").write_text(json.dumps({"method": "simclr", "seed": 0}))
    write_status(folder, replace(read_status(folder), state="running", host="node7", heartbeat=time.time() - STALE_SECONDS + 0.5))
    monkeypatch.setattr(lock, "FREE_SECONDS", 0.1)
    again = job.run(threading.Event())
    assert isinstance(first, Result)
    assert isinstance(again, Result)
    assert replace(again, memory_bytes=0) == replace(first, memory_bytes=0)
    assert len(list((trial.out / "runs").iterdir())) == 1


def test_a_misspelt_method_is_refused_before_anything_runs(tmp_path: Path) -> None:
    run = Runner()
    with pytest.raises(ConfigError, match="Did you mean 'simclr'"):
        play(tmp_path, run, methods=["byol", "simcrl"])
    with pytest.raises(ConfigError, match="--methods must be at least one id"):
        play(tmp_path, run, methods=[])
    assert run.ran == []


def test_data_without_labels_is_refused_before_anything_runs(tmp_path: Path) -> None:
    np.savez(tmp_path / "plain.npz", train_images=np.random.default_rng(0).integers(0, 255, (60, 16, 16, 3), np.uint8))
    run = Runner()
    with pytest.raises(ConfigError, match="which kNN and linear probe ask for"):
        play(tmp_path / "board", run, data=str(tmp_path / "plain.npz"), settings={})
    assert run.ran == []


def test_results_with_other_settings_are_not_mixed(tmp_path: Path) -> None:
    play(tmp_path, Runner(), methods=["simclr"])
    play(tmp_path, Runner(), methods=["byol"], seeds=range(3))  # other methods and seeds may be added
    with pytest.raises(ConfigError, match=r"--out must be a new folder, .* Its figures are of minutes 3: repeat"):
        play(tmp_path, Runner(), minutes=5)
    with pytest.raises(ConfigError, match="figures are of settings"):
        play(tmp_path, Runner(), settings={**SMALL, "optim": {"lr": 0.1}})


def test_the_table_has_mean_and_spread_and_marked_rows() -> None:
    rows = (
        ROW,
        replace(ROW, seed=1, knn=0.54, memory_bytes=2**31),
        replace(ROW, method="random", knn=0.32, linear=0.35),
        replace(ROW, method="supervised"),
    )
    lines = markdown(Board(rows, ()), "some/where/photos.npz", 3).splitlines()
    assert lines[0] == f"photos.npz, 3 minutes a method. {CAVEAT}"
    assert lines[4] == (
        "| simclr | resnet10_narrow | 2 | 100 | 0.320 | 0.520 | +0.200 | ±0.020 "
        "| 0.350 | 0.520 | +0.170 | ±0.000 | 1,234 | 2.0 GiB |"
    )
    assert lines[5].startswith("| random ‡ | resnet10_narrow | 1 |")
    assert lines[6].startswith("| supervised † |")
    assert {line.count("|") for line in lines[2:7]} == {15}
    notes = "\n".join(lines[7:])
    assert "† learns from class labels" in notes
    assert "‡ learns nothing, and was given 20 steps" in notes
    assert "All that learn are above" in notes


def test_rows_not_above_the_untrained_encoder_by_the_spread_of_seeds_are_named() -> None:
    misses = [replace(ROW, method="byol", seed=seed, knn=0.32 + seed * 0.02, linear=0.35) for seed in range(2)]
    text = markdown(Board((ROW, *misses), ()), "shapes", 3)
    assert "by more than the widest spread measured): byol." in text
    # With one seed, and above by less than the spread of another method's seeds.
    thin = replace(ROW, method="simsiam", knn=0.325, linear=0.35)
    assert ": byol, simsiam." in markdown(Board((ROW, *misses, thin), ()), "shapes", 3)


def test_gpu_memory_is_a_column_if_a_gpu_was_used() -> None:
    text = markdown(Board((replace(ROW, gpu_bytes=2**32),), ()), "shapes", 3)
    assert "| memory | GPU memory |" in text
    assert "| 1.0 GiB | 4.0 GiB |" in text
    assert "GPU" not in markdown(Board((ROW,), ()), "shapes", 3)


def test_a_trial_is_trained_and_evaluated_once(trial: Trial) -> None:
    result = run_here(trial, quiet, Control())
    [folder] = (trial.out / "runs").iterdir()
    figures = evaluate(folder)
    assert (result.knn, result.linear_untrained) == (figures.trained.knn, figures.untrained.linear)
    assert (result.steps, result.backbone) == (3, "resnet10_narrow")
    assert result.images_per_second > 0
    assert finished(trial) == result
    assert finished(replace(trial, seed=1)) is None
    run = Runner()
    assert play(trial.out, run, minutes=0.02, methods=["simclr"]).results == (result,)
    assert run.ran == []


def test_minutes_set_the_number_of_steps_and_the_untrained_encoder_has_none(trial: Trial) -> None:
    assert replace(trial, settings={}).given()["train"] == {"seed": 0, "minutes": 0.02}
    assert replace(trial, settings={}, method="random").given()["train"] == {"seed": 0, "steps": 20}


def test_a_stopped_trial_is_resumed(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "REPORT_SECONDS", 0.0)
    control, steps = Control(), []

    def stop_after_one(event: Event) -> None:
        if isinstance(event, StepDone):
            steps.append(event.step)
            control.stop()

    with pytest.raises(TrialError, match="Stopped"):
        run_here(trial, stop_after_one, control)
    assert finished(trial) is None
    run_here(trial, lambda event: steps.append(event.step) if isinstance(event, StepDone) else None, Control())
    assert steps == [1, 2, 3]
    assert len(list((trial.out / "runs").iterdir())) == 1


def test_a_trial_killed_during_evaluation_is_not_trained_again(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(protocol, "evaluate", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            run_here(trial, quiet, Control())
    events: list[Event] = []
    result = run_here(trial, events.append, Control())
    assert events == []
    assert result.memory_bytes > 0


def test_a_diverged_trial_raises_an_error_and_is_started_again(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        forward = SimCLR.forward
        patched.setattr(SimCLR, "forward", lambda *given: replace(forward(*given), loss=forward(*given).loss * float("nan")))
        with pytest.raises(TrialError, match="The loss became nan at step 1"):
            run_here(trial, quiet, Control())
    run_here(trial, quiet, Control())
    states = [read_status(folder).state for folder in sorted((trial.out / "runs").iterdir(), key=lambda path: path.stat().st_ctime)]
    assert sorted(states) == ["failed", "finished"]


@pytest.mark.slow
def test_in_a_child_process_only_the_trial_s_own_memory_is_measured(tmp_path: Path) -> None:
    """A trial that fails does not stop the others."""
    ballast = np.ones(2**29, np.uint8)  # half a gibibyte that must not be counted for the children
    events: list[Event] = []
    reports: list[str] = []
    settings = {**SMALL, "train": {**SMALL["train"], "steps": 0}, "backbone": {"name": "resnet10_narrow"}}
    board = leaderboard("shapes", 0.02, range(1), tmp_path, events.append, reports.append, ["mae", "simclr"], settings, run_apart)
    [failed] = board.failures
    assert failed.reason.startswith("backbone.name must be a ViT for mae")
    assert "mae, seed 0: failed, the others go on." in reports[1]
    [result] = board.results
    assert 2**26 < result.memory_bytes < peak_memory() - 2**28
    assert [type(event) for event in (events[0], events[-1])] == [RunStarted, RunEnded]
    assert any(isinstance(event, StepDone) for event in events)
    [folder] = (tmp_path / "runs").iterdir()
    assert read_config(folder)["train"]["minutes"] == 0.02
    assert result.steps >= 1  # how many depends on what else the machine does
    assert len(ballast)


def test_an_interrupt_stops_the_child_process_with_a_checkpoint(trial: Trial) -> None:
    reports: list[str] = []
    long = replace(trial, settings={**SMALL, "train": {**SMALL["train"], "steps": 100_000}})

    def interrupt(event: Event) -> None:
        if isinstance(event, StepDone) and not reports:
            signal.raise_signal(signal.SIGINT)

    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        run_apart(long, interrupt, reports.append)
    assert reports == ["Stopping after this step, with a checkpoint; Ctrl+C again to stop at once."]
    assert signal.getsignal(signal.SIGINT) is before
    [folder] = (trial.out / "runs").iterdir()
    status = read_status(folder)
    assert status.state == "stopped"
    assert 0 < status.step < 100_000
    assert (folder / "checkpoints" / "last.pt").exists()


def test_after_a_killed_leaderboard_the_run_is_stopped_with_a_checkpoint(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pipe to the parent is broken: the run stops with a checkpoint and is not marked as failed."""
    monkeypatch.setattr(signal, "signal", lambda number, handler: None)
    over = threading.Event()

    class Gone:
        """Pipes to a parent that has ended. Only `send` notices it, as on a system that reports it late."""

        def send(self, message: object) -> None:
            raise ParentEnded

        def receive(self) -> object:
            over.wait()
            raise ParentEnded

    try:
        run_for(cast(Parent, Gone()), replace(trial, settings={**SMALL, "train": {**SMALL["train"], "steps": 500}}))
    finally:
        over.set()
    [folder] = (trial.out / "runs").iterdir()
    assert read_status(folder).state == "stopped"
    assert (folder / "checkpoints" / "last.pt").exists()


def test_the_reason_of_a_dead_process_names_signal_or_exit_code() -> None:
    assert _reason(-9) == "The process was ended by signal 9; the machine may have run out of memory."
    assert _reason(3) == "The process ended with code 3."


def test_own_tasks_have_a_table_and_methods_at_chance_level_are_named() -> None:
    better = replace(ROW, method="rotation", task="accuracy", task_value=0.7, task_trivial=0.25)
    worse = replace(ROW, method="mae", task="reconstruction error", task_value=1.1, task_trivial=0.98, task_higher=False)
    text = markdown(Board((ROW, better, worse), ()), "x.npz", 3)
    table = text[text.index("| pretext task") :]
    assert "| rotation | accuracy (higher is better) | 0.700 | 0.250 |" in table
    assert "| mae | reconstruction error (lower is better) | 1.100 | 0.980 |" in table
    assert "simclr" not in table
    assert text.endswith("No better at the pretext task than the baseline: mae.\n")
    assert "pretext task" not in markdown(Board((ROW,), ()), "x.npz", 3)
