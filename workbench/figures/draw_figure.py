"""Draws a figure with matplotlib: as PDF, SVG or PNG, on white, of an exact size.

It uses matplotlib's objects and not pyplot, which keeps global state and looks for a display. matplotlib's settings are global all
the same: one figure is drawn at a time."""

from __future__ import annotations

import io
import math
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.figure import Figure as Canvas
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, MaxNLocator, NullFormatter, ScalarFormatter

from workbench.figures.figure_data import (
    Axis,
    BarsPlot,
    ColourScale,
    CurvesPlot,
    DotsPlot,
    Figure,
    LegendEntry,
    MapPlot,
    MatrixPlot,
    Plot,
    RowsPlot,
    Sign,
    texts_of,
)
from workbench.figures.figure_fonts import families
from workbench.figures.figure_style import (
    MM,
    MOST_ENTRIES,
    POINT,
    FigureStyle,
    columns_of,
    legend_columns,
    row_heights,
    shortened,
    wrapped,
)
from workbench.figures.print_colours import LINE, QUIET, TEXT, UNKNOWN

# More points than these are an image within a vector figure.
MOST_VECTORS = 20_000
# Points drawn at a time: other threads of the program wait while matplotlib draws.
AT_ONCE = 4_000
BAND, FAINT = 0.18, 0.35  # opacities
DASHES: tuple[Any, ...] = ("-", (0, (4, 1.6)), (0, (1, 1.4)), (0, (5, 1.4, 1, 1.4)))
MARKERS: dict[Sign, str] = {"dot": "o", "diamond": "D", "square": "s", "triangle": "^", "tick": "|", "dotted": "|"}
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_drawing = threading.Lock()


@dataclass(frozen=True)
class Drawn:
    """A figure's file, and the characters of its texts that no installed font has."""

    data: bytes
    missing: str = ""


def render(figure: Figure, style: FigureStyle, kind: str, dpi: float | None = None) -> Drawn:
    """The figure as the contents of a "pdf", "svg" or "png" file of exactly `style.width` by `style.height` mm (a PNG: to the
    pixel). `dpi`: instead of the style's, for a preview."""
    names, missing = families(texts_of(figure), style.serif)
    with _drawing, mpl.rc_context(_settings(style, names)):
        canvas = _draw(figure, style)
        data = io.BytesIO()
        metadata: dict[str, Any] = {"Title": figure.title, "Creator": "Parallax"}
        if kind == "png":
            metadata = {"Title": figure.title, "Software": "Parallax"}
        elif kind == "svg":
            metadata["Date"] = None
        elif kind == "pdf":
            metadata |= {"CreationDate": None, "Producer": None}
        canvas.savefig(data, format=kind, dpi=dpi or style.dpi, facecolor="white", edgecolor="none", metadata=metadata)
    return Drawn(data.getvalue(), missing)


def _settings(style: FigureStyle, names: Sequence[str]) -> Any:
    """matplotlib's settings, by name."""
    points = style.points
    thin = 0.075 * points
    return {
        "font.family": list(names),
        "mathtext.default": "regular",
        "pdf.fonttype": 42,
        "svg.fonttype": "none",
        "svg.hashsalt": "parallax",
        "axes.unicode_minus": True,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.edgecolor": QUIET,
        "axes.labelcolor": TEXT,
        "axes.linewidth": thin,
        "axes.axisbelow": True,
        "axes.titlepad": 0.5 * points,
        "axes.labelpad": 0.3 * points,
        "text.color": TEXT,
        "lines.linewidth": 0.15 * points,
        "lines.solid_joinstyle": "round",
        "grid.color": LINE,
        "grid.linewidth": thin,
        "hatch.linewidth": thin,
        "legend.frameon": False,
        "legend.borderaxespad": 0.3,
        "legend.borderpad": 0.2,
        "legend.handlelength": 1.8,
        "legend.handletextpad": 0.5,
        "legend.columnspacing": 1.2,
        "legend.labelspacing": 0.3,
        **{f"{name}.labelsize": points for name in ("xtick", "ytick", "axes")},
        **dict.fromkeys(("font.size", "axes.titlesize", "legend.fontsize", "figure.titlesize"), points),
        **{f"{name}tick.color": QUIET for name in "xy"},
        **{f"{name}tick.labelcolor": TEXT for name in "xy"},
        **{f"{name}tick.major.width": thin for name in "xy"},
        **{f"{name}tick.major.size": 0.35 * points for name in "xy"},
        **{f"{name}tick.minor.size": 0.2 * points for name in "xy"},
        **{f"{name}tick.minor.width": thin for name in "xy"},
        **{f"{name}tick.major.pad": 0.3 * points for name in "xy"},
    }


