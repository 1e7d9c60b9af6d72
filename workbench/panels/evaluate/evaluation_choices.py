"""What of a run is to be evaluated: which checkpoint, which parts, and about how long each takes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from engine.evaluate.dense_plan import DENSE
from engine.evaluate.plan import DEFAULT, Estimate
from engine.evaluate.task_table import tasks
from workbench.forms.editors import Combo
from workbench.panels.evaluate.evaluation_text import about, part_name
from workbench.theme.palette import GAP


class Choices(QWidget):
    """A combo of checkpoints, a box a part, its time beside it. `changed`: other parts are chosen; `epochChanged`: another
    checkpoint is looked at."""

    changed = Signal()
    epochChanged = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._estimate: Estimate | None = None
        self._able = {row.id for row in tasks()}
        self._epochs = Combo()
        self._epochs.setAccessibleName(self.tr("Which checkpoint"))
        self._epochs.setToolTip(self.tr("The checkpoint whose encoder is evaluated, and whose results are shown"))
        self._epochs.activated.connect(self.epochChanged)
        self.boxes = {row.id: QCheckBox(part_name(row.id)) for row in tasks()}
        self._times = {part: QLabel() for part in self.boxes}
        head = QHBoxLayout()
        head.setSpacing(GAP)
        words = QLabel(self.tr("Checkpoint"))
        words.setBuddy(self._epochs)
        head.addWidget(words)
        head.addWidget(self._epochs, 1)
        grid = QGridLayout()
        grid.setHorizontalSpacing(GAP)
        grid.setVerticalSpacing(GAP // 2)
        grid.setColumnStretch(0, 1)
        for row, part in enumerate(self.boxes):
            box, time = self.boxes[part], self._times[part]
            box.setChecked(part in DEFAULT)
            box.toggled.connect(self.changed)
            time.setObjectName("quiet")
            grid.addWidget(box, row, 0)
            grid.addWidget(time, row, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addLayout(head)
        column.addLayout(grid)
        self.set_epochs(())

    @property
    def epoch(self) -> int | None:
        """The checkpoint: None the last, 0 the untrained."""
        data = self._epochs.currentData()
        return None if data is None else int(data)

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts that are chosen."""
        return tuple(part for part, box in self.boxes.items() if box.isChecked() and part in self._able)

    def set_method(self, method: str) -> None:
        """The method of the run, its id: parts that it does not allow are not offered. Nor are those that the data do not allow;
        parts that need class maps or boxes are offered where it is known that the data have them."""
        data = self._estimate.able if self._estimate is not None else {row.id for row in tasks()} - DENSE.keys()
        self._able = {row.id for row in tasks() if row.takes(method) and row.id in data}
        for part, box in self.boxes.items():
            box.setVisible(part in self._able)
            self._times[part].setVisible(part in self._able)

    def choose(self, epoch: int | None) -> None:
        """Choose a checkpoint as a click would."""
        index = self._index_of(epoch)
        if index >= 0:
            self._epochs.setCurrentIndex(index)
            self._epochs.activated.emit(index)

    def set_epochs(self, epochs: Sequence[int]) -> None:
        """The epochs of which a checkpoint was kept; the choice stays where it can."""
        before = self.epoch if self._epochs.count() else None
        self._epochs.clear()
        self._epochs.addItem(self.tr("the last"), None)
        for epoch in reversed(epochs):
            self._epochs.addItem(self.tr("after epoch {0}").format(epoch), epoch)
        self._epochs.setCurrentIndex(max(0, self._index_of(before)))
        self._epochs.setEnabled(bool(epochs))

    def set_run(self, run: bool) -> None:
        """Whether there is a run whose encoder can be evaluated."""
        for box in self.boxes.values():
            box.setEnabled(run)

    def set_estimate(self, estimate: Estimate | None, words: str = "") -> None:
        """How long each part takes; None with `words` in its place."""
        self._estimate = estimate
        for index, (part, time) in enumerate(self._times.items()):
            time.setText(about(estimate.seconds((part,))) if estimate is not None else words if index == 0 else "")
            notes = estimate.notes.get(part, ()) if estimate is not None else ()
            labels = estimate.lengths.get(part) if estimate is not None else None
            template = self.tr("{0} annotated images, {1} steps") if part in DENSE else self.tr("{0} labelled images, {1} steps")
            lines = [template.format(f"{labels.labels:,}", f"{labels.steps:,}")] if labels else []
            self.boxes[part].setToolTip("\n".join([*lines, *notes]))

    @property
    def estimate(self) -> Estimate | None:
        """What was measured."""
        return self._estimate

    @property
    def seconds(self) -> float | None:
        """About how long the chosen parts take together."""
        return self._estimate.seconds(self.parts) if self._estimate is not None else None

    def _index_of(self, epoch: int | None) -> int:
        return next((index for index in range(self._epochs.count()) if self._epochs.itemData(index) == epoch), -1)
