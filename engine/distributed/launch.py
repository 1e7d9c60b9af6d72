"""Starts the ranks of a run on this machine by torch's own launcher (torch.distributed.run), and says which of them ended it."""

from __future__ import annotations

import logging
import os
import signal
import sys
import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import psutil

# Set for ranks that `Launcher` started: it says what became of them, and passes signals on.
STARTED = "PARALLAX_LAUNCHER"


@dataclass(frozen=True)
class RankEnded:
    """The rank whose end ended the run. `code`: its exit code, negative for a signal."""

    rank: int
    pid: int
    code: int

    def __str__(self) -> str:
        if self.code >= 0:
            return f"Rank {self.rank} (process {self.pid}) ended with code {self.code}"
        return f"Rank {self.rank} (process {self.pid}) was killed by signal {-self.code} ({signal.strsignal(-self.code)})"


def passed_on() -> bool:
    """Whether this process is a rank of `Launcher`, which passes signals on."""
    return STARTED in os.environ


class Launcher:
    """Runs a command of Python once for each of `devices` ranks, with so many `threads` each.

    `run` waits for them; `stop` and `kill` may be called from a signal handler or another thread."""

    def __init__(self, arguments: Sequence[str], devices: int, threads: int) -> None:
        self.arguments, self.devices, self.threads = tuple(arguments), devices, threads

    def run(self) -> RankEnded | None:
        """Start the ranks and wait until all have ended: None where all did their work, or the first that did not."""
        from torch.distributed.elastic.multiprocessing.errors import ChildFailedError
        from torch.distributed.launcher.api import LaunchConfig, elastic_launch

        # It reports the end of each process in dozens of lines.
        logging.getLogger("torch.distributed").setLevel(logging.CRITICAL)
        before = dict(os.environ)  # the ranks inherit it
        os.environ |= {STARTED: "1", "OMP_NUM_THREADS": str(self.threads)}
        os.environ.setdefault("TORCH_CPP_LOG_LEVEL", "ERROR")
        config = LaunchConfig(
            min_nodes=1,
            max_nodes=1,
            nproc_per_node=self.devices,
            run_id=uuid.uuid4().hex,
            rdzv_backend="c10d",
            rdzv_endpoint="localhost:0",
            max_restarts=0,
            # This program's own handlers pass the others on.
            signals_to_handle="SIGQUIT" if hasattr(signal, "SIGQUIT") else "SIGBREAK",
        )
        try:
            elastic_launch(config, sys.executable)(*self.arguments)
        except ChildFailedError as error:
            rank, failure = error.get_first_failure()
            return RankEnded(rank, failure.pid, failure.exitcode)
        finally:
            self.kill()
            os.environ.clear()
            os.environ |= before
        return None

    def stop(self) -> None:
        """Ask the ranks to stop after their step."""
        for process in psutil.Process().children():
            with suppress(psutil.Error):
                process.terminate()

    def kill(self) -> None:
        """End the ranks at once."""
        for process in psutil.Process().children():
            with suppress(psutil.Error):
                process.kill()
