"""What may be asked of the pairs of views of a run, and what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from engine.study.pair_measures import FalseNegatives, ImagePairs, Separation
from workbench.bridge.question import Lane, Question


@dataclass(frozen=True, eq=False)
class Pairs:
    """`index`: (n,) places in the data set; `label`: (n,), -1 where unknown, into `classes`. `originals`: (n, S, S, 3) uint8;
    `views`: two (n, s, s, 3) uint8; `boxes`: two (n, 4), x0 y0 x1 y1 as shares of the original; `overlap`: (n,) of the two boxes,
    intersection over union. `spaces`: "features" of the backbone and, where the method has one of single views, "embedding" of its
    projector. `temperature`: the method's; None where it has none. `splits`: images of each split. `drawn`: for each view, for each
    image, the drawn values by name; empty where they are not known."""

    folder: str
    split: str
    seed: int
    index: np.ndarray
    label: np.ndarray
    classes: tuple[str, ...]
    originals: np.ndarray
    views: tuple[np.ndarray, np.ndarray]
    boxes: tuple[np.ndarray, np.ndarray]
    overlap: np.ndarray
    spaces: Mapping[str, Space]
    temperature: float | None
    splits: Mapping[str, int]
    drawn: tuple[tuple[Mapping[str, float], ...], ...] = ()


@dataclass(frozen=True)
class InspectPairs(Question[Pairs]):
    """Two views each of some images of a split, through the encoder that a run had after an epoch (0 untrained, None at its last
    checkpoint): answered by Pairs."""

    lane: ClassVar = Lane.SLOW
    folder: str
    split: str = "validation"
    images: int = 128
    seed: int = 0
    epoch: int | None = None


@dataclass(frozen=True, eq=False)
class Space:
    """In one space: `matrix` (2n, 2n) cosines, view 1 of every image, then view 2; `positive` (n,) and `negative` (m,) those of
    positives and negatives, `separation` what they come to; `near`: pairs of different images, the most similar first; `wrong`:
    their false negatives, where classes are known; `clusters`: (n,) the images in an order with similar ones side by side."""

    matrix: np.ndarray
    positive: np.ndarray
    negative: np.ndarray
    separation: Separation
    near: ImagePairs
    wrong: FalseNegatives | None
    clusters: np.ndarray


@dataclass(frozen=True, eq=False)
class StrengthCurve:
    """`strengths`: (k,), of an operation that is on or off (0, 1); `own`: the most that the run itself draws, of such an operation
    the share of its views, 0 where the operation is off; `examples`: (k, s, s, 3) uint8, one image at each strength."""

    operation: str
    strengths: np.ndarray
    spaces: Mapping[str, SpaceCurve]
    own: float
    images: int
    examples: np.ndarray


@dataclass(frozen=True)
class MeasureStrength(Question[StrengthCurve]):
    """One operation turned up from nothing, or switched on, all else left alone: answered by StrengthCurve."""

    lane: ClassVar = Lane.SLOW
    folder: str
    operation: str
    split: str = "validation"
    images: int = 64
    seed: int = 0
    epoch: int | None = None


@dataclass(frozen=True, eq=False)
class SpaceCurve:
    """In one space, the cosine of an image and its view at each strength: `mean`, `low` and `high` (the 10th and 90th percentile),
    (k,) each. `ceiling`: the cosine below which 95 % of pairs of different images are, as they are."""

    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray
    ceiling: float
