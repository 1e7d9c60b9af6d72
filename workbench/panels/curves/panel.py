"""Curves: the loss large, three more quantities of one's choice beside it, several runs overlaid, live while they train."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QEvent, Qt, QTimer
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSizePolicy,
    QSlider,
    QToolButton,
    QWidget,
)

from engine.events import EvalDone, Event
from workbench.models.columns import share, signed
from workbench.models.runs import RunRow
from workbench.panel import Panel, PanelContext
from workbench.panels.curves.history import History
from workbench.plots.base import number
from workbench.plots.curve import CurvePlot, Mark, link, share_extent
from workbench.plots.series import X_KINDS
from workbench.theme.palette import GAP, WIDE_GAP
from workbench.widgets.card import Card
from workbench.widgets.empty_state import FIRST_STEPS, EmptyState

# Drawing takes time from training, which waits for the core that the window uses: at most this share of it, within these bounds.
# The first of them is a little less than the time between two looks of the bridge, which tells of steps.
SHARE = 0.015
REDRAW_MS = 180
SLOWEST_MS = 1000
# The small curves move slowly; while the run goes on those of them that have changed are drawn this often.
SMALL_SECONDS = 1.0
REST_MS = 1500
SMALL = ("eval.knn", "diagnostics.rank_features", "diagnostics.std")
_CONTEXT = "CurvesPanel"
_TITLES = {
    "loss": QT_TRANSLATE_NOOP("CurvesPanel", "Loss"),
    "lr": QT_TRANSLATE_NOOP("CurvesPanel", "Learning rate"),
    "images_per_second": QT_TRANSLATE_NOOP("CurvesPanel", "Images per second"),
    "eval.knn": QT_TRANSLATE_NOOP("CurvesPanel", "kNN, validation"),
    "eval.task": QT_TRANSLATE_NOOP("CurvesPanel", "Pretext task, validation"),
    "eval.rank": QT_TRANSLATE_NOOP("CurvesPanel", "Effective rank, validation"),
    "diagnostics.rank_features": QT_TRANSLATE_NOOP("CurvesPanel", "Effective rank"),
    "diagnostics.rank_embedding": QT_TRANSLATE_NOOP("CurvesPanel", "Effective rank, projector"),
    "diagnostics.std": QT_TRANSLATE_NOOP("CurvesPanel", "Std × √d"),
    "diagnostics.dead": QT_TRANSLATE_NOOP("CurvesPanel", "Dead dimensions"),
    "diagnostics.alignment": QT_TRANSLATE_NOOP("CurvesPanel", "Alignment"),
    "diagnostics.uniformity": QT_TRANSLATE_NOOP("CurvesPanel", "Uniformity"),
}


def title_of(name: str) -> str:
    """What a series is called in the window; a figure that the window does not know goes by its own name."""
    if name in _TITLES:
        return QCoreApplication.translate(_CONTEXT, str(_TITLES[name]))
    if name.startswith("stages."):
        return QCoreApplication.translate(_CONTEXT, "Loss of the stage “{0}”").format(name.partition(".")[2])
    plain = name.partition(".")[2] or name
    return plain.replace("_", " ").capitalize()


class _Run:
    def __init__(self, title: str, colour: str) -> None:
        self.title, self.colour, self.shown, self.history = title, colour, True, History()
        self.marks_of: list[Mark] = []  # those that were last put into words
        self.marks: list[Mark] = []
        self.reading: float | None = None  # share of its metrics that has been read, while they are read


class CurveCard(Card):
    """A card with one plot of one series of every run."""

    def __init__(self, name: str, choosable: bool, parent: QWidget | None = None) -> None:
        super().__init__(title_of(name), parent=parent)
        self.name = name
        self.plot = CurvePlot(title_of(name))
        self.plot.setMinimumSize(120, 80)
        self.plot.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.empty = EmptyState(*FIRST_STEPS)
        # The chooser lies in the corner where the axes meet: the head has no room to spare.
        self.chooser = QToolButton(self) if choosable else None
        if self.chooser is not None:
            self.chooser.setObjectName("flat")
            self.chooser.setText("⋯")
            self.chooser.setStyleSheet("padding: 0; min-height: 0;")
            self.chooser.setFixedSize(28, 20)
            self.chooser.setAccessibleName(self.tr("Which quantity this card shows"))
            self.chooser.setToolTip(self.tr("Show another quantity here"))
            self.chooser.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
            self.chooser.setMenu(QMenu(self.chooser))
        self.body.addWidget(self.plot, 1)
        self.body.addWidget(self.empty, 1)
        self.empty.hide()
        self.choose(name)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The chooser stays in its corner."""
        super().resizeEvent(event)
        if self.chooser is not None:
            self.chooser.move(WIDE_GAP, self.height() - self.chooser.height() - WIDE_GAP)
            self.chooser.raise_()

    def choose(self, name: str) -> None:
        """Show another series."""
        self.name = name
        self.set_title(title_of(name))
        self.plot.setAccessibleName(title_of(name))
        self.plot.set_best({"eval.knn": "max"}.get(name))  # type: ignore[arg-type]
        self.plot.set_references([(1.0, "")] if name == "diagnostics.std" else [])


