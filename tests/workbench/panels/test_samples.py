"""The Samples card: a selection kept by sample, thumbnails, queries, tags, suggested selections, export."""

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
# Not sorted, and not from 0: a row is not an index in the data set.
INDEX = np.random.default_rng(1).permutation(N) * 2 + 1
LABEL = (INDEX // 2) % 3
DATA = {"source": "shapes"}
CLASSES = ("disc", "square", "star")


class Fake:
    """A snapshot of N of 200 samples; an image's pixels are its index in the data set. `rows`: the rows that are mapped."""

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

    def questions_of(self, kind):
        return [question for question in self.questions if isinstance(question, kind)]

    def _MapSnapshot(self, question):
        xy = np.random.default_rng(question.epoch).normal(size=(N, 2)).astype(np.float32)[self.rows]
        return Map(
            question.folder, question.epoch, question.kind, xy, INDEX[self.rows], LABEL[self.rows], 0.9, rows=self.rows, total=N
        )

    def _GetLabels(self, question):
        index = np.array(question.index)
        columns = {"class": (index // 2) % 3, "size": index / 200}
        return Labels(columns, {"class": CLASSES}, {"class": "category", "size": "number"})

    def _GetImages(self, question):
        return np.stack([np.full((4, 4, 3), one, np.uint8) for one in question.index])

    def _DescribeData(self, question):
        return DataInfo("shapes", 32, 150, 25, 25, CLASSES, (), ())

    def _FileNames(self, question):
        return tuple(f"photos/img_{one:03d}.jpg" for one in question.index)

    def _FindNeighbours(self, question):
        among = np.array(question.rows) if question.rows else np.arange(N)
        rows = among[among != question.row][: question.k]
        cosine = np.linspace(0.99, 0.5, len(rows))
        return Neighbours(question.row, rows, cosine, 10 * (1 - cosine), question.metric)

    def _NearDuplicates(self, question):
        groups = (np.array([3, 9]), np.array([20, 30, 40]))
        return Duplicates(
            question.folder, question.epoch, question.threshold, INDEX, groups, np.array([1, 0.99]), 4, np.array([3, 9, 20, 30, 40])
        )

    def _FindOutliers(self, question):
        return Outliers(question.folder, question.epoch, INDEX, np.array([5, 2]), np.array([0.9, 0.7]))

    def _SampleNumbers(self, question):
        churn, margin = np.zeros(N, np.float32), np.full(N, 0.5, np.float32)
        churn[[7, 8]], margin[[1, 4, 6]] = 0.8, -0.2
        return Numbers(question.folder, question.epoch, "features", INDEX, {"churn": churn, "margin": margin}, {}, 4)

    def _ExportRows(self, question):
        return Exported(question.path, len(question.index), 8 if question.features else 0, 2**20)


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


def painted(grid, position):
    """The index in the data set of the image painted at a position of the grid."""
    return grid.image_at(position).pixelColor(1, 1).red()


# Selection


def test_thumbnails_show_the_images_of_their_points_after_a_filter(qtbot, panel):
    panel.legend.toggle(1)
    panel.samples.selection.all()
    grid = panel.samples.selected
    rows = np.flatnonzero(panel.plot.alive)
    assert sorted(set(LABEL[rows])) == [0, 2]
    assert grid.ids.tolist() == INDEX[rows].tolist()
    qtbot.waitUntil(lambda: all(grid.image_at(position) is not None for position in grid.in_view()))
    for position in grid.in_view():
        assert painted(grid, position) == INDEX[rows[position]]
        grid.hovered.emit(position)
        assert panel.plot._hover == rows[position]
        name = f"photos/img_{INDEX[rows[position]]:03d}.jpg"
        assert grid.text_at(position).splitlines() == [name, CLASSES[LABEL[rows[position]]]]


def test_only_images_in_view_are_requested(qtbot, panel, fake):
    panel.samples.selection.all()
    grid = panel.samples.selected
    qtbot.waitUntil(lambda: grid.image_at(0) is not None)
    requested = {index for question in fake.questions_of(GetImages) for index in question.index}
    assert len(requested) < N
    grid.setFocus()
    QTest.keyClick(grid, Qt.Key.Key_End)
    assert grid.current == N - 1
    qtbot.waitUntil(lambda: grid.image_at(N - 1) is not None)
    assert painted(grid, N - 1) == INDEX[N - 1]
    middle = grid.rect_of(N - 1).center()
    assert grid.at(middle) == N - 1
    assert grid.at(QPoint(middle.x(), -5000)) == -1


def test_ten_thousand_thumbnails_request_only_those_in_view(qtbot, panel):
    grid = panel.samples.selected
    requests = []
    grid.wanted.connect(requests.append)
    grid.set_items(np.arange(10_000))
    qtbot.waitUntil(lambda: bool(requests))
    assert 0 < len(requests[0]) < 60
    assert grid.verticalScrollBar().maximum() > 10_000


def test_a_point_under_the_mouse_rings_its_thumbnail(panel):
    panel.samples.selection.select_rows([4, 11, 30])
    grid = panel.samples.selected
    panel.plot.hovered.emit(11)
    assert grid.ids[grid.ring] == INDEX[11]
    panel.plot.hovered.emit(12)
    assert grid.ring == -1


def test_the_selection_is_kept_for_other_epochs_parts_and_runs_on_the_same_data(panel, fake, tmp_path):
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


def test_the_selection_can_be_undone_and_redone(panel):
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


def test_the_class_shares_of_the_selection_are_shown(panel):
    panel.samples.selection.select_rows([*np.flatnonzero(LABEL == 2)[:3], *np.flatnonzero(LABEL == 0)[:1]])
    assert panel.samples.shares.text() == "star: 75 %, disc: 25 %"
    panel.samples.selection.none()
    assert not panel.samples.shares.isVisible()


def test_long_class_shares_end_in_an_ellipsis_and_the_tooltip_has_all(panel):
    panel.samples.selection.all()
    shares = panel.samples.shares
    text = shares.text()
    assert shares.fontMetrics().horizontalAdvance(text) <= shares.contentsRect().width()
    shares.set_full_text("a class with a long name: 60 %, another class with a long name: 40 %")
    assert shares.text().endswith("…")
    assert shares.fontMetrics().horizontalAdvance(shares.text()) <= shares.contentsRect().width()
    assert shares.toolTip() == shares.full_text
    panel.samples.parentWidget().setFixedWidth(900)
    QTest.qWait(50)
    assert shares.text() == shares.full_text


# Neighbours


def test_neighbours_by_both_distances_and_a_chosen_number(panel, fake):
    neighbours = panel.samples.neighbours
    panel.plot.clicked.emit(5)
    assert panel.samples.tabs.currentIndex() == 1
    assert len(neighbours.images.ids) == 13
    same = int((LABEL[[row for row in range(13) if row != 5]] == LABEL[5]).sum())
    assert neighbours.words.text() == f"{same} of 12 have its class: {CLASSES[LABEL[5]]}"
    neighbours.measure.setCurrentIndex(1)
    neighbours.measure.activated.emit(1)
    neighbours.count.setCurrentIndex(0)
    neighbours.count.activated.emit(0)
    question = fake.questions_of(FindNeighbours)[-1]
    assert (question.row, question.k, question.metric) == (5, 5, "euclidean")
    assert neighbours.images.captions[1] == ".10"
    assert neighbours.images.captions[5] == "5"
    neighbours.select.click()
    assert ids_of(panel) == sorted(INDEX[[5, 0, 1, 2, 3, 4]].tolist())


def test_neighbours_of_the_same_sample_are_requested_at_another_epoch(panel, fake):
    panel.plot.clicked.emit(5)
    fake.rows = np.array([8, 5, 60])
    panel.time_line.slider.setValue(0)
    question = fake.questions_of(FindNeighbours)[-1]
    assert (question.epoch, question.row, question.rows) == (1, 5, (8, 5, 60))
    neighbours = panel.samples.neighbours
    assert neighbours.images.ids.tolist() == INDEX[[5, 8, 60]].tolist()
    assert "among the samples on this map" in neighbours.words.text()
    fake.rows = np.array([8, 60])
    panel.time_line.slider.setValue(1)
    assert len(neighbours.images.ids) == 0


def test_an_error_of_the_neighbour_search_is_shown(panel, fake):
    fake.failing.add(FindNeighbours)
    panel.plot.clicked.emit(5)
    assert panel.samples.neighbours.images._empty == "It cannot be."


# Queries


def test_samples_are_selected_by_a_query(qtbot, panel):
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


# Suggested selections


@pytest.mark.parametrize(
    ("kind", "rows", "words"),
    [
        ("duplicates", [3, 9, 20, 30, 40], "5 near-duplicates in 2 groups: linked by a cosine of .98 or more"),
        ("outliers", [2, 5], "The 2 samples farthest from their 15 nearest, by the mean of 1 − cosine: .70 or more"),
        ("margin", [1, 4, 6], "3 samples that have more neighbours of one other class than of their own, among their 15 nearest"),
        ("churn", [7, 8], "The 2 samples that changed most of their 15 nearest since epoch 4: 80 % or more"),
    ],
)
def test_suggested_selections_explain_how_they_were_made(panel, kind, rows, words):
    panel.samples.suggestions.search(kind)
    assert panel.plot.selected.tolist() == rows
    assert panel.samples.note.text() == words


def test_a_failed_suggestion_shows_the_error(panel, fake):
    fake.failing |= {NearDuplicates, FindOutliers, SampleNumbers}
    panel.samples.selection.select_rows([4])
    for kind in ("duplicates", "outliers", "margin", "churn"):
        panel.samples.suggestions.search(kind)
        assert panel.samples.note.text() == "It cannot be."
    assert ids_of(panel) == [INDEX[4]]


# Tags


def test_tags_are_saved_colour_the_map_and_can_be_queried_and_undone(panel, tmp_path):
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


def test_errors_of_reading_or_writing_tags_are_shown(panel, tmp_path):
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
    assert panel.samples.selection.history.count() == steps, "a failed change is not in the history"


# Export


def test_the_selection_is_written_as_a_table(panel, fake, tmp_path, monkeypatch):
    chosen = (str(tmp_path / "mine"), "NumPy (*.npz)")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", staticmethod(lambda *given: chosen))
    panel.samples.tagging.give("odd", [int(INDEX[11])])
    panel.samples.selection.select_rows([4, 11])
    panel.samples.export_rows(every=False)
    question = fake.questions_of(ExportRows)[-1]
    assert (question.path, question.epoch, question.features) == (str(tmp_path / "mine.npz"), 9, True)
    assert question.index.tolist() == INDEX[[4, 11]].tolist()
    assert question.tags == ("", "odd")
    assert [question.classes[code] for code in question.label] == [CLASSES[code] for code in LABEL[[4, 11]]]
    np.testing.assert_array_equal(question.xy, panel.plot.xy[[4, 11]].astype(np.float32))
    assert panel.samples.note.text() == f"Wrote 2 samples with 8 features of the backbone each to {tmp_path / 'mine.npz'} (1.0 MB)"
    panel.samples.commands.featuresToggled.emit(False)
    panel.samples.export_rows(every=True)
    assert len(fake.questions_of(ExportRows)[-1].index) == N
    assert "features" not in panel.samples.note.text()
    fake.failing.add(ExportRows)
    panel.samples.export_rows(every=True)
    assert panel.samples.note.text() == "It cannot be."


def test_indices_are_copied(panel):
    panel.samples.selection.select([5, 3])
    panel.samples.commands.copyRequested.emit()
    assert QGuiApplication.clipboard().text() == "3, 5"


# Legend


def test_a_thousand_classes_can_be_searched_and_hidden_as_listed(panel, fake):
    names = tuple(f"species {code:03d}" for code in range(1000))
    fake._GetLabels = lambda question: Labels({"class": np.array(question.index) % 1000}, {"class": names}, {"class": "category"})
    assert not panel.legend.search.isVisible()
    panel._labels_key = b""
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
