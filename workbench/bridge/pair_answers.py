"""What the engine answers about the pairs of views of a run. Torch is imported inside, in a background thread."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from engine.runs.reader import checkpoint_path
from engine.study import pair_measures
from workbench.bridge.pair_questions import InspectPairs, MeasureStrength, Pairs, Space, SpaceCurve, StrengthCurve
from workbench.bridge.ticking import Tell, Wanted, ticking

if TYPE_CHECKING:
    from engine.study.pair_inspector import PairInspector

_OPENED = 0.3  # the share of the way that opening is


class PairAnswers:
    """Keeps the run that was asked for last, for the next question is mostly about the same. Asked by one line of questions."""

    def __init__(self) -> None:
        self._key: tuple[str, int | None, int] | None = None
        self._inspector: PairInspector | None = None

    def inspect(self, asked: InspectPairs, progress: Tell, wanted: Wanted) -> Pairs:
        """The views of a batch, and who is near whom."""
        from engine.augment.overlap import overlaps

        inspector = self._opened(asked.folder, asked.epoch, progress, wanted)
        found = inspector.pairs(asked.split, asked.images, asked.seed, ticking(progress, wanted, _OPENED))
        data, boxes = inspector.dataset, tuple(draw.boxes.numpy() for draw in found.draws)
        label = data.labels[found.index]
        originals = np.ascontiguousarray(data.images[found.index].transpose(0, 2, 3, 1))
        return Pairs(
            folder=asked.folder,
            split=asked.split,
            seed=asked.seed,
            index=found.index,
            label=label,
            classes=data.classes,
            originals=originals,
            views=found.views,
            boxes=(boxes[0], boxes[1]),
            overlap=np.asarray(overlaps(*(draw.boxes for draw in found.draws)), dtype=np.float32),
            spaces={name: space_of(rows, label) for name, rows in found.rows.items()},
            temperature=inspector.temperature,
            splits={name: len(index) for name, index in data.splits.items() if len(index)},
            drawn=tuple(tuple(draw.describe_all()) for draw in found.draws),
        )

    def strength(self, asked: MeasureStrength, progress: Tell, wanted: Wanted) -> StrengthCurve:
        """How near images stay to themselves while one operation is turned up."""
        inspector = self._opened(asked.folder, asked.epoch, progress, wanted)
        tick = ticking(progress, wanted, _OPENED)
        found = inspector.strengths(asked.operation, asked.split, asked.images, asked.seed, tick)
        spaces = {}
        for name, cosine in found.cosine.items():
            others = found.others[name]
            ceiling = float(np.quantile(others, pair_measures.OTHERS)) if len(others) else -1.0
            low, high = np.quantile(cosine, (0.1, 0.9), axis=1)
            spaces[name] = SpaceCurve(cosine.mean(1), low, high, ceiling)
        return StrengthCurve(found.operation, found.strengths, spaces, found.own, cosine.shape[1], found.examples)

    def _opened(self, folder: str, epoch: int | None, progress: Tell, wanted: Wanted) -> PairInspector:
        from engine.study.pair_inspector import PairInspector

        file = checkpoint_path(Path(folder), epoch)
        # A run that trains on writes its checkpoint anew.
        key = folder, epoch, file.stat().st_mtime_ns if file.is_file() else 0
        if self._inspector is None or key != self._key:
            self._key, self._inspector = None, None
            tick = ticking(progress, wanted, 0.0, _OPENED)
            self._inspector = PairInspector(Path(folder), epoch, tick)
            self._key = key
        return self._inspector


def space_of(rows: np.ndarray, label: np.ndarray) -> Space:
    """Everything that is said about features (2n, d), view 1 of every image, then view 2, of images of classes (n,)."""
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
