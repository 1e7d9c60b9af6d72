"""One image large, and the menu of an image."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from workbench.bridge.data_questions import GetImages, GetLabels, Labels
from workbench.bridge.image_questions import (
    FileViews,
    ImageLoss,
    ImageNeighbours,
    ImageViews,
    LargeImage,
    LossOfImage,
    NeighboursOfImage,
    OpenFile,
    OpenImage,
    ViewsPreview,
)
from workbench.bridge.map_questions import Map
from workbench.samples.image_actions import ImageActions
from workbench.samples.image_viewer import ImageViewer
from workbench.samples.shown_image import ImageContext, ShownImage, file_name, size_text

SIDE = 8
LONG = f"cats/{'a' * 90}_{'b' * 100}.jpg"


class Engine:
    """Answers with an image whose grey level is its index."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.questions = folder, list[Any]()
        self.origin = "file"
        self.stored: ImageLoss | None = None

    def __call__(self, question: Any, answer: Callable[[Any], None], failed: Any = None, progress: Any = None) -> None:
        self.questions.append(question)
        match question:
            case OpenImage(index=index):
                pixels = np.full((30, 40, 3), index, np.uint8)
                answer(LargeImage(pixels, (40, 30), self.origin, f"cats/{index}.png", str(self.folder / f"{index}.png"), 1200))  # type: ignore[arg-type]
            case OpenFile(path=path):
                answer(LargeImage(np.full((30, 40, 3), 9, np.uint8), (40, 30), "file", Path(path).name, path, 10))
            case GetLabels():
                answer(Labels({"class": np.array([1])}, {"class": ("dog", "cat")}, {"class": "category"}))
            case GetImages(index=indices):
                answer(np.stack([np.full((SIDE, SIDE, 3), index, np.uint8) for index in indices]))
            case ImageViews(seed=seed) | FileViews(seed=seed):
                view = np.full((1, SIDE, SIDE, 3), 10 + seed, np.uint8)
                answer(ViewsPreview(view, (view, view), (), (({"crop": 0.5},),) * 2, ("global", "global"), 1.0))
            case NeighboursOfImage(index=index):
                answer(ImageNeighbours(np.array([index + 1, index + 2]), np.array([0.9, 0.8]), True))
            case LossOfImage(measure=measure):
                answer(ImageLoss(2, 1.5, 0.7, 3.0) if measure else self.stored)

    def of_kind(self, kind: type) -> list[Any]:
        return [question for question in self.questions if isinstance(question, kind)]


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return Engine(tmp_path)


@pytest.fixture
def actions(qtbot: QtBot, engine: Engine, tmp_path: Path) -> ImageActions:
    parent = QWidget()
    qtbot.addWidget(parent)
    made = ImageActions(engine, parent)
    index = np.arange(10)
    shown = Map("run", 2, "umap", np.zeros((10, 2)), index, index, 0.9)
    context = ImageContext.of_map(
        shown,
        {"source": str(tmp_path)},
        about=lambda index: "cat",
        name_of=lambda index: LONG if index == 7 else f"cats/{index}.png",
        facts=lambda index: [("tags", "odd")],
    )
    made.set_context(context)
    return made


def opened(qtbot: QtBot, actions: ImageActions, indices: list[int], position: int) -> ImageViewer:
    actions.open_samples(indices, position)
    viewer = actions.viewer
    assert viewer is not None
    qtbot.waitUntil(lambda: len(viewer.neighbours.ids) > 0)
    return viewer


def grey(viewer: ImageViewer) -> int:
    """The grey level of the picture that is shown."""
    return viewer.view._item.pixmap().toImage().pixelColor(3, 3).red()


def rows(actions: ImageActions, image: ShownImage, open: Callable[[], object] | None = None) -> dict[str, QAction]:
    return {action.text(): action for action in actions.menu(image, open).actions()}


def test_an_image_is_shown_from_its_file_with_views_neighbours_class_tags_and_loss(
    qtbot: QtBot, actions: ImageActions, engine: Engine
) -> None:
    engine.stored = ImageLoss(2, 0.5, None, 3.0)
    viewer = opened(qtbot, actions, [3, 5], 0)
    assert grey(viewer) == 3
    assert viewer.name.full_text == "3.png"
    assert "40 × 30 px" in viewer.origin.full_text
    assert str(engine.folder / "3.png") in viewer.origin.full_text
    assert viewer.note.isHidden()
    assert dict(viewer.fact_texts) == {"class": "cat", "index": "3", "tags": "odd", "loss": "0.500 (chance 3.00)"}
    assert len(viewer.views.cells) == 2
    assert viewer.neighbours.ids.tolist() == [4, 5]
    assert list(viewer.neighbours.captions) == [".90", ".80"]
    (question,) = engine.of_kind(NeighboursOfImage)
    assert (question.folder, question.epoch, question.index, question.inside) == ("run", 2, 3, True)


