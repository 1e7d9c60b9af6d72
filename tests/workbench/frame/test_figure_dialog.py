"""The dialog of figures for print: what it asks to be drawn, what it writes and copies, and what it remembers."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QBuffer, QSettings, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QScrollArea

from workbench.bridge.figure_questions import DrawFigure, FigureFile
from workbench.figures.figure_data import Axis, Curve, CurvesPlot, Figure, FigureSource, Toggle, legend_of_curves
from workbench.figures.figure_style import FigureStyle, natural_height
from workbench.frame.figure_dialog import FigureDialog

X = np.arange(5.0)


def png() -> bytes:
    image = QImage(40, 30, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    held = QBuffer()
    held.open(QBuffer.OpenModeFlag.WriteOnly)
    image.save(held, "png")
    return bytes(held.data().data())


class Asker:
    """Answers at once; `refuse`: with an error."""

    def __init__(self) -> None:
        self.questions: list[DrawFigure] = []
        self.missing = self.refuse = ""

    def __call__(self, question, answer, failed=None, progress=None):
        self.questions.append(question)
        if self.refuse:
            failed(self.refuse)
        else:
            answer(FigureFile(png() if question.kind == "png" else b"<svg/>", self.missing))


def make(on: frozenset[str]) -> Figure:
    plots = tuple(
        CurvesPlot(name, Axis("Step"), Axis(name), (Curve("a", "#112233", X, X),)) for name in ("loss", "knn") if name in on
    )
    return Figure("Runs", plots, legend_of_curves(plots))


@pytest.fixture
def asker():
    return Asker()


@pytest.fixture
def settings(tmp_path):
    return QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)


@pytest.fixture
def source():
    return FigureSource(
        "curves", "loss", make, (Toggle("loss", "Loss"), Toggle("knn", "kNN", False), Toggle("raw", "Raw", kept=False))
    )


@pytest.fixture
def dialog(qtbot, asker, source, settings):
    made = FigureDialog(asker, source, settings)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitUntil(lambda: bool(asker.questions), timeout=5000)
    return made


def test_a_long_name_of_a_part_does_not_push_the_form_below_its_scroll_bar(qtbot, asker, settings):
    long = "kNN, validation · simple_shapes · 4 runs · not equal: Count, Learning rate, Batch…"
    made = FigureDialog(asker, FigureSource("curves", "loss", make, (Toggle("loss", long),)), settings)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitUntil(lambda: bool(asker.questions), timeout=5000)
    scroll = next(one for one in made.findChildren(QScrollArea) if one.isAncestorOf(made.preset))
    made.resize(700, 300)  # low: there is a scroll bar
    qtbot.waitUntil(scroll.verticalScrollBar().isVisible)
    for part in (made.preset, made.width_box, made.dpi, made.toggles["loss"]):
        assert part.mapTo(scroll.viewport(), part.rect().topRight()).x() < scroll.viewport().width()
    assert made.toggles["loss"].toolTip() == long


def last(qtbot, asker, dialog) -> DrawFigure:
    """The question about the preview after all changes."""
    qtbot.waitUntil(lambda: not dialog._soon.isActive(), timeout=5000)
    return asker.questions[-1]


def choose(combo, data) -> None:
    combo.setCurrentIndex(combo.findData(data))


def test_the_preview_is_of_the_chosen_size_and_fills_its_room(qtbot, asker, dialog):
    question = last(qtbot, asker, dialog)
    assert question.style.width == 85
    assert question.style.height == natural_height(make(frozenset({"loss"})), question.style)
    assert not dialog.preview.pixmap().isNull()
    wide = question.style.width / 25.4 * question.dpi
    high = question.style.height / 25.4 * question.dpi
    room = dialog.preview.size() * dialog.devicePixelRatioF()
    assert wide <= room.width()
    assert high <= room.height()
    assert max(wide / room.width(), high / room.height()) > 0.9


def test_a_preset_sets_width_height_and_text_and_a_typed_size_is_ones_own(qtbot, asker, dialog):
    choose(dialog.preset, "slide")
    style = last(qtbot, asker, dialog).style
    assert (style.width, style.height, style.points) == (254, 143, 18)
    choose(dialog.preset, "two")
    style = last(qtbot, asker, dialog).style
    assert (style.width, style.points) == (175, 8)
    assert style.height == natural_height(dialog.figure, style), "the slide's height does not stay"
    dialog.height_box.setValue(50)
    assert last(qtbot, asker, dialog).style.height == 50
    dialog.width_box.setValue(120)
    style = last(qtbot, asker, dialog).style
    assert (style.width, style.height) == (120, 50), "a height that was typed in stays"
    assert dialog.preset.currentData() == "own"


def test_parts_change_the_figure_and_without_a_plot_nothing_is_written(qtbot, asker, dialog):
    dialog.toggles["knn"].setChecked(True)
    assert [plot.title for plot in last(qtbot, asker, dialog).figure.plots] == ["loss", "knn"]
    assert dialog.save.isEnabled()
    dialog.toggles["knn"].setChecked(False)
    dialog.toggles["loss"].setChecked(False)
    questions = len(asker.questions)
    qtbot.waitUntil(lambda: not dialog.save.isEnabled(), timeout=5000)
    assert len(asker.questions) == questions
    assert not dialog.copy.isEnabled()
    assert dialog.message.text() == "Choose at least one plot."
    # An answer of the plots before comes late.
    dialog._show_preview(FigureFile(png(), "x"))
    assert dialog.message.text() == "Choose at least one plot."
    assert dialog.preview.pixmap().isNull()


def test_the_file_is_written_in_the_chosen_format(qtbot, asker, dialog, tmp_path, monkeypatch):
    names = []

    def path(parent, title, name, kinds):
        names.append((name, kinds))
        return tmp_path / name

    monkeypatch.setattr("workbench.frame.figure_dialog.ask_path", path)
    choose(dialog.format, "svg")
    dialog.save.click()
    question = asker.questions[-1]
    assert names == [("loss.svg", "SVG (*.svg)")]
    assert (question.kind, question.path, question.dpi) == ("svg", str(tmp_path / "loss.svg"), None)
    assert question.topic != asker.questions[0].topic, "a preview does not replace it"
    assert str(tmp_path / "loss.svg") in dialog.message.text()
    asker.refuse = "File must be a file that can be written. Got /x. No space left on device."
    dialog.save.click()
    assert dialog.message.text() == asker.refuse
    assert dialog.save.isEnabled()


def test_the_clipboard_gets_an_image_of_the_chosen_resolution(qtbot, asker, dialog):
    dialog.dpi.setValue(600)
    dialog.copy.click()
    question = asker.questions[-1]
    assert (question.kind, question.dpi, question.style.dpi) == ("png", None, 600)
    image = QGuiApplication.clipboard().image()
    assert (image.width(), image.height()) == (40, 30)
    assert dialog.message.text() == "Copied: 40 × 30 px"


def test_choices_are_remembered_parts_by_kind(qtbot, asker, dialog, settings, source):
    choose(dialog.preset, "two")
    choose(dialog.legend, "right")
    choose(dialog.format, "png")
    dialog.points.setValue(9.5)
    dialog.title.setChecked(True)
    dialog.toggles["knn"].setChecked(True)
    dialog.toggles["raw"].setChecked(False)
    dialog.close()
    again = FigureDialog(asker, source, settings)
    qtbot.addWidget(again)
    style = again.style_now
    assert (style.width, style.points, style.legend, style.title) == (175, 9.5, "right", True)
    assert again.format.currentData() == "png"
    assert again.parts == {"loss", "knn", "raw"}, "a part that is not kept is as the panel has it"
    other = FigureDialog(asker, FigureSource("map", "map", make, (Toggle("loss", "Loss"), Toggle("knn", "kNN", False))), settings)
    qtbot.addWidget(other)
    assert other.style_now.width == 175
    assert other.parts == {"loss"}


def test_settings_that_cannot_be_read_have_their_defaults(qtbot, asker, settings, source):
    settings.setValue("figure/style", "{broken")
    settings.setValue("figure/curves", '{"parts": [], "height": "tall"}')
    settings.setValue("figure/format", "gif")
    made = FigureDialog(asker, source, settings)
    qtbot.addWidget(made)
    assert made.style_now.width == FigureStyle.width
    assert made.parts == {"loss", "raw"}
    assert made.format.currentData() == "pdf"


def test_missing_characters_are_named(qtbot, asker, dialog):
    asker.missing = "映"
    dialog.points.setValue(10)
    qtbot.waitUntil(lambda: "映" in dialog.message.text(), timeout=5000)


def test_an_answer_after_the_end_is_ignored(qtbot, dialog):
    dialog.close()
    before = dialog.message.text()
    dialog._show_preview(FigureFile(png(), "x"))
    dialog._failed("late")
    assert dialog.message.text() == before
