"""Star, name, notes and tags that are edited in the table are saved on disk with that run and no other."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from engine.config.run import RunConfig
from engine.runs.run_folder import create_folder
from engine.runs.run_store import RunStore
from engine.runs.status import Status, write_status
from tests.workbench.build_window import build_window
from tests.workbench.stand_ins import StandInAnswers, StandInTrainer
from workbench.bridge.bridge import Bridge
from workbench.window import Window

NAMES = ("first", "second", "third")


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Window:
    """Three finished runs; the second one is selected."""
    for number, name in enumerate(NAMES):
        folder = create_folder(tmp_path / "runs", RunConfig(name=name))
        write_status(folder, Status("finished", 8, 8, method="simclr", data="shapes", name=name, started=1000.0 + number))
    bridge = Bridge(tmp_path / "runs", StandInTrainer(), StandInAnswers())
    made = build_window(bridge, QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat))
    qtbot.addWidget(made, before_close_func=lambda window: window.bridge.close(10))
    made.show()
    qtbot.waitUntil(lambda: made.setup.ready and len(made.runs.rows()) == 3, timeout=8000)
    made._poll.stop()
    made.list.select(key_of(made, "second"))
    return made


def key_of(window: Window, name: str) -> str:
    return next(row.key for row in window.runs.rows() if row.title == name)


def on_disk(window: Window) -> dict[str, tuple[bool, str, tuple[str, ...]]]:
    """Star, notes and tags of each run, read from disk."""
    added = RunStore(window.bridge.root).refresh().added
    return {run.name: (run.star, run.notes, run.tags) for run in added}


def test_star_notes_and_tags_are_saved_only_with_the_edited_run(window: Window) -> None:
    window.table.starChanged.emit(key_of(window, "first"), True)
    window.table.notesChanged.emit(key_of(window, "third"), "a note")
    window.table.tagsChanged.emit(key_of(window, "second"), ("probe", "old"))
    expected = {"first": (True, "", ()), "second": (False, "", ("probe", "old")), "third": (False, "a note", ())}
    assert on_disk(window) == expected
    shown = {row.title: (row.star, row.notes, row.tags) for row in window.runs.rows()}
    assert shown == expected
    window.table.starChanged.emit(key_of(window, "first"), False)
    assert on_disk(window)["first"] == (False, "", ())


def test_a_new_name_is_saved_only_with_the_renamed_run(window: Window) -> None:
    key = key_of(window, "third")
    window.table.titleChanged.emit(key, "renamed")
    assert sorted(on_disk(window)) == ["first", "renamed", "second"]
    row = window.runs.row(key)
    assert row is not None
    assert row.title == "renamed"


def test_panels_show_the_run_that_is_selected_in_the_table(window: Window) -> None:
    for name in ("first", "third", "second"):
        key = key_of(window, name)
        window.table.selected.emit(key)
        row = window.runs.row(key)
        assert row is not None
        assert window.run_selection.selected == key
        assert window.embedding._folder == row.folder
        assert window.list.current() is not None
        assert window.list.current().key == key
