"""The worker process of a MapJob: receives tasks, makes maps, sends them back."""

from __future__ import annotations

import contextlib
import os
import queue
import threading
import time
from dataclasses import dataclass
from typing import Any

from engine.embed.tasks import Task
from engine.execute.child_process import Parent, ParentEnded
from engine.execute.progress import Cancelled

STOP = "stop"
# Seconds between two progress messages, which is also how soon a map can be cancelled.
PING_SECONDS = 0.2


@dataclass
class _Work:
    """The current task: the fraction done, and whether it was cancelled."""

    number: int
    share: float = 0.0
    stop: bool = False

    def tick(self, share: float, text: str = "", /) -> None:
        """Record the fraction done; raises where the task was cancelled."""
        if self.stop:
            raise Cancelled
        self.share = max(self.share, share)


class Worker:
    """Handles one request after another. Three threads: one receives, so that a cancellation arrives while a map is made; this one
    computes; one sends the progress a few times a second."""

    def __init__(self, parent: Parent) -> None:
        self.parent = parent
        self.waiting: queue.Queue[tuple[int, Task]] = queue.Queue()
        self.work: _Work | None = None
        self.stopped = 0

    def serve(self) -> None:
        """Handle requests until the pipe is closed."""
        for job in (self._receive, self._ping):
            threading.Thread(target=job, daemon=True).start()
        while True:
            number, task = self.waiting.get()
            self.work = work = _Work(number, stop=number <= self.stopped)
            try:
                if not work.stop:
                    self._send(number, "done", task.make(work.tick))
            except Cancelled:
                pass
            except ParentEnded:
                return
            except Exception as error:  # raised again in the other process
                self._send(number, "failed", f"{type(error).__name__}: {error}")
            finally:
                self.work = None

    def _receive(self) -> None:
        while True:
            try:
                number, task = self.parent.receive()
            except ParentEnded:
                os._exit(0)  # the result is no longer needed
            if task == STOP:
                self.stopped = number
                work = self.work
                if work is not None and work.number <= number:
                    work.stop = True
            else:
                self.waiting.put((number, task))

    def _ping(self) -> None:
        while True:
            time.sleep(PING_SECONDS)
            work = self.work
            if work is not None and not work.stop:
                with contextlib.suppress(ParentEnded):
                    self._send(work.number, "progress", work.share)

    def _send(self, number: int, kind: str, value: Any) -> None:
        self.parent.send((number, kind, value))


def main() -> None:
    """Serve the program that started this process."""
    with contextlib.suppress(KeyboardInterrupt, ParentEnded):
        Worker(Parent()).serve()


if __name__ == "__main__":
    main()
