"""Reads rows of a memory-mapped array from its file: those of the next batches before they are needed, so that a training step does
not wait for the disk.

A page of a memory map that is missed is read with its surroundings, up to the system's read-ahead (128 kB to 8 MB), of which rows
in random order use little. Reads of whole rows fetch nothing else. What is read ahead goes into the system's page cache; a reader
that is late or fails costs time alone."""

from __future__ import annotations

import contextlib
import mmap
import os
import threading
import weakref
from collections import deque
from collections.abc import Callable, Iterable
from typing import TypeAlias

import numpy as np

from engine.data.dataset import Index

# The rows of a batch, by its number.
RowsOf: TypeAlias = Callable[[int], Index]
MOST_BYTES = 512 << 20  # of the page cache that rows which are read ahead may take
MOST_BATCHES = 4
# Linux reads no more than this for one request; of a longer one the rest would be left out.
_PIECE = 128 << 10


class ReadAhead:
    """Reads rows of the arrays (N, ...) that are memory maps of whole files; others are left out.

    Takes no memory of the process but one row where the system has no posix_fadvise. Its thread ends when nothing is left to
    read."""

    def __init__(self, arrays: Iterable[np.ndarray | None]) -> None:
        maps = [one for one in arrays if isinstance(one, np.memmap)]
        self._arrays = [one for one in maps if one.size and _whole(one)]
        self.bytes: int = sum(array[0].nbytes for array in self._arrays)  # of a row of all arrays
        self._files: list[int] = []
        self._guard = threading.Lock()
        self._known: set[int] = set()  # batches that were asked for and are wanted
        self._waiting: deque[tuple[int, RowsOf]] = deque()
        self._thread: threading.Thread | None = None

    @property
    def wanted(self) -> bool:
        """Whether there is anything to read."""
        return bool(self._arrays)

    def depth(self, rows: int) -> int:
        """How many batches of so many rows are read ahead."""
        return max(1, min(MOST_BATCHES, MOST_BYTES // max(1, rows * self.bytes)))

    def expect(self, numbers: Iterable[int], rows_of: RowsOf) -> None:
        """Begin to read the rows of batches in this order. `rows_of`: the rows of a batch, which is called on another thread. What
        was asked for before and is not among them is not read any more, unless it is being read."""
        if not self._arrays:
            return
        wanted = list(numbers)
        with self._guard:
            if not self._open():
                return
            self._waiting = deque(one for one in self._waiting if one[0] in wanted)
            self._waiting.extend((number, rows_of) for number in wanted if number not in self._known)
            self._known = set(wanted)
            if self._waiting and self._thread is None:
                self._thread = threading.Thread(target=self._work, name="read-ahead", daemon=True)
                self._thread.start()

    def take(self, array: np.ndarray, rows: Index) -> np.ndarray:
        """The rows (n,) of an array, in memory: from its file where it is one of those that are read here."""
        taken = np.empty((len(rows), *array.shape[1:]), array.dtype)
        # In the order of the file.
        order = np.argsort(rows, kind="stable")
        if not self._read_into(taken, array, rows, order):
            taken[order] = array[rows[order]]
        return taken

    def _read_into(self, taken: np.ndarray, array: np.ndarray, rows: Index, order: Index) -> bool:
        """Whether the rows could be read from the file."""
        if not hasattr(os, "preadv"):
            return False
        with self._guard:
            if not self._open():
                return False
        for file, known in zip(self._files, self._arrays, strict=True):
            if known is array:
                size, begin = known[0].nbytes, int(known.offset)
                starts = [begin + int(row) * size for row in rows]
                try:
                    for at in order:
                        _request(file, starts[at], size)
                    return all(os.preadv(file, [taken[at].data.cast("B")], starts[at]) == size for at in order)
                except OSError:
                    return False
        return False

    def _open(self) -> bool:
        if self._arrays and not self._files:
            try:
                self._files = [_opened(array) for array in self._arrays]
            except OSError:
                self._arrays = []
            weakref.finalize(self, _close, self._files)
        return bool(self._files)

    def finish(self) -> None:
        """Wait until all is asked of the disk."""
        thread = self._thread
        if thread is not None:
            thread.join()

    def _work(self) -> None:
        while True:
            with self._guard:
                if not self._waiting:
                    self._thread = None
                    return
                number, rows_of = self._waiting.popleft()
            # The step computes its rows itself, and says what is wrong with them.
            with contextlib.suppress(Exception):
                self._read(np.sort(rows_of(number)))

    def _read(self, rows: Index) -> None:
        for file, array in zip(self._files, self._arrays, strict=True):
            size, begin = array[0].nbytes, int(array.offset)
            for row in rows.tolist():
                # The step itself reads what could not be read here, and says why it cannot.
                with contextlib.suppress(OSError):
                    _request(file, begin + row * size, size)


def _whole(array: np.memmap) -> bool:
    """Whether an array is a memory map itself. A part of one does not know where in the file it begins."""
    base: object = array.base
    return isinstance(base, mmap.mmap)


def _request(file: int, start: int, size: int) -> None:
    if hasattr(os, "posix_fadvise"):
        for at in range(start, start + size, _PIECE):
            os.posix_fadvise(file, at, min(_PIECE, start + size - at), os.POSIX_FADV_WILLNEED)
    elif hasattr(os, "pread"):
        os.pread(file, size, start)
    else:
        os.lseek(file, start, os.SEEK_SET)
        os.read(file, size)


def _opened(array: np.memmap) -> int:
    file = os.open(str(array.filename), os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0))
    if hasattr(os, "posix_fadvise"):
        with contextlib.suppress(OSError):
            os.posix_fadvise(file, 0, 0, os.POSIX_FADV_RANDOM)  # no more than is asked for
    return file


def _close(files: list[int]) -> None:
    for file in files:
        with contextlib.suppress(OSError):
            os.close(file)
