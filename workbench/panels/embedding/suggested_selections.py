"""Suggested selections: near-duplicates, outliers and other remarkable samples of a snapshot, searched in the space of the map."""

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

# The number of samples selected by the highest or lowest value of a number.
MOST = 60
KINDS = ("duplicates", "outliers", "margin", "churn", "loss", "agreement")


class SuggestedSelections(QObject):
    """Requests the samples of a suggestion and selects them. `reported(text, is_error)`: the progress, and how the samples were
    determined. `cancelled(question)`: the answer to this SampleLosses is no longer needed."""

    reported = Signal(str, bool)
    cancelled = Signal(object)

    def __init__(self, ask: Ask, selection: Selection, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ask, self._selection = ask, selection
        self._map: Map | None = None
        self._kind = ""
        self._long: SampleLosses | None = None

    def set_map(self, shown: Map | None) -> None:
        """Set the map that is searched. A search in another snapshot is dropped."""
        if shown is None or self._map is None or (shown.folder, shown.epoch) != (self._map.folder, self._map.epoch):
            self._kind = ""
            self._cancel_request()
        self._map = shown

    def title(self, kind: str) -> str:
        """The title of a kind."""
        return {
            "duplicates": self.tr("Near-duplicates"),
            "outliers": self.tr("Outliers"),
            "margin": self.tr("Neighbours of another class"),
            "churn": self.tr("Most changed neighbours"),
            "loss": self.tr("Highest loss"),
            "agreement": self.tr("Views that agree least"),
        }[kind]

    def help(self, kind: str) -> str:
        """The tooltip of a kind: what it selects, and why it is useful."""
        return {
            "duplicates": self.tr("Samples that are nearly identical: copies leak from training into validation"),
            "outliers": self.tr("Samples far from all others: broken images, rare kinds"),
            "margin": self.tr("Samples whose neighbours are mostly of one other class: wrong labels, or hard ones"),
            "churn": self.tr("Samples whose neighbours changed most since the previous snapshot: still changing"),
            "loss": self.tr("Samples with the largest part of the loss: what the method finds hard. Takes a while the first time"),
            "agreement": self.tr(
                "Samples whose views have the least similar embeddings: the augmentation may remove what identifies them. "
                "Takes a while the first time"
            ),
        }[kind]

    def search(self, kind: str) -> None:
        """Search for one of KINDS and select the samples."""
        shown = self._map
        if shown is None:
            return
        self._kind = kind
        self._cancel_request()
        self.reported.emit(self.tr("Searching…"), False)
        snapshot: tuple[str, int] = (shown.folder, shown.epoch)
        if kind == "duplicates":
            self._request(kind, NearDuplicates(*snapshot, space=shown.space), self._select_duplicates)
        elif kind == "outliers":
            self._request(kind, FindOutliers(*snapshot, count=MOST, space=shown.space), self._select_outliers)
        elif kind in ("loss", "agreement"):
            self._long = SampleLosses(*snapshot, by="ready")
            self._request(kind, self._long, self._select_loss if kind == "loss" else self._select_agreement)
        else:
            select = self._select_margin if kind == "margin" else self._select_churn
            self._request(kind, SampleNumbers(*snapshot, space=shown.space), select)

    def _request(self, kind: str, question: Question[A], select: Callable[[A], None]) -> None:
        """Ask a question and select by its answer, unless another kind is searched by then."""
        self._ask(
            question,
            lambda answer: select(answer) if self._kind == kind else None,
            lambda message: self.reported.emit(message, True) if self._kind == kind else None,
            lambda share: self._progressed(share) if self._kind == kind else None,
        )

    def _progressed(self, share: float) -> None:
        if self._long is not None:
            self.reported.emit(self.tr("Searching… {0} %").format(round(100 * share)), False)

    def _cancel_request(self) -> None:
        if self._long is not None:
            question, self._long = self._long, None
            self.cancelled.emit(question)

    def _select_duplicates(self, duplicates: Duplicates) -> None:
        if not len(duplicates.rows):
            self._report_empty(
                self.tr("No near-duplicates: no two samples have a cosine of {0} or more").format(_short(duplicates.threshold))
            )
            return
        text = self.tr("{0} near-duplicates in {1} groups: linked by a cosine of {2} or more").format(
            f"{len(duplicates.rows):,}", f"{len(duplicates.groups):,}", _short(duplicates.threshold)
        )
        self._select("duplicates", duplicates.index[duplicates.rows], text)

    def _select_outliers(self, outliers: Outliers) -> None:
        text = self.tr("The {0} samples farthest from their {1} nearest, by the mean of 1 − cosine: {2} or more").format(
            f"{len(outliers.rows):,}", FindOutliers.k, _short(float(outliers.score.min(initial=2.0)))
        )
        self._select("outliers", outliers.index[outliers.rows], text)

    def _select_margin(self, numbers: Numbers) -> None:
        margin = numbers.columns.get("margin")
        if margin is None:
            self._report_empty(self.tr("The classes of these samples are unknown"))
            return
        rows = np.flatnonzero(np.nan_to_num(margin, nan=1.0) < 0)
        if not len(rows):
            self._report_empty(self.tr("No sample has more neighbours of one other class than of its own"))
            return
        text = self.tr("{0} samples that have more neighbours of one other class than of their own, among their {1} nearest")
        self._select("margin", numbers.index[rows], text.format(f"{len(rows):,}", numbers.k))

    def _select_churn(self, numbers: Numbers) -> None:
        churn = numbers.columns.get("churn")
        if churn is None or numbers.previous is None:
            self._report_empty(self.tr("This is the first snapshot: there is none before it to compare with"))
            return
        known = np.nan_to_num(np.asarray(churn), nan=-1.0)
        rows: NDArray[np.intp] = np.argsort(-known, kind="stable")[:MOST]
        rows = rows[known[rows] > 0]
        if not len(rows):
            self._report_empty(self.tr("No sample changed a neighbour since epoch {0}").format(numbers.previous))
            return
        least = round(100 * float(known[rows[-1]]))
        text = self.tr("The {0} samples that changed most of their {1} nearest since epoch {2}: {3} % or more")
        self._select("churn", numbers.index[rows], text.format(len(rows), numbers.k, numbers.previous, least))

    def _select_loss(self, losses: Losses) -> None:
        rows = self._first_rows(losses, "loss", -1)
        if rows is not None:
            text = self.tr("The {0} samples of highest loss by the checkpoint of epoch {1}: {2} or more")
            self._select(
                "loss", losses.index[rows], text.format(len(rows), losses.of, _short(float(losses.columns["loss"][rows[-1]])))
            )

    def _select_agreement(self, losses: Losses) -> None:
        rows = self._first_rows(losses, "agreement", 1)
        if rows is not None:
            text = self.tr("The {0} samples whose views agree least by the checkpoint of epoch {1}: a mean cosine of {2} or less")
            least = _short(float(losses.columns["agreement"][rows[-1]]))
            self._select("agreement", losses.index[rows], text.format(len(rows), losses.of, least))

    def _first_rows(self, losses: Losses, column: str, sign: int) -> NDArray[np.intp] | None:
        """The first MOST rows in ascending order of `sign` times the column; None if the run does not have the column."""
        self._long = None
        values = losses.columns.get(column)
        if values is None:
            self._report_empty(losses.notes.get(column, ""))
            return None
        order: NDArray[np.intp] = np.argsort(sign * values.astype(np.float64), kind="stable")  # nan comes last
        rows: NDArray[np.intp] = order[np.isfinite(values[order])][:MOST]
        return rows

    def _select(self, kind: str, ids: NDArray[np.integer], text: str) -> None:
        self._kind = ""
        self._selection.select(ids, self.title(kind))
        self.reported.emit(text, False)

    def _report_empty(self, text: str) -> None:
        self._kind = ""
        self.reported.emit(text, False)


def _short(value: float) -> str:
    return f"{value:.2f}".removeprefix("0")
