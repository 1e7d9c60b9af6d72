"""Clusters of snapshots' samples with the same numbers from epoch to epoch, stored with the run."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.embed.cluster_tracking import ClusterStore, TrackedClusters, keep_names, steps
from engine.embed.clusters import agreement, clusters
from engine.embed.map_store import stamp
from engine.execute.progress import ProgressCallback, no_progress, part_of
from engine.runs.reader import snapshots
from engine.study.results import Clusters
from engine.study.snapshot_spaces import SnapshotSpaces

_KEPT = 256


@dataclass(frozen=True)
class ClusterSettings:
    """`kind`: "kmeans" (into `count` clusters) or "hdbscan" (any number, each of at least `least` samples; the other
    samples are noise). `space`: "features" or "embedding"."""

    kind: str = "kmeans"
    count: int = 10
    least: int = 15
    space: str = "features"

    @property
    def own(self) -> dict[str, int]:
        """The setting that applies to this kind."""
        return {"count": self.count} if self.kind == "kmeans" else {"least": self.least}


class SnapshotClusters:
    """Makes and stores clusters with stable numbers. Not thread-safe.

    The first clustered epoch defines the numbers, which are stored with the run and do not change. With numbers from the epoch
    shown before, an epoch's colours would depend on the order of viewing; with numbers from the newest epoch, all would change with
    each new snapshot."""

    def __init__(self, spaces: SnapshotSpaces) -> None:
        self._spaces = spaces
        # With the stamp of the features that were clustered.
        self._kept: OrderedDict[tuple[Path, ClusterSettings, int], tuple[int, TrackedClusters]] = OrderedDict()

    def make(self, folder: Path, epoch: int, settings: ClusterSettings, progress: ProgressCallback = no_progress) -> Clusters:
        """The clusters of an epoch, and their agreement with the classes. Epochs between this one and the nearest numbered one are
        clustered too. ConfigError where a run has no such snapshot or space; errors of `progress` are passed on."""
        store = ClusterStore(folder, settings.kind, {**settings.own, "space": settings.space})
        known = {one for run, of, one in self._kept if (run, of) == (folder, settings)} | set(store.epochs())
        # The embeddings of the epochs between would have to be computed first.
        between = tuple(snapshots(folder)) if settings.space == "features" else ()
        start, way = (None, [epoch]) if epoch in known else steps(epoch, sorted(known), between)
        if epoch in known and len(known) > 1:
            # If the space has changed since, its numbers come from the next epoch.
            start = min(known - {epoch}, key=lambda one: abs(one - epoch))
        for done, one in enumerate(way):
            part = part_of(progress, done / len(way), (done + 1) / len(way))
            part(0.0)
            made, start = self._one(folder, one, settings, store, start, part), one
        classes = self._spaces.snapshot(folder, epoch).label.astype(np.int64)
        nmi, ari, of = agreement(made.label, classes if (classes >= 0).any() else None)
        return Clusters(
            folder=str(folder),
            epoch=epoch,
            kind=settings.kind,
            space=settings.space,
            index=made.index,
            label=made.label,
            count=len(np.unique(made.label[made.label >= 0])),
            noise=float((made.label < 0).mean()) if len(made.label) else 0.0,
            nmi=nmi,
            ari=ari,
            of=of,
            after=made.after,
            same=made.same,
        )

    def _one(
        self,
        folder: Path,
        epoch: int,
        settings: ClusterSettings,
        store: ClusterStore,
        start: int | None,
        progress: ProgressCallback,
    ) -> TrackedClusters:
        """The clusters of one epoch, with the numbers of those of the epoch `start`."""
        features, index = self._spaces.rows(folder, epoch, settings.space, progress)
        of, key = stamp(features), (folder, settings, epoch)
        held = self._kept.get(key)
        made = held[1] if held is not None and held[0] == of else store.read(epoch, of)
        if made is None or not np.array_equal(made.index, index):
            label = clusters(features, settings.kind, settings.count, settings.least).label
            before = self._before(folder, settings, store, start)
            made = TrackedClusters(label, index) if start is None or before is None else keep_names(label, index, before, start)
            store.write(epoch, of, made)
        self._kept[key] = of, made
        self._kept.move_to_end(key)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return made

    def _before(self, folder: Path, settings: ClusterSettings, store: ClusterStore, epoch: int | None) -> TrackedClusters | None:
        if epoch is None:
            return None
        held = self._kept.get((folder, settings, epoch))
        return held[1] if held is not None else store.read(epoch)
