"""What the engine answers about two spaces beside each other. Torch is imported inside, in a background thread."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable

import numpy as np

from engine.execute.progress import Cancelled, part_of
from workbench.bridge.run_data import run_data, same_data
from workbench.bridge.ticking import Tell, Wanted, ticking
from workbench.bridge.versus_questions import Compared, CompareSpaces, LayMap, SpaceAt

# Features (n, d) and their places in the data set (n,) of one space.
Rows = Callable[[str, int, str, Tell, Wanted], tuple[np.ndarray, np.ndarray]]

_KEPT = 32


class VersusAnswers:
    """Compares spaces, whose features `rows` gives. Asked by several lines of questions."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._lock = threading.Lock()
        self._known: OrderedDict[CompareSpaces, Compared] = OrderedDict()

    def compare(self, asked: CompareSpaces, progress: Tell, wanted: Wanted) -> Compared:
        """How much two spaces agree. ConfigError where a run has no such space."""
        from engine.embed.agreement import agree

        with self._lock:
            known = self._known.get(asked)
        if known is not None:
            return known
        one, one_index = self._rows_of(asked.left, part_of(progress, 0.0, 0.4), wanted)
        other, other_index = self._rows_of(asked.right, part_of(progress, 0.4, 0.8), wanted)
        if not _same_data(asked.left.folder, asked.right.folder):
            one_index = one_index[:0]
        index, first, second = np.intersect1d(one_index, other_index, return_indices=True)

        tick = ticking(progress, wanted, 0.8)
        tick(0.0)
        found = agree(one[first], other[second], asked.k, tick)
        made = Compared(
            left=asked.left,
            right=asked.right,
            index=index,
            kept=found.kept,
            order=found.order,
            k=found.k,
            share=found.share,
            chance=found.chance,
            cka=found.cka,
        )
        if asked.left.space == asked.right.space == "features":
            # A snapshot that is written stays; which checkpoint gives the projector can change while a run goes on.
            with self._lock:
                self._known[asked] = made
                while len(self._known) > _KEPT:
                    self._known.popitem(last=False)
        return made

    def lay(self, asked: LayMap, progress: Tell, wanted: Wanted) -> np.ndarray:
        """One map on another, through the samples that both have."""
        from engine.embed.align import lay

        return lay(asked.xy[asked.rows], asked.onto, scale="spread").apply(asked.xy)

    def _rows_of(self, at: SpaceAt, progress: Tell, wanted: Wanted) -> tuple[np.ndarray, np.ndarray]:
        if not wanted():
            raise Cancelled
        return self._rows(at.folder, at.epoch, at.space, progress, wanted)


def _same_data(one: str, other: str) -> bool:
    return one == other or same_data(run_data(one), run_data(other))
