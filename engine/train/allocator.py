"""Memory pages are kept between steps, on Linux with glibc.

A training step asks for the same large buffers again and again. glibc by default gives each of them back to the kernel and asks
anew, and the kernel clears every page: that can take a third of a small network's step (tests/bench/bench_allocator.py). The price
is that the process stays as large as it has ever been. Torch-free.
"""

from __future__ import annotations

import ctypes
import sys

# Names and numbers of <malloc.h>.
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8
KEEP = 1 << 30  # bytes; buffers below this come from the heap, and the heap is not given back


def keep_pages() -> bool:
    """Ask glibc to keep its pages; call it once, before the first thread, since a thread gets an arena of its own that ignores it.
    Returns whether that was possible; elsewhere nothing changes."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):  # another C library
        return False
    return all(mallopt(option, value) for option, value in ((M_ARENA_MAX, 1), (M_MMAP_THRESHOLD, KEEP), (M_TRIM_THRESHOLD, KEEP)))
