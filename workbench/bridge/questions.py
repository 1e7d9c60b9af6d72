"""What panels may ask of the engine, and what comes back: frozen dataclasses of plain values and numpy arrays.

A panel gives a question to the bridge and gets the answer in the GUI thread; it never sees who computes it, nor where.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from engine.config.notes import Note
from workbench.bridge.question import ConfigQuestion, DataQuestion, Lane, Question


@dataclass(frozen=True)
class MethodForm:
    """`schema`: JSON schema of the hyper-parameters; `recipe`: run settings that the method asks for, nested."""

    id: str
    schema: Mapping[str, Any]
    recipe: Mapping[str, Any]


@dataclass(frozen=True)
class DescribeMethod(Question[MethodForm]):
    """The form of one method: answered by MethodForm."""

    lane: ClassVar = Lane.QUICK
    id: str


@dataclass(frozen=True)
class DeviceInfo:
    """One device: `id` is what the config takes. Bytes are 0 where unknown."""

    id: str
    name: str
    total_bytes: int
    free_bytes: int


@dataclass(frozen=True)
class ListDevices(Question[tuple[DeviceInfo, ...]]):
    """The devices of this machine: answered by a tuple of DeviceInfo."""

    lane: ClassVar = Lane.QUICK


@dataclass(frozen=True)
class Checked:
    """`problems`: (key, message) of everything wrong; `resolved`: the complete config where nothing is; `notes`: what is
    right and should yet be known before the start."""

    problems: tuple[tuple[str, str], ...] = ()
    resolved: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class CheckConfig(ConfigQuestion[Checked]):
    """Is this config fit to run? Answered by Checked."""

    lane: ClassVar = Lane.QUICK
    opens_data: ClassVar = True


@dataclass(frozen=True)
class Speed:
    """`seconds`: the whole run's expected length; `memory_bytes`: the peak (of the process on a CPU)."""

    images_per_second: float
    memory_bytes: int
    steps: int
    seconds: float


@dataclass(frozen=True)
class MeasureSpeed(ConfigQuestion[Speed]):
    """A dry run of a few steps: answered by Speed."""

    lane: ClassVar = Lane.SLOW
    opens_data: ClassVar = True


@dataclass(frozen=True)
class DataInfo:
    """`factors`: names of the known factors; `skipped`: files that could not be read, with the reason; `notes`: what else is to be
    known. Of a run's data also how they differ from those that it was made with: of its `total` images how many are `missing`,
    `replaced` by others of the same name, of another class (`relabelled`), and how many were `added`. `check`: how that is known
    (see engine.data.run_images.Changes), "" where the data are no run's."""

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


@dataclass(frozen=True)
class DescribeData(DataQuestion[DataInfo]):
    """Open a data set and say what is in it: answered by DataInfo."""

    lane: ClassVar = Lane.SLOW
    opens_data: ClassVar = True


# Bytes of metrics that are handed to the window at once: a few hundred lines, some milliseconds.
READ_AT_ONCE = 1 << 18


@dataclass(frozen=True)
class ReadMetrics(Question[tuple[list[dict[str, Any]], int]]):
    """The lines of a run's metrics.jsonl from byte `offset` on: answered by a list of dicts and the offset to go on from. Where the
    file was cut back meanwhile, all lines come again, from the run's start at step 0.

    Without `takers` at most about READ_AT_ONCE bytes of lines come with the answer; whoever wants the rest asks again. With
    `takers` the file is read to its end and the lines go to each of them, some hundreds at a time, in the background thread;
    the answer's list is empty then. A run can have hundreds of thousands of lines: to read them in the window's own thread would
    stop it for seconds."""

    lane: ClassVar = Lane.METRICS
    folder: str
    offset: int = 0
    takers: tuple[Callable[[Sequence[Mapping[str, Any]]], object], ...] = ()

    @property
    def topic(self) -> str:
        """Runs do not displace each other."""
        return f"{type(self).__name__}.{self.folder}"


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
class PreviewViews(ConfigQuestion[ViewsPreview]):
    """Original and all views of a few training images, through the run's own pipeline.

    `rows`: which rows of the drawn batch to show. With `step` None the rows index the training split and the draw is (seed, epoch
    0, step 0); with a step, counted from 1, the batch is the very one of that step of a run with this config."""

    lane: ClassVar = Lane.QUICK
    opens_data: ClassVar = True
    rows: tuple[int, ...]
    seed: int
    step: int | None = None


