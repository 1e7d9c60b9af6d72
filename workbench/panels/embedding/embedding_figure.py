"""The map as a figure for print."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QRectF

from workbench.bridge.map_questions import Map
from workbench.figures.figure_data import Figure, FigureSource, Toggle
from workbench.samples.colouring import Colouring
from workbench.samples.map_figure import map_figure, map_plot

translate = QCoreApplication.translate

VIEW, UNKNOWN = "view", "unknown"


@dataclass(frozen=True, eq=False)
class ShownMap:
    """A map as it is shown. `xy` (n, 2), `codes` (n,), `alive` (n,): its points; `view`: the part in view, None where that is all;
    `column`: the title of what colours it, in `unit`."""

    title: str
    map: Map
    xy: NDArray[np.floating]
    codes: NDArray[np.integer]
    alive: NDArray[np.bool_]
    colouring: Colouring | None
    column: str
    unit: str
    view: QRectF


def map_source(shown: ShownMap) -> FigureSource:
    """The figure of a map."""
    parts = translate("Figure", "Parts")
    toggles = [Toggle(VIEW, translate("Figure", "Only the part in view"), False, group=parts, kept=False)]
    if shown.colouring is not None and (shown.codes[shown.alive] < 0).any():
        toggles.append(Toggle(UNKNOWN, translate("Figure", "Points without a value, in grey"), group=parts))

    def make(on: frozenset[str]) -> Figure:
        alive = shown.alive
        if len(toggles) > 1 and UNKNOWN not in on:
            alive = alive & (shown.codes >= 0)
        view = shown.view if VIEW in on else None
        plot = map_plot("", shown.map, shown.xy, shown.codes, alive, shown.colouring, view)
        return map_figure(shown.title, (plot,), shown.colouring, shown.column, shown.unit)

    return FigureSource("map", f"{shown.map.kind}_epoch_{shown.map.epoch:03d}", make, tuple(toggles))
