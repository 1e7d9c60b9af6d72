"""Columns to colour by that are not written in the data: numbers of each sample in the space, and clusters found without labels."""

from __future__ import annotations

from collections.abc import Callable
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
# Those for which a checkpoint is opened: seconds to minutes the first time.
LOSSES = ("loss", "agreement")
COUNT, LEAST = 10, 15


class Measures(QWidget):
    """Asks for a column when it is chosen, and again for another epoch. The widget has the number that clusters need, and words
    about what was found. `changed`: other values than before. `progressed`: a column's name, and the share of a long one that is
    done, None when nobody waits for one. `calledOff`: a SampleLosses nobody waits for any more."""

    changed = Signal()
    progressed = Signal(str, object)
    calledOff = Signal(object)

    def __init__(self, ask: Ask, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ask = ask
        self._map: Map | None = None
        self._column = ""
        self._asked: object = None
        self._answered: object = None
        # Values of the samples of a snapshot, by column, and the samples they are of.
        self._values: dict[str, tuple[NDArray[np.int64], NDArray[np.generic], int]] = {}
        self._words: dict[str, tuple[str, str]] = {}
        # Columns that this run cannot have, and why.
        self.reasons: dict[str, str] = {}
        self.chance: float | None = None
        self._numbers = {"kmeans": COUNT, "hdbscan": LEAST}
        self._title = QLabel()
        self._title.setObjectName("quiet")
        self.number = WholeBox()
        self.number.setRange(2, 200)
        self.number.setKeyboardTracking(False)
        self.number.setFixedWidth(52)
        self.number.valueChanged.connect(self._typed)
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
        """The columns that can be had, and what they are called."""
        return {
            "churn": self.tr("neighbours that changed since the epoch before"),
            "outlier": self.tr("distance to its nearest"),
            "nearest": self.tr("likeness to the nearest one"),
            "same_class": self.tr("share of its neighbours that have its class"),
            "margin": self.tr("how far its neighbours agree with its class"),
            "kmeans": self.tr("clusters: k-means"),
            "hdbscan": self.tr("clusters: HDBSCAN"),
            "loss": self.tr("loss of its own"),
            "agreement": self.tr("agreement of its views"),
        }

    def said(self, column: str, words: str) -> str:
        """A sample's value in a column, in words that stand alone."""
        if not words or column not in LOSSES:
            return words
        return self.tr("loss {0}").format(words) if column == "loss" else self.tr("agreement {0}").format(words)

    def forget(self) -> None:
        """Another run."""
        self._call_off()
        self._map, self._asked, self._answered = None, None, None
        self._values, self._words, self.reasons, self.chance = {}, {}, {}, None
        self._write()

    def set_map(self, found: Map) -> None:
        """Another map is shown: what is coloured by is asked for its epoch."""
        self._map = found
        # What takes long to come must not be taken for this epoch's meanwhile.
        stale = [name for name in LOSSES if name in self._values and self._values[name][2] != found.epoch]
        for name in stale:
            del self._values[name]
        self._want()
        if stale:
            self.changed.emit()

    def cancel(self) -> None:
        """Wait no longer for a column that takes long."""
        if isinstance(self._asked, SampleLosses):
            self._call_off()
            self._words[self._column] = self.tr("Called off. Choose it again to have it computed."), ""
            self._write()

    def choose(self, column: str) -> None:
        """What the map is coloured by, a column of this or another."""
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
            words = self.tr("How many clusters") if kmeans else self.tr("How many samples a cluster has at least")
            self.number.setAccessibleName(words)
            self.number.setToolTip(words)
        self._want()
        self._write()

    def joined(self, labels: Labels, index: NDArray[np.integer]) -> Labels:
        """Labels of samples with the columns that are known of them beside."""
        mine = (*NUMBERS, *CLUSTERS, *LOSSES)
        columns = {name: values for name, values in labels.columns.items() if name not in mine}
        names, kinds = dict(labels.names), {name: kind for name, kind in labels.kinds.items() if name not in mine}
        for name, (own, values, _) in self._values.items():
            taken = _taken(own, values, index)
            if taken is None:
                continue
            columns[name] = taken
            kinds[name] = "category" if name in CLUSTERS else "number"
            if name in CLUSTERS:
                names[name] = tuple(self.tr("cluster {0}").format(place + 1) for place in range(int(taken.max(initial=-1)) + 1))
        return Labels(columns, names, kinds)

    def _typed(self, value: int) -> None:
        if self._column in CLUSTERS:
            self._numbers[self._column] = value
            self._want()

    def _want(self) -> None:
        found, column = self._map, self._column
        wanted = column in (*NUMBERS, *CLUSTERS, *LOSSES) and column not in self.reasons
        if isinstance(self._asked, SampleLosses):
            same = found is not None and (found.folder, found.epoch) == (self._asked.folder, self._asked.epoch)
            if wanted and same and column in LOSSES:
                self._words[column] = self.tr("is being computed…"), ""
                return
            self._call_off()
        if found is None or not wanted:
            return
        if column in CLUSTERS:
            count, least = self._numbers["kmeans"], self._numbers["hdbscan"]
            clusters = ClusterSnapshot(found.folder, found.epoch, column, count=count, least=least, space=found.space)
            self._request(clusters, self._clusters_came)
        elif column not in LOSSES:
            self._request(SampleNumbers(found.folder, found.epoch, space=found.space), self._numbers_came)
        elif column not in self._values:
            self._request(SampleLosses(found.folder, found.epoch), self._losses_came)

    def _request(self, question: Question[A], take: Callable[[A], None]) -> None:
        """Ask, unless the same was asked or answered last."""
        if question == self._asked or (question == self._answered and self._column not in LOSSES):
            return
        self._asked = question
        self._words[self._column] = self.tr("is being computed…"), ""
        self._write()

        def answered(answer: A) -> None:
            if self._asked == question:
                self._asked, self._answered = None, question
                self.progressed.emit("", None)
                take(answer)
                self._write()
                self.changed.emit()

        def failed(message: str) -> None:
            if self._asked == question:
                self._asked = None
                self.progressed.emit("", None)
                self._words[self._column] = self.tr("could not be computed"), message
                self._write()

        def progress(share: float) -> None:
            if self._asked == question:
                self._words[self._column] = self.tr("is being computed… {0} %").format(round(100 * share)), ""
                self._write()
                if isinstance(question, SampleLosses):
                    self.progressed.emit(self.tr("loss") if self._column == "loss" else self.tr("agreement"), share)

        self._ask(question, answered, failed, progress)

    def _numbers_came(self, found: Numbers) -> None:
        for name in NUMBERS:
            if name in found.columns:
                self._values[name] = found.index, found.columns[name], found.epoch
                self._words[name] = "", ""
            else:
                self._values.pop(name, None)
                none = self.tr("There is no snapshot before this one.") if name == "churn" else self.tr("There are no classes.")
                self._words[name] = none, ""

    def _losses_came(self, found: Losses) -> None:
        self.chance = found.chance
        for name in LOSSES:
            note = found.notes.get(name, "")
            if name not in found.columns:
                self._values.pop(name, None)
                self.reasons[name], self._words[name] = note, (note, "")
                continue
            # Kept by the epoch of the map: the nearest checkpoint can be another epoch's.
            self._values[name] = found.index, found.columns[name], found.epoch
            words, help = [self.tr("checkpoint of epoch {0}").format(found.of)], [self._meaning(name), note]
            if missing := int(np.isnan(found.columns[name]).sum()):
                words.append(self.tr("{0} have none").format(f"{missing:,}"))
            steady = found.steady.get(name, np.nan)
            if np.isfinite(steady):
                words.append(self.tr("steadiness {0}").format(f"{steady:.2f}".removeprefix("0")))
                help.append(
                    self.tr(
                        "Steadiness: the correlation with what other draws of views and companions would give. Near 0 the order of "
                        "the samples is luck, near 1 it is theirs."
                    )
                )
            self._words[name] = " · ".join(words), "\n".join(line for line in help if line)

    def _meaning(self, column: str) -> str:
        if column == "agreement":
            return self.tr(
                "Mean cosine of the views of a sample: 1 is the same, 0 has nothing in common. Mean of several draws of views."
            )
        return self.tr(
            "Each sample's own part of the loss, in the loss's own unit: views and batches as in the run, nothing is learned. "
            "Mean of several draws of views and of companions in the batch."
        )

    def _call_off(self) -> None:
        if isinstance(self._asked, SampleLosses):
            asked, self._asked = self._asked, None
            self.progressed.emit("", None)
            self.calledOff.emit(asked)

    def _clusters_came(self, found: Clusters) -> None:
        self._values[found.kind] = found.index, found.label, found.epoch
        words = [self.tr("{0} clusters").format(found.count)]
        if found.noise > 0:
            words.append(self.tr("{0} % in none").format(round(100 * found.noise)))
        help = self.tr("Grey samples lie in no cluster.") if found.noise > 0 else ""
        if np.isfinite(found.nmi):
            words.append(self.tr("NMI {0}").format(f"{found.nmi:.2f}".removeprefix("0")))
            line = self.tr("Agreement with classes: normalised mutual information {0}, adjusted Rand index {1}, on {2} samples.")
            help = f"{help}\n{line.format(f'{found.nmi:.3f}', f'{found.ari:.3f}', f'{found.of:,}')}".strip()
        if found.after is not None and np.isfinite(found.same):
            line = self.tr("Colours as at epoch {0}: {1} % of the samples are in the cluster that has the same colour there.")
            help = f"{help}\n{line.format(found.after, round(100 * found.same))}".strip()
        self._words[found.kind] = ", ".join(words), help

    def _write(self) -> None:
        words, help = self._words.get(self._column, ("", ""))
        self.note.setText(words)
        self.note.setToolTip(help)
        # From the choice on, not only once the words have come: nothing moves by itself.
        self.setVisible(self._column in self.titles())


def _taken(own: NDArray[np.int64], values: NDArray[np.generic], index: NDArray[np.integer]) -> NDArray[np.generic] | None:
    """The values of the samples `index`; None where one of them has none."""
    order = np.argsort(own, kind="stable")
    place = np.searchsorted(own[order], index).clip(max=max(0, len(order) - 1))
    if not len(order) or not np.array_equal(own[order][place], index):
        return None
    taken: NDArray[np.generic] = values[order][place]
    return taken
