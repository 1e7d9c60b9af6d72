"""umap-learn, the implementation by UMAP's authors, in a process of its own: unsupervised, supervised by labels, and with its
transform of new samples.

`UmapJob` makes the workbench's default map: it is several times as fast and always repeatable (tests/bench/bench_map.py). This one
has what only umap-learn has. Its first map in a process takes about 20 seconds longer, because its functions are compiled anew.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.embed.feature_neighbours import Metric
from engine.embed.job import MapJob, start_of
from engine.embed.tasks import UmapLearnTask
from engine.execute.progress import ProgressCallback

# With fewer points the map is the principal components.
FEWEST = 5


@dataclass(frozen=True, eq=False)
class Transformed:
    """`xy`: (n, 2) float32, the map. `new`: (m, 2) float32, the new samples on it."""

    xy: np.ndarray
    new: np.ndarray


class UmapLearnJob(MapJob):
    """Makes maps with umap-learn, one at a time; see MapJob."""

    def run(
        self,
        features: np.ndarray,
        neighbours: int = 15,
        min_dist: float = 0.1,
        seed: int = 0,
        metric: Metric = "cosine",
        init: np.ndarray | None = None,
        labels: np.ndarray | None = None,
        epochs: int | None = None,
        progress: ProgressCallback | None = None,
    ) -> np.ndarray:
        """A map (n, 2) float32 of features (n, D); `init`, `progress` and errors as UmapJob.run has them.

        `labels`: (n,) int, -1 for unknown. With labels the map is umap-learn's supervised one (target_weight 0.5): samples of one
        class are pulled together, so that the map no longer shows how far the features alone separate the classes. `epochs`: of
        the optimisation; None for umap-learn's own number, 500 up to 10,000 samples and 200 beyond."""
        none = np.zeros((0, features.shape[1]), np.float32)
        return self.transform(features, none, neighbours, min_dist, seed, metric, init, labels, epochs, progress).xy

    def transform(
        self,
        features: np.ndarray,
        new: np.ndarray,
        neighbours: int = 15,
        min_dist: float = 0.1,
        seed: int = 0,
        metric: Metric = "cosine",
        init: np.ndarray | None = None,
        labels: np.ndarray | None = None,
        epochs: int | None = None,
        progress: ProgressCallback | None = None,
    ) -> Transformed:
        """The map of features (n, D) as `run` makes it, and new samples (m, D) placed on it by umap-learn's `transform`.

        ValueError where `new` has another D, `labels` another length, or new samples are given for fewer than 5 features."""
        if new.ndim != 2 or new.shape[1] != features.shape[1]:
            raise ValueError(f"new must have the shape (m, {features.shape[1]}). Got {new.shape}.")
        if len(new) and len(features) < FEWEST:
            raise ValueError(f"features must have at least {FEWEST} rows where new samples are given. Got {len(features)}.")
        if labels is not None and labels.shape != (len(features),):
            raise ValueError(f"labels must have the shape ({len(features)},). Got {labels.shape}.")

        def task(x: np.ndarray, flat: np.ndarray) -> UmapLearnTask:
            extra = np.nan_to_num(np.asarray(new, np.float32), posinf=0.0, neginf=0.0)
            near = max(2, min(neighbours, len(x) - 1))
            return UmapLearnTask(x, start_of(flat, seed), near, min_dist, metric, seed, labels, extra, epochs)

        xy = self._map(features, init, progress, task, fewest=FEWEST)
        return Transformed(xy[: len(features)], xy[len(features) :])
