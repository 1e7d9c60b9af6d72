"""The scatter plot: picking, selecting, moving points, trails, and rasterising very many points."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QWheelEvent

from workbench.plots.hues import cyclic, sequential
from workbench.plots.point_map import MOST_ITEMS
from workbench.plots.scatter import ScatterPlot


@pytest.fixture
def plot(qtbot):
    made = ScatterPlot()
    qtbot.addWidget(made)
    made.resize(400, 400)
    with qtbot.waitExposed(made):
        made.show()
    return made


def position_of(plot, row):
    return plot.mapFromScene(plot._box.mapViewToScene(QPointF(*plot.xy[row])))


def grid_of_points():
    return np.stack(np.meshgrid(np.arange(10.0), np.arange(10.0)), -1).reshape(-1, 2)


def test_pick_finds_each_visible_point_at_its_position(plot):
    plot.set_points(grid_of_points())
    plot.set_colours(np.arange(100) % 4, ["#ff0000", "#00ff00", "#0000ff", "#ffffff"])
    for row in (0, 37, 99):
        assert plot.pick(QPointF(position_of(plot, row))) == row
    plot.show_codes(np.array([True, False, True, True]))
    assert plot.pick(QPointF(position_of(plot, 37))) == -1


def test_one_item_for_each_colour(plot):
    plot.set_points(grid_of_points())
    plot.set_colours(np.arange(100) % 4, ["#ff0000", "#00ff00", "#0000ff", "#ffffff"])
    assert len(plot._discs.items) == 4
    plot.set_selected([0, 4])
    assert len(plot._discs.items) == 5


def test_a_thousand_classes_have_no_more_items_than_colours(plot):
    plot.set_points(np.random.default_rng(0).uniform(size=(3000, 2)))
    codes = np.arange(3000) % 1001 - 1
    plot.set_colours(codes, [f"#ff00{number % 4:02x}" for number in range(1000)])
    assert len(plot._discs.items) == 5  # one for points without a class
    shown = np.ones(1000, bool)
    shown[::4] = False
    plot.show_codes(shown)
    assert len(plot._discs.items) == 4
    plot.set_selected(np.flatnonzero(codes == 1))
    (rows,) = (rows for (_, chosen), rows in plot._discs.rows.items() if chosen)
    np.testing.assert_array_equal(np.sort(rows), np.flatnonzero(codes == 1))
    drawn = np.sort(np.concatenate(list(plot._discs.rows.values())))
    np.testing.assert_array_equal(drawn, np.flatnonzero(plot.alive))


def test_a_click_emits_the_row(qtbot, plot):
    plot.set_points(grid_of_points())
    with qtbot.waitSignal(plot.clicked) as signal:
        qtbot.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=position_of(plot, 42))
    assert signal.args == [42]


def test_dragging_a_rectangle_selects_and_modifiers_add_or_remove(qtbot, plot):
    plot.set_points(grid_of_points())
    plot.set_tool("rectangle")
    start, end = position_of(plot, 0) + QPoint(-8, 8), position_of(plot, 22) + QPoint(8, -8)

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


def test_points_glide_to_their_new_positions(qtbot, plot):
    plot.set_points(grid_of_points())
    plot.set_points(grid_of_points() * 3, glide=True)
    assert plot._glide.state() == plot._glide.State.Running
    np.testing.assert_array_equal(plot.xy, grid_of_points() * 3)
    qtbot.waitUntil(lambda: plot._glide.state() == plot._glide.State.Stopped, timeout=3000)
    np.testing.assert_array_equal(plot.now(), grid_of_points() * 3)


def test_more_points_than_the_limit_are_rasterised(plot):
    xy = np.random.default_rng(0).uniform(size=(MOST_ITEMS + 1, 2))
    plot.set_points(xy)
    plot.set_colours(np.zeros(len(xy), int), ["#ff0000"])
    assert not plot._discs.items
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


def test_camera_moved_is_emitted_for_keys_and_not_for_set_camera(qtbot, plot):
    plot.set_points(grid_of_points())
    moves = []
    plot.cameraMoved.connect(moves.append)
    plot.set_camera(QRectF(2, 3, 4, 4))
    assert plot.camera().center().x() == pytest.approx(4)
    assert plot.camera().contains(QRectF(2.01, 3.01, 3.98, 3.98))
    assert not moves
    qtbot.keyClick(plot, Qt.Key.Key_Left)
    qtbot.keyClick(plot, Qt.Key.Key_Plus)
    qtbot.keyClick(plot, Qt.Key.Key_Home)
    assert len(moves) == 3
    assert moves[-1] == plot.camera()


def test_a_zoomed_view_does_not_change_while_points_glide(qtbot, plot):
    plot.set_points(grid_of_points())
    qtbot.keyClick(plot, Qt.Key.Key_Plus)
    before = plot.camera()
    plot.set_points(grid_of_points() * 3, glide=True)
    plot._glide.setCurrentTime(200)
    moving = plot.now()[99]
    assert 9 < moving[0] < 27
    assert plot.camera() == before
    qtbot.keyClick(plot, Qt.Key.Key_Home)
    assert plot.camera().width() > before.width()


def test_the_wheel_zooms_with_every_tool(plot):
    plot.set_points(grid_of_points())
    for tool in ("rectangle", "lasso", "pan"):
        plot.set_tool(tool)
        before = plot.camera()
        at = QPointF(200, 200)
        none = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False
        plot.wheelEvent(QWheelEvent(at, at, QPoint(), QPoint(0, 120), *none))
        assert plot.camera().width() < before.width()


def test_points_are_selected_with_keys_alone(qtbot, plot):
    plot.set_points(grid_of_points())
    shift, alt = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier
    picked = []
    plot.clicked.connect(picked.append)
    qtbot.keyClick(plot, Qt.Key.Key_Return)
    middle = picked[-1]
    assert middle in (44, 45, 54, 55)
    qtbot.keyClick(plot, Qt.Key.Key_Right, alt)
    qtbot.keyClick(plot, Qt.Key.Key_Up, alt)
    assert picked[1:] == [middle + 1, middle + 11]
    qtbot.keyClick(plot, Qt.Key.Key_Space)
    assert plot.selected.tolist() == [middle + 11]
    qtbot.keyClick(plot, Qt.Key.Key_Space)
    assert not len(plot.selected)
    # A rectangle from the current point, by steps of a twentieth of the view to the right and up.
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Up) * 3:
        qtbot.keyClick(plot, key, shift)
    assert not plot._shape.polygon().isEmpty()
    qtbot.keyClick(plot, Qt.Key.Key_Return)
    assert plot.selected.tolist() == [row + middle + 11 for row in (0, 1, 10, 11)]
    assert plot._shape.polygon().isEmpty()
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Down):
        qtbot.keyClick(plot, key, shift)
    qtbot.keyClick(plot, Qt.Key.Key_Return, alt)
    assert plot.selected.tolist() == [row + middle + 11 for row in (1, 10, 11)]
    qtbot.keyClick(plot, Qt.Key.Key_Left, shift)
    qtbot.keyClick(plot, Qt.Key.Key_Escape)
    assert plot._shape.polygon().isEmpty()
    assert len(plot.selected) == 3
    qtbot.keyClick(plot, Qt.Key.Key_Escape)
    assert not len(plot.selected)


def test_picking_through_the_window_equals_brute_force(plot):
    """100,000 points, some colours hidden: the nearest point within reach of a pixel, by distance in pixels."""
    random = np.random.default_rng(0)
    xy = random.normal(size=(100_000, 2)).astype(np.float32)
    codes = random.integers(-1, 5, len(xy))
    plot.set_points(xy)
    plot.set_colours(codes, ["#ff0000"] * 5)
    shown = np.array([True, False, True, False, True])
    plot.show_codes(shown)
    alive = (codes < 0) | shown[codes]
    np.testing.assert_array_equal(plot.alive, alive)
    seen, picked = plot.camera(), 0
    for x, y in random.integers(0, 400, (60, 2)):
        pixels = (xy.astype(float) - (seen.left(), seen.top())) / (seen.width(), seen.height()) * 400
        distance = np.where(alive, np.hypot(pixels[:, 0] - x, (400 - pixels[:, 1]) - y), np.inf)
        expected = int(distance.argmin()) if distance.min() <= 9 else -1
        assert plot.pick(QPointF(float(x), float(y))) == expected
        picked += expected >= 0
    assert 0 < picked < 60


def test_select_takes_only_visible_points_within_the_polygon(plot):
    random = np.random.default_rng(1)
    xy = random.normal(size=(100_000, 2)).astype(np.float32)
    codes = random.integers(0, 3, len(xy))
    plot.set_points(xy)
    plot.set_colours(codes, ["#ff0000", "#00ff00", "#0000ff"])
    plot.show_codes(np.array([True, True, False]))
    plot.select(np.array([[-1, -1], [1, 1], [1, -1], [-1, 1]], float))  # self-intersecting: two triangles
    x, y = xy.astype(float).T
    expected = (np.abs(x) < 1) & (np.abs(y) < np.abs(x)) & (codes < 2)
    np.testing.assert_array_equal(plot.selected, np.flatnonzero(expected))


def test_trails_end_at_the_current_positions(qtbot, plot):
    plot.set_points(grid_of_points())
    plot.set_colours(np.arange(100) % 2, ["#ff0000", "#00ff00"])
    past = np.stack([grid_of_points()[[3, 4]] - 2, grid_of_points()[[3, 4]] - 1])
    past[0, 1] = np.nan
    plot.set_trails(np.array([3, 4]), past)
    lines = [line for _, _, lines, _ in plot._trails._all.drawn for line in lines]
    assert plot._trails.steps == len(lines) == 3
    ends = {(line.p2().x(), line.p2().y()) for line in lines}
    assert {(3.0, 0.0), (4.0, 0.0)} < ends
    alphas = [pen.color().alphaF() for pen, _, lines, _ in plot._trails._all.drawn if lines]
    assert alphas[0] < alphas[-1]
    plot.set_points(grid_of_points() + 5, glide=True)
    plot._glide.setCurrentTime(plot._glide.duration())
    ends = {(line.p2().x(), line.p2().y()) for _, _, lines, _ in plot._trails._all.drawn for line in lines}
    assert {(8.0, 5.0), (9.0, 5.0)} < ends
    plot.set_trails([], past[:0])
    assert plot._trails.steps == 0
    plot.set_trails(np.array([3, 4]), past)
    plot.set_points(np.zeros((5, 2)))
    assert plot._trails.steps == 0


@pytest.mark.parametrize("count", [0, 3, 200])
def test_new_points_clear_selection_hover_mark_and_trails(plot, count):
    plot.set_points(grid_of_points())
    plot.set_colours(np.arange(100) % 2, ["#ff0000", "#00ff00"])
    hovered = []
    plot.hovered.connect(hovered.append)
    past = np.zeros((2, 1, 2))
    plot.set_trails([99], past)
    plot.trace(99, past)
    plot.mark(99)
    plot.hover(98)
    plot.set_selected([97])
    plot.set_points(np.zeros((count, 2)))
    assert hovered == [98, -1]
    assert (plot.marked, plot.hovered_row, plot.selected.tolist()) == (-1, -1, [])
    assert not len(plot._single_trail.rows)
    plot.grab()


def settle(plot):
    if plot._ease.state() == plot._ease.State.Running:
        plot._ease.setCurrentTime(plot._ease.duration())


def in_view(plot, positions):
    view = plot.camera()
    return all(view.contains(QPointF(*position)) for position in np.asarray(positions).reshape(-1, 2).tolist())


def test_the_view_follows_trails_without_jumps(plot):
    xy = grid_of_points()
    plot.set_points(xy)
    plot.set_colours(np.arange(100) % 2, ["#ff0000", "#00ff00"])
    rows = np.array([3, 4])
    maps = [xy + np.array([40, 0]), xy * 3, xy, xy - np.array([0, 30])]  # one per epoch; the third is shown

    def ahead(at):
        later = [one[rows] for one in maps[at + 1 :]]
        return np.stack(later) if later else np.empty((0, 2, 2))

    before = plot.camera()
    plot.set_trails(rows, np.stack([maps[0][rows], maps[1][rows]]), ahead(2))
    assert plot.camera() == before  # an animation follows
    settle(plot)
    assert in_view(plot, [one[rows] for one in maps])
    assert in_view(plot, xy)
    # While epochs are played the view moves smoothly, and all trails stay in it.
    last = plot.camera()
    for at in (3, 2):
        plot.set_points(maps[at], glide=True)
        plot.set_trails(rows, np.stack([one[rows] for one in maps[:at]]), ahead(at))
        for share in np.linspace(0, 1, 41):
            plot._glided(float(share))
            now = plot.camera()
            assert in_view(plot, [one[rows] for one in maps])
            moved = np.abs(np.subtract(now.getRect(), last.getRect())).max()
            assert moved < 0.1 * last.width()
            last = now
        plot._glide.stop()
    plot.set_trails([], np.empty((0, 0, 2)))
    settle(plot)
    np.testing.assert_allclose(plot.camera().getRect(), before.getRect(), rtol=1e-6)


def test_a_zoomed_view_does_not_change_when_trails_are_set(plot):
    plot.set_points(grid_of_points())
    plot.set_camera(QRectF(2, 2, 3, 3))
    before, past = plot.camera(), np.full((1, 2, 2), 50.0)
    plot.set_trails(np.array([3, 4]), past)
    settle(plot)
    assert plot.camera() == before
    plot.view_all()
    assert in_view(plot, past)


def test_trails_of_hidden_points_are_hidden(plot):
    plot.set_points(grid_of_points())
    plot.set_colours(np.arange(100) % 2, ["#ff0000", "#00ff00"])
    plot.set_trails(np.array([3, 4, 6]), np.zeros((1, 3, 2)), np.ones((2, 3, 2)))
    assert (plot._trails.steps, plot._trails.steps_ahead) == (3, 6)
    plot.show_codes(np.array([True, False]))
    assert (plot._trails.steps, plot._trails.steps_ahead) == (2, 4)
    plot.set_points(grid_of_points() + 1, glide=True)
    plot._glide.setCurrentTime(plot._glide.duration())
    plot.show_codes(np.array([True, True]))
    assert plot._trails.steps == 3


def test_a_trail_has_a_ring_at_its_start_and_arrows_along_it(plot):
    plot.set_points(np.array([[100.0, 100.0], [104.0, 100.0], [102.0, 104.0]]))
    plot.set_colours(np.zeros(3, int), ["#ff0000"])
    plot.set_trails([0], np.array([[[np.nan, np.nan]], [[104.0, 104.0]], [[100.0, 104.0]]]), np.array([[[101.0, 101.0]]]))
    settle(plot)
    seen = red(plot.grab().toImage())

    def near(x, y, far):
        spot = plot._box.mapViewToScene(QPointF(x, y))
        rows, columns = np.mgrid[: seen.shape[0], : seen.shape[1]] + 0.5
        away = np.hypot(rows - spot.y(), columns - spot.x())
        return seen[away < far]

    # A hollow ring at the first position, though there is none at the epoch before.
    assert not near(104, 104, 1.2).any()
    assert near(104, 104, 5).sum() > 8
    # An arrow is wider than its line, and wider at its base than at its tip; this step goes from right to left.
    right, left = near(102 + 0.05, 104, 4).sum(), near(103, 104, 4).sum()
    assert right > 1.2 * left
    # The future trail is dashed: some of its pixels are red, others are not.
    assert 0 < near(100.5, 100.5, 3).mean() < 0.9


def test_many_trails_are_thin_and_only_their_last_step_is_redrawn(plot):
    xy = np.random.default_rng(0).uniform(size=(500, 2))
    plot.set_points(xy)
    plot.set_colours(np.arange(500) % 2, ["#ff0000", "#00ff00"])
    rows = np.arange(500)
    plot.set_trails(rows, np.stack([xy + 0.1, xy + 0.2]))
    few = plot._trails._all.few
    settled = plot._trails._all.settled
    plot._trails.move_to(xy + 0.3, xy[:0])
    assert not few
    assert all(
        one is other for one, other in zip(settled, plot._trails._all.drawn, strict=False)
    )  # only the last step is drawn again
    assert plot._trails.steps == 1000
    assert max(pen.widthF() for pen, *_ in plot._trails._all.drawn) < 1.5


def red(image):
    """A mask (h, w) of the reddish pixels."""
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    words = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), image.width())
    return ((words >> 16) & 255).astype(int) - ((words >> 8) & 255).astype(int) > 60


@pytest.mark.parametrize("count", [2000, MOST_ITEMS + 1])
def test_points_far_from_the_origin_are_painted_at_their_positions(qtbot, plot, count):
    """Far from the origin, and after zooming."""
    xy = np.random.default_rng(0).uniform(size=(count, 2)) * (1, 0.5) + 100
    plot.set_points(xy)
    plot.set_colours(np.zeros(count, int), ["#ff0000"])
    for _ in range(2):
        seen = red(plot.grab().toImage())
        rows, columns = np.flatnonzero(seen.any(1)), np.flatnonzero(seen.any(0))
        corners = [plot._box.mapViewToScene(QPointF(x, y)) for x, y in ((100, 100), (101, 100.5))]
        left, right = max(0, corners[0].x()), min(400, corners[1].x())
        top, bottom = max(0, corners[1].y()), min(400, corners[0].y())
        np.testing.assert_allclose([columns[0], columns[-1], rows[0], rows[-1]], [left, right, top, bottom], atol=8)
        plot.set_camera(QRectF(100.5, 100.2, 1, 1))


def test_a_trail_is_painted_along_its_positions(qtbot, plot):
    plot.set_points(np.array([[100.0, 100.0], [104.0, 100.0], [102.0, 104.0]]))
    plot.set_colours(np.zeros(3, int), ["#ff0000"])
    before = red(plot.grab().toImage())
    plot.set_trails([0], np.array([[[104.0, 104.0]], [[100.0, 104.0]]]))
    after = red(plot.grab().toImage())
    spot = plot._box.mapViewToScene(QPointF(100.0, 102.0))
    there = np.s_[int(spot.y()) - 2 : int(spot.y()) + 3, int(spot.x()) - 2 : int(spot.x()) + 3]
    assert after[there].any()
    assert not before[there].any()


def test_an_empty_plot_works(plot):
    plot.set_points(np.empty((0, 2)))
    plot.set_colours(np.empty(0, int), [])
    assert plot.pick(QPointF(100, 100)) == -1
    plot.view_all()


def test_colour_maps_have_distinct_steps():
    assert len(set(sequential(32))) == 32
    assert len(set(cyclic(32))) == 32
