"""One method and seed of the leaderboard: train, evaluate, and store the figures in the run's folder. Imports torch when it
runs."""

from __future__ import annotations

import json
import statistics
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from engine.catalogue import entry
from engine.config.errors import ConfigError
from engine.config.small_files import FileError, as_type, read_object
from engine.config.text import merge
from engine.events import Emit, Event
from engine.execute.machines import Needs
from engine.runs.atomic_write import atomic_write
from engine.runs.lock import wait_until_free
from engine.runs.reader import read_metrics, read_status
from engine.runs.run_folder import create_folder
from engine.runs.writer import RunWriter
from engine.train.control import Control

RESULT = "leaderboard.json"
# The data, budget and settings of a leaderboard, in its folder.
TERMS = "terms.json"
# A baseline that does not learn takes a few steps only, for its speed.
UNLEARNED_STEPS = 20


@dataclass(frozen=True)
class Trial:
    """A method and seed to run: `settings` are nested config values for every method, `out` the leaderboard's folder."""

    method: str
    seed: int
    data: str
    minutes: float
    settings: Mapping[str, Any]
    out: Path

    def given(self) -> dict[str, Any]:
        """The config, before it is resolved."""
        length = {"minutes": self.minutes} if entry(self.method).learns else {"steps": UNLEARNED_STEPS}
        own = {"method": {"id": self.method}, "data": {"source": self.data}, "train": {"seed": self.seed, **length}}
        return merge(own, self.settings)


@dataclass(frozen=True)
class Result:
    """One (method, seed): accuracies between 0 and 1 on the test split. `memory_bytes`: most physical memory of the process while
    it trained, Python, PyTorch and the images included; `gpu_bytes`: peak memory of its tensors on a GPU. `task`: the
    measure of the method's own task, "" where it has none, with its value on the test split and its baseline (see own_task.py)."""

    method: str
    seed: int
    backbone: str
    steps: int
    minutes: float
    images_per_second: float
    memory_bytes: int
    knn_untrained: float
    knn: float
    linear_untrained: float
    linear: float
    gpu_bytes: int = 0
    task: str = ""
    task_value: float = 0.0
    task_trivial: float = 0.0
    task_higher: bool = True


@dataclass(frozen=True)
class Failure:
    """One (method, seed) without figures, and why."""

    method: str
    seed: int
    reason: str


@dataclass(frozen=True)
class TrialJob:
    """A trial as a job for other machines. needs: of its settings."""

    trial: Trial
    needs: Needs

    @property
    def title(self) -> str:
        return f"{self.trial.method}, seed {self.trial.seed}"

    @property
    def shared(self) -> Path:
        return self.trial.out / TERMS

    def run(self, stop: threading.Event) -> Result | Failure:
        """Train and evaluate it, or the rest of it; it waits while another process still trains it."""
        for folder, mark in _marks(self.trial):
            if "knn" not in mark:
                wait_until_free(folder, stop)
        try:
            return finished(self.trial) or run_here(self.trial, lambda event: None, Control(stop))
        except (TrialError, ConfigError) as error:
            return Failure(self.trial.method, self.trial.seed, str(error))


class TrialError(RuntimeError):
    """The run failed or was stopped; the message says why."""


def run_here(trial: Trial, emit: Emit, control: Control) -> Result:
    """Train, or resume an interrupted run, then evaluate. The figures are also stored in the run's folder, from which `finished`
    reads them. TrialError where the run fails or is stopped, ConfigError where the config does not fit."""
    from engine.evaluate.protocol import evaluate
    from engine.train.device_check import check_one_process
    from engine.train.own_task import evaluate_task
    from engine.train.resolve import resolve
    from engine.train.train_run import resume, train

    folder = _interrupted(trial)
    fresh = folder is None
    if folder is None:
        config = resolve(trial.given())
        check_one_process(config)
        folder = create_folder(trial.out / "runs", config)
        _mark(folder, {"method": trial.method, "seed": trial.seed})
    if read_status(folder).state != "finished":
        with RunWriter(folder) as writer:

            def listen(event: Event) -> None:
                writer(event)
                emit(event)

            run = train(config, listen, control, folder) if fresh else resume(folder, listen, control)
        if run.state != "finished":
            raise TrialError(run.error or "Stopped before its end.")
        _mark(folder, {**_read(folder), "memory_bytes": peak_memory(), "gpu_bytes": peak_gpu_memory()})
    status, mark = read_status(folder), _read(folder)
    figures = evaluate(folder, device=status.device).to_dict()
    score = evaluate_task(folder, device=status.device)
    speeds = [event["images_per_second"] for event in read_metrics(folder)[0] if event["event"] == "StepDone"]
    result = Result(
        method=trial.method,
        seed=trial.seed,
        backbone=figures["backbone"],
        steps=status.step,
        minutes=status.seconds / 60,
        images_per_second=statistics.median(speeds),
        memory_bytes=mark.get("memory_bytes", 0),
        knn_untrained=figures["untrained"]["knn"],
        knn=figures["trained"]["knn"],
        linear_untrained=figures["untrained"]["linear"],
        linear=figures["trained"]["linear"],
        gpu_bytes=mark.get("gpu_bytes", 0),
    )
    if score is not None:
        result = replace(
            result,
            task=score.name,
            task_value=score.value,
            task_trivial=score.baseline,
            task_higher=score.higher,
        )
    _mark(folder, asdict(result))
    return result


def finished(trial: Trial) -> Result | None:
    """The stored figures of a finished trial."""
    for _, mark in _marks(trial):
        if "knn" in mark:
            with suppress(FileError):
                return as_type(Result, mark)
    return None


def peak_memory() -> int:
    """Peak physical memory of this process, in bytes."""
    if sys.platform == "linux":
        # Not getrusage: there a child's figure starts at its parent's.
        for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    if sys.platform == "win32":
        import psutil

        return int(psutil.Process().memory_info().peak_wset)
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(peak if sys.platform == "darwin" else peak * 1024)


def peak_gpu_memory() -> int:
    """The most that this process's tensors have taken on a CUDA device, in bytes; 0 where it used none."""
    import torch

    if not torch.cuda.is_initialized():
        return 0
    return max(torch.cuda.max_memory_allocated(device) for device in range(torch.cuda.device_count()))


def _interrupted(trial: Trial) -> Path | None:
    """The folder of an interrupted trial, which did not fail and has no figures yet. A failed one is started again."""
    for folder, mark in _marks(trial):
        if "knn" not in mark and read_status(folder).state in ("finished", "stopped", "interrupted"):
            return folder
    return None


def _marks(trial: Trial) -> Iterator[tuple[Path, dict[str, Any]]]:
    for path in sorted((trial.out / "runs").glob(f"*/{RESULT}")):
        mark = _read(path.parent)
        if mark.get("method") == trial.method and mark.get("seed") == trial.seed:
            yield path.parent, mark


def _read(folder: Path) -> dict[str, Any]:
    try:
        return read_object(folder / RESULT)
    except (OSError, FileError):  # torn by a killed process
        return {}


def _mark(folder: Path, values: Mapping[str, Any]) -> None:
    with atomic_write(folder / RESULT) as temporary:
        temporary.write_text(json.dumps(values, indent=2), encoding="utf-8")
