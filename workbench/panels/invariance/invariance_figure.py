"""The chart of kept factors as a figure for print."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from engine.runs.invariance_file import DISCARDED, KEPT, Invariance
from workbench.figures.figure_data import Axis, Figure, FigureSource, LegendEntry, RowMark, RowsPlot, Sign, Span, Toggle
from workbench.figures.print_colours import QUIET, on_white
from workbench.panels.invariance.factor_text import factor_name, group_name, same, space_name, verdict_name
from workbench.theme.palette import LIGHT

translate = QCoreApplication.translate

UNTRAINED, PIXELS, RANGES = "untrained", "pixels", "ranges"
SIGNS: tuple[Sign, ...] = ("dot", "diamond")
PICTURE = 0.05  # of the axis, beside the least and the largest value


def invariance_source(
    result: Invariance, epoch: int, title: str, other: Invariance | None = None, other_title: str = ""
) -> FigureSource:
    """The factors of a run after an epoch, and of another run at its newest. `title`, `other_title`: of the runs."""
    parts = translate("Figure", "Parts")
    toggles = (
        Toggle(UNTRAINED, translate("Figure", "Untrained encoder, a short tick"), group=parts),
        Toggle(PIXELS, translate("Figure", "8 × 8 pixels, a long tick"), group=parts),
        Toggle(RANGES, translate("Figure", "Ranges of kept and discarded"), group=parts),
    )
    name = f"invariance_{result.run}_epoch_{epoch:03d}"
    return FigureSource("invariance", name, lambda on: invariance_figure(result, epoch, title, other, other_title, on), toggles)


def invariance_figure(
    result: Invariance, epoch: int, title: str, other: Invariance | None, other_title: str, on: frozenset[str]
) -> Figure:
    """A row for each factor: its readings in each space with their intervals."""
    rows, headings, marks = list[str](), set[int](), list[RowMark]()
    colours = [on_white(LIGHT.hue(number)) for number in range(len(result.spaces))]
    epochs = epoch, other.last if other is not None else 0
    group = ""
    for factor in result.factors:
        if factor.group != group:
            group = factor.group
            headings.add(len(rows))
            rows.append(group_name(factor.group))
        row = len(rows)
        rows.append(factor_name(factor.name))
        if PIXELS in on:
            marks.append(RowMark(row, factor.pixels.kept, QUIET, "dotted"))
        for number, space in enumerate(result.spaces):
            lane = 1 - 2 * (number + 1) / (len(result.spaces) + 1)
            sign, colour = SIGNS[number % len(SIGNS)], colours[number]
            reading, before = factor.at(space, epoch), factor.at(space, 0)
            if before is not None and UNTRAINED in on and epoch != 0:
                marks.append(RowMark(row, before.kept, colour, "tick", lane=lane))
            pair = same(factor, other, space, epochs)
            if pair is not None:
                marks.append(RowMark(row, pair[1].kept, colour, sign, pair[1].kept_low, pair[1].kept_high, lane, hollow=True))
            if reading is not None:
                marks.append(RowMark(row, reading.kept, colour, sign, reading.kept_low, reading.kept_high, lane))
    ends = [value for mark in marks for value in (mark.value, mark.low, mark.high) if value is not None]
    axis = Axis(
        translate("Figure", "Kept (0: chance level, 1: perfect; bars: 95 % interval)"),
        low=min([0.0, *ends]) - PICTURE,
        high=max([1.0, *ends]) + PICTURE,
    )
    spans = (
        Span(0.0, DISCARDED, on_white(LIGHT.bad), verdict_name("discarded")),
        Span(KEPT, 1.0, on_white(LIGHT.good), verdict_name("kept")),
    )
    plot = RowsPlot("", axis, tuple(rows), tuple(marks), frozenset(headings), spans if RANGES in on else ())
    legend = _legend(result, colours, title, other, other_title, on)
    return Figure(title if other is None else f"{title} – {other_title}", (plot,), legend)


def _legend(
    result: Invariance, colours: list[str], title: str, other: Invariance | None, other_title: str, on: frozenset[str]
) -> tuple[LegendEntry, ...]:
    entries = []
    for run, hollow in [(title, False), (other_title, True)][: 1 if other is None else 2]:
        for number, space in enumerate(result.spaces):
            name = space_name(space) if other is None else f"{space_name(space)}, {run}"
            entries.append(LegendEntry(name, colours[number], SIGNS[number % len(SIGNS)], hollow=hollow))
    if UNTRAINED in on:
        entries.append(LegendEntry(translate("Figure", "untrained"), QUIET, "tick"))
    if PIXELS in on:
        entries.append(LegendEntry(translate("Figure", "8 × 8 pixels"), QUIET, "dotted"))
    return tuple(entries)
