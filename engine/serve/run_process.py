"""Runs in processes of their own, which outlive the connection: started, resumed, asked and waited for. Does not import torch.

The process has a session of its own, so that the end of the ssh session sends it no signal, and its output goes to a file of the
run's folder, so that no pipe ends with the connection. Which process it is stands beside that, so that any later connection finds
it again."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from engine.config.errors import ConfigError, Problem, complain
from engine.config.small_files import Count, FileError, Seconds, as_type, read_object, read_small
from engine.execute.child_environment import child_environment
from engine.execute.child_process import lower_priority, module_command
from engine.execute.progress import Cancelled
from engine.runs.atomic_write import atomic_write
from engine.runs.lock import writer_of
from engine.runs.reader import metrics_size, read_config, read_status
from engine.runs.run_folder import CONFIG
from engine.runs.status import born, write_status
from engine.serve.command import Command, Server

FILE = ".process.json"
OUTPUT = ".process.txt"
# Seconds between two looks at a process.
LOOK_SECONDS = 0.2
MOST_OUTPUT = 1 << 20
NICENESS = 5

_started: list[subprocess.Popen[bytes]] = []  # to collect their exit codes; they are not ended with this process


@dataclass(frozen=True)
class RunProcess:
    """The process that was started for a run. `key`: of the request, so that the same request does not start two."""

    pid: Count
    born: Seconds
    key: str = ""

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        for process in _started:
            process.poll()
        since = born(self.pid)
        return since is not None and abs(since - self.born) <= 2.0


def process_of(folder: Path) -> RunProcess | None:
    """The process that was started for the run in a folder; None where none was."""
    try:
        return as_type(RunProcess, read_object(folder / FILE))
    except (OSError, FileError):
        return None


def is_live(folder: Path) -> bool:
    """Whether a process works on a run: one that was started for it, or any other that writes it."""
    process = process_of(folder)
    return (process is not None and process.alive) or writer_of(folder) is not None


def start_process(folder: Path, arguments: list[str], key: str = "") -> None:
    """Start `python -m engine` with these arguments for the run in a folder. OSError where that fails."""
    with (folder / OUTPUT).open("wb") as output:
        process = subprocess.Popen(
            module_command("engine", *arguments),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=child_environment(),
            start_new_session=True,
            # Windows only, where there are no sessions of this kind.
            creationflags=getattr(subprocess, "DETACHED_PROCESS", 0) | getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
    # As a run of a window on the same machine: previews do not wait for it.
    lower_priority(process.pid, NICENESS)
    _started.append(process)
    with atomic_write(folder / FILE) as part:
        part.write_text(json.dumps({"pid": process.pid, "born": born(process.pid) or time.time(), "key": key}), encoding="utf-8")


@dataclass(frozen=True)
class StartRun(Command[str]):
    """Start a new run: answered by its folder. `key`: a name of this request; asked again after a lost connection, it finds the run
    that it has started."""

    config: Mapping[str, Any]
    key: str

    def answer(self, server: Server) -> str:
        """ConfigError where the config, its data or its weights cannot be used; no folder is left then."""
        from engine.data.open import open_dataset
        from engine.data.sampler import sampler_for
        from engine.runs.run_folder import create_folder
        from engine.train.resolve import resolve
        from engine.train.setup import fit_to_data
        from engine.train.teacher_run import fetch_all_weights

        def wait(share: float, text: str = "", /) -> None:
            if not server.wanted():
                raise Cancelled

        for path in server.root.glob(f"*/{FILE}"):
            process = process_of(path.parent)
            if process is not None and process.key == self.key:
                return str(path.parent)
        config = resolve(self.config)
        fetch_all_weights(config, wait)
        dataset = open_dataset(config.data, wait)
        sampler_for(fit_to_data(config, dataset).train, dataset.splits["train"])  # raises where the batch does not fit
        folder = create_folder(server.root, config)
        start_process(folder, ["train", str(folder / CONFIG), "--folder", str(folder), "--quiet"], self.key)
        return str(folder)


@dataclass(frozen=True)
class ResumeRun(Command[bool]):
    """Go on with a run, for `more_epochs` more epochs where that is above 0: answered by whether a process was started. One that
    runs is left alone."""

    folder: Path
    more_epochs: Count = 0

    def answer(self, server: Server) -> bool:
        """If the run's device is missing, the best one that is there is used."""
        from engine.execute.devices import resolve_device

        folder = server.folder_of(self.folder)
        if is_live(folder):
            return False
        train = read_config(folder).get("train")
        device = str(train.get("device", "auto")) if isinstance(train, Mapping) else "auto"
        arguments = ["resume", str(folder), "--quiet"]
        try:
            resolve_device(device)
        except ConfigError:
            arguments += ["--device", "auto"]
        if self.more_epochs:
            arguments += ["--more", str(self.more_epochs), "epochs"]
        start_process(folder, arguments)
        return True


