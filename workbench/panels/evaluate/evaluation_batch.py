"""Several runs evaluated one after another: what is to be done, how far it is, and the strip that says so."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from engine.evaluate.plan import Estimate, parts_left
from workbench.bridge.evaluate_questions import KeptEvaluation
from workbench.panels.evaluate.evaluation_text import about, first_line
from workbench.theme.palette import GAP, WIDE_GAP
from workbench.theme.plain import tip

LISTED = 2  # failures that stand in the strip; all are in its tooltip
LONG = 180  # characters of each
ENOUGH = 0.02  # of the whole, until the time that is left can be told


@dataclass(frozen=True)
class Todo:
    """One run of several. `parts`: those that are to be measured, none where nothing is; `kept`: all are measured already; `why`:
    why it cannot be evaluated; `seconds`: about how long it takes; `again`: also what is kept."""

    folder: str
    title: str
    parts: tuple[str, ...] = ()
    kept: bool = False
    why: str = ""
    seconds: float | None = None
    again: bool = False


def plan(
    runs: Sequence[tuple[str, str]],
    kept: Mapping[str, KeptEvaluation],
    estimates: Mapping[str, Estimate | str],
    parts: Sequence[str],
    again: bool,
    bare: str,
) -> tuple[Todo, ...]:
    """What there is to do for each of the runs, (folder, title), in their order. `bare`: the words for one without a checkpoint."""
    todos = []
    for folder, title in runs:
        known, estimate = kept.get(folder), estimates.get(folder)
        if not folder or (known is not None and not known.checkpoint):
            todos.append(Todo(folder, title, why=bare))
            continue
        left = tuple(parts) if again or known is None else parts_left(parts, known.measured)
        able = estimate.able if isinstance(estimate, Estimate) else frozenset[str]()
        allowed = tuple(part for part in left if not able or part in able)
        if not left:
            todos.append(Todo(folder, title, kept=True))
        elif not allowed:
            todos.append(Todo(folder, title, why=QCoreApplication.translate("evaluate", "its data lack what these parts need")))
        elif isinstance(estimate, str):
            todos.append(Todo(folder, title, why=first_line(estimate)))
        else:
            todos.append(Todo(folder, title, allowed, seconds=estimate.seconds(allowed) if estimate else None, again=again))
    return tuple(todos)


@dataclass
class Batch:
    """The runs that wait, the one that goes on and those that are over. Whoever holds it asks for the evaluations."""

    waiting: list[Todo] = field(default_factory=list)
    now: Todo | None = None
    share: float = 0.0
    over: list[tuple[Todo, str]] = field(default_factory=list)
    off: bool = False
    _begun: float = 0.0

    def add(self, todos: Sequence[Todo]) -> None:
        """More runs, behind those that wait. What was said of an earlier batch goes."""
        if self.now is None and not self.waiting:
            self.over, self.off, self._begun = [], False, time.monotonic()
        self.waiting += todos

    def next(self, busy: Collection[str]) -> Todo | None:
        """The next run that nobody else evaluates just now; it is the one that goes on."""
        if self.now is not None:
            return None
        todo = next((todo for todo in self.waiting if todo.folder not in busy), None)
        if todo is not None:
            self.waiting.remove(todo)
            self.now, self.share = todo, 0.0
        return todo

    def end(self, folder: str, problem: str = "") -> bool:
        """A run is over, with a problem or without; whether it was the one that went on."""
        if self.now is None or self.now.folder != folder:
            return False
        self.over.append((self.now, problem))
        self.now, self.share = None, 0.0
        return True

    def call_off(self) -> None:
        """None of those that wait."""
        self.waiting, self.off = [], True

    @property
    def going(self) -> bool:
        """Whether there is anything left to do."""
        return self.now is not None or bool(self.waiting)

    @property
    def count(self) -> int:
        """All runs."""
        return len(self.over) + len(self.waiting) + (self.now is not None)

    @property
    def failed(self) -> list[tuple[Todo, str]]:
        """Those that were not evaluated to their end, and why."""
        return [(todo, problem) for todo, problem in self.over if problem]

    @property
    def done(self) -> float:
        """How far all of them are, 0 to 1, each by the time that it takes; one of which that is not known by that of the others."""
        over = [todo.seconds for todo, _ in self.over]
        now = [self.now.seconds] if self.now is not None else []
        times = [*over, *now, *(todo.seconds for todo in self.waiting)]
        known = [seconds for seconds in times if seconds is not None]
        usual = sum(known) / len(known) if known else 1.0

        def cost(of: Sequence[float | None]) -> float:
            return sum(usual if seconds is None else seconds for seconds in of)

        whole = cost(times)
        return (cost(over) + cost(now) * self.share) / whole if whole else 0.0

    def seconds_left(self, clock: float) -> float | None:
        """By how long it took so far; None as long as that says little."""
        done = self.done
        return (clock - self._begun) / done * (1 - done) if done > ENOUGH else None


def _short(words: str) -> str:
    """As much as two lines hold."""
    return words if len(words) <= LONG else words[:LONG].rsplit(" ", 1)[0] + " …"


class SeveralStrip(QFrame):
    """Which of several runs goes on, how far all are, and what failed. `cancelAsked`: no further run, and not this one to its
    end."""

    cancelAsked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setAccessibleName(self.tr("Evaluation of several runs"))
        self.words, self.failures = QLabel(), QLabel()
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.failures.setObjectName("bad")
        self.failures.setWordWrap(True)
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(160)
        self.bar.setAccessibleName(self.tr("Progress of all runs"))
        self.cancel = QPushButton(self.tr("Cancel all"))
        self.cancel.setToolTip(self.tr("Evaluate no further run; results that are complete are kept"))
        self.cancel.clicked.connect(self.cancelAsked)
        self.close_button = QPushButton(self.tr("Close"))
        self.close_button.clicked.connect(self.hide)
        row = QHBoxLayout()
        row.setSpacing(GAP)
        row.addWidget(self.words, 1)
        for widget in (self.bar, self.cancel, self.close_button):
            row.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(WIDE_GAP, GAP, WIDE_GAP, GAP)
        column.setSpacing(GAP // 2)
        column.addLayout(row)
        column.addWidget(self.failures)
        self.hide()

    def show_batch(self, batch: Batch, doing: str) -> None:
        """How it stands; `doing`: what is being done with the run that goes on."""
        going = batch.going
        self.bar.setValue(round(batch.done * 1000))
        for widget in (self.bar, self.cancel):
            widget.setVisible(going)
        self.close_button.setVisible(not going)
        self.words.setText(self._going(batch, doing) if going else self._ended(batch))
        self.words.setToolTip(tip(self.words.text()))
        failed = [f"{todo.title}: {first_line(problem)}" for todo, problem in batch.failed]
        more = [self.tr("… and {0} more").format(len(failed) - LISTED)] if len(failed) > LISTED else []
        self.failures.setText("\n".join([*(_short(one) for one in failed[:LISTED]), *more]))
        self.failures.setToolTip(tip("\n".join(failed)))
        self.failures.setVisible(bool(failed))

    def _going(self, batch: Batch, doing: str) -> str:
        if batch.now is None:
            return self.tr("{0} runs wait for the evaluation in progress.").format(len(batch.waiting))
        words = [self.tr("Run {0} of {1}: {2}").format(len(batch.over) + 1, batch.count, batch.now.title)]
        left = batch.seconds_left(time.monotonic())
        words += [doing, self.tr("{0} left for all").format(about(left)) if left is not None else ""]
        return " · ".join(word for word in words if word)

    def _ended(self, batch: Batch) -> str:
        failed = len(batch.failed)
        words = [self.tr("Evaluated: {0} of {1} runs").format(len(batch.over) - failed, batch.count)]
        if batch.off:
            words = [self.tr("Cancelled; evaluated: {0} runs. Their results are kept.").format(len(batch.over) - failed)]
        if failed:
            words.append(self.tr("not completed: {0}").format(failed))
        return " · ".join(words)
