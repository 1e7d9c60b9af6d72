"""Questions about selected samples: their file names, their captions, and a table of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

import numpy as np

from engine.study.results import CaptionCondition as CaptionCondition
from workbench.bridge.map_questions import samples_of
from workbench.bridge.open_data import open_data
from workbench.bridge.question import Context, DataQuestion, Lane, Question, Where


@dataclass(frozen=True)
class FileNames(DataQuestion[tuple[str, ...]]):
    """The file names of samples: answered by a tuple with a name for each, or an empty one where the data have none."""

    lane: ClassVar = Lane.QUICK
    index: tuple[int, ...]

    def answer(self, context: Context) -> tuple[str, ...]:
        """In the order of `index`."""
        names = open_data(context, self.data).names
        return tuple(names[row] for row in self.index) if names else ()


@dataclass(frozen=True)
class SampleCaptions(DataQuestion[tuple[tuple[str, ...], ...] | None]):
    """The captions of samples: answered by those of each, or by None where the data have none."""

    lane: ClassVar = Lane.QUICK
    opens_data: ClassVar = True
    index: tuple[int, ...]

    def answer(self, context: Context) -> tuple[tuple[str, ...], ...] | None:
        """In the order of `index`. ConfigError where an index is out of range."""
        from engine.study.caption_search import sample_captions

        return sample_captions(open_data(context, self.data), self.index)


@dataclass(frozen=True, eq=False)
class SearchCaptions(DataQuestion[tuple[np.ndarray, ...] | None]):
    """Which samples have captions that satisfy each of some conditions: answered by a mask (n,) for each, or by None where the data
    have no captions. `index`: (n,) into the data set."""

    lane: ClassVar = Lane.SLOW
    index: np.ndarray
    wanted: tuple[CaptionCondition, ...]

    def answer(self, context: Context) -> tuple[np.ndarray, ...] | None:
        """ConfigError where an index is out of range."""
        from engine.study.caption_search import search_captions

        return search_captions(open_data(context, self.data), self.index, self.wanted, context.part())


@dataclass(frozen=True)
class Exported:
    """The file, the number of samples and of features, and its size in bytes."""

    path: str
    samples: int
    features: int
    bytes: int


@dataclass(frozen=True, eq=False)
class ExportRows(Question[Exported]):
    """Write samples of a snapshot as a table (engine.runs.export_rows): answered by Exported. Rows and columns as there; `classes`:
    the names that `label` indexes; `tags`: (n), those of one sample joined. `features`: whether to write the backbone's features in
    the snapshot of `epoch`, too. `numbers`: further columns (n,) by name; `files`: (n) paths, or none."""

    lane: ClassVar = Lane.SLOW
    where: ClassVar = Where.SAME
    path: str
    folder: str
    epoch: int
    index: np.ndarray
    label: np.ndarray
    classes: tuple[str, ...]
    tags: tuple[str, ...]
    xy: np.ndarray
    features: bool = True
    numbers: Mapping[str, np.ndarray] = field(default_factory=dict)
    files: tuple[str, ...] = ()

    def answer(self, context: Context) -> Exported:
        """ConfigError where features are to be written and a sample is not in the snapshot."""
        from engine.runs.export_rows import Rows, write_rows

        samples = samples_of(context.session) if self.features else None
        features = samples.features_of(Path(self.folder), self.epoch, self.index) if samples is not None else None
        known = [0 <= code < len(self.classes) for code in self.label]
        classes = tuple(self.classes[code] if named else "" for code, named in zip(self.label, known, strict=True))
        rows = Rows(self.index, self.label, classes, self.tags, self.xy, features, self.numbers, self.files)
        path = write_rows(Path(self.path), rows, context.part())
        width = features.shape[1] if features is not None else 0
        return Exported(str(path), len(self.index), width, path.stat().st_size)
