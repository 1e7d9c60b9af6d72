"""The Compare workspace: all runs as a table, below it what the chosen ones do not share and what they came to."""

from __future__ import annotations

import json

from PySide6.QtCore import QByteArray, QPoint, QSettings, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QLabel,
    QMenu,
    QPushButton,
    QScrollArea,
    QSplitter,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from engine.config.small_files import parse_json
from workbench.bridge.ask import Ask
from workbench.figures.figure_data import FigureSource
from workbench.models import columns
from workbench.models.runs import RunRow, RunsModel
from workbench.models.runs_order import GROUPINGS, RunsOrder
from workbench.panel import Panel, PanelContext
from workbench.panels.runs.compared_runs import MOST, ComparedRuns
from workbench.panels.runs.config_reader import ConfigReader
from workbench.panels.runs.filter_field import FilterField
from workbench.panels.runs.run_actions import fill_menu
from workbench.panels.runs.run_details import AboutRun
from workbench.panels.runs.runs_chart import FigureChart
from workbench.panels.runs.runs_view import RunsView
from workbench.requests import AnnotateRun, EvaluateRuns, RunCommand, SelectRun, ShowWorkspace
from workbench.theme.palette import GAP, WIDE_GAP
from workbench.widgets.card import Card
from workbench.widgets.empty_state import FIRST_STEPS, EmptyState
from workbench.widgets.flow import FlowLayout
from workbench.widgets.room import keep_lines, keep_room

WIDEST = 4000  # pixels of a column
MOST_CURVES = 60  # runs whose curves can be told apart, or drawn, at once


