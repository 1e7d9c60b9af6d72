"""The map: points are found, selected by dragging, moved, and pictured when there are very many."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt

from workbench.plots.scatter import MOST_ITEMS, ScatterPlot, cyclic, sequential


@pytest.fixture
def plot(qtbot):
    made = ScatterPlot()
    qtbot.addWidget(made)
    made.resize(400, 400)
    with qtbot.waitExposed(made):
        made.show()
    return made


def place_of(plot, row):
    return plot.mapFromScene(plot._box.mapViewToScene(QPointF(*plot.xy[row])))


def grid_of_points():
    return np.stack(np.meshgrid(np.arange(10.0), np.arange(10.0)), -1).reshape(-1, 2)


def test_every_point_is_found_under_its_place(plot):
    plot.set_points(grid_of_points())
    plot.set_colours(np.arange(100) % 4, ["#ff0000", "#00ff00", "#0000ff", "#ffffff"])
    for row in (0, 37, 99):
        assert plot.pick(QPointF(place_of(plot, row))) == row
    plot.show_codes(np.array([True, False, True, True]))
    assert plot.pick(QPointF(place_of(plot, 37))) == -1


def test_one_item_for_each_colour(plot):
    plot.set_points(grid_of_points())
    plot.set_colours(np.arange(100) % 4, ["#ff0000", "#00ff00", "#0000ff", "#ffffff"])
    assert len(plot._items) == 4
    plot.set_selected([0, 4])
    assert len(plot._items) == 5


def test_a_click_says_the_row(qtbot, plot):
    plot.set_points(grid_of_points())
    with qtbot.waitSignal(plot.clicked) as said:
        qtbot.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=place_of(plot, 42))
    assert said.args == [42]


def test_a_rectangle_is_dragged(qtbot, plot):
    plot.set_points(grid_of_points())
    plot.set_tool("rectangle")
    start, end = place_of(plot, 0) + QPoint(-8, 8), place_of(plot, 22) + QPoint(8, -8)

    def drag(modifier=Qt.KeyboardModifier.NoModifier):
        qtbot.mousePress(plot.viewport(), Qt.MouseButton.LeftButton, modifier, start)
        qtbot.mouseMove(plot.viewport(), end)
        qtbot.mouseRelease(plot.viewport(), Qt.MouseButton.LeftButton, modifier, end)

    drag()
    assert plot.selected.tolist() == [0, 1, 2, 10, 11, 12, 20, 21, 22]
    plot.set_selected([0, 99])
    drag(Qt.KeyboardModifier.ShiftModifier)
    assert len(plot.selected) == 10
    drag(Qt.KeyboardModifier.AltModifier)
    assert plot.selected.tolist() == [99]
    qtbot.keyClick(plot, Qt.Key.Key_Escape)
    assert not len(plot.selected)


def test_points_glide_to_their_new_places(qtbot, plot):
    plot.set_points(grid_of_points())
    plot.set_points(grid_of_points() * 3, glide=True)
    assert plot._glide.state() == plot._glide.State.Running
    np.testing.assert_array_equal(plot.xy, grid_of_points() * 3)
    qtbot.waitUntil(lambda: plot._glide.state() == plot._glide.State.Stopped, timeout=3000)
    np.testing.assert_array_equal(plot._xy, grid_of_points() * 3)


def test_very_many_points_become_a_picture(plot):
    xy = np.random.default_rng(0).uniform(size=(MOST_ITEMS + 1, 2))
    plot.set_points(xy)
    plot.set_colours(np.zeros(len(xy), int), ["#ff0000"])
    assert not plot._items
    assert plot._picture.isVisible()
    picture = plot.rasterise(200, 200, 1.0)
    assert (picture == 0xFFFF0000).mean() > 0.5
    plot.set_selected([0])
    assert (plot.rasterise(200, 200, 1.0) == 0xFFFF0000).sum() <= 25
    colour = plot.grab().toImage().pixelColor(200, 200)
    assert colour.red() > colour.green()


def test_keys_move_the_view(qtbot, plot):
    plot.set_points(grid_of_points())
    before = plot._box.viewRange()
    qtbot.keyClick(plot, Qt.Key.Key_Right)
    assert plot._box.viewRange()[0][0] > before[0][0]
    qtbot.keyClick(plot, Qt.Key.Key_Plus)
    assert np.ptp(plot._box.viewRange()[0]) < np.ptp(before[0])
    qtbot.keyClick(plot, Qt.Key.Key_Home)
    assert plot._box.viewRange()[0] == pytest.approx(before[0])


def test_the_camera_is_told_by_hand_and_set_in_silence(qtbot, plot):
    plot.set_points(grid_of_points())
    said = []
    plot.cameraMoved.connect(said.append)
    plot.set_camera(QRectF(2, 3, 4, 4))
    assert plot.camera().center().x() == pytest.approx(4)
    assert plot.camera().contains(QRectF(2.01, 3.01, 3.98, 3.98))
    assert not said
    qtbot.keyClick(plot, Qt.Key.Key_Left)
    qtbot.keyClick(plot, Qt.Key.Key_Plus)
    qtbot.keyClick(plot, Qt.Key.Key_Home)
    assert len(said) == 3
    assert said[-1] == plot.camera()


def test_no_points_are_no_trouble(plot):
    plot.set_points(np.empty((0, 2)))
    plot.set_colours(np.empty(0, int), [])
    assert plot.pick(QPointF(100, 100)) == -1
    plot.view_all()


def test_colour_maps():
    assert len(set(sequential(32))) == 32
    assert len(set(cyclic(32))) == 32