@dataclass(frozen=True)
class ComparePresets(ConfigQuestion[dict[str, list[np.ndarray]]]):
    """One training image, `row` of the training split, under several presets, each drawn from the same seed: answered by a dict of
    preset to a list of (s, s, 3) uint8 arrays, one a view."""

    lane: ClassVar = Lane.QUICK
    opens_data: ClassVar = True
    row: int
    seed: int
    presets: tuple[str, ...]


@dataclass(frozen=True)
class WriteTransform(Question[str]):
    """One kind of view, as a ViewConfig's values, as torchvision v2 code for images stored with side `size` px (0: 224): a text."""

    lane: ClassVar = Lane.QUICK
    view: Mapping[str, Any]
    size: int


@dataclass(frozen=True)
class GetImages(DataQuestion[np.ndarray]):
    """Stored images by index into the data set, as (n, S, S, 3) uint8."""

    lane: ClassVar = Lane.QUICK
    opens_data: ClassVar = True
    index: tuple[int, ...]


@dataclass(frozen=True)
class Labels:
    """`columns`: name to (n,) array: "class" as int64 and every factor. `names`: for columns of categories, the names of the
    values. `kinds`: "category", "number" or "angle" by column."""

    columns: Mapping[str, np.ndarray]
    names: Mapping[str, tuple[str, ...]]
    kinds: Mapping[str, str]


@dataclass(frozen=True)
class GetLabels(DataQuestion[Labels]):
    """What is known of some samples: answered by Labels."""

    lane: ClassVar = Lane.QUICK
    opens_data: ClassVar = True
    index: tuple[int, ...]


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


@dataclass(frozen=True)
class MapSnapshot(Question[Map]):
    """A 2-D map of one embedding snapshot of a run: answered by Map. `epoch` names the snapshot file. Its progress (0 to 1) comes
    through the `progress` callback of `Bridge.ask`.

    `kind`: "pca", "umap", "tsne", "pacmap" or "umap_learn" (MapKinds says which can be had). `neighbours`: of UMAP and PaCMAP;
    `min_dist`: of UMAP; `supervised`: of umap-learn, whether samples of one class are drawn together;
    `perplexity`: of t-SNE; `mid_near`: PaCMAP's MN_ratio; `engine.embed.scale.parameters` gives them for a place between
    local and global. `metric`: "cosine" or "euclidean", of the neighbours that the map is to keep (PCA has none; its quality is
    measured by it). `rows`: rows of the snapshot to map alone, () for all. `space`: "features" of the backbone as the snapshot
    holds them, or "embedding", the projector's by the kept checkpoint nearest to the epoch (ConfigError where the method has
    none). `limit`: map at most so many rows, a sample stratified by label, always the same; 0 for all.

    The maps of a run lie on each other: one starts from the map of the nearest epoch that was made with the same settings, and is
    turned to lie on it; one of some rows lies on that of all. All but PCA's and those of `rows` are kept with the run."""

    lane: ClassVar = Lane.QUICK
    folder: str
    epoch: int
    kind: str = "pca"
    neighbours: int = 15
    min_dist: float = 0.1
    rows: tuple[int, ...] = ()
    space: str = "features"
    metric: str = "cosine"
    limit: int = 0
    perplexity: float = 30.0
    mid_near: float = 0.5
    supervised: bool = False

    @property
    def topic(self) -> str:
        """PCA and UMAP do not displace each other."""
        return f"{type(self).__name__}.{self.kind}"

    def lane_of_this(self) -> Lane:
        """A PCA comes at once, unless an encoder has to be opened first."""
        if self.kind != "pca":
            return Lane.MAPS
        return self.lane if self.space == "features" else Lane.SLOW


@dataclass(frozen=True, eq=False)
class Neighbours:
    """`rows`: (k,) rows of the snapshot, nearest first, itself left out; `cosine`: (k,) whatever the metric; `distance`: (k,) by
    the metric asked for, 1 - cosine or Euclid's."""

    row: int
    rows: np.ndarray
    cosine: np.ndarray
    distance: np.ndarray = field(default_factory=lambda: np.zeros(0, np.float32))
    metric: str = "cosine"


@dataclass(frozen=True)
class FindNeighbours(Question[Neighbours]):
    """The nearest samples in the original space of a snapshot: answered by Neighbours. `row` is a row of the snapshot.

    `metric`: "cosine" or "euclidean". `space`: "features" or "embedding", as for MapSnapshot. `rows`: look among these rows of the
    snapshot alone; () for all."""

    lane: ClassVar = Lane.QUICK
    folder: str
    epoch: int
    row: int
    k: int = 12
    metric: str = "cosine"
    space: str = "features"
    rows: tuple[int, ...] = ()

    def lane_of_this(self) -> Lane:
        """Slow where an encoder has to be opened first."""
        return self.lane if self.space == "features" else Lane.SLOW
