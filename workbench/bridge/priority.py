"""Background threads give way to the window's."""

from __future__ import annotations

import contextlib
import os
import sys
import threading

NICE = 2


def step_back() -> None:
    """Make the calling thread, and the workers that PyTorch starts for it, yield to the window's thread.

    On Linux a priority belongs to a thread, so training keeps every core that the window does not need at that moment, and no core
    has to be kept free. Elsewhere nothing happens."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
