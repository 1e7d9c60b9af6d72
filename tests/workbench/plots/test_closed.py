"""Plots that were closed and still wait for their deletion."""

from __future__ import annotations

from collections.abc import Callable

import pyqtgraph as pg
import pytest
from pytestqt.qtbot import QtBot

from workbench import theme
from workbench.plots.curve import CurvePlot
from workbench.plots.dots import DotPlot
from workbench.plots.scatter import ScatterPlot


@pytest.mark.parametrize("make", [ScatterPlot, CurvePlot, lambda: DotPlot("plot", str)], ids=["map", "curve", "dots"])
def test_a_closed_plot_ignores_a_change_of_the_theme(make: Callable[[], pg.PlotWidget], qtbot: QtBot) -> None:
    plot = make()
    plot.close()
    with qtbot.captureExceptions() as errors:
        theme.changed.emit(theme.current())
    assert errors == []
    plot.deleteLater()
