"""UMAP in a process of its own. numba holds the GIL for seconds and its threading layer can abort the process that it runs in,
so it never runs in the window's, nor in one that trains.

The worker is a plain `python -m engine.embed.umap_worker` that talks through its pipes. It needs no __main__ guard in the
program that starts it, inherits no Qt and no CUDA, and ends when that program does.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import numpy as np

import engine
from engine.embed.neighbours import Metric, nearest
from engine.embed.pca import pca
from engine.embed.umap_worker import STOP, WARM, UmapTask

# Below this a neighbourhood graph has nothing to say; the principal components are the map.
FEWEST = 5


class Cancelled(Exception):
    """The map was called off."""


class UmapFailed(RuntimeError):
    """The worker could not make the map; the message says why."""


class UmapJob:
    """One worker process and the one map that it makes at a time.

    `run` blocks, so call it from a background thread; `cancel` and `close` may be called from any other. The process starts with
    the first map, or with `warm`, and stays for the next ones: starting and compiling cost many seconds, a map of 2,000 points two.
    So a map that is called off leaves the worker alive: it is told, lets go at its next epoch, and is ready for another."""

    def __init__(self) -> None:
        self._one = threading.Lock()  # one map at a time
        self._guard = threading.Lock()  # over what follows
        self._process: subprocess.Popen[bytes] | None = None
        self._run = 0
        self._cancelled = 0
        self._busy = False

    def __enter__(self) -> UmapJob:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def run(
        self,
        features: np.ndarray,
        neighbours: int = 15,
        min_dist: float = 0.1,
        seed: int = 0,
        metric: Metric = "cosine",
        init: np.ndarray | None = None,
        epochs: int = 0,
        progress: Callable[[float], None] | None = None,
    ) -> np.ndarray:
        """A map (n, 2) float32 of features (n, D); the same arguments give the same map on the same machine.

        `init`: (n, 2) coordinates to start from, such as the map of the epoch before, so that the two look alike; else the
        principal components. `epochs` 0 takes UMAP's own number. `progress` gets 0 to 1 in this thread, several times a second also
        while nothing moves; an error that it raises calls the map off and passes. Cancelled after `cancel`, UmapFailed where the
        worker failed. Few points are mapped with fewer neighbours, hardly any by PCA alone."""
        tell = progress or _silent
        with self._one:
            number = self._next()
            features = np.nan_to_num(np.asarray(features, np.float32), posinf=0.0, neginf=0.0)
            n = len(features)
            tell(0.0)
            flat = pca(features) if init is None else np.asarray(init, np.float32)
            if flat.shape != (n, 2):
                raise ValueError(f"init must have the shape ({n}, 2). Got {flat.shape}.")
            if n < FEWEST:
                tell(1.0)
                return flat
            rows, distances = _with_itself(*nearest(features, max(2, min(neighbours, n - 1)) - 1, metric))
            task = UmapTask(rows, distances, _start(flat, seed), min_dist, epochs or (500 if n <= 10_000 else 200), seed)
            xy: np.ndarray = self._ask(task, number, lambda share: tell(0.05 + 0.95 * share))
            tell(1.0)
            return xy

    def warm(self) -> None:
        """Starts the worker and has it compile, so that the first map comes soon. Blocks; does nothing while a map is made."""
        if not self._one.acquire(blocking=False):
            return
        try:
            self._ask(WARM, self._next(), _silent)
        finally:
            self._one.release()

    def cancel(self) -> None:
        """Calls off the map that is being made; its `run` raises Cancelled within a fraction of a second."""
        with self._guard:
            self._cancelled = self._run

    def close(self) -> None:
        """Calls off what is being made and ends the worker. A later map starts it again."""
        with self._guard:
            self._cancelled = self._run
            self._end()

    @property
    def alive(self) -> bool:
        """Is there a worker?"""
        process = self._process
        return process is not None and process.poll() is None

    def _next(self) -> int:
        with self._guard:
            self._run += 1
            return self._run

    def _ask(self, question: UmapTask | str, number: int, progress: Callable[[float], None]) -> Any:
        process = self._started(number)
        try:
            self._send(process, (number, question), number)
            while True:
                of, kind, value = self._receive(process, number)
                if number <= self._cancelled:
                    raise Cancelled
                if of != number:
                    continue  # the rest of one that was called off
                if kind == "failed":
                    raise UmapFailed(value)
                if kind == "done":
                    return value
                progress(value)
        except UmapFailed:
            raise
        except BaseException:
            # Called off, or an error in `progress`. Where the worker is gone there is nobody to tell.
            with contextlib.suppress(Exception):
                self._send(process, (number, STOP), number)
            raise
        finally:
            with self._guard:
                self._busy = False
                if self._process is not process:
                    _shut(process.stdout)

    def _send(self, process: subprocess.Popen[bytes], message: tuple[int, UmapTask | str], number: int) -> None:
        assert process.stdin is not None
        try:
            pickle.dump(message, process.stdin, protocol=5)
            process.stdin.flush()
        except (OSError, ValueError) as error:
            raise self._lost(process, number) from error

    def _receive(self, process: subprocess.Popen[bytes], number: int) -> tuple[int, str, Any]:
        assert process.stdout is not None
        try:
            of, kind, value = pickle.load(process.stdout)
        except (EOFError, OSError, ValueError, pickle.UnpicklingError) as error:
            raise self._lost(process, number) from error
        return of, kind, value

    def _lost(self, process: subprocess.Popen[bytes], number: int) -> Exception:
        """Why the worker speaks no more."""
        with self._guard:
            if self._process is process:
                self._end()
            if number <= self._cancelled:
                return Cancelled()
        code = process.wait()
        return UmapFailed(f"The UMAP process ended by itself (exit code {code}). Try again, or look at the PCA map.")

    def _started(self, number: int) -> subprocess.Popen[bytes]:
        with self._guard:
            if number <= self._cancelled:
                raise Cancelled
            if self._process is None or self._process.poll() is not None:
                self._end()
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "engine.embed.umap_worker"],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=None if sys.stderr is not None else subprocess.DEVNULL,  # a windowed program has none
                    env=_environment(),
                    creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
                )
            self._busy = True
            return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        _shut(process.stdin)
        if not self._busy:  # else the thread that reads it meets the end of the file, and shuts it
            _shut(process.stdout)


def _shut(pipe: IO[bytes] | None) -> None:
    if pipe is not None:
        with contextlib.suppress(OSError, ValueError):
            pipe.close()


def _environment() -> dict[str, str]:
    """The worker finds this very engine, and one thread is its share: a fixed seed makes UMAP use one anyway."""
    root = str(Path(next(iter(engine.__path__))).parent)
    paths = [root, os.environ.get("PYTHONPATH", "")]
    one = {"NUMBA_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    return {**os.environ, **one, "PYTHONPATH": os.pathsep.join(path for path in paths if path)}


def _with_itself(rows: np.ndarray, distances: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Neighbours as umap-learn counts them: each row is its own first one."""
    own = np.arange(len(rows), dtype=np.int64)[:, None]
    return np.hstack([own, rows]).astype(np.int32), np.hstack([np.zeros((len(rows), 1)), distances]).astype(np.float32)


def _start(flat: np.ndarray, seed: int) -> np.ndarray:
    """Coordinates to start from as umap-learn wants them: within 10 of zero, and a little noise, so that no two points are one
    and no axis is without width (it divides by the width)."""
    flat = flat - flat.mean(0)
    reach = float(np.abs(flat).max())
    scaled = flat * (10.0 / reach) if reach > 0 else flat
    noise = np.random.default_rng(seed).normal(scale=1e-4, size=flat.shape)
    start: np.ndarray = (scaled + noise).astype(np.float32)
    return start


def _silent(_: float) -> None:
    pass
