"""Comparison of two spaces on the samples that both have."""

from __future__ import annotations

import threading
from collections import OrderedDict
from pathlib import Path

import numpy as np

from engine.embed.agreement import agree
from engine.execute.progress import ProgressCallback, no_progress, part_of
from engine.study.results import Compared, SpaceAt
from engine.study.snapshot_spaces import SnapshotSpaces

_KEPT = 32


class ComparedSpaces:
    """Compares spaces and caches the results. Thread-safe."""

    def __init__(self, spaces: SnapshotSpaces) -> None:
        self._spaces = spaces
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[SpaceAt, SpaceAt, int], Compared] = OrderedDict()

    def compare(
        self, left: SpaceAt, right: SpaceAt, k: int = 15, same_data: bool = True, progress: ProgressCallback = no_progress
    ) -> Compared:
        """Agreement of two spaces, by k neighbours. `same_data`: whether an index means the same image in both; if not, no sample
        is shared. ConfigError where a run has no such space; errors of `progress` are passed on."""
        key = left, right, k
        with self._lock:
            known = self._known.get(key)
        if known is not None:
            return known
        one, one_index = self._rows(left, part_of(progress, 0.0, 0.4))
        other, other_index = self._rows(right, part_of(progress, 0.4, 0.8))
        if not same_data:
            one_index = one_index[:0]
        index, first, second = np.intersect1d(one_index, other_index, return_indices=True)
        rest = part_of(progress, 0.8, 1.0)
        rest(0.0)
        agreement = agree(one[first], other[second], k, rest)
        compared = Compared(
            left=left,
            right=right,
            index=index,
            kept=agreement.kept,
            order=agreement.order,
            k=agreement.k,
            share=agreement.share,
            chance=agreement.chance,
            cka=agreement.cka,
        )
        if left.space == right.space == "features":
            # A written snapshot does not change; the checkpoint nearest to its epoch, which gives the embedding, can change during
            # training.
            with self._lock:
                self._known[key] = compared
                while len(self._known) > _KEPT:
                    self._known.popitem(last=False)
        return compared

    def _rows(self, at: SpaceAt, progress: ProgressCallback) -> tuple[np.ndarray, np.ndarray]:
        return self._spaces.rows(Path(at.folder), at.epoch, at.space, progress)
