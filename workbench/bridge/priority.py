"""Lower priority for background threads than for the GUI thread."""

from __future__ import annotations

import contextlib
import os
import sys
import threading

# Niceness of slow answers, and of training, which always uses the CPU. On two cores with other load, the preview's slowest answers
# (p99) took 45 ms beside a run at 5, and 53 ms beside one at 2.
NICE, TRAINING = 2, 5


def lower_priority(nice: int = NICE) -> None:
    """Lower the priority of the calling thread, and of the workers that PyTorch starts for it, below that of the GUI thread.

    On Linux each thread has its own priority, so training uses every core that the window does not need at the moment, and no core
    has to be kept free. On other systems nothing happens."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), nice)
