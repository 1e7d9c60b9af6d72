"""Jobs of Slurm, by submitit. Imports submitit when it is opened."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import psutil

from engine.config.errors import ConfigError, complain, unwritten
from engine.execute.machines import Dropped, Ending, Failed, Job, Lost, Submitted, Worker

T = TypeVar("T")

# Minutes of a job where none are given. A run that takes longer goes on in the same job, which is queued again.
MINUTES = 60
# How often Slurm queues a job again that ran out of its time.
MOST_TIMES = 1000
# Options with names of their own; others are those of submitit's Slurm executor.
OWN = ("partition", "time", "gpus", "cpus", "memory", "at_once", "setup", "logs", "cluster")
# Seconds between two questions to Slurm's accounting about a job without a result, and how long its result may take to appear.
ASK_SECONDS, RESULT_SECONDS = 60.0, 15.0


class SlurmCall:
    """What a job of Slurm executes. submitit pickles it, calls it, and calls `checkpoint` before the job is queued again."""

    def __init__(self, job: Job[Any], cores: int) -> None:
        self.job, self.cores = job, cores
        self._worker: Worker[Any] | None = None

    def __call__(self) -> Ending[Any]:
        self._worker = Worker(self.job, self.cores)
        return self._worker.run()

    def checkpoint(self) -> Any:
        """Stop the job with a checkpoint; what goes on with it when the job runs again."""
        from submitit.helpers import DelayedSubmission

        if self._worker is not None:
            self._worker.stop()
        return DelayedSubmission(SlurmCall(self.job, self.cores))


class SlurmMachines:
    """Slurm, or processes of this machine by submitit's executor for trying it out (`cluster=local`).

    root: the folder of runs, on a disk that all machines share; submitit's files are in `.slurm` in it. options: texts KEY=VALUE,
    see docs/recipes.md. ConfigError where submitit or Slurm is not installed, and for an option that is not known."""

    def __init__(self, root: Path, options: Sequence[str] = ()) -> None:
        try:
            import submitit
        except ImportError:
            remedy = "Install it: pip install 'parallax-workbench[slurm]'."
            raise complain("--on", "local or ray, where the package submitit is not installed", "slurm", remedy) from None
        given = _parsed(options)
        self._local = given.pop("cluster", "slurm") == "local"
        if not self._local and not (shutil.which("sbatch") and shutil.which("srun")):
            remedy = "Run this on a node from which jobs are submitted, or try it out with --slurm cluster=local."
            raise complain("--on", "local or ray, where Slurm's commands (sbatch, srun) are not installed", "slurm", remedy)
        self._gpus, self._cores = given.pop("gpus", None), given.pop("cpus", None)
        at_once = given.pop("at_once", None)
        cores = os.cpu_count() or 1
        self.slots: int = at_once or (max(1, cores // (self._cores or 1)) if self._local else sys.maxsize)
        folder = Path(given.pop("logs", root / ".slurm")).absolute()
        parameters = {_NAMES.get(key, f"slurm_{key}"): value for key, value in {"time": MINUTES, **given}.items()}
        try:
            folder.mkdir(parents=True, exist_ok=True)
            times = {f"{cluster}_max_num_timeout": MOST_TIMES for cluster in ("slurm", "local")}
            self._executor: Any = submitit.AutoExecutor(folder / "%j", cluster="local" if self._local else "slurm", **times)
            self._executor.update_parameters(**parameters)
        except OSError as error:
            raise unwritten("--slurm logs", "a folder that can be written", folder, error) from None
        except (NameError, ValueError, AssertionError) as error:
            names = ", ".join([*OWN, *sorted(_submitit_names() - set(OWN))])
            raise complain("--slurm", f"one of {names}", " ".join(options), _line(error)) from None

    def submit(self, job: Job[T]) -> Submitted[T]:
        cores = self._cores or job.needs.cores
        gpus = self._gpus if self._gpus is not None else job.needs.gpus or 0
        name = re.sub(r"[^A-Za-z0-9.=]+", "-", job.title).strip("-")[:60] or "run"
        try:
            self._executor.update_parameters(name=name, cpus_per_task=cores, gpus_per_node=gpus or None)
            with _without_interrupts():
                submitted = self._executor.submit(SlurmCall(job, cores))
        except OSError as error:
            raise unwritten("--slurm logs", "a folder that can be written", self._executor.folder, error) from None
        except Exception as error:  # submitit's own, with what sbatch said
            raise _refused(error) from None
        return _SlurmJob(submitted, self._local)

    def close(self) -> None:
        pass


class _SlurmJob:
    def __init__(self, job: Any, local: bool) -> None:
        self._job, self._local = job, local
        self._stopped = False
        self._checked, self._missing = time.monotonic(), 0.0

    def ending(self) -> Ending[Any] | None:
        job, now = self._job, time.monotonic()
        ask = now - self._checked > (ASK_SECONDS if not self._stopped else 5.0)
        if ask:
            self._checked = now
        if self._stopped and (ask or self._local):
            self.stop()  # it may not have been ready to receive the first request
        if not job.done(force_check=ask):
            return None
        if job.paths.result_pickle.exists():
            error = job.exception()
            ending: Ending[Any] = job.result() if error is None else Failed(f"{_line(error, last=True)} Log: {job.paths.stderr}")
            return ending
        if str(job.state).startswith("CANCELLED"):
            return Dropped()
        self._missing = self._missing or now
        if not self._local and now - self._missing < RESULT_SECONDS:
            return None
        return Lost(f"job {job.job_id}, state {job.state}, without a result; its log is {job.paths.stderr}")

    def stop(self) -> None:
        self._stopped = True
        if self._local:
            self._signal(signal.SIGINT)
        else:
            _scancel("--state=PENDING", self._job.job_id)
            _scancel("--state=RUNNING", "--signal=INT", self._job.job_id)

    def kill(self) -> None:
        if self._local:
            self._signal(signal.SIGKILL)
        else:
            _scancel(self._job.job_id)

    def _signal(self, number: int) -> None:
        """Signal the processes of a local job, which its controller started."""
        with suppress(psutil.Error, ValueError):
            for process in psutil.Process(int(self._job.job_id)).children():
                with suppress(psutil.Error):
                    process.send_signal(number)


def _scancel(*arguments: str) -> None:
    with suppress(OSError):
        subprocess.run(["scancel", "--quiet", *arguments], stderr=subprocess.DEVNULL, check=False)


_NAMES = {"time": "timeout_min", "memory": "mem_gb"}


def _parsed(options: Sequence[str]) -> dict[str, Any]:
    """The options by name, with numbers as numbers. ConfigError where one is not KEY=VALUE, or its value is not possible."""
    given: dict[str, Any] = {}
    for text in options:
        key, equals, value = (part.strip() for part in text.partition("="))
        if not (key and equals and value):
            raise complain("--slurm", "KEY=VALUE, for example partition=gpu", text)
        if key == "setup":
            given.setdefault("setup", []).append(value)
        elif key in given:
            raise complain(f"--slurm {key}", "given once", "twice")
        elif key in ("time", "gpus", "cpus", "at_once"):
            least = 0 if key == "gpus" else 1
            if not (value.isascii() and value.isdecimal() and int(value) >= least):
                unit = " of minutes" if key == "time" else ""
                raise complain(f"--slurm {key}", f"a whole number{unit}, at least {least}", value)
            given[key] = int(value)
        elif key == "memory":
            try:
                given[key] = float(value)
            except ValueError:
                given[key] = 0.0
            if not 0 < given[key] < 1e6:
                raise complain("--slurm memory", "a number of GB above 0", value)
        elif key == "cluster" and value not in ("slurm", "local"):
            raise complain("--slurm cluster", "slurm or local", value)
        else:
            given[key] = {"true": True, "false": False}.get(value.lower(), value)
    return given


def _submitit_names() -> set[str]:
    from submitit import SlurmExecutor

    return set(SlurmExecutor._valid_parameters())


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """In the block, started programs ignore a Ctrl+C of the terminal: submitit's local executor would end its job one second after
    it. The command asks each job to stop itself."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _refused(error: Exception) -> ConfigError:
    return complain("--on", "a Slurm that takes the job", "slurm", f"{_line(error, last=True)} Change it with --slurm KEY=VALUE.")


def _line(error: BaseException, last: bool = False) -> str:
    """One line of an error: the first, or the last that says something."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip(" -")]
    if last:
        lines = [line for line in lines if "error" in line.lower()] or lines
    return f"{(lines[-1 if last else 0] if lines else type(error).__name__).rstrip('.')}."
