"""The process that trains, set up before it loads PyTorch: memory pages are kept, waiting threads sleep. Torch-free.

A training step asks for the same large buffers again and again. glibc by default gives each of them back to the kernel and asks
anew, and the kernel clears every page: that can take a third of a small network's step (tests/bench/bench_process.py). The price
is that the process stays as large as it has ever been.

OpenMP's threads by default spin while they wait for each other. Where anything else wants a core (a window, a browser), the one
that is waited for does not run while the others spin, and a step takes several times as long.
"""

from __future__ import annotations

import ctypes
import os
import sys

from engine.execute.child_environment import forbid_current_folder

# Names and numbers of <malloc.h>.
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8
KEEP = 1 << 30  # bytes; buffers below this come from the heap, and the heap is not given back


def prepare_process() -> None:
    """Call once at the start of a program, before the first thread and before torch is imported. An OMP_WAIT_POLICY that is set
    stays. Processes that it starts import nothing from the current folder."""
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    forbid_current_folder()
    keep_pages()


def keep_pages() -> bool:
    """Ask glibc to keep its pages; a thread that is older than the call keeps an arena of its own that ignores it.
    Returns whether that was possible; elsewhere nothing changes."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):  # another C library
        return False
    return all(mallopt(option, value) for option, value in ((M_ARENA_MAX, 1), (M_MMAP_THRESHOLD, KEEP), (M_TRIM_THRESHOLD, KEEP)))
