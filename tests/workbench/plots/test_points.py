"""Picking and polygon selection equal brute force; numbers are mapped to steps of a colour map."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPolygonF

from workbench.plots.point_geometry import Picker, bins, inside, toward


@pytest.mark.parametrize("count", [1, 5, 3000])
def test_picking_equals_brute_force(count):
    random = np.random.default_rng(count)
    xy = random.normal(size=(count, 2)) * (10, 0.1)
    picker = Picker(xy)
    for x, y in random.normal(size=(200, 2)) * (12, 0.12):
        distance = (((xy - (x, y)) / (0.8, 0.008)) ** 2).sum(1)
        expected = int(distance.argmin()) if distance.min() <= 1 else -1
        assert picker.nearest(x, y, 0.8, 0.008) == expected


def test_hidden_points_are_not_found():
    xy = np.array([[0.0, 0.0], [1.0, 0.0]])
    assert Picker(xy, np.array([False, True])).nearest(0, 0, 2, 2) == 1
    assert Picker(xy, np.array([False, False])).nearest(0, 0, 2, 2) == -1
    assert Picker(np.empty((0, 2))).nearest(0, 0, 2, 2) == -1


def test_inside_selects_the_points_within_a_polygon():
    outline = np.array([[0, 0], [4, 0], [4, 4], [2, 1], [0, 4]])
    points = np.array([[2, 0.5], [2, 3], [0.2, 3], [3.9, 3], [5, 1]])
    assert inside(points, outline).tolist() == [True, False, True, True, False]
    assert not inside(points, outline[:2]).any()


def test_picking_among_very_many_equals_brute_force():
    random = np.random.default_rng(5)
    xy = np.concatenate([random.normal(size=(99_990, 2)), random.normal(size=(10, 2)) * 1e4]).astype(np.float32)
    alive = random.uniform(size=len(xy)) < 0.7
    picker = Picker(xy, alive)
    for x, y in random.normal(size=(100, 2)) * 2:
        distance = np.where(alive, (((xy.astype(np.float64) - (x, y)) / (0.01, 0.02)) ** 2).sum(1), np.inf)
        expected = int(distance.argmin()) if distance.min() <= 1 else -1
        assert picker.nearest(x, y, 0.01, 0.02) == expected


def outlines():
    """Polygons: smooth, with a bridged hole, self-intersecting, random corners, flat."""
    turn = np.linspace(0, 2 * np.pi, 200, endpoint=False)
    round_ = np.stack([np.cos(turn), np.sin(turn)], 1)
    random = np.random.default_rng(2)
    yield "round", round_ * 1.5
    yield "hole", np.concatenate([round_ * 2, round_[:1] * 2, round_[::-1][-1:], round_[::-1], round_[::-1][:1]])
    yield "star", np.stack([np.sin(4 * np.pi * np.arange(5) / 5), np.cos(4 * np.pi * np.arange(5) / 5)], 1) * 2
    for count in (3, 4, 9, 60):
        yield f"any {count}", random.normal(size=(count, 2)) * 1.5
    yield "steps", np.array([[-1, -1], [1, -1], [1, 0], [0, 0], [0, 1], [1, 1], [1, 2], [-1, 2]], float)
    yield "flat", np.array([[-1.0, 0.5], [1.0, 0.5], [0.3, 0.5]])


@pytest.mark.parametrize(("name", "outline"), list(outlines()))
def test_a_lasso_equals_brute_force(name, outline):
    """The expected value counts, for each point, how often a ray to the right crosses an edge."""
    xy = np.random.default_rng(3).normal(size=(20_000, 2)) * 1.5
    x, y = xy.T
    crossings = np.zeros(len(xy), int)
    for (x0, y0), (x1, y1) in zip(outline, np.roll(outline, -1, axis=0), strict=True):
        with np.errstate(divide="ignore", invalid="ignore"):
            cross = x0 + (y - y0) / (y1 - y0) * (x1 - x0)
        crossings += ((y0 > y) != (y1 > y)) & (x < cross)
    np.testing.assert_array_equal(inside(xy, outline), crossings % 2 == 1)


@pytest.mark.parametrize(("name", "outline"), list(outlines()))
def test_a_lasso_agrees_with_qt(name, outline):
    xy = np.random.default_rng(4).normal(size=(2_000, 2)) * 1.5
    shape = QPolygonF([QPointF(x, y) for x, y in outline])
    expected = [shape.containsPoint(QPointF(x, y), Qt.FillRule.OddEvenFill) for x, y in xy]
    assert (inside(xy, outline) == expected).mean() > 0.999  # Qt treats points on an edge differently


def test_toward_finds_the_next_point_in_a_direction():
    xy = np.array([[0.0, 0], [1, 0.5], [2, 0], [0.2, 3], [-1, 0], [0.5, -2]])
    alive = np.ones(6, bool)
    assert [toward(xy, 0, way, alive) for way in ((1, 0), (-1, 0), (0, 1), (0, -1))] == [1, 4, 3, 5]
    alive[1] = False
    assert toward(xy, 0, (1, 0), alive) == 2
    assert toward(xy, 2, (1, 0), alive) == -1


def test_bins_map_numbers_to_steps_of_the_colour_map():
    assert bins(np.array([0.0, 0.5, 1.0, np.nan, 2.0]), 4, 0, 1).tolist() == [0, 2, 3, -1, 3]
    assert bins(np.array([3.0, 3.0]), 4, 3, 3).tolist() == [0, 0]
