"""Folders and files that are dropped on the window: said while they are dragged, done when they are dropped."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, QSettings, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from engine.config.run import RunConfig
from engine.data.recognise import Recognised, recognise
from engine.runs.run_folder import create_folder
from engine.runs.run_store import copy_run
from tests.workbench.build_window import build_window
from tests.workbench.stand_ins import StandInAnswers, StandInTrainer
from workbench.bridge.bridge import Bridge
from workbench.bridge.run_questions import CopyRun
from workbench.frame.open_model_dialog import OpenModelDialog
from workbench.window import Window


class Copying(StandInAnswers):
    """Copies runs as the engine does."""

    def _CopyRun(self, question: CopyRun) -> str:
        return str(copy_run(Path(question.folder), Path(question.root)))


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Window:
    bridge = Bridge(tmp_path / "runs", StandInTrainer(), Copying())
    made = build_window(bridge, QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat))
    qtbot.addWidget(made, before_close_func=lambda it: it.bridge.close(10))
    made.show()
    qtbot.waitUntil(lambda: made.setup.ready and not bridge.busy, timeout=5000)
    return made


def mime(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def drag(window: Window, *paths: Path) -> str:
    """What is said while paths are dragged over the window."""
    data = mime(*paths)
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(window, QDragEnterEvent(QPoint(50, 50), Qt.DropAction.CopyAction, data, left, none))
    return window.drop.text


def drop(window: Window, *paths: Path) -> None:
    drag(window, *paths)
    data = mime(*paths)
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(window, QDropEvent(QPointF(50, 50), Qt.DropAction.CopyAction, data, left, none))


def run_in(root: Path) -> Path:
    """A run's folder, as a training writes it at its start."""
    root.mkdir(exist_ok=True)
    folder = create_folder(root, RunConfig.model_validate({"train": {"epochs": 7}, "name": "a name"}))
    if not (folder / "status.json").exists():
        (folder / "status.json").write_text("{}")
    (folder / "checkpoints").mkdir(exist_ok=True)
    (folder / "checkpoints" / "last.pt").write_bytes(b"weights")
    return folder


def test_a_folder_becomes_the_data(window: Window, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    window.go("train")
    assert drag(window, tmp_path / "photos") == "Train on the images in photos"
    drop(window, tmp_path / "photos")
    assert window.drop.text == ""
    assert window.workspace == "prepare"
    assert window.setup.draft()["data"]["source"] == str(tmp_path / "photos")


def test_an_image_stands_for_its_folder(window: Window, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    Image.new("RGB", (8, 8)).save(tmp_path / "photos" / "a.png")
    assert drag(window, tmp_path / "photos" / "a.png") == "Train on the folder of this image, photos"
    drop(window, tmp_path / "photos" / "a.png")
    assert window.setup.draft()["data"]["source"] == str(tmp_path / "photos")


def test_nothing_is_said_once_the_mouse_has_left(window: Window, tmp_path: Path) -> None:
    assert drag(window, tmp_path)
    QApplication.sendEvent(window, QDragLeaveEvent())
    assert window.drop.text == ""


def test_a_run_of_the_list_is_shown(window: Window, tmp_path: Path) -> None:
    folder = run_in(tmp_path / "runs")
    drop(window, folder / "checkpoints" / "last.pt")
    assert window.run_selection.selected == str(folder)
    assert window.workspace == "explore"


def test_a_run_from_elsewhere_is_copied_on_request(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    folder = run_in(tmp_path / "elsewhere")
    assert folder.name in drag(window, folder)
    drop(window, folder)
    box = next(box for box in window.findChildren(QMessageBox) if box.isVisible())
    assert "outside of your folder of runs" in box.text()
    assert not list((tmp_path / "runs").glob("*")), "nothing is done without an answer"
    next(button for button in box.findChildren(QPushButton) if "Copy" in button.text()).click()
    copied = tmp_path / "runs" / folder.name
    qtbot.waitUntil(lambda: window.run_selection.selected == str(copied), timeout=5000)
    assert (copied / "checkpoints" / "last.pt").read_bytes() == b"weights"


def test_only_the_settings_of_a_run_can_be_used(window: Window, tmp_path: Path) -> None:
    folder = run_in(tmp_path / "elsewhere")
    drop(window, folder)
    box = next(box for box in window.findChildren(QMessageBox) if box.isVisible())
    next(button for button in box.findChildren(QPushButton) if "settings" in button.text()).click()
    assert window.setup.form.value("train.epochs") == 7
    assert window.setup.form.value("name") == "", "the name is that run's own"


def test_settings_fill_the_form(window: Window, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("train: {epochs: 11}\n")
    drop(window, tmp_path / "mine.yaml")
    assert window.setup.form.value("train.epochs") == 11


@pytest.mark.parametrize("name", ["other.onnx", "letter.txt"])
def test_what_cannot_be_used_is_said_with_a_remedy(window: Window, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"x")
    drop(window, tmp_path / name)
    assert "Drop" in window.notice.text or "drop" in window.notice.text


@pytest.mark.parametrize("name", ["lonely.pt", "other.safetensors"])
def test_weights_are_opened_as_a_model(window: Window, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"x")
    assert drag(window, tmp_path / name) == f"Open the model {name}"
    drop(window, tmp_path / name)
    dialog = next(dialog for dialog in window.findChildren(OpenModelDialog) if dialog.isVisible())
    assert dialog.weights.value() == str(tmp_path / name)
    assert dialog.data.value() == window.setup.draft()["data"]["source"]
    dialog.reject()


def test_of_several_files_the_first_that_can_be_used_counts(window: Window, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / "photos").mkdir()
    assert drag(window, tmp_path / "notes.txt", tmp_path / "photos") == "Train on the images in photos"


def test_of_thousands_of_files_only_as_many_are_opened_as_decide(
    window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path] = []

    def counted(path: Path) -> Recognised:
        opened.append(path)
        return recognise(path)

    monkeypatch.setattr("workbench.frame.drop.recognise", counted)
    (tmp_path / "photos").mkdir()
    paths = [tmp_path / "photos" / f"{number}.png" for number in range(2000)]
    for path in paths[:2]:
        Image.new("RGB", (4, 4)).save(path)
    drag(window, *paths)
    assert opened == paths[:1]
