"""A run folder has one writer; the error for a second one names the first."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from engine.config.errors import ConfigError
from engine.config.run import RunConfig
from engine.events import RunEnded, RunStarted
from engine.runs import lock
from engine.runs.evaluation import Evaluated, Figure, keep_figure
from engine.runs.lock import writing
from engine.runs.reader import read_status
from engine.runs.run_folder import create_folder
from engine.runs.run_store import list_runs, to_bin
from engine.runs.status import STALE_SECONDS, Status, born, settle, this_system, write_status
from engine.runs.writer import RunWriter

ROOT = Path(__file__).resolve().parents[3]
HOLDER = """
import sys, time
from pathlib import Path
from engine.runs.lock import writing
with writing(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return create_folder(tmp_path / "runs", RunConfig())


@pytest.fixture
def holder(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that writes the run."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, "-c", HOLDER, str(folder)], env=environment, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "held\n"
        yield child
        child.kill()


def test_a_second_process_is_refused_until_the_first_has_ended(folder: Path, holder: subprocess.Popen[str]) -> None:
    before = (folder / "status.json").read_bytes()
    message = rf"run must be written by one process at a time\. Got '{folder.name}'\. Process {holder.pid} on this machine"
    with pytest.raises(ConfigError, match=message), writing(folder):
        pass
    with pytest.raises(ConfigError, match=message), RunWriter(folder):
        pass
    assert (folder / "status.json").read_bytes() == before, "a refused process writes nothing"
    holder.kill()
    holder.wait(30)
    with writing(folder):
        writer = lock.writer_of(folder)
        assert writer is not None
        assert writer.pid == os.getpid()
    assert lock.writer_of(folder) is None


def test_reading_and_evaluating_are_not_refused(folder: Path, holder: subprocess.Popen[str]) -> None:
    assert [row.folder for row in list_runs(folder.parent)] == [folder]
    head = Evaluated("run", "simclr", "world", "d", "resnet10_narrow", 3, 0.4, {"test": 24}, 16)
    keep_figure(folder, head, None, Figure("knn", 0.5, 0.3, 7, "words"))


def test_a_run_in_use_by_a_process_is_not_deleted(folder: Path, holder: subprocess.Popen[str]) -> None:
    write_status(folder, Status(state="stopped"))  # for example while it opens its data
    with pytest.raises(ConfigError, match="stopped before it is deleted"):
        to_bin(folder)
    assert folder.is_dir()


def test_one_thread_may_lock_it_twice_and_two_threads_may_not(folder: Path) -> None:
    refused: list[str] = []

    def second() -> None:
        try:
            with writing(folder):
                pass
        except ConfigError as error:
            refused.append(str(error))

    with writing(folder), writing(Path(os.path.relpath(folder))):
        thread = threading.Thread(target=second)
        thread.start()
        thread.join()
    assert len(refused) == 1
    assert "This program itself" in refused[0]
    second()
    assert len(refused) == 1, "unlocked again"


@pytest.mark.parametrize("locks", [True, False])
def test_the_heartbeat_decides_where_locks_do_not_work(folder: Path, monkeypatch: pytest.MonkeyPatch, locks: bool) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(38, "Function not implemented")

    if not locks:
        monkeypatch.setattr(lock.FileLock, "acquire", refuse)
    away = Status(state="running", pid=4711, born=1.0, host="node7", heartbeat=time.time() - 3)
    write_status(folder, away)
    with pytest.raises(ConfigError, match=r"Process 4711 on node7 wrote it 3 s ago.*when a minute has passed"), writing(folder):
        pass
    write_status(folder, Status(state="running", pid=4711, born=1.0, host="node7", heartbeat=time.time() - 90))
    with RunWriter(folder) as write:  # without a heartbeat for longer than any running process
        write(RunStarted("r", "simclr", "shapes", "cpu", "fp32", 0, 40, 10, 8, 80, 1234, {}))
        write(RunEnded("stopped", 3, 1.0))
    assert read_status(folder).host == platform.node()


@pytest.mark.parametrize("silent", [3.0, STALE_SECONDS + 3.0])
def test_a_process_of_another_machine_or_container_of_the_same_name_is_judged_by_its_heartbeat(folder: Path, silent: float) -> None:
    """Its number means nothing here: there may be no such process, or another one."""
    gone = Status(state="running", pid=2**22 + 1, born=1.0, host=platform.node(), heartbeat=time.time() - silent)
    away = replace(gone, system="another boot pid:[4026532000]")
    mine = replace(gone, system=this_system())
    state = "running" if silent < STALE_SECONDS else "interrupted"
    assert (settle(away).state, settle(mine).state, settle(gone).state) == (state, "interrupted", "interrupted")
    alive = replace(away, pid=os.getpid(), born=born(os.getpid()) or 0.0)
    assert settle(alive).state == state
    write_status(folder, alive)
    writer = {"pid": os.getpid(), "born": alive.born, "host": alive.host, "since": 0.0}
    (folder / lock.WRITER).write_text(json.dumps({**writer, "system": alive.system}))
    assert str(lock.writer_of(folder)) == f"process {os.getpid()} on {platform.node()}"
    (folder / lock.WRITER).write_text(json.dumps(writer))
    assert str(lock.writer_of(folder)) == "this program itself", "a file of an older version"
    if silent < STALE_SECONDS:
        with pytest.raises(ConfigError, match="Stop it there; if it is dead, try again when a minute has passed"), writing(folder):
            pass
    else:
        with writing(folder):
            pass


def test_waiting_for_a_run_ends_with_its_writer_or_with_a_stop(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "FREE_SECONDS", 0.05)
    stop, begun = threading.Event(), time.monotonic()
    lock.wait_until_free(folder / "none", stop)
    write_status(folder, Status(state="running", pid=1, born=1.0, host="node7", heartbeat=time.time() - STALE_SECONDS + 0.3))
    lock.wait_until_free(folder, stop)
    assert 0.2 < time.monotonic() - begun < 10
    write_status(folder, Status(state="running", pid=1, born=1.0, host="node7", heartbeat=time.time() + 60))
    threading.Timer(0.2, stop.set).start()
    lock.wait_until_free(folder, stop)
    assert stop.is_set()


@pytest.mark.parametrize("content", [b"", b"\0" * 40, b"[" * 3000, b'{"pid": 1e999}', b'{"pid": "x", "born": 1, "host": 2}'])
def test_a_damaged_writer_file_names_no_process(folder: Path, content: bytes) -> None:
    (folder / lock.WRITER).write_bytes(content)
    assert lock.writer_of(folder) is None
    with writing(folder):
        pass
