"""2-D maps of a run's snapshots that lie on each other: a point that did not move in the space does not jump on the map."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import numpy as np

from engine.config.errors import ConfigError, Problem, complain
from engine.embed import pacmap, tsne, umap
from engine.embed.align import lay
from engine.embed.job import MapFailed, MapJob
from engine.embed.neighbours import as_metric
from engine.embed.pca import fit
from engine.embed.quality import measure
from engine.embed.sample import stratified
from engine.embed.store import Kept, MapStore, stamp
from engine.execute.progress import Cancelled, ProgressCallback, no_progress, part_of
from engine.runs.reader import Snapshot
from engine.study.results import MAP_TITLES, Map, MapKind
from engine.study.snapshot_spaces import SnapshotSpaces

J = TypeVar("J", bound=MapJob)

KINDS = tuple(MAP_TITLES)
_MAPS = 64
# Samples that two maps must share for one to be laid on the other.
_SHARED = 3
# The part of a map's progress that computing its space is, where the space has to be computed.
_SPACE = 0.4

# Coordinates (n, 2) and the indices (n,) of their samples in the data set.
Placed = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class MapSettings:
    """How a map is made.

    `kind`: one of KINDS. `neighbours`: of UMAP and PaCMAP; `min_dist`: of UMAP; `perplexity`: of t-SNE; `mid_near`: PaCMAP's
    MN_ratio. `metric`: "cosine" or "euclidean", of the neighbours that the map is to preserve (PCA has none; its quality is
    measured by it). `space`: "features" or "embedding", see SnapshotSpaces. `rows`: the rows of the snapshot to map, () for all.
    `limit`: map at most this many rows, a sample stratified by label, always the same; 0 for all."""

    kind: str = "pca"
    neighbours: int = 15
    min_dist: float = 0.1
    perplexity: float = 30.0
    mid_near: float = 0.5
    metric: str = "cosine"
    space: str = "features"
    rows: tuple[int, ...] = ()
    limit: int = 0

    @property
    def own(self) -> dict[str, float]:
        """The settings that this kind of map has."""
        return {
            "pca": {},
            "umap": {"neighbours": self.neighbours, "min_dist": self.min_dist},
            "tsne": {"perplexity": self.perplexity},
            "pacmap": {"neighbours": self.neighbours, "mid_near": self.mid_near},
        }[self.kind]

    def check(self) -> None:
        """ConfigError where kind or metric is unknown."""
        if self.kind not in KINDS:
            raise complain("kind", f"one of {', '.join(KINDS)}", self.kind)
        as_metric(self.metric)


def map_kinds() -> tuple[MapKind, ...]:
    """The kinds of map in the order in which to offer them, and whether this machine can make them."""
    missing = "" if pacmap.installed() else f"The package pacmap is not installed. {pacmap.REMEDY}"
    reasons = {"pacmap": missing}
    return tuple(MapKind(kind, title, reasons.get(kind, ""), kind != "pca") for kind, title in MAP_TITLES.items())


class AlignedMaps:
    """Makes maps and keeps them, so that those of one run lie on each other in whatever order they are asked for. May be used by
    several threads. `close` ends the processes that make maps.

    A map starts from that of the nearest epoch that was made with the same settings, and is turned to lie on it; where there is
    none, it is laid on any map of the run of the same kind and space that shares samples with it. All but PCA's and those of `rows`
    are stored with the run."""

    def __init__(self, spaces: SnapshotSpaces) -> None:
        self._spaces = spaces
        self._lock = threading.Lock()
        # The newest last.
        self._maps: OrderedDict[tuple[Path, MapSettings, int], Map] = OrderedDict()
        self._jobs: dict[str, MapJob] = {}
        self._closed = False

    def cancel(self, kind: str) -> None:
        """Stop the map of a kind that is being made: `make` raises Cancelled, or begins anew where `progress` does not raise it."""
        with self._lock:
            job = self._jobs.get(kind)
        if job is not None:
            job.cancel()

    def close(self) -> None:
        """End the processes that make maps; a map that is being made fails."""
        with self._lock:
            self._closed = True
            jobs, self._jobs = list(self._jobs.values()), {}
        for job in jobs:
            job.close()

    def make(self, folder: Path, epoch: int, settings: MapSettings, progress: ProgressCallback = no_progress) -> Map:
        """The map of the snapshot of an epoch. ConfigError where it cannot be made; what `progress` raises passes."""
        settings.check()
        key = folder, settings, epoch
        with self._lock:
            known = self._maps.get(key)
        if known is not None:
            return known
        began = time.perf_counter()
        snapshot = self._spaces.snapshot(folder, epoch)
        space, space_epoch = self._spaces.space(folder, epoch, settings.space, part_of(progress, 0.0, _SPACE))
        rows = mapped_rows(settings, snapshot)
        if len(rows) and not np.isfinite(space[rows]).all(1).any():
            remedy = "The run diverged: all its features are infinite or not a number. Look at an earlier epoch."
            raise complain("epoch", "one at which the encoder gives numbers", epoch, remedy)
        rest = part_of(progress, _SPACE, 1.0) if settings.space != "features" else progress
        made = self._made(folder, epoch, settings, space[rows], snapshot.index[rows].astype(np.int64), rest)
        made = replace(
            made,
            label=snapshot.label[rows].astype(np.int64),
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
        self, folder: Path, epoch: int, settings: MapSettings, features: np.ndarray, index: np.ndarray, progress: ProgressCallback
    ) -> Map:
        began = time.perf_counter()
        store, of = _store(folder, settings), stamp(features)
        kept = store.read(epoch, of) if store is not None else None
        explained: tuple[float, ...] = ()
        if kept is None or not np.array_equal(kept.index, index):
            start, onto = self._nearest(folder, epoch, settings, index, store)
            if settings.kind == "pca":
                components = fit(features)
                xy, explained = components.apply(features), tuple(float(share) for share in components.explained)
            else:
                xy = self._slow_map(settings, features, start[0] if start is not None else None, progress)
            xy = laid(xy, index, start or onto)
            quality = measure(features, xy, metric=as_metric(settings.metric))
            seconds = time.perf_counter() - began
            kept = Kept(xy, index, quality.trustworthiness, quality.kept, quality.measured, seconds)
            if store is not None:
                store.write(epoch, of, kept)
        return Map(
            folder=str(folder),
            epoch=epoch,
            kind=settings.kind,
            xy=kept.xy.astype(np.float32),
            index=index,
            label=np.full(len(index), -1, np.int64),
            trustworthiness=kept.trustworthiness,
            kept=kept.kept,
            measured=kept.measured,
            space=settings.space,
            metric=settings.metric,
            explained=explained,
            seconds=kept.seconds,
        )

    def _slow_map(
        self, settings: MapSettings, features: np.ndarray, init: np.ndarray | None, progress: ProgressCallback
    ) -> np.ndarray:
        while True:
            try:
                return np.asarray(self._run(settings, features, init, progress), np.float32)
            except MapFailed as error:
                raise ConfigError([Problem("kind", str(error))]) from None
            except Cancelled:
                if self._closed:
                    raise
                progress(0.0)  # passes where the map is wanted all the same: the one before it was cancelled

    def _run(self, settings: MapSettings, features: np.ndarray, init: np.ndarray | None, progress: ProgressCallback) -> np.ndarray:
        metric = as_metric(settings.metric)
        if settings.kind == "tsne":
            job = self._job("tsne", tsne.TsneJob)
            return job.run(features, perplexity=settings.perplexity, metric=metric, init=init, progress=progress)
        neighbours = settings.neighbours
        if settings.kind == "pacmap":
            pairs = self._job("pacmap", pacmap.PacmapJob)
            middle = settings.mid_near
            return pairs.run(features, neighbours=neighbours, mid_near=middle, metric=metric, init=init, progress=progress)
        graph, least = self._job("umap", umap.UmapJob), settings.min_dist
        return graph.run(features, neighbours=neighbours, min_dist=least, metric=metric, init=init, progress=progress)

    def _job(self, kind: str, cls: type[J]) -> J:
        with self._lock:
            if self._closed:
                raise Cancelled
            job = self._jobs.get(kind)
            if not isinstance(job, cls):
                job = self._jobs[kind] = cls()
            return job

    def _nearest(
        self, folder: Path, epoch: int, settings: MapSettings, index: np.ndarray, store: MapStore | None
    ) -> tuple[Placed | None, Placed | None]:
        """The map from which this one starts: of the nearest epoch with the same settings and samples. Where there is none, the map
        on which it is laid: another one of this run of the same kind and space."""
        with self._lock:
            maps = [(of, made) for (run, of, _), made in self._maps.items() if run == folder]
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
    """Where maps like this one are stored with the run. A PCA takes no time, and a part of the rows is mapped in passing."""
    if settings.kind == "pca" or settings.rows:
        return None
    more = {"space": settings.space, "metric": settings.metric, "limit": settings.limit}
    return MapStore(folder, settings.kind, {**settings.own, **more})


def mapped_rows(settings: MapSettings, snapshot: Snapshot) -> np.ndarray:
    """The rows of the snapshot that are mapped (m,) int64: rising, each once. ConfigError where some are not in it."""
    n = len(snapshot.index)
    rows = np.unique(np.asarray(settings.rows, np.int64)) if settings.rows else np.arange(n, dtype=np.int64)
    if len(rows) and (rows[0] < 0 or rows[-1] >= n):
        raise complain("rows", f"from 0 to {n - 1}", int(rows[0] if rows[0] < 0 else rows[-1]))
    return np.asarray(rows[stratified(snapshot.label[rows], settings.limit)], np.int64)


def laid(xy: np.ndarray, index: np.ndarray, onto: Placed | None) -> np.ndarray:
    """A map (n, 2) of samples (n,) turned to lie on another, in its own size, by the samples that both have."""
    if onto is None:
        return xy
    _, here, there = np.intersect1d(index, onto[1], return_indices=True)
    if len(here) < _SHARED:
        return xy
    return lay(xy[here], onto[0][there], scale=False).apply(xy)
