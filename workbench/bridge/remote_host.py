"""The connection to the engine on another machine: OpenSSH starts `python -m engine serve` there, and its pipe is the line. No Qt.

What ends the connection does not end what it is for: questions that wait are asked again, and runs go on there. It is tried again
after a while that grows."""

from __future__ import annotations

import contextlib
import itertools
import os
import queue
import shlex
import subprocess
import sys
import threading
import time
import zlib
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any, Literal, NoReturn, TypeVar
from urllib.parse import quote

import platformdirs

from engine.config.errors import ConfigError, Problem, complain
from engine.execute.progress import Cancelled, Wanted
from engine.serve.codec import Packer, Unpacker, answer_of
from engine.serve.command import Command
from engine.serve.frames import GREETING, Limits, Message, PipeEnded, WrongBytes, pack, skip_to_greeting, unpack
from engine.serve.run_files import FilePart, Gone, Known
from engine.serve.run_process import LiveRuns, WriteNotes
from engine.serve.server import command_kinds, signature
from workbench.bridge.question import Question
from workbench.bridge.run_copies import RunCopies
from workbench.bridge.served import NAME, served_kinds

A = TypeVar("A")

SSH = "PARALLAX_SSH"  # the environment's command in place of "ssh", with options
LIMITS = Limits()
PING_SECONDS = 2.0
# Without a message, after which the connection is lost; twice as long after each such loss: a busy machine that imports PyTorch for
# the first question answers nothing meanwhile, and would do so again after each new connection.
SILENT_SECONDS, LONGEST_SILENCE = 20.0, 160.0
RETRY_SECONDS = (1, 2, 4, 8, 15, 30)  # between two attempts
CHECK_SECONDS = 0.05  # between two looks whether an answer is still wanted
LONGEST_NAME = 100  # characters of a folder's name
EDIT_SECONDS = 0.7  # between two looks for the user's changes of notes
# What ssh says where trying again by itself is of no use, and might lock the user out.
_REFUSED = ("permission denied", "host key verification failed", "too many authentication failures")

Phase = Literal["connecting", "connected", "lost", "failed"]


@dataclass(frozen=True)
class HostState:
    """`phase`: "lost" is tried again in `again` seconds, "failed" is not. `reason`: why, as ssh or the other side says it.
    `latency`: seconds from a message to its reply, None where it is not known yet."""

    host: str
    phase: Phase = "connecting"
    reason: str = ""
    again: int = 0
    latency: float | None = None


def ssh_command(host: str, python: str, runs: str) -> list[str]:
    """The command that connects with a host, with the options of the user's own ssh configuration. `python`: the interpreter there;
    `runs`: the folder of runs there, "" for its default. ConfigError for a name that ssh would take for an option."""
    if not host or host.startswith("-") or any(sign.isspace() for sign in host):
        raise complain("--host", "[USER@]HOST, or a Host of your ssh configuration", host)
    there = [python, "-P", "-m", "engine", "serve", "--questions", NAME, *(["--runs", runs] if runs else [])]
    return [*shlex.split(os.environ.get(SSH) or "ssh"), "-T", "--", host, shlex.join(there)]


def copies_of(host: str, runs: str) -> Path:
    """Where the copies of a host's runs are on this machine."""
    name = quote(f"{host} {runs}".strip(), safe="@ ").replace(".", "%2E")
    if len(name) > LONGEST_NAME:
        name = f"{name[:LONGEST_NAME]} {zlib.crc32(name.encode()):08x}"
    return Path(platformdirs.user_cache_dir("parallax", appauthor=False)) / "hosts" / name / "runs"


