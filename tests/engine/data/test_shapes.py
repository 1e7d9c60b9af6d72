"""The generated shapes: images agree with their factors, and factors are independent of each other."""

import numpy as np
import pytest

from engine.data import shape_colours, shapes
from engine.data.outlines import SHAPES


def angle_between(a, b):
    return np.abs((a - b + 180) % 360 - 180)


@pytest.fixture(scope="module")
def world():
    return shapes.draw(3, np.arange(400))


@pytest.fixture(scope="module")
def rendered(world):
    return shapes.render(world, 48)


def test_the_shape_decides_its_background_with_the_probability_of_the_bias() -> None:
    index = np.arange(4000)
    free, biased, certain = (shapes.draw(5, index, bias=bias) for bias in (0.0, 0.9, 1.0))
    for name in vars(free):
        if name not in ("background", "ground_hue"):
            assert np.array_equal(getattr(free, name), getattr(biased, name)), f"{name} stays as it was"
    assert np.array_equal(certain.background, certain.shape % 6)
    away = np.abs((certain.ground_hue - 36.0 * certain.shape + 180) % 360 - 180)
    assert away.max() <= 6.001
    assert np.quantile(away, 0.95) > 5
    # One shape in six has the pattern at random.
    assert (biased.background == biased.shape % 6).mean() == pytest.approx(0.9 + 0.1 / 6, abs=0.02)
    rows = biased.background != free.background
    same = (biased.background == free.background) & (biased.ground_hue == free.ground_hue)
    assert np.array_equal(shapes.digests(free)[same], shapes.digests(biased)[same])
    assert (shapes.digests(free)[rows] != shapes.digests(biased)[rows]).all()
    simple = shapes.draw(5, index, simple=True)
    assert np.array_equal(simple.background, np.zeros(4000))


def test_upright_shapes_stand_and_are_lit_from_above() -> None:
    index = np.arange(4000)
    free, upright = (shapes.draw(5, index, upright=stands) for stands in (False, True))
    for name in vars(free):
        if name not in ("rotation", "light"):
            assert np.array_equal(getattr(free, name), getattr(upright, name)), f"{name} stays as it was"
    turn = (upright.rotation + 180) % 360 - 180
    assert np.abs(turn).max() <= 30
    assert np.std(turn) == pytest.approx(60 / 12**0.5, rel=0.03)
    assert np.abs(upright.light - 90).max() <= 30
    assert (shapes.digests(free) != shapes.digests(upright)).all()


def test_hue_of_the_foreground_is_the_factor(world, rendered):
    images, masks = rendered
    for i in range(60):
        pixels = shape_colours.to_linear(images[i].transpose(1, 2, 0)[masks[i]])
        _, _, hue = shape_colours.to_oklch(pixels.mean(0))
        assert angle_between(hue, world.hue[i]) < 12


def test_the_position_factor_is_the_centre_of_the_mask(world, rendered):
    _, masks = rendered
    even = np.isin(world.shape, [SHAPES.index(name) for name in ("disc", "square", "ring", "cross", "hexagon", "star")])
    centre = (np.arange(48) + 0.5) / 48
    for i in np.flatnonzero(even)[:80]:
        area = masks[i].sum()
        assert (masks[i].sum(0) @ centre) / area == pytest.approx(world.x[i], abs=0.015)
        assert (masks[i].sum(1) @ centre) / area == pytest.approx(world.y[i], abs=0.015)


def test_size_sets_the_area(world, rendered):
    _, masks = rendered
    for code in range(len(SHAPES)):
        rows = np.flatnonzero(world.shape == code)
        relative = masks[rows].mean((1, 2)) / world.size[rows] ** 2
        assert np.std(relative) / np.mean(relative) < 0.06


def test_the_rotation_factor_rotates_the_mask():
    world = shapes.draw(0, np.arange(200))
    row = int(np.flatnonzero(world.shape == SHAPES.index("drop"))[0])
    one = world.take(np.array([row, row, row]))
    turned = shapes.World(
        **{
            **vars(one),
            "rotation": np.array([0, 90, 360], np.float32),
            "x": np.full(3, 0.5, np.float32),
            "y": np.full(3, 0.5, np.float32),
        }
    )
    _, masks = shapes.render(turned, 64)
    assert (masks[0] == masks[2]).mean() > 0.999
    assert (np.rot90(masks[0], -1) == masks[1]).mean() > 0.99  # clockwise
    assert (masks[0] == masks[1]).mean() < 0.98


