"""Measures of the samples of one snapshot of a run: neighbours, scores, losses, near-duplicates, outliers."""

from __future__ import annotations

import threading
from collections import OrderedDict
from pathlib import Path

import numpy as np

from engine.config.errors import complain
from engine.embed.duplicates import near_duplicates
from engine.embed.feature_neighbours import as_metric, neighbours_of
from engine.embed.sample_scores import MEANING, outliers, sample_scores
from engine.execute.progress import ProgressCallback, no_progress, part_of
from engine.runs.reader import Snapshot, snapshots
from engine.study.kept_space import nearest_checkpoint
from engine.study.results import Duplicates, Losses, Neighbours, Numbers, Outliers
from engine.study.sample_losses import sample_losses
from engine.study.snapshot_spaces import SnapshotSpaces

_NUMBERS = 16


class SnapshotSamples:
    """Measures the samples of snapshots, in the spaces that `spaces` gives. Caches the scores that were computed last. Thread-safe.
    `space`: "features" or "embedding". ConfigError where a run has no such snapshot or space; errors of `progress` are passed
    on."""

    def __init__(self, spaces: SnapshotSpaces) -> None:
        self._spaces = spaces
        self._lock = threading.Lock()
        self._numbers: OrderedDict[tuple[Path, int, int, int], Numbers] = OrderedDict()

    def neighbours(
        self,
        folder: Path,
        epoch: int,
        row: int,
        k: int = 12,
        metric: str = "cosine",
        space: str = "features",
        rows: tuple[int, ...] = (),
        progress: ProgressCallback = no_progress,
    ) -> Neighbours:
        """The k nearest samples of one row, exact, in the space itself; among `rows`, () for all."""
        by = as_metric(metric)
        features, _ = self._spaces.space(folder, epoch, space, progress)
        near = neighbours_of(features, row, k, by, np.asarray(rows, np.int64) if rows else None)
        return Neighbours(row, near.rows, near.cosine, near.distance, metric)

    def scores(
        self, folder: Path, epoch: int, space: str = "features", k: int = 15, progress: ProgressCallback = no_progress
    ) -> Numbers:
        """One number a sample, by several measures over its k nearest neighbours."""
        snapshot = self._spaces.snapshot(folder, epoch)
        key = folder, epoch, k, len(snapshot.index)
        with self._lock:
            known = self._numbers.get(key) if space == "features" else None
        if known is not None:
            return known
        features, _ = self._spaces.space(folder, epoch, space, part_of(progress, 0.0, 0.4))
        previous = self._previous(folder, epoch, space, snapshot)
        before = None
        if previous is not None:
            before, _ = self._spaces.space(folder, previous, space, part_of(progress, 0.4, 0.6))
        columns = sample_scores(features, snapshot.label, before, k)
        progress(1.0)
        made = Numbers(
            folder=str(folder),
            epoch=epoch,
            space=space,
            index=snapshot.index.astype(np.int64),
            columns=columns,
            meaning={name: MEANING[name] for name in columns},
            previous=previous,
            k=k,
        )
        if space == "features":
            with self._lock:
                self._numbers[key] = made
                while len(self._numbers) > _NUMBERS:
                    self._numbers.popitem(last=False)
        return made

    def _previous(self, folder: Path, epoch: int, space: str, snapshot: Snapshot) -> int | None:
        """The snapshot before, where it is of the same samples and of another encoder."""
        previous = max((one for one in snapshots(folder) if one < epoch), default=None)
        if previous is None or not np.array_equal(self._spaces.snapshot(folder, previous).index, snapshot.index):
            return None
        # Where one checkpoint is the nearest to both epochs, a change cannot be measured.
        if space != "features" and nearest_checkpoint(folder, previous)[0] == nearest_checkpoint(folder, epoch)[0]:
            return None
        return previous

    def losses(self, folder: Path, epoch: int, progress: ProgressCallback = no_progress) -> Losses:
        """The loss of each sample, and the agreement of its views. Stored with the run."""
        index = self._spaces.snapshot(folder, epoch).index.astype(np.int64)
        measured = sample_losses(folder, epoch, index, progress)
        columns = {"loss": measured.loss, "agreement": measured.agreement}
        return Losses(
            folder=str(folder),
            epoch=epoch,
            of=measured.epoch,
            index=index,
            columns={name: values for name, values in columns.items() if values is not None},
            chance=measured.chance,
            notes=measured.notes,
            steady=measured.steady,
        )

    def duplicates(
        self,
        folder: Path,
        epoch: int,
        threshold: float = 0.98,
        space: str = "features",
        progress: ProgressCallback = no_progress,
    ) -> Duplicates:
        """Groups of near-duplicates: samples are linked where their cosine is at least `threshold`."""
        features, index = self._spaces.rows(folder, epoch, space, progress)
        linked = near_duplicates(features, threshold)
        rows = np.sort(np.concatenate(linked.groups)) if linked.groups else np.zeros(0, np.int64)
        groups, similarity = linked.groups, linked.similarity
        return Duplicates(str(folder), epoch, threshold, index, groups, similarity, linked.pairs, rows.astype(np.int64))

    def outliers(
        self,
        folder: Path,
        epoch: int,
        count: int = 60,
        k: int = 15,
        space: str = "features",
        progress: ProgressCallback = no_progress,
    ) -> Outliers:
        """The `count` samples that are farthest from their k nearest neighbours."""
        features, index = self._spaces.rows(folder, epoch, space, progress)
        rows, score = outliers(features, count, k)
        return Outliers(str(folder), epoch, index, rows, score)

    def features_of(self, folder: Path, epoch: int, index: np.ndarray) -> np.ndarray:
        """The features (m, d) of the samples at `index` (m,) in the data set. ConfigError where one is not in the snapshot."""
        snapshot = self._spaces.snapshot(folder, epoch)
        order = np.argsort(snapshot.index, kind="stable")
        position = np.searchsorted(snapshot.index, index, sorter=order)
        row = order[np.minimum(position, len(order) - 1)]
        if len(missing := index[snapshot.index[row] != index]):
            raise complain("sample", f"one of the snapshot of epoch {epoch}", int(missing[0]), "Export without features.")
        features: np.ndarray = snapshot.features[row]
        return features
