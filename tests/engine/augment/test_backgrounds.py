"""Backgrounds: pixels of objects stay to the bit, all others are the new background's; nothing else that is drawn moves."""

import dataclasses

import numpy as np
import pytest
import torch
from torch import Tensor

from engine.augment.backgrounds import Backgrounds, fill_holes
from engine.augment.draw import draw_view
from engine.augment.pipeline import Pipeline
from engine.augment.seeds import generator_for
from engine.augment.views import ViewDraw
from engine.config.run import ViewConfig, ViewsConfig

SIDE, N = 12, 40
POOL = np.arange(0, N, 2)


def _images() -> tuple[Tensor, np.ndarray]:
    generator = torch.Generator().manual_seed(2)
    images = torch.randint(0, 256, (N, 3, SIDE, SIDE), generator=generator, dtype=torch.uint8)
    masks = torch.zeros(N, SIDE, SIDE, dtype=torch.bool)
    masks[:, 3:8, 4:9] = torch.rand(N, 5, 5, generator=generator) > 0.3
    masks[5] = False
    masks[7] = True
    return images, masks.numpy()


def _backgrounds() -> tuple[Backgrounds, Tensor, np.ndarray]:
    images, masks = _images()
    return Backgrounds(lambda index: images[torch.from_numpy(index)], masks, POOL), images, masks


def _draw(n: int = N, seed: int = 0, **view: object) -> ViewDraw:
    return draw_view(ViewConfig.model_validate({"count": 1, **view}), SIDE, n, generator_for(seed, "views", 0, 0, 0))


def test_objects_stay_and_all_else_is_the_background_of_another_image() -> None:
    backgrounds, images, masks = _backgrounds()
    index = np.arange(N)
    draw = _draw(background=0.7)
    result = backgrounds.replaced(images, index, draw)
    swapped = 0
    for image in range(N):
        chance = float(draw.ground[image])
        if chance < 0 or image == 5:  # 5 has no object
            assert torch.equal(result[image], images[image])
            continue
        swapped += 1
        row_of = int(np.float64(chance) * len(POOL))
        donor = POOL[row_of] if POOL[row_of] != image else POOL[(row_of + 1) % len(POOL)]
        assert donor != image
        for row in range(SIDE):
            for column in range(SIDE):
                pixel = result[image, :, row, column]
                if masks[image, row, column]:
                    assert torch.equal(pixel, images[image, :, row, column])
                # The pixels around an object have some of its colour.
                elif not masks[donor, max(0, row - 1) : row + 2, max(0, column - 1) : column + 2].any():
                    assert torch.equal(pixel, images[donor, :, row, column])
    assert 0.5 * N < swapped < 0.9 * N


def test_images_that_are_all_object_give_no_background() -> None:
    """As those without a mask in a folder of masks."""
    images, masks = _images()
    masks[POOL[POOL != 6]] = True
    images[POOL[POOL != 6]] = 255
    images[6] = 40
    backgrounds = Backgrounds(lambda index: images[torch.from_numpy(index)], masks, POOL)
    index = np.arange(1, N, 2)
    index = index[~np.isin(index, (5, 7))]  # with an object and a background
    result = backgrounds.replaced(images[index], index, _draw(len(index), background=1.0))
    for row, image in enumerate(index):
        outside = torch.from_numpy(~masks[image])
        assert (result[row][:, outside] == 40).all()


def test_a_removed_background_is_one_grey() -> None:
    backgrounds, images, masks = _backgrounds()
    draw = _draw(background=1.0, background_mode="remove")
    result = backgrounds.replaced(images, np.arange(N), draw)
    for image in range(N):
        own = torch.from_numpy(masks[image] if masks[image].any() else ~masks[image])
        assert torch.equal(result[image][:, own], images[image][:, own])
        assert (result[image][:, ~own] == round(float(draw.ground[image]) * 255)).all()


