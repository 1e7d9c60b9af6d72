"""The columns of the table of runs, their values and texts.

A column is named by one of FACTS, by "last." and a figure that the run measured last, by "evaluation." and a figure of its
evaluation, or by the dotted key of a setting ("optim.lr").
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, Qt

from engine.config.difference import flatten, written
from engine.config.run import RunConfig
from workbench.i18n.figure_names import short_name
from workbench.models.run_query import searchable_text
from workbench.models.seed_groups import Spread

if TYPE_CHECKING:
    from workbench.models.runs import RunRow

translate = QCoreApplication.translate

FACTS = (
    "title",
    "star",
    "shown",
    "state",
    "method",
    "data",
    "backbone",
    "best",
    "gain",
    "loss",
    "epoch",
    "progress",
    "speed",
    "time",
    "started",
    "tags",
    "notes",
)
# The default columns of the table. None is a setting, so that no config has to be read.
AT_FIRST = ("title", "star", "shown", "state", "method", "data", "last.knn", "best", "gain", "time", "started", "tags", "notes")
NUMBERS = frozenset({"best", "gain", "loss", "epoch", "progress", "speed", "time"})
EDITED = frozenset({"title", "tags", "notes"})
ICONS = frozenset({"star", "shown"})
ALIGNED = {
    True: int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter),
    False: int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter),
}
LAST, EVALUATION = "last.", "evaluation."
LIVE_STATES = frozenset({"queued", "preparing", "running", "paused", "stopping"})


@cache
def settings() -> tuple[str, ...]:
    """The keys that every config has, without those of single methods and of additional groups of views."""
    values = RunConfig().model_dump(mode="json")
    for word in ("name", "notes", "tags"):
        values.pop(word)
    return tuple(flatten(values))


def is_setting(name: str) -> bool:
    """Whether a column is a key of the config, so that configs have to be read."""
    return "." in name and not name.startswith((LAST, EVALUATION))


def is_number(name: str) -> bool:
    """Whether a column holds numbers and is aligned to the right."""
    return name in NUMBERS or "." in name


def descending_first(name: str) -> bool:
    """Whether a column is sorted in descending order at first."""
    return name in ICONS or name == "started" or (is_number(name) and name != "loss" and not is_setting(name))


def title_of(name: str) -> str:
    """The header of a column."""
    if name.startswith(LAST):
        return translate("RunsModel", "Last {0}").format(figure_label(name.removeprefix(LAST)))
    if name.startswith(EVALUATION):
        return translate("RunsModel", "Test {0}").format(short_name(name.removeprefix(EVALUATION)))
    return _titles().get(name, name)


def figure_label(name: str) -> str:
    """The title of a figure; an unknown one is titled by its name."""
    return {"knn": "kNN"}.get(name, name.replace("_", " ").replace(".", " · "))


def _titles() -> dict[str, str]:
    return {
        "title": translate("RunsModel", "Run"),
        "star": translate("RunsModel", "Star"),
        "shown": translate("RunsModel", "In the plots"),
        "state": translate("RunsModel", "State"),
        "method": translate("RunsModel", "Method"),
        "data": translate("RunsModel", "Data"),
        "backbone": translate("RunsModel", "Backbone"),
        "best": translate("RunsModel", "Best kNN"),
        "gain": translate("RunsModel", "Gain"),
        "loss": translate("RunsModel", "Loss"),
        "epoch": translate("RunsModel", "Epoch"),
        "progress": translate("RunsModel", "Progress"),
        "speed": translate("RunsModel", "Images/s"),
        "time": translate("RunsModel", "Time"),
        "started": translate("RunsModel", "Started"),
        "tags": translate("RunsModel", "Tags"),
        "notes": translate("RunsModel", "Notes"),
    }


def state_text(state: str) -> str:
    """A state in the window's language."""
    return {
        "queued": translate("RunsModel", "queued"),
        "preparing": translate("RunsModel", "preparing"),
        "running": translate("RunsModel", "running"),
        "paused": translate("RunsModel", "paused"),
        "stopping": translate("RunsModel", "stopping"),
        "finished": translate("RunsModel", "finished"),
        "stopped": translate("RunsModel", "stopped"),
        "failed": translate("RunsModel", "failed"),
        "interrupted": translate("RunsModel", "interrupted"),
        "broken": translate("RunsModel", "unreadable"),
    }.get(state, state)


def value_of(row: RunRow, name: str, config: Mapping[str, Any] | None = None) -> Any:
    """A column's value: a number, a text, a bool, a tuple of texts; None where there is none. `config`: the run's settings by
    dotted key, None where they have not been read. Time in s, progress in %."""
    at = row.status
    if "." in name:
        if name.startswith(LAST):
            return at.last_eval.get(name.removeprefix(LAST))
        if name.startswith(EVALUATION):
            return row.evaluation.get(name.removeprefix(EVALUATION))
        return None if config is None else config.get(name)
    if name in ("best", "gain", "loss"):
        return getattr(at, name)
    if name == "epoch":
        return at.epoch if at.step else None
    if name == "progress":
        return at.progress * 100 if at.steps else None
    if name == "speed":
        return at.images_per_second or None
    if name == "time":
        return at.seconds or None
    if name == "started":
        return at.started or None
    if name == "live":
        return row.state in LIVE_STATES
    if name in ("title", "state", "notes", "tags", "star", "shown"):
        return getattr(row, name)
    return getattr(at, name)


