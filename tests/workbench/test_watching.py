"""Two other processes write runs into the folder of a window: rows appear, change, end and become interrupted."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from tests.workbench.build_window import build_window
from tests.workbench.stand_ins import StandInAnswers, StandInTrainer
from workbench.bridge.bridge import Bridge

# Waits for a line on stdin, trains to step 20, waits again, trains to the end. A status is written about once a second.
WRITER = """
import sys
from pathlib import Path
from engine.config.run import RunConfig
from engine.events import EvalDone, RunEnded, RunStarted, StepDone
from engine.runs.run_folder import create_folder
from engine.runs.writer import RunWriter
folder = create_folder(Path(sys.argv[1]), RunConfig(name=sys.argv[2]))
with RunWriter(folder) as write:
    write(RunStarted(folder.name, "simclr", "shapes", "cpu", "fp32", 0, 40, 10, 8, 80, 1234, {}))
    for last in (20, 40):
        input()
        for step in range(last - 19, last + 1):
            write(StepDone(step, step / 10, 1.0, 0.1, 100.0, step / 100))
        write(EvalDone(last // 10, last, {"knn": last / 100}, 0.1))
    write(RunEnded("finished", 40, 2.0))
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "runs"


@pytest.fixture
def writers(root: Path) -> Iterator[list[subprocess.Popen[bytes]]]:
    made = [subprocess.Popen([sys.executable, "-c", WRITER, str(root), name], stdin=subprocess.PIPE) for name in ("one", "two")]
    yield made
    for process in made:
        process.kill()
        process.communicate()


def go_on(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    process.stdin.write(b"\n")
    process.stdin.flush()


def test_runs_of_two_other_processes_appear_change_and_end(
    qtbot: QtBot, tmp_path: Path, root: Path, writers: list[subprocess.Popen[bytes]]
) -> None:
    bridge = Bridge(root, StandInTrainer(), StandInAnswers())
    window = build_window(bridge, QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat))
    qtbot.addWidget(window, before_close_func=lambda window: window.bridge.close(10))
    window.show()
    window.go("compare")
    window._poll.setInterval(50)
    order = window.table.order
    order.sort_by("title", False)

    def seen() -> list[tuple[str, str, int]]:
        return [(row.title, row.state, row.status.step) for key in order.shown() if (row := window.runs.row(key)) is not None]

    qtbot.waitUntil(lambda: seen() == [("one", "running", 0), ("two", "running", 0)], timeout=15_000)
    assert window.list.current() is not None
    go_on(writers[0])
    qtbot.waitUntil(lambda: seen() == [("one", "running", 20), ("two", "running", 0)], timeout=5000)
    order.sort_by("best", True)
    go_on(writers[1])
    go_on(writers[1])
    qtbot.waitUntil(lambda: seen() == [("two", "finished", 40), ("one", "running", 20)], timeout=5000)
    writers[0].kill()
    writers[0].wait()
    qtbot.waitUntil(lambda: seen() == [("two", "finished", 40), ("one", "interrupted", 20)], timeout=5000)
    qtbot.waitUntil(lambda: not window.bridge.busy, timeout=5000)
