"""Questions about one embedding snapshot of a run: maps, neighbours, scores, clusters, duplicates and outliers of its samples.

`row` is an index into the snapshot, `index` one into the data set. `space` is "features" or "embedding" and `metric` "cosine" or
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
    """The spaces of runs, shared by maps, samples and comparisons."""
    from engine.study.snapshot_spaces import SnapshotSpaces

    return session.get(SnapshotSpaces)


def maps_of(session: Session) -> AlignedMaps:
    """The computed maps."""
    from engine.study.aligned_maps import AlignedMaps

    return session.get(AlignedMaps, lambda: AlignedMaps(spaces_of(session)))


def samples_of(session: Session) -> SnapshotSamples:
    """The computed properties of samples."""
    from engine.study.snapshot_samples import SnapshotSamples

    return session.get(SnapshotSamples, lambda: SnapshotSamples(spaces_of(session)))


@dataclass(frozen=True)
class MapKinds(Question[tuple[MapKind, ...]]):
    """The kinds of map that this machine can compute: answered by a tuple of MapKind, in the order of the list in the window."""

    lane: ClassVar = Lane.QUICK

    def answer(self, context: Context) -> tuple[MapKind, ...]:
        """By the installed packages."""
        from engine.embed.map_workers import map_kinds

        return map_kinds()


@dataclass(frozen=True)
class MapSnapshot(Question[Map]):
    """A 2-D map of one embedding snapshot of a run: answered by Map. `epoch`: of the snapshot.

    `kind`: "pca", "umap", "tsne", "pacmap" or "umap_learn" (those of MapKinds are available). `neighbours`: of UMAP and PaCMAP;
    `min_dist`: of UMAP; `supervised`: of umap-learn, whether the labels are used, too; `perplexity`: of t-SNE; `mid_near`: PaCMAP's
    MN_ratio; `engine.embed.scale.parameters` computes them from a value between local and global. `metric`: "cosine" or
    "euclidean", of the neighbours that the map preserves (PCA uses none; its quality is measured by it). `rows`: map only these
    rows of the snapshot, () for all. `space`: "features" of the backbone as stored in the snapshot, or "embedding", the projector's
    by the kept checkpoint nearest to the epoch (ConfigError where the method has none). `limit`: map at most this many rows, a
    sample stratified by label with a fixed seed; 0 for all.

    The maps of a run are aligned: one is initialised by the map of the nearest epoch with the same settings and rotated onto it;
    one of some rows is aligned with that of all. All but those of PCA and of `rows` are stored with the run."""

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
        """Maps of different kinds do not replace each other."""
        return f"{type(self).__name__}.{self.kind}"

    def lane_of_this(self) -> Lane:
        """PCA is quick, unless an encoder has to be opened first."""
        if self.kind != "pca":
            return Lane.MAPS
        return self.lane if self.space == "features" else Lane.SLOW

    def answer(self, context: Context) -> Map:
        """Aligned with the other maps of the run."""
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

    `metric`: "cosine" or "euclidean". `space`: "features" or "embedding", as for MapSnapshot. `rows`: search only these rows of the
    snapshot; () for all."""

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
        """Exact, in the original space."""
        samples, snapshot = samples_of(context.session), (Path(self.folder), self.epoch)
        return samples.neighbours(*snapshot, self.row, self.k, self.metric, self.space, self.rows, context.part())


@dataclass(frozen=True)
class SampleNumbers(Question[Numbers]):
    """Several scores of each sample: answered by Numbers. `k`: the number of neighbours that they use."""

    lane: ClassVar = Lane.SLOW
    folder: str
    epoch: int
    space: str = "features"
    k: int = 15

    def answer(self, context: Context) -> Numbers:
        """All scores at once."""
        samples = samples_of(context.session)
        return samples.scores(Path(self.folder), self.epoch, self.space, self.k, context.part())


@dataclass(frozen=True)
class SampleLosses(Question[Losses]):
    """The loss of each sample, and the agreement of its views: answered by Losses. Slow the first time, then stored with the run.
    `by`: the part of the panel that asks; questions with different values do not replace each other."""

    lane: ClassVar = Lane.SLOW
    folder: str
    epoch: int
    by: str = "colours"

    @property
    def topic(self) -> str:
        """Questions of different parts do not replace each other."""
        return f"{type(self).__name__}.{self.by}"

    def answer(self, context: Context) -> Losses:
        """With the checkpoint nearest to the epoch."""
        return samples_of(context.session).losses(Path(self.folder), self.epoch, context.part())


@dataclass(frozen=True)
class ClusterSnapshot(Question[Clusters]):
    """Clusters of samples, computed without labels: answered by Clusters. `kind`: "kmeans" (`count` clusters) or "hdbscan" (any
    number of clusters with at least `least` samples each; the other samples are noise)."""

    lane: ClassVar = Lane.SLOW
    folder: str
    epoch: int
    kind: str = "kmeans"
    count: int = 10
    least: int = 15
    space: str = "features"

    @property
    def topic(self) -> str:
        """Clusters of different kinds do not replace each other."""
        return f"{type(self).__name__}.{self.kind}"

    def answer(self, context: Context) -> Clusters:
        """Clusters are numbered as those of the nearest epoch that has been clustered."""
        from engine.study.snapshot_clusters import ClusterSettings, SnapshotClusters

        spaces = spaces_of(context.session)
        clusters = context.session.get(SnapshotClusters, lambda: SnapshotClusters(spaces))
        settings = ClusterSettings(self.kind, self.count, self.least, self.space)
        return clusters.make(Path(self.folder), self.epoch, settings, context.part())


@dataclass(frozen=True)
class NearDuplicates(Question[Duplicates]):
    """Near-duplicates among the samples: answered by Duplicates. Two are linked if their cosine similarity is at least
    `threshold`."""

    lane: ClassVar = Lane.SLOW
    folder: str
    epoch: int
    threshold: float = 0.98
    space: str = "features"

    def answer(self, context: Context) -> Duplicates:
        """In the original space."""
        samples = samples_of(context.session)
        return samples.duplicates(Path(self.folder), self.epoch, self.threshold, self.space, context.part())


@dataclass(frozen=True)
class FindOutliers(Question[Outliers]):
    """The `count` samples with the largest distance to their `k` nearest neighbours: answered by Outliers."""

    lane: ClassVar = Lane.SLOW
    folder: str
    epoch: int
    count: int = 60
    k: int = 15
    space: str = "features"

    def answer(self, context: Context) -> Outliers:
        """In the original space."""
        samples = samples_of(context.session)
        return samples.outliers(Path(self.folder), self.epoch, self.count, self.k, self.space, context.part())
