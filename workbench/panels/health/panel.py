"""Health: whether the chosen run learns or collapses, and why, in words, with the figures behind them."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, Qt, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from engine.events import Event, StepDone
from engine.health import WATCHED, Kind, Verdict, Watch
from workbench import theme
from workbench.i18n.engine_texts import engine_text
from workbench.panel import Panel, PanelContext
from workbench.plots.base import number
from workbench.theme.palette import GAP
from workbench.widgets.card import Card
from workbench.widgets.empty_state import EmptyState

# While a run goes on its figures move by little from step to step, and setting them costs as much as drawing a curve.
LOOK_MS = 1000
# Steps come every 200 ms while a run goes on: they are shown in the waking in which they came. This late the last of them.
LATE_MS = 250
_CONTEXT = "HealthPanel"
# object: what QT_TRANSLATE_NOOP is said to give.
_TITLES: dict[Kind, object] = {
    "early": QT_TRANSLATE_NOOP("HealthPanel", "Too early to say"),
    "short": QT_TRANSLATE_NOOP("HealthPanel", "Too short for a diagnosis"),
    "baseline": QT_TRANSLATE_NOOP("HealthPanel", "A baseline"),
    "learning": QT_TRANSLATE_NOOP("HealthPanel", "Learning"),
    "stalled": QT_TRANSLATE_NOOP("HealthPanel", "Stalled"),
    "collapsed": QT_TRANSLATE_NOOP("HealthPanel", "Complete collapse"),
    "flat": QT_TRANSLATE_NOOP("HealthPanel", "Collapse: uniform assignments"),
    "dominated": QT_TRANSLATE_NOOP("HealthPanel", "Collapse: few prototypes dominate"),
    "shrunk": QT_TRANSLATE_NOOP("HealthPanel", "Collapse: the embeddings shrink"),
    "dimensional": QT_TRANSLATE_NOOP("HealthPanel", "Dimensional collapse"),
    "diverging": QT_TRANSLATE_NOOP("HealthPanel", "Diverging"),
    "shortcut": QT_TRANSLATE_NOOP("HealthPanel", "Solved by a shortcut"),
}
# A sign beside the colour, for those who do not see it.
_SIGNS: dict[Kind, str] = {"early": "…", "short": "–", "baseline": "–", "learning": "✓", "stalled": "–"}


class Figure(NamedTuple):
    """A line of evidence: the figure's name in the verdict, its title, the name of what it is held against and the words for that
    ({0} is the number), and what it means."""

    name: str
    title: object
    against: str
    words: object
    help: object


FIGURES: tuple[Figure, ...] = (
    Figure(
        "loss",
        QT_TRANSLATE_NOOP("HealthPanel", "Loss"),
        "chance",
        QT_TRANSLATE_NOOP("HealthPanel", "chance level {0}"),
        QT_TRANSLATE_NOOP("HealthPanel", "Mean of the last 20 steps. Chance level: the loss of a constant or random prediction."),
    ),
    Figure(
        "std",
        QT_TRANSLATE_NOOP("HealthPanel", "Std × √d"),
        "",
        QT_TRANSLATE_NOOP("HealthPanel", "1 = isotropic"),
        QT_TRANSLATE_NOOP(
            "HealthPanel", "Standard deviation of the L2-normalised embeddings, times √d. At 0 all images have the same embedding."
        ),
    ),
    Figure(
        "rank",
        QT_TRANSLATE_NOOP("HealthPanel", "Rank, backbone"),
        "rank_first",
        QT_TRANSLATE_NOOP("HealthPanel", "{0} untrained"),
        QT_TRANSLATE_NOOP(
            "HealthPanel",
            "Effective rank of the features (RankMe): how many directions they use. A dimensional collapse lowers it.",
        ),
    ),
    Figure(
        "rank_embedding",
        QT_TRANSLATE_NOOP("HealthPanel", "Rank, projector"),
        "",
        "",
        QT_TRANSLATE_NOOP("HealthPanel", "Effective rank of the projector's output. Often far lower than the backbone's."),
    ),
    Figure(
        "entropy",
        QT_TRANSLATE_NOOP("HealthPanel", "Teacher's entropy"),
        "",
        QT_TRANSLATE_NOOP("HealthPanel", "0 = one-hot, ln K = uniform"),
        QT_TRANSLATE_NOOP("HealthPanel", "Entropy of the teacher's output for a view (of SwAV: of its code), in nats."),
    ),
    Figure(
        "kl",
        QT_TRANSLATE_NOOP("HealthPanel", "Divergence"),
        "",
        QT_TRANSLATE_NOOP("HealthPanel", "0 = student equals teacher"),
        QT_TRANSLATE_NOOP(
            "HealthPanel", "Kullback-Leibler divergence between teacher and student, in nats: the loss minus the teacher's entropy."
        ),
    ),
    Figure(
        "used",
        QT_TRANSLATE_NOOP("HealthPanel", "Prototypes used"),
        "",
        QT_TRANSLATE_NOOP("HealthPanel", "of those that a batch can use"),
        QT_TRANSLATE_NOOP(
            "HealthPanel",
            "Prototypes that are the argmax of at least one view, as a share of the most that the views of a batch can have.",
        ),
    ),
    Figure(
        "knn",
        QT_TRANSLATE_NOOP("HealthPanel", "kNN"),
        "knn_first",
        QT_TRANSLATE_NOOP("HealthPanel", "{0} untrained"),
        QT_TRANSLATE_NOOP("HealthPanel", "Nearest-neighbour accuracy of the frozen features on the validation images."),
    ),
    Figure(
        "task",
        QT_TRANSLATE_NOOP("HealthPanel", "Pretext task"),
        "task_trivial",
        QT_TRANSLATE_NOOP("HealthPanel", "baseline {0}"),
        QT_TRANSLATE_NOOP("HealthPanel", "Accuracy of the pretext task, or reconstruction error, on validation images."),
    ),
)


LEAST_WIDTH = 236  # px, for the buttons that are shown while there is no run


class HealthPanel(Panel):
    """The verdict on one run: a word, a sentence, the remedy, the evidence."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumWidth(LEAST_WIDTH)
        self.setAccessibleName(self.tr("Health"))
        self._watches: dict[str, Watch] = {}
        self._key = ""
        self.card = Card(self.tr("Health"))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.card)
        self._sign, self.word = QLabel(), QLabel()
        self.word.setWordWrap(True)
        self.word.setObjectName("heading")
        head = QHBoxLayout()
        head.setSpacing(GAP)
        head.addWidget(self._sign)
        head.addWidget(self.word, 1)
        self.message_label, self.remedy, self.source = QLabel(), QLabel(), QLabel()
        for label in (self.message_label, self.remedy, self.source):
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.source.setObjectName("quiet")
        self._lines: dict[str, tuple[QLabel, QLabel, QLabel]] = {}
        grid = QGridLayout()
        grid.setHorizontalSpacing(GAP)
        grid.setVerticalSpacing(GAP // 4)
        grid.setColumnStretch(2, 1)
        for row, figure in enumerate(FIGURES):
            parts = (QLabel(_tr(figure.title)), QLabel(), QLabel())
            parts[0].setObjectName("quiet")
            parts[2].setObjectName("quiet")
            parts[1].setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            for column, label in enumerate(parts):
                label.setToolTip(_tr(figure.help))
                grid.addWidget(label, row, column)
            parts[2].setWordWrap(True)  # in a narrow column it takes two lines
            parts[2].setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            self._lines[figure.name] = parts
        self.card.body.addLayout(head)
        # On a small screen the card is lower than a verdict, its remedy and all figures: these are scrolled, never squeezed.
        rest = QWidget()
        inner = QVBoxLayout(rest)
        inner.setContentsMargins(0, 0, 0, 0)
        for label in (self.message_label, self.remedy):
            inner.addWidget(label)
        inner.addLayout(grid)
        inner.addWidget(self.source)
        inner.addStretch(1)
        self.next_step = EmptyState("gallery")
        inner.insertWidget(1, self.next_step)
        self.scrolled = QScrollArea()
        self.scrolled.setWidgetResizable(True)
        self.scrolled.setFrameShape(QFrame.Shape.NoFrame)
        self.scrolled.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.scrolled.setAccessibleName(self.tr("Health"))
        self.scrolled.setWidget(rest)
        self.card.body.addWidget(self.scrolled, 1)
        self._seen = self._stale = False
        self._looked = 0.0
        self._applied_colour = ""
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._look)
        theme.changed.connect(self._show)
        self._show()

    # In

    def show_run(self, folder: str | None) -> None:
        """The run whose health is shown; None for none."""
        self._key = folder or ""
        self._show()

    def metrics_reader(self) -> Watch:
        """What takes all lines of a run's metrics, in any thread; `show_metrics` shows the result."""
        return Watch()

    def show_metrics(self, folder: str, reader: Watch) -> None:
        """Show all of a run's metrics so far; replaces what was known of the run."""
        self._watches[folder] = reader
        self._shown(folder)

    def load(self, key: str, lines: Iterable[Mapping[str, Any]]) -> None:
        """All of a run's metrics so far; replaces what was known of it."""
        watch = self.metrics_reader()
        watch.take_lines(lines)
        self.show_metrics(key, watch)

    def add_metrics(self, folder: str, lines: Iterable[Mapping[str, Any]]) -> None:
        """What was written of a run since the last lines of it that came."""
        self._watches.setdefault(folder, Watch()).take_lines(lines)
        self._shown(folder)

    def take_events(self, folder: str, events: Iterable[Event]) -> None:
        """What a run has just reported."""
        watched = [event for event in events if isinstance(event, WATCHED)]
        for event in watched:
            self._watches.setdefault(folder, Watch()).add(event)
        if not watched or folder != self._key:
            return
        if all(isinstance(event, StepDone) for event in watched):
            self._stale = True
            self._look()
        else:
            self._show()  # what comes rarely is shown at once

    def run_removed(self, folder: str) -> None:
        """The run is gone."""
        self._watches.pop(folder, None)
        self._shown(folder)

    # Showing

    @property
    def verdict(self) -> Verdict | None:
        """What is said; None where there is no run, or nothing was measured yet."""
        watch = self._watches.get(self._key)
        return watch.verdict() if watch is not None else None

    def _shown(self, key: str) -> None:
        if key == self._key:
            self._show()

    def _look(self) -> None:
        """Show steps that are not shown yet, if somebody sees it and the last time is long enough ago."""
        if not self._stale or not self._seen:
            return
        left = LOOK_MS - int(1000 * (time.perf_counter() - self._looked))
        if left <= 0:
            self._looked = time.perf_counter()
            self._soon.stop()
            self._show()
        elif not self._soon.isActive():
            self._soon.start(left + LATE_MS)

    def _show(self) -> None:
        self._stale = False
        verdict = self.verdict
        for label in (self._sign, self.remedy, self.source):
            label.setVisible(verdict is not None)
        self.next_step.setVisible(verdict is None and not self._key)
        if verdict is None:
            self.word.setText("")
            self.next_step.show_text("", "gallery")
            hint = self.tr("Nothing was measured yet.") if self._key else self.tr("Choose a run: its diagnosis is shown here.")
            self.message_label.setText(hint)
            self.message_label.setVisible(True)
            for parts in self._lines.values():
                for label in parts:
                    label.setVisible(False)
            self.card.set_state("")
            return
        rule, colours = verdict.rule, theme.current()
        colour = colours.bad if rule.alarm else {"learning": colours.good, "stalled": colours.warning}.get(rule.kind, colours.quiet)
        self._sign.setText(_SIGNS.get(rule.kind, "!"))
        if colour != self._applied_colour:  # a style sheet is read anew each time
            self._applied_colour = colour
            for label in (self._sign, self.word):
                label.setStyleSheet(f"color: {colour}; font-weight: 600;")
        self.word.setText(_tr(_TITLES[rule.kind]))
        plain = rule.kind in ("early", "learning")
        self.message_label.setText("" if plain else _filled(rule.message, verdict.figures))
        self.message_label.setVisible(not plain)
        self.remedy.setText(_filled(rule.remedy, verdict.figures))
        self.remedy.setVisible(bool(rule.remedy))
        self.source.setText(engine_text(rule.source))
        self.source.setVisible(bool(rule.source))
        for figure in FIGURES:
            self._show_figure(figure, verdict.figures)
        self.card.set_state(self.tr("step {0}").format(f"{verdict.step:,}"))
        self.card.setAccessibleDescription(f"{self.word.text()}. {self.message_label.text()} {self.remedy.text()}".strip())

    def _show_figure(self, figure: Figure, figures: Mapping[str, float]) -> None:
        value, against = figures.get(figure.name, math.nan), figures.get(figure.against, math.nan)
        parts = self._lines[figure.name]
        known = math.isfinite(value)
        parts[0].setVisible(known)
        parts[1].setVisible(known)
        parts[1].setText(number(value, 3) if known else "")
        words = _tr(figure.words) if figure.words and (not figure.against or math.isfinite(against)) else ""
        parts[2].setText(words.format(number(against, 3)) if figure.against else words)
        parts[2].setVisible(known and bool(words))

    # Events of Qt

    def showEvent(self, event: QShowEvent) -> None:
        """Show what came while nobody looked."""
        super().showEvent(event)
        self._seen = True
        self._look()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing is set for nobody."""
        super().hideEvent(event)
        self._seen = False


def _filled(text: str, figures: Mapping[str, float]) -> str:
    return engine_text(text).format(**figures) if text else ""


def _tr(text: object) -> str:
    return QCoreApplication.translate(_CONTEXT, str(text))


def make(context: PanelContext) -> HealthPanel:
    """The panel of a row of the window's table."""
    return HealthPanel()
