"""The figures of a run's evaluations, stored in the run's folder as evaluation.json. Does not import torch."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from pydantic import Field

from engine.config.errors import ConfigError
from engine.config.small_files import Count, FileError, Seconds, Share, as_type, read_object
from engine.runs import formats
from engine.runs.atomic_write import atomic_write, set_aside
from engine.runs.lines import plain
from engine.runs.reader import checkpoint_path, read_status

FILE = "evaluation.json"
LAST = "last"
MOST_BYTES = 16 << 20
# A share of test images, or an R², which has no lower bound; and its standard error.
Score = Annotated[float, Field(ge=-1e15, le=1, allow_inf_nan=False)]
Error = Annotated[float, Field(ge=0, le=1e15, allow_inf_nan=False)]
_NORMAL = 1.959964  # the 97.5 % quantile of the standard normal distribution


@dataclass(frozen=True)
class Figure:
    """One figure of a run: the share of test images that are right, 0 to 1, or an R², which can be below 0, for its encoder and for
    the same encoder untrained.

    `part`: its id ("knn", "knn_200", "linear", "finetune_1", ...); `labels`: labelled training images that were used; `by`,
    `untrained_by`: hyper-parameters chosen on validation and the accuracy there, by name; `protocol`: a description; `notes`:
    messages for the user; `step`: of the checkpoint; `date`: seconds since 1970; `seconds`: how long it took; `error`,
    `untrained_error`: standard errors over the test images, None where the figure is a share of right answers, whose error follows
    from it (`standard_error`); `by_class`, `untrained_by_class`: the figure of each class by its name, of classes that occur;
    `baselines`: the figure without any encoder, by what is used in its place ("pixels": colours and position)."""

    part: str
    trained: Score
    untrained: Score
    labels: Count
    protocol: str
    by: Mapping[str, float] = field(default_factory=dict)
    untrained_by: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    step: Count = 0
    date: Seconds = 0.0
    seconds: Seconds = 0.0
    error: Error | None = None
    untrained_error: Error | None = None
    by_class: Mapping[str, Score] = field(default_factory=dict)
    untrained_by_class: Mapping[str, Score] = field(default_factory=dict)
    baselines: Mapping[str, Score] = field(default_factory=dict)

    @property
    def gain(self) -> float:
        """The trained accuracy less the untrained one."""
        return self.trained - self.untrained


@dataclass(frozen=True)
class Evaluated:
    """The stored figures of one run. `data`: the set's name; `digest`: a hash that is equal for the same images in the same splits;
    `chance`: share of the test split's most frequent class; `images`: labelled images of each split; `figures`: by epoch, None the
    last checkpoint, the figures by part."""

    run: str
    method: str
    data: str
    digest: str
    backbone: str
    classes: Count
    chance: Share
    images: Mapping[str, Count]
    size: Count
    figures: Mapping[int | None, Mapping[str, Figure]] = field(default_factory=dict)

    def at(self, epoch: int | None) -> Mapping[str, Figure]:
        """The figures of a checkpoint by part; None is the last."""
        return self.figures.get(epoch, {})

    def with_figure(self, epoch: int | None, figure: Figure) -> Evaluated:
        """A copy with one more figure, which replaces an older one."""
        figures = {**self.figures, epoch: {**self.at(epoch), figure.part: figure}}
        return dataclasses.replace(self, figures=figures)


# Older versions did not write these.
_LATER = {"error", "untrained_error", "by_class", "untrained_by_class", "baselines"}
_KEYS = {item.name for item in dataclasses.fields(Figure)} - _LATER


def read_evaluation(folder: Path) -> Evaluated | None:
    """The stored figures of a run; None where there are none that can be read."""
    try:
        return _read(Path(folder))
    except (OSError, ValueError):
        return None


def figures_of(folder: Path) -> tuple[dict[str, float], str]:
    """The last checkpoint's test accuracies by part, and a message where the file cannot be read."""
    try:
        return {part: figure.trained for part, figure in _read(Path(folder)).at(None).items()}, ""
    except FileNotFoundError:
        return {}, ""
    except (OSError, ValueError) as error:
        return {}, f"{FILE} cannot be read: {error}"


