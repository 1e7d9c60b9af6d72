"""The export dialog: what can be written, what was asked for, what is said of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from tests.workbench.stand_ins import HeldAsker
from workbench.bridge.export_questions import DescribeExport, EncoderWritten, ExportChoices, ExportEncoder, ExportFeatures
from workbench.panels.export.dialog import ExportDialog


def answer(question: Any) -> Any:
    if isinstance(question, DescribeExport):
        return ExportChoices(("timm", "parallax"), (4, 8), {"onnx": "", "parquet": "pip install pyarrow"})
    if isinstance(question, ExportEncoder):
        return EncoderWritten(question.out, "net = 1", 2.5e-7, 3.91, 16)
    return question.out


@pytest.fixture
def asker() -> HeldAsker:
    return HeldAsker(answer)


@pytest.fixture
def dialog(qtbot: QtBot, asker: HeldAsker) -> ExportDialog:
    made = ExportDialog(asker, "/runs/a", "simclr · cifar")
    qtbot.addWidget(made)
    made.show()
    return made


def choose(dialog: ExportDialog, id: str) -> None:
    indices = [index for index in range(dialog.kind.count()) if dialog.kind.itemData(index).id == id]
    dialog.kind.setCurrentIndex(indices[0])


def test_what_cannot_be_written_here_says_what_it_needs(dialog: ExportDialog) -> None:
    model: Any = dialog.kind.model()
    able = {dialog.kind.itemData(index).id: model.item(index).isEnabled() for index in range(dialog.kind.count())}
    features = {"npz": True, "csv": True, "parquet": False, "fiftyone": True, "projector": True}
    assert able == {"timm": True, "parallax": True, "onnx": True, **features}
    assert "pip install pyarrow" in dialog.kind.itemText(list(able).index("parquet"))
    assert [dialog.epoch.itemData(index) for index in range(dialog.epoch.count())] == [None, 8, 4, 0]


def test_an_encoder_is_written_compared_and_its_python_copied(dialog: ExportDialog, asker: HeldAsker) -> None:
    dialog.epoch.setCurrentIndex(2)
    dialog.begin("/out/a.safetensors")
    assert asker.questions[-1] == ExportEncoder("/runs/a", "/out/a.safetensors", "timm", 4)
    assert "2.5e-07" in dialog.message.text()
    assert "/out/a.safetensors" in dialog.message.text()
    dialog.copy.click()
    assert QGuiApplication.clipboard().text() == "net = 1"


def test_a_comparison_on_noise_is_said_to_be_one(qtbot: QtBot) -> None:
    def noisy(question: Any) -> Any:
        result = answer(question)
        return replace(result, noise=True) if isinstance(result, EncoderWritten) else result

    made = ExportDialog(HeldAsker(noisy), "/runs/a", "simclr · cifar")
    qtbot.addWidget(made)
    made.begin("/out/a.safetensors")
    assert "could not be opened" in made.message.text()
    assert "16 images of noise differ by at most 2.5e-07" in made.message.text()


def test_features_ask_for_images_and_map(dialog: ExportDialog, asker: HeldAsker) -> None:
    assert not dialog.map.isVisible()
    choose(dialog, "npz")
    assert dialog.map.isVisible()
    dialog.map.setCurrentIndex(2)
    dialog.begin("/out/a.npz")
    assert asker.questions[-1] == ExportFeatures("/runs/a", "/out/a.npz", "", "umap", None)
    assert "numpy.load" in dialog.lines.toPlainText()


@pytest.mark.parametrize(("kind", "line"), [("fiftyone", "Dataset.from_dir('/out/a', "), ("projector", "logdir='/out/a'")])
def test_a_folder_for_another_program_is_written_and_opened(
    dialog: ExportDialog, asker: HeldAsker, monkeypatch: pytest.MonkeyPatch, kind: str, line: str
) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("/out/a", ""))
    choose(dialog, kind)
    dialog.write.click()
    assert asker.questions[-1] == ExportFeatures("/runs/a", "/out/a", "", "", None, kind)
    assert line in dialog.lines.toPlainText()


def test_it_can_be_called_off_and_closing_does(dialog: ExportDialog, asker: HeldAsker) -> None:
    asker.at_once = False
    cancelled: list[Any] = []
    dialog.cancelled.connect(cancelled.append)
    dialog.begin("/out/a.safetensors")
    assert dialog.stop.isVisible()
    assert not dialog.write.isVisible()
    dialog.stop.click()
    assert cancelled == [asker.questions[-1]]
    assert dialog.write.isVisible()
    dialog.begin("/out/b.safetensors")
    dialog.close()
    assert cancelled[-1] == asker.questions[-1]


def test_a_failure_is_said_and_it_can_be_tried_again(dialog: ExportDialog, asker: HeldAsker) -> None:
    asker.at_once = False
    dialog.begin("/none/a.safetensors")
    asker.refuse("out must be in a folder that exists.")
    assert "folder that exists" in dialog.message.text()
    assert dialog.write.isVisible()
