"""The image grid: layout of cells, keys and mouse, accessible descriptions."""

import numpy as np
import pytest
from PySide6.QtCore import Qt

from workbench.plots.image_grid import Box, Cell, ImageGrid, to_qimage


def cells(count):
    return [Cell(np.full((8, 8, 3), number, np.uint8), f"image {number}") for number in range(count)]


@pytest.fixture
def grid(qtbot):
    made = ImageGrid(columns=3, least=20, most=60, gap=4)
    qtbot.addWidget(made)
    made.resize(200, 200)
    with qtbot.waitExposed(made):
        made.show()
    made.set_cells(cells(7))
    return made


def test_cells_lie_row_by_row_and_do_not_overlap(grid):
    rects = [grid.rect_of(number) for number in range(7)]
    assert rects[0].topLeft().toTuple() == (0, 0)
    assert rects[3].left() == 0
    assert rects[3].top() > rects[0].bottom()
    assert all(not a.intersects(b) for a in rects for b in rects if a is not b)
    assert [grid.at(rect.center()) for rect in rects] == list(range(7))
    assert grid.at(rects[6].bottomRight() * 2) == -1


def test_arrow_keys_move_the_current_cell_and_return_activates_it(qtbot, grid):
    keys = Qt.Key
    walk = ((keys.Key_Right, 0), (keys.Key_Right, 1), (keys.Key_Down, 4), (keys.Key_Left, 3), (keys.Key_Up, 0))
    for key, expected in walk:
        qtbot.keyClick(grid, key)
        assert grid.current == expected
    assert grid.accessibleDescription() == "image 0"
    with qtbot.waitSignal(grid.activated) as signal:
        qtbot.keyClick(grid, Qt.Key.Key_Return)
    assert signal.args == [0]
    qtbot.keyClick(grid, Qt.Key.Key_Escape)
    assert grid.current == -1


def test_a_click_makes_a_cell_current_and_activates_it(qtbot, grid):
    with qtbot.waitSignals([grid.currentChanged, grid.activated]):
        qtbot.mouseClick(grid, Qt.MouseButton.LeftButton, pos=grid.rect_of(4).center())
    assert grid.current == 4


def test_a_current_cell_that_is_removed_is_no_longer_current(grid):
    grid.set_current(6)
    grid.set_cells(cells(2))
    assert grid.current == -1


def test_boxes_are_painted_in_their_colour(grid):
    grid.set_cells([Cell(np.zeros((8, 8, 3), np.uint8), boxes=(Box(0, 0, 1, 1, "#ff0000"),))])
    picture = grid.grab().toImage()
    scale = picture.devicePixelRatio()
    middle = grid.rect_of(0).center()
    assert picture.pixelColor(int(1 * scale), int(middle.y() * scale)).red() > 100
    assert picture.pixelColor(int(middle.x() * scale), int(middle.y() * scale)).red() == 0
    grid.set_boxes(0, ())
    assert grid.grab().toImage().pixelColor(int(1 * scale), int(middle.y() * scale)).red() == 0


def test_a_grid_with_fit_does_not_exceed_its_size(qtbot):
    grid = ImageGrid(columns=3, least=20, most=200, fit=True)
    qtbot.addWidget(grid)
    grid.set_cells(cells(15), headers=["a", "b", "c"], notes=["x"] * 5)
    grid.resize(900, 400)
    assert grid.rect_of(14).bottom() < 400
    grid.resize(150, 2000)
    assert grid.rect_of(2).right() < 150


def test_grayscale_pixels_become_an_image():
    image = to_qimage(np.full((2, 3), 7, np.uint8))
    assert (image.width(), image.height(), image.pixelColor(1, 1).blue()) == (3, 2, 7)
