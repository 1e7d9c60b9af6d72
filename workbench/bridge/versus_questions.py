"""What may be asked of two spaces beside each other, and what comes back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from workbench.bridge.question import Lane, Question


@dataclass(frozen=True)
class SpaceAt:
    """One space: of a run, at the epoch of one of its snapshots; `space`: "features" of the backbone, "embedding" of the projector,
    as for MapSnapshot."""

    folder: str
    epoch: int
    space: str = "features"


@dataclass(frozen=True, eq=False)
class Compared:
    """Of the m samples that both have, by their places in the data set `index` (m,), rising: `kept` (m,) the share of a sample's k
    nearest in the one space that are among its k nearest in the other; `order` (m,) places in `index`, those whose neighbours
    changed most first. `share`: mean of `kept`; `chance`: what that is in spaces that have nothing to do with each other; `cka`:
    linear CKA, NaN where a space has collapsed to a point. All NaN and empty where nothing is shared."""

    left: SpaceAt
    right: SpaceAt
    index: np.ndarray
    kept: np.ndarray
    order: np.ndarray
    k: int
    share: float
    chance: float
    cka: float


@dataclass(frozen=True)
class CompareSpaces(Question[Compared]):
    """How much two spaces agree about the samples that both have: answered by Compared. `k`: neighbours looked at."""

    lane: ClassVar = Lane.SLOW
    left: SpaceAt
    right: SpaceAt
    k: int = 15


@dataclass(frozen=True, eq=False)
class LayMap(Question[np.ndarray]):
    """Turn, mirror and move a map `xy` (n, 2) so that its `rows` (m,) lie as well as they can on `onto` (m, 2), and give it their
    spread: answered by the map (n, 2) float32 that comes of it."""

    lane: ClassVar = Lane.QUICK
    xy: np.ndarray
    rows: np.ndarray
    onto: np.ndarray
