"""Questions about the pairs of views of a run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from engine.study.results import Pairs as Pairs
from engine.study.results import Space as Space
from engine.study.results import SpaceCurve as SpaceCurve
from engine.study.results import StrengthCurve as StrengthCurve
from workbench.bridge.question import Context, Lane, Question


@dataclass(frozen=True)
class InspectPairs(Question[Pairs]):
    """Two views of some images of a split, encoded by a run's encoder after an epoch (0: untrained, None: last checkpoint):
    answered by Pairs."""

    lane: ClassVar = Lane.SLOW
    folder: str
    split: str = "validation"
    images: int = 128
    seed: int = 0
    epoch: int | None = None

    def answer(self, context: Context) -> Pairs:
        """With the run's own augmentation."""
        from engine.study.pair_report import PairReports

        reports = context.session.get(PairReports)
        return reports.pairs(Path(self.folder), self.split, self.images, self.seed, self.epoch, context.part())


@dataclass(frozen=True)
class MeasureStrength(Question[StrengthCurve]):
    """The similarity of views over the strength of one operation, with everything else fixed: answered by StrengthCurve."""

    lane: ClassVar = Lane.SLOW
    folder: str
    operation: str
    split: str = "validation"
    images: int = 64
    seed: int = 0
    epoch: int | None = None

    def answer(self, context: Context) -> StrengthCurve:
        """On the same images as InspectPairs."""
        from engine.study.pair_report import PairReports

        reports, folder = context.session.get(PairReports), Path(self.folder)
        return reports.strength(folder, self.operation, self.split, self.images, self.seed, self.epoch, context.part())
