"""One thread for work that is too small for several."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def one_thread() -> Iterator[None]:
    """Inside, PyTorch takes one core for what this thread computes.

    Small operations are done before a second thread has met the first at all their barriers; beside a busy window, or a run that
    trains, those meetings cost many times the work (measured for the decompositions of the diagnostics and for the preview)."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
