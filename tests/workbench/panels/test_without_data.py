"""Panels of samples where there is less than one would wish: data that are gone, no classes, one sample, very many classes."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtWidgets import QLabel

from tests.workbench.panels.on_screen import on_screen
from workbench.bridge.data_questions import GetImages, GetLabels, Labels
from workbench.bridge.map_questions import FindNeighbours, Map, MapSnapshot, Neighbours
from workbench.panels.embedding import panel as module
from workbench.panels.embedding.panel import EmbeddingPanel
from workbench.panels.versus.legend_line import LegendLine
from workbench.plots import saving
from workbench.plots.saving import ask_path
from workbench.plots.scatter import ScatterPlot
from workbench.samples.colouring import colour
from workbench.samples.stored_images import Images

DATA = {"source": "/gone"}
GONE = "data.source must be an existing folder. Got '/gone'."


class Fake:
    """A run of `n` samples, whose data can be opened or not."""

    def __init__(self, n: int = 40, classes: tuple[str, ...] = ("a", "b"), known: bool = True, data: bool = True) -> None:
        self.n, self.classes, self.data = n, classes, data
        self.label = np.arange(n) % len(classes) if known else np.full(n, -1)
        self.questions: list[object] = []

    def __call__(self, question, answer, failed=None, progress=None):
        self.questions.append(question)
        if isinstance(question, MapSnapshot):
            xy = np.random.default_rng(0).normal(size=(self.n, 2)).astype(np.float32)
            answer(Map(question.folder, question.epoch, question.kind, xy, np.arange(self.n), self.label, 0.9))
        elif isinstance(question, (GetLabels, GetImages)) and not self.data:
            if failed is not None:
                failed(GONE)
        elif isinstance(question, GetLabels):
            names = {"class": self.classes} if (self.label >= 0).any() else {"class": ()}
            answer(Labels({"class": self.label}, names, {"class": "category"}))
        elif isinstance(question, GetImages):
            answer(np.zeros((len(question.index), 8, 8, 3), np.uint8))
        elif isinstance(question, FindNeighbours):
            answer(Neighbours(question.row, np.arange(0), np.zeros(0), np.zeros(0), "cosine"))


@pytest.fixture
def shown(qtbot, monkeypatch):
    monkeypatch.setattr(module, "snapshots", lambda folder: [1])

    def show(fake: Fake, data: dict | None = DATA) -> EmbeddingPanel:
        panel = on_screen(qtbot, EmbeddingPanel(fake), 1000, 600)
        panel.show_run("run", data)
        return panel

    return show


def test_missing_data_falls_back_to_the_classes_of_the_snapshot(shown) -> None:
    panel = shown(Fake(data=False))
    assert len(panel.plot.xy) == 40
    assert [(entry.name, entry.count) for entry in panel.legend.entries()] == [("0", 20), ("1", 20)]
    assert panel.samples.note.text() == f"No images and no names of classes: {GONE}"
    panel._hovered = 3
    panel._show_hover()
    assert panel.hover_card.isVisible()
    assert not panel.hover_card.grid.isVisible()
    assert "no image: its data cannot be opened" in panel.hover_card.label.text()
    # Selecting and searching by class go on.
    panel.samples.search("class = 1")
    assert len(panel.samples.selection.rows) == 20


def test_an_unreadable_config_still_gives_a_map(shown) -> None:
    panel = shown(Fake(), None)
    assert [entry.count for entry in panel.legend.entries()] == [20, 20]
    assert "config cannot be read" in panel.samples.note.text()
    panel._hovered = 3
    panel._show_hover()
    assert "no image" in panel.hover_card.label.text()


def test_a_late_image_is_shown(shown) -> None:
    fake = Fake(data=False)
    panel = shown(fake)
    panel._hovered = 3
    panel._show_hover()
    fake.data = True
    panel._show_hover()
    assert panel.hover_card.grid.isVisible()
    assert "no image" not in panel.hover_card.label.text()


def test_the_reason_for_a_missing_map_stays_visible(shown) -> None:
    """The size of the data, which arrives later, must not clear it."""
    fake = Fake()
    broken = "epoch must be one with an embedding snapshot. Got 1."

    def failing(question, answer, failed=None, progress=None):
        if isinstance(question, MapSnapshot):
            failed(broken)
        else:
            fake(question, answer, failed, progress)

    panel = shown(failing)
    panel.map_card.set_total(500)
    assert panel.map_card.empty.text() == broken
    panel.map_card.loader._ask = fake
    panel.map_card.load()
    assert not panel.map_card.empty.isVisible()
    assert len(panel.plot.xy) == fake.n


def test_samples_without_classes_have_an_explanation_in_the_legend(shown, qtbot) -> None:
    panel = shown(Fake(known=False))
    assert panel.legend.entries() == ()
    assert panel.legend.empty.isVisible()
    assert not panel.legend._bar.isVisible()
    panel.samples.selection.select_rows([1, 2])
    assert not panel.samples.shares.isVisible()
    line = LegendLine()
    qtbot.addWidget(line)
    line.set_colouring(colour(Labels({"class": np.full(9, -1)}, {}, {"class": "category"}), "class"))
    words = [label.text() for label in line._scroll.widget().findChildren(QLabel)]
    assert words == ["No sample has a value here: the data have no classes."]


@pytest.mark.parametrize("n", [1, 2, 3, 5])
def test_very_few_samples(shown, n: int) -> None:
    panel = shown(Fake(n=n))
    assert len(panel.plot.xy) == n
    assert not panel.legend.empty.isVisible()
    panel.plot.view_all()
    panel.focus_row(0)
    panel.samples.selection.select_rows([0])
    panel.map_card.isolate(True)
    panel.grab()


def test_three_hundred_classes_with_long_names(shown) -> None:
    long = "and a very long name that no column has room for 图" + "x" * 90
    names = tuple(f'class {code}, "quoted"\n{long}' for code in range(300))
    panel = shown(Fake(n=900, classes=names))
    assert len(panel.legend.entries()) == 300
    assert panel.legend.search.isVisible()
    assert panel.legend.width() <= 290
    panel.legend.search.setText("class 299")
    assert panel.legend._listed.rowCount() == 1
    panel.grab()


def test_a_failed_request_for_images_is_reported_once_and_the_next_is_sent() -> None:
    held: list[tuple[object, object, object]] = []
    images = Images(lambda question, answer, failed=None, progress=None: held.append((question, answer, failed)))
    images.set_data({"source": "x"})
    calls: list[str] = []
    images.want("hover", [1], lambda _: calls.append("came"), lambda: calls.append("lost 1"))
    images.want("other", [2], lambda _: calls.append("came"))
    held[0][2]("gone")
    assert calls == ["lost 1"]
    images.want("hover", [3], lambda _: calls.append("came 3"), lambda: calls.append("lost 3"))
    held[1][2]("gone")
    held[2][1](np.zeros((1, 4, 4, 3), np.uint8))
    assert calls == ["lost 1", "came 3"]


# Files


def test_replacing_a_file_under_a_completed_name_is_confirmed(qtbot, tmp_path, monkeypatch) -> None:
    plot = ScatterPlot()
    qtbot.addWidget(plot)
    monkeypatch.setattr(saving.QFileDialog, "getSaveFileName", staticmethod(lambda *_: (str(tmp_path / "map"), "")))
    questions: list[str] = []

    def answered(how):
        def question(parent, title, words):
            questions.append(words)
            return how

        return staticmethod(question)

    assert ask_path(plot, "Export", "x.png", "PNG (*.png)") == tmp_path / "map.png"
    (tmp_path / "map.png").write_text("mine")
    monkeypatch.setattr(saving.QMessageBox, "question", answered(saving.QMessageBox.StandardButton.No))
    assert ask_path(plot, "Export", "x.png", "PNG (*.png)") is None
    monkeypatch.setattr(saving.QMessageBox, "question", answered(saving.QMessageBox.StandardButton.Yes))
    assert ask_path(plot, "Export", "x.png", "PNG (*.png)") == tmp_path / "map.png"
    assert questions == ["map.png is there already. Replace it?"] * 2
    monkeypatch.setattr(saving.QFileDialog, "getSaveFileName", staticmethod(lambda *_: (str(tmp_path / "map.png"), "")))
    assert ask_path(plot, "Export", "x.png", "PNG (*.png)") == tmp_path / "map.png"
    assert len(questions) == 2, "for a name typed with its suffix, the file dialog itself confirms"
