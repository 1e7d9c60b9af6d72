"""Curves: plots of whatever the runs measure, several runs overlaid, live while they train.

The first plot is large, the others stand in rows below it. Which figures have a plot, in which order, is the user's choice. Runs
that cannot be compared on one axis have plots of their own (`workbench.models.axis_groups`); runs that are equal but for the seed
can be drawn as their mean with a band (`workbench.models.seed_groups`).
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import QT_TRANSLATE_NOOP, QEvent, QSettings, Qt, QTimer
from PySide6.QtGui import QHideEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from engine.events import EvalDone, Event
from workbench.figures.figure_data import FigureSource
from workbench.models.axis_groups import AxisFacts, axis_groups
from workbench.models.runs import RunRow, RunsModel
from workbench.models.seed_groups import SeedGroup, seed_groups
from workbench.panel import Panel, PanelContext
from workbench.panels.curves import plot_layout
from workbench.panels.curves.card_grid import arrange
from workbench.panels.curves.card_texts import chance_levels, empty_text, scale_text, value_text, worded_marks
from workbench.panels.curves.curve_card import CurveCard, PlotGroup
from workbench.panels.curves.curve_groups import Means, PanelRun, caption, legend, plot_entries
from workbench.panels.curves.curves_figure import ShownPlot, curves_source
from workbench.panels.curves.curves_toolbar import CurvesToolbar
from workbench.panels.curves.history import History
from workbench.panels.curves.metric_filter import Metric
from workbench.panels.curves.metric_list import MetricList
from workbench.panels.curves.metric_names import TITLES, is_noisy, kind_of, title_of
from workbench.panels.curves.plot_layout import Layout
from workbench.plots.curve import CurvePlot, share_extent
from workbench.theme.palette import GAP, WIDE_GAP
from workbench.theme.plain import rich
from workbench.widgets.empty_state import FIRST_STEPS

# Drawing takes time from training, which waits for the core that the window uses: at most this share of it, within these bounds.
# The first of them is a little less than the time between two looks of the bridge, which tells of steps.
SHARE = 0.015
REDRAW_MS = 180
SLOWEST_MS = 1000
# The small curves move slowly; while the run goes on those of them that have changed are drawn this often.
SMALL_SECONDS = 1.0
REST_MS = 1500


class CurvesPanel(Panel):
    """The curves of the runs that were added, by key. It takes the events of a live run, or loads what lies on disk. `model`: the
    list of runs, which knows their settings; without it no runs are grouped by seed.

    It redraws about five times a second at most, only while it is seen, and only where something has changed."""

    SHORTCUTS = (
        (QT_TRANSLATE_NOOP("Window", "Curves: crosshair, zoom, show all"), QT_TRANSLATE_NOOP("Window", "← →, + −, Home")),
        (QT_TRANSLATE_NOOP("Window", "Curves: enlarge a plot, back"), QT_TRANSLATE_NOOP("Window", "Enter, Esc")),
        (QT_TRANSLATE_NOOP("Window", "Curves: move a plot, remove it"), QT_TRANSLATE_NOOP("Window", "Alt+← →, Delete")),
        (QT_TRANSLATE_NOOP("Window", "Curves: menu, export"), QT_TRANSLATE_NOOP("Window", "Menu key, Shift+F10")),
    )

    MANY_RUNS = True

    def __init__(self, parent: QWidget | None = None, model: RunsModel | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Curves"))
        self._model = model
        self._runs: dict[str, PanelRun] = {}
        self._names: tuple[str, ...] = ()
        self._dirty = True
        self._seen = False
        self._going = False  # what came last came from a run that goes on
        self._extent: tuple[float, float] | None = None
        self._range: tuple[float, float] | None = None  # of x, chosen by the user
        self._axis: tuple[object, ...] = ()
        self._layout: Layout = ()
        # Whether the user chose the plots; those of the first start follow what the runs have.
        self._own = False
        self._cards: list[CurveCard] = []
        self._enlarged: CurveCard | None = None
        self._chosen = ""  # the key of the selected run
        self._arranged = 0  # plots beside each other
        self._seed_groups: tuple[SeedGroup, ...] = ()
        self._means: Means = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._wait = REDRAW_MS
        self._drawn = self._small_drawn = 0.0
        self._timer.timeout.connect(self._redraw)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._polish)
        self._toolbar = CurvesToolbar()
        self.by_seed, self.choose_plots = self._toolbar.by_seed, self._toolbar.choose_plots
        self._toolbar.changed.connect(self._settings_changed)
        self.by_seed.toggled.connect(self._connect_curves)
        self._toolbar.show_all.clicked.connect(lambda: self._lead.plot.view_all())
        self.choose_plots.clicked.connect(self.open_list)
        self._toolbar.figure_button.clicked.connect(lambda: self.figureRequested.emit(""))
        self._legend = QLabel()
        rich(self._legend)
        self._legend.setObjectName("quiet")
        self._legend.setWordWrap(True)
        self._legend.hide()
        self._inner = QWidget()
        self._grid = QGridLayout(self._inner)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(WIDE_GAP - 2)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setMinimumSize(320, 240)
        self._scroll.setWidget(self._inner)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addLayout(self._toolbar)
        column.addWidget(self._legend)
        column.addWidget(self._scroll, 1)
        self._list = MetricList(self)
        self._list.plotToggled.connect(self.show_plot)
        self._list.onlyAsked.connect(lambda names: self._set_layout(plot_layout.valid(names)))
        self._list.defaultAsked.connect(self.reset_layout)
        self._set_layout(plot_layout.DEFAULT, own=False)
        self._write_states()
        if model is not None:
            model.configsChanged.connect(self._configured)

    # Plots

    @property
    def _loss(self) -> CurveCard:
        """The first card, which is the loss unless the user arranges otherwise."""
        return self._cards[0]

    @property
    def _small(self) -> list[CurveCard]:
        return self._cards[1:]

    @property
    def _lead(self) -> CurveCard:
        """The card that is drawn most often: the enlarged one, or the first."""
        return self._enlarged or self._cards[0]

    @property
    def _visible_cards(self) -> list[CurveCard]:
        return [self._enlarged] if self._enlarged is not None else self._cards

    @property
    def plots(self) -> Layout:
        """The names of the figures that have a plot, in their order."""
        return self._layout

    def show_plot(self, name: str, on: bool) -> None:
        """Add a plot of a figure at the end, or remove it."""
        self._set_layout((plot_layout.add if on else plot_layout.remove)(self._layout, name))
        if on and name in self._layout:
            card = self._cards[self._layout.index(name)]
            # Its position is known after the layout.
            QTimer.singleShot(0, lambda: self._scroll.ensureWidgetVisible(card))
        self._list.show_metrics(self._metrics())

    def reset_layout(self) -> None:
        """Show the plots of the first start, in their order."""
        self._set_layout(plot_layout.DEFAULT, own=False)
        self._list.show_metrics(self._metrics())

    def enlarge(self, card: CurveCard | None) -> None:
        """Show one card alone, over the whole panel; None: show all."""
        if card is self._enlarged:
            return
        before, self._enlarged = self._enlarged, card
        for one in self._cards:
            one.set_enlarged(one is card)
        self._arrange()
        self._settings_changed()
        focus = card or before
        if focus is not None and focus in self._cards:
            focus.plot.setFocus(Qt.FocusReason.OtherFocusReason)

    def open_list(self) -> None:
        """Open the list of all figures."""
        self._list.show_metrics(self._metrics())
        self._list.open_under(self.choose_plots)

    def _metrics(self) -> list[Metric]:
        metrics = []
        for name in dict.fromkeys((*self._names, *self._layout)):
            series = [run.history.series[name] for run in self._runs.values() if name in run.history.series]
            known = [one.y[np.isfinite(one.y)] for one in series]
            last = next((float(values[-1]) for values in reversed(known) if len(values)), None)
            metrics.append(Metric(name, title_of(name), kind_of(name), len(series), last, name in self._layout))
        return metrics

    def _set_layout(self, layout: Layout, own: bool = True) -> None:
        if layout == self._layout:
            self._own &= own
            return
        self._own = own
        self._put_cards(layout)
        self._connect_curves()

    def _put_cards(self, layout: Layout) -> None:
        self._layout = layout
        have = {card.name: card for card in self._cards}
        self._cards = [have.pop(name) if name in have else self._new_card(name) for name in layout]
        if self._enlarged in have.values():
            self._enlarged = None
        for card in have.values():
            card.hide()
            card.setParent(None)
            card.deleteLater()
        self._arrange()
        self._settings_changed()

    def _new_card(self, name: str) -> CurveCard:
        card = CurveCard(name)
        card.set_chosen(self._chosen)
        card.chooser.menu().aboutToShow.connect(lambda: self._fill_chooser(card))
        card.commandGiven.connect(lambda command: self._command(card, command))
        card.moved.connect(lambda moved: self._set_layout(plot_layout.put_at(self._layout, moved, card.name)))
        card.plotMade.connect(lambda plot: self._link(card, plot))
        card.resized.connect(self._changed)
        self._link(card, card.plot)
        return card

    def _link(self, card: CurveCard, plot: CurvePlot) -> None:
        """Share the range of x and the crosshair of a plot with all others."""
        plot.rangeChosen.connect(lambda chosen: self._share_range(plot, chosen))
        plot.cursorMoved.connect(lambda x: self._share_cursor(plot, x))
        self._set_up(plot, card.name, bool(self._cards) and card is self._lead)
        plot.set_range(self._range)

    def _share_range(self, plot: CurvePlot, chosen: tuple[float, float] | None) -> None:
        self._range = chosen
        for other in (other for card in self._cards for other in card.plots):
            if other is not plot:
                (other.show_range if other.isVisible() else other.set_range)(chosen)

    def _share_cursor(self, plot: CurvePlot, x: float | None) -> None:
        for other in (other for card in self._visible_cards for other in card.plots):
            if other is not plot and other.isVisible():
                other.show_cursor(x, compact=True)

    def _command(self, card: CurveCard, command: str) -> None:
        if command == "figure":
            self.figureRequested.emit(card.name)
        elif command == "enlarge":
            self.enlarge(None if self._enlarged is card else card)
        elif command == "remove":
            index = self._cards.index(card)
            self._set_layout(plot_layout.remove(self._layout, card.name))
            self._cards[min(index, len(self._cards) - 1)].plot.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._set_layout(plot_layout.move(self._layout, card.name, -1 if command == "earlier" else 1))
            card.plot.setFocus(Qt.FocusReason.OtherFocusReason)

    def _fill_chooser(self, card: CurveCard) -> None:
        menu = card.chooser.menu()
        menu.clear()
        for name in dict.fromkeys([*self._names, card.name]):
            action = menu.addAction(title_of(name))
            action.setCheckable(True)
            action.setChecked(name == card.name)
            action.triggered.connect(lambda _=False, name=name: self._choose(card, name))
        menu.addSeparator()
        card.plot.add_commands(menu)

    def _choose(self, card: CurveCard, name: str) -> None:
        """Show another figure on a card; where that has a plot already, the two change positions."""
        layout = plot_layout.replace(self._layout, card.name, name)
        if name not in self._layout:
            card.choose(name)
        self._set_layout(layout)

    def _arrange(self) -> None:
        cards = self._visible_cards
        self._arranged = self._columns
        arrange(self._grid, cards, self._arranged)
        for card in self._cards:
            card.setVisible(card in cards)

    @property
    def _columns(self) -> int:
        return plot_layout.columns(self.width(), len(self._visible_cards) - 1)

    # Runs

    def show_run(self, folder: str | None) -> None:
        """The selected run: its plots are never those without room."""
        self._chosen = folder or ""
        changed = [card.set_chosen(self._chosen) for card in self._cards]
        if any(changed):
            self._changed()

    def run_changed(self, run: RunRow, colour: str) -> None:
        """Show a run in its colour, or hide it, as the list of runs has it."""
        self.add_run(run.key, run.title, colour, run.status.method, run.status.data)
        self.set_visible(run.key, run.shown)

    def run_removed(self, folder: str) -> None:
        """Remove a run and its curves."""
        self.remove_run(folder)

    def add_run(self, key: str, title: str, colour: str, method: str = "", data: str = "") -> None:
        """Show a run under `title` in its colour; the same key again renames or recolours it. `method`, `data`: the method's id and
        the source of its images, which decide with which runs it can be compared."""
        run = self._runs.get(key)
        if run is not None:
            if (run.title, run.colour, run.method, run.data) == (title, colour, method, data):
                return
            run.title, run.colour, run.method, run.data = title, colour, method, data
        else:
            self._runs[key] = PanelRun(title, colour, method, data)
        self._connect_curves()

    def remove_run(self, key: str) -> None:
        """Forget a run and its curves; an unknown key is none."""
        if self._runs.pop(key, None) is not None:
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
            self._grown(run, any(isinstance(event, EvalDone) for event in events))

    def add_metrics(self, folder: str, lines: Sequence[dict[str, Any]]) -> None:
        """What was written of a run since the last lines of it that came."""
        run = self._runs.get(folder)
        if run is not None and run.history.take_lines(lines):
            self._grown(run, any(line["event"] == "EvalDone" for line in lines))

    def _grown(self, run: PanelRun, measured: bool) -> None:
        if measured:
            self._small_drawn = 0.0  # what comes rarely is shown at once
        if run.shown and run.state() != run.connected:
            self._connect_curves()
        self._going = True
        self._changed()

    @staticmethod
    def _take(news: Iterable[bool]) -> bool:
        # Every event must be taken: any() would stop at the first.
        return sum(news) > 0

    def _config(self, key: str) -> Mapping[str, Any] | None:
        return self._model.config(key) if self._model is not None else None

    def _configured(self, keys: list[str]) -> None:
        if any(key in self._runs and self._runs[key].shown for key in keys):
            self._connect_curves()

    def _connect_curves(self) -> None:
        """Give every card's plots the curves that they show."""
        shown = {key: run for key, run in self._runs.items() if run.shown}
        measured = {name for run in self._runs.values() for name in run.history.series}
        self._names = tuple(name for name in dict.fromkeys((*TITLES, *sorted(measured))) if name in measured)
        fitting = plot_layout.first_start({name for run in shown.values() for name in run.history.series})
        if not self._own and fitting != self._layout:
            self._put_cards(fitting)
        if self._model is not None and self._seen and len(shown) > 1:
            # Which of their settings differ decides what can be compared.
            self._model.want_configs(shown)
        self._seed_groups = seed_groups({key: self._config(key) for key in shown}) if self.by_seed.isChecked() else ()
        for run in self._runs.values():
            run.connected = run.state()
        known, self._means = self._means, {}
        for card in self._cards:
            self._connect(card, shown, known)
        self._small_drawn = 0.0
        self._write_scale()
        self._write_legend()
        self._changed()

    def _connect(self, card: CurveCard, shown: Mapping[str, PanelRun], known: Means) -> None:
        series = {key: one for key, run in shown.items() if (one := run.history.drawn(card.name)) is not None}
        facts = {
            key: AxisFacts(run.method, run.data, run.history.stage, self._config(key))
            for key, run in shown.items()
            if key in series
        }
        groups = axis_groups(card.name, facts)
        plots = []
        for group in groups:
            own = {key: series[key] for key in group.keys}
            entries, means = plot_entries(card.name, own, self._runs, self._seed_groups, known)
            self._means |= means
            plots.append(PlotGroup(entries, group.keys, *caption(group, len(groups))))
        card.show_groups(plots)

    def _write_legend(self) -> None:
        on = self.by_seed.isChecked()
        self._legend.setVisible(on)
        if on:
            unread = sum(run.shown and not self._config(key) for key, run in self._runs.items())
            self._legend.setText(legend(self._runs, self._seed_groups, unread, self._model is not None))

    # Drawing

    @property
    def smoothing(self) -> float:
        """Weight of the past, 0 to 0.999."""
        return self._toolbar.smoothing

    def _settings_changed(self) -> None:
        self._extent = None
        axis = (self._toolbar.x_kind, self._toolbar.log_x.isChecked())
        if axis != self._axis:
            self._axis, self._range = axis, None
        for card in self._cards:
            for plot in card.all_plots:
                self._set_up(plot, card.name, card is self._lead)
        self._write_scale()
        self._changed()
        QTimer.singleShot(0, self._polish)

    def _set_up(self, plot: CurvePlot, plot_name: str, lead: bool) -> None:
        plot.set_smoothing(self.smoothing if is_noisy(plot_name) else 0.0)
        plot.set_x(self._toolbar.x_kind)
        plot.set_log(self._toolbar.log_x.isChecked(), self._toolbar.log_y.isChecked() and lead)
        plot.set_calm(self._toolbar.calm.isChecked())
        if not lead:
            for key in plot.keys:
                plot.set_marks(key, [])

    def _write_scale(self) -> None:
        if is_noisy(self._lead.name):
            self._lead.set_state(self._scale())

    def _scale(self) -> str:
        return scale_text(self._lead.name, self._runs.values(), self._toolbar)

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
        cards, lead = self._visible_cards, self._lead
        self._extent = share_extent([plot for card in cards for plot in card.plots], live, self._extent)
        for card in cards:
            if card.name == "loss":
                for plot, group in zip(card.plots, card.groups, strict=False):
                    plot.set_references(self._chances(group))
        for key, run in self._runs.items():
            for plot in lead.plots:
                plot.set_marks(key, worded_marks(run))
        for card in cards if small else [lead]:
            for plot in card.plots:
                plot.refresh(live)
        if small:
            self._write_states()

    def _chances(self, group: PlotGroup) -> list[tuple[float, str]]:
        return chance_levels(self._runs[key] for key in group.runs if key in self._runs)

    def _write_states(self) -> None:
        for card in self._cards:
            empty = not card.keys
            lead = card is self._lead
            next_steps = FIRST_STEPS if lead and not self._runs else ()
            card.show_empty(empty_text(card.name, lead, self._runs.values()) if empty else None, *next_steps)
            if lead and is_noisy(card.name):
                card.set_state(self._scale())
            else:
                state, shorter = value_text(card) if lead or not empty else ("", ())
                card.set_state(state, shorter=shorter)

    # State that is saved

    def save(self, settings: QSettings) -> None:
        """Save which plots there are, in which order, and how they are drawn."""
        settings.setValue("curves/plots", plot_layout.to_text(self._layout if self._own else plot_layout.DEFAULT))
        self._toolbar.save(settings)

    def restore(self, settings: QSettings) -> None:
        """Restore what was saved; anything else keeps its default."""
        layout = plot_layout.from_text(str(settings.value("curves/plots", "")))
        self._set_layout(layout, own=layout != plot_layout.DEFAULT)
        self._toolbar.restore(settings)
        self._settings_changed()

    # Events of Qt

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As many plots beside each other as there is room for."""
        super().resizeEvent(event)
        if self._grid.count() and self._columns != self._arranged:
            self._arrange()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape: back to all plots."""
        if event.key() == Qt.Key.Key_Escape and self._enlarged is not None:
            self.enlarge(None)
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        """Draw what came while nobody looked."""
        super().showEvent(event)
        first, self._seen = not self._seen, True
        if first and len(self._runs) > 1:
            self._connect_curves()
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
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_list"):
            self._changed()

    def figure_source(self, part: str = "") -> FigureSource | None:
        """The plots as they are shown, also those that have no room now. `part`: the name of a figure."""
        view = self._range
        if view is not None and self._toolbar.log_x.isChecked():
            view = 10 ** view[0], 10 ** view[1]
        plots = []
        for card in self._cards:
            for group in card.groups:
                levels = self._chances(group) if card.name == "loss" else []
                plots.append(
                    ShownPlot(
                        card.name,
                        title_of(card.name),
                        tuple(group.entries.values()),
                        self._toolbar.x_kind,
                        group.caption if len(card.groups) > 1 else "",
                        self.smoothing if is_noisy(card.name) else 0.0,
                        self._toolbar.log_x.isChecked(),
                        self._toolbar.log_y.isChecked() and card is self._lead,
                        tuple(levels) or (((1.0, ""),) if card.name == "diagnostics.std" else ()),
                        view,
                    )
                )
        return curves_source(plots, part)

    def chosen(self) -> Mapping[str, Any]:
        """What the small cards show and how, for whoever remembers the layout."""
        return {"cards": [card.name for card in self._small], "x": self._toolbar.x_kind, "smoothing": self._toolbar.slider.value()}


def make(context: PanelContext) -> CurvesPanel:
    """The panel of a row of the window's table."""
    return CurvesPanel(model=context.runs)
