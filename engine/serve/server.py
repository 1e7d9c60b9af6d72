"""Answers a program at the other end of a pipe, and sends it what changes in the folder of runs. Does not import torch.

Messages to the server, by their "do": "ask" a question (a number, the name of its class, its fields), "cancel" one by its number,
"watch" the folder of runs, and "ping". From it: "hello" at first, then "progress", "answer" and "failed" for a question, "file"
and "gone", and "pong"."""

from __future__ import annotations

import contextlib
import os
import platform
import queue
import sys
import threading
import time
import traceback
import zlib
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol

import numpy as np

from engine.config.errors import ConfigError
from engine.execute.progress import Cancelled, ProgressCallback, Wanted
from engine.serve.codec import Packer, Unpacker, answer_of, fields_of
from engine.serve.command import Command, Server
from engine.serve.frames import GREETING, Limits, Message, PipeEnded, WrongBytes, pack, skip_to_greeting, unpack
from engine.serve.run_files import FilePart, Gone, Known, RunFiles
from engine.serve.run_process import COMMANDS

# What a program that asks may send: questions are small.
LIMITS = Limits(header=16 << 20, arrays=64 << 20, count=2000)
MOST_ASKED = 500  # questions that wait or are being answered
LIVE_SECONDS, ALL_SECONDS = 0.3, 3.0  # between two looks at the runs that train, and at all of them
PROGRESS_SECONDS = 0.05  # between two messages about the progress of a question
LAST_SECONDS = 1.0  # for the last answers, once the connection has ended
END_SECONDS = 3.0  # how long answers have to end after the connection
SILENT_SECONDS = 180.0  # without a message, after which the other side is taken to be gone: it sends a ping every few seconds


class Questions(Protocol):
    """What answers questions beyond the commands of this package: a table of classes, and how each is answered."""

    kinds: Mapping[str, type]

    def lane(self, question: Any, /) -> str:
        """Questions of one lane are answered one after another."""

    def answer(self, question: Any, progress: ProgressCallback, wanted: Wanted, /) -> object:
        """The answer, of the type that the question's class declares. Called from several threads, one per lane."""

    def cancel(self, question: Any, /) -> None:
        """Stop the computation for a question at once, where that is possible."""

    def close(self) -> None:
        """Release what is held."""


class NoQuestions:
    """Answers nothing but the commands."""

    kinds: Mapping[str, type] = {}

    def lane(self, question: Any, /) -> str:
        """There are none."""
        raise LookupError(question)

    def answer(self, question: Any, progress: ProgressCallback, wanted: Wanted, /) -> object:
        """There are none."""
        raise LookupError(question)

    def cancel(self, question: Any, /) -> None:
        """There are none."""

    def close(self) -> None:
        """Nothing is held."""


def signature(kinds: Mapping[str, type]) -> int:
    """A check sum of what can be asked and of its types. It differs where the two sides are of different versions."""
    lines = [f"{name} {fields_of(kind)} {answer_of(kind)}" for name, kind in sorted(kinds.items())]
    return zlib.crc32("\n".join(lines).encode())


def command_kinds() -> dict[str, type]:
    """The classes of the commands by their names."""
    return {kind.__name__: kind for kind in COMMANDS}


@dataclass
class _Request:
    number: int
    question: Any
    wanted: bool = True


