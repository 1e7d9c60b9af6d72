"""Questions that compare two spaces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from engine.study.results import Compared as Compared
from engine.study.results import SpaceAt as SpaceAt
from workbench.bridge.map_questions import spaces_of
from workbench.bridge.question import Context, Lane, Question
from workbench.bridge.run_data import run_data, same_data


@dataclass(frozen=True)
class CompareSpaces(Question[Compared]):
    """The agreement of two spaces on their common samples: answered by Compared. `k`: number of neighbours."""

    lane: ClassVar = Lane.SLOW
    left: SpaceAt
    right: SpaceAt
    k: int = 15

    def answer(self, context: Context) -> Compared:
        """ConfigError where a run has no such space."""
        from engine.study.compared_spaces import ComparedSpaces

        spaces, one, other = spaces_of(context.session), self.left.folder, self.right.folder
        compared = context.session.get(ComparedSpaces, lambda: ComparedSpaces(spaces))
        same = one == other or same_data(run_data(one), run_data(other))
        return compared.compare(self.left, self.right, self.k, same, context.part())


@dataclass(frozen=True, eq=False)
class LayMap(Question[np.ndarray]):
    """Align a map `xy` (n, 2) by rotation, reflection, translation and scale, so that its `rows` (m,) are as close as possible to
    `onto` (m, 2) and have the same spread: answered by the aligned map (n, 2) float32."""

    lane: ClassVar = Lane.QUICK
    xy: np.ndarray
    rows: np.ndarray
    onto: np.ndarray

    def answer(self, context: Context) -> np.ndarray:
        """By the common rows."""
        from engine.embed.align import fit_alignment

        return fit_alignment(self.xy[self.rows], self.onto, scale="spread").apply(self.xy)
