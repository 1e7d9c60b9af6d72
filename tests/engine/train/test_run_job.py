"""A run as a job for other machines: it begins in a reserved folder and goes on from a checkpoint; what it asks a machine for."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.config.errors import ConfigError
from engine.events import Event, StepDone
from engine.execute.machines import Needs
from engine.runs import lock
from engine.runs.reader import read_metrics, read_status
from engine.runs.status import STALE_SECONDS, write_status
from engine.runs.writer import RunWriter
from engine.train import loop
from engine.train.run_job import RunEnd, needs_of, rest_of, run_job

SMALL: dict[str, Any] = {
    "method": {"id": "simclr"},
    "data": {"source": "shapes", "count": 64, "size": 32},
    "train": {"batch": 16, "steps": 6, "device": "cpu", "precision": "fp32", "threads": 1, "checkpoint_seconds": 1e-6},
    "monitor": {"embed_images": 0, "pictures": False},
}


class Killed(BaseException):
    """The end of a worker: nothing after it is carried out."""


def losses(folder: Path) -> dict[int, float]:
    return {line["step"]: line["loss"] for line in read_metrics(folder)[0] if line["event"] == "StepDone"}


def test_a_run_whose_worker_was_killed_goes_on_from_its_checkpoint_with_the_same_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "REPORT_SECONDS", 0.0)
    monkeypatch.setattr(lock, "FREE_SECONDS", 0.1)
    whole, job = run_job(tmp_path, SMALL), run_job(tmp_path, SMALL)
    assert not list(job.folder.iterdir()), "only reserved: the window lists no run"
    assert whole.run(threading.Event()) == RunEnd("finished", 6)

    begun: list[int] = []
    write = RunWriter.__call__

    def listen(writer: RunWriter, event: Event) -> None:
        write(writer, event)
        if isinstance(event, StepDone):
            begun.append(event.step)
            if len(begun) == 4:
                raise Killed

    monkeypatch.setattr(RunWriter, "__call__", listen)
    with pytest.raises(Killed):
        job.run(threading.Event())
    # As a worker of another machine leaves it: nobody says that it is dead until it has been silent for a minute.
    dead = replace(read_status(job.folder), state="running", host="node7", heartbeat=time.time() - STALE_SECONDS + 1)
    write_status(job.folder, dead)
    assert job.run(threading.Event()) == RunEnd("finished", 6)
    assert begun[:4] == [1, 2, 3, 4]
    assert 1 < begun[4] <= 4, "from the checkpoint, not from the beginning"
    assert losses(job.folder) == losses(whole.folder)
    assert rest_of(job.folder).run(threading.Event()) == RunEnd("finished", 6)
    assert begun[-1] == 6
    assert len(begun) == 4 + 6 - begun[4] + 1, "a finished run is not trained again"


def test_a_stopped_job_ends_with_a_checkpoint_and_one_that_has_not_begun_does_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "REPORT_SECONDS", 0.0)
    job, stop = run_job(tmp_path, SMALL), threading.Event()
    stop.set()
    assert job.run(stop) == RunEnd("stopped", 0)
    assert not list(job.folder.iterdir())
    stop.clear()
    write = RunWriter.__call__

    def listen(writer: RunWriter, event: Event) -> None:
        write(writer, event)
        if isinstance(event, StepDone):
            stop.set()

    monkeypatch.setattr(RunWriter, "__call__", listen)
    assert job.run(stop) == RunEnd("stopped", 1)
    assert (job.folder / "checkpoints" / "last.pt").exists()


@pytest.mark.parametrize(
    ("train", "needs"),
    [
        ({}, Needs(None, 1)),
        ({"device": "cpu", "threads": 6}, Needs(0, 6)),
        ({"device": "cuda"}, Needs(1, 1)),
        ({"device": "cuda:0", "threads": 4}, Needs(1, 4)),
    ],
)
def test_a_run_asks_for_the_gpus_and_cores_of_its_settings(train: dict[str, Any], needs: Needs) -> None:
    assert needs_of({"train": train}) == needs


def test_the_device_is_not_looked_for_on_the_machine_of_the_command(tmp_path: Path) -> None:
    job = run_job(tmp_path, {**SMALL, "train": {**SMALL["train"], "device": "cuda", "precision": "auto"}})
    assert {name: job.config["train"][name] for name in ("device", "precision")} == {"device": "cuda", "precision": "auto"}
    for wrong, message in (
        ({"device": "cuda:2"}, "train.device must be cuda for runs on other machines"),
        ({"devices": 4}, "train.devices must be 1 for runs on other machines"),
        ({"device": 5}, "train.device must be"),
        ({"batch": -1}, "train.batch must be"),
    ):
        with pytest.raises(ConfigError, match=message):
            run_job(tmp_path, {**SMALL, "train": {**SMALL["train"], **wrong}})
    assert len(list(tmp_path.iterdir())) == 1
