"""PaCMAP where its library is installed, in a process of its own that is ended when the map is cancelled."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import torch
from torch.nn.functional import normalize

from engine.config.errors import complain
from engine.embed.feature_neighbours import Metric
from engine.embed.job import MapJob, start_of
from engine.embed.tasks import PacmapTask
from engine.execute.progress import ProgressCallback

REMEDY = "Install it with `pip install pacmap`."
# Fewest points for its near, mid-near and far pairs.
FEWEST = 20


def installed() -> bool:
    """Whether PaCMAP and its neighbour library are installed."""
    return find_spec("pacmap") is not None and find_spec("faiss") is not None


class PacmapJob(MapJob):
    """Makes PaCMAP maps, one at a time; see MapJob."""

    gentle = False

    def run(
        self,
        features: np.ndarray,
        neighbours: int = 10,
        mid_near: float = 0.5,
        seed: int = 0,
        metric: Metric = "cosine",
        init: np.ndarray | None = None,
        progress: ProgressCallback | None = None,
    ) -> np.ndarray:
        """A map (n, 2) float32 of features (n, D); `init`, `progress` and errors as UmapJob.run has them. `mid_near`: PaCMAP's
        MN_ratio, mid-near pairs for each near one. ConfigError where the library is missing."""
        if not installed():
            raise complain("kind", "a map that can be made here", "pacmap", REMEDY)

        def task(x: np.ndarray, flat: np.ndarray) -> PacmapTask:
            if metric == "cosine":
                x = normalize(torch.from_numpy(x), dim=1).numpy()
            return PacmapTask(x, start_of(flat, seed), min(neighbours, len(x) // 4), mid_near, seed)

        return self._map(features, init, progress, task, fewest=FEWEST)
