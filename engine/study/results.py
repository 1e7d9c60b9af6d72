"""What studies of a run give: plain values and numpy arrays. `row` counts within a snapshot, `index` within the data set.

Torch-free, and to stay so: the window imports it at its start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from engine.study.pair_measures import FalseNegatives, ImagePairs, Separation


@dataclass(frozen=True, eq=False)
class Map:
    """`xy`: (n, 2) float32; `index`, `label`: (n,) int64, places in the data set and classes (-1 unknown) of the mapped rows.
    `trustworthiness`: of this map, 0 to 1, and `kept`: the share of a point's 15 nearest in the space that are among its 15 nearest
    on the map, 0 to 1 (nan where it was not measured); both by `metric` on `measured` points, evenly spaced.

    `rows`: (n,) int64, which rows of the snapshot these are (all of them unless a part was asked for); `total`: how many the
    snapshot has. `space`: "features" or "embedding"; `space_epoch`: the epoch of the encoder that gave the space, the nearest one
    of which a checkpoint was kept. `explained`: of a PCA, the shares of the variance on its two axes. `seconds`: what it cost.
    `supervised`: whether it was made with the classes."""

    folder: str
    epoch: int
    kind: str
    xy: np.ndarray
    index: np.ndarray
    label: np.ndarray
    trustworthiness: float
    kept: float = float("nan")
    measured: int = 0
    rows: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    total: int = 0
    space: str = "features"
    metric: str = "cosine"
    space_epoch: int = -1
    explained: tuple[float, ...] = ()
    seconds: float = 0.0
    supervised: bool = False

    def __post_init__(self) -> None:
        """A map that says nothing of rows is one of the whole snapshot, in its own epoch's space."""
        if not len(self.rows):
            object.__setattr__(self, "rows", np.arange(len(self.xy), dtype=np.int64))
        if not self.total:
            object.__setattr__(self, "total", len(self.xy))
        if self.space_epoch < 0:
            object.__setattr__(self, "space_epoch", self.epoch)


@dataclass(frozen=True, eq=False)
class Neighbours:
    """`rows`: (k,) rows of the snapshot, nearest first, itself left out; `cosine`: (k,) whatever the metric; `distance`: (k,) by
    the metric asked for, 1 - cosine or Euclid's."""

    row: int
    rows: np.ndarray
    cosine: np.ndarray
    distance: np.ndarray = field(default_factory=lambda: np.zeros(0, np.float32))
    metric: str = "cosine"


@dataclass(frozen=True, eq=False)
class Numbers:
    """`columns`: name to (n,) float32, nan where it says nothing; all rows of the snapshot. `meaning`: a line in English for each.

    "churn": share of the k nearest that are others than at the snapshot before (`previous`), 0 to 1; absent at the first snapshot.
    "outlier": mean of 1 - cosine to the k nearest, 0 to 2: large is far from all. "nearest": cosine to the nearest other sample:
    near 1 is a near-duplicate. "same_class": share of the k nearest that have the sample's own class, 0 to 1. "margin": that share
    less the one of the class with most votes among the others, -1 to 1: below 0 its neighbours would call it something else. Both
    are absent without labels."""

    folder: str
    epoch: int
    space: str
    index: np.ndarray
    columns: Mapping[str, np.ndarray]
    meaning: Mapping[str, str]
    previous: int | None = None
    k: int = 15


@dataclass(frozen=True, eq=False)
class Losses:
    """As engine.study.sample_losses has it. `columns`: "loss" in the loss's own unit and "agreement", the mean cosine of a sample's
    views, -1 to 1, those that there are: (n,) float32, nan for a sample that the method does not know; all rows of the snapshot.
    `of`: the epoch of the checkpoint that says so. `chance`: the loss at chance level. By column: `notes`, a sentence in
    English why there is none or what must be known of it, and `steady`, how far other draws would say the same, 0 to 1 or nan."""

    folder: str
    epoch: int
    of: int
    index: np.ndarray
    columns: Mapping[str, np.ndarray]
    chance: float | None
    notes: Mapping[str, str]
    steady: Mapping[str, float]


@dataclass(frozen=True, eq=False)
class Clusters:
    """`label`: (n,) int64 of all rows of the snapshot, the name of each one's cluster, -1 noise. Names last: a cluster is called as
    the one of the epoch `after` with which it shares most samples (0 the largest, at the epoch that had names first; `after` None),
    new ones take numbers not in use; `same`: share of the samples clustered at both epochs whose cluster has the same name at both.
    `count`: clusters; `noise`: share of rows in none. `nmi`, `ari`: agreement with the classes (normalised mutual information 0 to
    1, adjusted Rand index, 0 at chance), over the `of` rows that are in a cluster and whose class is known; nan where there are
    none."""

    folder: str
    epoch: int
    kind: str
    space: str
    index: np.ndarray
    label: np.ndarray
    count: int
    noise: float
    nmi: float
    ari: float
    of: int
    after: int | None = None
    same: float = float("nan")


@dataclass(frozen=True, eq=False)
class Duplicates:
    """`groups`: rows of the snapshot, each group (m,) int64 of at least two, the most alike group first; a group is what is linked,
    also through others. `similarity`: (g,) the highest cosine within each. `pairs`: how many pairs are linked. `rows`: all rows
    in a group, rising: the ready selection."""

    folder: str
    epoch: int
    threshold: float
    index: np.ndarray
    groups: tuple[np.ndarray, ...]
    similarity: np.ndarray
    pairs: int
    rows: np.ndarray


@dataclass(frozen=True, eq=False)
class Outliers:
    """`rows`: (m,) rows of the snapshot, the farthest first; `score`: (m,) mean of 1 - cosine to the k nearest, as "outlier" of
    Numbers; `index`: (n,) of all rows of the snapshot."""

    folder: str
    epoch: int
    index: np.ndarray
    rows: np.ndarray
    score: np.ndarray


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


@dataclass(frozen=True, eq=False)
class SpaceCurve:
    """In one space, the cosine of an image and its view at each strength: `mean`, `low` and `high` (the 10th and 90th percentile),
    (k,) each. `ceiling`: the cosine below which 95 % of pairs of different images are, as they are."""

    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray
    ceiling: float


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
class ViewsPreview:
    """`originals`: (n, S, S, 3) uint8. `views`: one array a view (n, s, s, 3) uint8. `boxes`: one (n, 4) array a view, x0 y0 x1
    y1 as shares of the original. `drawn`: for each view, for each row, the drawn values by name. `roles`: "global" or "local" a
    view. `shared`: (n,) intersection over union of the crops of the first two global views; `overlaps`: (m,) the same of many
    more draws; both empty where there is one. `inputs`: what the method makes of the views before its network sees it, by name,
    one (n, h, w, 3) uint8 array each."""

    originals: np.ndarray
    views: tuple[np.ndarray, ...]
    boxes: tuple[np.ndarray, ...]
    drawn: tuple[tuple[Mapping[str, float], ...], ...]
    roles: tuple[str, ...]
    milliseconds: float
    inputs: Mapping[str, np.ndarray] = field(default_factory=dict)
    shared: np.ndarray = field(default_factory=lambda: np.zeros(0, np.float32))
    overlaps: np.ndarray = field(default_factory=lambda: np.zeros(0, np.float32))


@dataclass(frozen=True)
class Labels:
    """`columns`: name to (n,) array: "class" as int64 and every factor. `names`: for columns of categories, the names of the
    values. `kinds`: "category", "number" or "angle" by column."""

    columns: Mapping[str, np.ndarray]
    names: Mapping[str, tuple[str, ...]]
    kinds: Mapping[str, str]
