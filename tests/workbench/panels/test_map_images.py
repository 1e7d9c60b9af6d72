"""The map of more samples than the snapshot has, new images dropped onto the map, and the names and commands of its images."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QMouseEvent
from PySide6.QtWidgets import QApplication

from tests.workbench.panels.on_screen import on_screen
from workbench.bridge.data_questions import DataInfo, DescribeData, GetImages, GetLabels, Labels
from workbench.bridge.image_questions import Embedded, EmbedMore, LargeImage, OpenFile, OpenImage, PlacedImages, PlaceImages
from workbench.bridge.map_questions import FindNeighbours, Map, MapSnapshot, Neighbours
from workbench.bridge.sample_questions import FileNames
from workbench.panels.embedding import panel as module
from workbench.panels.embedding.panel import EmbeddingPanel
from workbench.panels.embedding.sample_count import counts
from workbench.plots.point_map import placed_row

SNAPSHOT, TOTAL = 60, 500
LONG = "cats/" + "a" * 98 + "_" + "b" * 97 + ".jpg"


class Engine:
    """A run with snapshots of 60 of 500 images. Slow answers on `reply`."""

    def __init__(self):
        self.have, self.waiting, self.questions = {1: SNAPSHOT, 4: SNAPSHOT}, [], []

    def __call__(self, question, answer, failed=None, progress=None):
        self.questions.append(question)
        match question:
            case MapSnapshot():
                n = question.limit or self.have[question.epoch]
                xy = np.random.default_rng(n + question.epoch).uniform(0, 10, (n, 2)).astype(np.float32)
                label = np.arange(n) % 2
                answer(
                    Map(
                        question.folder,
                        question.epoch,
                        question.kind,
                        xy,
                        np.arange(n),
                        label,
                        0.9,
                        total=self.have[question.epoch],
                    )
                )
            case EmbedMore() | PlaceImages():
                self.waiting.append((question, answer, failed, progress))
            case GetLabels():
                answer(Labels({"class": np.array(question.index) % 2}, {"class": ("cat", "dog")}, {"class": "category"}))
            case GetImages():
                answer(np.stack([np.full((4, 4, 3), one % 256, np.uint8) for one in question.index]))
            case DescribeData():
                answer(DataInfo("photos", 16, 400, 50, 50, ("cat", "dog"), (), ()))
            case FileNames():
                answer(tuple(LONG if one == 7 else f"cats/{one}.jpg" for one in question.index))
            case FindNeighbours():
                rows = np.array([row for row in range(SNAPSHOT) if row != question.row][: question.k])
                answer(Neighbours(question.row, rows, np.linspace(0.9, 0.5, len(rows))))
            case OpenImage() | OpenFile():
                answer(LargeImage(np.zeros((4, 4, 3), np.uint8), (4, 4), "none"))

    def placed(self, question, paths=None):
        names = tuple(paths or question.paths)
        m = len(names)
        near = np.tile(np.arange(15), (m, 1))
        pixels = np.zeros((m, 4, 4, 3), np.uint8)
        xy = np.stack([np.linspace(2, 8, m), np.full(m, 5.0)], 1)
        return PlacedImages(names, pixels, xy, near, np.full((m, 15), 0.5, np.float32), np.linspace(0.2, 0.6, m), (), m)


@pytest.fixture
def engine():
    return Engine()


@pytest.fixture
def panel(qtbot, engine, monkeypatch, tmp_path):
    monkeypatch.setattr(module, "snapshots", lambda folder: [1, 4])
    made = on_screen(qtbot, EmbeddingPanel(engine), 1020, 684)
    made.choose_kind("pca")
    made.show_run("run", {"source": str(tmp_path)})
    return made


def dropped(plot, paths, at):
    """Drag files over a point of the plot and drop them; whether they were accepted."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(at, copy, mime, left, none)
    QApplication.sendEvent(plot.viewport(), enter)
    drop = QDropEvent(QPointF(at), copy, mime, left, none)
    QApplication.sendEvent(plot.viewport(), drop)
    return enter.isAccepted() and drop.isAccepted()


def drop_images(panel, engine, count=3):
    paths = [f"/new/{number}.png" for number in range(count)]
    assert dropped(panel.plot, paths, QPoint(100, 100))
    question, answer, _, _ = engine.waiting.pop()
    assert isinstance(question, PlaceImages)
    answer(engine.placed(question))
    return paths


