"""Evaluate: what a run's encoder is worth, measured from the window, and beside it all runs that were measured."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from engine.evaluate.plan import BEGUN, FACTORS, Estimate, parts_left, stage_at
from engine.evaluate.predictions import Predictions
from engine.events import CheckpointSaved, Event
from workbench import theme
from workbench.bridge.ask import Ask, Callbacks, TakeOver
from workbench.bridge.evaluate_questions import (
    EstimateEvaluation,
    EstimateEvaluations,
    EvaluateRun,
    KeptEvaluation,
    ReadEvaluations,
    ReadPredictions,
)
from workbench.figures.figure_data import FigureSource
from workbench.models.runs import RunsModel
from workbench.panel import Panel, PanelContext
from workbench.panels.evaluate.comparable_runs import comparable
from workbench.panels.evaluate.comparison_card import CompareCard
from workbench.panels.evaluate.evaluation_batch import Batch, SeveralStrip, Todo
from workbench.panels.evaluate.evaluation_choices import Choices
from workbench.panels.evaluate.evaluation_text import about, first_line, stage_name
from workbench.panels.evaluate.predictions_dialog import PredictionsDialog
from workbench.panels.evaluate.results_table import Figures
from workbench.panels.evaluate.several_runs_dialog import SeveralDialog
from workbench.requests import EvaluateRuns, Request, SelectRun, ShowPanel
from workbench.theme.palette import GAP, WIDE_GAP
from workbench.widgets.card import Card
from workbench.widgets.room import keep_room
from workbench.widgets.scrolled_column import ScrolledColumn
from workbench.widgets.split import Split

SIZES = 420, 590  # px of the run and of the comparison
LEAST = 330


@dataclass
class _Going:
    """An evaluation that waits or goes on."""

    question: EvaluateRun
    estimate: Estimate | None
    share: float = 0.0
    begun: float = 0.0


class EvaluatePanel(Panel):
    """Asks for an evaluation of the chosen run and shows what is kept of all. `cancelAsked` carries the folder whose evaluation is
    to be called off, `chosen` the key of a run that was clicked; `severalBegun`: a person wants to see how several runs go on;
    `estimatesDropped`: nobody waits to hear how long they take. A hidden panel asks nothing new; what was begun goes on."""

    cancelAsked = Signal(str)
    estimatesDropped = Signal()
    severalBegun = Signal()
    chosen = Signal(str)

    def __init__(self, ask: Ask, runs: RunsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Evaluate"))
        self.setWindowTitle(self.tr("Evaluate"))
        self._ask, self._runs = ask, runs
        self._folder: str | None = None
        self._kept: dict[str, KeptEvaluation] = {}
        self._going: dict[str, _Going] = {}
        self._estimates: dict[str, Estimate] = {}
        self._estimating = ""
        self._failures: dict[str, str] = {}
        self._training = False
        self._batch = Batch()
        self._dialog: SeveralDialog | None = None
        self._predictions: PredictionsDialog | None = None
        self.strip = SeveralStrip()
        self.strip.cancelAsked.connect(self.cancel_all)
        self.card, self.choices, self.figures, self.compare = Card(""), Choices(), Figures(), CompareCard()
        self._build()
        self.choices.changed.connect(self._show_going)
        self.choices.epochChanged.connect(self._show)
        self.start_button.clicked.connect(self.start)
        self.cancel_button.clicked.connect(self.cancel)
        self.figures.picturesRequested.connect(self.show_predictions)
        self.compare.chosen.connect(self.chosen)
        self.compare.figureRequested.connect(lambda: self.figureRequested.emit(""))
        for signal in (runs.rowAdded, runs.rowRemoved):
            signal.connect(self._runs_changed)
        theme.changed.connect(self._show_compare)
        self.show_run(None)

    def _build(self) -> None:
        self.card.set_title(self.tr("Evaluate the chosen run"))
        self.words = QLabel()
        self.words.setObjectName("quiet")
        self.words.setWordWrap(True)
        self.trains = QLabel(self.tr("A run is training in this window: the evaluation has lower priority and takes longer."))
        self.trains.setObjectName("quiet")
        self.trains.setWordWrap(True)
        self.start_button = QPushButton(self.tr("Evaluate"))
        self.start_button.setObjectName("primary")
        self.cancel_button = QPushButton(self.tr("Cancel"))
        self.cancel_button.setToolTip(self.tr("Results that are complete are kept"))
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Progress of the evaluation"))
        buttons = QHBoxLayout()
        buttons.setSpacing(GAP)
        buttons.addWidget(self.start_button)
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.words, 1)
        keep_room(self.start_button, self.cancel_button, self.bar, self.trains)
        body = self.card.body
        body.addWidget(self.choices)
        body.addWidget(self.trains)
        body.addLayout(buttons)
        body.addWidget(self.bar)
        body.addWidget(self.figures, 1)
        body.addStretch(0)
        self.card.setMinimumWidth(LEAST)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(WIDE_GAP - 2)
        outer.addWidget(self.strip)
        outer.addWidget(Split("evaluate", (ScrolledColumn(self.card), self.compare), SIZES), 1)

    # In

    def show_run(self, folder: str | None) -> None:
        """The run that is chosen; None for none."""
        self._folder = folder
        self._show()
        self._want()

    def take_events(self, folder: str, events: Sequence[Event]) -> None:
        """A checkpoint of the shown run makes what is shown of its newest one older."""
        if folder == self._folder and any(isinstance(event, CheckpointSaved) for event in events):
            self.checkpoint_saved(folder)

    def checkpoint_saved(self, folder: str) -> None:
        """The run wrote a checkpoint: what is kept may be of an older one."""
        if self.isVisible() and (folder in self._kept or folder == self._folder):
            self._read((folder,))

    def training_changed(self, state: str) -> None:
        """Whether this window trains a run."""
        self._training = bool(state)
        self.trains.setVisible(self._training)

    def take_request(self, request: Request) -> None:
        """Ask which of several runs are to be evaluated."""
        if isinstance(request, EvaluateRuns):
            self.ask_several(request.chosen, request.listed)

    def adopt(self, other: Self, take_over: TakeOver) -> None:
        """Go on with the evaluations of a panel that is gone: those that go on, those that wait, and what became of the others of
        several."""
        self._kept, self._estimates, self._failures = dict(other._kept), dict(other._estimates), dict(other._failures)
        self._batch = other._batch
        self._going = {folder: one for folder, one in other._going.items() if take_over(one.question, *self._callbacks(folder))}
        self.strip.setVisible(not other.strip.isHidden())
        for folder in other._going.keys() - self._going.keys():
            # It ended just now, and its result did not reach this panel.
            self._read((folder,))
            self._batch.end(folder)
        self._next()
        self._show()

    # What buttons do

    def start(self) -> None:
        """Evaluate the chosen run, or queue it behind the one that is being evaluated."""
        folder, parts = self._folder, self.choices.parts
        if folder is None or not parts or folder in self._going:
            return
        self._begin(EvaluateRun(folder, parts, self.choices.epoch))
        self._show_going()

    def cancel(self) -> None:
        """Call off the evaluation of the chosen run; what is done stays."""
        folder = self._folder
        if folder is None or self._going.pop(folder, None) is None:
            return
        self.cancelAsked.emit(folder)
        self._read((folder,))
        self._over(folder, self.tr("cancelled"))
        self._show_going()

    def show_predictions(self) -> None:
        """Open a window with stored predictions of the chosen run beside the truth."""
        folder, epoch = self._folder, self.choices.epoch
        kept = self._kept.get(folder) if folder is not None else None
        if folder is None or kept is None or kept.evaluation is None:
            return
        row = next((row for row in self._runs.rows() if row.folder == folder), None)
        figures = kept.evaluation.at(epoch)
        dialog = PredictionsDialog(row.title if row is not None else folder, figures, self.window())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if self._predictions is not None:
            self._predictions.close()
        dialog.show()
        self._predictions = dialog
        dialog.finished.connect(self._predictions_closed)
        self._ask(ReadPredictions(folder, epoch), self._predictions_read, self._predictions_failed)

    def _predictions_read(self, predictions: dict[str, Predictions]) -> None:
        if self._predictions is not None:
            self._predictions.show_predictions(predictions)

    def _predictions_failed(self, message: str) -> None:
        if self._predictions is not None:
            self._predictions.show_problem(first_line(message))

    def _predictions_closed(self) -> None:
        self._predictions = None

    # Several runs

    def ask_several(self, chosen: Sequence[str], shown: Sequence[str]) -> SeveralDialog:
        """Ask what of several runs, by their keys, is to be evaluated, and say how long it takes before any is begun."""
        rows = {row.key: (row.folder, row.title) for row in self._runs.rows()}
        one, other = ([rows[key] for key in keys if key in rows] for keys in (chosen, shown))
        dialog = self._dialog = SeveralDialog(one, other, self._training, self.window())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.take_estimates(self._estimates)
        dialog.estimateAsked.connect(self._want_estimates)
        dialog.confirmed.connect(self.evaluate_several)
        dialog.finished.connect(self._dialog_closed)
        self._read_all()
        dialog.open()
        return dialog

    def evaluate_several(self, todos: Sequence[Todo]) -> None:
        """Evaluate runs one after another, behind those that wait already. One that fails does not stop the others."""
        if todos:
            self._batch.add(todos)
            self.strip.show()
            self._next()
            self.severalBegun.emit()

    def cancel_all(self) -> None:
        """No further run of several, and the one that goes on not to its end; what is done stays."""
        now = self._batch.now
        self._batch.call_off()
        if now is not None:
            self._going.pop(now.folder, None)
            self.cancelAsked.emit(now.folder)
            self._batch.end(now.folder, self.tr("cancelled"))
            self._read((now.folder,))
        self._show_going()

    def _want_estimates(self, folders: tuple[str, ...]) -> None:
        def failed(message: str) -> None:
            if self._dialog is not None:
                self._dialog.no_estimate(first_line(message))

        def progress(share: float) -> None:
            if self._dialog is not None:
                self._dialog.show_progress(share)

        self._ask(EstimateEvaluations(folders), self._several_estimated, failed, progress)

    def _several_estimated(self, estimates: dict[str, Estimate | str]) -> None:
        self._estimates.update({folder: one for folder, one in estimates.items() if isinstance(one, Estimate)})
        if self._dialog is not None:
            self._dialog.take_estimates(estimates)

    def _dialog_closed(self) -> None:
        self._dialog = None
        self.estimatesDropped.emit()

    def _next(self) -> None:
        """Begin with the next of several runs that still lacks something."""
        while (todo := self._batch.next(self._going)) is not None:
            kept = self._kept.get(todo.folder)
            left = todo.parts if todo.again or kept is None else parts_left(todo.parts, kept.measured)
            if left:
                self._begin(EvaluateRun(todo.folder, left))
                break
            self._batch.end(todo.folder)
        self._show_going()

    def _over(self, folder: str, problem: str = "") -> None:
        """An evaluation is over: the next of several runs can begin."""
        if self._batch.end(folder, problem) or self._batch.waiting:
            self._next()

    # Asking

    def _begin(self, question: EvaluateRun) -> None:
        folder = question.folder
        self._going[folder] = _Going(question, self._estimates.get(folder))
        self._failures.pop(folder, None)
        self._ask(question, *self._callbacks(folder))

    def _callbacks(self, folder: str) -> Callbacks[KeptEvaluation]:
        return (
            lambda kept: self._came(folder, kept),
            lambda message: self._failed(folder, message),
            lambda share: self._progressed(folder, share),
        )

    def _want(self) -> None:
        if not self.isVisible():
            return
        if self._folder is not None and self._folder not in self._kept:
            self._read((self._folder,))
        self._want_estimate()

    def _want_estimate(self) -> None:
        """A short trial of the chosen run, once its checkpoint is known to be there."""
        folder = self._folder
        if folder is None or not self.isVisible() or folder == self._estimating:
            return
        kept, known = self._kept.get(folder), self._estimates.get(folder)
        if known is not None or kept is None or not kept.checkpoint or folder in self._failures:
            return
        self._estimating = folder
        self.choices.set_estimate(None, self.tr("measuring…"))
        self._ask(
            EstimateEvaluation(folder),
            lambda estimate: self._estimated(folder, estimate),
            lambda message: self._not_estimated(folder, message),
        )

    def _estimated(self, folder: str, estimate: Estimate) -> None:
        self._estimating = ""
        self._estimates[folder] = estimate
        if folder == self._folder:
            self._show()
        self._want_estimate()

    def _not_estimated(self, folder: str, message: str) -> None:
        self._estimating = ""
        self._failures[folder] = message
        if folder == self._folder:
            self._show()
        self._want_estimate()

    def _read(self, folders: tuple[str, ...]) -> None:
        if folders:
            self._ask(ReadEvaluations(folders), self._were_read)

    def _read_all(self) -> None:
        self._read(tuple(row.folder for row in self._runs.rows() if row.folder))

    def _were_read(self, kept: dict[str, KeptEvaluation]) -> None:
        self._kept.update(kept)
        if self._dialog is not None:
            self._dialog.take_kept(self._kept)
        self._show()
        self._want_estimate()

    def _runs_changed(self, key: str) -> None:
        row = self._runs.row(key)
        if row is not None and row.folder and self.isVisible():
            self._read((row.folder,))
        elif row is None and self._kept.pop(key, None) is not None:
            self._show_compare()

    def _progressed(self, folder: str, share: float) -> None:
        going = self._going.get(folder)
        if going is None:
            return
        going.share = share
        if not going.begun and share >= BEGUN:
            going.begun = time.monotonic()
        now = self._batch.now
        if now is not None and now.folder == folder:
            self._batch.share = share
        if folder == self._folder or self._batch.going:
            self._show_going()

    def _came(self, folder: str, kept: KeptEvaluation) -> None:
        self._going.pop(folder, None)
        self._kept[folder] = kept
        self._over(folder)
        self._show()

    def _failed(self, folder: str, message: str) -> None:
        self._going.pop(folder, None)
        self._failures[folder] = message
        # What was done before it failed is kept.
        self._read((folder,))
        self._over(folder, message)
        self._show()

    # Showing

    def _show(self) -> None:
        folder = self._folder
        kept = self._kept.get(folder) if folder is not None else None
        self.choices.set_epochs(kept.epochs if kept is not None else ())
        self.choices.set_run(folder is not None and (kept is None or kept.checkpoint))
        if folder is not None and folder in self._estimates:
            self.choices.set_estimate(self._estimates[folder])
        elif folder is None or folder != self._estimating:
            self.choices.set_estimate(None)
        evaluation = kept.evaluation if kept is not None else None
        self.figures.show_figures(evaluation, self.choices.epoch, kept.stale if kept is not None else frozenset())
        row = next((row for row in self._runs.rows() if row.folder == folder), None) if folder else None
        self.card.set_state(row.title if row is not None else "")
        self.choices.set_method(row.status.method if row is not None else "")
        self._show_going()
        self._show_compare()

    def _show_going(self) -> None:
        folder = self._folder
        going = self._going.get(folder) if folder is not None else None
        kept = self._kept.get(folder) if folder is not None else None
        able = folder is not None and (kept is None or kept.checkpoint) and bool(self.choices.parts)
        self.start_button.setVisible(going is None)
        self.start_button.setEnabled(able)
        self.start_button.setText(self.tr("Evaluate next") if self._going else self.tr("Evaluate"))
        self.cancel_button.setVisible(going is not None)
        self.bar.setVisible(going is not None)
        self.bar.setValue(round(going.share * 1000) if going is not None else 0)
        self.trains.setVisible(self._training)
        self.words.setText(self._status(folder, going, kept))
        now = self._going.get(self._batch.now.folder) if self._batch.now is not None else None
        self.strip.show_batch(self._batch, self._stage(now) if now is not None else "")

    def _stage(self, going: _Going) -> str:
        """What is being done, and how far it is."""
        percent = f"{going.share:.0%}".replace("%", " %")
        if going.estimate is None or not going.share:
            return percent if going.share else ""
        return f"{stage_name(stage_at(going.estimate.stages(going.question.parts), going.share), len(FACTORS))} · {percent}"

    def _status(self, folder: str | None, going: _Going | None, kept: KeptEvaluation | None) -> str:
        if folder is None:
            return self.tr("Choose a run on the left to evaluate its encoder.")
        if going is not None:
            return self._progress(going)
        if folder in self._failures:
            return self._failures[folder]
        if kept is not None and not kept.checkpoint:
            return self.tr("The run has no checkpoint yet. Let it train until it saves one, or resume it.")
        if not self.choices.parts:
            return self.tr("Tick what to measure.")
        seconds = self.choices.seconds
        if seconds is None:
            return ""
        device = self._estimates[folder].device
        return self.tr("{0} on {1}").format(about(seconds), device)

    def _progress(self, going: _Going) -> str:
        if not going.share:
            first = next(iter(self._going.values())) is going
            return self.tr("Starting…") if first else self.tr("Waiting for the evaluation of another run.")
        words = [self._stage(going)]
        done = (going.share - BEGUN) / (1 - BEGUN)
        if going.begun and going.estimate is not None and done > 0.02:
            left = (time.monotonic() - going.begun) / done * (1 - done)
            words.append(self.tr("{0} left").format(about(left)))
        return " · ".join(words)

    def _show_compare(self) -> None:
        self.compare.show_lines(*comparable(self._runs, self._kept, self._folder))
        # Runs that differ in the seed alone are one in a figure.
        if self.isVisible():
            self._runs.want_configs([line.key for line in self.compare.lines])

    def figure_source(self, part: str = "") -> FigureSource | None:
        """The comparison of the evaluated runs."""
        return self.compare.figure_source({line.key: self._runs.config(line.key) for line in self.compare.lines})

    def showEvent(self, event: QShowEvent) -> None:
        """Look again at all runs: another program may have evaluated some."""
        super().showEvent(event)
        self._read_all()
        self._want()

    def keyPressEvent(self, event: object) -> None:
        """Escape calls off what goes on."""
        if getattr(event, "key", lambda: None)() == Qt.Key.Key_Escape and self.cancel_button.isVisible():
            self.cancel()
            return
        super().keyPressEvent(event)  # type: ignore[arg-type]


def make(context: PanelContext) -> EvaluatePanel:
    """The panel of a row of the window's table."""
    panel = EvaluatePanel(context.asker(), context.runs)
    panel.cancelAsked.connect(lambda folder: context.cancel(EvaluateRun(folder)))
    panel.estimatesDropped.connect(lambda: context.cancel(EstimateEvaluations(())))
    panel.severalBegun.connect(lambda: context.request(ShowPanel(context.id)))
    panel.chosen.connect(lambda key: context.request(SelectRun(key)))
    return panel
