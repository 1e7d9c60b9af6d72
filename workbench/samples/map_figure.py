"""Maps of samples as plots for print, and their legend. No widgets."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QRectF

from workbench.bridge.map_questions import MAP_TITLES, Map
from workbench.figures.figure_data import Axis, ColourScale, Figure, LegendEntry, MapPlot
from workbench.figures.print_colours import UNKNOWN, on_white, scale_on_white
from workbench.plots.hues import cyclic, sequential
from workbench.samples.colouring import Colouring

translate = QCoreApplication.translate


def map_plot(
    title: str,
    shown: Map,
    xy: NDArray[np.floating],
    codes: NDArray[np.integer],
    alive: NDArray[np.bool_],
    colouring: Colouring | None,
    view: QRectF | None = None,
) -> MapPlot:
    """The points xy (n, 2) that are `alive` (n,), coloured by their codes (n,). `view`: the part of the plane that is shown, None
    for all."""
    points = xy[alive]
    x, y = (Axis(text) for text in axis_titles(shown))
    if view is not None:
        x, y = Axis(x.title, low=view.left(), high=view.right()), Axis(y.title, low=view.top(), high=view.bottom())
        inside = (points[:, 0] >= view.left()) & (points[:, 0] <= view.right())
        inside &= (points[:, 1] >= view.top()) & (points[:, 1] <= view.bottom())
    else:
        inside = np.ones(len(points), bool)
    colours = () if colouring is None else _on_white(colouring)
    return MapPlot(title, points[inside], codes[alive][inside], colours, x, y)


def axis_titles(shown: Map) -> tuple[str, str]:
    """The titles of a map's axes; those of a PCA say how much of the variance they have."""
    kind = MAP_TITLES.get(shown.kind, shown.kind)
    if shown.kind != "pca":
        return f"{kind} 1", f"{kind} 2"
    if len(shown.explained) < 2:
        return "PC 1", "PC 2"
    text = translate("Figure", "PC {0} ({1} % of the variance)")
    one, two = (text.format(number + 1, f"{100 * share:.0f}") for number, share in enumerate(shown.explained[:2]))
    return one, two


def map_figure(title: str, plots: tuple[MapPlot, ...], colouring: Colouring | None, column: str, unit: str = "") -> Figure:
    """One map or several with one legend: of the categories that have a point, or a scale of the numbers. `column`: the title of
    what colours them; `unit`: of its numbers."""
    if colouring is None or not len(colouring.palette):
        return Figure(title, plots)
    if not colouring.entries:
        name = f"{column} ({unit})" if unit else column
        return Figure(title, plots, scale=ColourScale(name, _on_white(colouring), colouring.low, colouring.high))
    colours = _on_white(colouring)
    used = {int(code) for plot in plots for code in np.unique(plot.codes)}
    entries = [LegendEntry(entry.name, colours[code], "dot") for code, entry in enumerate(colouring.entries) if code in used]
    if -1 in used:
        entries.append(LegendEntry(translate("Figure", "no value"), UNKNOWN, "dot"))
    return Figure(title, plots, tuple(entries))


def _on_white(colouring: Colouring) -> tuple[str, ...]:
    if colouring.entries:
        return tuple(on_white(colour) for colour in colouring.palette)
    # Numbers have the colours of the light theme, whatever the window's theme is.
    turn = colouring.low == 0.0 and colouring.high in (360.0, 2 * np.pi)
    count = len(colouring.palette)
    return scale_on_white(cyclic(count) if turn else sequential(count, dark=False))
