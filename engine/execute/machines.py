"""Jobs on machines: this process, the nodes of a Ray cluster, the jobs of Slurm. Sweep, leaderboard, search and the evaluation of
several runs give their jobs to a `Pool`, whatever the machines are.

The rules, which hold for all machines:

- A job writes into folders that the command and its machine share. What it returns is small.
- A job that was lost with its worker is begun again, at most `TRIES` times in all. It goes on from what its folder has, such as a
  checkpoint, and waits while another process still writes there.
- A job that raises an error has failed, and is not begun again.
- A stop drops the jobs that have not begun, and asks the others to end with a checkpoint.

Does not import torch, Ray or submitit."""

from __future__ import annotations

import os
import platform
import signal
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Generic, Protocol, Self, TypeVar

from engine.config.errors import ConfigError
from engine.execute.prepare_process import prepare_process

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

# How often a job is begun in all where its worker is lost: a node that fails is rare, a job that ends every worker is not.
TRIES = 4
# Seconds between two looks at jobs that run elsewhere.
LOOK_SECONDS = 0.5
# How long a machine waits for a new directory to appear on a network file system.
SEEN_SECONDS = 15.0


@dataclass(frozen=True)
class Needs:
    """What a job needs of a machine. gpus: None for one where the machines have any. cores: of the CPU."""

    gpus: int | None = 0
    cores: int = 1


class Job(Protocol[T_co]):
    """Work that any of the machines can do. It is pickled.

    title: for people. needs: see `Needs`. shared: a file or directory that the command sees and the machine must see, too."""

    @property
    def title(self) -> str: ...

    @property
    def needs(self) -> Needs: ...

    @property
    def shared(self) -> Path: ...

    def run(self, stop: threading.Event) -> T_co:
        """Do the work, or the rest of it. When `stop` is set, end soon, with what is needed to go on. ConfigError where it cannot
        be done."""
        ...


@dataclass(frozen=True)
class Done(Generic[T_co]):
    """The job returned this value. host: the machine's name."""

    value: T_co
    host: str = ""


@dataclass(frozen=True)
class Failed:
    """The job raised an error. trace: its traceback, "" where the message says all."""

    message: str
    trace: str = ""


@dataclass(frozen=True)
class Lost:
    """The worker ended before its job did; reason: what is known about it, a sentence without its dot."""

    reason: str


@dataclass(frozen=True)
class Dropped:
    """The job was stopped before it began, or ended by force."""


Ending = Done[T] | Failed | Lost | Dropped


class Submitted(Protocol[T_co]):
    """A job that was given to machines."""

    def ending(self) -> Ending[T_co] | None:
        """How it ended; None while it waits or runs."""
        ...

    def stop(self) -> None:
        """Ask a running job to end with a checkpoint, and drop a waiting one."""
        ...

    def kill(self) -> None:
        """End it at once."""
        ...


class Machines(Protocol):
    """Where jobs run. slots: how many jobs they take at a time; the rest waits in the pool."""

    @property
    def slots(self) -> int: ...

    def submit(self, job: Job[T]) -> Submitted[T]:
        """Give a job to a machine. It returns before the job ends, unless the job runs in this process."""
        ...

    def close(self) -> None:
        """Let go of the machines. Called once, after the last job."""
        ...


@dataclass(frozen=True)
class _Ended(Generic[T]):
    end: Ending[T]

    def ending(self) -> Ending[T]:
        return self.end

    def stop(self) -> None:
        pass

    def kill(self) -> None:
        pass


class Local:
    """This process, one job after another. `here` does a job as the command does it on this machine, with its progress bar; its
    errors are passed on."""

    slots = 1

    def __init__(self, here: Callable[[Any], Any]) -> None:
        self._here = here

    def submit(self, job: Job[T]) -> Submitted[T]:
        return _Ended(Done(self._here(job), platform.node()))

    def close(self) -> None:
        pass


