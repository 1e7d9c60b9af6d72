"""The Embeddings panel: PCA and UMAP, colours, selection, neighbours, epochs."""

import numpy as np
import pytest

from tests.workbench.panels.on_screen import on_screen
from workbench.bridge.data_questions import DataInfo, DescribeData, GetImages, GetLabels, Labels
from workbench.bridge.map_questions import FindNeighbours, Map, MapSnapshot, Neighbours
from workbench.panels.embedding import panel as module
from workbench.panels.embedding.panel import EmbeddingPanel
from workbench.samples.colouring import colour
from workbench.samples.stored_images import Images

N = 60
XY = np.random.default_rng(0).normal(size=(N, 2)).astype(np.float32)
INDEX = np.arange(N) * 2
LABEL = np.arange(N) % 3
DATA = {"source": "shapes"}


class Fake:
    """Answers with artificial data at once; a UMAP only on `reply`."""

    def __init__(self):
        self.questions, self.umaps, self.images = [], [], 0

    def __call__(self, question, answer, failed=None, progress=None):
        self.questions.append(question)
        if isinstance(question, MapSnapshot) and question.kind == "umap":
            self.umaps.append((question, answer, failed, progress))
        elif isinstance(question, MapSnapshot):
            answer(self.map(question))
        elif isinstance(question, GetLabels):
            columns = {"class": LABEL, "size": np.linspace(0, 1, N), "rotation": np.linspace(0, 359, N)}
            kinds = {"class": "category", "size": "number", "rotation": "angle"}
            answer(Labels(columns, {"class": ("disc", "square", "star")}, kinds))
        elif isinstance(question, GetImages):
            answer(np.stack([np.full((8, 8, 3), one % 256, np.uint8) for one in question.index]))
        elif isinstance(question, DescribeData):
            answer(DataInfo("shapes", 32, 400, 50, 50, ("disc", "square", "star"), (), ()))
        elif isinstance(question, FindNeighbours):
            rows = np.array([row for row in range(N) if row != question.row][: question.k])
            answer(Neighbours(question.row, rows, np.linspace(0.99, 0.5, len(rows))))

    @staticmethod
    def map(question):
        shift = 100 if question.kind == "umap" else 0
        return Map(question.folder, question.epoch, question.kind, XY + shift + question.epoch, INDEX, LABEL, 0.87)

    def reply(self, number=-1):
        question, answer, _, _ = self.umaps[number]
        answer(self.map(question))


@pytest.fixture
def fake():
    return Fake()


@pytest.fixture
def panel(qtbot, fake, monkeypatch):
    monkeypatch.setattr(module, "snapshots", lambda folder: [1, 4, 9])
    return on_screen(qtbot, EmbeddingPanel(fake), 1020, 684)


def test_pca_is_shown_at_once_and_umap_when_computed(panel, fake):
    panel.show_run("run", DATA)
    assert panel.map_card.title == "Map · PCA of 60 of 500"
    assert panel.map_card.state == "trustworthiness .87"
    assert not panel.tools.progress.isHidden()
    fake.umaps[-1][3](0.4)
    assert panel.tools.progress.value() == 40
    fake.reply()
    assert panel.map_card.title == "Map · UMAP of 60 of 500"
    assert panel.tools.progress.isHidden()
    np.testing.assert_allclose(panel.plot.xy, XY + 109)


def test_a_cancelled_umap_is_not_shown(qtbot, panel, fake):
    panel.show_run("run", DATA)
    with qtbot.waitSignal(panel.mapCancelled):
        panel.tools.cancel.click()
    fake.reply()
    assert "PCA" in panel.map_card.title
    panel.choose_kind("umap")
    assert "UMAP" in panel.map_card.title


def test_a_failed_umap_keeps_the_pca(panel, fake):
    panel.show_run("run", DATA)
    fake.umaps[-1][2]("numba is missing.")
    assert "PCA" in panel.map_card.title
    assert panel.tools.progress.isHidden()
    assert panel.tools.note.toolTip() == "numba is missing."


def test_answers_for_the_previous_run_are_dropped(panel, fake):
    panel.show_run("run", DATA)
    panel.show_run("other", DATA)
    fake.reply(0)
    assert "PCA" in panel.map_card.title


def test_the_slider_moves_through_the_epochs(panel, fake):
    panel.show_run("run", DATA)
    assert panel.current_epoch == 9
    panel.time_line.slider.setValue(0)
    assert panel.current_epoch == 1
    assert panel.time_line.words.text() == "epoch 1 / 9"
    np.testing.assert_allclose(panel.plot.xy, XY + 1)
    fake.reply(0)  # the map of epoch 9 arrives late and is stored, not shown
    np.testing.assert_allclose(panel.plot.xy, XY + 1)
    panel.time_line.slider.setValue(2)
    np.testing.assert_allclose(panel.plot.xy, XY + 109)


def test_the_slider_follows_a_new_snapshot_only_from_the_end(panel):
    panel.show_run("run", DATA)
    panel.snapshot_added("run", 12)
    assert panel.current_epoch == 12
    panel.time_line.slider.setValue(0)
    panel.snapshot_added("run", 15)
    assert panel.current_epoch == 1
    panel.snapshot_added("elsewhere", 20)
    assert panel.time_line.slider.maximum() == 4


def test_points_keep_their_colours_and_selection_between_epochs(panel):
    panel.show_run("run", DATA)
    panel.plot.set_selected([1, 2])
    panel.time_line.slider.setValue(0)
    assert panel.plot.selected.tolist() == [1, 2]


