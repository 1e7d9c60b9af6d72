"""Picking equals brute force, shapes hold what lies in them, the picture of many points has every one of them."""

import numpy as np
import pytest

from workbench.plots.points import Picker, bins, inside, raster


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


def test_a_lasso_holds_what_lies_in_it():
    outline = np.array([[0, 0], [4, 0], [4, 4], [2, 1], [0, 4]])
    points = np.array([[2, 0.5], [2, 3], [0.2, 3], [3.9, 3], [5, 1]])
    assert inside(points, outline).tolist() == [True, False, True, True, False]
    assert not inside(points, outline[:2]).any()


def test_a_picture_has_every_point_and_none_from_outside():
    places = np.array([[5.0, 5.0], [0.0, 0.0], [19.9, 9.9], [-50.0, 5.0], [5.0, 500.0]])
    words = np.array([1, 2, 3, 4, 5], np.uint32)
    picture = raster(places, words, 20, 10, 1.0)
    assert picture.shape == (10, 20)
    assert (picture[5, 5], picture[0, 0], picture[9, 19]) == (1, 2, 3)
    assert picture[5, 6] == 1
    assert picture[5, 7] == 0
    assert set(np.unique(picture)) == {0, 1, 2, 3}


def test_numbers_fall_into_steps_of_the_colour_map():
    assert bins(np.array([0.0, 0.5, 1.0, np.nan, 2.0]), 4, 0, 1).tolist() == [0, 2, 3, -1, 3]
    assert bins(np.array([3.0, 3.0]), 4, 3, 3).tolist() == [0, 0]
