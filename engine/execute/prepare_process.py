"""Set up a training process before it imports PyTorch: freed memory is kept, waiting threads sleep. Does not import torch.

A training step allocates the same large buffers repeatedly. By default glibc returns each of them to the kernel and allocates it
anew, and the kernel clears every page: that can take a third of a small network's step (tests/bench/bench_process.py). The cost is
that the process keeps its largest size.

By default OpenMP's threads spin while they wait for each other. If another program uses a core (a window, a browser), the thread
that the others wait for does not run while they spin, and a step takes several times as long."""

from __future__ import annotations

import ctypes
import os
import sys

from engine.execute.child_environment import forbid_current_folder

# Names and numbers of <malloc.h>.
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8
KEEP = 1 << 30  # bytes; smaller buffers come from the heap, and the heap is not returned to the kernel


def prepare_process() -> None:
    """Call once at the start of a program, before the first thread and before torch is imported. An OMP_WAIT_POLICY that is already
    set is kept. Processes that it starts import nothing from the current directory."""
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    forbid_current_folder()
    keep_pages()


def keep_pages() -> bool:
    """Set glibc to keep freed memory; threads that were started before have arenas of their own, which ignore it. Returns whether
    that was possible; with another C library it does nothing."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):  # another C library
        return False
    return all(mallopt(option, value) for option, value in ((M_ARENA_MAX, 1), (M_MMAP_THRESHOLD, KEEP), (M_TRIM_THRESHOLD, KEEP)))
