"""The maps that a worker process makes, each from plain arrays. `tick` is called with the fraction done and may raise to stop.

Compilers and libraries are imported where they are used, because they take seconds. PyTorch, which takes longer, is never imported.
"""

from __future__ import annotations

import contextlib
import logging
import re
import warnings
from dataclasses import dataclass

import numpy as np

from engine.execute.progress import ProgressCallback

# Iterations that scikit-learn's t-SNE and PaCMAP make.
TSNE_STEPS = 1000
PACMAP_STEPS = (100, 100, 250)


@dataclass(frozen=True)
class UmapTask:
    """`rows`, `distances`: (n, k), each row's nearest first, itself in front at 0. `start`: (n, 2) coordinates to begin from."""

    rows: np.ndarray
    distances: np.ndarray
    start: np.ndarray
    min_dist: float
    epochs: int
    seed: int

    def make(self, tick: ProgressCallback) -> np.ndarray:
        """The map (n, 2) float32."""
        from engine.embed.umap_graph import curve, memberships
        from engine.embed.umap_layout import layout

        heads, tails, weights = memberships(self.rows, self.distances)
        a, b = curve(self.min_dist)
        xy = layout(heads, tails, weights, self.start, a, b, self.epochs, self.seed, tick)
        lost = ~np.isfinite(xy).all(1)
        xy[lost] = self.start[lost]
        return xy


@dataclass(frozen=True)
class TsneTask:
    """As UmapTask, with Euclidean distances. `placed`: the start is the map of the epoch before."""

    rows: np.ndarray
    distances: np.ndarray
    start: np.ndarray
    perplexity: float
    seed: int
    placed: bool = False

    def make(self, tick: ProgressCallback) -> np.ndarray:
        """The map (n, 2) float32: scikit-learn's Barnes-Hut t-SNE (van der Maaten 2014) on the neighbours given."""
        from scipy.sparse import csr_matrix
        from sklearn.manifold import TSNE

        n, k = self.rows.shape
        order = np.argsort(self.distances, 1, kind="stable")
        near, far = np.take_along_axis(self.rows, order, 1), np.take_along_axis(self.distances, order, 1)
        graph = csr_matrix((far.ravel().astype(np.float64), near.ravel(), np.arange(0, n * k + 1, k)), shape=(n, n))
        # As the authors advise: a start with a small spread and an early exaggeration of 12. That would destroy a start that is a
        # map already: it keeps its scale and gets a small exaggeration.
        small = (self.start / max(float(self.start.std()), 1e-12) * 1e-4).astype(np.float32)
        tsne = TSNE(
            perplexity=max(1.0, min(self.perplexity, (k - 1) / 3)),
            metric="precomputed",
            init=self.start if self.placed else small,
            early_exaggeration=2.0 if self.placed else 12.0,
            learning_rate=max(n / 48, 50.0),  # scikit-learn's own for an exaggeration of 12
            random_state=self.seed,
            verbose=2,
            max_iter=TSNE_STEPS,
        )
        with warnings.catch_warnings(), contextlib.redirect_stdout(_ProgressFile(r"Iteration (\d+)", TSNE_STEPS, tick)):
            warnings.simplefilter("ignore")
            return np.asarray(tsne.fit_transform(graph), np.float32)


@dataclass(frozen=True)
class PacmapTask:
    """`features`: (n, D), of unit length where the cosine counts. `start`: (n, 2)."""

    features: np.ndarray
    start: np.ndarray
    neighbours: int
    mid_near: float
    seed: int

    def make(self, tick: ProgressCallback) -> np.ndarray:
        """The map (n, 2) float32: PaCMAP (Wang et al. 2021)."""
        if (self.features == self.features[:1]).all():
            return self.start  # it divides by the range of the features
        import pacmap

        logging.getLogger("pacmap").setLevel(logging.ERROR)  # it warns of every seed
        reducer = pacmap.PaCMAP(
            n_neighbors=self.neighbours,
            MN_ratio=self.mid_near,
            num_iters=PACMAP_STEPS,
            random_state=self.seed,
            verbose=True,
        )
        with warnings.catch_warnings(), contextlib.redirect_stdout(_ProgressFile(r"Iteration: +(\d+)", sum(PACMAP_STEPS), tick)):
            warnings.simplefilter("ignore")
            # It breaks ties by the order of the list, which may be that of the classes: the list is shuffled.
            order = np.random.default_rng(self.seed).permutation(len(self.features))
            xy = np.empty((len(order), 2), np.float32)
            xy[order] = reducer.fit_transform(self.features[order], init=self.start[order])
            return xy


