"""The images of the two maps side by side: opened large, and their menu."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from engine.runs.run_store import Changes, RunSummary
from engine.runs.status import Status
from tests.workbench.panels.on_screen import on_screen
from workbench.bridge.data_questions import GetImages, GetLabels, Labels
from workbench.bridge.image_questions import LargeImage, NeighboursOfImage, OpenImage
from workbench.bridge.map_questions import Map, MapSnapshot
from workbench.bridge.sample_questions import FileNames
from workbench.bridge.versus_questions import LayMap
from workbench.models.runs import RunsModel
from workbench.panels.versus.map_link import LEFT, RIGHT
from workbench.panels.versus.panel import VersusPanel

N = 30
INDEX = np.arange(N) * 2


class Engine:
    """Two runs on two folders of images. Image i has the grey level i."""

    def __init__(self):
        self.questions = []

    def __call__(self, question, answer, failed=None, progress=None):
        self.questions.append(question)
        match question:
            case MapSnapshot():
                xy = np.random.default_rng(question.epoch).uniform(0, 1, (N, 2)).astype(np.float32)
                answer(Map(question.folder, question.epoch, question.kind, xy, INDEX, INDEX % 3, 0.9, rows=np.arange(N), total=N))
            case GetLabels():
                names = {"class": ("cat", "dog", "bird")}
                answer(Labels({"class": np.array(question.index) % 3}, names, {"class": "category"}))
            case FileNames():
                answer(tuple(f"photos/{one}.png" for one in question.index))
            case GetImages():
                answer(np.stack([np.full((8, 8, 3), one, np.uint8) for one in question.index]))
            case LayMap():
                answer(question.xy)
            case OpenImage():
                path = Path(question.data["source"]) / "photos" / f"{question.index}.png"
                pixels = np.full((8, 8, 3), question.index, np.uint8)
                answer(LargeImage(pixels, (8, 8), "file", f"photos/{question.index}.png", str(path), 90))


@pytest.fixture
def engine():
    return Engine()


@pytest.fixture
def panel(qtbot, tmp_path, engine):
    runs = RunsModel()
    for name in ("first", "second"):
        data = tmp_path / f"data_{name}"
        (data / "photos").mkdir(parents=True)
        for index in INDEX:
            (data / "photos" / f"{index}.png").touch()
        folder = tmp_path / "runs" / name
        (folder / "embeddings").mkdir(parents=True)
        for epoch in (0, 5):
            (folder / "embeddings" / f"epoch_{epoch:03d}.npz").touch()
        (folder / "config.yaml").write_text(yaml.safe_dump({"data": {"source": str(data)}}))
    runs.apply(Changes(added=tuple(RunSummary(tmp_path / "runs" / name, "finished", Status()) for name in ("first", "second"))))
    panel = on_screen(qtbot, VersusPanel(engine, (engine, engine), runs), 1000, 560)
    panel.show_run(str(tmp_path / "runs" / "first"))
    panel.this_run_and(str(tmp_path / "runs" / "second"))
    assert panel.left.map is not None
    assert panel.right.map is not None
    return panel


def menu_of(qtbot, panel, request):
    """The menu that opens after `request`, by the titles of its rows."""
    before = set(panel.findChildren(QMenu))
    request()
    (menu,) = (menu for menu in panel.findChildren(QMenu) if menu not in before and menu.actions())
    rows = {action.text(): action for action in menu.actions() if action.text()}
    menu.close()
    return rows


@pytest.mark.parametrize(("side", "name"), [(LEFT, "first"), (RIGHT, "second")])
def test_the_menu_of_a_point_is_of_the_image_of_its_side(qtbot, panel, tmp_path, side, name):
    rows = menu_of(qtbot, panel, lambda: panel.sides[side].plot.menuRequested.emit(4, QPoint(5, 5)))
    assert {"Open", "Show in folder", "Copy path", "Copy image"} < set(rows)
    rows["Copy path"].trigger()
    assert QGuiApplication.clipboard().text() == str(tmp_path / f"data_{name}" / "photos" / "8.png")
    rows["Copy image"].trigger()
    assert QGuiApplication.clipboard().image().pixelColor(0, 0).red() == 8
    rows["Mark on both maps"].trigger()
    assert panel.sides[side].plot.marked == 4


def test_beside_the_points_there_is_no_menu(qtbot, panel):
    before = len(panel.findChildren(QMenu))
    panel.left.plot.menuRequested.emit(-1, QPoint(5, 5))
    assert len(panel.findChildren(QMenu)) == before


def test_a_point_opens_its_image_with_the_neighbours_of_its_run_and_epoch(qtbot, panel, engine, tmp_path):
    panel.right.plot.opened.emit(3)
    viewer = panel.images.actions[RIGHT].viewer
    assert (viewer.image.index, viewer.image.name) == (6, "photos/6.png")
    qtbot.waitUntil(lambda: any(isinstance(question, NeighboursOfImage) for question in engine.questions))
    question = next(question for question in engine.questions if isinstance(question, NeighboursOfImage))
    assert (question.folder, question.epoch) == (str(tmp_path / "runs" / "second"), 5)
    viewer.go(1)
    assert viewer.image.index == 8
    viewer.close()


def test_a_selected_point_opens_the_selection_alone(qtbot, panel):
    panel.left.plot.set_selected([2, 9, 11])
    panel.left.plot.opened.emit(9)
    viewer = panel.images.actions[LEFT].viewer
    viewer.go(1)
    assert viewer.image.index == 22
    assert not viewer.next.isEnabled()
    viewer.close()


def test_the_thumbnails_open_and_have_the_menu(qtbot, panel, tmp_path):
    panel.right.plot.set_selected([1, 2])
    rows = menu_of(qtbot, panel, lambda: panel.thumbnails.menuRequested.emit(1, QPoint(5, 5)))
    rows["Copy path"].trigger()
    index = int(panel.thumbnails.ids[1])
    assert QGuiApplication.clipboard().text() == str(tmp_path / "data_second" / "photos" / f"{index}.png")
    panel.thumbnails.setFocus()
    panel.thumbnails.set_current(1)
    qtbot.keyClick(panel.thumbnails, Qt.Key.Key_Return)
    viewer = panel.images.actions[RIGHT].viewer
    assert viewer.image.index == index
    viewer.close()


def test_the_window_of_an_image_closes_with_another_run(qtbot, panel, tmp_path):
    panel.left.plot.opened.emit(0)
    viewer = panel.images.actions[LEFT].viewer
    panel.show_run(str(tmp_path / "runs" / "second"))
    assert not viewer.isVisible()
