"""Creates the panels of the table and calls them one by one; an exception of a panel is shown in it and affects no other."""

from __future__ import annotations

import contextlib
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Signal
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from workbench.figures.figure_data import FigureSource
from workbench.models.runs import RunsModel
from workbench.panel import MetricsReader, Panel, PanelContext, PanelRow
from workbench.widgets.panel_error import PanelError

translate = QCoreApplication.translate


class PanelHost(QObject):
    """Holds the panels by the ids of their rows, in the order of the table. `selected` is the key of the run that panels show.

    `retryAsked` carries the id of a panel whose "Try again" was pressed; `made`, of one that could be made only then;
    `figureRequested` a panel's id and the part of it that the user asks a figure of."""

    retryAsked = Signal(str)
    made = Signal(str)
    figureRequested = Signal(str, str)

    def __init__(self, context: Callable[[str], PanelContext], runs: RunsModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runs = runs
        self._context = context
        self._errors: dict[str, PanelError] = {}
        self.selected = ""
        self.panels: dict[str, Panel] = {}
        # The widgets of the layout: the panels, and a placeholder for each panel that could not be created.
        self.widgets: dict[str, QWidget] = {}

    def make(self, rows: Sequence[PanelRow]) -> None:
        """Make the panels of these rows."""
        for row in rows:
            self._make(row)

    def _make(self, row: PanelRow) -> None:
        try:
            panel = row.make(self._context(row.id))
            if not isinstance(panel, Panel):
                raise TypeError(f"make must return a workbench.panel.Panel. Got {type(panel).__name__}.")
        except Exception as error:  # the window opens with the other panels
            if row.id not in self.widgets:
                placeholder = self.widgets[row.id] = QWidget()
                placeholder.setObjectName(row.id)
                placeholder.setWindowTitle(row.id)
                QVBoxLayout(placeholder).setContentsMargins(0, 0, 0, 0)
                shown = self._errors[row.id] = PanelError(placeholder)
                shown.retryAsked.connect(lambda: self._make(row))
            message = translate("Window", "The panel '{0}' cannot be shown: {1}.").format(row.id, _text(error))
            self._show(row.id, message, _remedy(), whole=True)
            return
        panel.setObjectName(row.id)
        panel.figureRequested.connect(partial(self.figureRequested.emit, row.id))
        self.panels[row.id] = panel
        if row.id not in self.widgets:
            self.widgets[row.id] = panel
            return
        placeholder = self.widgets[row.id]
        shown = self._errors.pop(row.id)
        shown.hide()
        shown.deleteLater()
        placeholder.setObjectName("")
        placeholder.setWindowTitle(panel.windowTitle())
        layout = placeholder.layout()
        assert layout is not None
        layout.addWidget(panel)
        panel.show()
        self.made.emit(row.id)

    # Calls

    def call_all(self, act: Callable[[Panel], object], run: str = "") -> None:
        """Call `act` with every panel. `run`: the key of the run that the call is about."""
        for id in tuple(self.panels):
            self.call(id, act, run)

    def call(self, id: str, act: Callable[[Panel], object], run: str = "", *, whole: bool | None = None) -> bool:
        """Call `act` with one panel; False if it raised. `whole`: whether an error covers the whole panel; by default, if the panel
        shows a single run and the call is about that run."""
        panel = self.panels.get(id)
        if panel is None:
            return False
        try:
            act(panel)
        except Exception as error:  # the other panels are called all the same
            if whole is None:
                # A panel of many runs can still show the other runs.
                of_one = type(panel).show_run is not Panel.show_run and not panel.MANY_RUNS
                whole = bool(run) and run == self.selected and of_one
            self._show_call_error(id, run, error, whole)
            return False
        return True

    def figure_source(self, id: str = "", part: str = "") -> FigureSource | None:
        """What a panel offers for a figure; without an id, the visible panel with the focus, or else the first that offers
        anything."""
        focus = QApplication.focusWidget()
        visible = [name for name, panel in self.panels.items() if panel.isVisible()]
        visible.sort(key=lambda name: focus is None or not self.panels[name].isAncestorOf(focus))
        sources: list[FigureSource] = []
        for name in [id] if id else visible:
            self.call(name, lambda panel: sources.extend(filter(None, [panel.figure_source(part)])))
            if sources:
                return sources[0]
        return None

    def show_selected(self, id: str) -> None:
        """Let a panel show the selected run; if it can, its error is cleared."""
        folder = self.selected or None
        if self.call(id, lambda panel: panel.show_run(folder), self.selected, whole=True) and id in self._errors:
            self._errors[id].clear()

    def readers(self, run: str) -> PanelReaders:
        """A new metrics reader for each panel that shows metrics."""
        readers: dict[str, MetricsReader] = {}

        def keep(id: str, panel: Panel) -> None:
            reader = panel.metrics_reader()
            if reader is not None:
                readers[id] = reader

        for id in tuple(self.panels):
            self.call(id, partial(keep, id), run)
        return PanelReaders(readers)

    def show_metrics(self, run: str, readers: PanelReaders) -> None:
        """Give each panel its reader when all metrics of a run have been taken."""
        for id, reader, error in readers.results():

            def show(panel: Panel, reader: MetricsReader = reader, error: Exception | None = error) -> None:
                if error is not None:
                    raise error
                panel.show_metrics(run, reader)

            self.call(id, show, run)

    # Errors

    def _show_call_error(self, id: str, run: str, error: Exception, whole: bool) -> None:
        row = self._runs.row(run) if run else None
        if run:
            message = translate("Window", "'{0}' cannot be shown here: {1}.").format(row.title if row else run, _text(error))
            remedy = translate(
                "Window",
                "The other panels show it and its files are unchanged. Try again or choose another run. If it happens again, report"
                " it with the details.",
            )
        else:
            message, remedy = translate("Window", "This panel failed: {0}.").format(_text(error)), _remedy()
        if id not in self._errors:
            made = self._errors[id] = PanelError(self.panels[id])
            made.retryAsked.connect(lambda: self.retryAsked.emit(id))
        shown = self._errors[id]
        # A training run reports several times a second: the same error is shown once, and never replaces one with "Try again".
        if message not in shown.text and (whole or not shown.whole):
            self._show(id, message, remedy, whole)

    def _show(self, id: str, message: str, remedy: str, whole: bool) -> None:
        trace = traceback.format_exc()
        with contextlib.suppress(OSError, ValueError, AttributeError):  # without a console stderr is missing
            print(trace, file=sys.stderr, flush=True)
        self._errors[id].show_error(message, remedy, trace, whole=whole)


class PanelReaders:
    """The panels' readers of one run's metrics, called in a background thread; an exception of one is stored and does not affect
    others."""

    def __init__(self, readers: Mapping[str, MetricsReader]) -> None:
        self._readers = readers
        self._errors: dict[str, Exception] = {}

    def takers(self) -> tuple[Callable[[Sequence[Mapping[str, Any]]], None], ...]:
        """A function for each reader that takes the next lines."""
        return tuple(partial(self._take, id) for id in self._readers)

    def _take(self, id: str, lines: Sequence[Mapping[str, Any]]) -> None:
        if id in self._errors:
            return
        try:
            self._readers[id].take_lines(lines)
        except Exception as error:
            self._errors[id] = error

    def results(self) -> Iterator[tuple[str, MetricsReader, Exception | None]]:
        """The id of each panel, its reader, and what the reader raised."""
        for id, reader in self._readers.items():
            yield id, reader, self._errors.get(id)


def _text(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".rstrip(".")


def _remedy() -> str:
    return translate(
        "Window",
        "The other panels work and the files of runs are unchanged. Try again. If it happens again, report it with the details.",
    )