@dataclass(frozen=True)
class UmapLearnTask:
    """`features`: (n, D). `start`: (n, 2). `labels`: (n,) int, -1 for unknown, or None for an unsupervised map. `new`: (m, D),
    samples to be added to the map."""

    features: np.ndarray
    start: np.ndarray
    neighbours: int
    min_dist: float
    metric: str
    seed: int
    labels: np.ndarray | None
    new: np.ndarray
    epochs: int | None

    def make(self, tick: ProgressCallback) -> np.ndarray:
        """The map and after it the new samples on it, (n + m, 2) float32 (McInnes, Healy and Melville 2018, 1802.03426)."""
        if (self.features == self.features[:1]).all():  # a collapsed run: all points are equal
            return np.concatenate([self.start, np.zeros((len(self.new), 2), np.float32)])
        from umap import UMAP

        # Its output goes to a file object that reports each epoch, and raises where the map was cancelled.
        file = _ProgressFile(r"(\d+) */ *\d+", self.epochs or (500 if len(self.features) <= 10_000 else 200), tick)
        mapper = UMAP(
            n_neighbors=self.neighbours,
            min_dist=self.min_dist,
            metric=self.metric,
            n_epochs=self.epochs,
            init=self.start,
            random_state=self.seed,
            verbose=True,
            tqdm_kwds={"file": file, "bar_format": "{n_fmt}/{total_fmt}", "mininterval": 0, "miniters": 1},
        )
        with warnings.catch_warnings(), contextlib.redirect_stdout(file):
            warnings.simplefilter("ignore")
            xy = np.asarray(mapper.fit_transform(self.features, self.labels), np.float32)
            # A point without neighbours in the graph gets NaN.
            lost = ~np.isfinite(xy).all(1)
            xy[lost] = self.start[lost]
            if not len(self.new):
                return xy
            placed = np.asarray(mapper.transform(self.new), np.float32)
            placed[~np.isfinite(placed).all(1)] = xy.mean(0)
            return np.concatenate([xy, placed])


@dataclass(frozen=True)
class WarmTask:
    """A UMAP of a few points, which compiles all functions of a real one."""

    def make(self, tick: ProgressCallback) -> np.ndarray:
        """A map that is not used."""
        draw = np.random.default_rng(0)
        rows = np.stack([np.r_[i, draw.choice(np.delete(np.arange(32), i), 4, replace=False)] for i in range(32)]).astype(np.int32)
        distances = np.tile(np.arange(5, dtype=np.float32), (32, 1))
        return UmapTask(rows, distances, draw.normal(size=(32, 2)).astype(np.float32), 0.1, 20, 0).make(tick)


Task = UmapTask | TsneTask | PacmapTask | UmapLearnTask | WarmTask


class _ProgressFile:
    """A file object that turns a library's printed progress into calls of `tick`."""

    def __init__(self, pattern: str, steps: int, tick: ProgressCallback) -> None:
        self._pattern, self._steps, self._tick = re.compile(pattern), steps, tick

    def write(self, text: str) -> int:
        """Report the epoch number in the text."""
        match = self._pattern.search(text)
        self._tick(min(1.0, int(match.group(1)) / self._steps) if match else 0.0)
        return len(text)

    def flush(self) -> None:
        """Does nothing: there is no buffer."""
