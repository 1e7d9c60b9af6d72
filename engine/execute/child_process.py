"""Start a child process, exchange messages with it, cancel it, and get its exit code. Does not import torch.

A worker of this program runs `python -m <module>` and exchanges pickled messages through its standard input and output with the
program that started it; `Parent` is the child's side. A command of the command line writes lines of text, and receives nothing."""

from __future__ import annotations

import contextlib
import io
import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import IO, Any, NoReturn, Self

import psutil

from engine.execute.child_environment import child_environment
from engine.execute.progress import Cancelled, Wanted

# Seconds between two checks for cancellation while no message arrives.
CHECK_SECONDS = 0.1
# How long the pipes of an ended child are read on: a process that the child started may hold them open for as long as it runs.
DRAIN_SECONDS = 2.0
_BROKEN = (EOFError, OSError, ValueError, pickle.UnpicklingError)
_END = object()


class ChildEnded(Exception):
    """The child ended, or closed its pipe, before the expected message. `code`: its exit code, negative for a signal; `errors`: the
    last lines that it wrote to standard error, where they are kept."""

    def __init__(self, code: int, errors: Sequence[str] = ()) -> None:
        super().__init__(f"The process ended with {f'signal {-code}' if code < 0 else f'code {code}'}.")
        self.code, self.errors = code, tuple(errors)

    @property
    def signal_name(self) -> str:
        """The name of the signal that ended it; "" where none did."""
        return signal.strsignal(-self.code) or str(-self.code) if self.code < 0 else ""


class ParentEnded(Exception):
    """The program that started this process has ended."""


def module_command(module: str, *arguments: str) -> list[str]:
    """The command that runs a module with this Python."""
    return [sys.executable, "-m", module, *arguments]


def check_wanted(wanted: Wanted) -> Callable[[], None]:
    """A check for `ChildProcess.receive`, which raises Cancelled where `wanted` returns False."""

    def check() -> None:
        if not wanted():
            raise Cancelled

    return check


class ChildProcess:
    """A running child; a context manager that ends it.

    command: program and arguments. lines: its messages are lines of text, and its input is closed; else they are pickled objects.
    threads: most threads of its libraries, None leaves them as they are. niceness: by how much its priority is
    lowered. kept_errors: how many last lines of its standard error are kept; 0: it inherits this program's.

    `send`, `kill` and `close` may be called from any thread, `receive` from one at a time. OSError where it cannot be started."""

    def __init__(
        self, command: Sequence[str], *, lines: bool = False, threads: int | None = None, niceness: int = 0, kept_errors: int = 0
    ) -> None:
        errors = subprocess.PIPE if kept_errors else None if sys.stderr is not None else subprocess.DEVNULL
        self._process = subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL if lines else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,  # a program without a console has none
            env=child_environment(threads),
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        if niceness:
            lower_priority(self._process.pid, niceness)
        self._messages: queue.Queue[Any] = queue.Queue()
        self._errors: deque[str] = deque(maxlen=kept_errors or 1)
        self._sending = threading.Lock()
        assert self._process.stdout is not None
        read = self._read_lines if lines else self._read_pickles
        self._readers = [threading.Thread(target=read, args=(self._process.stdout,), name="child, messages", daemon=True)]
        if self._process.stderr is not None:
            self._readers.append(
                threading.Thread(target=self._read_errors, args=(self._process.stderr,), name="child, errors", daemon=True)
            )
        for reader in self._readers:
            reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    @property
    def alive(self) -> bool:
        """Whether the process is running."""
        return self._process.poll() is None

    def send(self, message: object) -> None:
        """Send a message. ChildEnded where the process has ended."""
        assert self._process.stdin is not None
        try:
            with self._sending:
                pickle.dump(message, self._process.stdin, protocol=5)
                self._process.stdin.flush()
        except (OSError, ValueError):
            raise self._ended() from None

    def receive(self, check: Callable[[], None] = lambda: None) -> Any:
        """The next message. `check` is called about every CHECK_SECONDS while it waits; its errors are passed on, and the child
        continues until it is killed or closed. ChildEnded where no message can come any more."""
        while True:
            check()
            try:
                message = self._messages.get(timeout=CHECK_SECONDS)
            except queue.Empty:
                continue
            if message is _END:
                self._messages.put(_END)  # for the next call
                raise self._ended()
            return message

    def kill(self) -> None:
        """End the process at once; a waiting `receive` raises ChildEnded."""
        self._process.kill()

    def close(self) -> None:
        """End the process if it is still running, and close its pipes."""
        self._process.kill()
        self._process.wait()
        for reader in self._readers:
            if reader is not threading.current_thread():
                reader.join(DRAIN_SECONDS)
        if any(reader.is_alive() for reader in self._readers):
            return  # closing a pipe that a thread reads would wait for that thread
        with self._sending:
            for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
                if pipe is not None:
                    with contextlib.suppress(OSError, ValueError):
                        pipe.close()

    def _ended(self) -> ChildEnded:
        code = self._process.wait()
        for reader in self._readers[1:]:
            reader.join(DRAIN_SECONDS)
        return ChildEnded(code, tuple(self._errors))

    def _read_pickles(self, stream: IO[bytes]) -> None:
        try:
            with contextlib.suppress(*_BROKEN):
                while True:
                    self._messages.put(pickle.load(stream))
        finally:
            self._messages.put(_END)

    def _read_lines(self, stream: IO[bytes]) -> None:
        for line in _text(stream):
            self._messages.put(line.rstrip())
        self._messages.put(_END)

    def _read_errors(self, stream: IO[bytes]) -> None:
        self._errors.extend(line.rstrip() for line in _text(stream) if line.rstrip())


class Parent:
    """The child's connection to the program that started it. Standard output is only for messages: what libraries print is
    redirected to standard error."""

    def __init__(self) -> None:
        self._requests = sys.stdin.buffer
        self._answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        self._sending = threading.Lock()

    def receive(self) -> Any:
        """The next message. ParentEnded where the program has ended, also in the middle of a message."""
        try:
            return pickle.load(self._requests)
        except _BROKEN:
            raise ParentEnded from None

    def send(self, message: object) -> None:
        """Send a message; thread-safe. ParentEnded where the program has ended."""
        try:
            with self._sending:
                pickle.dump(message, self._answers, protocol=5)
                self._answers.flush()
        except (OSError, ValueError):
            raise ParentEnded from None

    def end(self) -> NoReturn:
        """End this process at once while a thread waits in `receive`: that thread holds the lock of standard input, and a normal
        exit of Python would abort because it cannot close it."""
        for stream in (self._answers, sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
        os._exit(0)


def _text(stream: IO[bytes]) -> IO[str]:
    return io.TextIOWrapper(stream, encoding="utf-8", errors="replace")


def lower_priority(pid: int, steps: int) -> None:
    """Lower the priority, before the child starts threads, which inherit it."""
    try:
        process = psutil.Process(pid)
        # psutil has this constant on Windows only.
        process.nice(getattr(psutil, "BELOW_NORMAL_PRIORITY_CLASS", steps))
    except (psutil.Error, OSError):
        return