@dataclass(frozen=True)
class RunOver:
    """How a run has ended: the `state` of its status, an `error` with its `remedy` where it failed, what its process said
    (`refused`) where it did not begin, and the bytes of its metrics."""

    state: str
    error: str
    remedy: str
    refused: str
    metrics: int


@dataclass(frozen=True)
class AttendRun(Command[RunOver]):
    """Wait until no process works on a run any more."""

    folder: Path

    def answer(self, server: Server) -> RunOver:
        """Cancelled where the answer is no longer wanted; the run goes on."""
        folder, wrote = server.folder_of(self.folder), False
        while is_live(folder):
            wrote = wrote or writer_of(folder) is not None
            if not server.wanted():
                raise Cancelled
            time.sleep(LOOK_SECONDS)
        status, errors = read_status(folder), _errors_of(folder)
        if status.live:  # the process was refused before it wrote a status of its own
            status = dataclasses.replace(status, state="failed" if errors else "interrupted", error=errors)
            write_status(folder, status)
        return RunOver(status.state, status.error, status.remedy, "" if wrote else errors, metrics_size(folder))


@dataclass(frozen=True)
class AskRun(Command[bool]):
    """Pause, stop or checkpoint a run: answered by whether a process was there to be asked. See engine.train.run_requests."""

    folder: Path
    pause: bool = False
    stop: bool = False
    checkpoints: Count = 0

    def answer(self, server: Server) -> bool:
        """The process follows within half a second, after its step."""
        from engine.train.run_requests import RunRequests, write_requests

        folder = server.folder_of(self.folder)
        writer = writer_of(folder)
        if writer is None:
            return False
        write_requests(folder, RunRequests(self.pause, self.stop, self.checkpoints, writer.born))
        return True


@dataclass(frozen=True)
class LiveRuns(Command[tuple[str, ...]]):
    """The folders of the runs that were started by a connected program and are still training, in the order of their start."""

    def answer(self, server: Server) -> tuple[str, ...]:
        """By their processes."""
        processes = [(process.born, path.parent) for path in server.root.glob(f"*/{FILE}") if (process := process_of(path.parent))]
        return tuple(str(folder) for _, folder in sorted(processes) if is_live(folder))


@dataclass(frozen=True)
class DeviceOfRun(Command[str]):
    """The device that a run will use, by its `config` or its `folder`; "" where that fails."""

    config: Mapping[str, Any] | None
    folder: Path | None

    def answer(self, server: Server) -> str:
        """Resolved on this machine."""
        from engine.execute.devices import resolve_device

        try:
            given = read_config(server.folder_of(self.folder)) if self.config is None and self.folder is not None else self.config
            train = (given or {}).get("train", {})
            return resolve_device(str(train.get("device", "auto")) if isinstance(train, Mapping) else "auto")
        except ConfigError:
            return ""


@dataclass(frozen=True)
class WriteNotes(Command[bool]):
    """Replace one of a run's small files of the user: about.yaml, tags.json or .colour."""

    NAMES: ClassVar = ("about.yaml", "tags.json", ".colour")
    folder: Path
    name: str
    data: bytes

    def answer(self, server: Server) -> bool:
        """ConfigError for another file, and for a folder that is no run."""
        folder = server.folder_of(self.folder)
        if self.name not in self.NAMES:
            raise complain("file", f"one of {', '.join(self.NAMES)}", self.name)
        read_config(folder)
        try:
            with atomic_write(folder / self.name) as part:
                part.write_bytes(self.data)
        except OSError as error:
            raise ConfigError(
                [Problem("file", f"{folder.name}/{self.name} cannot be written: {error.strerror or error}.")]
            ) from None
        return True


def _errors_of(folder: Path) -> str:
    """The errors that the process of a run has said, without their mark."""
    try:
        text = read_small(folder / OUTPUT, MOST_OUTPUT).decode("utf-8", "replace")
    except (OSError, FileError):
        return ""
    return "\n".join(line.removeprefix("error: ") for line in text.splitlines() if line.startswith("error: "))


COMMANDS: tuple[type[Command[Any]], ...] = (StartRun, ResumeRun, AttendRun, AskRun, LiveRuns, DeviceOfRun, WriteNotes)
