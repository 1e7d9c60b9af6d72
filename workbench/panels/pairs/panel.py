"""The Pairs panel: similarities of the two views of each image in a run's features, and how they depend on the augmentation."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PySide6.QtCore import QT_TRANSLATE_NOOP, QPoint
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from engine.events import CheckpointSaved, Event
from engine.runs.reader import checkpoint_epochs, snapshots
from workbench.bridge.ask import Ask
from workbench.bridge.pair_questions import InspectPairs, MeasureStrength, Pairs, StrengthCurve
from workbench.bridge.run_data import run_data
from workbench.figures.figure_data import FigureSource
from workbench.models.runs import RunsModel
from workbench.panel import Panel, PanelContext
from workbench.panels.pairs.histogram import HistogramCard
from workbench.panels.pairs.matrix_view import MatrixView
from workbench.panels.pairs.pair_card import PairCard
from workbench.panels.pairs.pair_choices import PairChoices
from workbench.panels.pairs.pair_data import PairData, figure
from workbench.panels.pairs.pair_rows import PairRows
from workbench.panels.pairs.pairs_figure import pairs_source
from workbench.panels.pairs.strength import StrengthPage
from workbench.samples.image_actions import ImageActions
from workbench.samples.shown_image import ImageContext
from workbench.theme.palette import GAP, WIDE_GAP
from workbench.widgets.card import Card
from workbench.widgets.empty_state import FIRST_STEPS, EmptyState
from workbench.widgets.figure_button import FigureButton
from workbench.widgets.scrolled_column import ScrolledColumn
from workbench.widgets.split import Split
from workbench.widgets.tabs import Tabs

# Widths of the two columns in pixels, and the least width of the left one.
SIZES = 390, 620
LEAST = 310
IMAGES = 128


class PairsPanel(Panel):
    """Requests the pairs of the chosen run when the panel is visible, and shows them. A hidden panel requests nothing."""

    SHORTCUTS = ((QT_TRANSLATE_NOOP("Window", "Matrix: move from pair to pair"), QT_TRANSLATE_NOOP("Window", "Arrows, Home")),)

    def __init__(
        self,
        ask: Ask,
        parent: QWidget | None = None,
        *,
        images_ask: Ask | None = None,
        runs: RunsModel | None = None,
    ) -> None:
        super().__init__(parent)
        self._runs = runs
        self.setAccessibleName(self.tr("Pairs"))
        self.setWindowTitle(self.tr("Pairs"))
        self._ask = ask
        self._folder: str | None = None
        self._question: InspectPairs | None = None
        self._strength_question: MeasureStrength | None = None
        self._pairs: Pairs | None = None
        self._curve: StrengthCurve | None = None
        self._stale = False
        self.matrix, self.histogram, self.pair_card = MatrixView(), HistogramCard(), PairCard()
        self.rows, self.strength, self.tabs = PairRows(), StrengthPage(), Tabs()
        self.matrix_card, self.choices = Card(self.tr("Similarity")), PairChoices()
        self.actions_of_image = ImageActions(images_ask or ask, self)
        self._build()
        self.choices.batchChanged.connect(self._request_pairs)
        self.choices.viewChanged.connect(self._show)
        self.choices.viewChanged.connect(self._update_context)
        self.choices.reloadRequested.connect(self._reload)
        self.matrix.chosen.connect(self._cell_chosen)
        self.rows.pairChosen.connect(self.open)
        self.strength.operationChosen.connect(self._request_strength)
        self.tabs.currentChanged.connect(self._request_strength)
        for images in (self.pair_card, self.rows):
            images.opened.connect(self.actions_of_image.open_samples)
            images.menuRequested.connect(self._show_menu)
        self.actions_of_image.failed.connect(self.matrix_card.set_state)
        self.show_run(None)

    # Building

    def _build(self) -> None:
        self.empty = EmptyState(*FIRST_STEPS)
        self.figure_button = FigureButton()
        self.figure_button.clicked.connect(lambda: self.figureRequested.emit(""))
        self.matrix_card.corner.addWidget(self.choices.others)
        self.matrix_card.corner.addWidget(self.figure_button)
        self.matrix_card.body.addWidget(self.choices)
        self.matrix_card.body.addWidget(self.empty, 1)
        self.matrix_card.body.addWidget(self.matrix, 1)
        self.tabs.add(self.rows, self.tr("Hardest pairs"))
        self.tabs.add(self.strength, self.tr("Strength against similarity"))
        below = QFrame()
        below.setObjectName("card")
        box = QVBoxLayout(below)
        box.setContentsMargins(WIDE_GAP, GAP // 2, WIDE_GAP, WIDE_GAP)
        box.addWidget(self.tabs)
        left, right = QWidget(), QWidget()
        left.setMinimumWidth(LEAST)
        for side, parts in ((left, ((self.matrix_card, 1), (self.histogram, 0))), (right, ((self.pair_card, 0), (below, 1)))):
            column = QVBoxLayout(side)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(WIDE_GAP - 2)
            for part, stretch in parts:
                column.addWidget(part, stretch)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        # In a low window each column is scrolled: the matrix stays beside the pair that is chosen in it.
        row.addWidget(Split("pairs", (ScrolledColumn(left), ScrolledColumn(right)), SIZES))

    # Run

    def show_run(self, folder: str | None) -> None:
        """Show the pairs of this run; None for no run."""
        self._folder, self._pairs, self._curve = folder, None, None
        self._question, self._strength_question, self._stale = None, None, False
        self.choices.set_epochs(_kept_epochs(folder))
        self._update_context()
        self._show()
        self._request_pairs()

    def take_events(self, folder: str, events: Sequence[Event]) -> None:
        """Mark the shown pairs as outdated when the run writes a checkpoint."""
        if folder == self._folder and any(isinstance(event, CheckpointSaved) for event in events):
            self.checkpoint_saved(folder)

    def checkpoint_saved(self, folder: str) -> None:
        """A run wrote a checkpoint: pairs of its newest checkpoint are outdated; if there are none yet, request them."""
        if folder != self._folder:
            return
        self.choices.set_epochs(_kept_epochs(folder), keep=True)
        if self._pairs is None:
            self._request_pairs()
        elif self.choices.epoch is None:
            self._stale = True
            self._show_choices()

    # Questions

    def _reload(self) -> None:
        self._question, self._strength_question, self._curve = None, None, None
        self._request_pairs()

    def _request_pairs(self) -> None:
        # A hidden panel leaves the processor cores to training.
        if self._folder is None or not self.isVisible():
            return
        choices = self.choices
        question = InspectPairs(self._folder, choices.split, IMAGES, choices.seed, choices.epoch)
        if question != self._question:
            self._question, self._stale = question, False
            self._show_choices()
            self._show_progress(self.tr("Encoding…"))
            self._ask(
                question,
                lambda pairs: self._receive_pairs(question, pairs),
                lambda message: self._show_failure(question, message),
                lambda share: self._show_progress(self.tr("Encoding… {0} %").format(round(share * 100))),
            )
        self._request_strength()

    def _request_strength(self) -> None:
        if self._folder is None or not self.strength.isVisible():
            return
        choices = self.choices
        question = MeasureStrength(self._folder, self.strength.operation, choices.split, seed=choices.seed, epoch=choices.epoch)
        if question == self._strength_question:
            return
        self._strength_question, self._curve = question, None
        self.strength.show_curve(None, "", self.tr("Measuring…"))
        self._ask(
            question,
            lambda curve: self._receive_strength(question, curve),
            lambda message: self._show_strength_failure(question, message),
            lambda share: self.strength.state.setText(self.tr("Measuring… {0} %").format(round(share * 100))),
        )

    def _receive_pairs(self, question: InspectPairs, pairs: Pairs) -> None:
        if question != self._question:
            return
        self._pairs = pairs
        self.pair_card.set_temperature(pairs.temperature)
        self.choices.set_spaces(list(pairs.spaces))
        self._update_context()
        self.pair_card.show_pair(None, 0, 0)
        self._show()
        data = pairs.spaces[self.choices.space]
        hardest = int(np.argmin(data.positive))
        self.open(hardest, hardest + len(pairs.index))

    def _show_failure(self, question: InspectPairs, message: str) -> None:
        if question == self._question:
            self._question, self._pairs = None, None
            self._show()
            self.empty.setText(message)

    def _receive_strength(self, question: MeasureStrength, curve: StrengthCurve) -> None:
        if question == self._strength_question:
            self._curve = curve
            self._show_strength()

    def _show_strength_failure(self, question: MeasureStrength, message: str) -> None:
        if question == self._strength_question:
            self._strength_question = None
            self.strength.show_curve(None, "", message)

    # Showing

    @property
    def shown(self) -> PairData | None:
        """The pairs that are shown; None if there are none."""
        if self._pairs is None:
            return None
        return PairData(self._pairs, self.choices.space)

    def open(self, one: int, other: int) -> None:
        """Show the views at two rows of the matrix of all views."""
        shown = self.shown
        if shown is not None:
            self.pair_card.show_pair(shown, one, other)
            # The matrix has view 1 down and view 2 across.
            row, column = (other, one) if shown.view(one) > shown.view(other) else (one, other)
            self.matrix.set_current(shown.image(row), shown.image(column))

    def _update_context(self) -> None:
        """Tell the commands for images which run and which images are shown."""
        folder, pairs = self._folder, self._pairs
        data = run_data(folder) if folder is not None else None
        if folder is None or data is None:
            self.actions_of_image.set_context(ImageContext())
            return
        known = snapshots(Path(folder))
        wanted = self.choices.epoch if self.choices.epoch is not None else max(known, default=0)
        epoch = min(known, key=lambda one: (abs(one - wanted), -one), default=None)
        names = dict(zip(pairs.index.tolist(), pairs.names, strict=True)) if pairs is not None and pairs.names else {}
        context = ImageContext(folder, data, epoch, self.choices.space, name_of=lambda index: names.get(index, ""))
        self.actions_of_image.set_context(context)

    def _show_menu(self, indices: Sequence[int], position: int, at: QPoint) -> None:
        image = self.actions_of_image.context.image(int(indices[position]))
        self.actions_of_image.show_menu(image, at, lambda: self.actions_of_image.open_samples(indices, position))

    def _cell_chosen(self, row: int, column: int) -> None:
        if self._pairs is not None:
            self.open(row, column + len(self._pairs.index))

    def _show(self) -> None:
        shown = self.shown
        self._show_choices()
        for widget in (self.matrix, self.figure_button):
            widget.setVisible(shown is not None)
        self.empty.setVisible(shown is None)
        if shown is None:
            text = self.tr("Pick a run at the left to see how similar two views are in its features.")
            self.empty.show_text(text, *(FIRST_STEPS if self._folder is None else ()))
            self.matrix_card.set_state("")
            self.pair_card.show_pair(None, 0, 0)
        else:
            help = self.tr("Drawn with seed {0} and the run's own augmentation").format(shown.pairs.seed)
            self.matrix_card.set_state(self.tr("{0} images").format(shown.images), help)
            self.pair_card.show_pair(shown, *self.pair_card.rows)
        self._show_matrix()
        self.histogram.show_pairs(shown)
        self.rows.show_pairs(shown)
        self._show_strength()

    def _show_choices(self) -> None:
        self.choices.set_state(self._folder is not None, self._pairs is not None, self._stale)

    def _show_matrix(self) -> None:
        shown = self.shown
        if shown is None:
            return
        order, groups = shown.grouped(self.choices.order)
        n = shown.images
        self.matrix.set_matrix(shown.data.matrix[:n, n:], order, self._cell_text, groups)

    def figure_source(self, part: str = "") -> FigureSource | None:
        """The pairs as they are shown: matrix, histograms, and the cosine over the strength of an operation."""
        shown = self.shown
        if shown is None:
            return None
        order, groups = shown.grouped(self.choices.order)
        row = self._runs.row(self._folder or "") if self._runs is not None else None
        title = row.title if row is not None else Path(self._folder or "").name
        strength = self.strength.to_print()
        return pairs_source(shown, order, groups, strength, title, self.strength.isVisible())

    def _cell_text(self, row: int, column: int) -> str:
        shown = self.shown
        if shown is None:
            return ""
        cosine = figure(float(shown.data.matrix[row, column + shown.images]))
        if row == column:
            return self.tr("Both views of image {0} · cosine {1}").format(f"{shown.index(row):,}", cosine)
        names = [f"{shown.index(image):,} {shown.class_of(image)}".strip() for image in (row, column)]
        return self.tr("View 1 of {0} and view 2 of {1} · cosine {2}").format(*names, cosine)

    def _show_strength(self) -> None:
        space = self.choices.space
        if self._curve is not None and space in self._curve.spaces:
            self.strength.show_curve(self._curve, space)
        elif self._folder is None:
            self.strength.show_curve(None, "", self.tr("Pick a run at the left."))

    def _show_progress(self, words: str) -> None:
        self.matrix_card.set_state(words)
        if self._pairs is None:
            self.empty.setText(words)

    def showEvent(self, event: QShowEvent) -> None:
        """Request what was chosen while the panel was hidden."""
        super().showEvent(event)
        if self._stale:
            self._reload()
        self._request_pairs()


def _kept_epochs(folder: str | None) -> list[int]:
    return checkpoint_epochs(Path(folder)) if folder is not None else []


def make(context: PanelContext) -> PairsPanel:
    """The panel of a row of the window's table."""
    return PairsPanel(context.asker(), images_ask=context.asker("/images"), runs=context.runs)
