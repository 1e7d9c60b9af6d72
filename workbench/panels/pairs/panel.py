"""Pairs: what a run's encoder makes of the two views of each image, who is near whom, and how strong a view may be."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PySide6.QtCore import QT_TRANSLATE_NOOP, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from engine.events import CheckpointSaved, Event
from engine.runs.reader import checkpoint_epochs
from workbench.bridge.ask import Ask
from workbench.bridge.pair_questions import InspectPairs, MeasureStrength, Pairs, StrengthCurve
from workbench.panel import Panel, PanelContext
from workbench.panels.pairs.choices import Choices
from workbench.panels.pairs.histogram import HistogramCard
from workbench.panels.pairs.matrix import MatrixView
from workbench.panels.pairs.opened import OpenedCard
from workbench.panels.pairs.rows import PairRows
from workbench.panels.pairs.shown import Shown, figure
from workbench.panels.pairs.strength import StrengthPage
from workbench.theme.palette import GAP, WIDE_GAP
from workbench.widgets.card import Card
from workbench.widgets.tabs import Tabs

# Widths of the two columns, as shares of the room, and the least of the left one in pixels.
LEFT, RIGHT, LEAST = 5, 8, 320
IMAGES = 128


class PairsPanel(Panel):
    """Asks for the chosen run's pairs when somebody looks, and shows them. A hidden panel asks nothing."""

    SHORTCUTS = ((QT_TRANSLATE_NOOP("Window", "Matrix: move from pair to pair"), QT_TRANSLATE_NOOP("Window", "Arrows, Home")),)

    def __init__(self, ask: Ask, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Pairs"))
        self.setWindowTitle(self.tr("Pairs"))
        self._ask = ask
        self._folder: str | None = None
        self._asked: InspectPairs | None = None
        self._asked_strength: MeasureStrength | None = None
        self._found: Pairs | None = None
        self._curve: StrengthCurve | None = None
        self._stale = False
        self.matrix, self.histogram, self.opened = MatrixView(), HistogramCard(), OpenedCard()
        self.rows, self.strength, self.tabs = PairRows(), StrengthPage(), Tabs()
        self.matrix_card, self.choices = Card(self.tr("Similarity")), Choices()
        self._build()
        self.choices.batchChanged.connect(self._want)
        self.choices.lookChanged.connect(self._show)
        self.choices.againAsked.connect(self._again)
        self.matrix.chosen.connect(self._cell_chosen)
        self.rows.opened.connect(self.open)
        self.strength.wanted.connect(self._want_strength)
        self.tabs.currentChanged.connect(self._want_strength)
        self.show_run(None)

    # Building

    def _build(self) -> None:
        self.empty = QLabel()
        self.empty.setObjectName("quiet")
        self.empty.setWordWrap(True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.matrix_card.corner.addWidget(self.choices.others)
        self.matrix_card.body.addWidget(self.choices)
        self.matrix_card.body.addWidget(self.empty, 1)
        self.matrix_card.body.addWidget(self.matrix, 1)
        self.tabs.add(self.rows, self.tr("Hard pairs and false negatives"))
        self.tabs.add(self.strength, self.tr("Similarity by augmentation strength"))
        below = QFrame()
        below.setObjectName("card")
        box = QVBoxLayout(below)
        box.setContentsMargins(WIDE_GAP, GAP // 2, WIDE_GAP, WIDE_GAP)
        box.addWidget(self.tabs)
        left, right = QWidget(), QWidget()
        left.setMinimumWidth(LEAST)
        for side, parts in ((left, ((self.matrix_card, 1), (self.histogram, 0))), (right, ((self.opened, 0), (below, 1)))):
            column = QVBoxLayout(side)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(WIDE_GAP - 2)
            for part, stretch in parts:
                column.addWidget(part, stretch)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(WIDE_GAP - 2)
        row.addWidget(left, LEFT)
        row.addWidget(right, RIGHT)

    # In

    def show_run(self, folder: str | None) -> None:
        """The run whose encoder is asked; None for none."""
        self._folder, self._found, self._curve = folder, None, None
        self._asked, self._asked_strength, self._stale = None, None, False
        self.choices.set_epochs(_kept(folder))
        self._show()
        self._want()

    def take_events(self, folder: str, events: Sequence[Event]) -> None:
        """A checkpoint of the shown run makes what is shown of its newest one older."""
        if folder == self._folder and any(isinstance(event, CheckpointSaved) for event in events):
            self.checkpoint_saved(folder)

    def checkpoint_saved(self, folder: str) -> None:
        """The run wrote a checkpoint: what is shown of its newest is of an older one."""
        if folder != self._folder:
            return
        self.choices.set_epochs(_kept(folder), again=True)
        if self._found is None:
            self._want()
        elif self.choices.epoch is None:
            self._stale = True
            self._show_choices()

    # Asking

    def _again(self) -> None:
        self._asked, self._asked_strength, self._curve = None, None, None
        self._want()

    def _want(self) -> None:
        # A training run needs the cores.
        if self._folder is None or not self.isVisible():
            return
        choices = self.choices
        question = InspectPairs(self._folder, choices.split, IMAGES, choices.seed, choices.epoch)
        if question != self._asked:
            self._asked, self._stale = question, False
            self._show_choices()
            self._said(self.tr("Encoding…"))
            self._ask(
                question,
                lambda found: self._came(question, found),
                lambda message: self._failed(question, message),
                lambda share: self._said(self.tr("Encoding… {0} %").format(round(share * 100))),
            )
        self._want_strength()

    def _want_strength(self) -> None:
        if self._folder is None or not self.strength.isVisible():
            return
        choices = self.choices
        question = MeasureStrength(self._folder, self.strength.operation, choices.split, seed=choices.seed, epoch=choices.epoch)
        if question == self._asked_strength:
            return
        self._asked_strength, self._curve = question, None
        self.strength.show_curve(None, "", self.tr("Measuring…"))
        self._ask(
            question,
            lambda found: self._measured(question, found),
            lambda message: self._not_measured(question, message),
            lambda share: self.strength.state.setText(self.tr("Measuring… {0} %").format(round(share * 100))),
        )

    def _came(self, question: InspectPairs, found: Pairs) -> None:
        if question != self._asked:
            return
        self._found = found
        self.opened.set_temperature(found.temperature)
        self.choices.set_spaces(list(found.spaces))
        self.opened.show_pair(None, 0, 0)
        self._show()
        data = found.spaces[self.choices.space]
        hardest = int(np.argmin(data.positive))
        self.open(hardest, hardest + len(found.index))

    def _failed(self, question: InspectPairs, message: str) -> None:
        if question == self._asked:
            self._asked, self._found = None, None
            self._show()
            self.empty.setText(message)

    def _measured(self, question: MeasureStrength, found: StrengthCurve) -> None:
        if question == self._asked_strength:
            self._curve = found
            self._show_strength()

    def _not_measured(self, question: MeasureStrength, message: str) -> None:
        if question == self._asked_strength:
            self._asked_strength = None
            self.strength.show_curve(None, "", message)

    # Showing

    @property
    def shown(self) -> Shown | None:
        """What is shown; None while nothing is."""
        if self._found is None:
            return None
        return Shown(self._found, self.choices.space)

    def open(self, one: int, other: int) -> None:
        """Show the views at two rows of the matrix of all views."""
        shown = self.shown
        if shown is not None:
            self.opened.show_pair(shown, one, other)
            # The matrix has view 1 down and view 2 across.
            row, column = (other, one) if shown.view(one) > shown.view(other) else (one, other)
            self.matrix.set_current(shown.image(row), shown.image(column))

    def _cell_chosen(self, row: int, column: int) -> None:
        if self._found is not None:
            self.open(row, column + len(self._found.index))

    def _show(self) -> None:
        shown = self.shown
        self._show_choices()
        self.matrix.setVisible(shown is not None)
        self.empty.setVisible(shown is None)
        if shown is None:
            self.empty.setText(self.tr("Choose a run on the left to see which views its encoder finds similar."))
            self.matrix_card.set_state("")
            self.opened.show_pair(None, 0, 0)
        else:
            help = self.tr("Random seed {0}, with the augmentations of the run").format(shown.pairs.seed)
            self.matrix_card.set_state(self.tr("{0} images").format(shown.images), help)
            self.opened.show_pair(shown, *self.opened.rows)
        self._show_matrix()
        self.histogram.show_pairs(shown)
        self.rows.show_pairs(shown)
        self._show_strength()

    def _show_choices(self) -> None:
        self.choices.set_state(self._folder is not None, self._found is not None, self._stale)

    def _show_matrix(self) -> None:
        shown = self.shown
        if shown is None:
            return
        by = self.choices.order
        order, groups = shown.order(by), list[tuple[int, str]]()
        if by == "class" and shown.labelled:
            names = [shown.class_of(int(image)) for image in order]
            groups = [(place, name) for place, name in enumerate(names) if place == 0 or name != names[place - 1]]
        n = shown.images
        self.matrix.set_matrix(shown.data.matrix[:n, n:], order, self._say, groups)

    def _say(self, row: int, column: int) -> str:
        shown = self.shown
        if shown is None:
            return ""
        cosine = figure(float(shown.data.matrix[row, column + shown.images]))
        if row == column:
            return self.tr("Both views of image {0} · cosine {1}").format(f"{shown.place(row):,}", cosine)
        names = [f"{shown.place(image):,} {shown.class_of(image)}".strip() for image in (row, column)]
        return self.tr("View 1 of {0} and view 2 of {1} · cosine {2}").format(*names, cosine)

    def _show_strength(self) -> None:
        space = self.choices.space
        if self._curve is not None and space in self._curve.spaces:
            self.strength.show_curve(self._curve, space)
        elif self._folder is None:
            self.strength.show_curve(None, "", self.tr("Choose a run on the left."))

    def _said(self, words: str) -> None:
        self.matrix_card.set_state(words)
        if self._found is None:
            self.empty.setText(words)

    def showEvent(self, event: QShowEvent) -> None:
        """Ask for what was chosen while nobody looked."""
        super().showEvent(event)
        if self._stale:
            self._again()
        self._want()


def _kept(folder: str | None) -> list[int]:
    return checkpoint_epochs(Path(folder)) if folder is not None else []


def make(context: PanelContext) -> PairsPanel:
    """The panel of a row of the window's table."""
    return PairsPanel(context.asker())
