"""Signals that stop a program: the first stops the run after its step, with a checkpoint; the second ends the program at once.

Ctrl+C (SIGINT), the end of a container, a cluster's job or a session (SIGTERM), a terminal that closes (SIGHUP), and Ctrl+Break on
Windows (SIGBREAK). Windows ends a program whose console is closed before Python can handle it: the steps since the last
checkpoint are lost there. Torch-free."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from types import FrameType

NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
# Some programs (timeout, for one) send a signal to the process and to its group: that is one request, not two.
TOGETHER_SECONDS = 0.2


@dataclass
class Received:
    """The first signal that was received; 0 for none."""

    number: int = 0

    @property
    def code(self) -> int:
        """The exit code for this signal."""
        return 128 + self.number


@contextmanager
def stopping(
    stop: Callable[[], None],
    say: Callable[[str], None] | None = None,
    at_once: Callable[[], None] | None = None,
) -> Iterator[Received]:
    """In the block, the first of each of the signals calls `stop`. The same signal again ends the program at once: SIGINT by
    KeyboardInterrupt, others by their default action; `at_once` is called before. `say` is called with a line for the user, by
    default written to stderr. A signal that was ignored when the program started (nohup) stays ignored. Signals are handled in the
    main thread alone; elsewhere this does nothing."""
    received, since = Received(), dict[int, float]()
    if threading.current_thread() is not threading.main_thread():
        yield received
        return

    def handle(number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        if number not in since:
            since[number] = now
            if not received.number:
                received.number = number
                again = "Ctrl+C again" if number == signal.SIGINT else f"{signal.Signals(number).name} again"
                (say or _say)(f"Stopping after this step, with a checkpoint; {again} to stop at once.")
            stop()
        elif number == signal.SIGINT or now - since[number] >= TOGETHER_SECONDS:
            if at_once is not None:
                at_once()
            if number == signal.SIGINT:
                raise KeyboardInterrupt
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)

    before = {}
    for name in NAMES:
        number = getattr(signal, name, None)
        if number is None or (name == "SIGHUP" and signal.getsignal(number) is signal.SIG_IGN):
            continue
        before[number] = signal.signal(number, handle)
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _say(text: str) -> None:
    # Not through sys.stderr: the signal may arrive during a write to it, and the terminal may be closed.
    with suppress(OSError):
        os.write(2, f"\n{text}\n".encode())
