"""Questions about one embedding snapshot of a run: its maps, and neighbours, scores, clusters and ready selections of its samples.

`row` counts within the snapshot, `index` within the data set. `space` is "features" or "embedding" and `metric` "cosine" or
"euclidean", as for MapSnapshot.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from engine.embed.map_kinds import MAP_TITLES as MAP_TITLES
from engine.embed.map_kinds import MapKind as MapKind
from engine.study.results import Clusters as Clusters
from engine.study.results import Duplicates as Duplicates
from engine.study.results import Losses as Losses
from engine.study.results import Map as Map
from engine.study.results import Neighbours as Neighbours
from engine.study.results import Numbers as Numbers
from engine.study.results import Outliers as Outliers
from workbench.bridge.question import Context, Lane, Question, Session

if TYPE_CHECKING:
    from engine.study.aligned_maps import AlignedMaps
    from engine.study.snapshot_samples import SnapshotSamples
    from engine.study.snapshot_spaces import SnapshotSpaces


def spaces_of(session: Session) -> SnapshotSpaces:
    """The spaces of runs, which maps, samples and comparisons share."""
    from engine.study.snapshot_spaces import SnapshotSpaces

    return session.get(SnapshotSpaces)


def maps_of(session: Session) -> AlignedMaps:
    """The maps that were made."""
    from engine.study.aligned_maps import AlignedMaps

    return session.get(AlignedMaps, lambda: AlignedMaps(spaces_of(session)))


def samples_of(session: Session) -> SnapshotSamples:
    """What is known of samples."""
    from engine.study.snapshot_samples import SnapshotSamples

    return session.get(SnapshotSamples, lambda: SnapshotSamples(spaces_of(session)))


@dataclass(frozen=True)
class MapKinds(Question[tuple[MapKind, ...]]):
    """Which kinds of map this machine can make: answered by a tuple of MapKind, in the order in which to offer them."""

    lane: ClassVar = Lane.QUICK

    def answer(self, context: Context) -> tuple[MapKind, ...]:
        """By the packages that are installed."""
        from engine.embed.map_workers import map_kinds

        return map_kinds()


@dataclass(frozen=True)
class MapSnapshot(Question[Map]):
    """A 2-D map of one embedding snapshot of a run: answered by Map. `epoch` names the snapshot file. Its progress (0 to 1) comes
    through the `progress` callback of `Bridge.ask`.

    `kind`: "pca", "umap", "tsne", "pacmap" or "umap_learn" (MapKinds says which can be had). `neighbours`: of UMAP and PaCMAP;
    `min_dist`: of UMAP; `supervised`: of umap-learn, whether samples of one class are drawn together; `perplexity`: of t-SNE;
    `mid_near`: PaCMAP's MN_ratio; `engine.embed.scale.parameters` gives them for a value between local and global. `metric`:
    "cosine" or "euclidean", of the neighbours that the map is to keep (PCA has none; its quality is measured by it). `rows`: rows
    of the snapshot to map alone, () for all. `space`: "features" of the backbone as the snapshot holds them, or "embedding", the
    projector's by the kept checkpoint nearest to the epoch (ConfigError where the method has none). `limit`: map at most so many
    rows, a sample stratified by label, always the same; 0 for all.

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

    def answer(self, context: Context) -> Map:
        """Laid on the other maps of the run."""
        from engine.embed.map_settings import MapSettings

        settings = MapSettings(
            kind=self.kind,
            neighbours=self.neighbours,
            min_dist=self.min_dist,
            perplexity=self.perplexity,
            mid_near=self.mid_near,
            metric=self.metric,
            space=self.space,
            rows=self.rows,
            limit=self.limit,
            supervised=self.supervised,
        )
        maps = maps_of(context.session)
        context.session.on_cancel(self.topic, lambda: maps.cancel(self.kind))
        return maps.make(Path(self.folder), self.epoch, settings, context.part())


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

    def answer(self, context: Context) -> Neighbours:
        """Exact, in the space itself."""
        samples, snapshot = samples_of(context.session), (Path(self.folder), self.epoch)
        return samples.neighbours(*snapshot, self.row, self.k, self.metric, self.space, self.rows, context.part())


@dataclass(frozen=True)
class SampleNumbers(Question[Numbers]):
    """One number a sample, by several measures: answered by Numbers. `k`: how many neighbours they look at."""

    lane: ClassVar = Lane.SLOW
    folder: str
    epoch: int
    space: str = "features"
    k: int = 15

    def answer(self, context: Context) -> Numbers:
        """All measures at once."""
        samples = samples_of(context.session)
        return samples.scores(Path(self.folder), self.epoch, self.space, self.k, context.part())


@dataclass(frozen=True)
class SampleLosses(Question[Losses]):
    """Each sample's own part of the loss, and the agreement of its views: answered by Losses. Takes a while the first time, and is
    kept with the run. `by`: who asks; of two askers the later one does not displace the other."""

    lane: ClassVar = Lane.SLOW
    folder: str
    epoch: int
    by: str = "colours"

    @property
    def topic(self) -> str:
        """Two askers do not displace each other."""
        return f"{type(self).__name__}.{self.by}"

    def answer(self, context: Context) -> Losses:
        """By the checkpoint nearest to the epoch."""
        return samples_of(context.session).losses(Path(self.folder), self.epoch, context.part())


@dataclass(frozen=True)
class ClusterSnapshot(Question[Clusters]):
    """Groups of samples without looking at labels: answered by Clusters. `kind`: "kmeans" (into `count`) or "hdbscan" (as many as
    there are, each of at least `least` samples; what lies between them is noise)."""

    lane: ClassVar = Lane.SLOW
    folder: str
    epoch: int
    kind: str = "kmeans"
    count: int = 10
    least: int = 15
    space: str = "features"

    @property
    def topic(self) -> str:
        """The two kinds do not displace each other."""
        return f"{type(self).__name__}.{self.kind}"

    def answer(self, context: Context) -> Clusters:
        """With the names of the nearest epoch that has names."""
        from engine.study.snapshot_clusters import ClusterSettings, SnapshotClusters

        spaces = spaces_of(context.session)
        clusters = context.session.get(SnapshotClusters, lambda: SnapshotClusters(spaces))
        settings = ClusterSettings(self.kind, self.count, self.least, self.space)
        return clusters.make(Path(self.folder), self.epoch, settings, context.part())


@dataclass(frozen=True)
class NearDuplicates(Question[Duplicates]):
    """Samples that are nearly one: answered by Duplicates. Two are linked where their cosine is at least `threshold`."""

    lane: ClassVar = Lane.SLOW
    folder: str
    epoch: int
    threshold: float = 0.98
    space: str = "features"

    def answer(self, context: Context) -> Duplicates:
        """In the space itself."""
        samples = samples_of(context.session)
        return samples.duplicates(Path(self.folder), self.epoch, self.threshold, self.space, context.part())


@dataclass(frozen=True)
class FindOutliers(Question[Outliers]):
    """The `count` samples that lie farthest from their `k` nearest: answered by Outliers."""

    lane: ClassVar = Lane.SLOW
    folder: str
    epoch: int
    count: int = 60
    k: int = 15
    space: str = "features"

    def answer(self, context: Context) -> Outliers:
        """In the space itself."""
        samples = samples_of(context.session)
        return samples.outliers(Path(self.folder), self.epoch, self.count, self.k, self.space, context.part())
