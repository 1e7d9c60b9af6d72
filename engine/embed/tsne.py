"""t-SNE of exact neighbours, in a process of its own that is ended when the map is cancelled."""

from __future__ import annotations

import os

import numpy as np

from engine.embed.feature_neighbours import Metric, nearest
from engine.embed.job import MapJob, start_of, with_itself
from engine.embed.tasks import TsneTask
from engine.execute.progress import ProgressCallback


class TsneJob(MapJob):
    """Makes t-SNE maps, one at a time; see MapJob. Ten times as slow as a UMAP."""

    gentle = False
    threads = max(1, (os.cpu_count() or 1) // 2)

    def run(
        self,
        features: np.ndarray,
        perplexity: float = 30.0,
        seed: int = 0,
        metric: Metric = "cosine",
        init: np.ndarray | None = None,
        progress: ProgressCallback | None = None,
    ) -> np.ndarray:
        """A map (n, 2) float32 of features (n, D); `init`, `progress` and errors as UmapJob.run has them.

        `perplexity`: the effective number of neighbours; at most a third of n. For the cosine metric the distance is Euclidean on
        the unit sphere, whose square is 2 (1 - cosine)."""

        def task(x: np.ndarray, flat: np.ndarray) -> TsneTask:
            n = len(x)
            soft = max(1.0, min(perplexity, (n - 2) / 3))
            # One more than three times the perplexity, as in Barnes-Hut t-SNE.
            rows, distances = with_itself(*nearest(x, min(n - 1, int(3 * soft + 1)), metric))
            if metric == "cosine":
                distances = np.sqrt(2 * distances.clip(0))
            start = start_of(flat, seed) if init is None else flat - flat.mean(0)
            return TsneTask(rows, distances, start, soft, seed, placed=init is not None)

        return self._map(features, init, progress, task, begin=0.1)
