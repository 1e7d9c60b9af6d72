"""The size, fonts and layout of a figure. Lengths in mm, fonts in points. No Qt, no matplotlib."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from workbench.figures.figure_data import Figure, MapPlot, MatrixPlot, Plot, RowsPlot

LEGENDS = ("below", "right", "inside", "none")
FORMATS = ("pdf", "svg", "png")
WIDTH, HEIGHT, POINTS, DPI = (20.0, 1000.0), (20.0, 1000.0), (4.0, 72.0), (50, 1200)  # bounds
MM = 25.4  # in an inch
POINT = MM / 72  # mm
# Most entries of a legend, the last of them the number of those left out.
MOST_ENTRIES = 40


@dataclass(frozen=True)
class FigureStyle:
    """`width`, `height`: of the whole figure in mm. `points`: the size of all text. `legend`: one of LEGENDS. `title`: whether the
    figure's title is shown. `serif`: with serifs. `dpi`: pixels in an inch, of a PNG and of the parts of a vector figure that are
    images."""

    width: float = 85.0
    height: float = 60.0
    points: float = 8.0
    legend: str = "below"
    title: bool = False
    serif: bool = False
    dpi: int = 300

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)


def style_from(values: Mapping[str, Any]) -> FigureStyle:
    """The style of saved values; a missing or impossible one has its default."""
    default = FigureStyle()
    kept: dict[str, Any] = {}
    bounds = {"width": WIDTH, "height": HEIGHT, "points": POINTS, "dpi": DPI}
    for field in fields(FigureStyle):
        value, usual = values.get(field.name), getattr(default, field.name)
        if isinstance(usual, bool):
            kept[field.name] = value if isinstance(value, bool) else usual
        elif field.name == "legend":
            kept[field.name] = value if value in LEGENDS else usual
        else:
            low, high = bounds[field.name]
            fits = isinstance(value, (int, float)) and not isinstance(value, bool) and low <= value <= high
            kept[field.name] = type(usual)(value) if fits and value is not None else usual
    return FigureStyle(**kept)


@dataclass(frozen=True)
class Preset:
    """A usual size: `height` None is the one that suits the figure."""

    id: str
    width: float
    height: float | None
    points: float


PRESETS = (Preset("one", 85.0, None, 8.0), Preset("two", 175.0, None, 8.0), Preset("slide", 254.0, 143.0, 18.0))


def text_width(text: str, points: float) -> float:
    """About how wide a text is, in points: a Chinese character is as wide as high."""
    return points * sum(1.0 if unicodedata.east_asian_width(letter) in "WF" else 0.6 for letter in text)


def shortened(text: str, room: float, points: float) -> str:
    """A text on one line, with the middle left out where it is wider than `room` points."""
    text = " ".join(text.split())
    if text_width(text, points) <= room:
        return text
    kept = max(4, int(len(text) * room / max(1.0, text_width(text, points))) - 1)
    return f"{text[: kept - kept // 2]}…{text[len(text) - kept // 2 :]}"


def wrapped(text: str, room: float, points: float) -> str:
    """A text on one line, or on two where it is wider than `room` points; the second one is shortened."""
    text = " ".join(text.split())
    if text_width(text, points) <= room:
        return text
    words = text.split(" ")
    fits = [end for end in range(1, len(words)) if text_width(" ".join(words[:end]), points) <= room]
    if not fits:
        return shortened(text, room, points)
    first = " ".join(words[: fits[-1]]).removesuffix(" ·")
    return first + "\n" + shortened(" ".join(words[fits[-1] :]), room, points)


def _least_width(plot: Plot) -> float:
    """The least width of a plot in mm for each point of the font's size."""
    return 4.5 if isinstance(plot, (MapPlot, MatrixPlot)) else 7.5


def columns_of(figure: Figure, style: FigureStyle) -> int:
    """How many plots stand side by side: as many as there is room for; four stand two by two."""
    count = len(figure.plots)
    most = int(style.width / (style.points * max(map(_least_width, figure.plots))))
    columns = max(1, min(count, most))
    return 2 if columns == 3 and count == 4 else columns


def legend_columns(names: list[str], style: FigureStyle) -> int:
    """How many entries of a legend below the plots stand side by side."""
    if not names:
        return 1
    # The sign and the gaps take about four times the font's size.
    entry = max(text_width(name, style.points) for name in names) + 4 * style.points
    return max(1, min(len(names), int(style.width / POINT / entry)))


def row_heights(figure: Figure, style: FigureStyle) -> list[float]:
    """The height in mm that suits each row of plots."""
    columns, line = columns_of(figure, style), style.points * POINT * 1.3
    width = style.width / columns
    heights = []
    for start in range(0, len(figure.plots), columns):
        row = figure.plots[start : start + columns]
        heights.append(max(_height(plot, width, line) for plot in row) + (line if len(figure.plots) > 1 else 0.0))
    return heights


def _height(plot: Plot, width: float, line: float) -> float:
    if isinstance(plot, RowsPlot):
        return len(plot.rows) * 1.35 * line + 3.5 * line
    if isinstance(plot, MapPlot):
        return 0.9 * width
    if isinstance(plot, MatrixPlot):
        return 0.82 * width
    return 0.6 * width + 1.5 * line


def natural_height(figure: Figure, style: FigureStyle) -> float:
    """The height in mm that suits a figure of this width, in whole mm."""
    line = style.points * POINT * 1.3
    height = sum(row_heights(figure, style))
    entries = [entry.name for entry in figure.legend[:MOST_ENTRIES]]
    if entries and style.legend == "below":
        room = style.width / POINT - 4 * style.points
        names = [shortened(name, room, style.points) for name in entries]
        height += (math.ceil(len(names) / legend_columns(names, style)) + 0.8) * line
    if figure.scale is not None and style.legend == "below":
        height += 4 * line
    if style.title:
        height += 1.6 * line
    return min(HEIGHT[1], max(HEIGHT[0], float(math.ceil(height))))
