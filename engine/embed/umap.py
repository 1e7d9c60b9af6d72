"""UMAP of exact neighbours, from a given start, in a process of its own."""

from __future__ import annotations

import numpy as np

from engine.embed.feature_neighbours import Metric, nearest
from engine.embed.job import MapJob, start_of, with_itself
from engine.embed.tasks import UmapTask, WarmTask
from engine.execute.progress import ProgressCallback, no_progress


class UmapJob(MapJob):
    """Makes UMAPs, one at a time; see MapJob. 10,000 points take about a second."""

    def run(
        self,
        features: np.ndarray,
        neighbours: int = 15,
        min_dist: float = 0.1,
        seed: int = 0,
        metric: Metric = "cosine",
        init: np.ndarray | None = None,
        epochs: int = 0,
        progress: ProgressCallback | None = None,
    ) -> np.ndarray:
        """A map (n, 2) float32 of features (n, D); the same arguments give the same map on the same machine.

        `init`: (n, 2) coordinates to start from, such as the map of the epoch before, so that the two look alike; else the
        principal components. `epochs` 0 takes umap-learn's own number. `progress` is called with 0 to 1 in this thread, several
        times a second; an error that it raises cancels the map and is passed on. Cancelled after `cancel`, MapFailed where the
        worker failed. With few points the number of neighbours is reduced; with very few the map is the PCA."""

        def task(x: np.ndarray, flat: np.ndarray) -> UmapTask:
            n = len(x)
            rows, distances = with_itself(*nearest(x, max(2, min(neighbours, n - 1)) - 1, metric))
            return UmapTask(rows, distances, start_of(flat, seed), min_dist, epochs or (500 if n <= 10_000 else 200), seed)

        return self._map(features, init, progress, task, begin=0.2)

    def warm(self) -> None:
        """Start the worker and compile its functions, so that the first map is fast. Blocks; does nothing while a map is made."""
        if not self._one.acquire(blocking=False):
            return
        try:
            self._ask(WarmTask(), self._next(), no_progress)
        finally:
            self._one.release()
