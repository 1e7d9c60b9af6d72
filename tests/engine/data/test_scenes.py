"""The rendered scenes: images, masks, class maps, boxes and captions agree, and each scene depends on its own number alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.data import scenes, shapes
from engine.data.outlines import SHAPES
from engine.data.scene_captions import captions
from engine.data.shape_captions import HUES

SIDE = 32


@pytest.fixture(scope="module")
def drawn():
    return scenes.draw(4, np.arange(240))


@pytest.fixture(scope="module")
def rendered(drawn):
    return scenes.render(drawn, SIDE)


def objects_of(drawn, image):
    return [one.take(slice(image, image + 1)) for one in drawn.objects[: drawn.count[image]]]


def alone(drawn, image, side=SIDE):
    """The mask of each object of a scene as if it were the only one, (objects, side, side)."""
    return np.stack([shapes.render(one, side)[1][0] for one in objects_of(drawn, image)])


def test_a_scene_with_one_object_is_an_image_of_the_shapes(drawn, rendered):
    single = np.flatnonzero(drawn.count == 1)[:20]
    images, masks = shapes.render(drawn.objects[0].take(single), SIDE)
    assert np.array_equal(rendered.images[single], images)
    assert np.array_equal(rendered.masks[single], masks)


def test_masks_class_maps_and_boxes_agree_pixel_by_pixel(drawn, rendered):
    for image in range(100):
        covers = alone(drawn, image)
        boxes = rendered.boxes.corners[rendered.boxes.rows(image)] * SIDE
        classes = rendered.boxes.classes[rendered.boxes.rows(image)].tolist()
        assert classes == [int(one.shape[0]) for one in objects_of(drawn, image)]
        owned = [[] for _ in covers]
        for y in range(SIDE):
            for x in range(SIDE):
                code = int(rendered.class_maps[image, y, x])
                assert bool(rendered.masks[image, y, x]) == (code > 0)
                over = np.flatnonzero(covers[:, y, x])
                if len(over):  # the last painted is what is seen
                    assert code == 1 + classes[over[-1]], (image, y, x)
                    owned[over[-1]].append((x, y))
        for pixels, (x0, y0, x1, y1) in zip(owned, boxes, strict=True):
            across, down = [x for x, _ in pixels], [y for _, y in pixels]
            # Pixels that two objects share may lie outside by one.
            assert x0 == pytest.approx(min(across), abs=1)
            assert x1 == pytest.approx(max(across) + 1, abs=1)
            assert y0 == pytest.approx(min(down), abs=1)
            assert y1 == pytest.approx(max(down) + 1, abs=1)


def test_every_object_pixel_is_in_a_box_of_its_class(drawn, rendered):
    for image in range(100):
        rows = rendered.boxes.rows(image)
        corners = (rendered.boxes.corners[rows] * SIDE).round().astype(int)
        classes = rendered.boxes.classes[rows]
        for y, x in np.argwhere(rendered.masks[image]):
            code = rendered.class_maps[image, y, x] - 1
            assert any(
                code == own and x0 <= x < x1 and y0 <= y < y1 for (x0, y0, x1, y1), own in zip(corners, classes, strict=True)
            )


def test_objects_are_cut_off_at_the_edge_and_their_boxes_end_there(drawn, rendered):
    corners = rendered.boxes.corners
    assert corners.min() == 0
    assert corners.max() == 1
    assert (corners[:, 2:] > corners[:, :2]).all()
    assert ((corners == 0) | (corners == 1)).any(1).mean() > 0.1


def test_objects_keep_the_least_distance_and_the_largest_is_larger_by_far():
    many = scenes.draw(0, np.arange(2000))
    assert np.bincount(many.count, minlength=5)[1:] / 2000 == pytest.approx(0.25, abs=0.04)
    for image in range(2000):
        placed = [(float(o.x[image]), float(o.y[image]), float(o.size[image])) for o in many.objects[: many.count[image]]]
        for k, (x, y, radius) in enumerate(placed):
            for x2, y2, other in placed[:k]:
                assert np.hypot(x - x2, y - y2) >= 0.8 * (radius + other) - 1e-6
        radii = sorted((radius for _, _, radius in placed), reverse=True)
        assert radii[0] == placed[many.largest[image]][2]
        assert radii[1:2] <= [radii[0] / 1.1]


def test_a_scene_depends_on_seed_and_number_alone(drawn, rendered):
    numbers = np.array([77, 3, 150])
    again = scenes.draw(4, numbers)
    made = scenes.render(again, SIDE)
    assert np.array_equal(made.images, rendered.images[numbers])
    assert np.array_equal(made.class_maps, rendered.class_maps[numbers])
    assert np.array_equal(scenes.digests(again), scenes.digests(drawn)[numbers])
    assert [captions(again).texts[k] for k in range(3)] == [captions(drawn).texts[int(number)] for number in numbers]
    assert not np.array_equal(scenes.draw(5, numbers).of_largest("hue"), again.of_largest("hue"))


def test_a_digest_changes_with_any_object(drawn):
    three = drawn.take(np.flatnonzero(drawn.count == 3)[:1])
    before = scenes.digests(three)
    for number in range(3):
        objects = list(three.objects)
        objects[number] = replace(objects[number], hue=objects[number].hue + 1)
        assert scenes.digests(replace(three, objects=tuple(objects))) != before
    objects = (*three.objects[:3], replace(three.objects[3], hue=three.objects[3].hue + 1))  # which is not there
    assert scenes.digests(replace(three, objects=objects)) == before


def test_captions_are_true_and_the_first_names_every_object(drawn):
    texts, count = captions(drawn).texts, 0
    for image in range(len(drawn)):
        there = objects_of(drawn, image)
        for text in texts[image]:
            words = text.split()
            named = [word for word in words if word in SHAPES]
            assert set(named) <= {SHAPES[one.shape[0]] for one in there}
            for relation, axis, sign in (("left", "x", 1), ("right", "x", -1), ("above", "y", 1), ("below", "y", -1)):
                if relation not in words:
                    continue
                count += 1
                one, other = (part.split() for part in text.split(f" {relation} ", 1))
                fits = [
                    sign * (getattr(b, axis)[0] - getattr(a, axis)[0]) > 0
                    for a in there
                    for b in there
                    if a is not b and {SHAPES[a.shape[0]], "shape"} & set(one) and {SHAPES[b.shape[0]], "shape"} & set(other)
                ]
                assert any(fits), text
        assert sorted(word for word in texts[image][0].split() if word in SHAPES) == sorted(SHAPES[o.shape[0]] for o in there)
        assert sum(word in HUES for word in texts[image][0].split()) == len(there)
    assert count > 200


def test_the_set_brings_everything_from_memory_and_from_disk(open_at):
    memory = open_at("scenes", count=40, size=16, storage="memory")
    disk = open_at("scenes", count=40, size=16, storage="disk")
    expected = scenes.render(scenes.draw(0, np.arange(40)), 16)
    assert disk.on_disk
    assert not memory.on_disk
    assert isinstance(disk.class_maps.values, np.memmap)
    for data in (memory, disk):
        assert np.array_equal(data.images, expected.images)
        assert np.array_equal(data.masks, expected.masks)
        assert np.array_equal(data.class_maps.values, expected.class_maps)
        assert data.class_maps.names == ("background", *SHAPES)
        assert data.boxes.names == SHAPES
        for name in ("starts", "corners", "classes", "crowd", "known"):
            assert np.array_equal(getattr(data.boxes, name), getattr(expected.boxes, name))
            assert getattr(data.boxes, name).dtype == getattr(expected.boxes, name).dtype
        assert len(data.captions) == len(data.boxes) == len(data.class_maps) == 40