class _Outbox:
    """The messages to be written. Answers go before files; of these few wait, so that they do not delay an answer."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._answers: deque[bytes] = deque()
        self._files: queue.Queue[bytes] = queue.Queue(maxsize=2)
        self._ready = threading.Condition()
        self._over = False
        self._thread = threading.Thread(target=self._write, name="serve, answers", daemon=True)
        self._thread.start()

    @property
    def over(self) -> bool:
        """Whether nothing can be written any more."""
        return self._over

    def put(self, message: bytes) -> None:
        with self._ready:
            self._answers.append(message)
            self._ready.notify()

    def put_file(self, message: bytes) -> None:
        """Waits while others wait."""
        while not self._over:
            with contextlib.suppress(queue.Full):
                self._files.put(message, timeout=0.2)
                with self._ready:
                    self._ready.notify()
                return

    def end(self) -> None:
        """Write the answers that wait, and nothing after them. Where the other side does not read, it is not waited for long."""
        with self._ready:
            self._over = True
            self._ready.notify()
        self._thread.join(LAST_SECONDS)

    def _write(self) -> None:
        while True:
            with self._ready:
                while not self._answers and self._files.empty() and not self._over:
                    self._ready.wait()
                if self._over and not self._answers:
                    return
                message = self._answers.popleft() if self._answers else self._files.get_nowait()
            try:
                self._stream.write(message)
                self._stream.flush()
            except (OSError, ValueError):  # the other side has ended; the reader finds it, too
                self._over = True
                return


class Connection:
    """One connected program. `run` returns when it has ended."""

    def __init__(self, requests: IO[bytes], answers: IO[bytes], root: Path, questions: Questions) -> None:
        self._stream, self._root, self._questions = requests, root, questions
        self._kinds = {**questions.kinds, **command_kinds()}
        answers.write(GREETING)
        self._outbox = _Outbox(answers)
        self._lock = threading.Lock()
        self._open: dict[int, _Request] = {}
        self._lanes: dict[str, queue.Queue[_Request | None]] = {}
        self._watching = False
        self._received = time.monotonic()

    @property
    def silent(self) -> float:
        """Seconds since the last message arrived."""
        return time.monotonic() - self._received

    def run(self) -> None:
        """Take messages until the pipe ends. WrongBytes where something else arrives."""
        self._send(
            {
                "do": "hello",
                "root": str(self._root),
                "host": platform.node(),
                "process": os.getpid(),
                "signature": signature(self._kinds),
                "separator": os.sep,
            }
        )
        try:
            skip_to_greeting(self._stream)
            while True:
                self._take(unpack(self._stream, LIMITS))
                self._received = time.monotonic()
        except PipeEnded:
            return
        finally:
            with self._lock:
                for request in self._open.values():
                    request.wanted = False
            self._outbox.end()
            for lane in self._lanes.values():
                lane.put(None)

    def _take(self, message: Message) -> None:
        header = message.header
        match header.get("do"):
            case "ask":
                self._ask(message)
            case "cancel":
                self._cancel(_whole(header, "number"))
            case "watch":
                self._watch(Unpacker(()).unpack(dict[str, Known], header.get("known")))
            case "ping":
                self._send({"do": "pong", "number": _whole(header, "number")})
            case other:
                raise WrongBytes(f"a message says what to do, not {other!r:.40}")

    # Questions

    def _ask(self, message: Message) -> None:
        number, name = _whole(message.header, "number"), message.header.get("kind")
        kind = self._kinds.get(name) if isinstance(name, str) else None
        if kind is None:
            raise WrongBytes(f"no question is named {name!r:.60}")
        request = _Request(number, Unpacker(message.arrays).unpack(kind, message.header.get("fields")))
        with self._lock:
            if len(self._open) >= MOST_ASKED or number in self._open:
                raise WrongBytes("more questions were asked than can be answered")
            self._open[number] = request
        if isinstance(request.question, Command):
            threading.Thread(target=self._answer, args=(request,), name=f"serve {name}", daemon=True).start()
            return
        lane = self._questions.lane(request.question)
        if lane not in self._lanes:
            self._lanes[lane] = queue.Queue()
            threading.Thread(target=self._work, args=(self._lanes[lane],), name=f"serve {lane}", daemon=True).start()
        self._lanes[lane].put(request)

    def _cancel(self, number: int) -> None:
        with self._lock:
            request = self._open.get(number)
        if request is not None:
            request.wanted = False
            if not isinstance(request.question, Command):
                self._questions.cancel(request.question)

    def _work(self, lane: queue.Queue[_Request | None]) -> None:
        while (request := lane.get()) is not None:
            self._answer(request)

    def _answer(self, request: _Request) -> None:
        reported = 0.0

        def progress(share: float, text: str = "", /) -> None:
            nonlocal reported
            if not request.wanted:
                raise Cancelled
            if (now := time.monotonic()) - reported >= PROGRESS_SECONDS or share >= 1:
                reported = now
                self._send({"do": "progress", "number": request.number, "share": float(share)})

        def wanted() -> bool:
            return request.wanted and not self._outbox.over

        failed: dict[str, Any] | None = None
        try:
            if not wanted():
                raise Cancelled
            question = request.question
            if isinstance(question, Command):
                answer = question.answer(Server(self._root, wanted))
            else:
                answer = self._questions.answer(question, progress, wanted)
            packer = Packer()
            packed = packer.pack(answer_of(type(question)), answer)
            # Packed here, so that an answer that cannot be sent fails as a question that cannot be answered.
            reply = pack({"do": "answer", "number": request.number, "answer": packed}, packer.arrays)
        except Cancelled:
            failed = {"cancelled": True}
        except ConfigError as error:
            failed = {"problems": [[problem.key, problem.message] for problem in error.problems]}
        except Exception as error:  # an answer that fails must not end the connection
            traceback.print_exc()
            failed = {"problems": [["", f"{type(error).__name__}: {error}"]]}
        with self._lock:
            self._open.pop(request.number, None)
        if failed is None:
            self._outbox.put(reply)
        else:
            self._send({"do": "failed", "number": request.number, **failed})

    def _send(self, header: Mapping[str, Any], arrays: Sequence[np.ndarray | bytes] = ()) -> None:
        self._outbox.put(pack(header, arrays))

    # Files

    def _watch(self, known: dict[str, Known]) -> None:
        if self._watching:
            raise WrongBytes("the folder of runs is watched already")
        self._watching = True
        files = RunFiles(self._root, known)
        threading.Thread(target=self._send_changes, args=(files,), name="serve, files", daemon=True).start()

    def _send_changes(self, files: RunFiles) -> None:
        # At first what the list of runs needs, of every run; then the metrics, then the pictures, which may take long.
        for pictures, growing in ((False, False), (False, True), (True, True)):
            self._send_all(files, pictures, growing)
        looked = time.monotonic()
        while not self._outbox.over:
            time.sleep(LIVE_SECONDS)
            if time.monotonic() - looked >= ALL_SECONDS:
                self._send_all(files, True, True)
                looked = time.monotonic()
                continue
            for run in files.live(files.runs()):
                self._send_run(files, run)

    def _send_all(self, files: RunFiles, pictures: bool, growing: bool) -> None:
        names = files.runs()
        for gone in files.removed(names):
            self._send_file(gone)
        for run in names:
            self._send_run(files, run, pictures, growing)

    def _send_run(self, files: RunFiles, run: str, pictures: bool = True, growing: bool = True) -> None:
        for change in files.changes(run, pictures, growing):
            if self._outbox.over:
                return
            self._send_file(change)

    def _send_file(self, change: FilePart | Gone) -> None:
        packer = Packer()
        packed = packer.pack(type(change), change)
        self._outbox.put_file(pack({"do": "file" if isinstance(change, FilePart) else "gone", "change": packed}, packer.arrays))


def serve(root: Path, questions: Questions, open_pipe: Callable[[], tuple[IO[bytes], IO[bytes]]] | None = None) -> int:
    """Answer the program at the other end of standard input and output until it ends; returns the exit code, 2 where what arrives
    is no message of this program."""
    requests, answers = (open_pipe or standard_pipe)()
    root.mkdir(parents=True, exist_ok=True)
    code = 0
    try:
        connection = Connection(requests, answers, root, questions)
        threading.Thread(target=_end_if_silent, args=(connection,), name="serve, silence", daemon=True).start()
        connection.run()
    except WrongBytes as error:
        print(f"error: What arrives is no message of Parallax: {error}. The connection is closed.", file=sys.stderr, flush=True)
        code = 2
    except (OSError, ValueError):  # a pipe that was closed at once
        code = 1
    # What is being computed is not wanted any more; what does not end soon is ended with the process.
    ended = threading.Thread(target=questions.close, name="serve, closing", daemon=True)
    ended.start()
    ended.join(END_SECONDS)
    return code


def _end_if_silent(connection: Connection) -> None:
    """End the process where nothing arrives any more: a network that was cut leaves the pipe open, and it is read for ever."""
    while connection.silent < SILENT_SECONDS:
        time.sleep(1.0)
    print(f"error: Nothing has arrived for {SILENT_SECONDS:.0f} s. The connection is closed.", file=sys.stderr, flush=True)
    os._exit(1)


def standard_pipe() -> tuple[IO[bytes], IO[bytes]]:
    """Standard input and output for messages alone: what libraries print goes to standard error."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return sys.stdin.buffer, answers


def _whole(header: Mapping[str, Any], name: str) -> int:
    value = header.get(name)
    if type(value) is not int or not 0 <= value < 2**53:
        raise WrongBytes(f"a message has a {name}")
    return value
