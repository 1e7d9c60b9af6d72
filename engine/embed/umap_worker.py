"""The process behind UmapJob: reads questions from its standard input, makes maps, writes what it found to its standard output.

Pickles go both ways, between a program and its own child alone. All that libraries print goes to standard error.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import queue
import re
import sys
import threading
import time
import warnings
from dataclasses import dataclass
from typing import IO, Any

import numpy as np

_COUNT = re.compile(r"(\d+)/(\d+)")


@dataclass(frozen=True)
class UmapTask:
    """What the worker needs for one map. `rows`, `distances`: (n, k), each row's nearest first, itself in front at 0.
    `start`: (n, 2) coordinates to begin from."""

    rows: np.ndarray
    distances: np.ndarray
    start: np.ndarray
    min_dist: float
    epochs: int
    seed: int


WARM = "warm"
STOP = "stop"
# How often a worker says that it lives, which is also how soon a map can be called off.
PING_SECONDS = 0.2


class _Stopped(Exception):
    """The map is not wanted any more."""


class _Ticker:
    """A file that tqdm writes its bar to, read for the share that is done. Stops the work where it is not wanted any more."""

    def __init__(self, work: _Work) -> None:
        self.work = work

    def write(self, text: str) -> int:
        found = _COUNT.search(text)
        if found:
            self.work.share = int(found.group(1)) / max(1, int(found.group(2)))
        if self.work.stop and not self.work.stopped:
            self.work.stopped = True  # once: tqdm writes again while it is being left
            raise _Stopped
        return len(text)

    def flush(self) -> None:
        """Nothing waits."""


@dataclass
class _Work:
    """The map in hand: how far it is, and whether it is still wanted."""

    number: int
    share: float = 0.0
    stop: bool = False
    stopped: bool = False


def make(task: UmapTask, work: _Work) -> np.ndarray:
    """The map (n, 2) float32 of a task. umap-learn takes seconds to import, hence here."""
    from tqdm.auto import tqdm
    from umap import UMAP

    tqdm.monitor_interval = 0  # its watching thread could wait for ever for a bar that was left
    n, k = task.rows.shape
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that new points cannot be added to a map made from given neighbours
        mapper = UMAP(
            n_neighbors=k,
            min_dist=task.min_dist,
            n_epochs=task.epochs,
            init=task.start,
            random_state=task.seed,
            n_jobs=1,
            precomputed_knn=(task.rows, task.distances),
            tqdm_kwds={"disable": False, "file": _Ticker(work), "bar_format": "{n_fmt}/{total_fmt}", "mininterval": 0.1},
        )
        # The neighbours are given, so of the data itself only the number of rows is looked at.
        xy = np.asarray(mapper.fit_transform(np.zeros((n, 1), np.float32)), np.float32)
    lost = ~np.isfinite(xy).all(1)
    xy[lost] = task.start[lost]
    return xy


def _small() -> UmapTask:
    """A map of next to nothing, which compiles all that a real one needs."""
    draw = np.random.default_rng(0)
    rows = np.stack([np.r_[i, draw.choice(np.delete(np.arange(32), i), 4, replace=False)] for i in range(32)]).astype(np.int32)
    distances = np.tile(np.arange(5, dtype=np.float32), (32, 1))
    return UmapTask(rows, distances, draw.normal(size=(32, 2)).astype(np.float32), 0.1, 20, 0)


class Worker:
    """Answers one question after the other. Three threads: one reads, so that a stop is heard while a map is made; this one
    works; one says a few times a second that the work goes on."""

    def __init__(self, questions: IO[bytes], answers: IO[bytes]) -> None:
        self.questions, self.answers = questions, answers
        self.waiting: queue.Queue[tuple[int, UmapTask | str]] = queue.Queue()
        self.work: _Work | None = None
        self.stopped = 0
        self.speaking = threading.Lock()

    def serve(self) -> None:
        """Until the other side is gone."""
        for job in (self._read, self._ping):
            threading.Thread(target=job, daemon=True).start()
        while True:
            number, question = self.waiting.get()
            self.work = work = _Work(number, stop=number <= self.stopped)
            try:
                if not work.stop:
                    self._say(number, "done", make(_small() if isinstance(question, str) else question, work))
            except _Stopped:
                pass
            except BrokenPipeError:
                return
            except Exception as error:  # told to whoever asked, in the other process
                self._say(number, "failed", f"{type(error).__name__}: {error}")
            finally:
                self.work = None

    def _read(self) -> None:
        while True:
            try:
                number, question = pickle.load(self.questions)
            except (EOFError, OSError, ValueError):
                os._exit(0)  # the program that asked is gone, and nobody wants the rest
            if question == STOP:
                self.stopped = number
                work = self.work
                if work is not None and work.number <= number:
                    work.stop = True
            else:
                self.waiting.put((number, question))

    def _ping(self) -> None:
        while True:
            time.sleep(PING_SECONDS)
            work = self.work
            if work is not None and not work.stop:
                with contextlib.suppress(OSError, ValueError):
                    self._say(work.number, "progress", work.share)

    def _say(self, number: int, kind: str, value: Any) -> None:
        with self.speaking:
            pickle.dump((number, kind, value), self.answers, protocol=5)
            self.answers.flush()


def main() -> None:
    """Keeps the real standard output for answers and turns everyone else's to standard error."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    with contextlib.suppress(KeyboardInterrupt, BrokenPipeError):
        Worker(sys.stdin.buffer, answers).serve()


if __name__ == "__main__":
    main()
