"""The chart of runs as a figure for print: one figure of theirs against a setting, with means over seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QCoreApplication

from engine.catalogue import methods
from engine.config.difference import equal, written
from workbench.figures.figure_data import SIGNS, Axis, Dot, DotsPlot, Figure, FigureSource, LegendEntry, Toggle
from workbench.figures.print_colours import dashes, on_white
from workbench.i18n.titles import title_of as setting_title
from workbench.models import columns
from workbench.models.runs import RunRow
from workbench.models.seed_groups import common_title, groups_to_draw, spread
from workbench.theme.palette import LIGHT

translate = QCoreApplication.translate

SEEDS = "seeds"
MOST_CHOICES = 12
ALWAYS = ("time", "epoch", "speed", "method", "data", "backbone")


@dataclass(frozen=True)
class RunPoint:
    """A run in the chart: a number `x`, or the place of its category, and the figure `y`. `hue`: its colour number."""

    key: str
    title: str
    hue: int
    x: float
    y: float


@dataclass(frozen=True, eq=False)
class ShownRuns:
    """The chart of runs. `across`, `up`: the names of its columns; `names`: of the categories on x, () where x is a number.
    `configs`: the settings of the runs by key, None where they are not known; `log_x`: whether x is logarithmic."""

    points: tuple[RunPoint, ...]
    across: str
    up: str
    names: tuple[str, ...]
    configs: Mapping[str, Mapping[str, Any] | None]
    log_x: bool = False


def points_of(
    rows: Sequence[RunRow], configs: Mapping[str, Mapping[str, Any] | None], across: str, up: str
) -> tuple[tuple[RunPoint, ...], tuple[str, ...]]:
    """The runs that have a value in both columns, and the names of the categories on x, none where x is a number."""
    points = [(row, value_of(row, across, configs), value_of(row, up, configs)) for row in rows]
    whole = [(row, x, y) for row, x, y in points if x is not None and x != "" and y is not None]
    if all(isinstance(x, (int, float)) and not isinstance(x, bool) for _, x, _ in whole):
        return tuple(RunPoint(row.key, row.title, row.hue, float(x), float(y)) for row, x, y in whole), ()
    # A choice may be a list, which is no key of a dict: its text is.
    names = tuple(sorted({written(x) for _, x, _ in whole}))
    positions = {name: float(position) for position, name in enumerate(names)}
    return tuple(RunPoint(row.key, row.title, row.hue, positions[written(x)], float(y)) for row, x, y in whole), names


def value_of(row: RunRow, name: str, configs: Mapping[str, Mapping[str, Any] | None]) -> Any:
    """The value of a run in a column; None for the column ""."""
    return columns.value_of(row, name, configs.get(row.key)) if name else None


def columns_across(configs: Sequence[Mapping[str, Any]], without: Sequence[str] = ()) -> tuple[tuple[str, ...], str]:
    """The columns that x can be, and the usual one: the settings in which the runs differ, numbers before choices, then facts.
    Other settings of another method do not explain its figures: the method does."""
    names = tuple(name for name in (*_differing(configs), *ALWAYS) if name not in without)
    return names, "method.id" if "method.id" in names else names[0]


def _differing(configs: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Settings that are not the same in all, numbers before choices."""
    if len(configs) < 2:
        return ()
    names = dict.fromkeys(name for config in configs for name in config)
    result = []
    for name in names:
        values = [config[name] for config in configs if name in config]
        if len(values) > 1 and any(not equal(values[0], value) for value in values[1:]):
            result.append((not isinstance(values[0], (int, float)) or isinstance(values[0], bool), name))
    return tuple(name for _, name in sorted(result, key=lambda pair: pair[0]))


def runs_source(shown: ShownRuns) -> FigureSource | None:
    """The figure of the chart; None where it has no run."""
    if not shown.points:
        return None
    toggles = []
    if any(len(keys) > 1 for keys in groups_to_draw({point.key: shown.configs.get(point.key) for point in shown.points})):
        text, help = translate("Figure", "Mean and spread over seeds"), translate("Figure", "Bar: ± one standard deviation")
        toggles.append(Toggle(SEEDS, text, True, help, translate("Figure", "Parts")))
    return FigureSource("runs", f"{shown.up}_{shown.across}".replace(".", "_"), lambda on: runs_figure(shown, on), tuple(toggles))


def runs_figure(shown: ShownRuns, on: frozenset[str]) -> Figure:
    """A dot for each run; with SEEDS a dot with a bar for runs that are equal but for the seed, behind it a small one for each."""
    (x_title, x_scale), (y_title, y_scale) = with_unit(shown.across), with_unit(shown.up)
    if shown.names:
        x_scale = 1.0
    by_key = {point.key: point for point in shown.points}
    configs = {key: shown.configs.get(key) for key in by_key}
    groups = groups_to_draw(configs) if SEEDS in on else [(key,) for key in by_key]
    colours = [on_white(LIGHT.hue(by_key[keys[0]].hue)) for keys in groups]
    dots, legend = list[Dot](), list[LegendEntry]()
    for keys, colour, look in zip(groups, colours, dashes(colours), strict=True):
        points, sign = [by_key[key] for key in keys], SIGNS[look % len(SIGNS)]
        values = spread(point.y * y_scale for point in points)
        if values is None:
            continue
        title = points[0].title
        if len(points) > 1:
            dots += [Dot(point.x * x_scale, point.y * y_scale, colour, hollow=True, sign=sign) for point in points]
            title = translate("Figure", "{0}, {1} seeds ± s.d.").format(
                common_title([point.title for point in points]), len(points)
            )
        x = sum(point.x for point in points) / len(points) * x_scale
        dots.append(Dot(x, values.mean, colour, values.deviation if values.count > 1 else 0.0, sign=sign))
        legend.append(LegendEntry(title, colour, sign))
    names = shown.names
    if shown.across in ("method", "method.id"):
        titles = {entry.id: entry.title for entry in methods()}
        names = tuple(titles.get(name, name) for name in names)
    plot = DotsPlot("", Axis(x_title, log=shown.log_x, names=names), Axis(y_title), tuple(dots))
    return Figure(translate("Figure", "{0} against {1}").format(y_title, x_title), (plot,), tuple(legend))


def with_unit(name: str) -> tuple[str, float]:
    """The title of a column as that of an axis with its unit, and what its values are multiplied by."""
    if name == "method.id":
        name = "method"
    title = setting_title(name.rpartition(".")[2]) if columns.is_setting(name) else columns.title_of(name)
    if name in ("best", "gain", "last.knn") or name.startswith(columns.EVALUATION):
        return f"{title} (%)", 100.0
    if name == "time":
        return f"{title} (min)", 1 / 60
    return title, 1.0
