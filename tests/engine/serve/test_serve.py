"""`python -m engine serve` at the other end of a plain pipe, as ssh gives it one."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.config.errors import ConfigError, complain
from engine.execute.progress import ProgressCallback, Wanted
from engine.serve.codec import Packer, Unpacker
from engine.serve.command import Command, Server
from engine.serve.frames import GREETING, Limits, PipeEnded, pack, skip_to_greeting, unpack
from engine.serve.run_files import FilePart, Gone, Known, RunFiles, parts_of
from engine.serve.run_process import COMMANDS, AskRun, WriteNotes
from engine.serve.server import Connection


class Table:
    """Questions that are no commands, so that they go through lanes."""

    def __init__(self) -> None:
        self.kinds: dict[str, type] = {"Ask": Ask}
        self.cancelled: list[Any] = []
        self.closed = threading.Event()

    def lane(self, question: Any) -> str:
        return str(question.lane)

    def answer(self, question: Any, progress: ProgressCallback, wanted: Wanted) -> object:
        if question.how == "refuse":
            raise complain("optim.lr", "above 0", -1)
        if question.how == "fail":
            raise ZeroDivisionError("a defect")
        progress(0.5)
        while question.how == "wait":
            time.sleep(0.01)
            progress(0.6)
        return "text" if question.how == "lie" else question.array * 2

    def cancel(self, question: Any) -> None:
        self.cancelled.append(question)

    def close(self) -> None:
        self.closed.set()


@dataclass(frozen=True, eq=False)
class Ask:
    array: np.ndarray
    how: str = ""
    lane: str = "quick"

    __orig_bases__ = (Command[np.ndarray],)


class Client:
    """The other end."""

    def __init__(self, root: Path, table: Table) -> None:
        (inlet, outlet), (answers, answer_outlet) = os.pipe(), os.pipe()
        self.requests, self.answers = os.fdopen(outlet, "wb", 0), os.fdopen(answers, "rb")
        self._ends = os.fdopen(inlet, "rb"), os.fdopen(answer_outlet, "wb")
        self.connection = Connection(*self._ends, root, table)
        self.error: Exception | None = None
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()
        skip_to_greeting(self.answers)
        self.hello = unpack(self.answers, Limits()).header
        self.requests.write(GREETING)

    def _run(self) -> None:
        try:
            self.connection.run()
        except Exception as error:
            self.error = error

    def ask(self, number: int, question: Any, kind: str = "") -> None:
        packer = Packer()
        fields = packer.pack(type(question), question)
        header = {"do": "ask", "number": number, "kind": kind or type(question).__name__, "fields": fields}
        self.requests.write(pack(header, packer.arrays))

    def send(self, **header: Any) -> None:
        self.requests.write(pack(header))

    def next(self, *kinds: str) -> Any:
        """The next message of one of these kinds."""
        while True:
            message = unpack(self.answers, Limits())
            if message.header["do"] in kinds:
                return message

    def close(self) -> None:
        self.requests.close()
        self.thread.join(5)
        for stream in (self.answers, *self._ends):
            stream.close()


@contextmanager
def connected(root: Path, table: Table | None = None) -> Iterator[Client]:
    client = Client(root, table or Table())
    try:
        yield client
    finally:
        client.close()


def test_questions_are_answered_with_progress_errors_and_cancelling(tmp_path: Path) -> None:
    table = Table()
    with connected(tmp_path, table) as client:
        assert client.hello["do"] == "hello"
        assert client.hello["root"] == str(tmp_path)
        array = np.arange(10_000, dtype=np.float32)
        client.ask(1, Ask(array))
        assert client.next("progress").header["share"] == 0.5
        message = client.next("answer")
        np.testing.assert_array_equal(Unpacker(message.arrays).unpack(np.ndarray, message.header["answer"]), array * 2)
        client.ask(2, Ask(array, "refuse"))
        assert client.next("failed").header["problems"] == [["optim.lr", "optim.lr must be above 0. Got -1."]]
        client.ask(3, Ask(array, "fail"))
        assert client.next("failed").header["problems"] == [["", "ZeroDivisionError: a defect"]]
        client.ask(4, Ask(array, "wait", "slow"))
        client.next("progress")
        client.ask(5, Ask(array))  # of another lane: it does not wait for the one before
        assert client.next("answer").header["number"] == 5
        client.send(do="cancel", number=4)
        assert client.next("failed").header["cancelled"]
        assert [question.how for question in table.cancelled] == ["wait"]
        client.send(do="ping", number=77)
        assert client.next("pong").header["number"] == 77


@pytest.mark.parametrize(
    ("message", "says"),
    [
        ({"do": "ask", "number": 1, "kind": "os.system", "fields": {"command": "true"}}, "no question is named"),
        ({"do": "ask", "number": 1, "kind": "Ask", "fields": {}}, "other fields"),
        ({"do": "ask", "number": 1, "kind": "Ask", "fields": {"array": 9, "how": "", "lane": ""}}, "not sent"),
        ({"do": "ask", "number": "1", "kind": "LiveRuns", "fields": {}}, "number"),
        ({"do": "run", "command": "true"}, "what to do"),
        ({"do": "watch", "known": [["a", {"size": 1}]]}, "other fields"),
    ],
)
def test_messages_that_are_none_end_the_connection(tmp_path: Path, message: dict[str, Any], says: str) -> None:
    with connected(tmp_path) as client:
        client.send(**message)
        client.thread.join(5)
        assert says in str(client.error)


def test_a_command_reaches_runs_of_the_folder_alone(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    run = tmp_path / "runs" / "run"
    for folder in (outside, run):
        folder.mkdir(parents=True)
        (folder / "config.yaml").write_text("method: {id: simclr}\n")
    server = Server(tmp_path / "runs", lambda: True)
    for folder in (outside, run.parent, run.parent / ".." / "outside", run / "deeper"):
        with pytest.raises(ConfigError, match="folder must be the folder of a run"):
            WriteNotes(folder, "about.yaml", b"name: x\n").answer(server)
    for name in ("config.yaml", "../about.yaml", ".requests.json"):
        with pytest.raises(ConfigError, match=r"file must be one of about\.yaml"):
            WriteNotes(run, name, b"").answer(server)
    WriteNotes(run, "about.yaml", b"name: x\n").answer(server)
    assert (run / "about.yaml").read_bytes() == b"name: x\n"
    assert not AskRun(run, stop=True).answer(server)  # nobody trains it
    assert not (run / ".requests.json").exists()
    assert {kind.__name__ for kind in COMMANDS} == {
        "StartRun",
        "ResumeRun",
        "AttendRun",
        "AskRun",
        "LiveRuns",
        "DeviceOfRun",
        "WriteNotes",
    }


def copied(files: RunFiles, run: str = "run") -> dict[str, bytes]:
    """The parts of one look, by path, with a mark for what is added."""
    seen: dict[str, bytes] = {}
    for change in files.changes(run):
        if isinstance(change, Gone):
            seen[change.path] = b"gone"
        else:
            assert isinstance(change, FilePart)
            seen[change.path] = seen.get(change.path, b"+" if change.added else b"") + change.data
    return seen


def test_what_changes_in_a_run_is_sent_once_and_metrics_by_their_new_lines(tmp_path: Path) -> None:
    run = tmp_path / "run"
    (run / "checkpoints").mkdir(parents=True)
    (run / "config.yaml").write_bytes(b"c")
    (run / "metrics.jsonl").write_bytes(b"one\n")
    (run / "checkpoints" / "last.pt").write_bytes(b"weights")
    (run / "secret.txt").write_bytes(b"not copied")
    (run / "about.yaml").symlink_to("/etc/hostname")
    files = RunFiles(tmp_path, {})
    first = copied(files)
    assert {path: first[path] for path in first if "about" not in path} == {
        "run/config.yaml": b"c",
        "run/metrics.jsonl": b"one\n",
        "run/checkpoints/last.pt": b"",
    }
    assert copied(files) == {}
    with (run / "metrics.jsonl").open("ab") as file:
        file.write(b"two\n")
    assert copied(files) == {"run/metrics.jsonl": b"+two\n"}
    # A run that was resumed from a checkpoint replaces its metrics, which may then be longer than before.
    (run / "metrics.jsonl").write_bytes(b"one\nother\nthree\n")
    (run / "checkpoints" / "last.pt").unlink()
    assert copied(files) == {"run/metrics.jsonl": b"one\nother\nthree\n", "run/checkpoints/last.pt": b"gone"}
    assert list(files.removed([])) == [Gone("run")]


def test_a_later_connection_sends_what_is_missing_alone(tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    (run / "config.yaml").write_bytes(b"c")
    (run / "metrics.jsonl").write_bytes(b"x" * 1000 + b"\n")
    earlier = RunFiles(tmp_path, {})
    copied(earlier)
    known: dict[str, Known] = dict(earlier._known)
    with (run / "metrics.jsonl").open("ab") as file:
        file.write(b"new\n")
    assert copied(RunFiles(tmp_path, known)) == {"run/metrics.jsonl": b"+new\n"}


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "run/../x",
        "..",
        "run/.bashrc",
        "run/x.py",
        "run/pictures/a/b.exe",
        "run\\x",
        "a/b/c/d/e",
        "c:/status.json",
        "",
    ],
)
def test_a_path_that_is_no_file_of_a_run_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="no file of a run"):
        parts_of(path)


@pytest.mark.parametrize(
    "data", [b"GET / HTTP/1.1\r\n\r\n" + b"x" * 100_000, GREETING + b"\x80\x04cos\nsystem\n(S'touch owned'\ntR."]
)
def test_hostile_bytes_end_the_program_with_one_clear_line(tmp_path: Path, data: bytes) -> None:
    """The second is a pickle that would run a command."""
    command = [sys.executable, "-P", "-m", "engine", "serve", "--runs", str(tmp_path / "runs")]
    done = subprocess.run(command, input=data, capture_output=True, cwd=tmp_path, timeout=60, check=False)
    lines = done.stderr.decode().splitlines()
    assert done.returncode == 2
    assert len(lines) == 1, lines
    assert lines[0].startswith("error: What arrives is no message of Parallax: ")
    assert not (tmp_path / "owned").exists()
    stream = io.BytesIO(done.stdout)
    skip_to_greeting(stream)
    assert unpack(stream, Limits()).header["do"] == "hello"
    with pytest.raises(PipeEnded):
        unpack(stream, Limits())


def test_without_a_pipe_serve_says_how_it_is_used() -> None:
    master, slave = os.openpty()
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "engine", "serve"], stdin=slave, capture_output=True, text=True, timeout=60, check=False
        )
    finally:
        os.close(master)
        os.close(slave)
    assert done.returncode == 2
    assert done.stderr == (
        "error: standard input must be a pipe from the program that asks. Got 'a terminal'. "
        "Use `workbench --host USER@SERVER` on your desk.\n"
    )