def _read(folder: Path) -> Evaluated:
    """OSError where there is no file, FileError for one that is broken."""
    values = read_object(folder / FILE, MOST_BYTES)
    rows = values.get("figures")
    if not isinstance(rows, dict) or not all(isinstance(figures, list) for figures in rows.values()):
        raise FileError("its figures are no lists by epoch")
    by_epoch = {}
    for name, figures in rows.items():
        if name != LAST and not (name.isascii() and name.isdigit() and len(name) <= 9):
            raise FileError(f"it has figures of no epoch: {name[:40]!r}")
        if any(not isinstance(figure, dict) or not figure.keys() >= _KEYS for figure in figures):
            raise FileError("it has a figure that lacks a value")
        by_part = {figure.part: figure for figure in (as_type(Figure, figure) for figure in figures)}
        if any(figure.error is None and min(figure.trained, figure.untrained) < 0 for figure in by_part.values()):
            raise FileError("it has a share of right answers below 0")
        by_epoch[None if name == LAST else int(name)] = by_part
    return as_type(Evaluated, {**values, "figures": by_epoch})


def write_evaluation(folder: Path, evaluated: Evaluated) -> None:
    """Replace evaluation.json atomically. OSError on failure."""
    values = {item.name: getattr(evaluated, item.name) for item in dataclasses.fields(evaluated) if item.name != "figures"}
    values["figures"] = {
        LAST if epoch is None else str(epoch): [dataclasses.asdict(figure) for figure in figures.values()]
        for epoch, figures in evaluated.figures.items()
    }
    text = json.dumps(plain({"format": formats.EVALUATION, **values}), ensure_ascii=False, allow_nan=False, indent=1)
    with atomic_write(Path(folder) / FILE) as part:
        part.write_text(text, encoding="utf-8")


def keep_figure(folder: Path, head: Evaluated, epoch: int | None, figure: Figure) -> Evaluated:
    """Add one figure to those of a run, and return all. `head` has the data; figures of other data are dropped. A file that cannot
    be read is renamed to evaluation.broken.json. OSError on failure."""
    before = read_evaluation(folder)
    if before is None and (Path(folder) / FILE).is_file():
        set_aside(Path(folder) / FILE)
    kept = before.figures if before is not None and before.digest == head.digest else {}
    evaluated = dataclasses.replace(head, figures=kept).with_figure(epoch, figure)
    write_evaluation(folder, evaluated)
    return evaluated


def standard_error(share: float, images: int) -> float:
    """Binomial standard error of an accuracy, 0 to 1, on so many test images: the square root of p (1 - p) / n."""
    return math.sqrt(share * (1 - share) / images) if images > 0 else math.nan


def error_of(figure: Figure, images: int) -> float:
    """The standard error of a figure on so many test images: its own, where it has one."""
    return figure.error if figure.error is not None else standard_error(figure.trained, images)


def likely(share: float, images: int) -> tuple[float, float]:
    """The 95 % confidence interval of an accuracy: Wilson's (1927), which is valid for few images and near 0 and 1, too."""
    if images <= 0:
        return 0.0, 1.0
    spread = _NORMAL**2 / images
    middle, half = share + spread / 2, _NORMAL * math.sqrt(share * (1 - share) / images + spread / (4 * images))
    return max(0.0, (middle - half) / (1 + spread)), min(1.0, (middle + half) / (1 + spread))


def measured(folder: Path, evaluated: Evaluated | None, epoch: int | None = None) -> frozenset[str]:
    """The ids of figures of the current checkpoint, which need not be measured again."""
    figures = evaluated.at(epoch) if evaluated is not None else {}
    return frozenset(part for part, figure in figures.items() if epoch is not None or not stale(folder, figure))


def stale(folder: Path, figure: Figure) -> bool:
    """Whether a figure of the last checkpoint is outdated, because the run was continued: the checkpoint was written later, and the
    run is at another step. (A copied folder has newer files, and is at the same step.)"""
    try:
        written = checkpoint_path(folder).stat().st_mtime
        return written > figure.date and read_status(folder).step != figure.step
    except (OSError, ConfigError):
        return False