class _Connection:
    """One connection: the process of ssh, and the questions that wait for their answer."""

    def __init__(self, command: Sequence[str], lines: deque[str]) -> None:
        self.process = subprocess.Popen(
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        requests, answers, errors = self.process.stdin, self.process.stdout, self.process.stderr
        if requests is None or answers is None or errors is None:
            raise OSError("no pipe")
        self._requests, self.answers = requests, answers
        self._errors = threading.Thread(target=_read_errors, args=(errors, lines), name="host, errors", daemon=True)
        self._errors.start()
        self._sending = threading.Lock()
        self._waiting: dict[int, queue.Queue[Message | None]] = {}
        self._over = False
        self.received = time.monotonic()

    def send(self, data: bytes) -> None:
        """Send a message; nothing where the connection has ended: its reader finds that, too."""
        with self._sending, contextlib.suppress(OSError, ValueError):
            self._requests.write(data)
            self._requests.flush()

    def ask(self, number: int, data: bytes) -> queue.Queue[Message | None]:
        """Send a question; the messages about it, then None where the connection ends before the answer."""
        box: queue.Queue[Message | None] = queue.Queue()
        self._waiting[number] = box
        if self._over:
            box.put(None)
        self.send(data)
        return box

    def forget(self, number: int) -> None:
        """No message about a question is wanted any more."""
        self._waiting.pop(number, None)

    def deliver(self, message: Message) -> None:
        """Pass on a message about a question."""
        box = self._waiting.get(message.header.get("number", -1))
        if box is not None:
            box.put(message)

    def end(self) -> None:
        """End the process; whoever waits gets None."""
        self._over = True
        self.process.kill()
        self.process.wait()
        self._errors.join(1.0)
        for box in list(self._waiting.values()):
            box.put(None)
        for stream in (self._requests, self.answers):
            with contextlib.suppress(OSError, ValueError):
                stream.close()


class RemoteHost:
    """The engine of another machine. `changed`: called with each new state; `met`: called with the folders (of the copies) of the
    runs that train there, when the first connection has been made; both from a thread of this object."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        copies: Path,
        changed: Callable[[HostState], None] = lambda state: None,
        met: Callable[[Sequence[str]], None] = lambda folders: None,
    ) -> None:
        self.name, self.root = name, copies
        self.changed, self.met = changed, met
        self.copies = RunCopies(copies)
        self.state = HostState(name)
        self._command = list(command)
        self._kinds = signature({**served_kinds(), **command_kinds()})
        self._numbers = itertools.count(1)
        self._pings: dict[int, float] = {}
        self._patience = SILENT_SECONDS
        self._lock = threading.Condition()
        self._connection: _Connection | None = None
        self._there, self._separator = "", "/"
        self._closed = threading.Event()
        self._again = threading.Event()
        self._threads = [
            threading.Thread(target=work, name=f"host {self.name}", daemon=True)
            for work in (self._connect, self._ping, self._send_edits)
        ]

    def start(self) -> None:
        """Begin to connect."""
        for thread in self._threads:
            thread.start()

    def try_again(self) -> None:
        """Connect now: after a failure, too, and in place of an attempt that hangs."""
        self._again.set()
        connection = self._connection
        if connection is not None and self.state.phase == "connecting":
            connection.process.kill()

    def close(self) -> None:
        """End the connection. Runs go on there."""
        self._closed.set()
        self._again.set()
        with self._lock:
            connection = self._connection
            self._lock.notify_all()
        if connection is not None:
            connection.process.kill()
        for thread in self._threads:
            if thread.ident is not None and thread is not threading.current_thread():
                thread.join(10.0)

    def ask(
        self,
        question: Question[A] | Command[A],
        progress: Callable[[float], None] = lambda share: None,
        wanted: Wanted = lambda: True,
    ) -> A:
        """The answer to a question, which may wait until there is a connection. ConfigError as the other side raises it; Cancelled
        where it is not wanted any more, or after `close`."""
        while True:
            connection = self._connected(wanted)
            packer = Packer(self._to_there)
            fields = packer.pack(type(question), question)
            number = next(self._numbers)
            header = {"do": "ask", "number": number, "kind": type(question).__name__, "fields": fields}
            box = connection.ask(number, pack(header, packer.arrays))
            try:
                answer = self._answer(box, answer_of(type(question)), progress, wanted)
            except BaseException:
                connection.send(pack({"do": "cancel", "number": number}))
                raise
            finally:
                connection.forget(number)
            if answer is not _LOST:
                return answer  # type: ignore[no-any-return]

    def _answer(self, box: queue.Queue[Message | None], kind: Any, progress: Callable[[float], None], wanted: Wanted) -> Any:
        while True:
            if not wanted() or self._closed.is_set():
                raise Cancelled
            try:
                message = box.get(timeout=CHECK_SECONDS)
            except queue.Empty:
                continue
            if message is None:
                return _LOST
            header = message.header
            if header["do"] == "progress":
                progress(float(header["share"]))
            elif header["do"] == "answer":
                return Unpacker(message.arrays, self._to_here).unpack(kind, header.get("answer"))
            elif header.get("cancelled"):
                raise Cancelled
            else:
                raise ConfigError([Problem(str(key), str(text)) for key, text in header.get("problems", ())])

    def _connected(self, wanted: Wanted) -> _Connection:
        with self._lock:
            while self._connection is None or self.state.phase != "connected":
                if self._closed.is_set() or not wanted():
                    raise Cancelled
                self._lock.wait(CHECK_SECONDS)
            return self._connection

    # Paths: a text that is a path below the folder of runs names the same run on both sides.

    def _to_there(self, text: str) -> str:
        return _moved(text, str(self.root), os.sep, self._there, self._separator)

    def _to_here(self, text: str) -> str:
        return _moved(text, self._there, self._separator, str(self.root), os.sep)

    # The connection

    def _connect(self) -> None:
        failures, met = 0, False
        while not self._closed.is_set():
            self._show(HostState(self.name, "connecting", self.state.reason))
            lines: deque[str] = deque(maxlen=20)
            reason, final = "", False
            try:
                connection = _Connection(self._command, lines)
            except OSError as error:
                reason, final = f"{self._command[0]}: {error.strerror or error}", True
            else:
                try:
                    self._run(connection, met)
                except WrongBytes as error:
                    reason, final = f"what arrives is no message of Parallax: {error}", True
                except (PipeEnded, OSError, ValueError) as error:
                    reason = str(error)
                finally:
                    connected = self.state.phase == "connected"
                    with self._lock:
                        self._connection = None
                    connection.end()
                met = met or connected
                failures = 0 if connected else failures + 1
                errors = " ".join(lines)
                reason = reason or errors or "the connection was closed"
                code = connection.process.returncode
                final = final or any(word in errors.lower() for word in _REFUSED)
                # 255 is ssh's own error; any other code is of the command there, which would fail again. Below 0: ended from here.
                final = final or (not connected and code is not None and 0 < code != 255)
            if self._closed.is_set():
                return
            self._wait(reason, final, failures)

    def _run(self, connection: _Connection, met: bool) -> NoReturn:
        """Take messages until the connection ends: PipeEnded, OSError, or WrongBytes."""
        connection.send(GREETING)
        with self._lock:
            self._connection = connection  # from now on `close` ends it
        if self._closed.is_set():
            raise PipeEnded
        skip_to_greeting(connection.answers)
        hello = unpack(connection.answers, LIMITS).header
        there, separator = hello.get("root"), hello.get("separator")
        if hello.get("do") != "hello" or not isinstance(there, str) or separator not in ("/", "\\") or len(there) < 2:
            raise WrongBytes("it begins with no greeting")
        if hello.get("signature") != self._kinds:
            raise WrongBytes("Parallax is of another version there; install the same one on both machines")
        self._there, self._separator = there, str(separator)
        packer = Packer()
        connection.send(pack({"do": "watch", "known": packer.pack(dict[str, Known], self.copies.known())}))
        connection.received = time.monotonic()
        self._show(HostState(self.name, "connected"))
        if not met:
            threading.Thread(target=self._find_live_runs, name="host, live runs", daemon=True).start()
        while True:
            message = unpack(connection.answers, LIMITS)
            connection.received = time.monotonic()
            self._take(connection, message)

    def _take(self, connection: _Connection, message: Message) -> None:
        header = message.header
        match header.get("do"):
            case "progress" | "answer" | "failed":
                connection.deliver(message)
            case "file":
                self.copies.take(Unpacker(message.arrays).unpack(FilePart, header.get("change")))
            case "gone":
                self.copies.gone(Unpacker(message.arrays).unpack(Gone, header.get("change")))
            case "pong":
                sent = self._pings.pop(header.get("number", -1), None)
                if sent is not None:
                    self._show(replace(self.state, latency=time.monotonic() - sent))
            case other:
                raise WrongBytes(f"a message says what to do, not {other!r:.40}")

    def _wait(self, reason: str, final: bool, failures: int) -> None:
        if final:
            self._show(HostState(self.name, "failed", reason))
            self._again.wait()
        else:
            for left in range(RETRY_SECONDS[min(failures, len(RETRY_SECONDS) - 1)], 0, -1):
                self._show(HostState(self.name, "lost", reason, left))
                if self._again.wait(1.0):
                    break
        self._again.clear()

    def _show(self, state: HostState) -> None:
        with self._lock:
            self.state = state
            self._lock.notify_all()
        self.changed(state)

    def _find_live_runs(self) -> None:
        """Find the runs that train there, and report them as soon as their copies are here."""
        with contextlib.suppress(Cancelled, ConfigError):
            folders = self.ask(LiveRuns())
            until = time.monotonic() + 60
            while not self._closed.is_set() and time.monotonic() < until:
                if all((Path(folder) / "status.json").is_file() for folder in folders):
                    break
                time.sleep(CHECK_SECONDS)
            self.met(folders)

    def _ping(self) -> None:
        while not self._closed.wait(PING_SECONDS):
            connection = self._connection
            if connection is None or self.state.phase != "connected":
                continue
            if time.monotonic() - connection.received > self._patience:
                self._patience = min(2 * self._patience, LONGEST_SILENCE)
                connection.process.kill()  # the reader finds the end
                continue
            number = next(self._numbers)
            self._pings = {number: time.monotonic(), **dict(itertools.islice(self._pings.items(), 8))}
            connection.send(pack({"do": "ping", "number": number}))

    def _send_edits(self) -> None:
        while not self._closed.wait(EDIT_SECONDS):
            if self.state.phase != "connected":
                continue
            for run, name, data in self.copies.edits():
                with contextlib.suppress(ConfigError, Cancelled):
                    self.ask(WriteNotes(self.root / run, name, data))
                self.copies.sent(run, name)


_LOST: Any = object()


def _moved(text: str, before: str, cut: str, after: str, separator: str) -> str:
    if text == before:
        return after
    if before and text.startswith(before + cut):
        return after + separator + text[len(before) + len(cut) :].replace(cut, separator)
    return text


def _read_errors(stream: IO[bytes], lines: deque[str]) -> None:
    for line in stream:
        text = line.decode("utf-8", "replace").rstrip()
        if text:
            lines.append(text.removeprefix("error: "))
            with contextlib.suppress(OSError, ValueError, AttributeError):
                print(text, file=sys.stderr, flush=True)
