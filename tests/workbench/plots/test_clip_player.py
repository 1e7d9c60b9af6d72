"""Clips are played where the mouse is, not where motion is reduced, and not while they are hidden."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from workbench.plots.clip_player import FRAME_MS
from workbench.plots.image_grid import Cell, ImageGrid
from workbench.samples.hover import HoverCard
from workbench.theme import motion


@pytest.fixture(autouse=True)
def _motion() -> Iterator[None]:
    before = motion.reduced()
    motion.reduce(False)
    yield
    motion.reduce(before)


def clip(red: int) -> np.ndarray:
    """Four frames of one red each: `red`, `red` + 20 ..."""
    frames = np.zeros((4, 8, 8, 3), np.uint8)
    frames[..., 0] = red + 20 * np.arange(4)[:, None, None]
    return frames


def red_at(grid: ImageGrid, index: int) -> int:
    center = grid.rect_of(index).center()
    return grid.grab().toImage().pixelColor(center).red()


@pytest.fixture
def grid(qtbot) -> ImageGrid:
    made = ImageGrid(columns=2, least=40, most=40, gap=4)
    qtbot.addWidget(made)
    made.resize(100, 60)
    made.set_cells([Cell(clip(10)[2], clip=clip(10)), Cell(clip(110)[2], clip=clip(110))])
    made.show()
    qtbot.waitExposed(made)
    return made


def test_the_hovered_clip_is_played_and_the_others_rest(grid: ImageGrid, qtbot) -> None:
    assert (grid.played, red_at(grid, 0), red_at(grid, 1)) == (-1, 50, 150)
    QTest.mouseMove(grid, grid.rect_of(1).center())
    qtbot.waitUntil(lambda: grid.played == 1)
    shown = set()

    def all_frames() -> None:
        shown.add(red_at(grid, 1))
        assert shown == {110, 130, 150, 170}

    qtbot.waitUntil(all_frames, timeout=20 * FRAME_MS)
    assert red_at(grid, 0) == 50
    grid._set_hover(-1)
    assert (grid.played, red_at(grid, 1)) == (-1, 150)


def test_the_current_clip_is_played_for_people_without_a_mouse(grid: ImageGrid) -> None:
    grid.setFocus()
    QTest.keyClick(grid, Qt.Key.Key_Right)
    assert grid.played == 0
    grid.hide()
    assert grid.played == -1
    grid.show()
    assert grid.played == 0


def test_with_reduced_motion_a_clip_is_a_still(grid: ImageGrid) -> None:
    motion.reduce(True)
    grid.set_current(0)
    assert (grid.played, red_at(grid, 0)) == (-1, 50)


def test_the_hover_card_plays_at_once(qtbot) -> None:
    from PySide6.QtWidgets import QWidget

    parent = QWidget()
    qtbot.addWidget(parent)
    parent.resize(400, 400)
    parent.show()
    card = HoverCard(parent)
    card.move(QPoint(0, 0))
    card.show_image(clip(10)[2], "a clip")
    assert card.grid.played == -1
    card.show_clip(clip(10))
    assert card.grid.played == 0
    card.show_image(clip(10)[2], "an image")
    assert card.grid.played == -1
