"""The curves of one plot: those of single runs and the means over seeds, with the plot's caption and the legend of the means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from engine.catalogue import methods
from workbench.i18n.engine_texts import engine_text
from workbench.i18n.titles import title_of as setting_title
from workbench.models.axis_groups import AxisGroup
from workbench.models.mean_series import MeanSeries
from workbench.models.seed_groups import SeedGroup, common_title
from workbench.panels.curves.curve_card import Entry
from workbench.panels.curves.history import History
from workbench.plots.curve import Mark
from workbench.plots.series import Series

NAMED = 3  # settings that are named where they differ
translate = QCoreApplication.translate

Means = dict[tuple[str, ...], MeanSeries]  # by the figure's name and the runs' keys


class PanelRun:
    """A run in the panel, shown or hidden, with all that was measured of it."""

    def __init__(self, title: str, colour: str, method: str, data: str) -> None:
        self.title, self.colour, self.method, self.data = title, colour, method, data
        self.shown, self.history = True, History()
        self.marks_of: list[Mark] = []  # those that were last put into words
        self.marks: list[Mark] = []
        self.reading: float | None = None  # share of its metrics that has been read, while they are read
        self.connected: tuple[object, ...] = ()  # what its curves were when they were last given to the plots

    def state(self) -> tuple[object, ...]:
        """What decides which curves it has."""
        return (self.history.stage, *map(id, self.history.series.values()))


def plot_entries(
    name: str, series: Mapping[str, Series], runs: Mapping[str, PanelRun], groups: Sequence[SeedGroup], known: Means
) -> tuple[dict[str, Entry], Means]:
    """The curves of one plot of the figure `name`: of runs, and means of runs that are equal but for the seed; and those means,
    some of them from `known`."""
    entries: dict[str, Entry] = {}
    means: Means = {}
    averaged: set[str] = set()
    for group in groups:
        keys = tuple(key for key in group.keys if key in series)
        if len(keys) < 2:
            continue
        averaged.update((*group.keys, *group.repeats))
        members = tuple(series[key] for key in keys)
        mean = known.get((name, *keys))
        if mean is None or any(one is not other for one, other in zip(mean.members, members, strict=True)):
            mean = MeanSeries(members)
        means[(name, *keys)] = mean
        entries[f"seeds:{keys[0]}"] = Entry(mean, _mean_title([runs[key] for key in keys]), runs[group.keys[0]].colour)
    for key, one in series.items():
        if key not in averaged:
            entries[key] = Entry(one, runs[key].title, runs[key].colour)
    return entries, means


def caption(group: AxisGroup, groups: int) -> tuple[str, str]:
    """What the runs of one of a card's plots have in common and where they differ, where that must be said; and why."""
    words, why = [], []
    if groups > 1:
        parts = [_method_title(group.method), translate("CurvesPanel", "stage “{0}”").format(group.stage) if group.stage else ""]
        parts += [engine_text(Path(group.data).name) if group.data else ""]
        count = len(group.keys)
        parts += [translate("CurvesPanel", "1 run") if count == 1 else translate("CurvesPanel", "{0} runs").format(count)]
        words += [part for part in parts if part]
        if group.method:
            why.append(translate("CurvesPanel", "Runs of another method have another loss: they are drawn in a plot of their own."))
        if group.data:
            why.append(
                translate("CurvesPanel", "What is measured on other data cannot be compared: it is drawn in a plot of its own.")
            )
    if group.differing:
        named = [engine_text(setting_title(key.rpartition(".")[2])) for key in group.differing]
        data = translate("CurvesPanel", "Data")
        named = [data if key == "data.source" else text for key, text in zip(group.differing, named, strict=True)]
        more = "…" if len(named) > NAMED else ""
        words.append(translate("CurvesPanel", "not equal: {0}").format(", ".join(named[:NAMED]) + more))
        text = translate(
            "CurvesPanel",
            "These runs differ in {0}, on which the values depend: compare their course rather than their height.",
        )
        why.append(text.format(", ".join(named)))
    return " · ".join(words), "\n".join(why)


def legend(runs: Mapping[str, PanelRun], groups: Sequence[SeedGroup], unread: int, reading: bool) -> str:
    """What each mean is of, as rich text. `unread`: runs whose settings are not known; `reading`: they are being read."""
    lines = []
    for group in groups:
        if len(group.keys) > 1:
            members = [runs[key] for key in group.keys]
            seeds = translate("CurvesPanel", "{0} seeds").format(len(members))
            if group.repeats:
                seeds += translate("CurvesPanel", ", {0} with a seed again left out").format(len(group.repeats))
            title = escape(_mean_title(members))
            lines.append(f"<span style='color:{members[0].colour}'>●</span>&nbsp;{title}&nbsp;({escape(seeds)})")
    if lines:
        lines.insert(0, escape(translate("CurvesPanel", "Mean ± standard deviation:")))
    elif not unread:
        lines.append(escape(translate("CurvesPanel", "No two of the runs shown are equal but for the seed.")))
    if unread and reading:
        lines.append(escape(translate("CurvesPanel", "Reading the settings of {0} runs…").format(unread)))
    return "&nbsp;&nbsp; ".join(lines)


def _mean_title(runs: Sequence[PanelRun]) -> str:
    return common_title([run.title for run in runs], f"{_method_title(runs[0].method)} · {Path(runs[0].data).name}")


def _method_title(id: str) -> str:
    """A method's title; an unknown one goes by its id."""
    return next((entry.title for entry in methods() if entry.id == id), id)
