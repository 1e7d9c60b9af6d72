"""2-D maps of a run's snapshots, aligned with each other: a point that did not move in the space stays in place on the map."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import replace
from pathlib import Path

import numpy as np

from engine.config.errors import complain
from engine.embed.align import fit_alignment
from engine.embed.feature_neighbours import as_metric
from engine.embed.map_settings import MapSettings
from engine.embed.map_store import MapStore, StoredMap, stamp
from engine.embed.map_workers import MapWorkers
from engine.embed.quality import measure
from engine.embed.sample import stratified
from engine.execute.progress import ProgressCallback, no_progress, part_of
from engine.runs.reader import Snapshot
from engine.study.results import Map
from engine.study.snapshot_spaces import SnapshotSpaces

_MAPS = 64
# Fewest shared samples for one map to be aligned to another.
_SHARED = 3
# The share of a map's progress for computing its space, where that is necessary.
_SPACE = 0.4

# Coordinates (n, 2) and the indices (n,) of their samples in the data set.
Placed = tuple[np.ndarray, np.ndarray]


class AlignedMaps:
    """Makes and caches maps, aligned within a run in whatever order they are requested. Thread-safe. `close` ends the processes
    that make maps.

    A map starts from that of the nearest epoch with the same settings, and is aligned to it; where there is none, it is aligned to
    any map of the run of the same kind and space that shares samples with it. All but PCA's and those of `rows` are stored with the
    run."""

    def __init__(self, spaces: SnapshotSpaces) -> None:
        self._spaces = spaces
        self._lock = threading.Lock()
        # The newest last.
        # By the number of samples, too: a snapshot can become a larger one.
        self._maps: OrderedDict[tuple[Path, MapSettings, int, int], Map] = OrderedDict()
        self._workers = MapWorkers()

    @property
    def workers(self) -> MapWorkers:
        """The processes that make maps."""
        return self._workers

    def cancel(self, kind: str) -> None:
        """Stop the map of a kind that is being made: `make` raises Cancelled, or starts again where `progress` does not raise
        it."""
        self._workers.cancel(kind)

    def close(self) -> None:
        """End the processes that make maps; a map that is being made raises Cancelled."""
        self._workers.close()

    def make(self, folder: Path, epoch: int, settings: MapSettings, progress: ProgressCallback = no_progress) -> Map:
        """The map of the snapshot of an epoch. ConfigError where it cannot be made; errors of `progress` are passed on."""
        settings.check()
        began = time.perf_counter()
        snapshot = self._spaces.snapshot(folder, epoch)
        key = folder, settings, epoch, len(snapshot.index)
        with self._lock:
            known = self._maps.get(key)
        if known is not None:
            return known
        space, space_epoch = self._spaces.space(folder, epoch, settings.space, part_of(progress, 0.0, _SPACE))
        rows = mapped_rows(settings, snapshot)
        if len(rows) and not np.isfinite(space[rows]).all(1).any():
            remedy = "The run diverged: all its features are infinite or not a number. Look at an earlier epoch."
            raise complain("epoch", "one at which the encoder gives numbers", epoch, remedy)
        if settings.supervised and not (snapshot.label[rows] >= 0).any():
            raise complain("supervised", "off for samples without a known class", True)
        rest = part_of(progress, _SPACE, 1.0) if settings.space != "features" else progress
        index, label = snapshot.index[rows].astype(np.int64), snapshot.label[rows].astype(np.int64)
        made = self._made(folder, epoch, settings, space[rows], index, label, rest)
        made = replace(
            made,
            rows=rows,
            total=len(snapshot.index),
            space_epoch=space_epoch,
            seconds=made.seconds or time.perf_counter() - began,
        )
        with self._lock:
            self._maps[key] = made
            while len(self._maps) > _MAPS:
                self._maps.popitem(last=False)
        return made

    def _made(
        self,
        folder: Path,
        epoch: int,
        settings: MapSettings,
        features: np.ndarray,
        index: np.ndarray,
        label: np.ndarray,
        progress: ProgressCallback,
    ) -> Map:
        began = time.perf_counter()
        store, of = _store(folder, settings), stamp(features)
        kept = store.read(epoch, of) if store is not None else None
        explained: tuple[float, ...] = ()
        if kept is None or not np.array_equal(kept.index, index):
            start, onto = self._nearest(folder, epoch, settings, index, store)
            init = start[0] if start is not None else None
            labels = label if settings.supervised else None
            xy, explained = self._workers.make(
                features, settings.kind, **settings.own, metric=settings.metric, labels=labels, init=init, progress=progress
            )
            xy = aligned(xy, index, start or onto)
            quality = measure(features, xy, metric=as_metric(settings.metric))
            seconds = time.perf_counter() - began
            kept = StoredMap(xy, index, quality.trustworthiness, quality.kept, quality.measured, seconds)
            if store is not None:
                store.write(epoch, of, kept)
        return Map(
            folder=str(folder),
            epoch=epoch,
            kind=settings.kind,
            xy=kept.xy.astype(np.float32),
            index=index,
            label=label,
            trustworthiness=kept.trustworthiness,
            kept=kept.kept,
            measured=kept.measured,
            space=settings.space,
            metric=settings.metric,
            explained=explained,
            seconds=kept.seconds,
            supervised=settings.supervised,
        )

    def _nearest(
        self, folder: Path, epoch: int, settings: MapSettings, index: np.ndarray, store: MapStore | None
    ) -> tuple[Placed | None, Placed | None]:
        """The map from which this one starts: of the nearest epoch with the same settings and samples. Where there is none, the map
        to which it is aligned: another one of this run of the same kind and space."""
        with self._lock:
            maps = [(of, made) for (run, of, _, _), made in self._maps.items() if run == folder]
        same = {made.epoch: made for of, made in maps if of == settings and np.array_equal(made.index, index)}
        kept = set(store.epochs()) if store is not None else set()
        for other in sorted(kept | set(same), key=lambda one: (abs(one - epoch), one)):
            if other in same:
                return (same[other].xy, index), None
            stored = store.read(other) if store is not None else None
            if stored is not None and np.array_equal(stored.index, index):
                return (stored.xy, index), None
        alike = [made for of, made in maps if (of.kind, of.space) == (settings.kind, settings.space)]
        alike.sort(key=lambda made: (abs(made.epoch - epoch), -len(made.xy)))
        return None, next(((made.xy, made.index) for made in alike), None)


def _store(folder: Path, settings: MapSettings) -> MapStore | None:
    """The store of maps with these settings; None for a PCA, which is fast, and for a selection of rows, which is temporary."""
    if settings.kind == "pca" or settings.rows:
        return None
    more: dict[str, object] = {"space": settings.space, "metric": settings.metric, "limit": settings.limit}
    if settings.kind == "umap_learn":
        more["supervised"] = settings.supervised
    return MapStore(folder, settings.kind, {**settings.own, **more})


def mapped_rows(settings: MapSettings, snapshot: Snapshot) -> np.ndarray:
    """The rows of the snapshot that are mapped (m,) int64: rising, each once. ConfigError where some are not in it."""
    n = len(snapshot.index)
    rows = np.unique(np.asarray(settings.rows, np.int64)) if settings.rows else np.arange(n, dtype=np.int64)
    if len(rows) and (rows[0] < 0 or rows[-1] >= n):
        raise complain("rows", f"from 0 to {n - 1}", int(rows[0] if rows[0] < 0 else rows[-1]))
    return np.asarray(rows[stratified(snapshot.label[rows], settings.limit)], np.int64)


def aligned(xy: np.ndarray, index: np.ndarray, onto: Placed | None) -> np.ndarray:
    """A map (n, 2) of samples (n,) aligned to another by the samples that both have, without scaling."""
    if onto is None:
        return xy
    _, here, there = np.intersect1d(index, onto[1], return_indices=True)
    if len(here) < _SHARED:
        return xy
    return fit_alignment(xy[here], onto[0][there], scale=False).apply(xy)