# How many samples


def test_counts_are_parts_of_the_snapshot_and_more_of_the_data():
    assert counts(2000, 4317) == [500, 1000, 2000, 4317]
    assert counts(2000, 2000) == [500, 1000, 2000]
    assert counts(300, 0) == [300]
    assert counts(0, 0) == []


def test_more_samples_are_encoded_with_progress_and_then_mapped(panel, engine):
    assert panel.map_card.title == "Map · PCA of 60 of 500"
    rows = [action.text() for action in panel.map_card.count.actions_shown]
    assert rows == ["60", "all 500 (encode 440 more images)"]
    panel.map_card.count.actions_shown[1].trigger()
    question, answer, _, progress = engine.waiting.pop()
    assert (question.folder, question.epoch, question.count) == ("run", 4, 0)
    progress(0.4)
    assert panel.tools.progress.value() == 40
    assert panel.map_card.count.text() == "Encoding… 40 %"
    engine.have[4] = TOTAL
    answer(Embedded(4, TOTAL))
    assert panel.map_card.title == "Map · PCA of 500 of 500"
    assert len(panel.plot.xy) == TOTAL
    assert panel.tools.progress.isHidden()


def test_the_epoch_whose_checkpoint_was_kept_is_shown(panel, engine):
    panel.time_line.slider.setValue(0)
    panel.map_card.map_samples(TOTAL)
    _, answer, _, _ = engine.waiting.pop()
    engine.have[4] = TOTAL
    answer(Embedded(4, TOTAL))
    assert panel.current_epoch == 4
    assert len(panel.plot.xy) == TOTAL


def test_a_part_of_what_is_encoded_needs_no_encoding(panel, engine):
    engine.have[4] = TOTAL
    panel.map_card.loader.forget(4)
    panel.map_card.load()
    panel.map_card.map_samples(200)
    assert not engine.waiting
    assert panel.map_card.title == "Map · PCA of 200 of 500"


def test_encoding_can_be_cancelled_and_a_failure_is_said(qtbot, panel, engine):
    panel.map_card.map_samples(TOTAL)
    question, answer, _, _ = engine.waiting.pop()
    with qtbot.waitSignal(panel.mapCancelled) as signal:
        panel.tools.cancel.click()
    assert signal.args == [question]
    answer(Embedded(4, TOTAL))
    assert panel.map_card.title == "Map · PCA of 60 of 500"
    panel.map_card.map_samples(TOTAL)
    engine.waiting.pop()[2]("No checkpoint.")
    assert panel.tools.note.toolTip() == "No checkpoint."


# Dropped images


def test_dropped_images_are_placed_with_an_entry_a_card_and_their_own_menu(qtbot, panel, engine):
    assert panel.placed.isHidden()
    paths = drop_images(panel, engine)
    np.testing.assert_allclose(panel.plot.placed[:, 1], 5)
    assert panel.placed.entry.text() == "3 images"
    assert panel.placed.words.text().startswith("40 % of their 15 nearest kept")
    assert panel.placed.images.text_at(0).startswith(paths[0])
    panel.placed.entry.setChecked(False)
    assert len(panel.plot.placed) == 0
    panel.placed.entry.setChecked(True)
    assert len(panel.plot.placed) == 3


