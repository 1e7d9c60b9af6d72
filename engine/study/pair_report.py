"""Reports on the pairs of views of a batch by a run's encoder, and on the effect of one augmentation."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from engine.augment.overlap import overlaps
from engine.execute.progress import ProgressCallback, no_progress, part_of
from engine.runs.reader import checkpoint_path
from engine.study import pair_measures
from engine.study.pair_inspector import PairInspector
from engine.study.results import Pairs, Space, SpaceCurve, StrengthCurve

_OPENED = 0.3  # the share of the progress for opening the run


class PairReports:
    """Caches the run that was opened last, because the next report is mostly about the same one. Not thread-safe.

    `epoch`: 0 untrained, None the last checkpoint. ConfigError where there is no run or checkpoint; errors of
    `progress` are passed on."""

    def __init__(self) -> None:
        self._key: tuple[Path, int | None, int] | None = None
        self._inspector: PairInspector | None = None

    def pairs(
        self,
        folder: Path,
        split: str = "validation",
        images: int = 128,
        seed: int = 0,
        epoch: int | None = None,
        progress: ProgressCallback = no_progress,
    ) -> Pairs:
        """Two views each of some images of a split, and the cosines of all pairs."""
        inspector = self._opened(folder, epoch, progress)
        batch = inspector.pairs(split, images, seed, part_of(progress, _OPENED, 1.0))
        data, boxes = inspector.dataset, tuple(draw.boxes.numpy() for draw in batch.draws)
        label = data.labels[batch.index]
        return Pairs(
            folder=str(folder),
            split=split,
            seed=seed,
            index=batch.index,
            label=label,
            classes=data.classes,
            originals=np.ascontiguousarray(data.images[batch.index].transpose(0, 2, 3, 1)),
            views=batch.views,
            boxes=(boxes[0], boxes[1]),
            overlap=np.asarray(overlaps(*(draw.boxes for draw in batch.draws)), dtype=np.float32),
            spaces={name: space_of(rows, label) for name, rows in batch.rows.items()},
            temperature=inspector.temperature,
            splits={name: len(index) for name, index in data.splits.items() if len(index)},
            drawn=tuple(tuple(draw.describe_all()) for draw in batch.draws),
            names=tuple(data.names[index] for index in batch.index) if data.names else (),
        )

    def strength(
        self,
        folder: Path,
        operation: str,
        split: str = "validation",
        images: int = 64,
        seed: int = 0,
        epoch: int | None = None,
        progress: ProgressCallback = no_progress,
    ) -> StrengthCurve:
        """Similarity of images to their augmented versions, by the strength of one operation, without the others."""
        inspector = self._opened(folder, epoch, progress)
        measured = inspector.strengths(operation, split, images, seed, part_of(progress, _OPENED, 1.0))
        spaces = {}
        for name, cosine in measured.cosine.items():
            others = measured.others[name]
            ceiling = float(np.quantile(others, pair_measures.OTHERS)) if len(others) else -1.0
            low, high = np.quantile(cosine, (0.1, 0.9), axis=1)
            spaces[name] = SpaceCurve(cosine.mean(1), low, high, ceiling)
        count = next(iter(measured.cosine.values())).shape[1]
        return StrengthCurve(measured.operation, measured.strengths, spaces, measured.own, count, measured.examples)

    def _opened(self, folder: Path, epoch: int | None, progress: ProgressCallback) -> PairInspector:
        file = checkpoint_path(folder, epoch)
        # The checkpoint changes during training.
        key = folder, epoch, file.stat().st_mtime_ns if file.is_file() else 0
        if self._inspector is None or key != self._key:
            self._key, self._inspector = None, None
            self._inspector = PairInspector(folder, epoch, part_of(progress, 0.0, _OPENED))
            self._key = key
        return self._inspector


def space_of(rows: np.ndarray, label: np.ndarray) -> Space:
    """All figures of features (2n, d), view 1 of every image, then view 2, of images of classes (n,)."""
    matrix = pair_measures.cosines(rows, rows)
    positive, negative, near = pair_measures.positives(matrix), pair_measures.negatives(matrix), pair_measures.image_pairs(matrix)
    return Space(
        matrix=matrix,
        positive=positive,
        negative=negative,
        separation=pair_measures.separation(positive, negative),
        near=near,
        wrong=pair_measures.false_negatives(near, label),
        clusters=pair_measures.cluster_order(pair_measures.between_images(matrix)),
    )
