"""One figure of the runs against one setting: which learning rate led to which kNN."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QLabel, QSizePolicy, QStackedLayout, QWidget

from workbench.figures.figure_data import FigureSource
from workbench.forms.editors import Combo
from workbench.models import columns
from workbench.models.runs import RunRow, RunsModel
from workbench.models.seed_groups import SEED, SeedGroup, common_title, seed_groups, spread
from workbench.panels.runs.runs_figure import (
    MOST_CHOICES,
    RunPoint,
    ShownRuns,
    columns_across,
    points_of,
    runs_source,
)
from workbench.plots.dots import Dot, DotPlot
from workbench.widgets.card import Card
from workbench.widgets.figure_button import FigureButton

SOON = 120  # ms; runs that train change often
LATER = 2000  # ms, where there are more than so many dots to draw
MANY = 200
ROOMY = 380  # px of the card from which the word between the choices is shown
MOST_LOOKED = 200  # runs that say which figures there are


class FigureChart(Card):
    """A dot a run in the run's colour, or a dot with a bar of one standard deviation a group of runs that are equal but for the
    seed. Along x a setting in which the runs differ, or a fact of theirs; `clicked`: a run's key; `figureRequested`: make a
    figure."""

    clicked = Signal(str)
    figureRequested = Signal()

    def __init__(self, model: RunsModel, parent: QWidget | None = None) -> None:
        super().__init__("", parent=parent)
        self.set_title(self.tr("Figures"))
        self._model = model
        self._rows: list[RunRow] = []
        self._chosen: tuple[str, ...] = ()
        self._configs: list[Mapping[str, Any]] = []  # among which settings that differ are looked for
        self._picked = ""
        self._by_seed = False
        self._groups: dict[str, SeedGroup] = {}  # of the dots that are means, by key
        self._drawn: tuple[tuple[str, ...], int] = ((), -1)
        self.plot = DotPlot(self.tr("Metrics of the runs"), self.said_of)
        self.plot.setMinimumSize(160, 100)
        self.plot.clicked.connect(self.clicked)
        self.up = self._combo(self.tr("Metric on the y axis"))
        self.across = self._combo(self.tr("Setting or property on the x axis"))
        self.up.activated.connect(self.draw)
        self.across.activated.connect(self._across_picked)
        self._against = against = QLabel(self.tr("against"))
        against.setObjectName("quiet")
        self.figure_button = FigureButton()
        self.figure_button.clicked.connect(self.figureRequested)
        for widget in (self.up, against, self.across, self.figure_button):
            self.corner.addWidget(widget)
        self._words = QLabel()
        self._words.setObjectName("quiet")
        self._words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._words.setWordWrap(True)
        pages = QWidget()
        self._stack = QStackedLayout(pages)
        self._stack.addWidget(self.plot)
        self._stack.addWidget(self._words)
        self.body.addWidget(pages, 1)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self.draw)

    def show_runs(self, rows: Sequence[RunRow], chosen: Sequence[str], settings: bool, by_seed: bool = False) -> None:
        """These runs, rings around the chosen ones; `settings`: whether to look for settings in which they differ; `by_seed`:
        whether runs that are equal but for the seed are one dot."""
        self._rows, self._chosen, self._by_seed = list(rows), tuple(chosen), by_seed
        if settings:
            self._model.want_configs([row.key for row in self._rows])
        configs = [self._model.config(row.key) for row in self._rows] if settings else []
        self._configs = [config for config in configs if config is not None]
        if self.isVisible() and not self._soon.isActive():
            # Of thousands, those that train move by little; what a person chooses is drawn soon.
            changed = (self._chosen, len(self._rows)) != self._drawn
            self._soon.start(SOON if changed or len(self._rows) < MANY else LATER)

    def draw(self) -> None:
        """Draw now."""
        self._drawn = (self._chosen, len(self._rows))
        self._groups = {}
        self._offer()
        y, x = self._axes()
        points, names = self._points(x, y)
        dots = [Dot(point.key, point.x, point.y, point.hue) for point in points]
        if self._by_seed:
            dots = self._means(dots)
        self.figure_button.setVisible(bool(dots) and len(names) <= MOST_CHOICES)
        if dots and len(names) <= MOST_CHOICES:
            self.plot.set_dots(dots, names, self._chosen, as_time=x == "time")
            self._stack.setCurrentIndex(0)
        else:
            self._words.setText(self._why_not(bool(dots), y))
            self._stack.setCurrentIndex(1)

    def _axes(self) -> tuple[str, str]:
        """The names of the values along y and x; "" for none."""
        return str(self.up.currentData() or ""), str(self.across.currentData() or "")

    def _points(self, x: str, y: str) -> tuple[tuple[RunPoint, ...], tuple[str, ...]]:
        """The runs that have both values, and the names of the categories on x, none where x is a number."""
        return points_of(self._rows, {row.key: self._model.config(row.key) for row in self._rows}, x, y)

    def figure_source(self) -> FigureSource | None:
        """The chart as it is shown."""
        y, x = self._axes()
        points, names = self._points(x, y)
        if len(names) > MOST_CHOICES:
            return None
        configs = {point.key: self._model.config(point.key) for point in points}
        return runs_source(ShownRuns(points, x, y, names, configs, self.plot.logarithmic))

    def _means(self, dots: Sequence[Dot]) -> list[Dot]:
        """The dots of runs that are equal but for the seed as one dot at their mean; the others as they are."""
        by_key = {dot.key: dot for dot in dots}
        result: list[Dot] = []
        for group in seed_groups({key: self._model.config(key) for key in by_key}):
            members = [by_key[key] for key in group.keys]
            if len(members) < 2:
                result.extend(by_key[key] for key in (*group.keys, *group.repeats))
                continue
            x, y = spread(dot.x for dot in members), spread(dot.y for dot in members)
            assert x is not None
            assert y is not None
            self._groups[members[0].key] = group
            result.append(replace(members[0], x=x.mean, y=y.mean, spread=y.deviation))
        return result

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where it is narrow, both choices get the room of the word between them."""
        super().resizeEvent(event)
        self._against.setVisible(self.width() >= ROOMY)

    def showEvent(self, event: QShowEvent) -> None:
        """Draw what came while nobody looked."""
        super().showEvent(event)
        self.draw()

    def said_of(self, key: str) -> str:
        """A dot in words: the run, and both its values."""
        row = self._model.row(key)
        if row is None:
            return ""
        y, x = self._axes()
        if (group := self._groups.get(key)) is not None:
            return self._text_of_mean(group, y)
        config = self._model.config(key)
        values = [f"{columns.title_of(name)} {columns.text_of(row, name, config)}" for name in (y, x)]
        return f"{row.title}\n" + " · ".join(values)

    def _text_of_mean(self, group: SeedGroup, y: str) -> str:
        rows = [row for key in group.keys if (row := self._model.row(key)) is not None]
        figures = spread(self._value(row, y) for row in rows)
        title, seeds = common_title([row.title for row in rows]), self.tr("{0} seeds").format(len(rows))
        values = columns.spread_text(y, figures, len(rows)) if figures is not None else ""
        return f"{title} · {seeds}\n{columns.title_of(y)} {values}"

    def _why_not(self, many: bool, y: str) -> str:
        if many:
            return self.tr("These are too many different values for a chart. Choose fewer runs, or another setting.")
        if not self._rows:
            return self.tr("Each run is shown as a dot here, as soon as there are runs.")
        return self.tr("None of these runs has both. Choose another metric or setting above.")

    def _value(self, row: RunRow, name: str) -> Any:
        return columns.value_of(row, name, self._model.config(row.key)) if name else None

    def _offer(self) -> None:
        """Fill both choices; what was chosen stays where it can."""
        figures = list(dict.fromkeys(name for row in self._rows[:MOST_LOOKED] for name in columns.figures_of(row)))
        _refill(self.up, [(columns.title_of(name), name) for name in figures], str(self.up.currentData() or "best"))
        names, usual = columns_across(self._configs, (SEED,) if self._by_seed else ())
        wanted = self._picked if self._picked in names else usual
        _refill(self.across, [(columns.title_of(name), name) for name in names], wanted)

    def _across_picked(self) -> None:
        self._picked = str(self.across.currentData())
        self.draw()

    def _combo(self, name: str) -> Combo:
        combo = Combo()
        combo.setAccessibleName(name)
        combo.setToolTip(name)
        combo.setSizeAdjustPolicy(Combo.SizeAdjustPolicy.AdjustToContents)
        combo.setMinimumWidth(64)
        combo.setMaximumWidth(170)
        combo.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        return combo


def _refill(combo: QComboBox, entries: list[tuple[str, str]], wanted: str) -> None:
    have = [(combo.itemText(index), combo.itemData(index)) for index in range(combo.count())]
    if have != entries:
        combo.clear()
        for text, name in entries:
            combo.addItem(text, name)
    index = combo.findData(wanted)
    combo.setCurrentIndex(max(0, index))
