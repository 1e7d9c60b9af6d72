"""Invariance: which factors a run's encoder kept and which it discarded, in a sentence, a chart and a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Self

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from engine.events import CheckpointSaved, Event
from engine.runs.invariance_file import Invariance
from workbench import theme
from workbench.bridge.ask import Ask, Callbacks, TakeOver
from workbench.bridge.invariance_questions import MeasureInvariance, ReadInvariance, StoredInvariance
from workbench.figures.figure_data import FigureSource
from workbench.forms.editors import Combo
from workbench.models.runs import RunsModel
from workbench.panel import Panel, PanelContext
from workbench.panels.invariance import factor_text
from workbench.panels.invariance.export_button import ExportButton
from workbench.panels.invariance.factor_card import FactorCard
from workbench.panels.invariance.factor_table import FiguresTable
from workbench.panels.invariance.invariance_export import write_csv
from workbench.panels.invariance.invariance_figure import invariance_source
from workbench.panels.invariance.kept_chart import KeptChart
from workbench.plots.saving import export_as
from workbench.theme.palette import GAP, WIDE_GAP
from workbench.theme.plain import rich
from workbench.widgets.card import Card
from workbench.widgets.empty_state import FIRST_STEPS, EmptyState
from workbench.widgets.flow import FlowLayout
from workbench.widgets.room import keep_room
from workbench.widgets.scrolled_column import ScrolledColumn
from workbench.widgets.split import Split
from workbench.widgets.tabs import Tabs

LEAST = 300  # px of height of the chart
SIZES = 640, 370  # px of the chart and of the factor at its right
SOON = 150  # ms until a change of the runs is looked at


class InvariancePanel(Panel):
    """Shows what is stored with the chosen run, and measures on demand. `cancelled`: what is being measured is not wanted any
    more."""

    cancelled = Signal()

    def __init__(self, ask: Ask, runs: RunsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Invariance"))
        self.setWindowTitle(self.tr("Invariance"))
        self._ask, self._runs = ask, runs
        self._folder: str | None = None
        self._stored: StoredInvariance | None = None
        self._other: Invariance | None = None
        self._other_folder = ""
        self._measuring: MeasureInvariance | None = None
        self._read = False
        self.card = Card(self.tr("Factors kept by the encoder"))
        self.chart, self.table, self.tabs, self.factor = KeptChart(), FiguresTable(), Tabs(), FactorCard()
        self._make_controls()
        self._make_words()
        self._build()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(SOON)
        self._soon.timeout.connect(self._fill_others)
        for changed in (runs.rowAdded, runs.rowRemoved, runs.rowChanged):
            changed.connect(self._runs_changed)
        theme.changed.connect(self._show_legend)
        self.show_run(None)

    # Building

    def _make_controls(self) -> None:
        self.every = Combo()
        self.every.setAccessibleName(self.tr("Which checkpoints"))
        self.every.addItem(self.tr("newest checkpoint"), False)
        self.every.addItem(self.tr("every kept checkpoint"), True)
        self.every.setMinimumContentsLength(18)
        self.measure_button = QPushButton(self.tr("Measure"))
        self.measure_button.clicked.connect(self.measure)
        self.cancel_button = QPushButton(self.tr("Cancel"))
        self.cancel_button.clicked.connect(self.cancel)
        self.bar = QProgressBar()
        self.bar.setRange(0, 100)
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(140)
        self.bar.setAccessibleName(self.tr("Progress of the probes"))
        self.others = Combo()
        self.others.setAccessibleName(self.tr("Run to compare with"))
        self.others.setMinimumContentsLength(20)
        self.others.activated.connect(self._other_chosen)
        self.copy_button = QPushButton(self.tr("Copy table"))
        self.copy_button.setObjectName("flat")
        self.copy_button.clicked.connect(self.table.copy)
        self.export_button = ExportButton()
        self.export_button.requested.connect(self._export)
        for part in (self.chart, self.table):
            self.export_button.serve(part)
        self.epoch = QSlider(Qt.Orientation.Horizontal)
        self.epoch.setAccessibleName(self.tr("Epoch of the probes"))
        self.epoch.setPageStep(1)
        self.epoch.valueChanged.connect(self._show_epoch)
        self.epoch_words = QLabel()
        self.epoch_words.setObjectName("quiet")

    def _make_words(self) -> None:
        self.summary, self.empty = QLabel(), EmptyState(*FIRST_STEPS, "train")
        self.summary.setWordWrap(True)
        rich(self.summary)
        self.summary.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.summary.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def _build(self) -> None:
        head = FlowLayout(spacing=GAP)
        for part in (self.every, self.measure_button, self.bar, self.cancel_button):
            head.addWidget(part)
        keep_room(self.every, self.measure_button, self.bar, self.cancel_button, self.others, self.copy_button, self.export_button)
        head.addStretch()
        head.addWidget(self.others)
        head.addWidget(self.copy_button)
        head.addWidget(self.export_button)
        self.card.body.addLayout(head)
        self.card.body.addWidget(self.summary)
        self.card.body.addWidget(self.empty, 1)
        self._scroll = ScrolledColumn(self.chart)
        self.tabs.add(self._scroll, self.tr("Chart"))
        self.tabs.add(self.table, self.tr("Table"))
        line = QHBoxLayout()
        line.setSpacing(GAP)
        line.addWidget(self.epoch, 1)
        line.addWidget(self.epoch_words)
        self.left = QFrame()
        self.left.setObjectName("card")
        column = QVBoxLayout(self.left)
        column.setContentsMargins(WIDE_GAP, GAP // 2, WIDE_GAP, GAP)
        column.setSpacing(GAP // 2)
        column.addWidget(self.tabs, 1)
        column.addLayout(line)
        self.below = Split("invariance", (self.left, ScrolledColumn(self.factor)), SIZES)
        self.below.setMinimumHeight(LEAST)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(WIDE_GAP - 2)
        column.addWidget(self.card)
        column.addWidget(self.below, 1)
        # In a low window the sentences are scrolled away, and the chart keeps its height.
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(ScrolledColumn(inner))
        self.chart.chosen.connect(self._factor_chosen)

    # In

    def show_run(self, folder: str | None) -> None:
        """The run that is asked about; None for none."""
        if self._measuring is not None and self._measuring.folder != folder:
            self.cancel()
        self._folder, self._stored, self._read = folder, None, False
        if self._other_folder == folder:
            self._other, self._other_folder = None, ""
        self._fill_others()
        self._show()
        self._want()

    def take_events(self, folder: str, events: Sequence[Event]) -> None:
        """A checkpoint of the shown run makes what is shown of its newest one older."""
        if folder == self._folder and any(isinstance(event, CheckpointSaved) for event in events):
            self.checkpoint_saved(folder)

    def checkpoint_saved(self, folder: str) -> None:
        """The run wrote a checkpoint: what is stored is of an older one."""
        if folder == self._folder and self._measuring is None:
            self._read = False
            self._want()

    @property
    def result(self) -> Invariance | None:
        """What is shown; None while nothing is."""
        return self._stored.result if self._stored is not None else None

    @property
    def shown_epoch(self) -> int:
        """The epoch that the slider is at."""
        result = self.result
        return result.epochs[min(self.epoch.value(), len(result.epochs) - 1)] if result is not None and result.epochs else 0

    # Asking

    def measure(self) -> None:
        """Measure what is chosen; anew where it is stored and not stale."""
        if self._folder is None or self._measuring is not None:
            return
        every, result = bool(self.every.currentData()), self.result
        stale = self._stored is not None and self._stored.stale
        whole = result is not None and not stale and (not every or len(result.epochs) == 2 + self._kept)
        question = MeasureInvariance(self._folder, every, again=whole)
        self._measuring = question
        self._show()
        self._ask(question, *self._callbacks(question))

    def _callbacks(self, question: MeasureInvariance) -> Callbacks[StoredInvariance]:
        return (
            lambda stored: self._measured(question, stored),
            lambda message: self._failed(question, message),
            lambda share: self._show_progress(question, share),
        )

    def adopt(self, other: Self, take_over: TakeOver) -> None:
        """Go on with what a panel that is gone was measuring of the run that is shown here, too."""
        question = other._measuring
        if question is None or question.folder != self._folder or self._measuring is not None:
            return
        if take_over(question, *self._callbacks(question)):
            self._measuring = question
            self._show()
            self._show_progress(question, other.bar.value() / 100)

    def cancel(self) -> None:
        """Measure no further; epochs that are done stay stored."""
        if self._measuring is not None:
            self._measuring = None
            self.cancelled.emit()
            self._read = False
            self._show()
            self._want()

    @property
    def _kept(self) -> int:
        return self._stored.kept if self._stored is not None else 0

    def _want(self) -> None:
        if self._folder is None or not self.isVisible() or self._read:
            return
        self._read, folder = True, self._folder
        self._ask(ReadInvariance(folder), lambda stored: self._came(folder, stored), lambda message: self._problem(message))

    def _came(self, folder: str, stored: StoredInvariance) -> None:
        if folder == self._folder:
            self._stored = stored
            self._fill_slider()
            self._show()

    def _measured(self, question: MeasureInvariance, stored: StoredInvariance) -> None:
        if question is self._measuring:
            self._measuring = None
            self._came(question.folder, stored)

    def _failed(self, question: MeasureInvariance, message: str) -> None:
        if question is self._measuring:
            self._measuring = None
            self._show()
            self._problem(message)

    def _problem(self, message: str) -> None:
        self.empty.setVisible(True)
        # The traceback that may follow a blank line is for the log.
        self.empty.show_text(message.split("\n\n")[0])

    def _show_progress(self, question: MeasureInvariance, share: float) -> None:
        if question is self._measuring:
            self.bar.setValue(round(share * 100))
            self.card.set_state(self.tr("Probing… {0} %").format(round(share * 100)))

    # A second run

    def _runs_changed(self) -> None:
        if self.isVisible() and not self._soon.isActive():
            self._soon.start()

    def _fill_others(self) -> None:
        rows = [(row.title, row.folder) for row in self._runs.rows() if row.folder and row.folder != self._folder]
        # Runs of one title differ by the end of their folder's name.
        many = Counter(title for title, _ in rows)
        names = ((f"{title} · {folder[-4:]}" if many[title] > 1 else title, folder) for title, folder in rows)
        entries = [(self.tr("compare with…"), ""), *names]
        if [(self.others.itemText(index), self.others.itemData(index)) for index in range(self.others.count())] == entries:
            return
        self.others.clear()
        for text, folder in entries:
            self.others.addItem(text, folder)
        self.others.setCurrentIndex(max(0, self.others.findData(self._other_folder)))

    def _other_chosen(self) -> None:
        folder = str(self.others.currentData() or "")
        self._other, self._other_folder = None, folder
        self._show()
        if folder:
            self._ask(
                ReadInvariance(folder), lambda stored: self._other_came(folder, stored), lambda message: self._problem(message)
            )

    def _other_came(self, folder: str, stored: StoredInvariance) -> None:
        if folder != self._other_folder:
            return
        self._other = stored.result
        self._show()
        if stored.result is None:
            self._problem(self.tr("That run has not been measured yet. Choose it on the left, measure it, then compare again."))

    # Files

    def _export(self, kind: str) -> None:
        result = self.result
        if result is None:
            return
        if kind == "csv":
            export_as(self, f"invariance_{result.run}.csv", self.export_csv)
        else:
            self.figureRequested.emit("")

    def export_csv(self, path: Path) -> None:
        """Write every figure, also those of the run compared with. OSError where it cannot be written."""
        result = self.result
        if result is not None:
            other = [(self.others.currentText(), self._other)] if self._other is not None else []
            write_csv(path, [(self._title, result), *other])

    def figure_source(self, part: str = "") -> FigureSource | None:
        """The chart as it is shown, all of its rows."""
        result = self.result
        if result is None:
            return None
        title = f"{self._title}, {factor_text.epoch_name(self.shown_epoch)}"
        other = self.others.currentText() if self._other is not None else ""
        return invariance_source(result, self.shown_epoch, title, self._other, other)

    @property
    def _title(self) -> str:
        """What the run is called in the list, else its folder."""
        titles = {row.folder: row.title for row in self._runs.rows()}
        return titles.get(self._folder or "") or (self.result.run if self.result is not None else "")

    # Showing

    def _fill_slider(self) -> None:
        result = self.result
        self.epoch.blockSignals(True)
        self.epoch.setRange(0, max(0, len(result.epochs) - 1) if result is not None else 0)
        self.epoch.setValue(self.epoch.maximum())
        self.epoch.blockSignals(False)

    def _show(self) -> None:
        result, measuring = self.result, self._measuring is not None
        ready = self._stored is not None and self._stored.ready
        self.every.setVisible(self._kept > 0)
        self.every.setEnabled(not measuring)
        self.measure_button.setVisible(self._folder is not None and not measuring)
        self.measure_button.setEnabled(ready)
        first = result is None or self._stale
        self.measure_button.setText(self.tr("Measure") if first else self.tr("Measure again"))
        # What is there to be done next stands out; what was done does not.
        self.measure_button.setObjectName("primary" if first else "")
        self.measure_button.style().unpolish(self.measure_button)
        self.measure_button.style().polish(self.measure_button)
        for part in (self.bar, self.cancel_button):
            part.setVisible(measuring)
        if not measuring:
            self.bar.setValue(0)
        for widget in (self.others, self.copy_button, self.export_button, self.summary, self.below):
            widget.setVisible(result is not None)
        self.empty.setVisible(result is None)
        untrained = self._stored is not None and not self._stored.ready and not measuring
        self.empty.show_text(self._nothing(measuring), *(FIRST_STEPS if self._folder is None else ("train",) if untrained else ()))
        self._show_state()
        self._show_epoch()

    @property
    def _stale(self) -> bool:
        return self._stored is not None and self._stored.stale

    def _nothing(self, measuring: bool) -> str:
        """What stands in the place of the figures."""
        if self._folder is None:
            return self.tr("Choose a run on the left: linear probes show which factors its encoder keeps and which it discards.")
        if measuring:
            return self.tr("Fitting probes on frozen features of backbone and projector: about half a minute for each checkpoint.")
        if self._stored is None:
            return self.tr("Reading stored results…")
        if not self._stored.ready:
            return self.tr("The run has no checkpoint yet. Let it train longer, then measure.")
        return self.tr(
            "Not measured yet. Measure fits linear probes on frozen features, for every annotated factor of the data and every "
            "random parameter of the augmentations. The results are stored with the run."
        )

    def _show_state(self) -> None:
        result = self.result
        if self._measuring is not None:
            self.card.set_state(self.tr("Probing…"))
        elif result is None:
            self.card.set_state("")
        else:
            tested = max((factor.rows for factor in result.factors), default=0)
            state = self.tr("{0}, {1} test images").format(factor_text.epoch_name(result.last), f"{tested:,}")
            if self._stale:
                state = self.tr("{0} · the run has a newer checkpoint: measure again").format(state)
            self.card.set_state(state, result.protocol)

    def _show_epoch(self) -> None:
        result, epoch = self.result, self.shown_epoch
        title = self.others.currentText() if self._other is not None else ""
        self.chart.show_found(result, epoch, self._other)
        self.table.show_found(result, self._other, title)
        self.epoch.setVisible(result is not None and len(result.epochs) > 1)
        self.epoch_words.setVisible(self.epoch.isVisibleTo(self))
        self.epoch_words.setText(factor_text.epoch_name(epoch))
        if result is None:
            return
        lines = []
        for space in result.spaces:
            line = f"{factor_text.space_name(space)} {factor_text.sentence(result, space, epoch)}."
            change = factor_text.changes(result, space, epoch) if self._other is None else ""
            if change:
                line += f" <i>{change[0].upper()}{change[1:]}.</i>"
            if self._other is not None and space in self._other.spaces:
                less = factor_text.against(result, self._other, space, (epoch, self._other.last))
                line += " <i>" + self.tr("Against {0}: {1}.").format(escape(title), less) + "</i>"
            lines.append(line)
        self.summary.setText("<br>".join(lines))
        self._factor_chosen(self.chart.index)
        self._show_legend()

    def _factor_chosen(self, index: int) -> None:
        result = self.result
        if result is None or index >= len(result.factors):
            return
        self.factor.show_factor(result, index, self.shown_epoch)
        rect = self.chart.row_rect(index)
        self._scroll.ensureVisible(0, int(rect.center().y()), 0, 24)

    def _show_legend(self) -> None:
        if self.result is not None:
            self.factor.show_legend(self.result, self._other is not None)

    def showEvent(self, event: QShowEvent) -> None:
        """Read what was stored while nobody looked."""
        super().showEvent(event)
        self._fill_others()
        self._want()


def make(context: PanelContext) -> InvariancePanel:
    """The panel of a row of the window's table."""
    panel = InvariancePanel(context.asker(), context.runs)
    panel.cancelled.connect(lambda: context.cancel(MeasureInvariance("")))
    return panel
