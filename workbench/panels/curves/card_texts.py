"""The texts on the cards of the curves: how a plot is drawn, the last value, why there is none, and the words of marks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QCoreApplication

from workbench.models.columns import share, signed
from workbench.models.mean_series import MeanSeries
from workbench.panels.curves.curve_card import CurveCard, Entry
from workbench.panels.curves.curve_groups import PanelRun
from workbench.panels.curves.curves_toolbar import CurvesToolbar
from workbench.plots.base import number
from workbench.plots.curve import CurvePlot, Mark

translate = QCoreApplication.translate


def scale_text(name: str, runs: Iterable[PanelRun], tools: CurvesToolbar) -> str:
    """How the large plot, of the figure `name`, is drawn."""
    words = []
    if name == "loss":
        stages = sorted({run.history.stage for run in runs if run.shown and run.history.stage})
        words += [translate("CurvesPanel", "in its first stage, “{0}”").format(stage) for stage in stages]
    scale = translate("CurvesPanel", "log") if tools.log_y.isChecked() else translate("CurvesPanel", "linear")
    weight = f"{tools.smoothing:.3f}".rstrip("0").rstrip(".").removeprefix("0") or "0"
    text = translate("CurvesPanel", "smoothing {0} · {1} · {2}")
    words.append(text.format(weight, tools.x.currentText().lower(), scale))
    return " · ".join(words)


def value_text(card: CurveCard) -> tuple[str, tuple[str, ...]]:
    """The text in the head of a card of measured values, and shorter ones."""
    if card.name == "diagnostics.std":
        return translate("CurvesPanel", "1 = isotropic"), ()
    if not card.groups:
        return "", ()
    entries = card.groups[0].entries
    if card.name == "eval.knn":
        return _knn_text(card.plot, entries)
    values = list(entries.values())[-1].series.y
    return number(float(values[-1]), 3) if len(values) else "", ()


def empty_text(name: str, lead: bool, runs: Iterable[PanelRun]) -> str:
    """Why a plot of the figure `name` has no curve. `lead`: it is the large one."""
    runs = list(runs)
    if not runs:
        return translate("CurvesPanel", "Start a run in Prepare, or choose one on the left.") if lead else ""
    reading = [run.reading for run in runs if run.shown and run.reading is not None]
    if reading:
        return translate("CurvesPanel", "Reading the metrics… {0} %").format(round(100 * min(reading))) if lead else ""
    if name.startswith("eval."):
        return translate("CurvesPanel", "Measured at the end of an epoch.")
    if name.startswith("diagnostics."):
        return translate("CurvesPanel", "Measured every few steps.")
    if name == "loss":
        return translate("CurvesPanel", "Measured from the first step on.")
    return translate("CurvesPanel", "None of these runs measures it.")


def chance_levels(runs: Iterable[PanelRun]) -> list[tuple[float, str]]:
    """The losses at chance level of these runs, each once, with their texts."""
    chances: dict[float, str] = {}
    for run in runs:
        if run.history.chance is not None and not run.history.stage:
            text = translate("CurvesPanel", "chance {0}").format(number(run.history.chance, 3))
            chances.setdefault(round(run.history.chance, 6), text)
    return list(chances.items())


def worded_marks(run: PanelRun) -> list[Mark]:
    """The marks of a run with their texts."""
    marks = run.history.marks
    if run.marks_of != marks:
        words = {
            "checkpoint": translate("CurvesPanel", "checkpoint"),
            "warning": translate("CurvesPanel", "warning"),
            "resume": translate("CurvesPanel", "resumed"),
        }
        run.marks = [replace(mark, text=words[mark.kind] + (f": {mark.text}" if mark.text else "")) for mark in marks]
        run.marks_of = list(marks)
    return run.marks


def _knn_text(plot: CurvePlot, entries: Mapping[str, Entry]) -> tuple[str, tuple[str, ...]]:
    """The best trained and the last kNN, and the last one's gain over the untrained encoder, of the curve with the best."""
    best_values = [(best, key) for key in entries if (best := plot.best(key)) is not None]
    if not best_values:
        return "", ()
    (value, step, epoch), key = max(best_values)
    series = entries[key].series
    known = np.isfinite(series.y)
    steps, values = series.x("step")[known], series.y[known]
    best_text = translate("CurvesPanel", "best {0} @ {1}")
    first = best_text.format(share(value) + _deviation(series, step), f"{epoch:g}")
    short = best_text.format(share(value), f"{epoch:g}")
    words = [first, translate("CurvesPanel", "last {0}").format(share(float(values[-1])))]
    if steps[0] <= 0:
        words.append(signed(float(values[-1] - values[0])))
    return " · ".join(words), (" · ".join(words[:2]), first, short, f"{share(value)} @ {epoch:g}")


def _deviation(series: object, step: float) -> str:
    """The standard deviation of a mean at a step, as text; "" for a single run."""
    if not isinstance(series, MeanSeries):
        return ""
    value = series.spread(0.0)[0][int(np.searchsorted(series.x("step"), step))]
    return f" ± {share(float(value))}" if np.isfinite(value) else ""
