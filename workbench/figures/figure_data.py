"""Figures as plain data: a frozen dataclass for each kind of plot. No Qt, no matplotlib.

A panel makes a `Figure` from what it shows; `workbench.figures.draw_figure` draws it. Colours are "#rrggbb", readable on white
(`workbench.figures.print_colours`). Texts are in the window's language; a title of an axis has its unit in brackets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
Sign = Literal["line", "dot", "diamond", "square", "triangle", "tick", "dotted", "area"]
# Signs of runs of one colour, in this order.
SIGNS: tuple[Sign, ...] = ("dot", "square", "diamond", "triangle")


@dataclass(frozen=True)
class Axis:
    """`title`: with its unit. `low`, `high`: the range that is shown; None fits the data. `names`: of categories at 0, 1, ..."""

    title: str = ""
    log: bool = False
    low: float | None = None
    high: float | None = None
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class LegendEntry:
    """One entry of the legend: a sign in a colour, and its name. `dash`: as of a Curve; `hollow`: an outline only."""

    name: str
    colour: str
    sign: Sign = "line"
    dash: int = 0
    hollow: bool = False


@dataclass(frozen=True)
class ColourScale:
    """A colour bar for a map that is coloured by a number: `colours` from `low` to `high`."""

    title: str
    colours: tuple[str, ...]
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Curve:
    """A line through x, y (n,), NaN at a gap. `low`, `high`: (n,) the edges of a band around it. `raw`: its values before smoothing
    (x and y), drawn faint. `dash`: 0 solid, 1 dashed, 2 dotted, 3 dash-dotted, then from 0 again."""

    name: str
    colour: str
    x: Floats
    y: Floats
    low: Floats | None = None
    high: Floats | None = None
    raw: tuple[Floats, Floats] | None = None
    dash: int = 0


@dataclass(frozen=True)
class Span:
    """A tinted range of x, with a label at its top."""

    low: float
    high: float
    colour: str
    name: str = ""


@dataclass(frozen=True, eq=False)
class CurvesPlot:
    """Curves over one x. `levels`: horizontal dashed lines with a label; `marks`: vertical dotted lines with a label."""

    title: str
    x: Axis
    y: Axis
    curves: tuple[Curve, ...]
    levels: tuple[tuple[float, str], ...] = ()
    marks: tuple[tuple[float, str], ...] = ()
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, eq=False)
class MapPlot:
    """Points xy (n, 2) of a map, whose units have no meaning: it has no ticks. `codes`: (n,) indices into `colours`, -1 for
    unknown."""

    title: str
    xy: Floats
    codes: NDArray[np.integer]
    colours: tuple[str, ...]
    x: Axis = Axis()
    y: Axis = Axis()


@dataclass(frozen=True)
class Dot:
    """One point of a DotsPlot. `error`: half the length of its error bar in y; `hollow`: an outline only; `sign`: one of SIGNS."""

    x: float
    y: float
    colour: str
    error: float = 0.0
    hollow: bool = False
    sign: Sign = "dot"


@dataclass(frozen=True, eq=False)
class DotsPlot:
    """Points of two numbers, or of a number y over a category x."""

    title: str
    x: Axis
    y: Axis
    dots: tuple[Dot, ...]


@dataclass(frozen=True)
class RowMark:
    """A sign at `value` in a row of a RowsPlot, with an interval from `low` to `high` where they differ from it. `lane`: its height
    in the row, from -1 (bottom) to 1 (top)."""

    row: int
    value: float
    colour: str
    sign: Sign = "dot"
    low: float | None = None
    high: float | None = None
    lane: float = 0.0
    hollow: bool = False


@dataclass(frozen=True, eq=False)
class RowsPlot:
    """Named rows with marks over one x, the first row at the top. `headings`: the rows that are headings of those below them.
    `levels`: vertical dashed lines with a label."""

    title: str
    x: Axis
    rows: tuple[str, ...]
    marks: tuple[RowMark, ...]
    headings: frozenset[int] = frozenset()
    spans: tuple[Span, ...] = ()
    levels: tuple[tuple[float, str], ...] = ()


@dataclass(frozen=True, eq=False)
class MatrixPlot:
    """Values (n, n) as colours from `low` to `high`, the first row at the top. `scale`: the title of the colour bar; `groups`: the
    first row and the name of each group of rows."""

    title: str
    values: Floats
    low: float
    high: float
    colours: tuple[str, ...]
    scale: str
    x: Axis = Axis()
    y: Axis = Axis()
    groups: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, eq=False)
class Bars:
    """Heights (n,) of the bars between edges (n + 1,)."""

    name: str
    colour: str
    edges: Floats
    heights: Floats


@dataclass(frozen=True, eq=False)
class BarsPlot:
    """Histograms over one x. `marks`: vertical dashed lines with a label."""

    title: str
    x: Axis
    y: Axis
    bars: tuple[Bars, ...]
    marks: tuple[tuple[float, str], ...] = ()


Plot = CurvesPlot | MapPlot | DotsPlot | RowsPlot | MatrixPlot | BarsPlot


@dataclass(frozen=True, eq=False)
class Figure:
    """Plots in a grid, with one legend or colour scale for all of them. `title`: shown where the user wants one, and the title of
    the file."""

    title: str
    plots: tuple[Plot, ...]
    legend: tuple[LegendEntry, ...] = ()
    scale: ColourScale | None = None


@dataclass(frozen=True)
class Toggle:
    """A part of a figure that the user can leave out or add. `group`: the heading above it in the dialog; "" for none. `kept`: the
    choice is remembered for the next figure of this kind."""

    id: str
    title: str
    on: bool = True
    help: str = ""
    group: str = ""
    kept: bool = True


@dataclass(frozen=True, eq=False)
class FigureSource:
    """What a panel offers for a figure. `kind`: the choices of one kind are remembered together; `name`: of the file, without its
    suffix; `make`: the figure with these toggles on. Called in the GUI thread."""

    kind: str
    name: str
    make: Callable[[frozenset[str]], Figure]
    toggles: tuple[Toggle, ...] = ()


def legend_of_curves(plots: tuple[CurvesPlot, ...]) -> tuple[LegendEntry, ...]:
    """An entry for each name and look among the curves of all plots, in order."""
    entries = (LegendEntry(curve.name, curve.colour, "line", curve.dash) for plot in plots for curve in plot.curves)
    return tuple(dict.fromkeys(entries))


def texts_of(figure: Figure) -> str:
    """All texts that the figure may show, joined: its fonts need these characters."""
    texts = [figure.title, *(entry.name for entry in figure.legend)]
    if figure.scale is not None:
        texts.append(figure.scale.title)
    for plot in figure.plots:
        texts.append(plot.title)
        for axis in (plot.x, getattr(plot, "y", Axis())):
            texts += [axis.title, *axis.names]
        if isinstance(plot, RowsPlot):
            texts += plot.rows
        if isinstance(plot, MatrixPlot):
            texts += [plot.scale, *(name for _, name in plot.groups)]
        texts += [name for _, name in getattr(plot, "levels", ())]
        texts += [name for _, name in plot.marks] if isinstance(plot, (CurvesPlot, BarsPlot)) else []
        texts += [span.name for span in getattr(plot, "spans", ())]
    return "".join(texts)
