"""One figure of the runs against one setting: which learning rate led to which kNN."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QLabel, QSizePolicy, QStackedLayout, QWidget

from engine.config.difference import equal, written
from workbench.models import columns
from workbench.models.runs import RunRow, RunsModel
from workbench.plots.dots import Dot, DotPlot
from workbench.widgets.card import Card

SOON = 120  # ms; runs that train change often
MOST_CHOICES = 12
ALWAYS = ("time", "epoch", "speed", "method", "data", "backbone")


class FigureChart(Card):
    """A dot a run in the run's colour. Along x a setting in which the runs differ, or a fact of theirs; `clicked`: a run's key."""

    clicked = Signal(str)

    def __init__(self, model: RunsModel, parent: QWidget | None = None) -> None:
        super().__init__("", parent=parent)
        self.set_title(self.tr("Figures"))
        self._model = model
        self._rows: list[RunRow] = []
        self._chosen: tuple[str, ...] = ()
        self._settings: tuple[str, ...] = ()
        self._picked = ""
        self.plot = DotPlot(self.tr("Figures of the runs"))
        self.plot.setMinimumSize(160, 100)
        self.plot.clicked.connect(self.clicked)
        self.y = self._combo(self.tr("Figure that goes up"))
        self.x = self._combo(self.tr("Setting or fact that goes across"))
        self.x.activated.connect(self._across_picked)
        against = QLabel(self.tr("against"))
        against.setObjectName("quiet")
        for widget in (self.y, against, self.x):
            self.corner.addWidget(widget)
        self._words = QLabel()
        self._words.setObjectName("quiet")
        self._words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._words.setWordWrap(True)
        place = QWidget()
        self._stack = QStackedLayout(place)
        self._stack.addWidget(self.plot)
        self._stack.addWidget(self._words)
        self.body.addWidget(place, 1)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(SOON)
        self._soon.timeout.connect(self.draw)

    def show_runs(self, rows: Sequence[RunRow], chosen: Sequence[str], settings: bool) -> None:
        """These runs, rings around the chosen ones; `settings`: whether to look for settings in which they differ."""
        self._rows, self._chosen = list(rows), tuple(chosen)
        if settings:
            self._model.want_configs([row.key for row in self._rows])
        configs = [self._model.config(row.key) for row in self._rows] if settings else []
        self._settings = _differing([config for config in configs if config is not None])
        if self.isVisible() and not self._soon.isActive():
            self._soon.start()

    def draw(self) -> None:
        """Draw now."""
        self._offer()
        y, x = str(self.y.currentData() or ""), str(self.x.currentData() or "")
        found = [(row, self._value(row, x), columns.figures_of(row).get(y)) for row in self._rows]
        whole = [(row, across, up) for row, across, up in found if across is not None and across != "" and up is not None]
        numbers = all(isinstance(across, (int, float)) and not isinstance(across, bool) for _, across, _ in whole)
        # A choice may be a list, which is no key of a dict: its text is.
        names = [] if numbers else sorted({written(across) for _, across, _ in whole})
        dots = []
        for row, across, up in whole:
            text = written(across) if columns.is_setting(x) else columns.text_of(row, x)
            words = f"{row.title}\n{columns.title_of(y)} {columns.figure_text(y, up)} · {columns.title_of(x)} {text}"
            dots.append(Dot(row.key, float(across) if numbers else float(names.index(written(across))), up, row.hue, words))
        if dots and len(names) <= MOST_CHOICES:
            self.plot.set_dots(dots, names, self._chosen, as_time=x == "time")
            self._stack.setCurrentIndex(0)
        else:
            self._words.setText(self._why_not(bool(dots), y))
            self._stack.setCurrentIndex(1)

    def showEvent(self, event: QShowEvent) -> None:
        """Draw what came while nobody looked."""
        super().showEvent(event)
        self.draw()

    def _why_not(self, many: bool, y: str) -> str:
        if many:
            return self.tr("These are too many different values for a chart. Choose fewer runs, or another setting.")
        if not self._rows:
            return self.tr("A dot a run, as soon as there are runs.")
        return self.tr("None of these runs has both. Choose another figure or setting above.")

    def _value(self, row: RunRow, name: str) -> Any:
        return columns.value_of(row, name, self._model.config(row.key)) if name else None

    def _offer(self) -> None:
        """Fill both choices; what was chosen stays where it can."""
        figures = list(dict.fromkeys(name for row in self._rows for name in columns.figures_of(row)))
        _refill(self.y, [(columns.title_of(name), name) for name in figures], str(self.y.currentData() or "best"))
        names = [*self._settings, *ALWAYS]
        # Other settings of another method do not explain its figures: the method does.
        usual = "method.id" if "method.id" in names else names[0]
        wanted = self._picked if self._picked in names else usual
        _refill(self.x, [(columns.title_of(name), name) for name in names], wanted)

    def _across_picked(self) -> None:
        self._picked = str(self.x.currentData())

    def _combo(self, name: str) -> QComboBox:
        combo = QComboBox()
        combo.setAccessibleName(name)
        combo.setToolTip(name)
        combo.setMinimumContentsLength(8)
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        combo.setMaximumWidth(170)
        combo.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        combo.activated.connect(self.draw)
        return combo


def _refill(combo: QComboBox, entries: list[tuple[str, str]], wanted: str) -> None:
    have = [(combo.itemText(place), combo.itemData(place)) for place in range(combo.count())]
    if have != entries:
        combo.clear()
        for text, name in entries:
            combo.addItem(text, name)
    place = combo.findData(wanted)
    combo.setCurrentIndex(max(0, place))


def _differing(configs: Sequence[Any]) -> tuple[str, ...]:
    """Settings that are not the same in all, numbers before choices."""
    if len(configs) < 2:
        return ()
    names = dict.fromkeys(name for config in configs for name in config)
    found = []
    for name in names:
        values = [config[name] for config in configs if name in config]
        if len(values) > 1 and any(not equal(values[0], value) for value in values[1:]):
            found.append((not isinstance(values[0], (int, float)) or isinstance(values[0], bool), name))
    return tuple(name for _, name in sorted(found, key=lambda pair: pair[0]))
