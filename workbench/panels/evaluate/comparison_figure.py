"""The comparison of evaluated runs as a figure for print."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QCoreApplication

from workbench.figures.figure_data import SIGNS, Axis, Figure, FigureSource, LegendEntry, RowMark, RowsPlot, Toggle
from workbench.figures.print_colours import dashes, on_white
from workbench.i18n.figure_names import figure_name
from workbench.models.seed_groups import common_title, groups_to_draw, spread
from workbench.panels.evaluate.evaluation_text import FIGURES, Line

translate = QCoreApplication.translate

SEEDS, UNTRAINED, CHANCE = "seeds", "untrained", "chance"


def comparison_source(
    lines: Sequence[Line], data: str, chance: float | None, configs: Mapping[str, Mapping[str, Any] | None]
) -> FigureSource | None:
    """The figure of runs that were evaluated on `data`; None where there are none. `chance`: the share that is right for who names
    the most frequent class; `configs`: the settings of the runs by key, None where they are not known."""
    if not lines:
        return None
    groups = groups_to_draw({line.key: configs.get(line.key) for line in lines})
    parts = translate("Figure", "Parts")
    toggles = [Toggle(UNTRAINED, translate("Figure", "Untrained encoders, hollow"), False, group=parts)]
    if chance is not None:
        toggles.append(Toggle(CHANCE, translate("Figure", "Chance level"), True, group=parts))
    if any(len(keys) > 1 for keys in groups):
        text, help = translate("Figure", "Mean and spread over seeds"), translate("Figure", "Bar: ± one standard deviation")
        toggles.insert(0, Toggle(SEEDS, text, True, help, parts))
    kept = tuple(lines)
    return FigureSource("evaluation", "evaluation", lambda on: comparison_figure(kept, data, chance, configs, on), tuple(toggles))


def comparison_figure(
    lines: Sequence[Line],
    data: str,
    chance: float | None,
    configs: Mapping[str, Mapping[str, Any] | None],
    on: frozenset[str],
) -> Figure:
    """A row for each measured figure, in it a dot for each run with its standard error, or for each group of seeds with its
    standard deviation."""
    by_key = {line.key: line for line in lines}
    groups = groups_to_draw({key: configs.get(key) for key in by_key}) if SEEDS in on else [(key,) for key in by_key]
    parts = [part for part in FIGURES if any(part in line.trained for line in lines)]
    marks, legend = list[RowMark](), list[LegendEntry]()
    colours = [on_white(by_key[keys[0]].colour) for keys in groups]
    for number, (keys, colour, look) in enumerate(zip(groups, colours, dashes(colours), strict=True)):
        members, sign = [by_key[key] for key in keys], SIGNS[look % len(SIGNS)]
        lane = 0.9 - 1.8 * (number + 0.5) / len(groups)
        for row, part in enumerate(parts):
            values = spread(100 * line.trained[part] for line in members if part in line.trained)
            if values is None:
                continue
            error = values.deviation if values.count > 1 else 100 * (members[0].error(part) or 0.0)
            bar = 0.0 if math.isnan(error) else error
            marks.append(RowMark(row, values.mean, colour, sign, values.mean - bar, values.mean + bar, lane))
            before = spread(100 * line.untrained[part] for line in members if part in line.untrained)
            if before is not None and UNTRAINED in on:
                marks.append(RowMark(row, before.mean, colour, sign, lane=lane, hollow=True))
        # All are on the same data, which the title names.
        title = common_title([line.title for line in members]).removesuffix(f" · {data}")
        if len(members) > 1:
            title = translate("Figure", "{0}, {1} seeds ± s.d.").format(title, len(members))
        legend.append(LegendEntry(title, colour, sign))
    single = not any(len(keys) > 1 for keys in groups)
    title = translate("Figure", "Test accuracy (%); bars: standard error") if single else translate("Figure", "Test accuracy (%)")
    levels = ((100 * chance, translate("Figure", "chance")),) if chance is not None and CHANCE in on else ()
    plot = RowsPlot("", Axis(title), tuple(figure_name(part) for part in parts), tuple(marks), levels=levels)
    return Figure(translate("Figure", "Evaluation on {0}").format(data), (plot,), tuple(legend))