class Pool(Generic[T]):
    """Runs jobs on machines. Iterate over it to get each job with its ending as soon as it has one; jobs may be added meanwhile.

    say: called with a line for people when a lost job is begun again. A context manager: on an error, Ctrl+C among them, it ends
    the jobs that still run, and then lets go of the machines."""

    def __init__(self, machines: Machines, say: Callable[[str], None] = lambda text: None) -> None:
        self._machines, self._say = machines, say
        self._waiting: deque[tuple[Job[T], int]] = deque()
        self._running: list[tuple[Job[T], int, Submitted[T]]] = []
        # A plain value: a signal handler sets it, and an Event's lock may be held by the very thread that the handler interrupts.
        self._stop = False
        self._requested = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        try:
            for _, _, submitted in self._running:
                with suppress(Exception):  # the others are ended, too
                    submitted.kill()
        finally:
            self._machines.close()

    @property
    def room(self) -> int:
        """How many more jobs would begin at once."""
        return max(0, self._machines.slots - len(self._running) - len(self._waiting))

    @property
    def stopping(self) -> bool:
        """Whether a stop was requested."""
        return self._stop

    def add(self, job: Job[T]) -> None:
        """Add a job, which begins when the machines have room."""
        self._waiting.append((job, 1))

    def stop(self) -> None:
        """Drop the jobs that have not begun, and ask the others to end with a checkpoint. For signal handlers, too: the iteration
        does it."""
        self._stop = True

    def next(self) -> tuple[Job[T], Ending[T]] | None:
        """Wait for the next job that ends; None where none is left."""
        return next(iter(self), None)

    def __iter__(self) -> Iterator[tuple[Job[T], Ending[T]]]:
        while self._waiting or self._running:
            if self.stopping and not self._requested:
                self._requested = True
                for _, _, submitted in self._running:
                    submitted.stop()
            while self._waiting and (self.stopping or len(self._running) < self._machines.slots):
                job, number = self._waiting.popleft()
                if self.stopping:
                    yield job, Dropped()
                    continue
                self._running.append((job, number, self._machines.submit(job)))
            ended = self._ended()
            if ended is not None:
                yield ended
            elif self._running:
                time.sleep(LOOK_SECONDS)

    def _ended(self) -> tuple[Job[T], Ending[T]] | None:
        for position, (job, number, submitted) in enumerate(self._running):
            ending = submitted.ending()
            if ending is None:
                continue
            del self._running[position]
            if not isinstance(ending, Lost):
                return job, ending
            if self.stopping:
                return job, Dropped()
            if number >= TRIES:
                return job, Failed(f"Its worker was lost {number} times; the last time: {ending.reason}.")
            self._say(f"{job.title}: its worker was lost ({ending.reason}). Begun again from its last checkpoint.")
            self._waiting.appendleft((job, number + 1))
            return None
        return None


class Worker(Generic[T]):
    """Runs one job in the process of a worker, in a thread of its own, so that signals are handled while it runs. It returns how
    the job ended and raises nothing. cores: of the CPU, that the job has; 0 for those that it needs."""

    def __init__(self, job: Job[T], cores: int = 0) -> None:
        self.job = job
        self._cores = cores or job.needs.cores
        self._stop = threading.Event()
        self._ending: Ending[T] | None = None
        self._thread = threading.Thread(target=self._work, name="job", daemon=True)

    def run(self) -> Ending[T]:
        """Do the job. A SIGINT that arrives meanwhile asks it to stop."""
        # The libraries of this process take as many threads as the job was given cores.
        os.environ.setdefault("OMP_NUM_THREADS", str(self._cores))
        prepare_process()
        main = threading.current_thread() is threading.main_thread()
        before = signal.signal(signal.SIGINT, lambda number, frame: self._stop.set()) if main else None
        try:
            self._thread.start()
            while self._thread.is_alive():
                self._thread.join(LOOK_SECONDS)
        finally:
            if main:
                signal.signal(signal.SIGINT, before or signal.default_int_handler)
        return self._ending or Failed("The job ended without a result.")

    def stop(self) -> None:
        """Ask the job to stop, and wait until it has."""
        self._stop.set()
        self._thread.join()

    def _work(self) -> None:
        host = platform.node()
        try:
            if not _seen(self.job.shared):
                self._ending = Failed(unseen(self.job.shared, host))
                return
            self._ending = Done(self.job.run(self._stop), host)
        except ConfigError as error:
            self._ending = Failed(f"On {host}: {error}")
        except BaseException as error:
            self._ending = Failed(f"On {host}: {type(error).__name__}: {error}", traceback.format_exc())


def _seen(path: Path) -> bool:
    """Whether this machine sees a file or directory, which a network file system may show some seconds after it was made."""
    until = time.monotonic() + SEEN_SECONDS
    while not path.exists():
        if time.monotonic() > until:
            return False
        time.sleep(LOOK_SECONDS)
    return True


def unseen(path: Path, host: str) -> str:
    """What to say where a machine does not see a file or directory of the command."""
    return (
        f"The machine {host} does not see {path}. Its folder must be on a disk that all machines share, under the same path: "
        "choose one with --runs, or --out."
    )
