"""Results of studies of a run: plain values and numpy arrays. `row` is an index into a snapshot, `index` into the data set.

Must not import torch: the window imports it at its start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from engine.study.pair_measures import FalseNegatives, ImagePairs, Separation


@dataclass(frozen=True, eq=False)
class Map:
    """`xy`: (n, 2) float32; `index`, `label`: (n,) int64, indices into the data set and classes (-1 unknown) of the mapped rows.
    `trustworthiness`: of this map, 0 to 1, and `kept`: the share of a point's 15 nearest in the space that are among its 15 nearest
    on the map, 0 to 1 (nan where it was not measured); both by `metric` on `measured` points, evenly spaced.

    `rows`: (n,) int64, the rows of the snapshot (all of them unless some were requested); `total`: number of rows of the snapshot.
    `space`: "features" or "embedding"; `space_epoch`: the epoch of the encoder that computed the space, the nearest one with a
    checkpoint. `explained`: of a PCA, the shares of the variance on its two axes. `seconds`: the time that it took.
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
        """Defaults: all rows of the snapshot, in the space of its own epoch."""
        if not len(self.rows):
            object.__setattr__(self, "rows", np.arange(len(self.xy), dtype=np.int64))
        if not self.total:
            object.__setattr__(self, "total", len(self.xy))
        if self.space_epoch < 0:
            object.__setattr__(self, "space_epoch", self.epoch)


@dataclass(frozen=True, eq=False)
class Neighbours:
    """`rows`: (k,) rows of the snapshot, nearest first, without the row itself; `cosine`: (k,), for any metric; `distance`: (k,) by
    the requested metric, 1 - cosine or Euclidean."""

    row: int
    rows: np.ndarray
    cosine: np.ndarray
    distance: np.ndarray = field(default_factory=lambda: np.zeros(0, np.float32))
    metric: str = "cosine"


@dataclass(frozen=True, eq=False)
class Numbers:
    """`columns`: name to (n,) float32, nan where undefined; all rows of the snapshot. `meaning`: a line in English for each.

    "churn": share of the k nearest that are others than at the snapshot before (`previous`), 0 to 1; absent at the first snapshot.
    "outlier": mean of 1 - cosine to the k nearest, 0 to 2: large is far from all. "nearest": cosine to the nearest other sample:
    near 1 is a near-duplicate. "same_class": share of the k nearest that have the sample's own class, 0 to 1. "margin": that share
    less the one of the class with most votes among the others, -1 to 1: below 0 its neighbours would predict another class. Both
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
    """See engine.study.sample_losses. `columns`, if they exist: "loss" in the loss's own unit and "agreement", the mean cosine of a
    sample's views, -1 to 1: (n,) float32, nan for a sample that the method cannot process; all rows of the snapshot. `of`: the
    epoch of the checkpoint. `chance`: the loss at chance level. By column: `notes`, a sentence in English why it is missing or how
    to read it, and `steady`, its reliability under other random draws, 0 to 1 or nan."""

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
    """`label`: (n,) int64 of all rows of the snapshot, the number of each one's cluster, -1 noise. Numbers are stable: a cluster
    has the number of the cluster of epoch `after` with which it shares most samples (0 the largest, at the first numbered epoch;
    `after` None), new ones get unused numbers; `same`: share of the samples clustered at both epochs whose cluster has the same
    number at both. `count`: clusters; `noise`: share of rows in none. `nmi`, `ari`: agreement with the classes (normalised mutual
    information 0 to 1, adjusted Rand index, 0 at chance), over the `of` rows that are in a cluster and whose class is known; nan
    where there are none."""

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
    in a group, rising, for a selection."""

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
    """The m samples that both have, by their indices `index` (m,) into the data set, rising: `kept` (m,) the share of a sample's k
    nearest in the one space that are among its k nearest in the other; `order` (m,) positions in `index`, those whose neighbours
    changed most first. `share`: mean of `kept`; `chance`: its expectation for unrelated spaces; `cka`:
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
    """Figures of one space: `matrix` (2n, 2n) cosines, view 1 of every image, then view 2; `positive` (n,) and `negative` (m,)
    those of positives and negatives, `separation` of these; `near`: pairs of different images, the most similar first; `wrong`:
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
    """`index`: (n,) indices into the data set; `label`: (n,), -1 where unknown, into `classes`. `originals`: (n, S, S, 3) uint8;
    `views`: two (n, s, s, 3) uint8; `boxes`: two (n, 4), x0 y0 x1 y1 as shares of the original; `overlap`: (n,) of the two boxes,
    intersection over union. `spaces`: "features" of the backbone and, where the method has one of single views, "embedding" of its
    projector. `temperature`: the method's; None where it has none. `splits`: images of each split. `drawn`: for each view, for each
    image, the drawn values by name; empty where they are not known. `names`: (n,) of the images in the data set, empty where they
    have none."""

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
    names: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class SpaceCurve:
    """Cosine of an image and its view at each strength, in one space: `mean`, `low` and `high` (the 10th and 90th percentile),
    (k,) each. `ceiling`: the cosine below which 95 % of pairs of different images are, without augmentation."""

    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray
    ceiling: float


@dataclass(frozen=True, eq=False)
class StrengthCurve:
    """`strengths`: (k,), of an operation that is on or off (0, 1); `own`: the largest strength in the run's own augmentation, of
    such an operation its probability, 0 where it is off; `examples`: (k, s, s, 3) uint8, one image at each strength."""

    operation: str
    strengths: np.ndarray
    spaces: Mapping[str, SpaceCurve]
    own: float
    images: int
    examples: np.ndarray


