"""What the engine answers about samples as a person picks them. Called in background threads."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.config.errors import complain
from engine.runs.reader import Snapshot
from workbench.bridge.sample_questions import Exported, ExportRows, FileNames
from workbench.bridge.ticking import Tell, Wanted, ticking

if TYPE_CHECKING:
    from engine.data.dataset import Dataset


class SampleAnswers:
    """`opened` gives the data that a data config names, `snapshot` the features of a run at an epoch."""

    def __init__(self, opened: Callable[[Any, Tell], Dataset], snapshot: Callable[[str, int], Snapshot]) -> None:
        self._opened, self._snapshot = opened, snapshot

    def names(self, asked: FileNames, progress: Tell, wanted: Wanted) -> tuple[str, ...]:
        """The files of some samples."""
        names = self._opened(asked.data, progress).names
        return tuple(names[place] for place in asked.index) if names else ()

    def export(self, asked: ExportRows, progress: Tell, wanted: Wanted) -> Exported:
        """Write samples as a table."""
        from engine.runs.export_rows import Rows, write_rows

        features = self._features(asked) if asked.features else None
        known = [0 <= code < len(asked.classes) for code in asked.label]
        classes = tuple(asked.classes[code] if named else "" for code, named in zip(asked.label, known, strict=True))
        rows = Rows(asked.index, asked.label, classes, asked.tags, asked.xy, features, asked.numbers)
        path = write_rows(Path(asked.path), rows, ticking(progress, wanted))
        width = features.shape[1] if features is not None else 0
        return Exported(str(path), len(asked.index), width, path.stat().st_size)

    def _features(self, asked: ExportRows) -> np.ndarray:
        """By the place in the data set, for a map may show a part of the snapshot, or the samples in another order."""
        snapshot = self._snapshot(asked.folder, asked.epoch)
        order = np.argsort(snapshot.index, kind="stable")
        place = np.searchsorted(snapshot.index, asked.index, sorter=order)
        row = order[np.minimum(place, len(order) - 1)]
        if len(missing := asked.index[snapshot.index[row] != asked.index]):
            raise complain("sample", f"one of the snapshot of epoch {asked.epoch}", int(missing[0]), "Export without features.")
        found: np.ndarray = snapshot.features[row]
        return found