def test_a_swap_shows_another_object_before_the_background_of_the_image() -> None:
    backgrounds, images, masks = _backgrounds()
    index = np.arange(N)
    draw = _draw(background=0.5)
    chance = torch.rand(N, generator=torch.Generator().manual_seed(9))
    behind = backgrounds.replaced(images, index, draw)
    result = backgrounds.swapped(images, index, draw, chance)
    for image in range(N):
        row_of = int(np.float64(chance[image]) * len(POOL))
        other = POOL[row_of] if POOL[row_of] != image else POOL[(row_of + 1) % len(POOL)]
        figure, own = torch.from_numpy(masks[other]), torch.from_numpy(masks[image])
        assert torch.equal(result[image][:, figure], images[other][:, figure])
        if image not in (5, 7):
            seen = ~figure & ~own
            if draw.ground[image] < 0:  # its own background, which goes on from two pixels around the object
                seen &= torch.nn.functional.max_pool2d(own[None].float(), 3, 1, 1)[0] == 0
            assert torch.equal(result[image][:, seen], behind[image][:, seen])


def test_a_hole_gets_the_colours_around_it() -> None:
    images = torch.full((3, 3, SIDE, SIDE), 77, dtype=torch.uint8)
    images[1, :, :, SIDE // 2 :] = 200
    masks = torch.zeros(3, SIDE, SIDE, dtype=torch.bool)
    masks[:2, 3:9, 3:9] = True
    masks[2] = True
    images[:, :, 3:9, 3:9] = 0
    filled = fill_holes(images, masks)
    assert (filled[0] == 77).all(), "one colour goes on"
    assert filled[1, 0, 5, 3] < filled[1, 0, 5, 8], "from dark on the left to light on the right"
    assert 77 <= int(filled[1].min()) <= int(filled[1].max()) <= 200
    assert (filled[2] == filled[2, 0, 0, 0]).all(), "an image that is all object leaves one grey"
    assert torch.equal(fill_holes(images, torch.zeros_like(masks)), images)


def test_no_other_draw_moves_and_rows_stand_alone() -> None:
    plain, replaced = _draw(blur=0.5, erase=0.5), _draw(blur=0.5, erase=0.5, background=0.5)
    for field in dataclasses.fields(ViewDraw):
        before, after = getattr(plain, field.name), getattr(replaced, field.name)
        if isinstance(before, Tensor) and field.name != "ground":
            assert torch.equal(before, after), field.name
    assert (plain.ground == -1).all()
    assert (replaced.ground >= 0).float().mean() == pytest.approx(0.5, abs=0.25)
    assert torch.equal(_draw(n=7, background=0.5).ground, replaced.ground[:7]), "a small draw is the beginning of a large one"
    stronger = _draw(background=0.8).ground
    assert torch.equal(stronger[replaced.ground >= 0], replaced.ground[replaced.ground >= 0])


@pytest.mark.parametrize("mode", ["remove", "random"])
def test_views_are_those_of_images_with_other_backgrounds(mode: str) -> None:
    backgrounds, images, _ = _backgrounds()
    view = ViewConfig.model_validate({"count": 2, "background": 0.6, "background_mode": mode, "rotation": 20.0})
    pipeline = Pipeline(ViewsConfig(groups=(view,)), SIDE, backgrounds)
    draws = pipeline.draw(N, 4, 0, 0)
    index = np.arange(N)[::-1].copy()
    mine = images[torch.from_numpy(index)]
    views = pipeline.apply(mine, draws, index)
    without = view.model_copy(update={"background": 0.0})
    plain = Pipeline(ViewsConfig(groups=(without,)), SIDE)
    for draw, pixels in zip(draws, views, strict=True):
        [expected] = plain.apply(backgrounds.replaced(mine, index, draw), [dataclasses.replace(draw, view=without)])
        assert torch.equal(pixels, expected)
    rows = torch.tensor([31, 2, 17])
    [some] = pipeline.apply(mine[rows], [draws[1].take(rows)], index[rows.numpy()])
    assert torch.equal(some, views[1][rows])
    assert {"remove": "gray_background", "random": "other_background"}[mode] in set().union(*draws[0].describe_all())
