"""The spaces of a run at any of its checkpoints: outputs of backbone and projector for whole images and for augmented views."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from engine.augment.pipeline import Pipeline
from engine.augment.seeds import generator_for
from engine.augment.views import ViewDraw
from engine.config.errors import complain
from engine.data.backgrounds import backgrounds_of
from engine.embed.features import whole
from engine.evaluate.encoder import data_of, method_at
from engine.execute.progress import ProgressCallback
from engine.method import Batch, Method, Progress
from engine.methods.build_method import input_size
from engine.study.pair_measures import Floats
from engine.train.setup import setup_data

# The backbone's output, which is evaluated and exported; the projector's output, on which the method's loss is computed.
FEATURES, EMBEDDING = "features", "embedding"
CHUNK = 64
# Number of images for the test whether the method's embedding is of single views.
_TRIED = 4


class Spaces:
    """A run's method after an epoch (see `method_at`), its data and its views. On the CPU, in eval mode.

    `names`: the spaces that it has: always `features`, and `embedding` where the method has a row for each view that depends on
    that view alone. ConfigError where there is no run or checkpoint. Not thread-safe."""

    def __init__(self, folder: Path, epoch: int | None = None, progress: ProgressCallback | None = None) -> None:
        self.method, self.config = method_at(folder, epoch)
        self.dataset = data_of(folder, self.config, progress)
        if epoch == 0:
            setup_data(self.method, self.config, self.dataset)
        self.pipeline = Pipeline(self.config.views, self.dataset.size, backgrounds_of(self.dataset))
        self._mean, self._std = torch.from_numpy(self.dataset.mean).float(), torch.from_numpy(self.dataset.std).float()
        self.names = (FEATURES, EMBEDDING) if self._embeds_views() else (FEATURES,)

    def choose(self, split: str, images: int, seed: int) -> np.ndarray:
        """(n,) images of a split, drawn from the seed, in rising order."""
        index = self.dataset.splits.get(split, np.zeros(0, np.int64))
        if not len(index):
            names = ", ".join(name for name, indices in self.dataset.splits.items() if len(indices))
            raise complain("split", "one with images in it", split, f"Choose one of: {names}.")
        order = torch.randperm(len(index), generator=generator_for(seed, "pairs")).numpy()
        return np.sort(index[order[:images]])

    def whole(self, index: np.ndarray, tick: ProgressCallback | None = None) -> dict[str, Floats]:
        """By space the rows (n, d) of whole images, without augmentation. `tick` is called with the fraction done between
        chunks."""
        size = input_size(self.config)

        def take(part: slice) -> list[Tensor]:
            return [whole(self.dataset, index[part], torch.device("cpu"), size)]

        return self._rows(take, index, tick)

    def views(self, index: np.ndarray, draws: Sequence[ViewDraw], tick: ProgressCallback | None = None) -> dict[str, Floats]:
        """By space the rows (v * n, d) of drawn views: the first view of every image, then the second."""
        return self.of(self.pixels(index, draws), index, tick)

    def pixels(self, index: np.ndarray, draws: Sequence[ViewDraw]) -> list[Tensor]:
        """The views (n, 3, s, s) of images, pixels between 0 and 1, a draw a view."""
        return self.pipeline.apply(torch.from_numpy(np.ascontiguousarray(self.dataset.images[index])), draws, index)

    def of(self, pixels: Sequence[Tensor], index: np.ndarray, tick: ProgressCallback | None = None) -> dict[str, Floats]:
        """As `views`, of given views: (n, 3, s, s) each, pixels between 0 and 1."""
        return self._rows(lambda part: [view[part] for view in pixels], index, tick)

    def _rows(self, take: Callable[[slice], list[Tensor]], index: np.ndarray, tick: ProgressCallback | None) -> dict[str, Floats]:
        collected: dict[str, list[list[Tensor]]] = {space: [] for space in self.names}
        with torch.no_grad():
            for start in range(0, len(index), CHUNK):
                part = slice(start, start + CHUNK)
                batch = self._batch(take(part), index[part])
                collected[FEATURES].append([self.method.encoder(view).float() for view in batch.views])
                if EMBEDDING in collected:
                    collected[EMBEDDING].append(self._embedded(batch))
                if tick is not None:
                    tick(min(1.0, (start + CHUNK) / len(index)))
        return {
            space: torch.cat([torch.cat([views[position] for views in parts]) for position in range(len(parts[0]))]).numpy()
            for space, parts in collected.items()
            if parts
        }

    def _batch(self, pixels: Sequence[Tensor], index: np.ndarray) -> Batch:
        empty = Batch([], torch.from_numpy(index), generator_for(0, "pairs"), mean=self._mean, std=self._std)
        labels = torch.from_numpy(self.dataset.labels[index])
        return replace(empty, views=[empty.normalised(view) for view in pixels], label=labels)

    def _embedded(self, batch: Batch) -> list[Tensor]:
        """The method's embedding (n, P) of each view. A method is given two views at a time, the last one twice where the number is
        odd; a batch has at least two images."""
        views, rows_by_view = list(batch.views), []
        alone = len(batch.index) == 1
        for position in range(0, len(views), 2):
            pair = [views[position], views[min(position + 1, len(views) - 1)]]
            pair_batch = replace(batch, views=pair)
            if alone:
                pair_batch = replace(
                    pair_batch,
                    views=[view.expand(2, -1, -1, -1) for view in pair],
                    index=batch.index.expand(2),
                    label=None if batch.label is None else batch.label.expand(2),
                )
            rows_by_view += [rows[:1] if alone else rows for rows in _embedded(self.method, pair_batch)]
        return rows_by_view[: len(views)]

    def _embeds_views(self) -> bool:
        """Whether the method's embedding has a row for each of two views that depends on that view alone: then swapping the views
        swaps the rows. Methods that compare other things (tiles, colour channels, a view with a queue) have no such space, nor have
        those that accept training images alone (a class for each image)."""
        return all(self._swaps(split) for split in ("train", "validation") if len(self.dataset.splits.get(split, ())))

    def _swaps(self, split: str) -> bool:
        index = self.choose(split, _TRIED, 0)
        try:
            first, second = self.pixels(index, [self.pipeline.draw(len(index), 0, epoch, 0, [0])[0] for epoch in (0, 1)])
            with torch.no_grad():
                one = _embedded(self.method, self._batch([first, second], index))
                other = _embedded(self.method, self._batch([second, first], index))
        except Exception:  # a method that needs more than two views, or other images, can raise any exception
            return False
        return all(torch.allclose(a, b, rtol=1e-3, atol=1e-4) for a, b in zip(one, reversed(other), strict=True))


def _embedded(method: Method, batch: Batch) -> tuple[Tensor, Tensor]:
    """The method's own embedding of both views, (n, P) each. ValueError where it has no row for each."""
    out = method(batch, Progress(0, 1, 0, 1))
    n = len(batch.index)
    if out.embedding is None or out.views != 2 or len(out.embedding) != 2 * n:
        raise ValueError("the method's embedding must have a row for each of two views")
    one, other = out.embedding.float().flatten(1).split(n)
    return one, other
