"""Collect Python's cyclic garbage in the thread of the window alone.

Python collects wherever the number of new objects happens to pass a limit, in a training thread too. A QObject in a cycle then ends
there: Qt holds one of its locks and waits for the interpreter, while the thread of the window holds the interpreter and waits for
this lock to end another object. Both wait for ever, and the window with them."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable

FULL_SECONDS = 60.0  # between collections of all objects, which stop every thread
MANY_MODULES = 100  # new ones; PyTorch alone has about a thousand


class GarbageCollection:
    """Turns automatic collection off until `end`; `collect` is called now and then, in the thread of the window."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._full = clock()
        self._modules = len(sys.modules)
        self._full_once = False
        gc.disable()

    def collect(self) -> None:
        """Collect young objects where Python would do so by itself, and all objects once a minute."""
        if gc.get_count()[0] < gc.get_threshold()[0]:
            return
        now = self._clock()
        full = now - self._full >= FULL_SECONDS
        gc.collect(2 if full else 1)
        if full:
            self._full, self._full_once = now, True
        # Before the first full collection there is little garbage, and after many imports it would stop every thread for .4 s.
        if full or not self._full_once:
            self._set_modules_aside()

    def _set_modules_aside(self) -> None:
        """After many imports, leave what exists out of later collections. Most of it are functions and classes of modules, which
        stay for ever; going through those of PyTorch takes .4 s. Only imports are a reason, so little else is kept with them."""
        if len(sys.modules) >= self._modules + MANY_MODULES:
            gc.freeze()
            self._modules = len(sys.modules)

    def end(self) -> None:
        """Automatic collection of all objects again, when no other thread runs Python any more."""
        gc.unfreeze()
        gc.enable()
