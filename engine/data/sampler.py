"""Which images make up the batch of a step: a pure function of the seed and the step, so that a resumed run has the same
batches."""

from __future__ import annotations

import math

import numpy as np

from engine.config.errors import complain
from engine.config.run import TrainConfig
from engine.data.dataset import Index


class Sampler:
    """Every epoch goes once through `index` in a new order, in whole batches; the incomplete last batch is dropped.

    With `window`, a share of the images, batches come from a window that slides over them (Cao et al., 2006.14618): the images have
    a fixed random order on a ring, each pass takes the images of the window in a new order, and then the window moves by `stride`,
    a share of its length. An image is then repeated after about one window of images instead of after all of them, once for each
    stride in the window, and over a whole number of rounds every image is used equally often.

    ConfigError, naming train.batch, where a batch is larger than the images."""

    def __init__(self, index: Index, batch: int, seed: int, window: float | None = None, stride: float = 0.125) -> None:
        if batch < 1:
            raise complain("train.batch", "at least 1", batch)
        if batch > len(index):
            raise complain(
                "train.batch",
                f"at most {len(index)}, the number of training images",
                batch,
                "Lower train.batch or bring more images.",
            )
        self._index = np.asarray(index, dtype=np.int64)
        self._batch = batch
        self._seed = seed
        self.window, self.stride = window_of(len(index), batch, window, stride) if window is not None else (0, 0)
        self._ring = self._permuted(self._index, 0) if self.window else self._index
        self._last: tuple[int, Index] | None = None  # one tuple, replaced whole: safe to read from several threads

    @property
    def steps_per_epoch(self) -> int:
        """Whole batches in as many images as there are."""
        return len(self._index) // self._batch

    def at(self, step: int) -> Index:
        """The (batch,) global indices of a step, counted from 0 over all epochs."""
        number, index = divmod(step, self.window // self._batch if self.window else self.steps_per_epoch)
        order = self._order(number)
        return order[index * self._batch : (index + 1) * self._batch].copy()

    def _order(self, number: int) -> Index:
        """The images of one pass: over all of them, or over one position of the window."""
        last = self._last
        if last is not None and last[0] == number:
            return last[1]
        if self.window:
            start = number * self.stride % len(self._ring)
            inside = np.take(self._ring, np.arange(start, start + self.window), mode="wrap")
            order = self._permuted(inside, 1 + number)  # 0 is the ring's own order
        else:
            order = self._permuted(self._index, number)
        self._last = (number, order)
        return order

    def _permuted(self, images: Index, number: int) -> Index:
        return np.random.Generator(np.random.PCG64([self._seed, number])).permutation(images)


class RepeatedSampler:
    """Batches of any size out of few images: all of `index` in a new order, again and again, cut into batches. An image is several
    times in a batch that is larger than their number."""

    def __init__(self, index: Index, batch: int, seed: int) -> None:
        self._index = np.asarray(index, dtype=np.int64)
        self._batch, self._seed = batch, seed

    def at(self, step: int) -> Index:
        """The (batch,) global indices of a step, counted from 0 over the whole run."""
        first, count = step * self._batch, len(self._index)
        passes = range(first // count, -(-(first + self._batch) // count))
        order = np.concatenate([np.random.default_rng([self._seed, number]).permutation(count) for number in passes])
        start = first - passes[0] * count
        drawn: Index = self._index[order[start : start + self._batch]]
        return drawn


def step_batches(step: int, per_epoch: int, accumulate: int) -> range:
    """The numbers of the batches whose gradients the optimiser's step `step` adds up, both counted from 0 over all epochs.
    `per_epoch`: batches an epoch. The last step of an epoch takes the batches that are left, so that an epoch is one pass
    whatever `accumulate` is."""
    epoch, index = divmod(step, optimiser_steps(per_epoch, accumulate))
    first = epoch * per_epoch + index * accumulate
    return range(first, min(first + accumulate, (epoch + 1) * per_epoch))


def optimiser_steps(per_epoch: int, accumulate: int) -> int:
    """Steps of the optimiser in an epoch of `per_epoch` batches."""
    return -(-per_epoch // accumulate)


def window_of(images: int, batch: int, window: float, stride: float) -> tuple[int, int]:
    """How many images lie in the window and by how many it moves on: whole batches, and a whole number of strides in a window, as
    near to the shares as can be."""
    size = batch * min(images // batch, max(1, round(window * images / batch)))
    visits = min((v for v in range(1, size + 1) if size % v == 0), key=lambda v: abs(math.log(v * stride)))
    return size, size // visits


def sampler_for(config: TrainConfig, index: Index) -> Sampler:
    """The sampler of a run over the training images at `index`. ConfigError as above."""
    window = config.window if config.order == "sliding_window" else None
    return Sampler(index, config.batch, config.seed, window, config.stride)
