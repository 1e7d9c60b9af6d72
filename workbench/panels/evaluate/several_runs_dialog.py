"""Which parts of which runs are to be evaluated: counted, and timed, before any is begun."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from engine.evaluate.dense_plan import DENSE
from engine.evaluate.plan import DEFAULT, Estimate, parts_left
from engine.evaluate.task_table import EMBEDDED, tasks
from workbench.bridge.evaluate_questions import KeptEvaluation
from workbench.forms.editors import Combo
from workbench.panels.evaluate.evaluation_batch import Todo, plan
from workbench.panels.evaluate.evaluation_text import about, part_name, part_word
from workbench.theme.palette import GAP

LISTED = 200  # runs
_TARGETS = frozenset(row.id for row in tasks() if row.needs & {"multi_label", "numbers"})
_Runs = Sequence[tuple[str, str]]


class SeveralDialog(QDialog):
    """`confirmed` carries the runs that are to be evaluated, in order. `estimateAsked`: folders of which nobody knows how long they
    take; whoever receives it answers with `take_estimates`. `chosen`, `shown`: runs as (folder, title); the first are offered where
    there are any."""

    confirmed = Signal(tuple)
    estimateAsked = Signal(tuple)

    def __init__(self, chosen: _Runs, shown: _Runs, training: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Evaluate several runs"))
        self.setMinimumWidth(560)
        self._kept: Mapping[str, KeptEvaluation] | None = None
        self._estimates: dict[str, Estimate | str] = {}
        self._share: float | None = None
        self._problem = ""
        self._todos: tuple[Todo, ...] = ()
        self._training = training
        self._build(chosen, shown)
        self._show()

    def _build(self, chosen: _Runs, shown: _Runs) -> None:
        self.which = Combo()
        self.which.setAccessibleName(self.tr("Which runs"))
        if chosen:
            self.which.addItem(self.tr("the chosen runs: {0}").format(len(chosen)), tuple(chosen))
        if set(chosen) != set(shown):
            self.which.addItem(self.tr("all runs that the table shows: {0}").format(len(shown)), tuple(shown))
        self.which.activated.connect(self._changed)
        label = QLabel(self.tr("Runs"))
        label.setBuddy(self.which)
        head = QHBoxLayout()
        head.setSpacing(GAP)
        head.addWidget(label)
        head.addWidget(self.which, 1)
        grid = QGridLayout()
        grid.setHorizontalSpacing(GAP)
        grid.setVerticalSpacing(GAP // 2)
        grid.setColumnStretch(0, 1)
        # Parts that only some methods allow, or that use feature maps, are measured for one run at a time.
        one = {row.id for row in tasks() if row.needs & EMBEDDED.keys()} | DENSE.keys()
        # Those of targets come last: they appear when it is known that data have them.
        rows = sorted((row for row in tasks() if row.id not in one), key=lambda row: row.id in _TARGETS)
        self.boxes = {row.id: QCheckBox(part_name(row.id)) for row in rows}
        self._offered = frozenset(self.boxes.keys() - _TARGETS)
        self._times = {part: QLabel() for part in self.boxes}
        for row, (part, box) in enumerate(self.boxes.items()):
            box.setChecked(part in DEFAULT)
            box.toggled.connect(self._show)
            self._times[part].setObjectName("quiet")
            self._times[part].setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(box, row, 0)
            grid.addWidget(self._times[part], row, 1)
        self.again = QCheckBox(self.tr("Measure again what is already measured of the same checkpoint"))
        self.again.toggled.connect(self._show)
        self.list = QPlainTextEdit()
        self.list.setReadOnly(True)
        self.list.setTabChangesFocus(True)
        self.list.setAccessibleName(self.tr("Plan for each run"))
        self.list.setMinimumHeight(140)
        self.summary = QLabel()
        self.summary.setObjectName("quiet")
        self.summary.setWordWrap(True)
        self.summary.setMinimumHeight(34)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        buttons.button(QDialogButtonBox.StandardButton.Cancel).setText(self.tr("Cancel"))
        self.go = QPushButton()
        self.go.setObjectName("primary")
        buttons.addButton(self.go, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self._accepted)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addLayout(head)
        column.addLayout(grid)
        column.addWidget(self.again)
        column.addWidget(self.list, 1)
        column.addWidget(self.summary)
        column.addWidget(buttons)

    # In

    def take_kept(self, kept: Mapping[str, KeptEvaluation]) -> None:
        """What is kept of runs, these among them."""
        first, self._kept = self._kept is None, kept
        if first:
            self._changed()
        self._show()

    def take_estimates(self, estimates: Mapping[str, Estimate | str]) -> None:
        """How long evaluations of some runs take, or why they cannot be."""
        self._estimates.update(estimates)
        self._share = None
        self._show()

    def show_progress(self, share: float) -> None:
        """How far the trials are."""
        self._share = share
        self._show()

    def no_estimate(self, problem: str) -> None:
        """How long it takes cannot be told; it can be begun all the same."""
        self._share, self._problem = None, problem
        self._show()

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts that are ticked, of those that the data of one of the runs allow."""
        return tuple(part for part, box in self.boxes.items() if box.isChecked() and part in self._offered)

    @property
    def todos(self) -> tuple[Todo, ...]:
        """What is to be done with each run."""
        return self._todos

    # Showing

    @property
    def _runs(self) -> _Runs:
        runs: _Runs = self.which.currentData() or ()
        return runs

    def _changed(self) -> None:
        """Other runs: those that can be evaluated are tried where nobody knows how long they take."""
        kept = self._kept
        if kept is not None:
            able = [folder for folder, _ in self._runs if folder in kept and kept[folder].checkpoint]
            unknown = tuple(folder for folder in able if folder not in self._estimates)
            if unknown:
                self._share, self._problem = 0.0, ""
                self.estimateAsked.emit(unknown)
        self._show()

    def _offer(self) -> None:
        """Show the parts that the data of at least one of the runs allow, as far as that is known."""
        known = [one for folder, _ in self._runs if isinstance(one := self._estimates.get(folder), Estimate) and one.able]
        if known:
            self._offered = frozenset(part for part in self.boxes if any(part in one.able for one in known))
        else:
            self._offered = frozenset(self.boxes.keys() - _TARGETS)
        for part, box in self.boxes.items():
            for widget in (box, self._times[part]):
                widget.setVisible(part in self._offered)

    def _show(self) -> None:
        self._offer()
        kept, again = self._kept or {}, self.again.isChecked()
        bare = self.tr("no checkpoint yet")
        self._todos = plan(self._runs, kept, self._estimates, self.parts, again, bare) if self._kept is not None else ()
        todo = [one for one in self._todos if one.parts]
        for part, label in self._times.items():
            seconds = [
                known.seconds((part,))
                for folder, _ in self._runs
                if isinstance(known := self._estimates.get(folder), Estimate)
                and (again or folder not in kept or parts_left((part,), kept[folder].measured))
            ]
            label.setText(about(sum(seconds)) if seconds else "")
        lines = [self._line(one) for one in self._todos[:LISTED]]
        more = [self.tr("… and {0} more").format(len(self._todos) - LISTED)] if len(self._todos) > LISTED else []
        self.list.setPlainText("\n".join([*lines, *more]))
        self.summary.setText(self._words(todo))
        self.go.setText(self.tr("Evaluate {0} runs").format(len(todo)) if todo else self.tr("Evaluate"))
        self.go.setEnabled(bool(todo) and self._share is None)

    def _line(self, todo: Todo) -> str:
        if todo.why:
            return self.tr("{0}: left out, {1}").format(todo.title, todo.why)
        if not todo.parts:
            return self.tr("{0}: already evaluated").format(todo.title) if self.parts else todo.title
        words = self.tr(", ").join(part_word(part) for part in todo.parts)
        seconds = f" · {about(todo.seconds)}" if todo.seconds is not None else ""
        return self.tr("{0}: {1}").format(todo.title, words) + seconds

    def _words(self, todo: Sequence[Todo]) -> str:
        if self._kept is None:
            return self.tr("Reading stored results…")
        if not self.parts:
            return self.tr("Tick what to measure.")
        words = [self.tr("{0} of {1} runs, one after another").format(len(todo), len(self._todos))]
        times = [one.seconds for one in todo if one.seconds is not None]
        if self._share is not None:
            words.append(self.tr("estimating the duration, {0} %").format(round(self._share * 100)))
        elif times:
            device = next(known.device for known in self._estimates.values() if isinstance(known, Estimate))
            words.append(self.tr("{0} on {1}").format(about(sum(times)), device))
        already, out = sum(one.kept for one in self._todos), sum(bool(one.why) for one in self._todos)
        if already:
            words.append(self.tr("already evaluated at the same checkpoint: {0}").format(already))
        if out:
            words.append(self.tr("left out: {0}").format(out))
        text = " · ".join(words)
        if self._problem:
            text += "\n" + self.tr("The duration cannot be estimated: {0}").format(self._problem)
        if self._training:
            text += "\n" + self.tr("A run is training in this window: the evaluation has lower priority and takes longer.")
        return text

    def _accepted(self) -> None:
        if self.go.isEnabled():
            self.confirmed.emit(tuple(one for one in self._todos if one.parts))
            self.accept()