def test_a_placed_image_is_hovered_and_opened_on_the_map(qtbot, panel, engine):
    drop_images(panel, engine)
    # The view is extended to the placed points in an animation.
    qtbot.waitUntil(lambda: panel.plot._ease.state() == panel.plot._ease.State.Stopped)
    position = panel.plot.mapFromScene(panel.plot._box.mapViewToScene(QPointF(*panel.plot.placed[1])))
    none = Qt.MouseButton.NoButton
    where = QPointF(position), QPointF(panel.plot.viewport().mapToGlobal(position))
    moved = QMouseEvent(QEvent.Type.MouseMove, *where, none, none, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(panel.plot.viewport(), moved)
    assert panel.plot.hovered_row == placed_row(1)
    qtbot.waitUntil(panel.hover_card.isVisible)
    assert panel.hover_card.name.full_text == "1.png"
    assert "placed" in panel.hover_card.label.text()
    qtbot.mouseDClick(panel.plot.viewport(), Qt.MouseButton.LeftButton, pos=position)
    viewer = panel.actions_of_image.viewer
    assert viewer is not None
    assert viewer.image.path == "/new/1.png"
    viewer.close()


def test_placed_images_are_removed_one_by_one_or_all(qtbot, panel, engine):
    paths = drop_images(panel, engine)
    panel.placed.images.set_current(1)
    panel.placed.images.setFocus()
    qtbot.keyClick(panel.placed.images, Qt.Key.Key_Delete)
    assert panel.placed.placed.paths == (paths[0], paths[2])
    assert len(panel.plot.placed) == 2
    panel.placed.remove_all.click()
    assert panel.placed.isHidden()
    assert len(panel.plot.placed) == 0


def test_they_are_placed_again_on_the_map_of_another_epoch(panel, engine):
    paths = drop_images(panel, engine)
    panel.time_line.slider.setValue(0)
    assert len(panel.plot.placed) == 0
    question, _, failed, _ = engine.waiting.pop()
    assert (question.shown.epoch, question.paths) == (1, tuple(paths))
    failed("epoch must be one whose checkpoint was kept. Got 1.")
    assert panel.placed.words.text() == "epoch must be one whose checkpoint was kept. Got 1."
    panel.time_line.slider.setValue(1)
    question, answer, _, _ = engine.waiting.pop()
    answer(engine.placed(question))
    assert len(panel.plot.placed) == 3


def test_what_holds_no_images_is_left_to_the_window(panel, engine, tmp_path):
    (tmp_path / "config.yaml").write_text("")
    for path in (tmp_path, "/new/settings.yaml"):
        assert not dropped(panel.plot, [path], QPoint(50, 50))
    assert not engine.waiting
    assert panel.plot._drop_hint.isHidden()


def test_images_of_another_run_are_gone(panel, engine):
    drop_images(panel, engine)
    panel.show_run("other", {"source": "shapes"})
    assert panel.placed.isHidden()
    assert panel.placed.placed is None


# Names and commands


def test_the_name_of_the_file_is_on_the_card_and_in_the_tooltip(qtbot, panel):
    panel.plot.hover(7)
    qtbot.waitUntil(panel.hover_card.isVisible)
    card = panel.hover_card
    assert card.name.full_text == Path(LONG).name
    assert "…" in card.name.text()
    assert card.name.text().startswith("aaa")
    assert card.name.text().endswith(".jpg")
    assert card.width() < 200
    panel.plot.set_selected([7, 8])
    assert panel.samples.selected.text_at(0).splitlines() == [LONG, "dog"]
    panel.focus_row(7)
    assert panel.samples.neighbours.images.text_at(0).splitlines()[0] == LONG


def test_enter_and_a_double_click_open_the_image(qtbot, panel):
    panel.plot.mark(3)
    qtbot.keyClick(panel.plot, Qt.Key.Key_Return)
    viewer = panel.actions_of_image.viewer
    assert viewer is not None
    assert viewer.image.index == 3
    panel.plot.set_selected([3, 9])
    grid = panel.samples.selected
    grid.opened.emit(1)
    assert viewer.image.index == 9
    assert viewer.count.text() == "2 of 2"
    viewer.close()


def test_a_click_on_a_thumbnail_waits_for_a_second_one(qtbot, panel):
    panel.plot.set_selected([3, 9])
    grid, opened, activated = panel.samples.selected, [], []
    grid.opened.connect(opened.append)
    grid.activated.connect(activated.append)
    middle = grid.rect_of(1).center()
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    qtbot.mouseDClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    assert opened == [1]
    assert not activated
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    qtbot.waitUntil(lambda: activated == [1])
    panel.actions_of_image.viewer.close()


def test_a_right_click_requests_the_menu_of_the_point(qtbot, panel):
    position = panel.plot.mapFromScene(panel.plot._box.mapViewToScene(QPointF(*panel.plot.xy[5].tolist())))
    with qtbot.waitSignal(panel.plot.menuRequested) as signal:
        panel.plot.menuRequested.disconnect(panel._show_map_menu)
        qtbot.mouseClick(panel.plot.viewport(), Qt.MouseButton.RightButton, pos=position)
    assert signal.args[0] == panel.plot.pick(QPointF(position))
    assert signal.args[0] >= 0