class CurvesPanel(Panel):
    """The curves of the runs that were added, by key. It takes the events of a live run, or loads what lies on disk.

    It redraws about five times a second at most, only while it is seen, and only where something has changed."""

    SHORTCUTS = (
        (QT_TRANSLATE_NOOP("Window", "Curves: crosshair, zoom, show all"), QT_TRANSLATE_NOOP("Window", "← →, + −, Home")),
        (QT_TRANSLATE_NOOP("Window", "Curves: menu, export"), QT_TRANSLATE_NOOP("Window", "Menu key, Shift+F10")),
    )

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Curves"))
        self._runs: dict[str, _Run] = {}
        self._names: tuple[str, ...] = ()
        self._dirty = True
        self._seen = False
        self._going = False  # what came last came from a run that goes on
        self._extent: tuple[float, float] | None = None
        self._loss = CurveCard("loss", choosable=False)
        self._small = [CurveCard(name, choosable=True) for name in SMALL]
        self._cards = [self._loss, *self._small]
        self._loss.body.insertLayout(0, self._toolbar())
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(WIDE_GAP - 2)
        grid.addWidget(self._loss, 0, 0, 1, 3)
        for column, card in enumerate(self._small):
            grid.addWidget(card, 1, column)
            grid.setColumnStretch(column, 1)
            assert card.chooser is not None
            card.chooser.menu().aboutToShow.connect(lambda card=card: self._fill_chooser(card))
        grid.setRowStretch(0, 5)
        grid.setRowStretch(1, 4)
        link([card.plot for card in self._cards])
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._wait = REDRAW_MS
        self._drawn = self._small_drawn = 0.0
        self._timer.timeout.connect(self._redraw)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._polish)
        self._settings_changed()
        self._write_states()

    def _toolbar(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(GAP)
        label = QLabel(self.tr("Smoothing"))
        label.setObjectName("quiet")
        self._smoothing = QSlider(Qt.Orientation.Horizontal)
        self._smoothing.setRange(0, 100)
        self._smoothing.setValue(50)
        self._smoothing.setFixedWidth(120)
        self._smoothing.setAccessibleName(self.tr("Smoothing"))
        self._smoothing.setToolTip(self.tr("Weight of past values in the exponential moving average"))
        label.setBuddy(self._smoothing)
        self._smoothing.valueChanged.connect(self._settings_changed)
        self._x = QComboBox()
        words = {"step": self.tr("Step"), "epoch": self.tr("Epoch"), "images": self.tr("Images"), "seconds": self.tr("Time")}
        for kind in X_KINDS:
            self._x.addItem(words[kind], kind)
        self._x.setAccessibleName(self.tr("Quantity on the x axis"))
        self._x.activated.connect(self._settings_changed)
        self._log_x, self._log_y, self._calm = (
            self._toggle(text, help)
            for text, help in (
                (self.tr("log x"), self.tr("Logarithmic x")),
                (self.tr("log y"), self.tr("Logarithmic y")),
                (self.tr("no outliers"), self.tr("Leave outliers out of the range of y")),
            )
        )
        self._all = QPushButton(self.tr("Show all"))
        self._all.setObjectName("flat")
        self._all.setToolTip(self.tr("Show the whole run and follow it (double click)"))
        self._all.clicked.connect(lambda: self._loss.plot.view_all())
        for widget in (label, self._smoothing, self._x, self._log_x, self._log_y, self._calm):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self._all)
        return row

    def _toggle(self, text: str, help: str) -> QPushButton:
        made = QPushButton(text)
        made.setCheckable(True)
        made.setStyleSheet("padding: 3px 8px;")
        made.setAccessibleName(help)
        made.setToolTip(help)
        made.toggled.connect(self._settings_changed)
        return made

    # Runs

    def run_changed(self, run: RunRow, colour: str) -> None:
        """Show a run in its colour, or hide it, as the list of runs has it."""
        self.add_run(run.key, run.title, colour)
        self.set_visible(run.key, run.shown)

    def run_removed(self, folder: str) -> None:
        """Remove a run and its curves."""
        self.remove_run(folder)

    def add_run(self, key: str, title: str, colour: str) -> None:
        """Show a run under `title` in its colour; the same key again renames or recolours it."""
        run = self._runs.get(key)
        if run is not None:
            if (run.title, run.colour) == (title, colour):
                return
            run.title, run.colour = title, colour
        else:
            self._runs[key] = _Run(title, colour)
        self._connect_curves()

    def remove_run(self, key: str) -> None:
        """Forget a run and its curves; an unknown key is none."""
        if self._runs.pop(key, None) is not None:
            for card in self._cards:
                card.plot.remove_curve(key)
            self._connect_curves()

    def set_visible(self, key: str, visible: bool) -> None:
        """Hide or show a run's curves."""
        run = self._runs.get(key)
        if run is not None and run.shown != visible:
            run.shown = visible
            self._connect_curves()

    def metrics_reader(self) -> History:
        """What takes all lines of a run's metrics, in any thread; `show_metrics` shows the result."""
        return History()

    def show_metrics(self, folder: str, reader: History) -> None:
        """Show all of a run's metrics so far; replaces what was known of the run."""
        run = self._runs.get(folder)
        if run is not None:
            run.history, run.reading = reader, None
            self._connect_curves()

    def load(self, key: str, lines: list[dict[str, Any]]) -> None:
        """All of a run's metrics so far, as in metrics.jsonl; replaces what was known of the run."""
        history = self.metrics_reader()
        history.take_lines(lines)
        self.show_metrics(key, history)

    def show_reading(self, folder: str, share: float | None) -> None:
        """How much of a run's metrics has been read, 0 to 1, while they are read; None: they are not."""
        run = self._runs.get(folder)
        if run is not None and run.reading != share:
            run.reading = share
            if not run.history.series and self._seen:
                self._write_states()

    def take_events(self, folder: str, events: Sequence[Event]) -> None:
        """What a run has just reported."""
        run = self._runs.get(folder)
        if run is not None and self._take(run.history.take(event) for event in events):
            self._grown(folder, run, any(isinstance(event, EvalDone) for event in events))

    def add_metrics(self, folder: str, lines: Sequence[dict[str, Any]]) -> None:
        """What was written of a run since the last lines of it that came."""
        run = self._runs.get(folder)
        if run is not None and run.history.take_lines(lines):
            self._grown(folder, run, any(line["event"] == "EvalDone" for line in lines))

    def _grown(self, key: str, run: _Run, measured: bool) -> None:
        if measured:
            self._small_drawn = 0.0  # what comes rarely is shown at once
        if run.history.series.keys() - set(self._names) or any(key not in card.plot.keys for card in self._cards):
            self._connect_curves()
        self._going = True
        self._changed()

    @staticmethod
    def _take(news: Iterable[bool]) -> bool:
        # Every event must be taken: any() would stop at the first.
        return sum(news) > 0

    def _connect_curves(self) -> None:
        """Give every card's plot the series that it shows, of every run that has it."""
        names = dict.fromkeys(_TITLES)
        names.update(dict.fromkeys(sorted({name for run in self._runs.values() for name in run.history.series})))
        measured = {name for run in self._runs.values() for name in run.history.series}
        self._names = tuple(name for name in names if name in measured)
        for card in self._cards:
            for key, run in self._runs.items():
                series = run.history.drawn(card.name)
                if series is None:
                    card.plot.remove_curve(key)
                else:
                    card.plot.set_curve(key, series, run.title, run.colour)
                    card.plot.show_curve(key, run.shown)
        self._small_drawn = 0.0
        self._write_scale()
        self._changed()

    def _fill_chooser(self, card: CurveCard) -> None:
        assert card.chooser is not None
        menu = card.chooser.menu()
        menu.clear()
        for name in dict.fromkeys([*(name for name in self._names if name != "loss"), card.name]):
            action = menu.addAction(title_of(name))
            action.setCheckable(True)
            action.setChecked(name == card.name)
            action.triggered.connect(lambda _=False, card=card, name=name: self._choose(card, name))

    def _choose(self, card: CurveCard, name: str) -> None:
        card.choose(name)
        for key in card.plot.keys:
            card.plot.remove_curve(key)
        self._settings_changed()
        self._connect_curves()

    # Drawing

    @property
    def smoothing(self) -> float:
        """Weight of the past: 0 to 0.999, finer towards 1, where it matters."""
        share = self._smoothing.value() / 100
        weight: float = 1 - (1 - share) ** 3.3
        return min(0.999, round(float(weight), 2 if weight < 0.985 else 3))

    def _settings_changed(self) -> None:
        kind = self._x.currentData()
        self._extent = None
        for card in self._cards:
            # What is measured once an epoch, or over many images, is no noise to be smoothed.
            noisy = card.name in ("loss", "images_per_second") or card.name.startswith(("terms.", "stages."))
            card.plot.set_smoothing(self.smoothing if noisy else 0.0)
            card.plot.set_x(kind)
            card.plot.set_log(self._log_x.isChecked(), self._log_y.isChecked() and card is self._loss)
            card.plot.set_calm(self._calm.isChecked())
        self._write_scale()
        self._changed()
        QTimer.singleShot(0, self._polish)

    def _write_scale(self) -> None:
        """What the large curve shows, and how."""
        stages = sorted({run.history.stage for run in self._runs.values() if run.shown and run.history.stage})
        words = [self.tr("in its first stage, “{0}”").format(stage) for stage in stages]
        scale = self.tr("log") if self._log_y.isChecked() else self.tr("linear")
        weight = f"{self.smoothing:.3f}".rstrip("0").rstrip(".").removeprefix("0") or "0"
        words.append(self.tr("smoothing {0} · {1} · {2}").format(weight, self._x.currentText().lower(), scale))
        self._loss.set_state(" · ".join(words))

    def _changed(self) -> None:
        self._dirty = True
        if self._seen and not self._timer.isActive():
            # What came after a rest is drawn at once, in the same waking of the window in which it came.
            self._timer.start(max(0, self._wait - int(1000 * (time.perf_counter() - self._drawn))))

    def _redraw(self) -> None:
        if not self._dirty:
            return
        self._dirty = False
        self._drawn = time.perf_counter()
        if not self._going:
            self._polish()
            return
        self._going = False
        small = self._drawn - self._small_drawn >= SMALL_SECONDS
        if small:
            self._small_drawn = self._drawn
        began = time.thread_time()
        self._draw(live=True, small=small)
        # Painting, which comes later, takes about as long again. A drawing of all the cards says nothing of the next one.
        if not small:
            self._wait = min(SLOWEST_MS, max(REDRAW_MS, int(2000 * (time.thread_time() - began) / SHARE)))
        self._rest.start()

    def _polish(self) -> None:
        if self._seen:
            self._draw(live=False)

    def _draw(self, live: bool, small: bool = True) -> None:
        plots = [card.plot for card in self._cards]
        self._extent = share_extent(plots, live, self._extent)
        self._loss.plot.set_references(self._chances())
        for key, run in self._runs.items():
            self._loss.plot.set_marks(key, self._worded(run))
        for plot in plots if small else (self._loss.plot,):
            plot.refresh(live)
        if small:
            self._write_states()

    def _chances(self) -> list[tuple[float, str]]:
        chances: dict[float, str] = {}
        for run in self._runs.values():
            if run.shown and run.history.chance is not None and not run.history.stage:
                chances.setdefault(round(run.history.chance, 6), self.tr("chance {0}").format(number(run.history.chance, 3)))
        return list(chances.items())

    def _worded(self, run: _Run) -> list[Mark]:
        marks = run.history.marks
        if run.marks_of != marks:
            words = {"checkpoint": self.tr("checkpoint"), "warning": self.tr("warning"), "resume": self.tr("resumed")}
            run.marks = [replace(mark, text=words[mark.kind] + (f": {mark.text}" if mark.text else "")) for mark in marks]
            run.marks_of = list(marks)
        return run.marks

    def _write_states(self) -> None:
        for card in self._cards:
            empty = not any(run.shown and run.history.drawn(card.name) is not None for run in self._runs.values())
            card.plot.setVisible(not empty)
            card.empty.setVisible(empty)
            card.empty.show_text(self._empty_text(card.name), *(FIRST_STEPS if card is self._loss and not self._runs else ()))
            if card is not self._loss:
                card.set_state("" if empty else self._state_of(card))

    def _empty_text(self, name: str) -> str:
        if not self._runs:
            return self.tr("Start a run in Prepare, or choose one on the left.") if name == "loss" else ""
        reading = [run.reading for run in self._runs.values() if run.shown and run.reading is not None]
        if reading:
            return self.tr("Reading the metrics… {0} %").format(round(100 * min(reading))) if name == "loss" else ""
        if name.startswith("eval."):
            return self.tr("Measured at the end of an epoch.")
        if name.startswith("diagnostics."):
            return self.tr("Measured every few steps.")
        return self.tr("Measured from the first step on.") if name == "loss" else self.tr("None of these runs measures it.")

    def _state_of(self, card: CurveCard) -> str:
        shown = [key for key, run in self._runs.items() if run.shown and key in card.plot.keys]
        if card.name == "diagnostics.std":
            return self.tr("1 = isotropic")
        if card.name == "eval.knn":
            return self._knn_state(card, shown)
        if not shown:
            return ""
        latest = self._runs[shown[-1]].history.series[card.name].y
        return number(float(latest[-1]), 3)

    def _knn_state(self, card: CurveCard, shown: list[str]) -> str:
        """The best trained and the last kNN, and the last one's gain over the untrained encoder, of the run with the best."""
        best_values = [(best, key) for key in shown if (best := card.plot.best(key)) is not None]
        if not best_values:
            return ""
        (value, _, epoch), key = max(best_values)
        series = self._runs[key].history.series["eval.knn"]
        known = np.isfinite(series.y)
        steps, values = series.x("step")[known], series.y[known]
        words = [self.tr("best {0} @ {1}").format(share(value), f"{epoch:g}"), self.tr("last {0}").format(share(float(values[-1])))]
        if steps[0] <= 0:
            words.append(signed(float(values[-1] - values[0])))
        return " · ".join(words)

    # Events of Qt

    def showEvent(self, event: QShowEvent) -> None:
        """Draw what came while nobody looked."""
        super().showEvent(event)
        self._seen = True
        self._changed()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing is drawn for nobody."""
        super().hideEvent(event)
        # A window in the task bar counts as visible, and yet it hides its parts.
        self._seen = False
        self._timer.stop()
        self._rest.stop()

    def changeEvent(self, event: QEvent) -> None:
        """A new palette or language: all is drawn again."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_rest"):
            self._changed()

    def chosen(self) -> Mapping[str, Any]:
        """What the small cards show and how, for whoever remembers the layout."""
        return {"cards": [card.name for card in self._small], "x": self._x.currentData(), "smoothing": self._smoothing.value()}


def make(context: PanelContext) -> CurvesPanel:
    """The panel of a row of the window's table."""
    return CurvesPanel()
