"""Masks, class maps and boxes through views: against an image whose red channel is the mask, and boxes worked out by hand."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from engine.augment.pipeline import Pipeline
from engine.augment.views import ViewDraw
from engine.config.run import ViewConfig, ViewsConfig
from engine.data.annotations import Boxes, boxes_of
from engine.data.box_views import boxes_in_view

PLAIN = {"count": 1, "jitter": 0.0, "grayscale": 0.0, "blur": 0.0}
SIDE = 24


def _pipeline(**view: object) -> Pipeline:
    return Pipeline(ViewsConfig(groups=(ViewConfig.model_validate({**PLAIN, **view}),)), SIDE)


def _masks() -> Tensor:
    """No object, one pixel, one at the corner, all of the image, and random blocks."""
    masks = torch.zeros(12, SIDE, SIDE, dtype=torch.bool)
    masks[1, 11, 7] = True
    masks[2, 0, 0] = True
    masks[3] = True
    blocks = torch.rand(8, 6, 6, generator=torch.Generator().manual_seed(1)) > 0.5
    masks[4:] = blocks.repeat_interleave(4, 1).repeat_interleave(4, 2)
    return masks


@pytest.mark.parametrize("view", [{}, {"rotation": 30.0}, {"size": 17}, {"size": 40, "rotation": 180.0}, {"blur": 1.0, "size": 9}])
def test_a_mask_follows_the_red_channel_of_its_image(view: dict[str, float]) -> None:
    pipeline, masks = _pipeline(**view), _masks()
    images = torch.zeros(len(masks), 3, SIDE, SIDE, dtype=torch.uint8)
    images[:, 0] = masks * 255
    draws = pipeline.draw(len(masks), 3, 0, 0)
    [seen] = pipeline.apply_masks(masks, draws)
    # The blur is no geometry: a mask has none.
    sharp = [replace(draw, view=draw.view.model_copy(update={"blur": 0.0})) for draw in draws]
    [red] = pipeline.apply(images, sharp)
    sure = (red[:, 0] - 0.5).abs() > 1e-5  # halves may fall to either side
    assert sure.float().mean() > 0.9
    assert torch.equal(seen[sure], (red[:, 0] > 0.5)[sure])
    assert not seen[0].any()
    assert seen[3].all()
    assert seen.shape == (len(masks), draws[0].size, draws[0].size)


def _draw(pipeline: Pipeline, crop: tuple[int, int, int, int], flip: bool = False, angle: float = 0.0) -> ViewDraw:
    [draw] = pipeline.draw(1, 0, 0, 0)
    return replace(
        draw,
        crop=torch.tensor([crop], dtype=torch.int32),
        flip=torch.tensor([flip]),
        angle=torch.tensor([angle], dtype=torch.float32),
    )


def test_a_class_map_has_the_class_under_each_pixel() -> None:
    pipeline = _pipeline(size=6)
    values = torch.arange(SIDE * SIDE).view(1, SIDE, SIDE).remainder(251).to(torch.uint8)
    [seen] = pipeline.apply_class_maps(values, [_draw(pipeline, (2, 5, 18, 12), flip=True)])
    for row in range(6):
        for column in range(6):
            # Centres at 3 (column + .5) and 2 (row + .5) pixels of the crop; mirrored from right to left.
            x, y = int(2 + 3 * (5 - column + 0.5)), int(5 + 2 * (row + 0.5))
            assert seen[0, row, column] == values[0, y, x]
    turning = _pipeline(size=SIDE, rotation=180.0)
    [turned] = turning.apply_class_maps(values, [_draw(turning, (0, 0, SIDE, SIDE), angle=180.0)])
    assert torch.equal(turned, values.flip(1, 2))


def _one(box: tuple[float, float, float, float], draw: ViewDraw) -> Boxes:
    seen = boxes_in_view(boxes_of([[(*box, 4)]], ("a", "b", "c", "d", "e")), draw)
    assert (seen.classes == 4).all()
    assert len(seen) == 1
    return seen


def test_boxes_are_cropped_flipped_and_left_out() -> None:
    pipeline = _pipeline()
    crop = (6, 0, 12, 24)  # a quarter of the image to three quarters
    assert _one((0.375, 0.25, 0.5, 0.5), _draw(pipeline, crop)).corners == pytest.approx(np.array([[0.25, 0.25, 0.5, 0.5]]))
    mirrored = _one((0.375, 0.25, 0.5, 0.5), _draw(pipeline, crop, flip=True))
    assert mirrored.corners == pytest.approx(np.array([[0.5, 0.25, 0.75, 0.5]]))
    assert _one((0.0, 0.5, 0.5, 1.0), _draw(pipeline, crop)).corners == pytest.approx(np.array([[0.0, 0.5, 0.5, 1.0]]))
    assert len(_one((0.0, 0.0, 0.2, 1.0), _draw(pipeline, crop)).corners) == 0
    assert len(_one((0.0, 0.0, 0.25, 1.0), _draw(pipeline, crop)).corners) == 0, "it touches the edge alone"


def test_turned_boxes_stand_around_what_is_left_of_them() -> None:
    pipeline = _pipeline(rotation=180.0)
    whole = (0, 0, SIDE, SIDE)
    quarter = _one((0.0, 0.0, 0.25, 0.5), _draw(pipeline, whole, angle=90.0))
    # Counter-clockwise by a right angle, the upper left goes to the lower left.
    assert quarter.corners == pytest.approx(np.array([[0.0, 0.75, 0.5, 1.0]]), abs=1e-6)
    # A square about the centre stands on its corner: its box is larger by the root of two.
    half = 0.2 * 2**0.5
    eighth = _one((0.3, 0.3, 0.7, 0.7), _draw(pipeline, whole, angle=45.0))
    assert eighth.corners == pytest.approx(np.array([[0.5 - half, 0.5 - half, 0.5 + half, 0.5 + half]]), abs=1e-6)
    assert len(_one((0.0, 0.0, 0.1, 0.1), _draw(pipeline, whole, angle=45.0)).corners) == 0, "turned out of the view"


@pytest.mark.parametrize("rotation", [0.0, 180.0])
def test_boxes_stand_around_the_masks_of_their_objects(rotation: float) -> None:
    pipeline = _pipeline(rotation=rotation, size=96)
    n, side = 20, SIDE
    masks = torch.zeros(n, side, side, dtype=torch.bool)
    masks[:, 6:15, 8:20] = True
    boxes = boxes_of([[(8 / side, 6 / side, 20 / side, 15 / side, 0)]] * n, ("thing",))
    draws = pipeline.draw(n, 5, 0, 0)
    [seen], seen_boxes = pipeline.apply_masks(masks, draws), boxes_in_view(boxes, draws[0])
    for image in range(n):
        rows, columns = seen[image].any(1).nonzero(), seen[image].any(0).nonzero()
        corners = seen_boxes.corners[seen_boxes.rows(image)]
        if not len(rows):
            continue
        around = np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]) / 96
        # Reflections beyond the image's edge can show the object a second time, where a box has none.
        inside = np.array([corners[0, :2] >= around[:2] - 0.06, corners[0, 2:] <= around[2:] + 0.06])
        assert inside.all()
        if not rotation:
            assert corners[0] == pytest.approx(around, abs=0.06)


def test_boxes_keep_order_crowd_and_which_images_are_known() -> None:
    pipeline = _pipeline(crop_min=1.0, flip=0.0)
    boxes = boxes_of([[(0.1, 0.1, 0.2, 0.2, 1), (0.3, 0.3, 0.9, 0.9, 0)], None, []], ("a", "b"), [False, True])
    seen = boxes_in_view(boxes, pipeline.draw(3, 0, 0, 0)[0])
    assert seen.starts.tolist() == [0, 2, 2, 2]
    assert seen.classes.tolist() == [1, 0]
    assert seen.crowd.tolist() == [False, True]
    assert seen.known.tolist() == [True, False, True]
    assert seen.corners == pytest.approx(boxes.corners)