def filter_value(row: RunRow, name: str, config: Mapping[str, Any] | None) -> Any:
    """A column's value as a filter compares it: a time as its text."""
    return text_of(row, name) if name == "started" else value_of(row, name, config)


def sorted_by(row: RunRow, name: str, config: Mapping[str, Any] | None) -> tuple[int, Any] | None:
    """A column's sort key: numbers before texts, texts without regard to case; None for an empty value, which comes last."""
    if name == "started" and not row.status.started:
        # A queued run has not started: it counts as the newest.
        return (0, math.inf) if row.state in LIVE_STATES else None
    value = value_of(row, name, config)
    if value is None or value == "" or value == ():
        return None
    if isinstance(value, (bool, int, float)):
        return None if math.isnan(value) else (0, float(value))
    return (1, value.lower() if isinstance(value, str) else written(value).lower())


def text_of(row: RunRow, name: str, config: Mapping[str, Any] | None = None) -> str:
    """A column's value as the text of a table cell."""
    if name in ICONS:
        return ""
    value = value_of(row, name, config)
    if value is None:
        return "—" if name in ("best", "gain", "last.knn") else ""
    if name == "state":
        return state_text(str(value))
    if name == "epoch":
        return f"{value:.1f}" + (f" / {row.status.epochs}" if row.status.epochs else "")
    if name == "started":
        return datetime.fromtimestamp(value).strftime("%Y-%m-%d %H:%M")
    if name == "tags":
        return ", ".join(value)
    if name == "notes":
        return " ".join(str(value).split())
    if is_setting(name):
        return written(value) if value != "" else ""
    return figure_text(name, value) if isinstance(value, (int, float)) else str(value)


def figure_text(name: str, value: float) -> str:
    """A number of a column as text, in the same format everywhere."""
    if name in ("best", "last.knn", "last.task") or name.startswith(EVALUATION):
        return share(value)
    if name == "gain":
        return signed(value)
    if name == "loss":
        return f"{value:.3f}"
    if name == "progress":
        return f"{value:.0f} %"
    if name == "speed":
        return f"{value:,.0f}"
    if name == "time":
        return duration(value)
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def spread_text(name: str, figures: Spread, total: int = 0) -> str:
    """Mean and standard deviation of a figure over seeds: .534 ± .012; the number of runs behind it where it is not `total`. Of a
    time the mean alone, which fills a cell."""
    text = figure_text(name, figures.mean)
    if math.isfinite(figures.deviation) and name != "time":
        text += f" ± {share(figures.deviation) if name == 'gain' else figure_text(name, figures.deviation)}"
    return text if figures.count == total or not total else f"{text} ({figures.count})"


def figures_of(row: RunRow) -> Mapping[str, float]:
    """All numbers of a run by column: its results, the last measured figures, and those of its evaluation."""
    names = ["best", "gain", "loss", *(LAST + name for name in row.status.last_eval)]
    names += [EVALUATION + name for name in row.evaluation]
    names += ["speed", "time"]
    values = {name: value_of(row, name) for name in names}
    return {name: value for name, value in values.items() if isinstance(value, (int, float))}


def search_text(row: RunRow) -> str:
    """The text of a run in which plain words of a filter are searched."""
    at = row.status
    return searchable_text((row.title, row.state, at.method, at.data, at.backbone, row.notes, *row.tags))


def share(value: float | None) -> str:
    """A fraction with three digits: .534, −.046; an em dash for None."""
    if value is None:
        return "—"
    text = f"{abs(value):.3f}".removeprefix("0")
    return f"−{text}" if value < 0 and text != ".000" else text


def signed(value: float) -> str:
    """A difference of two fractions with three digits: +.086, −.046."""
    return ("−" if value < 0 else "+") + share(abs(value))


def duration(seconds: float, estimate: bool = False) -> str:
    """A duration as text: 42 s, 2 min 55 s, 3 h 05 min. `estimate`: in whole minutes from one minute on: 3 min."""
    whole = max(0, round(seconds))
    if whole < 60:
        return translate("durations", "{0} s").format(whole)
    if estimate:
        whole = 60 * round(whole / 60)
    minutes, rest = divmod(whole, 60)
    if minutes >= 60:
        return translate("durations", "{0} h {1} min").format(minutes // 60, f"{minutes % 60:02d}")
    if estimate:
        return translate("durations", "{0} min").format(minutes)
    return translate("durations", "{0} min {1} s").format(minutes, f"{rest:02d}")
