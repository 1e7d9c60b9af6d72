"""Ready selections: what is worth a look in a snapshot, found in the space that the map is of, and how it was found, in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from workbench.bridge.ask import Ask
from workbench.bridge.map_questions import (
    Duplicates,
    FindOutliers,
    Losses,
    Map,
    NearDuplicates,
    Numbers,
    Outliers,
    SampleLosses,
    SampleNumbers,
)
from workbench.bridge.question import Question
from workbench.panels.embedding.selection import Selection

A = TypeVar("A")

# How many samples of those that come first by a number.
MOST = 60
KINDS = ("duplicates", "outliers", "margin", "churn", "loss", "agreement")


class SuggestedSelections(QObject):
    """Asks, selects what comes, and says how it was found: `said` carries the words, and whether something went wrong. `calledOff`:
    a SampleLosses nobody waits for any more."""

    said = Signal(str, bool)
    calledOff = Signal(object)

    def __init__(self, ask: Ask, selection: Selection, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ask, self._selection = ask, selection
        self._map: Map | None = None
        self._wanted = ""
        self._long: SampleLosses | None = None

    def set_map(self, found: Map | None) -> None:
        """Of which snapshot. What is still awaited of another is dropped."""
        if found is None or self._map is None or (found.folder, found.epoch) != (self._map.folder, self._map.epoch):
            self._wanted = ""
            self._call_off()
        self._map = found

    def title(self, kind: str) -> str:
        """What a kind is called."""
        return {
            "duplicates": self.tr("Near-duplicates"),
            "outliers": self.tr("Outliers"),
            "margin": self.tr("Neighbours of another class"),
            "churn": self.tr("Most changed neighbours"),
            "loss": self.tr("Highest loss"),
            "agreement": self.tr("Views that agree least"),
        }[kind]

    def help(self, kind: str) -> str:
        """What a kind is good for."""
        return {
            "duplicates": self.tr("Samples that are nearly one: copies leak from training into validation"),
            "outliers": self.tr("Samples that lie far from all others: broken images, rare kinds"),
            "margin": self.tr("Samples whose neighbours are mostly of one other class: wrong labels, or hard ones"),
            "churn": self.tr("Samples whose neighbours changed most since the snapshot before: not settled yet"),
            "loss": self.tr("Samples with the largest part of the loss: what the method finds hard. Takes a while the first time"),
            "agreement": self.tr(
                "Samples of which the network says least the same in several views: augmentation takes away what they are known "
                "by. Takes a while the first time"
            ),
        }[kind]

    def find(self, kind: str) -> None:
        """Find one of KINDS and select it."""
        shown = self._map
        if shown is None:
            return
        self._wanted = kind
        self._call_off()
        self.said.emit(self.tr("Searching…"), False)
        place: tuple[str, int] = (shown.folder, shown.epoch)
        if kind == "duplicates":
            self._search(kind, NearDuplicates(*place, space=shown.space), self._duplicates)
        elif kind == "outliers":
            self._search(kind, FindOutliers(*place, count=MOST, space=shown.space), self._outliers)
        elif kind in ("loss", "agreement"):
            self._long = SampleLosses(*place, by="ready")
            self._search(kind, self._long, self._loss if kind == "loss" else self._agreement)
        else:
            self._search(kind, SampleNumbers(*place, space=shown.space), self._margin if kind == "margin" else self._churn)

    def _search(self, kind: str, question: Question[A], select: Callable[[A], None]) -> None:
        """Ask, and select by the answer, as long as `kind` is what is searched."""
        self._ask(
            question,
            lambda answer: select(answer) if self._wanted == kind else None,
            lambda message: self.said.emit(message, True) if self._wanted == kind else None,
            lambda share: self._progressed(share) if self._wanted == kind else None,
        )

    def _progressed(self, share: float) -> None:
        if self._long is not None:
            self.said.emit(self.tr("Searching… {0} %").format(round(100 * share)), False)

    def _call_off(self) -> None:
        if self._long is not None:
            asked, self._long = self._long, None
            self.calledOff.emit(asked)

    def _duplicates(self, found: Duplicates) -> None:
        if not len(found.rows):
            self._nothing(
                self.tr("No near-duplicates: no two samples have a cosine of {0} or more").format(_short(found.threshold))
            )
            return
        words = self.tr("{0} near-duplicates in {1} groups: linked by a cosine of {2} or more").format(
            f"{len(found.rows):,}", f"{len(found.groups):,}", _short(found.threshold)
        )
        self._select("duplicates", found.index[found.rows], words)

    def _outliers(self, found: Outliers) -> None:
        words = self.tr("The {0} samples farthest from their {1} nearest, by the mean of 1 − cosine: {2} or more").format(
            f"{len(found.rows):,}", FindOutliers.k, _short(float(found.score.min(initial=2.0)))
        )
        self._select("outliers", found.index[found.rows], words)

    def _margin(self, found: Numbers) -> None:
        margin = found.columns.get("margin")
        if margin is None:
            self._nothing(self.tr("No classes are known of these samples"))
            return
        rows = np.flatnonzero(np.nan_to_num(margin, nan=1.0) < 0)
        if not len(rows):
            self._nothing(self.tr("No sample has more neighbours of one other class than of its own"))
            return
        words = self.tr("{0} samples that have more neighbours of one other class than of their own, among their {1} nearest")
        self._select("margin", found.index[rows], words.format(f"{len(rows):,}", found.k))

    def _churn(self, found: Numbers) -> None:
        churn = found.columns.get("churn")
        if churn is None or found.previous is None:
            self._nothing(self.tr("This is the first snapshot: there is none before it to compare with"))
            return
        known = np.nan_to_num(np.asarray(churn), nan=-1.0)
        rows: NDArray[np.intp] = np.argsort(-known, kind="stable")[:MOST]
        rows = rows[known[rows] > 0]
        if not len(rows):
            self._nothing(self.tr("No sample changed a neighbour since epoch {0}").format(found.previous))
            return
        least = round(100 * float(known[rows[-1]]))
        words = self.tr("The {0} samples that changed most of their {1} nearest since epoch {2}: {3} % or more")
        self._select("churn", found.index[rows], words.format(len(rows), found.k, found.previous, least))

    def _loss(self, found: Losses) -> None:
        rows = self._first(found, "loss", -1)
        if rows is not None:
            words = self.tr("The {0} samples of highest loss by the checkpoint of epoch {1}: {2} or more")
            self._select(
                "loss", found.index[rows], words.format(len(rows), found.of, _short(float(found.columns["loss"][rows[-1]])))
            )

    def _agreement(self, found: Losses) -> None:
        rows = self._first(found, "agreement", 1)
        if rows is not None:
            words = self.tr("The {0} samples whose views agree least by the checkpoint of epoch {1}: a mean cosine of {2} or less")
            least = _short(float(found.columns["agreement"][rows[-1]]))
            self._select("agreement", found.index[rows], words.format(len(rows), found.of, least))

    def _first(self, found: Losses, column: str, sign: int) -> NDArray[np.intp] | None:
        """The rows that come first, by the smallest of `sign` times the column; None, and why, where there are none."""
        self._long = None
        values = found.columns.get(column)
        if values is None:
            self._nothing(found.notes.get(column, ""))
            return None
        order: NDArray[np.intp] = np.argsort(sign * values.astype(np.float64), kind="stable")  # nan comes last
        rows: NDArray[np.intp] = order[np.isfinite(values[order])][:MOST]
        return rows

    def _select(self, kind: str, ids: NDArray[np.integer], words: str) -> None:
        self._wanted = ""
        self._selection.select(ids, self.title(kind))
        self.said.emit(words, False)

    def _nothing(self, words: str) -> None:
        self._wanted = ""
        self.said.emit(words, False)


def _short(value: float) -> str:
    return f"{value:.2f}".removeprefix("0")