def test_a_category_has_a_legend_with_counts_and_toggles(panel):
    panel.show_run("run", DATA)
    entries = panel.legend.entries()
    assert [(entry.name, entry.count) for entry in entries] == [("disc", 20), ("square", 20), ("star", 20)]
    panel.legend.toggle(1)
    assert panel.plot.alive.tolist() == (LABEL != 1).tolist()
    panel.legend.isolate(2)
    assert panel.plot.alive.tolist() == (LABEL == 2).tolist()
    panel.legend.isolate(2)
    assert panel.plot.alive.all()


def test_numbers_and_angles_have_colour_scales(panel):
    panel.show_run("run", DATA)
    panel.colour_by("size")
    assert not panel.legend.entries()
    assert panel.plot._codes[0] == 0
    assert panel.plot._codes[-1] == 31
    panel.colour_by("rotation")
    assert panel._colouring.high == 360


def test_unknown_labels_are_not_counted():
    codes = colour(Labels({"class": np.array([-1, 0, 1])}, {"class": ("a", "b")}, {"class": "category"}), "class")
    assert codes.codes.tolist() == [-1, 0, 1]
    assert [entry.count for entry in codes.entries] == [1, 1]


def test_shapes_select_add_and_subtract(panel):
    panel.show_run("run", DATA)
    low, high = panel.plot.xy.min(0) - 1, panel.plot.xy.max(0) + 1
    box = np.array([low, [high[0], low[1]], high, [low[0], high[1]]])
    left = box.copy()
    left[[1, 2], 0] = np.median(panel.plot.xy[:, 0])
    panel.plot.select(left)
    half = len(panel.plot.selected)
    assert 0 < half < N
    assert panel.samples.state == f"{half} of 60 selected"
    assert len(panel.samples.selected.ids) == half
    panel.plot.select(box, "add")
    assert len(panel.plot.selected) == N
    panel.plot.select(left, "subtract")
    assert len(panel.plot.selected) == N - half
    panel.plot.set_selected([])
    assert len(panel.samples.selected.ids) == 0
    assert panel.samples.state == ""


def test_hidden_points_are_not_selected(panel):
    panel.show_run("run", DATA)
    panel.legend.toggle(0)
    low, high = panel.plot.xy.min(0) - 1, panel.plot.xy.max(0) + 1
    panel.plot.select(np.array([low, [high[0], low[1]], high, [low[0], high[1]]]))
    assert set(LABEL[panel.plot.selected]) == {1, 2}


def test_a_click_shows_nearest_neighbours_in_the_original_space(panel, fake):
    panel.show_run("run", DATA)
    panel.plot.clicked.emit(5)
    question = [question for question in fake.questions if isinstance(question, FindNeighbours)][-1]
    assert (question.row, question.epoch) == (5, 9)
    neighbours = panel.samples.neighbours
    assert neighbours.images.ids.tolist() == [INDEX[5], *(INDEX[row] for row in range(13) if row != 5)][:13]
    assert neighbours.images.captions[:2] == ["star", ".99"]
    neighbours.images.activated.emit(1)
    assert [q for q in fake.questions if isinstance(q, FindNeighbours)][-1].row == 0


def test_the_image_under_the_mouse_is_shown_after_a_delay(qtbot, panel):
    panel.show_run("run", DATA)
    panel.plot.hover(7)
    assert not panel.hover_card.isVisible()
    qtbot.waitUntil(panel.hover_card.isVisible, timeout=3000)
    assert panel.hover_card.grid.cells[0].image[0, 0, 0] == INDEX[7]
    assert panel.hover_card.label.text() == "square"
    panel.plot.hover(-1)
    assert not panel.hover_card.isVisible()


def test_playing_requests_no_umap_and_stops_at_the_last_epoch(qtbot, panel, fake):
    panel.show_run("run", DATA)
    panel.time_line.player.setInterval(1)
    before = len(fake.umaps)
    panel.time_line.play.setChecked(True)
    assert panel.current_epoch == 1
    qtbot.waitUntil(lambda: not panel.time_line.play.isChecked(), timeout=3000)
    assert panel.current_epoch == 9
    assert len(fake.umaps) - before <= 1


def test_without_a_run_a_hint_is_shown(panel):
    assert "Pick a run" in panel.map_card.empty.text()
    assert panel.legend.entries() == ()
    panel.show_run("run", DATA)
    panel.show_run(None, None)
    assert "Pick a run" in panel.map_card.empty.text()
    assert panel.current_epoch is None


def test_a_run_without_data_config_is_shown(qtbot, monkeypatch, fake):
    monkeypatch.setattr(module, "snapshots", lambda folder: [1])
    panel = EmbeddingPanel(fake)
    qtbot.addWidget(panel)
    panel.show_run("run", None)
    assert not fake.questions  # the panel is hidden
    panel.show()
    assert len(panel.plot.xy) == N
    assert len(panel.legend.entries()) == 3


def test_only_one_request_for_images_is_sent_at_a_time():
    waiting, got = [], []
    images = Images(lambda question, answer, failed=None, progress=None: waiting.append((question, answer)))
    images.set_data(DATA)
    for index in range(4):
        images.want("hover", [index], lambda images, index=index: got.append(index))
    images.want("selected", [7, 8], lambda images: got.append("selected"))
    while waiting:
        question, answer = waiting.pop()
        assert not waiting
        answer(np.zeros((len(question.index), 4, 4, 3), np.uint8))
    assert got == [3, "selected"]
    images.want("hover", [8], lambda images: got.append("at once"))
    assert got[-1] == "at once"
