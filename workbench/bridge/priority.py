"""Background threads give way to the window's."""

from __future__ import annotations

import contextlib
import os
import sys
import threading

# Behind what somebody waits for: answers that take long, and a run that trains, which is at work all the time. On two cores that
# were busy otherwise too, the preview's slowest answers (p99) took 45 ms beside a run at 5, and 53 ms beside one at 2.
NICE, TRAINING = 2, 5


def step_back(nice: int = NICE) -> None:
    """Make the calling thread, and the workers that PyTorch starts for it, yield to the window's thread.

    On Linux a priority belongs to a thread, so training keeps every core that the window does not need at that moment, and no core
    has to be kept free. Elsewhere nothing happens."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), nice)
