"""The two maps side by side as a figure for print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication

from workbench.bridge.map_questions import Map
from workbench.figures.figure_data import Figure, FigureSource
from workbench.panels.versus.space_choice import EMBEDDING
from workbench.samples.colouring import Colouring
from workbench.samples.map_figure import map_figure, map_plot

translate = QCoreApplication.translate


@dataclass(frozen=True, eq=False)
class ShownSide:
    """One of the maps as it is shown, the right one aligned with the left one: `xy` (n, 2), `codes` (n,), `alive` (n,)."""

    title: str
    map: Map
    xy: NDArray[np.floating]
    codes: NDArray[np.integer]
    alive: NDArray[np.bool_]


def side_title(run: str, epoch: int, space: str) -> str:
    """The title of a map: its run, epoch and space."""
    name = translate("VersusPanel", "projector") if space == EMBEDDING else translate("VersusPanel", "backbone")
    return " · ".join((run, translate("VersusPanel", "epoch {0}").format(epoch), name))


def versus_source(sides: Sequence[ShownSide], colouring: Colouring | None, column: str, unit: str) -> FigureSource:
    """The figure of both maps with one legend."""

    def make(on: frozenset[str]) -> Figure:
        plots = tuple(map_plot(side.title, side.map, side.xy, side.codes, side.alive, colouring) for side in sides)
        return map_figure(" – ".join(side.title for side in sides), plots, colouring, column, unit)

    return FigureSource("versus", "side_by_side", make)