def test_arrows_go_through_the_list_and_a_neighbour_is_gone_to(qtbot: QtBot, actions: ImageActions) -> None:
    viewer = opened(qtbot, actions, [3, 5], 0)
    assert viewer.count.text() == "1 of 2"
    qtbot.keyClick(viewer.view, Qt.Key.Key_Right)
    assert grey(viewer) == 5
    assert not viewer.next.isEnabled()
    qtbot.waitUntil(lambda: len(viewer.neighbours.ids) > 0)
    viewer.neighbours.activated.emit(1)
    assert grey(viewer) == 7
    assert viewer.name.full_text == "7.png"  # the answer of the engine
    qtbot.keyClick(viewer.view, Qt.Key.Key_Left)
    assert grey(viewer) == 5  # back to the list
    qtbot.keyClick(viewer.view, Qt.Key.Key_Left)
    assert grey(viewer) == 3


@pytest.mark.parametrize(
    ("origin", "note"), [("missing", "no longer there"), ("unreadable", "cannot be read"), ("none", "has no file of its own")]
)
def test_without_its_file_the_image_of_the_data_is_shown_and_that_is_said(
    qtbot: QtBot, actions: ImageActions, engine: Engine, origin: str, note: str
) -> None:
    engine.origin = origin
    viewer = opened(qtbot, actions, [3], 0)
    assert grey(viewer) == 3
    assert note in viewer.note.text()
    assert "as the data set holds it" in viewer.origin.full_text


def test_views_are_drawn_again_and_the_loss_is_measured_on_request(qtbot: QtBot, actions: ImageActions, engine: Engine) -> None:
    viewer = opened(qtbot, actions, [3], 0)
    viewer.again.click()
    assert [question.seed for question in engine.of_kind(ImageViews)] == [0, 1]
    assert viewer.views.cells[0].image[0, 0, 0] == 11
    assert not viewer.measure.isHidden()
    viewer.measure.click()
    assert dict(viewer.fact_texts)["loss"] == "1.50 (chance 3.00)"
    assert viewer.measure.isHidden()


def test_a_placed_file_has_the_neighbours_that_it_was_placed_by(qtbot: QtBot, actions: ImageActions, engine: Engine) -> None:
    image = ShownImage(-1, path=str(engine.folder / "new.png"), neighbours=((4, 0.5), (6, 0.25)), note="keeps 6 of its 15")
    actions.open([image], 0)
    viewer = actions.viewer
    assert viewer is not None
    qtbot.waitUntil(lambda: viewer.neighbours.ids.tolist() == [4, 6])
    assert viewer.name.full_text == "new.png"
    assert grey(viewer) == 9
    assert viewer.on_map.isHidden()
    assert viewer.fact_texts == [("on the map", "keeps 6 of its 15")]
    assert len(viewer.views.cells) == 2
    assert [question.path for question in engine.of_kind(FileViews)] == [image.path]
    assert not engine.of_kind(NeighboursOfImage)


def test_the_viewer_of_another_run_is_closed(qtbot: QtBot, actions: ImageActions) -> None:
    viewer = opened(qtbot, actions, [3], 0)
    actions.set_context(ImageContext("other", {"source": "shapes"}))
    assert not viewer.isVisible()


def test_a_sample_is_shown_on_the_map(qtbot: QtBot, actions: ImageActions) -> None:
    viewer = opened(qtbot, actions, [3], 0)
    with qtbot.waitSignal(actions.chosen) as signal:
        viewer.on_map.click()
    assert signal.args == [3]
    assert not viewer.isVisible()


def test_the_menu_opens_copies_and_shows_in_the_folder(
    actions: ImageActions, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    done, urls = list[str](), list[str]()
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: urls.append(url.toLocalFile()) or True)
    monkeypatch.setattr("sys.platform", "linux")
    image = ShownImage(3, "3.png", str(engine.folder / "3.png"))
    menu = rows(actions, image, lambda: done.append("open"))
    assert list(menu) == ["Open", "Show in folder", "Copy path", "Copy image"]
    for action in menu.values():
        action.trigger()
    assert done == ["open"]
    assert urls == [str(engine.folder)]
    assert QGuiApplication.clipboard().image().pixelColor(0, 0).red() == 3
    menu["Copy path"].trigger()
    assert QGuiApplication.clipboard().text() == str(engine.folder / "3.png")


def test_without_a_file_only_the_image_can_be_copied(actions: ImageActions) -> None:
    menu = rows(actions, ShownImage(3))
    assert [text for text, action in menu.items() if action.isEnabled()] == ["Copy image"]


def test_a_folder_that_is_gone_is_said(qtbot: QtBot, actions: ImageActions, engine: Engine) -> None:
    with qtbot.waitSignal(actions.failed) as signal:
        actions.show_in_folder(ShownImage(3, "a/3.png", str(engine.folder / "gone" / "3.png")))
    assert "no longer there" in signal.args[0]


def test_texts() -> None:
    assert [size_text(bytes) for bytes in (812, 24_300, 2_130_000)] == ["812 B", "24 kB", "2.1 MB"]
    assert file_name("cats/a.jpg") == "a.jpg"
    assert file_name("") == ""
