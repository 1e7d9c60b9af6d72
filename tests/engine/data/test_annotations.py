"""Boxes of chosen images against the lists that they were made from."""

from __future__ import annotations

import numpy as np

from engine.data.annotations import boxes_of

LISTS = [[(0.0, 0.0, 0.5, 0.5, 1)], [], None, [(0.1, 0.2, 0.3, 0.4, 0), (0.5, 0.5, 1.0, 1.0, 1)]]


def test_boxes_of_an_image_are_those_of_its_list() -> None:
    boxes = boxes_of(LISTS, ("star", "ring"))
    assert len(boxes) == 4
    for number, expected in enumerate(LISTS):
        rows = boxes.rows(number)
        shown = [(*corners, code) for corners, code in zip(boxes.corners[rows].tolist(), boxes.classes[rows].tolist(), strict=True)]
        np.testing.assert_allclose(shown, expected or [])
        assert boxes.known[number] == (expected is not None)


def test_chosen_images_keep_their_boxes() -> None:
    boxes = boxes_of(LISTS, ("star", "ring"), crowd=[True, False, True])
    chosen = boxes.take(np.array([3, 2, -1, 0, 3]))
    assert [len(chosen.corners[chosen.rows(i)]) for i in range(5)] == [2, 0, 0, 1, 2]
    assert chosen.known.tolist() == [True, False, False, True, True]
    np.testing.assert_allclose(chosen.corners[chosen.rows(4)], [[0.1, 0.2, 0.3, 0.4], [0.5, 0.5, 1.0, 1.0]])
    assert chosen.crowd.tolist() == [False, True, True, False, True]
    assert len(boxes.take(np.empty(0, np.int64)).corners) == 0
