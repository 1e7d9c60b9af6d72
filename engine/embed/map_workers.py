"""Maps of every kind, each slow kind by a worker process of its own."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Self, TypeVar

import numpy as np

from engine.config.errors import ConfigError, Problem, complain
from engine.embed import pacmap, tsne, umap, umap_learn
from engine.embed.feature_neighbours import as_metric
from engine.embed.job import MapFailed, MapJob
from engine.embed.map_kinds import KINDS, MAP_TITLES, MapKind
from engine.embed.pca import fit
from engine.execute.progress import Cancelled, ProgressCallback, no_progress

J = TypeVar("J", bound=MapJob)


def map_kinds() -> tuple[MapKind, ...]:
    """The kinds of map in the order of menus, and whether this machine can make them."""
    missing = "" if pacmap.installed() else f"The package pacmap is not installed. {pacmap.REMEDY}"
    reasons = {"pacmap": missing}
    return tuple(MapKind(kind, title, reasons.get(kind, ""), kind != "pca") for kind, title in MAP_TITLES.items())


class MapWorkers:
    """Makes maps; the workers start with the first map of their kind and stay for the next ones. May be used by several
    threads; two maps of one kind are made one after the other. `close`, or the end of a with-block, ends the workers."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._jobs: dict[str, MapJob] = {}
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def cancel(self, kind: str) -> None:
        """Stop the map of a kind that is being made: `make` raises Cancelled, or starts again where `progress` does not raise
        it."""
        with self._lock:
            job = self._jobs.get(kind)
        if job is not None:
            job.cancel()

    def close(self) -> None:
        """End the workers; a map that is being made raises Cancelled, and every later one of a slow kind."""
        with self._lock:
            self._closed = True
            jobs, self._jobs = list(self._jobs.values()), {}
        for job in jobs:
            job.close()

    def make(
        self,
        features: np.ndarray,
        kind: str,
        *,
        neighbours: int = 15,
        min_dist: float = 0.1,
        perplexity: float = 30.0,
        mid_near: float = 0.5,
        metric: str = "cosine",
        labels: np.ndarray | None = None,
        init: np.ndarray | None = None,
        progress: ProgressCallback = no_progress,
    ) -> tuple[np.ndarray, tuple[float, ...]]:
        """A map (n, 2) float32 of features (n, D), and of a PCA the shares of the variance on its two axes.

        Args:
            kind: one of KINDS.
            neighbours: of UMAP, umap-learn and PaCMAP.
            min_dist: of UMAP and umap-learn.
            perplexity: of t-SNE.
            mid_near: PaCMAP's MN_ratio.
            metric: "cosine" or "euclidean"; PCA has none.
            labels: (n,) int, -1 for unknown: samples of one class are pulled together. Of umap-learn alone.
            init: (n, 2) coordinates to start from; None the principal components. Not of a PCA.
            progress: called with the fraction done, 0 to 1; an error that it raises ends the map and is passed on.

        Raises:
            ConfigError: no such kind or metric, or the worker failed.
            Cancelled: `close` was called.
        """
        by = as_metric(metric)
        if kind not in KINDS:
            raise complain("kind", f"one of {', '.join(KINDS)}", kind)
        if kind == "pca":
            components = fit(features)
            return np.asarray(components.apply(features), np.float32), tuple(float(share) for share in components.explained)
        while True:
            try:
                if kind == "tsne":
                    soft = self._job(kind, tsne.TsneJob)
                    xy = soft.run(features, perplexity=perplexity, metric=by, init=init, progress=progress)
                elif kind == "pacmap":
                    pairs = self._job(kind, pacmap.PacmapJob)
                    xy = pairs.run(features, neighbours=neighbours, mid_near=mid_near, metric=by, init=init, progress=progress)
                elif kind == "umap_learn":
                    library, of = self._job(kind, umap_learn.UmapLearnJob), (neighbours, min_dist)
                    xy = library.run(features, *of, metric=by, init=init, labels=labels, progress=progress)
                else:
                    graph = self._job(kind, umap.UmapJob)
                    xy = graph.run(features, neighbours=neighbours, min_dist=min_dist, metric=by, init=init, progress=progress)
                return np.asarray(xy, np.float32), ()
            except MapFailed as error:
                raise ConfigError([Problem("kind", str(error))]) from None
            except Cancelled:
                if self._closed:
                    raise
                progress(0.0)  # the map before this one was cancelled: continue unless `progress` raises

    def transform(
        self,
        features: np.ndarray,
        new: np.ndarray,
        neighbours: int = 15,
        min_dist: float = 0.1,
        *,
        metric: str = "cosine",
        labels: np.ndarray | None = None,
        init: np.ndarray | None = None,
        progress: ProgressCallback = no_progress,
    ) -> tuple[np.ndarray, np.ndarray]:
        """A map (n, 2) of features (n, D) by umap-learn, and new samples (m, D) placed on it by its own `transform`, (m, 2).
        Arguments and errors as for `make`."""
        by = as_metric(metric)
        while True:
            try:
                library = self._job("umap_learn", umap_learn.UmapLearnJob)
                made = library.transform(
                    features, new, neighbours, min_dist, metric=by, init=init, labels=labels, progress=progress
                )
                return made.xy, made.new
            except MapFailed as error:
                raise ConfigError([Problem("kind", str(error))]) from None
            except Cancelled:
                if self._closed:
                    raise
                progress(0.0)

    def _job(self, kind: str, cls: type[J]) -> J:
        with self._lock:
            if self._closed:
                raise Cancelled
            job = self._jobs.get(kind)
            if not isinstance(job, cls):
                job = self._jobs[kind] = cls()
            return job
