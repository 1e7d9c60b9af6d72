"""The spaces of runs' snapshots: features of the backbone (read), embeddings of the projector (computed)."""

from __future__ import annotations

import threading
from collections import OrderedDict
from pathlib import Path

import numpy as np

from engine.execute.progress import ProgressCallback, no_progress
from engine.runs.reader import Snapshot, read_snapshot
from engine.study.kept_space import kept_space, nearest_checkpoint
from engine.study.more_samples import read_more

_SNAPSHOTS = 6
_SPACES = 6


class SnapshotSpaces:
    """Caches the snapshots and spaces that were used last. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._snapshots: OrderedDict[tuple[Path, int], Snapshot] = OrderedDict()
        self._spaces: OrderedDict[tuple[Path, int, str], tuple[np.ndarray, int]] = OrderedDict()

    def snapshot(self, folder: Path, epoch: int) -> Snapshot:
        """The embedding snapshot of a run at an epoch, or the larger sample that was made of it (`engine.study.more_samples`).
        ConfigError where there is none."""
        key = folder, epoch
        with self._lock:
            known = self._snapshots.get(key)
            if known is not None:
                self._snapshots.move_to_end(key)
                return known
        snapshot = read_snapshot(folder, epoch)
        snapshot = read_more(folder, snapshot) or snapshot
        with self._lock:
            self._snapshots[key] = snapshot
            while len(self._snapshots) > _SNAPSHOTS:
                self._snapshots.popitem(last=False)
        return snapshot

    def replace(self, folder: Path, snapshot: Snapshot) -> None:
        """Use this snapshot from now on, instead of the one that was read before of the same epoch."""
        with self._lock:
            self._snapshots[folder, snapshot.epoch] = snapshot

    def space(
        self, folder: Path, epoch: int, space: str = "features", progress: ProgressCallback = no_progress
    ) -> tuple[np.ndarray, int]:
        """The rows (n, d) float32 of a snapshot's samples in a space, and the epoch of the encoder that computed them: "features"
        from the snapshot, "embedding" from the checkpoint nearest to the epoch. ConfigError where the method has no such space."""
        snapshot = self.snapshot(folder, epoch)
        if space == "features":
            return snapshot.features.astype(np.float32), epoch
        # The nearest checkpoint can change while the run trains.
        key = folder, nearest_checkpoint(folder, epoch)[1], space
        with self._lock:
            known = self._spaces.get(key)
        if known is None or len(known[0]) != len(snapshot.index):
            known = kept_space(folder, epoch, space, snapshot.index.astype(np.int64), progress)
            with self._lock:
                self._spaces[folder, known[1], space] = known
                while len(self._spaces) > _SPACES:
                    self._spaces.popitem(last=False)
        return known

    def rows(
        self, folder: Path, epoch: int, space: str = "features", progress: ProgressCallback = no_progress
    ) -> tuple[np.ndarray, np.ndarray]:
        """The rows (n, d) float32 of a snapshot's samples in a space, and the samples' indices (n,) int64 in the data set."""
        rows, _ = self.space(folder, epoch, space, progress)
        return rows, self.snapshot(folder, epoch).index.astype(np.int64)
