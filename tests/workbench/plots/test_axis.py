"""Ticks of an axis."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from workbench.plots.curve import CurvePlot


@pytest.mark.parametrize("last", [2, 4, 30, 5000])
def test_ticks_of_steps_are_whole_numbers_and_those_of_epochs_need_not_be(qtbot: QtBot, last: int) -> None:
    plot = CurvePlot("loss")
    qtbot.addWidget(plot)
    axis = plot._axes["bottom"]
    ((spacing, offset),) = axis.tickSpacing(0, last, 500)
    assert (spacing % 1, offset) == (0, 0)
    assert 1 <= last / spacing <= 10
    plot.set_x("epoch")
    ((spacing, _),) = axis.tickSpacing(0, 2, 500)
    assert spacing < 1
