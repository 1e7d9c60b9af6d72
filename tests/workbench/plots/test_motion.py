"""Reduced motion: points of a map are where they belong at once."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from workbench.plots.point_map import PointMap
from workbench.theme import motion


@pytest.fixture
def shown(qtbot: QtBot) -> Iterator[PointMap]:
    plot = PointMap()
    qtbot.addWidget(plot)
    with qtbot.waitExposed(plot):
        plot.show()
    plot.set_points(np.zeros((5, 2)))
    plot.set_colours(np.zeros(5, int), ["#ff0000"])
    yield plot
    motion.reduce(False)


@pytest.mark.parametrize("reduced", [True, False])
def test_points_glide_unless_motion_is_reduced(shown: PointMap, reduced: bool) -> None:
    motion.reduce(reduced)
    target = np.arange(10.0).reshape(5, 2)
    shown.set_points(target, glide=True)
    assert np.array_equal(shown.now(), target) == reduced
    assert motion.reduced() == reduced


def test_the_trails_frame_is_shown_at_once(shown: PointMap) -> None:
    motion.reduce(True)
    shown.set_points(np.arange(10.0).reshape(5, 2))
    shown.set_trails([0], np.full((1, 1, 2), 100.0))
    assert shown.camera().contains(100.0, 100.0)