def _draw(figure: Figure, style: FigureStyle) -> Canvas:
    gap = 0.4 * style.points / 72
    layout = ConstrainedLayoutEngine(w_pad=gap, h_pad=gap, wspace=0.02, hspace=0.02)
    canvas = Canvas(figsize=(style.width / MM, style.height / MM), layout=layout, facecolor="white")
    columns = columns_of(figure, style)
    heights = row_heights(figure, style)
    grid = canvas.add_gridspec(len(heights), columns, height_ratios=heights)
    axes = []
    room = style.width / POINT / columns - 2 * style.points
    for number, plot in enumerate(figure.plots):
        ax = canvas.add_subplot(grid[number // columns, number % columns])
        axes.append(ax)
        if plot.title and len(figure.plots) > 1:
            ax.set_title(_title(plot.title, room, style), loc="left", color=TEXT)
        first = sum(len(other.curves) for other in figure.plots[:number] if isinstance(other, CurvesPlot))
        _draw_plot(ax, plot, style, room, len(heights), first)
    if style.title and figure.title:
        canvas.suptitle(_text(figure.title, style.width / POINT - 2 * style.points, style), x=0.01, ha="left", color=TEXT)
    if figure.scale is not None and style.legend != "none":
        _add_scale(canvas, axes, figure.scale, style)
    _add_legend(canvas, axes, figure, style)
    return canvas


def _text(text: str, room: float, style: FigureStyle) -> str:
    """A text that matplotlib shows as it is, and not as a formula, on one line of at most `room` points."""
    return shortened(text, room, style.points).replace("$", r"\$")


def _title(text: str, room: float, style: FigureStyle) -> str:
    """As `_text`, on two lines where one is too short."""
    return wrapped(text, room, style.points).replace("$", r"\$")


def _draw_plot(ax: Axes, plot: Plot, style: FigureStyle, room: float, rows: int, first: int) -> None:
    """Draw a plot. `room`: its width in points; `rows`: the number of rows of plots; `first`: the number of its first curve among
    those of all plots."""
    down = 0.75 * style.height / POINT / rows - 2 * style.points
    if isinstance(plot, CurvesPlot):
        _curves(ax, plot, style, first)
    elif isinstance(plot, MapPlot):
        _map(ax, plot, style)
    elif isinstance(plot, DotsPlot):
        _dots(ax, plot, style)
    elif isinstance(plot, RowsPlot):
        _rows(ax, plot, style, room)
    elif isinstance(plot, MatrixPlot):
        _matrix(ax, plot, style, room)
    else:
        _bars(ax, plot, style)
    ax.set_xlabel(_title(plot.x.title, 0.85 * room, style))
    if not isinstance(plot, RowsPlot):
        ax.set_ylabel(_title(plot.y.title, down, style))


# Axes


def _scale_axis(ax: Axes, name: str, axis: Axis, style: FigureStyle) -> None:
    """Scale, range and ticks of one axis, "x" or "y"."""
    side = ax.xaxis if name == "x" else ax.yaxis
    if axis.names:
        room = 14 * style.points
        side.set_major_locator(FixedLocator(list(range(len(axis.names)))))
        side.set_major_formatter(FuncFormatter(_name_at([_text(one, room, style) for one in axis.names])))
        ax.set(**{f"{name}lim": (-0.5, len(axis.names) - 0.5)})
        if name == "x" and sum(map(len, axis.names)) * 0.65 * style.points > 0.8 * style.width / POINT:
            ax.tick_params("x", rotation=30)
            for label in ax.get_xticklabels():
                label.set(ha="right", rotation_mode="anchor")
        return
    if axis.log:
        ax.set(**{f"{name}scale": "log"})
        side.set_major_locator(LogLocator(numticks=6))
        side.set_major_formatter(FuncFormatter(lambda value, _: log_tick(value)))
        side.set_minor_formatter(NullFormatter())
    else:
        side.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
        formatter = ScalarFormatter(useOffset=False, useMathText=False)
        formatter.set_powerlimits((-4, 6))
        side.set_major_formatter(formatter)
    if axis.low is not None or axis.high is not None:
        ax.set(**{f"{name}lim": (axis.low, axis.high)})


def _name_at(names: Sequence[str]) -> Any:
    return lambda value, _: names[round(value)] if 0 <= round(value) < len(names) else ""


def log_tick(value: float) -> str:
    """A tick of a logarithmic axis: 0.01, 100, 10⁻⁵."""
    if value <= 0 or not math.isfinite(value):
        return ""
    power = math.log10(value)
    if 1e-3 <= value <= 1e4 or abs(power - round(power)) > 1e-6:
        return f"{value:g}"
    return "10" + str(round(power)).translate(_SUPERSCRIPT)


def _levels(ax: Axes, levels: Sequence[tuple[float, str]], style: FigureStyle, across: bool) -> None:
    """Dashed lines with labels, horizontal (`across`) or vertical, whose labels stand on the side with more room."""
    for value, name in levels:
        if not math.isfinite(value):
            continue
        line = ax.axhline if across else ax.axvline
        line(value, color=QUIET, linewidth=0.1 * style.points, linestyle=DASHES[1], zorder=1)
        if name and across:
            at, shift = (1.0, value), (0.0, 0.2 * style.points)
            text = _text(name, style.width / POINT, style)
            align: dict[str, Any] = {"xycoords": ("axes fraction", "data"), "ha": "right", "va": "bottom"}
            ax.annotate(text, at, xytext=shift, textcoords="offset points", color=QUIET, **align)
        elif name:
            right = ax.transAxes.inverted().transform(ax.transData.transform((value, 0.0)))[0] > 0.5
            shift = ((-0.3 if right else 0.3) * style.points, -0.2 * style.points)
            text = _text(name, style.width / POINT, style)
            align = {"xycoords": ("data", "axes fraction"), "ha": "right" if right else "left", "va": "top"}
            ax.annotate(text, (value, 1.0), xytext=shift, textcoords="offset points", color=QUIET, **align)


def _spans(ax: Axes, plot: CurvesPlot | RowsPlot, style: FigureStyle) -> None:
    for span in plot.spans:
        ax.axvspan(span.low, span.high, color=span.colour, alpha=0.1, linewidth=0, zorder=0)
        if span.name:
            middle = (span.low + span.high) / 2
            text = _text(span.name, style.width / POINT, style)
            ax.annotate(text, (middle, 1.0), xycoords=("data", "axes fraction"), ha="center", va="bottom", color=span.colour)


# Kinds of plot


def _curves(ax: Axes, plot: CurvesPlot, style: FigureStyle, first: int) -> None:
    ax.grid(True)
    _scale_axis(ax, "x", plot.x, style)
    _scale_axis(ax, "y", plot.y, style)
    _spans(ax, plot, style)
    # The ids name the parts in an SVG, for who edits it by hand.
    for number, curve in enumerate(plot.curves, start=first):
        if curve.raw is not None:
            ax.plot(*curve.raw, color=curve.colour, alpha=FAINT, linewidth=0.06 * style.points, zorder=2, gid=f"raw-{number}")
        if curve.low is not None and curve.high is not None:
            band = ax.fill_between(curve.x, curve.low, curve.high, color=curve.colour, alpha=BAND, linewidth=0, zorder=2.5)
            band.set_gid(f"band-{number}")
        single = np.isfinite(curve.y).sum() == 1
        dash = DASHES[curve.dash % len(DASHES)]
        shown = {"color": curve.colour, "linestyle": dash, "marker": "o" if single else None, "markersize": 0.45 * style.points}
        ax.plot(curve.x, curve.y, zorder=3, gid=f"curve-{number}", **shown)
    ax.margins(x=0.02)
    _levels(ax, plot.levels, style, across=True)
    _levels(ax, plot.marks, style, across=False)


def _map(ax: Axes, plot: MapPlot, style: FigureStyle) -> None:
    ax.set_aspect("equal", adjustable="datalim")
    ax.set(xticks=[], yticks=[])
    for spine in ax.spines.values():
        spine.set(visible=True, color=LINE)
    count = len(plot.xy)
    area = style.width * style.height / POINT**2
    size = min(0.45 * style.points, max(0.12 * style.points, 0.55 * math.sqrt(area / max(1, count))))
    colours = [*plot.colours, UNKNOWN]
    codes = np.where((plot.codes >= 0) & (plot.codes < len(plot.colours)), plot.codes, len(plot.colours))
    for code in [len(plot.colours), *range(len(plot.colours))]:
        rows = np.flatnonzero(codes == code)
        for start in range(0, len(rows), AT_ONCE):
            part = plot.xy[rows[start : start + AT_ONCE]]
            ax.plot(
                part[:, 0],
                part[:, 1],
                linestyle="none",
                marker="o",
                markersize=size,
                markeredgewidth=0,
                color=colours[code],
                alpha=0.85,
                rasterized=count > MOST_VECTORS,
            )
    ax.margins(0.03)


def _dots(ax: Axes, plot: DotsPlot, style: FigureStyle) -> None:
    ax.grid(True, axis="y")
    _scale_axis(ax, "x", plot.x, style)
    _scale_axis(ax, "y", plot.y, style)
    for dot in plot.dots:
        ax.errorbar(
            [dot.x],
            [dot.y],
            yerr=[dot.error] if dot.error else None,
            fmt=MARKERS[dot.sign],
            markersize=0.6 * style.points,
            markeredgewidth=0.12 * style.points,
            elinewidth=0.12 * style.points,
            capsize=0.25 * style.points,
            color=dot.colour,
            markerfacecolor="white" if dot.hollow else dot.colour,
            zorder=3,
        )
    if not plot.x.names:
        ax.margins(x=0.06)
    ax.margins(y=0.08)


def _rows(ax: Axes, plot: RowsPlot, style: FigureStyle, room: float) -> None:
    count, points = len(plot.rows), style.points
    _scale_axis(ax, "x", plot.x, style)
    _spans(ax, plot, style)
    ax.grid(True, axis="x")
    ax.set_ylim(count - 0.5, -0.5)
    ax.set_yticks(range(count), [_text(name, 0.45 * room, style) for name in plot.rows])
    ax.tick_params("y", length=0)
    for row, label in enumerate(ax.get_yticklabels()):
        if row in plot.headings:
            label.set(color=QUIET, style="normal")
            ax.axhline(row + 0.5, color=LINE, linewidth=0.075 * points)
    for mark in plot.marks:
        y = mark.row - 0.3 * mark.lane
        if mark.low is not None and mark.high is not None:
            ax.plot([mark.low, mark.high], [y, y], color=mark.colour, linewidth=0.12 * points, solid_capstyle="butt", zorder=3)
        ax.plot([mark.value], [y], linestyle="none", zorder=4, **_marker(mark.sign, mark.colour, mark.hollow, points))
    _levels(ax, plot.levels, style, across=False)


def _marker(sign: Sign, colour: str, hollow: bool, points: float) -> dict[str, Any]:
    """The properties of a sign drawn as a marker."""
    size = {"tick": 0.8, "dotted": 1.2, "diamond": 0.5, "square": 0.55}.get(sign, 0.6) * points
    return {
        "marker": MARKERS.get(sign, "o"),
        "markersize": size,
        "color": colour,
        "alpha": 0.6 if sign == "tick" else 1.0,
        "markerfacecolor": "white" if hollow else colour,
        "markeredgewidth": 0.12 * points,
    }


def _matrix(ax: Axes, plot: MatrixPlot, style: FigureStyle, room: float) -> None:
    ramp = LinearSegmentedColormap.from_list("figure", list(plot.colours))
    count = len(plot.values)
    shown = ax.imshow(plot.values, cmap=ramp, vmin=plot.low, vmax=plot.high, interpolation="nearest")
    ax.set(xticks=[], yticks=[])
    for spine in ax.spines.values():
        spine.set(visible=True, color=QUIET)
    starts = [start for start, _ in plot.groups]
    for start in starts[1:]:
        ax.axhline(start - 0.5, color="white", linewidth=0.06 * style.points)
        ax.axvline(start - 0.5, color="white", linewidth=0.06 * style.points)
    ends = [*starts[1:], count][: len(starts)]
    # Names of groups that are too low for a line of text are left out.
    tall = 0.7 * min(style.width, style.height) / POINT / max(1, count)
    named = [
        ((start + end - 1) / 2, _text(name, 0.3 * room, style))
        for (start, name), end in zip(plot.groups, ends, strict=True)
        if (end - start) * tall >= style.points
    ]
    if named:
        ax.set_yticks([at for at, _ in named], [name for _, name in named])
        ax.tick_params("y", length=0)
    bar = ax.figure.colorbar(shown, ax=ax, shrink=0.85, aspect=18, pad=0.02)
    bar.set_label(_text(plot.scale, style.height / POINT, style))
    bar.outline.set(visible=False)


def _bars(ax: Axes, plot: BarsPlot, style: FigureStyle) -> None:
    ax.grid(True, axis="y")
    _scale_axis(ax, "x", plot.x, style)
    _scale_axis(ax, "y", plot.y, style)
    for bars in plot.bars:
        ax.stairs(bars.heights, bars.edges, fill=True, color=bars.colour, alpha=0.45, zorder=2)
        ax.stairs(bars.heights, bars.edges, color=bars.colour, linewidth=0.1 * style.points, zorder=3)
    ax.set_ylim(bottom=0)
    _levels(ax, plot.marks, style, across=False)


# Legend


def _handle(entry: LegendEntry, points: float) -> Any:
    if entry.sign == "line":
        return Line2D([], [], color=entry.colour, linestyle=DASHES[entry.dash % len(DASHES)])
    if entry.sign == "area":
        return Patch(facecolor=entry.colour, alpha=0.5, linewidth=0)
    return Line2D([], [], linestyle="none", **_marker(entry.sign, entry.colour, entry.hollow, points))


def _add_legend(canvas: Canvas, axes: Sequence[Axes], figure: Figure, style: FigureStyle) -> None:
    entries = list(figure.legend)
    if not entries or style.legend == "none":
        return
    if len(entries) > MOST_ENTRIES:
        left = len(entries) - MOST_ENTRIES + 1
        entries = [*entries[: MOST_ENTRIES - 1], replace(entries[-1], name=f"… +{left}", colour="#ffffff", sign="dot")]
    inside = style.legend == "inside" and len(axes) == 1
    wide = style.width / POINT
    room = (0.4 if style.legend == "right" or inside else 0.9) * wide - 4 * style.points
    names = [shortened(entry.name, room, style.points) for entry in entries]
    handles = [_handle(entry, style.points) for entry in entries]
    # Names are set afterwards: matplotlib leaves out labels that begin with an underscore.
    labels = [str(number) for number in range(len(entries))]
    if inside:
        legend = axes[0].legend(handles, labels, loc="upper right" if isinstance(figure.plots[0], MapPlot) else "best")
        legend.set_frame_on(True)
        legend.get_frame().set(facecolor="white", edgecolor="none", alpha=0.8)
    elif style.legend == "right":
        tall = max(1, int(style.height / POINT / (1.4 * style.points)) - 1)
        legend = canvas.legend(handles, labels, loc="outside right upper", ncols=math.ceil(len(entries) / tall))
    else:
        legend = canvas.legend(handles, labels, loc="outside lower center", ncols=legend_columns(names, style))
    for text, name in zip(legend.get_texts(), names, strict=True):
        text.set_text(name.replace("$", r"\$"))


def _add_scale(canvas: Canvas, axes: Sequence[Axes], scale: ColourScale, style: FigureStyle) -> None:
    """A colour bar for all plots, below or at the right of them."""
    ramp = LinearSegmentedColormap.from_list("figure", list(scale.colours))
    shown = ScalarMappable(Normalize(scale.low, scale.high), ramp)
    right = style.legend == "right"
    bar = canvas.colorbar(
        shown, ax=list(axes), location="right" if right else "bottom", shrink=0.7, aspect=30, pad=0.03, fraction=0.06
    )
    room = (style.height if right else style.width) / POINT - 2 * style.points
    bar.set_label(_text(scale.title, room, style))
    bar.outline.set(visible=False)
