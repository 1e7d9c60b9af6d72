"""What the engine answers about a snapshot: its map, and numbers, clusters, neighbours of its samples. Torch is imported inside."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from engine.config.errors import ConfigError, Problem, complain
from engine.execute.progress import Cancelled
from engine.runs.reader import Snapshot, snapshots
from workbench.bridge import map_questions as m
from workbench.bridge.questions import FindNeighbours, Map, MapSnapshot, Neighbours
from workbench.bridge.ticking import Tell, Wanted, ticking

if TYPE_CHECKING:
    from engine.embed.job import MapJob
    from engine.embed.neighbours import Metric
    from engine.embed.store import MapStore

KINDS = tuple(m.TITLES)
METRICS = ("cosine", "euclidean")
_MAPS = 64
_SPACES = 6
_NUMBERS = 16
# Samples that two maps must share for one to be laid on the other.
_SHARED = 3
# The share of the way to a map that getting its space is, where that has to be computed.
_SPACE = 0.4


class MapAnswers:
    """Keeps maps, so that those of one run lie on each other in whatever order they are asked for. Asked by several lines of
    questions. `snapshot` reads a snapshot of a run, or has it at hand."""

    def __init__(self, snapshot: Callable[[str, int], Snapshot]) -> None:
        self._snapshot = snapshot
        self._lock = threading.Lock()
        # By question without its epoch, then by epoch; the newest last.
        self._maps: OrderedDict[tuple[MapSnapshot, int], Map] = OrderedDict()
        self._spaces: OrderedDict[tuple[str, int, str], tuple[np.ndarray, int]] = OrderedDict()
        self._numbers: OrderedDict[m.SampleNumbers, m.Numbers] = OrderedDict()
        self._jobs: dict[str, MapJob] = {}
        self._closed = False

    def call_off(self, question: MapSnapshot) -> None:
        """Let the worker of a map go."""
        with self._lock:
            job = self._jobs.get(question.kind)
        if job is not None:
            job.cancel()

    def close(self) -> None:
        """End the processes that make maps; a map under way fails."""
        with self._lock:
            self._closed = True
            jobs, self._jobs = list(self._jobs.values()), {}
        for job in jobs:
            job.close()

    # Maps

    def kinds(self, asked: m.MapKinds, progress: Tell, wanted: Wanted) -> tuple[m.MapKind, ...]:
        """What can be made here."""
        from engine.embed import pacmap

        missing = "" if pacmap.installed() else f"The package pacmap is not installed. {pacmap.REMEDY}"
        reasons = {"pacmap": missing}
        return tuple(m.MapKind(kind, title, reasons.get(kind, ""), kind != "pca") for kind, title in m.TITLES.items())

    def map_snapshot(self, asked: MapSnapshot, progress: Tell, wanted: Wanted) -> Map:
        """The map, laid on the nearest one of the same settings, or else on any that shares samples with it."""
        if asked.kind not in KINDS:
            raise complain("kind", f"one of {', '.join(KINDS)}", asked.kind)
        if asked.metric not in METRICS:
            raise complain("metric", f"one of {', '.join(METRICS)}", asked.metric)
        if asked.supervised and asked.kind != "umap_learn":
            raise complain("supervised", "off for this kind of map", True, "Choose the kind umap-learn.")
        key = replace(asked, epoch=0)
        with self._lock:
            known = self._maps.get((key, asked.epoch))
        if known is not None:
            return known
        began = time.perf_counter()
        snapshot = self._snapshot(asked.folder, asked.epoch)
        whole, space_epoch = self._space(asked.folder, asked.epoch, asked.space, ticking(progress, wanted, 0.0, _SPACE))
        rows = _rows(asked, snapshot)
        index, features = snapshot.index[rows].astype(np.int64), whole[rows]
        if len(features) and not np.isfinite(features).all(1).any():
            remedy = "The run diverged: all its features are infinite or not a number. Look at an earlier epoch."
            raise complain("epoch", "one at which the encoder gives numbers", asked.epoch, remedy)
        if asked.supervised and not (snapshot.label[rows] >= 0).any():
            raise complain("supervised", "off for samples without a known class", True)
        made = self._make(
            asked,
            features,
            index,
            snapshot.label[rows].astype(np.int64),
            ticking(progress, wanted, _SPACE if asked.space != "features" else 0.0),
        )
        made = replace(
            made,
            rows=rows,
            total=len(snapshot.index),
            space_epoch=space_epoch,
            seconds=made.seconds or time.perf_counter() - began,
        )
        with self._lock:
            self._maps[key, asked.epoch] = made
            while len(self._maps) > _MAPS:
                self._maps.popitem(last=False)
        return made

    def _make(self, asked: MapSnapshot, features: np.ndarray, index: np.ndarray, label: np.ndarray, tick: Tell) -> Map:
        from engine.embed.pca import fit
        from engine.embed.quality import measure
        from engine.embed.store import Kept, stamp

        began = time.perf_counter()
        store, of = self._store(asked), stamp(features)
        kept = store.read(asked.epoch, of) if store is not None else None
        explained: tuple[float, ...] = ()
        if kept is None or not np.array_equal(kept.index, index):
            own, other = self._near(asked, index, store)
            if asked.kind == "pca":
                found = fit(features)
                xy, explained = found.apply(features), tuple(float(share) for share in found.explained)
            else:
                xy = self._slow_map(asked, features, label, own[0] if own is not None else None, tick)
            xy = _laid(xy, index, own or other)
            quality = measure(features, xy, metric=cast("Metric", asked.metric))
            seconds = time.perf_counter() - began
            kept = Kept(xy, index, quality.trustworthiness, quality.kept, quality.measured, seconds)
            if store is not None:
                store.write(asked.epoch, of, kept)
        return Map(
            folder=asked.folder,
            epoch=asked.epoch,
            kind=asked.kind,
            xy=kept.xy.astype(np.float32),
            index=index,
            label=label,
            trustworthiness=kept.trustworthiness,
            kept=kept.kept,
            measured=kept.measured,
            space=asked.space,
            metric=asked.metric,
            explained=explained,
            seconds=kept.seconds,
            supervised=asked.supervised,
        )

    def _slow_map(
        self, question: MapSnapshot, features: np.ndarray, label: np.ndarray, init: np.ndarray | None, tick: Tell
    ) -> np.ndarray:
        from engine.embed.job import MapFailed

        settings: dict[str, Any] = {"metric": question.metric, "init": init, "progress": tick}
        if question.kind == "tsne":
            settings["perplexity"] = question.perplexity
        elif question.kind == "pacmap":
            settings |= {"neighbours": question.neighbours, "mid_near": question.mid_near}
        else:
            settings |= {"neighbours": question.neighbours, "min_dist": question.min_dist}
        if question.supervised:
            settings["labels"] = label
        while True:
            job = cast(Any, self._job(question.kind))
            try:
                return np.asarray(job.run(features, **settings), np.float32)
            except MapFailed as error:
                raise ConfigError([Problem("kind", str(error))]) from None
            except Cancelled:
                tick(0.0)  # passes where somebody waits all the same: it was the map before this one that was called off

    def _job(self, kind: str) -> MapJob:
        from engine.embed.pacmap import PacmapJob
        from engine.embed.tsne import TsneJob
        from engine.embed.umap import UmapJob
        from engine.embed.umap_learn import UmapLearnJob

        with self._lock:
            if self._closed:
                raise Cancelled
            if kind not in self._jobs:
                jobs = {"umap": UmapJob, "tsne": TsneJob, "pacmap": PacmapJob, "umap_learn": UmapLearnJob}
                self._jobs[kind] = jobs[kind]()
            return self._jobs[kind]

    def _store(self, asked: MapSnapshot) -> MapStore | None:
        """Where maps like this one are kept with the run. A PCA comes at once, and a part is asked for in passing."""
        from engine.embed.store import MapStore

        if asked.kind == "pca" or asked.rows:
            return None
        settings = {
            "umap": {"neighbours": asked.neighbours, "min_dist": asked.min_dist},
            "tsne": {"perplexity": asked.perplexity},
            "pacmap": {"neighbours": asked.neighbours, "mid_near": asked.mid_near},
            "umap_learn": {"neighbours": asked.neighbours, "min_dist": asked.min_dist, "supervised": asked.supervised},
        }[asked.kind]
        return MapStore(
            Path(asked.folder), asked.kind, {**settings, "space": asked.space, "metric": asked.metric, "limit": asked.limit}
        )

    def _near(
        self, asked: MapSnapshot, index: np.ndarray, store: MapStore | None
    ) -> tuple[tuple[np.ndarray, np.ndarray] | None, tuple[np.ndarray, np.ndarray] | None]:
        """Coordinates and samples of the map from which this one starts, the one of the nearest epoch with the same settings and
        samples; where there is none, of the one on which it is laid: another of this run with the same kind and space."""
        key = replace(asked, epoch=0)
        with self._lock:
            maps = list(self._maps.items())
        same = {epoch: made for (of, epoch), made in maps if of == key and np.array_equal(made.index, index)}
        kept = set(store.epochs()) if store is not None else set()
        for epoch in sorted(kept | set(same), key=lambda epoch: (abs(epoch - asked.epoch), epoch)):
            if epoch in same:
                return (same[epoch].xy, index), None
            found = store.read(epoch) if store is not None else None
            if found is not None and np.array_equal(found.index, index):
                return (found.xy, index), None
        alike = [made for (of, _), made in maps if (of.folder, of.kind, of.space) == (key.folder, key.kind, key.space)]
        alike.sort(key=lambda made: (abs(made.epoch - asked.epoch), -len(made.xy)))
        return None, next(((made.xy, made.index) for made in alike), None)

    # Spaces

    def rows(self, folder: str, epoch: int, space: str, progress: Tell, wanted: Wanted) -> tuple[np.ndarray, np.ndarray]:
        """Features (n, d) float32 of a snapshot's samples in a space, and their places in the data set (n,)."""
        snapshot = self._snapshot(folder, epoch)
        return self._space(folder, epoch, space, ticking(progress, wanted))[0], snapshot.index.astype(np.int64)

    def _space(self, folder: str, epoch: int, space: str, tick: Tell) -> tuple[np.ndarray, int]:
        snapshot = self._snapshot(folder, epoch)
        if space == "features":
            return snapshot.features.astype(np.float32), epoch
        from engine.train.kept_space import kept_space, nearest_checkpoint

        # A run that trains on has another nearest checkpoint before long.
        of = nearest_checkpoint(Path(folder), epoch)[1]
        with self._lock:
            known = self._spaces.get((folder, of, space))
        if known is None or len(known[0]) != len(snapshot.index):
            known = kept_space(Path(folder), epoch, space, snapshot.index.astype(np.int64), tick)
            with self._lock:
                self._spaces[folder, known[1], space] = known
                while len(self._spaces) > _SPACES:
                    self._spaces.popitem(last=False)
        return known

    # Samples

    def find_neighbours(self, asked: FindNeighbours, progress: Tell, wanted: Wanted) -> Neighbours:
        """Exact, in the space itself."""
        from engine.embed.neighbours import neighbours_of

        if asked.metric not in METRICS:
            raise complain("metric", f"one of {', '.join(METRICS)}", asked.metric)
        features, _ = self._space(asked.folder, asked.epoch, asked.space, ticking(progress, wanted))
        among = np.asarray(asked.rows, np.int64) if asked.rows else None
        near = neighbours_of(features, asked.row, asked.k, cast("Metric", asked.metric), among)
        return Neighbours(asked.row, near.rows, near.cosine, near.distance, asked.metric)

    def sample_numbers(self, asked: m.SampleNumbers, progress: Tell, wanted: Wanted) -> m.Numbers:
        """One number a sample, by several measures."""
        from engine.embed.numbers import MEANING, numbers

        with self._lock:
            known = self._numbers.get(asked)
        if known is not None:
            return known
        snapshot = self._snapshot(asked.folder, asked.epoch)
        features, _ = self._space(asked.folder, asked.epoch, asked.space, ticking(progress, wanted, 0.0, 0.4))
        earlier = max((epoch for epoch in snapshots(Path(asked.folder)) if epoch < asked.epoch), default=None)
        before, alike = None, earlier is not None and np.array_equal(self._snapshot(asked.folder, earlier).index, snapshot.index)
        if earlier is not None and alike and asked.space != "features":
            from engine.train.kept_space import nearest_checkpoint

            # Where one checkpoint is the nearest to both, nothing is known of a change.
            one, other = (nearest_checkpoint(Path(asked.folder), epoch)[0] for epoch in (earlier, asked.epoch))
            alike = one != other
        if earlier is not None and alike:
            before, _ = self._space(asked.folder, earlier, asked.space, ticking(progress, wanted, 0.4, 0.6))
        columns = numbers(features, snapshot.label, before, asked.k)
        ticking(progress, wanted)(1.0)
        made = m.Numbers(
            folder=asked.folder,
            epoch=asked.epoch,
            space=asked.space,
            index=snapshot.index.astype(np.int64),
            columns=columns,
            meaning={name: MEANING[name] for name in columns},
            previous=earlier if before is not None else None,
            k=asked.k,
        )
        if asked.space == "features":
            with self._lock:
                self._numbers[asked] = made
                while len(self._numbers) > _NUMBERS:
                    self._numbers.popitem(last=False)
        return made

    def sample_losses(self, asked: m.SampleLosses, progress: Tell, wanted: Wanted) -> m.Losses:
        """What the method finds hard. Kept with the run, not here."""
        from engine.train.sample_losses import sample_losses

        index = self._snapshot(asked.folder, asked.epoch).index.astype(np.int64)
        found = sample_losses(Path(asked.folder), asked.epoch, index, ticking(progress, wanted))
        known = {"loss": found.loss, "agreement": found.agreement}
        return m.Losses(
            folder=asked.folder,
            epoch=asked.epoch,
            of=found.epoch,
            index=index,
            columns={name: values for name, values in known.items() if values is not None},
            chance=found.chance,
            notes=found.notes,
            steady=found.steady,
        )

    def near_duplicates(self, asked: m.NearDuplicates, progress: Tell, wanted: Wanted) -> m.Duplicates:
        """Groups of what is nearly one."""
        from engine.embed.duplicates import near_duplicates

        snapshot = self._snapshot(asked.folder, asked.epoch)
        features, _ = self._space(asked.folder, asked.epoch, asked.space, ticking(progress, wanted))
        found = near_duplicates(features, asked.threshold)
        rows = np.sort(np.concatenate(found.groups)) if found.groups else np.zeros(0, np.int64)
        index = snapshot.index.astype(np.int64)
        return m.Duplicates(
            asked.folder, asked.epoch, asked.threshold, index, found.groups, found.similarity, found.pairs, rows.astype(np.int64)
        )

    def find_outliers(self, asked: m.FindOutliers, progress: Tell, wanted: Wanted) -> m.Outliers:
        """Who lies farthest from all."""
        from engine.embed.numbers import outliers

        snapshot = self._snapshot(asked.folder, asked.epoch)
        features, _ = self._space(asked.folder, asked.epoch, asked.space, ticking(progress, wanted))
        rows, score = outliers(features, asked.count, asked.k)
        return m.Outliers(asked.folder, asked.epoch, snapshot.index.astype(np.int64), rows, score)


def _rows(asked: MapSnapshot, snapshot: Snapshot) -> np.ndarray:
    """Which rows of the snapshot are mapped: rising, each once."""
    from engine.embed.sample import stratified

    n = len(snapshot.index)
    rows = np.unique(np.asarray(asked.rows, np.int64)) if asked.rows else np.arange(n, dtype=np.int64)
    if len(rows) and (rows[0] < 0 or rows[-1] >= n):
        raise complain("rows", f"from 0 to {n - 1}", int(rows[0] if rows[0] < 0 else rows[-1]))
    return np.asarray(rows[stratified(snapshot.label[rows], asked.limit)], np.int64)


def _laid(xy: np.ndarray, index: np.ndarray, onto: tuple[np.ndarray, np.ndarray] | None) -> np.ndarray:
    """A map (n, 2) of samples (n,) turned to lie on another, in its own size, by the samples that both have."""
    from engine.embed.align import lay

    if onto is None:
        return xy
    _, here, there = np.intersect1d(index, onto[1], return_indices=True)
    if len(here) < _SHARED:
        return xy
    return lay(xy[here], onto[0][there], scale=False).apply(xy)