@dataclass(frozen=True)
class ViewsPreview:
    """`originals`: (n, S, S, 3) uint8. `views`: one array a view (n, s, s, 3) uint8. `boxes`: one (n, 4) array a view, x0 y0 x1 y1
    as shares of the original. `drawn`: for each view, for each row, the drawn values by name. `roles`: "global" or "local" a view.
    `shared`: (n,) intersection over union of the crops of the first two global views; `overlaps`: (m,) the same of many more draws;
    both empty where there is one. `masks`: where the objects are in the originals and in each view, (n, S, S) and (n, s, s) bool;
    `objects`: the same of their boxes, for each row (k, 4) as shares of the image; both empty for data without them. `clips`: (n,
    T, S, S, 3) uint8, where the images are clips; `view_clips`: of methods that see clips, one (n, T, s, s, 3) array a view, all
    frames of a clip by the same draw; both empty else. `inputs`: the network's inputs, computed by the method from the views, by
    name, one (n, h, w, 3) uint8 array each."""

    originals: np.ndarray
    views: tuple[np.ndarray, ...]
    boxes: tuple[np.ndarray, ...]
    drawn: tuple[tuple[Mapping[str, float], ...], ...]
    roles: tuple[str, ...]
    milliseconds: float
    inputs: Mapping[str, np.ndarray] = field(default_factory=dict)
    masks: tuple[np.ndarray, ...] = ()
    objects: tuple[tuple[np.ndarray, ...], ...] = ()
    clips: np.ndarray = field(default_factory=lambda: np.zeros(0, np.uint8))
    view_clips: tuple[np.ndarray, ...] = ()
    shared: np.ndarray = field(default_factory=lambda: np.zeros(0, np.float32))
    overlaps: np.ndarray = field(default_factory=lambda: np.zeros(0, np.float32))


@dataclass(frozen=True)
class Labels:
    """`columns`: name to (n,) array: "class" as int64 and every factor. `names`: for columns of categories, the names of the
    values. `kinds`: "category", "number" or "angle" by column. `captioned`: whether the data set has captions."""

    columns: Mapping[str, np.ndarray]
    names: Mapping[str, tuple[str, ...]]
    kinds: Mapping[str, str]
    captioned: bool = False


@dataclass(frozen=True)
class CaptionCondition:
    """What the captions of a sample must be. Letter case and the number of spaces do not matter.

    "~": one of them contains the text. "=": one of them is the text. "!=": it has captions, and none of them is the text."""

    sign: Literal["~", "=", "!="]
    text: str


@dataclass(frozen=True, eq=False)
class LargeImage:
    """`pixels`: (H, W, 3) uint8. `size`: width and height of the original, which can be larger than the pixels. `name`: of the
    image in its data set, "" where it has none; `path`: of its file, `bytes` the file's size.

    `origin`: where the pixels come from. "file": the image's own file. Otherwise from the data set, as the encoder is given it:
    because the file is "missing" or "unreadable" (`message` says why), or there is "none" (generated images, arrays)."""

    pixels: np.ndarray
    size: tuple[int, int]
    origin: Literal["file", "missing", "unreadable", "none"]
    name: str = ""
    path: str = ""
    bytes: int = 0
    message: str = ""


@dataclass(frozen=True, eq=False)
class ImageNeighbours:
    """`index`: (k,) indices into the data set of the nearest samples of a snapshot, nearest first, without the image itself;
    `cosine`: (k,). `inside`: whether the image is a sample of the snapshot; if not, it was encoded now."""

    index: np.ndarray
    cosine: np.ndarray
    inside: bool


@dataclass(frozen=True)
class ImageLoss:
    """The figures of one image, as of Losses: None where they are not known. `epoch`: of the checkpoint; `note`: why there is no
    loss, or how to read it."""

    epoch: int
    loss: float | None
    agreement: float | None
    chance: float | None
    note: str = ""


@dataclass(frozen=True, eq=False)
class Episode:
    """An episode of T steps that a run's agent played. frames: (T + 1, h, w, 3) uint8, the last of its end. actions: (T) names;
    names: of all A actions; values: (T, A), what the agent expects of each; rewards: (T,). `success`: the goal was reached.
    `number`: of the held-out episodes."""

    folder: str
    number: int
    frames: np.ndarray
    actions: tuple[str, ...]
    names: tuple[str, ...]
    values: np.ndarray
    rewards: np.ndarray
    success: bool


@dataclass(frozen=True, eq=False)
class PlacedImages:
    """m new images on a map: `paths` of the files; `pixels` (m, S, S, 3) uint8 as the encoder is given them; `xy` (m, 2) float32;
    `index` (m, k) and `cosine` (m, k): the nearest samples of the map in the space, by their indices in the data set, nearest
    first; `kept` (m,): the share of these that are among the k nearest on the map, 0 to 1.

    `skipped`: files that could not be read, "name: reason" each. `count`: how many images there were; more than
    engine.study.placed_images.MOST are not placed."""

    paths: tuple[str, ...]
    pixels: np.ndarray
    xy: np.ndarray
    index: np.ndarray
    cosine: np.ndarray
    kept: np.ndarray
    skipped: tuple[str, ...] = ()
    count: int = 0
