"""The Samples card: a selection kept by sample, thumbnails of their points, words, tags, ready selections, export."""

import json

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from engine.runs.tags import read_tags
from workbench.bridge.data_questions import DataInfo, GetImages, Labels
from workbench.bridge.map_questions import (
    Duplicates,
    FindNeighbours,
    FindOutliers,
    Map,
    NearDuplicates,
    Neighbours,
    Numbers,
    Outliers,
    SampleNumbers,
)
from workbench.bridge.sample_questions import Exported, ExportRows
from workbench.panels.embedding import panel as module
from workbench.panels.embedding.panel import EmbeddingPanel

N = 90
# Not in order, and not from nought: a row is not a place in the data set.
INDEX = np.random.default_rng(1).permutation(N) * 2 + 1
LABEL = (INDEX // 2) % 3
DATA = {"source": "shapes"}
CLASSES = ("disc", "square", "star")


class Fake:
    """A snapshot of N of 200 samples; an image's pixels are its place in the data set. `rows`: what is mapped of it."""

    def __init__(self):
        self.questions, self.rows, self.failing = [], np.arange(N), set()

    def __call__(self, question, answer, failed=None, progress=None):
        self.questions.append(question)
        if type(question) in self.failing:
            failed("It cannot be.")
            return
        made = getattr(self, f"_{type(question).__name__}", None)
        if made is not None:
            answer(made(question))

    def asked(self, kind):
        return [question for question in self.questions if isinstance(question, kind)]

    def _MapSnapshot(self, asked):
        xy = np.random.default_rng(asked.epoch).normal(size=(N, 2)).astype(np.float32)[self.rows]
        return Map(asked.folder, asked.epoch, asked.kind, xy, INDEX[self.rows], LABEL[self.rows], 0.9, rows=self.rows, total=N)

    def _GetLabels(self, asked):
        index = np.array(asked.index)
        columns = {"class": (index // 2) % 3, "size": index / 200}
        return Labels(columns, {"class": CLASSES}, {"class": "category", "size": "number"})

    def _GetImages(self, asked):
        return np.stack([np.full((4, 4, 3), one, np.uint8) for one in asked.index])

    def _DescribeData(self, asked):
        return DataInfo("shapes", 32, 150, 25, 25, CLASSES, (), ())

    def _FileNames(self, asked):
        return tuple(f"photos/img_{one:03d}.jpg" for one in asked.index)

    def _FindNeighbours(self, asked):
        among = np.array(asked.rows) if asked.rows else np.arange(N)
        rows = among[among != asked.row][: asked.k]
        cosine = np.linspace(0.99, 0.5, len(rows))
        return Neighbours(asked.row, rows, cosine, 10 * (1 - cosine), asked.metric)

    def _NearDuplicates(self, asked):
        groups = (np.array([3, 9]), np.array([20, 30, 40]))
        return Duplicates(
            asked.folder, asked.epoch, asked.threshold, INDEX, groups, np.array([1, 0.99]), 4, np.array([3, 9, 20, 30, 40])
        )

    def _FindOutliers(self, asked):
        return Outliers(asked.folder, asked.epoch, INDEX, np.array([5, 2]), np.array([0.9, 0.7]))

    def _SampleNumbers(self, asked):
        churn, margin = np.zeros(N, np.float32), np.full(N, 0.5, np.float32)
        churn[[7, 8]], margin[[1, 4, 6]] = 0.8, -0.2
        return Numbers(asked.folder, asked.epoch, "features", INDEX, {"churn": churn, "margin": margin}, {}, 4)

    def _ExportRows(self, asked):
        return Exported(asked.path, len(asked.index), 8 if asked.features else 0, 2**20)


@pytest.fixture
def fake():
    return Fake()


@pytest.fixture
def panel(qtbot, fake, monkeypatch, tmp_path):
    monkeypatch.setattr(module, "snapshots", lambda folder: [1, 4, 9])
    made = EmbeddingPanel(fake)
    qtbot.addWidget(made)
    made.resize(1020, 620)
    with qtbot.waitExposed(made):
        made.show()
    made.choose_kind("pca")
    made.show_run(str(tmp_path), DATA)
    return made


def ids_of(panel):
    return panel.samples.selection.ids.tolist()


def painted(grid, place):
    """The place in the data set whose image is painted at a place of the grid."""
    return grid.image_at(place).pixelColor(1, 1).red()


# Selection


def test_thumbnails_are_those_of_their_points_also_after_a_filter(qtbot, panel):
    panel.legend.toggle(1)
    panel.samples.selection.all()
    grid = panel.samples.selected
    rows = np.flatnonzero(panel.plot.alive)
    assert sorted(set(LABEL[rows])) == [0, 2]
    assert grid.ids.tolist() == INDEX[rows].tolist()
    qtbot.waitUntil(lambda: all(grid.image_at(place) is not None for place in grid.in_view()))
    for place in grid.in_view():
        assert painted(grid, place) == INDEX[rows[place]]
        grid.hovered.emit(place)
        assert panel.plot._hover == rows[place]
        assert grid.text_at(place) == CLASSES[LABEL[rows[place]]]


def test_only_what_is_in_view_is_asked_for(qtbot, panel, fake):
    panel.samples.selection.all()
    grid = panel.samples.selected
    qtbot.waitUntil(lambda: grid.image_at(0) is not None)
    asked = {one for question in fake.asked(GetImages) for one in question.index}
    assert len(asked) < N
    grid.setFocus()
    QTest.keyClick(grid, Qt.Key.Key_End)
    assert grid.current == N - 1
    qtbot.waitUntil(lambda: grid.image_at(N - 1) is not None)
    assert painted(grid, N - 1) == INDEX[N - 1]
    middle = grid.rect_of(N - 1).center()
    assert grid.at(middle) == N - 1
    assert grid.at(QPoint(middle.x(), -5000)) == -1


def test_ten_thousand_are_as_quick_as_ten(qtbot, panel):
    grid = panel.samples.selected
    wanted = []
    grid.wanted.connect(wanted.append)
    grid.set_items(np.arange(10_000))
    qtbot.waitUntil(lambda: bool(wanted))
    assert 0 < len(wanted[0]) < 60
    assert grid.verticalScrollBar().maximum() > 10_000


def test_a_point_under_the_mouse_rings_its_thumbnail(panel):
    panel.samples.selection.select_rows([4, 11, 30])
    grid = panel.samples.selected
    panel.plot.hovered.emit(11)
    assert grid.ids[grid.ring] == INDEX[11]
    panel.plot.hovered.emit(12)
    assert grid.ring == -1


def test_the_selection_survives_another_epoch_a_part_of_the_map_and_another_run_on_the_same_data(panel, fake, tmp_path):
    panel.samples.selection.select_rows([4, 11, 30])
    ids = sorted(INDEX[[4, 11, 30]].tolist())
    panel.time_line.slider.setValue(0)
    assert panel.plot.selected.tolist() == [4, 11, 30]
    fake.rows = np.array([30, 2, 4, 50])
    panel.show_run(str(tmp_path / "other"), DATA)
    assert panel.plot.selected.tolist() == [0, 2]
    assert ids_of(panel) == ids
    assert panel.samples.state == "2 of 4 selected (+1)"
    assert panel.samples.selected.ids.tolist() == INDEX[[30, 4]].tolist()
    fake.rows = np.arange(N)
    panel.show_run(str(tmp_path), DATA)
    assert panel.plot.selected.tolist() == [4, 11, 30]
    panel.show_run(str(tmp_path), {"source": "digits"})
    assert ids_of(panel) == []
    assert not panel.samples.selection.history.canUndo()


def test_what_was_selected_can_be_had_back(panel):
    selection = panel.samples.selection
    panel.plot.set_selected([1, 2])
    panel.plot.set_selected([5])
    selection.invert()
    assert len(ids_of(panel)) == N - 1
    QTest.keyClick(panel.plot, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert panel.plot.selected.tolist() == [5]
    QTest.keyClick(panel.samples.selected, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert panel.plot.selected.tolist() == [1, 2]
    QTest.keyClick(panel.plot, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert panel.plot.selected.tolist() == [5]
    assert panel.samples.selected.ids.tolist() == [INDEX[5]]
    QTest.keyClick(panel.plot, Qt.Key.Key_Escape)
    assert ids_of(panel) == []
    selection.history.undo()
    assert panel.plot.selected.tolist() == [5]


def test_the_classes_of_the_selection_are_told(panel):
    panel.samples.selection.select_rows([*np.flatnonzero(LABEL == 2)[:3], *np.flatnonzero(LABEL == 0)[:1]])
    assert panel.samples.shares.text() == "star: 75 %, disc: 25 %"
    panel.samples.selection.none()
    assert not panel.samples.shares.isVisible()


# Neighbours


def test_neighbours_by_either_measure_and_as_many_as_wanted(panel, fake):
    near = panel.samples.near
    panel.plot.clicked.emit(5)
    assert panel.samples.tabs.currentIndex() == 1
    assert len(near.images.ids) == 13
    same = int((LABEL[[row for row in range(13) if row != 5]] == LABEL[5]).sum())
    assert near.words.text() == f"{same} of 12 are of its class: {CLASSES[LABEL[5]]}"
    near.measure.setCurrentIndex(1)
    near.measure.activated.emit(1)
    near.count.setCurrentIndex(0)
    near.count.activated.emit(0)
    asked = fake.asked(FindNeighbours)[-1]
    assert (asked.row, asked.k, asked.metric) == (5, 5, "euclidean")
    assert near.images.captions[1] == ".10"
    assert near.images.captions[5] == "5"
    near.select.click()
    assert ids_of(panel) == sorted(INDEX[[5, 0, 1, 2, 3, 4]].tolist())


def test_neighbours_are_asked_again_of_the_same_sample_at_another_epoch(panel, fake):
    panel.plot.clicked.emit(5)
    fake.rows = np.array([8, 5, 60])
    panel.time_line.slider.setValue(0)
    asked = fake.asked(FindNeighbours)[-1]
    assert (asked.epoch, asked.row, asked.rows) == (1, 5, (8, 5, 60))
    near = panel.samples.near
    assert near.images.ids.tolist() == INDEX[[5, 8, 60]].tolist()
    assert "among the samples on this map" in near.words.text()
    fake.rows = np.array([8, 60])
    panel.time_line.slider.setValue(1)
    assert len(near.images.ids) == 0


def test_why_there_are_no_neighbours_is_said(panel, fake):
    fake.failing.add(FindNeighbours)
    panel.plot.clicked.emit(5)
    assert panel.samples.near.images._empty == "It cannot be."


# Words


def test_samples_are_found_by_words(qtbot, panel):
    QTest.keyClick(panel.plot, Qt.Key.Key_Slash)
    field = panel.samples.commands.field
    assert field.hasFocus()
    QTest.keyClicks(field, "class = star and size > 0.5")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert ids_of(panel) == sorted(one for one in INDEX if (one // 2) % 3 == 2 and one > 100)
    panel.samples.search("img_007")
    assert ids_of(panel) == [7]
    panel.samples.search("colour = red")
    assert "Known: class, size, file, index" in panel.samples.note.text()
    assert field.property("wrong")
    assert ids_of(panel) == [7]
    QTest.keyClicks(field, "/")
    assert field.text().endswith("/")
    assert not field.property("wrong")


# Ready selections


@pytest.mark.parametrize(
    ("kind", "rows", "words"),
    [
        ("duplicates", [3, 9, 20, 30, 40], "5 near-duplicates in 2 groups: linked by a cosine of .98 or more"),
        ("outliers", [2, 5], "The 2 samples farthest from their 15 nearest, by the mean of 1 − cosine: .70 or more"),
        ("margin", [1, 4, 6], "3 samples that have more neighbours of one other class than of their own, among their 15 nearest"),
        ("churn", [7, 8], "The 2 samples that changed most of their 15 nearest since epoch 4: 80 % or more"),
    ],
)
def test_ready_selections_say_how_they_were_found(panel, kind, rows, words):
    panel.samples.ready.find(kind)
    assert panel.plot.selected.tolist() == rows
    assert panel.samples.note.text() == words


def test_a_ready_selection_that_cannot_be_had_says_why(panel, fake):
    fake.failing |= {NearDuplicates, FindOutliers, SampleNumbers}
    panel.samples.selection.select_rows([4])
    for kind in ("duplicates", "outliers", "margin", "churn"):
        panel.samples.ready.find(kind)
        assert panel.samples.note.text() == "It cannot be."
    assert ids_of(panel) == [INDEX[4]]


# Tags


def test_tags_are_saved_with_the_run_coloured_by_found_and_had_back(panel, tmp_path):
    samples, page = panel.samples, panel.samples.tags
    assert not page.give.isEnabled()
    samples.selection.select_rows([4, 11, 30])
    page.name.setText(" odd ")
    page.give.click()
    odd = tuple(sorted(INDEX[[4, 11, 30]].tolist()))
    assert read_tags(tmp_path) == {"odd": odd}
    assert [page.list.item(row).text() for row in range(page.list.count())] == ["odd · 3"]
    samples.selection.select_rows([11, 12])
    page.name.setText("blurred")
    QTest.keyClick(page.name, Qt.Key.Key_Return)
    panel.colour_by("tag")
    assert [(entry.name, entry.count) for entry in panel.legend.entries()] == [
        ("blurred", 1),
        ("odd", 2),
        ("blurred + odd", 1),
        ("no tag", N - 4),
    ]
    panel.legend.isolate(2)
    assert np.flatnonzero(panel.plot.alive).tolist() == [11]
    samples.search("tag = odd")
    assert ids_of(panel) == list(odd)
    samples.selection.none()
    page.list.setCurrentRow(0)
    QTest.keyClick(page.list, Qt.Key.Key_Return)
    assert ids_of(panel) == sorted(INDEX[[11, 12]].tolist())
    page.take.click()
    assert read_tags(tmp_path) == {"odd": odd}
    page.list.setCurrentRow(0)
    QTest.keyClick(page.list, Qt.Key.Key_Delete)
    assert read_tags(tmp_path) == {}
    assert panel._column == "class"
    samples.selection.history.undo()
    assert read_tags(tmp_path) == {"odd": odd}


def test_tags_that_cannot_be_read_or_written_are_said(panel, tmp_path):
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "tags.json").write_text("{")
    panel.show_run(str(broken), DATA)
    assert "tags.json must be tags" in panel.samples.note.text()
    panel.samples.selection.select_rows([4])
    panel.samples.tagging.give("a;b", [1])
    assert "tag must be a name" in panel.samples.note.text()
    panel.samples.tagging.give("new", [1])
    assert json.loads((broken / "tags.json").read_text())["tags"] == {"new": [1]}
    assert (broken / "tags.broken.json").read_text() == "{"
    panel.show_run(str(tmp_path / "gone"), DATA)
    steps = panel.samples.selection.history.count()
    panel.samples.tagging.give("new", [1])
    assert "writable" in panel.samples.note.text()
    assert panel.samples.selection.history.count() == steps, "what did not happen is not in the history"


# Export


def test_the_selection_is_written_as_a_table(panel, fake, tmp_path, monkeypatch):
    chosen = (str(tmp_path / "mine"), "NumPy (*.npz)")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", staticmethod(lambda *given: chosen))
    panel.samples.tagging.give("odd", [int(INDEX[11])])
    panel.samples.selection.select_rows([4, 11])
    panel.samples.export_rows(every=False)
    asked = fake.asked(ExportRows)[-1]
    assert (asked.path, asked.epoch, asked.features) == (str(tmp_path / "mine.npz"), 9, True)
    assert asked.index.tolist() == INDEX[[4, 11]].tolist()
    assert asked.tags == ("", "odd")
    assert [asked.classes[code] for code in asked.label] == [CLASSES[code] for code in LABEL[[4, 11]]]
    np.testing.assert_array_equal(asked.xy, panel.plot.xy[[4, 11]].astype(np.float32))
    assert panel.samples.note.text() == f"Wrote 2 samples with 8 features of the backbone each to {tmp_path / 'mine.npz'} (1.0 MB)"
    panel.samples.commands.featuresAsked.emit(False)
    panel.samples.export_rows(every=True)
    assert len(fake.asked(ExportRows)[-1].index) == N
    assert "features" not in panel.samples.note.text()
    fake.failing.add(ExportRows)
    panel.samples.export_rows(every=True)
    assert panel.samples.note.text() == "It cannot be."


def test_places_are_copied(panel):
    panel.samples.selection.select([5, 3])
    panel.samples.commands.copyAsked.emit()
    assert QGuiApplication.clipboard().text() == "3, 5"


# Legend


def test_a_thousand_classes_are_searched_and_shown_or_hidden_as_listed(panel, fake):
    names = tuple(f"species {code:03d}" for code in range(1000))
    fake._GetLabels = lambda asked: Labels({"class": np.array(asked.index) % 1000}, {"class": names}, {"class": "category"})
    assert not panel.legend.search.isVisible()
    panel._labels_of = b""
    panel.show_run(panel._folder, DATA)
    legend = panel.legend
    assert legend.search.isVisible()
    legend.search.setText("SPECIES 00")
    assert legend.list.model().rowCount() == 10
    legend.none.click()
    assert legend._model.shown.sum() == 990
    legend.all.click()
    assert legend._model.shown.all()
    legend.search.setText("")
    legend.none.click()
    assert not panel.plot.alive.any()
    legend.search.setText("species 007")
    QTest.mouseClick(
        legend.list.viewport(), Qt.MouseButton.LeftButton, pos=legend.list.visualRect(legend.list.model().index(0, 0)).center()
    )
    assert np.flatnonzero(panel.plot.alive).tolist() == np.flatnonzero(INDEX == 7).tolist()
