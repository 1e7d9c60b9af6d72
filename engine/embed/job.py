"""Slow maps, computed in a process of their own. Compiled loops hold the GIL for seconds, and numba's threading layer can abort its
process, so that they never run in the window's process or in one that trains.

The worker is a plain `python -m engine.embed.worker` that communicates through its pipes. The program that starts it needs no
__main__ guard; the worker inherits no Qt and no CUDA, and ends when that program does.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import numpy as np

from engine.embed.tasks import Task
from engine.embed.worker import STOP
from engine.execute.child_process import ChildEnded, ChildProcess, module_command
from engine.execute.progress import Cancelled, ProgressCallback, no_progress, part_of

# Too few points for a neighbourhood graph; the map is the principal components.
FEWEST = 5


class MapFailed(RuntimeError):
    """The worker could not make the map; the message says why."""


class MapJob:
    """One worker process and the one map that it makes at a time. Each kind of map has a job of its own, with a `run`.

    `run` blocks, so call it from a background thread; `cancel` and `close` may be called from any other. The process starts with
    the first map and stays for the next ones. When a map is cancelled, the worker of a `gentle` job stops at its next epoch
    and is ready for another map; any other worker is ended."""

    gentle = True
    # Threads of the worker, fewer than the machine has.
    threads = 1

    def __init__(self) -> None:
        self._one = threading.Lock()  # one map at a time
        self._guard = threading.Lock()  # guards the attributes below
        self._child: ChildProcess | None = None
        self._run = 0
        self._cancelled = 0
        self._busy = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def cancel(self) -> None:
        """Cancel the map that is being made; its `run` raises Cancelled within a fraction of a second."""
        with self._guard:
            self._cancelled = self._run
            if self._busy and not self.gentle:
                self._end()

    def close(self) -> None:
        """Cancel the map that is being made and end the worker. A later map starts it again."""
        with self._guard:
            self._cancelled = self._run
            self._end()

    @property
    def alive(self) -> bool:
        """Whether the worker is running."""
        child = self._child
        return child is not None and child.alive

    def _map(
        self,
        features: np.ndarray,
        init: np.ndarray | None,
        progress: ProgressCallback | None,
        task: Callable[[np.ndarray, np.ndarray], Task],
        *,
        fewest: int = FEWEST,
        begin: float = 0.0,
    ) -> np.ndarray:
        """The common part of every `run`: one map at a time, (n, 2) float32; with fewer points than `fewest` the start alone.

        `task` is called with features (n, D) and coordinates (n, 2), both from `prepared`; it is the first share `begin` of the
        progress."""
        report = progress or no_progress
        with self._one:
            number = self._next()
            report(0.0)
            x, xy = prepared(features, init)
            if len(x) >= fewest:
                xy = self._ask(task(x, xy), number, part_of(report, begin, 1.0))
            report(1.0)
            return xy

    def _next(self) -> int:
        with self._guard:
            self._run += 1
            return self._run

    def _ask(self, task: Task, number: int, progress: ProgressCallback) -> Any:
        child = self._started(number)
        try:
            self._send(child, (number, task), number)
            while True:
                of, kind, value = self._receive(child, number)
                if number <= self._cancelled:
                    raise Cancelled
                if of != number:
                    continue  # a late result of a map that was cancelled
                if kind == "failed":
                    raise MapFailed(value)
                if kind == "done":
                    return value
                progress(value)
        except MapFailed:
            raise
        except BaseException:
            # Cancelled, or an error in `progress`. The worker may have ended.
            if self.gentle:
                with contextlib.suppress(Exception):
                    self._send(child, (number, STOP), number)
            else:
                with self._guard:
                    if self._child is child:
                        self._end()
            raise
        finally:
            with self._guard:
                self._busy = False

    def _send(self, child: ChildProcess, message: tuple[int, Task | str], number: int) -> None:
        try:
            child.send(message)
        except ChildEnded as ended:
            raise self._lost(child, ended, number) from ended

    def _receive(self, child: ChildProcess, number: int) -> tuple[int, str, Any]:
        try:
            of, kind, value = child.receive()
        except ChildEnded as ended:
            raise self._lost(child, ended, number) from ended
        return of, kind, value

    def _lost(self, child: ChildProcess, ended: ChildEnded, number: int) -> Exception:
        """The error for a worker that ended."""
        with self._guard:
            if self._child is child:
                self._end()
            if number <= self._cancelled:
                return Cancelled()
        return MapFailed(
            f"The process that makes the map ended by itself (exit code {ended.code}). Try again, or look at the PCA map."
        )

    def _started(self, number: int) -> ChildProcess:
        with self._guard:
            if number <= self._cancelled:
                raise Cancelled
            if self._child is None or not self._child.alive:
                self._end()
                self._child = ChildProcess(module_command("engine.embed.worker"), threads=self.threads)
            self._busy = True
            return self._child

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.close()


def prepared(features: np.ndarray, init: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """Features (n, D) float32 without NaN, and coordinates (n, 2) to start from: `init`, else the principal components.

    ValueError where `init` has another shape."""
    from engine.embed.pca import pca

    x = np.nan_to_num(np.asarray(features, np.float32), posinf=0.0, neginf=0.0)
    flat = pca(x) if init is None else np.asarray(init, np.float32)
    if flat.shape != (len(x), 2):
        raise ValueError(f"init must have the shape ({len(x)}, 2). Got {flat.shape}.")
    return x, flat


def with_itself(rows: np.ndarray, distances: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Neighbours (n, k) as UMAP and t-SNE count them, (n, k + 1): each row is its own first neighbour."""
    own = np.arange(len(rows), dtype=np.int64)[:, None]
    return np.hstack([own, rows]).astype(np.int32), np.hstack([np.zeros((len(rows), 1)), distances]).astype(np.float32)


def start_of(flat: np.ndarray, seed: int) -> np.ndarray:
    """Coordinates to start from: within 10 of zero, with a little noise, so that no two points are equal and no axis has zero
    width."""
    flat = flat - flat.mean(0)
    reach = float(np.abs(flat).max())
    scaled = flat * (10.0 / reach) if reach > 0 else flat
    noise = np.random.default_rng(seed).normal(scale=1e-4, size=flat.shape)
    start: np.ndarray = (scaled + noise).astype(np.float32)
    return start
