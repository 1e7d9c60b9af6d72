"""The process behind a MapJob: reads tasks from its standard input, makes maps, writes what it found to its standard output.

Pickles go both ways, between a program and its own child alone. All that libraries print goes to standard error.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import queue
import sys
import threading
import time
from dataclasses import dataclass
from typing import IO, Any

from engine.embed.tasks import Task
from engine.execute.progress import Cancelled

STOP = "stop"
# How often a worker says that it lives, which is also how soon a map can be called off.
PING_SECONDS = 0.2


@dataclass
class _Work:
    """The map in hand: how far it is, and whether it is still wanted."""

    number: int
    share: float = 0.0
    stop: bool = False

    def tick(self, share: float, text: str = "", /) -> None:
        """Called between two parts of the work."""
        if self.stop:
            raise Cancelled
        self.share = max(self.share, share)


class Worker:
    """Answers one question after the other. Three threads: one reads, so that a stop is heard while a map is made; this one
    works; one says a few times a second that the work goes on."""

    def __init__(self, questions: IO[bytes], answers: IO[bytes]) -> None:
        self.questions, self.answers = questions, answers
        self.waiting: queue.Queue[tuple[int, Task]] = queue.Queue()
        self.work: _Work | None = None
        self.stopped = 0
        self.speaking = threading.Lock()

    def serve(self) -> None:
        """Until the other side is gone."""
        for job in (self._read, self._ping):
            threading.Thread(target=job, daemon=True).start()
        while True:
            number, question = self.waiting.get()
            self.work = work = _Work(number, stop=number <= self.stopped)
            try:
                if not work.stop:
                    self._say(number, "done", question.make(work.tick))
            except Cancelled:
                pass
            except BrokenPipeError:
                return
            except Exception as error:  # told to whoever asked, in the other process
                self._say(number, "failed", f"{type(error).__name__}: {error}")
            finally:
                self.work = None

    def _read(self) -> None:
        while True:
            try:
                number, question = pickle.load(self.questions)
            except (EOFError, OSError, ValueError, pickle.UnpicklingError):
                os._exit(0)  # the program that asked is gone, perhaps in the middle of a word, and nobody wants the rest
            if question == STOP:
                self.stopped = number
                work = self.work
                if work is not None and work.number <= number:
                    work.stop = True
            else:
                self.waiting.put((number, question))

    def _ping(self) -> None:
        while True:
            time.sleep(PING_SECONDS)
            work = self.work
            if work is not None and not work.stop:
                with contextlib.suppress(OSError, ValueError):
                    self._say(work.number, "progress", work.share)

    def _say(self, number: int, kind: str, value: Any) -> None:
        with self.speaking:
            pickle.dump((number, kind, value), self.answers, protocol=5)
            self.answers.flush()


def main() -> None:
    """Keeps the real standard output for answers and turns everyone else's to standard error."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    with contextlib.suppress(KeyboardInterrupt, BrokenPipeError):
        Worker(sys.stdin.buffer, answers).serve()


if __name__ == "__main__":
    main()
