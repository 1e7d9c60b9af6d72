"""What may be asked of samples of a data set as a person picks them: their files, and a table of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from workbench.bridge.question import Lane, Question


@dataclass(frozen=True)
class FileNames(Question[tuple[str, ...]]):
    """The files that samples were read from: answered by a tuple of as many names, or an empty one where the data has none."""

    lane: ClassVar = Lane.QUICK
    data: Mapping[str, Any]
    index: tuple[int, ...]


@dataclass(frozen=True)
class Exported:
    """The file, how many samples it holds, how many features of each, and its size."""

    path: str
    samples: int
    features: int
    bytes: int


@dataclass(frozen=True, eq=False)
class ExportRows(Question[Exported]):
    """Write samples of a snapshot as a table (engine.runs.export_rows): answered by Exported. Rows and columns as there; `classes`:
    the names that `label` indexes; `tags`: (n), those of one sample joined. `features`: whether the backbone's, as the snapshot of
    `epoch` holds them, are written too. `numbers`: what else is known of the samples, by name (n,)."""

    lane: ClassVar = Lane.SLOW
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
