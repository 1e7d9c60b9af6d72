"""Figures of runs without a window: the same sources as those of the panels, made from the runs' folders.

A run is called and coloured as in the list of runs. Errors are ConfigErrors that name the option."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF

from engine.config.difference import flatten
from engine.config.errors import ConfigError, complain
from engine.embed.map_kinds import KINDS
from engine.embed.scale import parameters
from engine.runs.reader import read_config, read_metrics, snapshots
from engine.runs.run_store import Changes, RunSummary, summary_of
from workbench.bridge.answers import EngineAnswers
from workbench.bridge.data_questions import GetLabels, Labels
from workbench.bridge.evaluate_questions import ReadEvaluations
from workbench.bridge.invariance_questions import ReadInvariance
from workbench.bridge.map_questions import MAP_TITLES, Map, MapSnapshot
from workbench.bridge.pair_questions import InspectPairs, MeasureStrength
from workbench.bridge.run_data import run_data, same_data
from workbench.bridge.versus_questions import LayMap
from workbench.figures.figure_data import Figure, FigureSource
from workbench.i18n.data_names import data_name
from workbench.models.axis_groups import AxisFacts, axis_groups
from workbench.models.columns import figures_of
from workbench.models.runs import RunsModel
from workbench.models.seed_groups import seed_groups
from workbench.panels.curves.card_texts import chance_levels
from workbench.panels.curves.curve_groups import PanelRun, caption, plot_entries
from workbench.panels.curves.curves_figure import ShownPlot, curves_source
from workbench.panels.curves.metric_names import is_noisy, title_of
from workbench.panels.embedding.embedding_figure import ShownMap, map_source
from workbench.panels.evaluate.comparable_runs import chance_for, line_of
from workbench.panels.evaluate.comparison_figure import comparison_source
from workbench.panels.evaluate.evaluation_text import Line
from workbench.panels.invariance.factor_text import epoch_name
from workbench.panels.invariance.invariance_figure import invariance_source
from workbench.panels.pairs.pair_data import PairData
from workbench.panels.pairs.pairs_figure import pairs_source, shown_strength
from workbench.panels.runs.runs_figure import MOST_CHOICES, ShownRuns, columns_across, points_of, runs_source
from workbench.panels.versus.map_link import FEWEST, Pool, link, of_one_set, of_two_sets
from workbench.panels.versus.space_choice import (
    EMBEDDING,
    FEATURES,
    FIRST,
    LAST,
    LAST_KNOWN,
    SpaceChoice,
    nearest_choice,
    read_run_spaces,
)
from workbench.panels.versus.versus_figure import ShownSide, side_title, versus_source
from workbench.plots.series import XKind, spans_decades
from workbench.samples.colouring import Colouring, colour
from workbench.samples.map_figure import map_figure, map_plot
from workbench.theme.palette import LIGHT

# Bytes of metrics that are read at a time.
_READ = 1 << 22


@dataclass(frozen=True)
class Choices:
    """What is shown of the runs. `plots`: names of metrics, `x`: over what, `smoothing`: the weight of the past, `log_x`, `log_y`:
    axes, all of curves. `map`, `space`, `epochs`, `colour_by`: of maps; `epochs` of invariance, too; `other_space`: of the right
    one of two maps, "" for the same. `split`, `images`, `seed`, `order`: of pairs, `operation`: "" for no curve of its strength.
    `up`, `across`: columns of the chart of runs, "" for the usual one."""

    plots: tuple[str, ...] = ("loss",)
    x: XKind = "step"
    smoothing: float = 0.0
    log_x: bool = False
    log_y: bool = False
    map: str = "umap"
    space: str = "features"
    epochs: tuple[int, ...] = ()
    colour_by: str = "class"
    other_space: str = ""
    split: str = "validation"
    images: int = 128
    seed: int = 0
    order: str = "class"
    operation: str = ""
    up: str = "best"
    across: str = ""


Progress = Callable[[float], None]


def source_of(kind: str, folders: Sequence[Path], choices: Choices, progress: Progress) -> FigureSource:
    """The figure of a kind, one of SOURCES. ConfigError where the runs do not have what it shows."""
    answers = EngineAnswers()
    try:
        return SOURCES[kind]([summary_of(folder) for folder in folders], choices, answers, progress)
    finally:
        answers.close()


def _colour(runs: Sequence[RunSummary], number: int) -> str:
    known = runs[number].colour
    return LIGHT.run_colour(number if known is None else known)


def _config(run: RunSummary) -> dict[str, Any] | None:
    try:
        return flatten(read_config(run.folder))
    except ConfigError:
        return None


def _one(runs: Sequence[RunSummary], kind: str, remedy: str) -> RunSummary:
    if len(runs) != 1:
        raise complain("RUN", f"one run for --kind {kind}", f"{len(runs)} runs", remedy)
    return runs[0]


# Curves


def _curves(runs: Sequence[RunSummary], choices: Choices, answers: EngineAnswers, progress: Progress) -> FigureSource:
    members: dict[str, PanelRun] = {}
    configs = {}
    for number, run in enumerate(runs):
        key = str(run.folder)
        members[key] = PanelRun(run.title, _colour(runs, number), run.status.method, run.status.data)
        configs[key] = _config(run)
        offset = 0
        while True:
            lines, after = read_metrics(run.folder, offset, _READ)
            members[key].history.take_lines(lines)
            if after <= offset:
                break
            offset = after
        progress((number + 1) / len(runs))
    groups = seed_groups(configs)
    plots = []
    for name in choices.plots:
        series = {key: one for key, run in members.items() if (one := run.history.drawn(name)) is not None and one.size}
        if not series:
            known = dict.fromkeys(one for run in members.values() for one in run.history.series)
            allowed = f"one of {', '.join(known)}" if known else "of runs that measured something"
            raise complain("--plots", allowed, name)
        facts = {key: AxisFacts(members[key].method, members[key].data, members[key].history.stage, configs[key]) for key in series}
        axes = axis_groups(name, facts)
        for axis in axes:
            entries, _ = plot_entries(name, {key: series[key] for key in axis.keys}, members, groups, {})
            levels = chance_levels(members[key] for key in axis.keys) if name == "loss" else []
            plots.append(
                ShownPlot(
                    name,
                    title_of(name),
                    tuple(entries.values()),
                    choices.x,
                    caption(axis, len(axes))[0] if len(axes) > 1 else "",
                    choices.smoothing if is_noisy(name) else 0.0,
                    choices.log_x,
                    choices.log_y,
                    tuple(levels) or (((1.0, ""),) if name == "diagnostics.std" else ()),
                )
            )
    source = curves_source(plots)
    assert source is not None  # each plot has a curve
    return source


# Maps


def _maps(runs: Sequence[RunSummary], choices: Choices, answers: EngineAnswers, progress: Progress) -> FigureSource:
    run = _one(runs, "map", "Several maps of one run: --epochs 0 10 50.")
    if choices.map not in KINDS:
        raise complain("--map", f"one of {', '.join(KINDS)}", choices.map)
    known = list(snapshots(run.folder))
    if not known:
        raise complain("RUN", "a run with a snapshot of its features", str(run.folder), "It is written at its first validation.")
    epochs = choices.epochs or (known[-1],)
    for epoch in epochs:
        if epoch not in known:
            raise complain("--epochs", f"of snapshots of the run: {', '.join(map(str, known))}", epoch)
    folder, maps = str(run.folder), list[Map]()
    for number, epoch in enumerate(epochs):
        values: dict[str, Any] = dict(parameters(choices.map, 0.5))
        question = MapSnapshot(folder, epoch, choices.map, space=choices.space, **values)
        maps.append(answers(question, _part(progress, number, len(epochs)), lambda: True))
    colouring = _colouring(maps, choices.colour_by, run, answers)
    ends = np.cumsum([len(one.xy) for one in maps])[:-1]
    codes = np.split(colouring.codes, ends)
    unit = _unit(colouring)
    title = " · ".join((run.title, MAP_TITLES.get(choices.map, choices.map)))
    column = data_name(choices.colour_by)
    if len(maps) == 1:
        alive = np.ones(len(maps[0].xy), bool)
        text = f"{title} · {epoch_name(epochs[0])}"
        return map_source(ShownMap(text, maps[0], maps[0].xy, codes[0], alive, colouring, column, unit, QRectF()))

    def make(on: frozenset[str]) -> Figure:
        plots = tuple(
            map_plot(epoch_name(one.epoch), one, one.xy, part, np.ones(len(one.xy), bool), colouring)
            for one, part in zip(maps, codes, strict=True)
        )
        return map_figure(title, plots, colouring, column, unit)

    return FigureSource("map", f"{choices.map}_epochs", make)


def _part(progress: Progress, number: int, count: int) -> Progress:
    return lambda share: progress((number + share) / count)


def _colouring(maps: Sequence[Map], column: str, run: RunSummary, answers: EngineAnswers) -> Colouring:
    """One colouring of the points of all maps, one map after another."""
    index, stored = (np.concatenate([getattr(one, name) for one in maps]) for name in ("index", "label"))
    return colour(_labels(index, stored, column, run, answers), column)


def _unit(colouring: Colouring) -> str:
    return "°" if not colouring.entries and colouring.high == 360.0 else ""


def _labels(index: NDArray[np.int64], stored: NDArray[np.int64], column: str, run: RunSummary, answers: EngineAnswers) -> Labels:
    """The labels of samples (n,), with this column. `stored`: (n,) their classes in the snapshot."""
    data = run_data(str(run.folder))
    try:
        if data is None:
            raise complain("RUN", "a run whose config can be read", str(run.folder))
        labels = answers(GetLabels(data, tuple(int(one) for one in index)), lambda share: None, lambda: True)
    except ConfigError:
        if column != "class":
            raise
        # The snapshot has the classes, without their names.
        labels = Labels({"class": stored}, {}, {"class": "category"})
    if column not in labels.columns:
        raise complain("--colour-by", f"one of {', '.join(labels.columns)}", column)
    return labels


# Invariance, evaluation


def _invariance(runs: Sequence[RunSummary], choices: Choices, answers: EngineAnswers, progress: Progress) -> FigureSource:
    if len(runs) > 2:
        raise complain("RUN", "one run or two for --kind invariance", f"{len(runs)} runs")
    results = []
    for run in runs:
        stored = answers(ReadInvariance(str(run.folder)), progress, lambda: True)
        if stored.result is None:
            remedy = f"Measure it first: python -m engine invariance {run.folder}"
            raise complain("RUN", "a run whose invariance was measured", str(run.folder), remedy)
        results.append(stored.result)
    result = results[0]
    if len(choices.epochs) > 1:
        raise complain("--epochs", "one epoch for --kind invariance", " ".join(map(str, choices.epochs)))
    epoch = choices.epochs[0] if choices.epochs else result.epochs[-1]
    if epoch not in result.epochs:
        raise complain("--epochs", f"one that was measured: {', '.join(map(str, result.epochs))}", epoch)
    title = f"{runs[0].title}, {epoch_name(epoch)}"
    if len(runs) == 1:
        return invariance_source(result, epoch, title)
    return invariance_source(result, epoch, title, results[1], runs[1].title)


def _evaluation(runs: Sequence[RunSummary], choices: Choices, answers: EngineAnswers, progress: Progress) -> FigureSource:
    folders = tuple(str(run.folder) for run in runs)
    kept = answers(ReadEvaluations(folders), progress, lambda: True)
    lines, first = list[Line](), None
    for number, (run, folder) in enumerate(zip(runs, folders, strict=True)):
        evaluation = kept[folder].evaluation
        figures = evaluation.at(None) if evaluation is not None else {}
        if evaluation is None or not figures:
            remedy = f"Evaluate it first: python -m engine evaluate {folder}"
            raise complain("RUN", "a run that was evaluated", folder, remedy)
        first = first or evaluation
        if evaluation.digest != first.digest:
            remedy = f"Its figures cannot be compared with those of {folders[0]}."
            raise complain("RUN", f"of runs that were evaluated on the same images ({first.data})", evaluation.data, remedy)
        lines.append(line_of(folder, run.title, _colour(runs, number), evaluation, kept[folder].stale))
    assert first is not None
    source = comparison_source(lines, first.data, chance_for(lines, first.chance), {str(run.folder): _config(run) for run in runs})
    assert source is not None
    return source


# Pairs


def _pairs(runs: Sequence[RunSummary], choices: Choices, answers: EngineAnswers, progress: Progress) -> FigureSource:
    run = _one(runs, "pairs", "Draw one figure for each run.")
    if len(choices.epochs) > 1:
        raise complain("--epochs", "one epoch for --kind pairs", " ".join(map(str, choices.epochs)))
    folder, epoch = str(run.folder), choices.epochs[0] if choices.epochs else None
    drawn: dict[str, Any] = {"split": choices.split, "images": choices.images, "seed": choices.seed, "epoch": epoch}
    parts = 2 if choices.operation else 1
    pairs = answers(InspectPairs(folder, **drawn), _part(progress, 0, parts), lambda: True)
    if choices.space not in pairs.spaces:
        raise complain("--space", f"one of {', '.join(pairs.spaces)}", choices.space)
    strength = None
    if choices.operation:
        # On as many images as in the window.
        question = MeasureStrength(folder, choices.operation, choices.split, seed=choices.seed, epoch=epoch)
        strength = shown_strength(answers(question, _part(progress, 1, parts), lambda: True), choices.space)
    shown = PairData(pairs, choices.space)
    order, groups = shown.grouped(choices.order)
    return pairs_source(shown, order, groups, strength, run.title, strength is not None)


# Side by side


def _versus(runs: Sequence[RunSummary], choices: Choices, answers: EngineAnswers, progress: Progress) -> FigureSource:
    if len(runs) > 2:
        raise complain("RUN", "one run or two for --kind versus", f"{len(runs)} runs")
    if choices.map not in KINDS:
        raise complain("--map", f"one of {', '.join(KINDS)}", choices.map)
    chosen = _spaces_side_by_side([str(run.folder) for run in runs], choices)
    values: dict[str, Any] = dict(parameters(choices.map, 0.5))
    maps = [
        answers(
            MapSnapshot(one.folder, one.epoch, choices.map, space=one.space, **values), _part(progress, number, 2), lambda: True
        )
        for number, one in enumerate(chosen)
    ]
    data = [run_data(one.folder) for one in chosen]
    joined = link(maps[0].index, maps[1].index, same_data(*data))
    right = maps[1].xy
    if len(joined.index) >= FEWEST:
        question = LayMap(right, joined.rows[1], maps[0].xy[joined.rows[0]])
        right = answers(question, lambda share: None, lambda: True)
    pool = _pool(maps, (runs[0], runs[-1]), same_data(*data), choices.colour_by, answers)
    colouring = colour(pool.labels, choices.colour_by)
    sides = [
        ShownSide(side_title(run.title, one.epoch, one.space), shown, xy, colouring.codes[rows], np.ones(len(xy), bool))
        for run, one, shown, xy, rows in zip((runs[0], runs[-1]), chosen, maps, (maps[0].xy, right), pool.rows, strict=True)
    ]
    return versus_source(sides, colouring, data_name(choices.colour_by), _unit(colouring))


def _spaces_side_by_side(folders: Sequence[str], choices: Choices) -> tuple[SpaceChoice, SpaceChoice]:
    """The run, epoch and space of each map. Without epochs: the first and the last of one run, the last ones of two; of two spaces
    the last epoch at which the projector is known."""
    spaces = choices.space, choices.other_space or choices.space
    alike = len(folders) == 1 and spaces[0] == spaces[1]
    usual = (FIRST, LAST) if alike else (LAST_KNOWN, LAST_KNOWN) if EMBEDDING in spaces else (LAST, LAST)
    if len(choices.epochs) > 2:
        raise complain("--epochs", "one epoch or two for --kind versus", " ".join(map(str, choices.epochs)))
    epochs = (choices.epochs[0], choices.epochs[-1]) if choices.epochs else usual
    made = []
    for folder, space, epoch in zip((folders[0], folders[-1]), spaces, epochs, strict=True):
        known = read_run_spaces(folder)
        if not known.epochs:
            raise complain("RUN", "a run with a snapshot of its features", folder, "It is written at its first validation.")
        if not known.available(space):
            raise complain("--space", f"{FEATURES} for a run without a checkpoint of its projector", space)
        if epoch >= 0 and epoch not in known.available(space):
            raise complain("--epochs", f"among {', '.join(map(str, known.available(space)))} for {space} of {folder}", epoch)
        made.append(nearest_choice(SpaceChoice(folder, epoch, space), known))
    if made[0] == made[1]:
        raise complain("--epochs", "two that differ, where run and space are the same", made[0].epoch)
    return made[0], made[1]


def _pool(maps: Sequence[Map], runs: Sequence[RunSummary], same: bool, column: str, answers: EngineAnswers) -> Pool:
    """The labels of the samples on both maps."""
    if same:
        index, first = np.unique(np.concatenate([one.index for one in maps]), return_index=True)
        stored = np.concatenate([one.label for one in maps])[first]
        return of_one_set(index, _labels(index, stored, column, runs[0], answers), (maps[0].index, maps[1].index))
    left, right = (_labels(one.index, one.label, column, run, answers) for one, run in zip(maps, runs, strict=True))
    pool = of_two_sets(left, right)
    if column not in pool.labels.columns:
        raise complain("--colour-by", f"one of {', '.join(pool.labels.columns)}, which both runs have", column)
    return pool


# Chart of runs


def _runs(runs: Sequence[RunSummary], choices: Choices, answers: EngineAnswers, progress: Progress) -> FigureSource:
    model = RunsModel()
    model.apply(Changes(added=tuple(runs)))
    configs = {str(run.folder): _config(run) for run in runs}
    rows = model.rows()
    known = dict.fromkeys(name for row in rows for name in figures_of(row))
    if choices.up not in known:
        raise complain("--up", f"one of {', '.join(known)}" if known else "of runs that measured something", choices.up)
    across, usual = columns_across([config for config in configs.values() if config is not None])
    x = choices.across or usual
    settings = {name for config in configs.values() for name in config or ()}
    if x not in (*across, *settings):
        raise complain("--across", f"a setting, or one of {', '.join(across)}", x)
    points, names = points_of(rows, configs, x, choices.up)
    if not points:
        raise complain("--across", f"one that a run with {choices.up} has", x)
    if len(names) > MOST_CHOICES:
        raise complain("--across", f"one with at most {MOST_CHOICES} different values", x)
    log = not names and x != "time" and spans_decades([point.x for point in points])
    source = runs_source(ShownRuns(points, x, choices.up, names, configs, choices.log_x or log))
    assert source is not None  # it has a point
    return source


Make = Callable[[Sequence[RunSummary], Choices, EngineAnswers, Progress], FigureSource]
SOURCES: dict[str, Make] = {
    "curves": _curves,
    "map": _maps,
    "invariance": _invariance,
    "evaluation": _evaluation,
    "pairs": _pairs,
    "versus": _versus,
    "runs": _runs,
}
