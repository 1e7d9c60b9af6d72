"""What a run's evaluations came to, kept in the run's folder as evaluation.json. Torch-free."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.config.errors import ConfigError
from engine.runs.lines import plain
from engine.runs.reader import checkpoint_path, read_status
from engine.runs.whole import set_aside, whole

FILE = "evaluation.json"
FORMAT = 1
LAST = "last"
_NORMAL = 1.959964  # 97.5 % of a normal distribution lie below it


@dataclass(frozen=True)
class Figure:
    """One figure of a run: the share of test images that are right, 0 to 1, for its encoder and for the same encoder untrained.

    `part`: which ("knn", "knn_200", "linear", "finetune_1", ...); `labels`: labelled training images that were used; `by`,
    `untrained_by`: what validation chose and what it reached there, by name; `protocol`: how the figure came about, in words;
    `notes`: what else is to be known of it; `step`: of the checkpoint; `date`: seconds since 1970; `seconds`: how long it took."""

    part: str
    trained: float
    untrained: float
    labels: int
    protocol: str
    by: Mapping[str, float] = field(default_factory=dict)
    untrained_by: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    step: int = 0
    date: float = 0.0
    seconds: float = 0.0

    @property
    def gain(self) -> float:
        """What training has brought."""
        return self.trained - self.untrained


@dataclass(frozen=True)
class Evaluated:
    """What is kept of one run. `data`: the set's name; `digest`: a word that is the same for the same images in the same splits;
    `chance`: share of the test split's most frequent class; `images`: labelled images of each split; `figures`: by epoch, None the
    last checkpoint, the figures by part."""

    run: str
    method: str
    data: str
    digest: str
    backbone: str
    classes: int
    chance: float
    images: Mapping[str, int]
    size: int
    figures: Mapping[int | None, Mapping[str, Figure]] = field(default_factory=dict)

    def at(self, epoch: int | None) -> Mapping[str, Figure]:
        """The figures of a checkpoint by part; None is the last."""
        return self.figures.get(epoch, {})

    def with_figure(self, epoch: int | None, figure: Figure) -> Evaluated:
        """The same with one figure more, or in the place of an older one."""
        figures = {**self.figures, epoch: {**self.at(epoch), figure.part: figure}}
        return dataclasses.replace(self, figures=figures)


def read_evaluation(folder: Path) -> Evaluated | None:
    """What was evaluated of a run; None where nothing was, or nothing that can be read."""
    try:
        values = json.loads((Path(folder) / FILE).read_text(encoding="utf-8"))
        figures = {
            None if name == LAST else int(name): {str(row["part"]): _figure(row) for row in rows}
            for name, rows in dict(values["figures"]).items()
        }
        return Evaluated(
            run=str(values["run"]),
            method=str(values["method"]),
            data=str(values["data"]),
            digest=str(values["digest"]),
            backbone=str(values["backbone"]),
            classes=int(values["classes"]),
            chance=float(values["chance"]),
            images={str(name): int(count) for name, count in dict(values["images"]).items()},
            size=int(values["size"]),
            figures=figures,
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def write_evaluation(folder: Path, found: Evaluated) -> None:
    """Replaces evaluation.json in one move. OSError passes."""
    values = {item.name: getattr(found, item.name) for item in dataclasses.fields(found) if item.name != "figures"}
    values["figures"] = {
        LAST if epoch is None else str(epoch): [dataclasses.asdict(figure) for figure in figures.values()]
        for epoch, figures in found.figures.items()
    }
    text = json.dumps(plain({"format": FORMAT, **values}), ensure_ascii=False, allow_nan=False, indent=1)
    with whole(Path(folder) / FILE) as part:
        part.write_text(text, encoding="utf-8")


def keep_figure(folder: Path, head: Evaluated, epoch: int | None, figure: Figure) -> Evaluated:
    """Adds one figure to what is kept of a run, and gives all of it. `head` says of which data; figures of other data go. A file
    that cannot be read is set aside as evaluation.broken.json. OSError passes."""
    before = read_evaluation(folder)
    if before is None and (Path(folder) / FILE).is_file():
        set_aside(Path(folder) / FILE)
    kept = before.figures if before is not None and before.digest == head.digest else {}
    found = dataclasses.replace(head, figures=kept).with_figure(epoch, figure)
    write_evaluation(folder, found)
    return found


def standard_error(share: float, images: int) -> float:
    """Of a share, 0 to 1, of so many test images that are right: the square root of p (1 - p) / n, a binomial draw's."""
    return math.sqrt(share * (1 - share) / images) if images > 0 else math.nan


def likely(share: float, images: int) -> tuple[float, float]:
    """From where to where a share lies with 95 %: Wilson's interval (1927), which holds for few images and near 0 and 1, too."""
    if images <= 0:
        return 0.0, 1.0
    spread = _NORMAL**2 / images
    middle, half = share + spread / 2, _NORMAL * math.sqrt(share * (1 - share) / images + spread / (4 * images))
    return max(0.0, (middle - half) / (1 + spread)), min(1.0, (middle + half) / (1 + spread))


def measured(folder: Path, found: Evaluated | None, epoch: int | None = None) -> frozenset[str]:
    """The figures that need not be measured again: those of the checkpoint as it is now."""
    figures = found.at(epoch) if found is not None else {}
    return frozenset(part for part, figure in figures.items() if epoch is not None or not stale(folder, figure))


def stale(folder: Path, figure: Figure) -> bool:
    """Whether the run has gone on since, so that a figure of its last checkpoint is of an older one: the checkpoint was written
    later, and the run is at another step. (A copied folder has younger files, and is at the same step.)"""
    try:
        written = checkpoint_path(folder).stat().st_mtime
        return written > figure.date and read_status(folder).step != figure.step
    except (OSError, ConfigError):
        return False


def _figure(row: Mapping[str, Any]) -> Figure:
    return Figure(
        part=str(row["part"]),
        trained=float(row["trained"]),
        untrained=float(row["untrained"]),
        labels=int(row["labels"]),
        protocol=str(row["protocol"]),
        by={str(name): float(value) for name, value in dict(row["by"]).items()},
        untrained_by={str(name): float(value) for name, value in dict(row["untrained_by"]).items()},
        notes=tuple(str(note) for note in row["notes"]),
        step=int(row["step"]),
        date=float(row["date"]),
        seconds=float(row["seconds"]),
    )
