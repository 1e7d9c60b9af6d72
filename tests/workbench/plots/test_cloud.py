"""The image of very many points equals one in which discs are painted one after another."""

import numpy as np
import pytest

from workbench.plots.cloud import CHUNK, Cloud, disc

VIEW = (-1.0, 3.0, -2.0, 1.0)


def painted(xy, colours, width, height, radius):
    """Paint one disc after another, pixel by pixel."""
    picture = np.zeros((height, width), np.uint32)
    left, right, bottom, top = VIEW
    for (x, y), colour in zip(xy, colours, strict=True):
        column = int(np.floor((x - left) / (right - left) * width))
        row = int(np.floor((top - y) / (top - bottom) * height))
        for down in range(-9, 10):
            for across in range(-9, 10):
                near = down**2 + across**2 <= radius**2 + 0.25
                if near and 0 <= row + down < height and 0 <= column + across < width:
                    picture[row + down, column + across] = colour
    return picture


def order_of(count):
    return np.random.default_rng(0).permutation(count)


@pytest.mark.parametrize("radius", [0.0, 1.0, 1.5, 3.0, 4.5])
def test_the_picture_equals_discs_painted_one_after_another(radius):
    random = np.random.default_rng(1)
    xy = (random.uniform((-1.5, -2.5), (3.5, 1.5), (300, 2)) // 0.01 * 0.01 + 0.003).astype(np.float32)
    colours = random.integers(1, 2**32, 300, dtype=np.uint32)
    order = order_of(300)
    picture = Cloud(xy, colours, np.ones(300, bool)).picture(VIEW, 80, 60, radius)
    np.testing.assert_array_equal(picture, painted(xy[order].astype(float), colours[order], 80, 60, radius))


def test_hidden_points_are_not_painted_and_selected_ones_are_on_top():
    xy = np.zeros((1000, 2), np.float32)
    colours = np.arange(1, 1001, dtype=np.uint32)
    shown, above = np.ones(1000, bool), np.zeros(1000, bool)
    above[[3, 4]], shown[4] = True, False
    assert set(np.unique(Cloud(xy, colours, shown, above).picture(VIEW, 40, 30, 2))) == {0, 4}
    assert not Cloud(xy, colours, np.zeros(1000, bool)).picture(VIEW, 40, 30, 2).any()
    assert not Cloud(xy + 50, colours, shown).picture(VIEW, 40, 30, 2).any()
    xy[:] = np.nan
    assert not Cloud(xy, colours, shown).picture(VIEW, 40, 30, 2).any()


def test_more_points_than_a_chunk_are_all_painted():
    side = int(np.sqrt(CHUNK)) + 10
    across, down = np.meshgrid(np.arange(side), np.arange(side))
    xy = np.stack([(across.ravel() + 0.5) / side * 4 - 1, (down.ravel() + 0.5) / side * 3 - 2], 1)
    colours = np.arange(1, side**2 + 1, dtype=np.uint32)
    picture = Cloud(xy, colours, np.ones(side**2, bool)).picture(VIEW, side, side, 0.0)
    assert len(xy) > CHUNK
    np.testing.assert_array_equal(np.sort(picture.ravel()), colours)


def test_thinning_limits_the_points_and_keeps_the_selected_ones():
    random = np.random.default_rng(2)
    xy = random.uniform((-1, -2), (3, 1), (5000, 2))
    above = np.zeros(5000, bool)
    above[:50] = True
    colours = np.where(above, 2, 1).astype(np.uint32)
    cloud = Cloud(xy, colours, np.ones(5000, bool), above)
    whole, thin = cloud.picture(VIEW, 400, 300, 0.0), cloud.picture(VIEW, 400, 300, 0.0, most=500)
    np.testing.assert_array_equal(whole == 2, thin == 2)
    assert 440 <= (thin == 1).sum() <= 450 < 4000 < (whole == 1).sum()
    left = (thin[:, :200] == 1).sum()
    assert 170 < left < 280  # all regions are thinned alike


def test_gliding_points_are_painted_at_interpolated_positions():
    start, end = np.array([[-0.95, 0.95]]), np.array([[2.95, 0.95]])
    cloud = Cloud(end, np.array([7], np.uint32), np.ones(1, bool))
    cloud.glide_from(start)
    columns = []
    for share in (0.0, 0.5, 1.0):
        cloud.set_share(share)
        columns.append(int(np.flatnonzero(cloud.picture(VIEW, 40, 30, 0.0)[0])[0]))
    assert columns == [0, 20, 39]


def test_disc_gives_the_half_width_of_each_row():
    assert disc(0) == [0]
    assert disc(1) == [0, 1, 0]
    assert disc(1.5) == [-1, 1, 1, 1, -1]
