"""The process behind UmapJob: reads questions from its standard input, makes maps, writes what it found to its standard output.

Pickles go both ways, between a program and its own child alone. All that libraries print goes to standard error.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import re
import sys
import warnings
from collections.abc import Callable
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


class _Ticker:
    """A file that tqdm writes its bar to, read for the share that is done."""

    def __init__(self, tell: Callable[[float], None]) -> None:
        self.tell = tell

    def write(self, text: str) -> int:
        found = _COUNT.search(text)
        if found:
            self.tell(int(found.group(1)) / max(1, int(found.group(2))))
        return len(text)

    def flush(self) -> None:
        """Nothing waits."""


def make(task: UmapTask, tell: Callable[[float], None]) -> np.ndarray:
    """The map (n, 2) float32 of a task. umap-learn takes tens of megabytes and seconds to import, hence here."""
    from umap import UMAP

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
            tqdm_kwds={"disable": False, "file": _Ticker(tell), "bar_format": "{n_fmt}/{total_fmt}", "mininterval": 0.1},
        )
        # The neighbours are given, so of the data itself only the number of rows is looked at.
        xy = np.asarray(mapper.fit_transform(np.zeros((n, 1), np.float32)), np.float32)
    lost = ~np.isfinite(xy).all(1)
    xy[lost] = task.start[lost]
    return xy


def warm() -> None:
    """Compiles what a map needs, by making a small one."""
    draw = np.random.default_rng(0)
    rows = np.stack([np.r_[i, draw.choice(np.delete(np.arange(32), i), 4, replace=False)] for i in range(32)]).astype(np.int32)
    distances = np.tile(np.arange(5, dtype=np.float32), (32, 1))
    make(UmapTask(rows, distances, draw.normal(size=(32, 2)).astype(np.float32), 0.1, 20, 0), lambda _: None)


def serve(questions: IO[bytes], answers: IO[bytes]) -> None:
    """Answers one question after the other until the pipe closes."""

    def say(kind: str, value: Any) -> None:
        pickle.dump((kind, value), answers, protocol=5)
        answers.flush()

    while True:
        try:
            question = pickle.load(questions)
        except EOFError:
            return
        try:
            if "task" in question:
                say("done", make(question["task"], lambda share: say("progress", share)))
            else:
                warm()
                say("done", None)
        except OSError:
            return  # nobody listens any more
        except Exception as error:  # told to whoever asked, in the other process
            say("failed", f"{type(error).__name__}: {error}")


def main() -> None:
    """Keeps the real standard output for answers and turns everyone else's to standard error."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    with contextlib.suppress(KeyboardInterrupt, BrokenPipeError):
        serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
