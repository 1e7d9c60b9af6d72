"""Questions about data sets: what is in one, and single samples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from engine.config.run import DataConfig
from engine.config.text import parse
from engine.data.describe import DataDescription, describe, survey
from engine.study.results import Labels as Labels
from workbench.bridge.open_data import open_data
from workbench.bridge.question import Context, DataQuestion, Lane


@dataclass(frozen=True)
class DataInfo:
    """`factors`: names of the known factors; `skipped`: files that could not be read, with the reason; `notes`: what else is to be
    known. Of a run's data also how they differ from those that it was made with: of its `total` images how many are `missing`,
    `replaced` by others of the same name, of another class (`relabelled`), and how many were `added`. `check`: how that is known
    (see engine.data.run_images.Changes), "" where the data are no run's. `description`: for the person who chooses data."""

    name: str
    size: int
    train: int
    validation: int
    test: int
    classes: tuple[str, ...]
    factors: tuple[str, ...]
    skipped: tuple[str, ...]
    notes: tuple[str, ...] = ()
    total: int = 0
    missing: int = 0
    replaced: int = 0
    relabelled: int = 0
    added: int = 0
    check: str = ""
    description: DataDescription | None = None


@dataclass(frozen=True)
class SurveyData(DataQuestion[DataDescription | None]):
    """What is in a folder or a file, without decoding its images: answered by a DataDescription, by None for a named set. Much
    quicker than DescribeData where there are many images; to be asked before it."""

    lane: ClassVar = Lane.SLOW
    imports_torch: ClassVar = False

    def answer(self, context: Context) -> DataDescription | None:
        """ConfigError where there is nothing to read."""
        return survey(parse(DataConfig, dict(self.data), "data"), context.part())


@dataclass(frozen=True)
class DescribeData(DataQuestion[DataInfo]):
    """Open a data set and describe it: answered by DataInfo."""

    lane: ClassVar = Lane.SLOW
    opens_data: ClassVar = True
    imports_torch: ClassVar = False  # but for a set of torchvision's; the window shows the data first

    def answer(self, context: Context) -> DataInfo:
        """Opens the data again if the user cancelled it before."""
        data = open_data(context, self.data, again=True, check=True)
        changes = data.changes
        counts = {name: len(data.splits.get(name, ())) for name in ("train", "validation", "test")}
        return DataInfo(
            name=data.name,
            size=int(data.images.shape[-1]),
            train=counts["train"],
            validation=counts["validation"],
            test=counts["test"],
            classes=data.classes,
            factors=tuple(data.factors),
            skipped=data.skipped,
            notes=data.notes,
            total=changes.total if changes else 0,
            missing=len(changes.missing) if changes else 0,
            replaced=len(changes.replaced) if changes else 0,
            relabelled=len(changes.relabelled) if changes else 0,
            added=len(changes.added) if changes else 0,
            check=data.changes.check if data.changes is not None else "",
            description=describe(data),
        )


@dataclass(frozen=True)
class GetImages(DataQuestion[np.ndarray]):
    """Stored images by index into the data set, as (n, S, S, 3) uint8."""

    lane: ClassVar = Lane.QUICK
    opens_data: ClassVar = True
    index: tuple[int, ...]

    def answer(self, context: Context) -> np.ndarray:
        """ConfigError where an index is out of range."""
        from engine.study.samples import images_of

        return images_of(open_data(context, self.data), self.index)


@dataclass(frozen=True)
class GetClip(DataQuestion[np.ndarray | None]):
    """The frames of one clip by its index into the data set, as (T, S, S, 3) uint8; None where the data are images."""

    lane: ClassVar = Lane.QUICK
    opens_data: ClassVar = True
    index: int

    def answer(self, context: Context) -> np.ndarray | None:
        """ConfigError where the index is out of range."""
        from engine.study.samples import clip_at

        return clip_at(open_data(context, self.data), self.index)


@dataclass(frozen=True)
class GetLabels(DataQuestion[Labels]):
    """The labels and factors of some samples: answered by Labels."""

    lane: ClassVar = Lane.QUICK
    opens_data: ClassVar = True
    index: tuple[int, ...]

    def answer(self, context: Context) -> Labels:
        """ConfigError where an index is out of range."""
        from engine.study.samples import labels_of

        return labels_of(open_data(context, self.data), self.index)