def test_the_side_towards_the_light_is_brighter(world, rendered):
    images, masks = rendered
    disc = np.flatnonzero(world.shape == SHAPES.index("disc"))
    position = (np.arange(48) + 0.5) / 48
    right, above = [], []
    for i in disc:
        grey, mask = images[i].mean(0), masks[i]
        for differences, side in ((right, (position > world.x[i])[None, :]), (above, (position < world.y[i])[:, None])):
            differences.append(grey[mask & side].mean() - grey[mask & ~side].mean())
    angle = np.deg2rad(world.light[disc])
    assert np.corrcoef(np.cos(angle), right)[0, 1] > 0.9
    assert np.corrcoef(np.sin(angle), above)[0, 1] > 0.9


def test_the_same_factors_give_the_same_image_at_another_size(world):
    few = world.take(slice(0, 40))
    small, small_masks = shapes.render(few, 32)
    large, large_masks = shapes.render(few, 128)
    shrunk = large.reshape(40, 3, 32, 4, 32, 4).mean((3, 5))
    for a, b in zip(small, shrunk, strict=True):
        assert np.corrcoef(a.ravel(), b.ravel())[0, 1] > 0.98
    assert np.abs(small_masks.mean((1, 2)) - large_masks.mean((1, 2))).max() < 0.01


def test_an_image_depends_on_seed_and_index_only():
    first, _ = shapes.render(shapes.draw(7, np.arange(50)), 32)
    more, _ = shapes.render(shapes.draw(7, np.arange(300)), 32)
    alone, _ = shapes.render(shapes.draw(7, np.array([41])), 32)
    other, _ = shapes.render(shapes.draw(8, np.arange(50)), 32)
    assert np.array_equal(first, more[:50])
    assert np.array_equal(first[41], alone[0])
    assert not any(np.array_equal(a, b) for a, b in zip(first, other, strict=True))


def test_factors_are_uniform_and_independent():
    factors = shapes.factors(shapes.draw(0, np.arange(20_000)))
    columns = []
    for factor in factors.values():
        if factor.kind == "category":
            counts = np.bincount(factor.values, minlength=len(factor.names))
            assert len(counts) == len(factor.names)
            assert counts.min() > 0.9 * counts.mean()
            columns.append(factor.values == 0)
        elif factor.kind == "angle":
            assert 0 <= factor.values.min() < 1
            assert 359 < factor.values.max() < 360
            columns += [np.cos(np.deg2rad(factor.values)), np.sin(np.deg2rad(factor.values))]
        else:
            columns.append(factor.values)
    together = np.corrcoef(np.array(columns, dtype=float))
    assert np.abs(together - np.eye(len(together))).max() < 0.035


def test_mean_colour_does_not_predict_the_shape():
    """A nearest-neighbour classifier on mean colours is near chance level."""
    world = shapes.draw(1, np.arange(1500))
    images, _ = shapes.render(world, 16)
    colour = images.mean((2, 3))
    distance = ((colour[1000:, None] - colour[None, :1000]) ** 2).sum(-1)
    assert (world.shape[distance.argmin(1)] == world.shape[1000:]).mean() < 0.22


@pytest.mark.parametrize("name", SHAPES)
def test_a_shape_is_inside_the_image_and_not_empty(name):
    world = shapes.draw(2, np.arange(600))
    _, masks = shapes.render(world.take(np.flatnonzero(world.shape == SHAPES.index(name))), 32)
    assert masks[:, [0, -1], :].any(axis=(1, 2)).mean() <= 0.05
    assert masks.mean((1, 2)).min() > 0.015


def test_simple_shapes_are_upright_on_a_dark_plain_background(world):
    simple = shapes.draw(3, np.arange(400), simple=True)
    for same in ("shape", "hue", "size", "x", "y", "light", "ground_hue"):
        np.testing.assert_array_equal(getattr(simple, same), getattr(world, same))
    assert angle_between(simple.rotation, 0).max() <= shapes.UPRIGHT
    assert angle_between(simple.rotation, 0).mean() > 10
    images, masks = shapes.render(simple, 48)
    # Apart from the shape and its shadow only the light changes the background, which has no texture.
    for image, mask in zip(images[:60], masks[:60], strict=True):
        corner = np.ones_like(mask)
        corner[6:-6, 6:-6] = False
        tones = shape_colours.to_oklch(shape_colours.to_linear(image.transpose(1, 2, 0)[corner & ~mask]))[0]
        assert tones.max() < 0.7
        assert tones.std() < 0.03
    assert "background" not in shapes.factors(simple, simple=True)
