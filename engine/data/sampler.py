"""Which images make up the batch of a step: a pure function of the seed and the step, so that a resumed run meets the same
batches."""

from __future__ import annotations

import numpy as np

from engine.config.errors import complain
from engine.data.dataset import Index


class Sampler:
    """Every epoch goes once through `index` in a new order, in whole batches; the incomplete last batch is dropped.

    ConfigError, naming train.batch, where a batch is larger than the images."""

    def __init__(self, index: Index, batch: int, seed: int) -> None:
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
        self._last: tuple[int, Index] | None = None  # one tuple, replaced whole: safe to read from several threads

    @property
    def steps_per_epoch(self) -> int:
        """Whole batches in one pass."""
        return len(self._index) // self._batch

    def at(self, step: int) -> Index:
        """The (batch,) global indices of a step, counted from 0 over all epochs."""
        epoch, place = divmod(step, self.steps_per_epoch)
        order = self._order(epoch)
        return order[place * self._batch : (place + 1) * self._batch].copy()

    def _order(self, epoch: int) -> Index:
        last = self._last
        if last is not None and last[0] == epoch:
            return last[1]
        generator = np.random.Generator(np.random.PCG64([self._seed, epoch]))
        order = generator.permutation(self._index)
        self._last = (epoch, order)
        return order
