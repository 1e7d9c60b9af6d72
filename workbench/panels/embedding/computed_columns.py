"""Columns to colour by that are computed from a snapshot: numbers of each sample, and clusters found without labels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from workbench.bridge.ask import Ask
from workbench.bridge.data_questions import Labels
from workbench.bridge.map_questions import Clusters, ClusterSnapshot, Losses, Map, Numbers, SampleLosses, SampleNumbers
from workbench.bridge.question import Question
from workbench.forms.number_boxes import WholeBox
from workbench.theme.palette import GAP

A = TypeVar("A")

NUMBERS = ("churn", "outlier", "nearest", "same_class", "margin")
CLUSTERS = ("kmeans", "hdbscan")
# Columns computed with a checkpoint, which takes seconds to minutes the first time.
LOSSES = ("loss", "agreement")
COUNT, LEAST = 10, 15


class ComputedColumns(QWidget):
    """Requests a column when it is chosen, and again for another epoch. The widget shows the number that clusters need, and a note
    about the column. Signals: `changed`: the values changed. `progressed(name, share)`: the progress of a slow column from 0 to 1;
    None if none is being computed. `cancelled(question)`: the answer to this SampleLosses is no longer needed."""

    changed = Signal()
    progressed = Signal(str, object)
    cancelled = Signal(object)

    def __init__(self, ask: Ask, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ask = ask
        self._map: Map | None = None
        self._column = ""
        self._question: object = None
        self._answered_question: object = None
        # By column: the samples of a snapshot, their values, and the epoch.
        self._values: dict[str, tuple[NDArray[np.int64], NDArray[np.generic], int]] = {}
        self._notes: dict[str, tuple[str, str]] = {}
        # Columns that are not available for this run, and the reasons.
        self.reasons: dict[str, str] = {}
        self.chance: float | None = None
        self._numbers = {"kmeans": COUNT, "hdbscan": LEAST}
        self._title = QLabel()
        self._title.setObjectName("quiet")
        self.number = WholeBox()
        self.number.setRange(2, 200)
        self.number.setKeyboardTracking(False)
        self.number.setFixedWidth(52)
        self.number.setAccessibleName(self.tr("Number of clusters"))
        self.number.valueChanged.connect(self._number_changed)
        self.note = QLabel()
        self.note.setObjectName("quiet")
        self.note.setWordWrap(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP)
        row.addWidget(self._title)
        row.addWidget(self.number)
        row.addWidget(self.note, 1)
        self.hide()

    def titles(self) -> dict[str, str]:
        """The columns and their titles."""
        return {
            "churn": self.tr("neighbours that changed since the epoch before"),
            "outlier": self.tr("distance to its nearest neighbours"),
            "nearest": self.tr("similarity to its nearest neighbour"),
            "same_class": self.tr("share of its neighbours that have its class"),
            "margin": self.tr("margin of its class among its neighbours"),
            "kmeans": self.tr("clusters: k-means"),
            "hdbscan": self.tr("clusters: HDBSCAN"),
            "loss": self.tr("loss of the sample"),
            "agreement": self.tr("agreement of its views"),
        }

    def labelled_value(self, column: str, words: str) -> str:
        """A sample's value in a column, with the name of the column if the value alone is unclear."""
        if not words or column not in LOSSES:
            return words
        return self.tr("loss {0}").format(words) if column == "loss" else self.tr("agreement {0}").format(words)

    def clear(self) -> None:
        """Drop the columns, for another run."""
        self._cancel_request()
        self._map, self._question, self._answered_question = None, None, None
        self._values, self._notes, self.reasons, self.chance = {}, {}, {}, None
        self._update_note()

    def set_map(self, shown: Map) -> None:
        """Set the shown map; the chosen column is requested for its epoch."""
        self._map = shown
        # The values of slow columns must not be shown for another epoch.
        stale = [name for name in LOSSES if name in self._values and self._values[name][2] != shown.epoch]
        for name in stale:
            del self._values[name]
        self._request_column()
        if stale:
            self.changed.emit()

    def cancel(self) -> None:
        """Cancel a slow column."""
        if isinstance(self._question, SampleLosses):
            self._cancel_request()
            self._notes[self._column] = self.tr("Cancelled. Choose the column again to compute it."), ""
            self._update_note()

    def choose(self, column: str) -> None:
        """Set the column that colours the map, computed or not, and request it if needed."""
        self._column = column
        cluster = column in CLUSTERS
        self.number.setVisible(cluster)
        self._title.setVisible(cluster)
        if cluster:
            self.number.blockSignals(True)
            self.number.setValue(self._numbers[column])
            self.number.blockSignals(False)
            kmeans = column == "kmeans"
            self._title.setText(self.tr("k") if kmeans else self.tr("at least"))
            help = self.tr("Number of clusters") if kmeans else self.tr("Least number of samples in a cluster")
            self.number.setAccessibleName(help)
            self.number.setToolTip(help)
        self._request_column()
        self._update_note()

    def with_columns(self, labels: Labels, index: NDArray[np.integer]) -> Labels:
        """The labels of the samples `index` with the computed columns added."""
        computed = (*NUMBERS, *CLUSTERS, *LOSSES)
        columns = {name: values for name, values in labels.columns.items() if name not in computed}
        names, kinds = dict(labels.names), {name: kind for name, kind in labels.kinds.items() if name not in computed}
        for name, (own, values, _) in self._values.items():
            selected = _values_of(own, values, index)
            if selected is None:
                continue
            columns[name] = selected
            kinds[name] = "category" if name in CLUSTERS else "number"
            if name in CLUSTERS:
                names[name] = tuple(self.tr("cluster {0}").format(code + 1) for code in range(int(selected.max(initial=-1)) + 1))
        return replace(labels, columns=columns, names=names, kinds=kinds)

    def _number_changed(self, value: int) -> None:
        if self._column in CLUSTERS:
            self._numbers[self._column] = value
            self._request_column()

    def _request_column(self) -> None:
        shown, column = self._map, self._column
        wanted = column in (*NUMBERS, *CLUSTERS, *LOSSES) and column not in self.reasons
        if isinstance(self._question, SampleLosses):
            same = shown is not None and (shown.folder, shown.epoch) == (self._question.folder, self._question.epoch)
            if wanted and same and column in LOSSES:
                self._notes[column] = self.tr("is being computed…"), ""
                return
            self._cancel_request()
        if shown is None or not wanted:
            return
        if column in CLUSTERS:
            count, least = self._numbers["kmeans"], self._numbers["hdbscan"]
            clusters = ClusterSnapshot(shown.folder, shown.epoch, column, count=count, least=least, space=shown.space)
            self._request(clusters, self._receive_clusters)
        elif column not in LOSSES:
            self._request(SampleNumbers(shown.folder, shown.epoch, space=shown.space), self._receive_numbers)
        elif column not in self._values:
            self._request(SampleLosses(shown.folder, shown.epoch), self._receive_losses)

    def _request(self, question: Question[A], receive: Callable[[A], None]) -> None:
        """Ask a question, unless it is the current one or the one answered last."""
        if question == self._question or (question == self._answered_question and self._column not in LOSSES):
            return
        self._question = question
        self._notes[self._column] = self.tr("is being computed…"), ""
        self._update_note()

        def answered(answer: A) -> None:
            if self._question == question:
                self._question, self._answered_question = None, question
                self.progressed.emit("", None)
                receive(answer)
                self._update_note()
                self.changed.emit()

        def failed(message: str) -> None:
            if self._question == question:
                self._question = None
                self.progressed.emit("", None)
                self._notes[self._column] = self.tr("could not be computed"), message
                self._update_note()

        def progress(share: float) -> None:
            if self._question == question:
                self._notes[self._column] = self.tr("is being computed… {0} %").format(round(100 * share)), ""
                self._update_note()
                if isinstance(question, SampleLosses):
                    self.progressed.emit(self.tr("loss") if self._column == "loss" else self.tr("agreement"), share)

        self._ask(question, answered, failed, progress)

    def _receive_numbers(self, numbers: Numbers) -> None:
        for name in NUMBERS:
            if name in numbers.columns:
                self._values[name] = numbers.index, numbers.columns[name], numbers.epoch
                self._notes[name] = "", ""
            else:
                self._values.pop(name, None)
                none = self.tr("There is no snapshot before this one.") if name == "churn" else self.tr("There are no classes.")
                self._notes[name] = none, ""

    def _receive_losses(self, losses: Losses) -> None:
        self.chance = losses.chance
        for name in LOSSES:
            note = losses.notes.get(name, "")
            if name not in losses.columns:
                self._values.pop(name, None)
                self.reasons[name], self._notes[name] = note, (note, "")
                continue
            # Stored with the epoch of the map; that of the nearest checkpoint can differ.
            self._values[name] = losses.index, losses.columns[name], losses.epoch
            words, help = [self.tr("checkpoint of epoch {0}").format(losses.of)], [self._meaning(name), note]
            if missing := int(np.isnan(losses.columns[name]).sum()):
                words.append(self.tr("{0} have none").format(f"{missing:,}"))
            steady = losses.steady.get(name, np.nan)
            if np.isfinite(steady):
                words.append(self.tr("steadiness {0}").format(f"{steady:.2f}".removeprefix("0")))
                help.append(
                    self.tr(
                        "Steadiness: the correlation with the values from other random views and batches. Near 0 the order of the "
                        "samples is random, near 1 it is reproducible."
                    )
                )
            self._notes[name] = " · ".join(words), "\n".join(line for line in help if line)

    def _meaning(self, column: str) -> str:
        if column == "agreement":
            return self.tr("Mean cosine of the embeddings of a sample's views, over several draws: 1 is equal, 0 unrelated.")
        return self.tr(
            "Each sample's own part of the loss, in the unit of the loss: views and batches as in training, without learning. "
            "Mean of several draws of views and batches."
        )

    def _cancel_request(self) -> None:
        if isinstance(self._question, SampleLosses):
            question, self._question = self._question, None
            self.progressed.emit("", None)
            self.cancelled.emit(question)

    def _receive_clusters(self, clusters: Clusters) -> None:
        self._values[clusters.kind] = clusters.index, clusters.label, clusters.epoch
        words = [self.tr("{0} clusters").format(clusters.count)]
        if clusters.noise > 0:
            words.append(self.tr("{0} % in none").format(round(100 * clusters.noise)))
        help = self.tr("Grey samples are in no cluster.") if clusters.noise > 0 else ""
        if np.isfinite(clusters.nmi):
            words.append(self.tr("NMI {0}").format(f"{clusters.nmi:.2f}".removeprefix("0")))
            line = self.tr("Agreement with classes: normalised mutual information {0}, adjusted Rand index {1}, on {2} samples.")
            help = f"{help}\n{line.format(f'{clusters.nmi:.3f}', f'{clusters.ari:.3f}', f'{clusters.of:,}')}".strip()
        if clusters.after is not None and np.isfinite(clusters.same):
            line = self.tr("Colours as at epoch {0}: {1} % of the samples are in the cluster that has the same colour there.")
            help = f"{help}\n{line.format(clusters.after, round(100 * clusters.same))}".strip()
        self._notes[clusters.kind] = ", ".join(words), help

    def _update_note(self) -> None:
        text, help = self._notes.get(self._column, ("", ""))
        self.note.setText(text)
        self.note.setToolTip(help)
        # Visible from the choice of the column on, so that the layout does not change when the answer arrives.
        self.setVisible(self._column in self.titles())


def _values_of(own: NDArray[np.int64], values: NDArray[np.generic], index: NDArray[np.integer]) -> NDArray[np.generic] | None:
    """The values of the samples `index` (m,), given the `values` of the samples `own` (n,); None if one of them has no value."""
    order = np.argsort(own, kind="stable")
    position = np.searchsorted(own[order], index).clip(max=max(0, len(order) - 1))
    if not len(order) or not np.array_equal(own[order][position], index):
        return None
    selected: NDArray[np.generic] = values[order][position]
    return selected