class RunsTable(Panel):
    """Filter, groups, columns and the table; notes and commands of one chosen run, or the comparison of several.

    `selected` carries the key of the run with the cursor, where it is one of the chosen ones; `curvesAsked`: the chosen runs are
    the ones in the curves now, and a person wants to see them; `evaluateAsked`: the chosen runs, or all that are shown, are to be
    evaluated."""

    selected = Signal(str)
    curvesAsked = Signal()
    commandAsked = Signal(str, str)
    evaluateAsked = Signal(list, list)
    notesChanged = Signal(str, str)
    tagsChanged = Signal(str, tuple)
    titleChanged = Signal(str, str)
    starChanged = Signal(str, bool)

    def __init__(self, model: RunsModel, ask: Ask, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Compare"))
        self.setWindowTitle(self.tr("Runs"))
        self._model = model
        self.order = RunsOrder(model, columns.AT_FIRST, self)
        self._reader = ConfigReader(model, ask, self)
        self._keys: list[str] = []
        self._card = self._table_card()
        self._below = self._choice_card(ask)
        self.chart = FigureChart(model)
        self.chart.clicked.connect(self.select)
        self.chart.figureRequested.connect(lambda: self.figureRequested.emit(""))
        lower = QSplitter(Qt.Orientation.Horizontal)
        lower.addWidget(self._below)
        lower.addWidget(self.chart)
        lower.setSizes([560, 440])
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.addWidget(self._card)
        self.splitter.addWidget(lower)
        self.splitter.setSizes([340, 260])
        self._lower = lower
        for splitter in (lower, self.splitter):
            splitter.setChildrenCollapsible(False)
            splitter.setHandleWidth(WIDE_GAP - 2)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.splitter)
        for signal in (model.rowsInserted, model.rowsRemoved, self.order.counted):
            signal.connect(self._counted)
        model.rowChanged.connect(self._changed)
        model.configsChanged.connect(self._configured)
        self._counted()
        self._show()

    # What it is made of

    def _table_card(self) -> Card:
        card = Card(self.tr("All runs"))
        self.filter = FilterField(self.order, self.tr("Filter: words, method:simclr, knn>0.4, tag:probe…"))
        self.filter.doubted.connect(self._doubted)
        self._doubt = QLabel()
        self._doubt.setObjectName("bad")
        self._doubt.setWordWrap(True)
        keep_room(self._doubt)
        keep_lines(self._doubt, 1)
        self._doubt.hide()
        self.starred = QPushButton("★")
        self.starred.setCheckable(True)
        self.starred.setStyleSheet("padding: 3px 8px;")
        self.starred.setAccessibleName(self.tr("Only runs with a star"))
        self.starred.setToolTip(self.tr("Show only runs with a star. A click on the star in the table, or the key S, sets it."))
        self.starred.toggled.connect(self.order.set_starred)
        self.group = QComboBox()
        self.group.setAccessibleName(self.tr("Group by"))
        words = {"method": self.tr("By method"), "data": self.tr("By data"), "tags": self.tr("By tag"), "seed": self.tr("By seed")}
        self.group.addItem(self.tr("Not grouped"), "")
        for name in GROUPINGS:
            self.group.addItem(words[name], name)
        by_seed = self.tr("Runs that are equal but for the seed, with mean ± standard deviation")
        self.group.setItemData(self.group.count() - 1, by_seed, Qt.ItemDataRole.ToolTipRole)
        self.group.activated.connect(self._group)
        self._columns = QToolButton()
        self._columns.setText(self.tr("Columns"))
        self._columns.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._columns.setMenu(QMenu(self._columns))
        self.evaluate = QPushButton(self.tr("Evaluate…"))
        self.evaluate.setToolTip(self.tr("Evaluate the chosen runs, or all that are shown, one after another"))
        self.evaluate.clicked.connect(self.ask_evaluation)
        self.view = RunsView(self.order)
        self._columns.menu().aboutToShow.connect(lambda: self.view.fill_menu(self._columns.menu(), self._model.want_configs))
        self.view.setAccessibleName(self.tr("Table of runs"))
        self.view.keysChosen.connect(self._chosen)
        self.view.selectionModel().currentRowChanged.connect(lambda *_: self._tell_cursor())
        self.view.starAsked.connect(self._star)
        self.view.eyeAsked.connect(self._eye)
        self.view.customContextMenuRequested.connect(self._menu)
        self.view.header().customContextMenuRequested.connect(self._header_menu)
        self.order.edited.connect(self._edited)
        self._empty = EmptyState(*FIRST_STEPS)
        tools = FlowLayout(spacing=GAP)
        tools.addWidget(self.filter)
        for widget in (self.starred, self.group, self._columns, self.evaluate):
            tools.addWidget(widget)
        pages = QWidget()
        self._stack = QStackedLayout(pages)
        self._stack.addWidget(self.view)
        self._stack.addWidget(self._empty)
        card.body.addLayout(tools)
        card.body.addWidget(self._doubt)
        card.body.addWidget(pages, 1)
        return card

    def _choice_card(self, ask: Ask) -> Card:
        card = Card(self.tr("Chosen run"))
        self.about = AboutRun()
        self.about.commandAsked.connect(self.commandAsked)
        self.about.notesChanged.connect(self.notesChanged)
        self.compared = ComparedRuns(ask)
        self.compared.compared.connect(self._write_head)
        hint = QLabel(self.tr("Choose a run to see it. Choose two or more, with Ctrl or Shift, to see where they differ."))
        hint.setObjectName("quiet")
        hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        hint.setWordWrap(True)
        self._copy = self._flat(self.tr("Copy"), self.tr("Copy the table as Markdown"))
        self._copy.clicked.connect(self.compared.copy)
        self.curves = self._flat(self.tr("Show in the curves"), self.tr("Show only these runs in the curves, and go there"))
        self.curves.clicked.connect(self.show_in_curves)
        keep_room(self.curves)
        for button in (self._copy, self.curves):
            card.corner.addWidget(button)
        pages = QWidget()
        self._pages = QStackedLayout(pages)
        # In a low window its buttons are scrolled to.
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self.about)
        for page in (hint, scroll, self.compared):
            self._pages.addWidget(page)
        card.body.addWidget(pages, 1)
        return card

    def _flat(self, text: str, help: str) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName("flat")
        button.setToolTip(help)
        return button

    # From outside

    @property
    def chosen(self) -> list[str]:
        """The selected runs, from the top down."""
        return list(self._keys)

    def show_run(self, folder: str | None) -> None:
        """Choose the selected run."""
        if folder is not None:
            self.select(folder)

    def select(self, key: str) -> None:
        """Choose a run; where it is one of several that are chosen, these stay."""
        if key not in self._keys:
            self.view.choose([key])

    def save(self, settings: QSettings) -> None:
        """Keep the columns, the order, the groups and the heights."""
        settings.setValue("compare/table", json.dumps({"columns": self.view.columns(), "sort": self.order.sorted_by}))
        settings.setValue("compare/group", self.order.grouping)
        for name, splitter in (("rows", self.splitter), ("below", self._lower)):
            settings.setValue(f"compare/{name}", splitter.saveState())

    def restore(self, settings: QSettings) -> None:
        """As it was left."""
        try:
            kept = parse_json(str(settings.value("compare/table", "{}")))
            # Each once, and none wider than any screen.
            pairs = list({str(name): min(max(int(width), 0), WIDEST) for name, width in kept.get("columns", [])}.items())
            name, descending = kept.get("sort", ("started", True))
        except (ValueError, TypeError, AttributeError, OverflowError):
            pairs, name, descending = [], "started", True
        pairs = [(column, width) for column, width in pairs if column in columns.FACTS or "." in column]
        if pairs:
            self.order.sort_by(str(name), bool(descending))
            self.view.set_columns(pairs)
        index = self.group.findData(str(settings.value("compare/group", "")))
        if index > 0:
            self.group.setCurrentIndex(index)
            self._group()
        for key, splitter in (("rows", self.splitter), ("below", self._lower)):
            state = settings.value(f"compare/{key}")
            if isinstance(state, QByteArray):
                splitter.restoreState(state)

    def figure_source(self, part: str = "") -> FigureSource | None:
        """The chart of the runs."""
        return self.chart.figure_source()

    def show_in_curves(self) -> None:
        """The chosen runs in the curves, and no others."""
        if 0 < len(self._keys) <= MOST_CURVES:
            self._model.show_only(self._keys)
            self.curvesAsked.emit()

    def ask_evaluation(self) -> None:
        """Ask what of the chosen runs, or of all that are shown, is to be evaluated."""
        self.evaluateAsked.emit(self._keys, list(dict.fromkeys(self.order.shown())))

    # What happens

    def _rows(self, keys: list[str] | tuple[str, ...]) -> list[RunRow]:
        return [row for key in keys if (row := self._model.row(key)) is not None]

    def _chosen(self, keys: list[str]) -> None:
        if keys != self._keys:
            self._keys = keys
            self._show()
            self._tell_cursor()

    def _tell_cursor(self) -> None:
        # Of a click with Ctrl the cursor moves first and the choice follows: told of the cursor alone, the window would choose its
        # run, and the click take it out of the choice again. Where rows go by a filter, the cursor moves and nothing is chosen.
        key = self.view.current()
        if key in self._keys:
            self.selected.emit(key)

    def _show(self) -> None:
        """Everything below the table, for the runs that are chosen now."""
        rows = self._rows(self._keys)
        one, several = len(rows) == 1, len(rows) > 1
        self._pages.setCurrentIndex(2 if several else 1 if one else 0)
        self.about.show_run(rows[0] if one else None)
        if several:
            self.compared.show_runs(rows)
        self._copy.setVisible(several)
        self.curves.setVisible(one or several)
        few = len(rows) <= MOST_CURVES
        self.curves.setEnabled(few)
        self.curves.setToolTip(
            self.tr("Show only these runs in the curves, and go there")
            if few
            else self.tr("These are too many for the curves: choose at most {0}.").format(MOST_CURVES)
        )
        self._write_head()
        self._draw_chart()

    def _write_head(self) -> None:
        rows = self._rows(self._keys)
        if len(rows) > 1:
            state = self.compared.state
            if len(rows) > MOST:
                state = " · ".join(part for part in (state, self.tr("the first {0} of {1} runs").format(MOST, len(rows))) if part)
            self._below.set_title(self.tr("Difference"))
            self._below.set_state(state)
        else:
            self._below.set_title(rows[0].title if rows else self.tr("Chosen run"))
            self._below.set_state(columns.state_text(rows[0].state) if rows else "")

    def _draw_chart(self) -> None:
        several = len(self._keys) > 1
        self.chart.show_runs(
            self._rows(self._keys if several else self.order.shown()),
            [] if several else self._keys,
            settings=several,
            by_seed=self.order.grouping == "seed",
        )

    def _changed(self, key: str) -> None:
        if key in self._keys:
            self._show()
        elif len(self._keys) < 2:
            self._draw_chart()

    def _configured(self, keys: list[str]) -> None:
        if self.order.grouping == "seed" or (len(self._keys) > 1 and set(keys) & set(self._keys)):
            self._draw_chart()

    def _counted(self) -> None:
        total, shown = self._model.rowCount(), len(self.order.shown())
        self._card.set_state(self.tr("{0} of {1}").format(f"{shown:,}", f"{total:,}"))
        self._empty.show_text(
            self.tr("No run matches this filter. Clear it to see all {0}.").format(total)
            if total
            else self.tr("No runs yet. Train one in Prepare: it appears here while it runs and stays when it is done."),
            *(() if total else FIRST_STEPS),
        )
        self._stack.setCurrentIndex(0 if shown else 1)
        self.evaluate.setEnabled(shown > 0)
        self._draw_chart()

    def _doubted(self, words: str) -> None:
        self._doubt.setText(words)
        self._doubt.setVisible(bool(words))

    def _group(self) -> None:
        keys = self._keys
        self.order.set_grouping(str(self.group.currentData()))
        self.view.choose(keys)
        self._draw_chart()

    def _star(self, keys: list[str]) -> None:
        """Star all of these, or none where all have one."""
        rows = self._rows(keys)
        on = not all(row.star for row in rows)
        for row in rows:
            if row.folder and row.star != on:
                self.starChanged.emit(row.key, on)

    def _eye(self, keys: list[str]) -> None:
        on = not all(row.shown for row in self._rows(keys))
        for key in keys:
            self._model.set_shown(key, on)

    def _edited(self, key: str, name: str, value: object) -> None:
        {"notes": self.notesChanged, "tags": self.tagsChanged, "title": self.titleChanged}[name].emit(key, value)

    def _header_menu(self, position: QPoint) -> None:
        menu = QMenu(self)
        self.view.fill_menu(menu, self._model.want_configs)
        menu.exec(self.view.header().viewport().mapToGlobal(position))

    def _menu(self, position: QPoint) -> None:
        if not self._keys:
            return
        if not self.view.viewport().rect().contains(position):
            position = self.view.place_of_menu()
        menu = QMenu(self)
        rows = self._rows(self._keys)
        solo = menu.addAction(
            self.tr("Show only these in the curves") if len(rows) > 1 else self.tr("Show only this in the curves")
        )
        solo.setEnabled(self.curves.isEnabled())
        solo.triggered.connect(self.show_in_curves)
        hide = all(row.shown for row in rows)
        eye = menu.addAction(self.tr("Hide in the plots") if hide else self.tr("Show in the plots"))
        eye.setEnabled(len(rows) <= MOST_CURVES or hide)
        eye.triggered.connect(lambda: self._eye(self._keys))
        star = menu.addAction(self.tr("Remove the star") if all(row.star for row in rows) else self.tr("Star"))
        star.triggered.connect(lambda: self._star(self._keys))
        menu.addAction(self.evaluate.text()).triggered.connect(self.ask_evaluation)
        menu.addSeparator()
        if len(rows) == 1:
            fill_menu(menu, rows[0], self.commandAsked.emit)
        else:
            menu.addAction(self.tr("Copy the difference as Markdown")).triggered.connect(self.compared.copy)
        menu.exec(self.view.viewport().mapToGlobal(position))


def make(context: PanelContext) -> RunsTable:
    """The panel of a row of the window's table."""
    panel, request = RunsTable(context.runs, context.asker()), context.request
    panel.selected.connect(lambda key: request(SelectRun(key)))
    panel.curvesAsked.connect(lambda: request(ShowWorkspace("train")))
    panel.commandAsked.connect(lambda action, key: request(RunCommand(action, key)))
    panel.evaluateAsked.connect(lambda chosen, listed: request(EvaluateRuns(chosen, listed)))
    panel.notesChanged.connect(lambda key, notes: request(AnnotateRun(key, notes=notes)))
    panel.tagsChanged.connect(lambda key, tags: request(AnnotateRun(key, tags=tags)))
    panel.titleChanged.connect(lambda key, name: request(AnnotateRun(key, name=name)))
    panel.starChanged.connect(lambda key, star: request(AnnotateRun(key, star=star)))
    return panel
