"""One of the two maps, with the four combo boxes that choose what it shows: run, epoch, space and kind of map."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from PySide6.QtCore import QEvent, QObject, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent, QStandardItemModel
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from engine.embed.scale import parameters
from workbench import theme
from workbench.bridge.ask import Ask
from workbench.bridge.map_questions import MAP_TITLES, Map, MapKind, MapSnapshot
from workbench.bridge.sample_questions import FileNames
from workbench.forms.editors import Combo
from workbench.panels.versus.space_choice import (
    EMBEDDING,
    FEATURES,
    RunChoice,
    RunSpaces,
    SpaceChoice,
    nearest_choice,
    read_run_spaces,
)
from workbench.plots.scatter import ScatterPlot
from workbench.plots.swatch import dot_icon
from workbench.samples.hover import HoverCard
from workbench.samples.sample_captions import CaptionCache, Captions
from workbench.samples.stored_images import Images
from workbench.theme.palette import GAP
from workbench.theme.plain import tip
from workbench.widgets.empty_state import FIRST_STEPS, EmptyState
from workbench.widgets.room import keep_room

# Stretch factors of the four combo boxes: run, epoch, space, kind.
WIDTHS = (13, 7, 8, 6)
ROOMY = 430  # px of a side from which its choices have one line


class Side(QFrame):
    """`requested`: the choice that was made; `choice`: what of it the run has and the map shows. Signals: `chosen`: the choice
    changed; `mapChanged`: a map was loaded or removed; `mapCancelled`: the answer to this question is no longer needed.
    `is_duplicate(choice)`: whether the choice is what the other side shows already; if so, nothing is shown."""

    chosen = Signal()
    mapChanged = Signal()
    mapCancelled = Signal(object)

    def __init__(self, name: str, ask: Ask, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setAccessibleName(name)
        self._name, self._ask = name, ask
        self.images = Images(ask)
        self.captions = CaptionCache(ask)
        self.requested = self.choice = SpaceChoice()
        self.spaces = RunSpaces()
        self.is_duplicate: Callable[[SpaceChoice], bool] = lambda now: False
        self.first_steps: tuple[str, ...] = FIRST_STEPS  # the buttons that are offered while there is no run
        self.duplicate = False
        self.map: Map | None = None
        # The names of the images on the map, by row, and the samples to which they belong.
        self._names: tuple[bytes, tuple[str, ...]] = b"", ()
        self._pca: Map | None = None
        self._waiting: tuple[SpaceChoice, str] | None = None
        self._runs: tuple[RunChoice, ...] = ()
        self.plot = ScatterPlot()
        self.plot.setAccessibleName(name)
        self.run, self.epoch, self.space, self.kind = Combo(), Combo(), Combo(), Combo()
        self._build()
        self.hover_card = HoverCard(self.plot)
        self.plot.installEventFilter(self)
        theme.changed.connect(self._apply_theme)
        self._apply_theme()
        self._show_choice()
        self._update_texts()

    # Building

    def _build(self) -> None:
        names = self.tr("Run"), self.tr("Epoch"), self.tr("Space"), self.tr("Kind of map")
        self._head = QGridLayout()
        self._head.setSpacing(GAP // 2)
        self._lines = 0
        for combo, name in zip((self.run, self.epoch, self.space, self.kind), names, strict=True):
            combo.setAccessibleName(f"{self._name}: {name}")
            combo.setToolTip(name)
            combo.setMinimumContentsLength(3)
            combo.setIconSize(QSize(10, 10))
            combo.activated.connect(lambda _, combo=combo: self._picked(combo))
        for space, words in ((FEATURES, self.tr("backbone")), (EMBEDDING, self.tr("projector"))):
            self.space.addItem(words, space)
        for kind, words in MAP_TITLES.items():
            self.kind.addItem(words, kind)
        self.space.setToolTip(self.tr("The features of the backbone, or the embedding of the projector, on which the loss acts"))
        self.empty = EmptyState(*FIRST_STEPS)
        self.state = QLabel(self.plot)
        self.state.setObjectName("quiet")
        self.state.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._busy = QWidget()
        line = QHBoxLayout(self._busy)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(GAP)
        self._words, self._bar = QLabel(), QProgressBar()
        self._words.setObjectName("quiet")
        self._bar.setRange(0, 100)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(self.tr("Progress of the map"))
        self.cancel = QPushButton(self.tr("Cancel"))
        self.cancel.setObjectName("flat")
        self.cancel.setAccessibleName(self._name + ": " + self.tr("Cancel"))
        self.cancel.setToolTip(self.tr("Stay with the PCA"))
        self.cancel.clicked.connect(self._cancelled)
        line.addWidget(self._words)
        line.addWidget(self._bar, 1)
        line.addWidget(self.cancel)
        keep_room(self._busy, self.cancel)
        self._busy.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(GAP, GAP, GAP, GAP)
        column.setSpacing(GAP // 2)
        column.addLayout(self._head)
        self._arrange(1)
        column.addWidget(self._busy)
        column.addWidget(self.empty, 1)
        column.addWidget(self.plot, 1)
        self.setMinimumWidth(300)

    def _arrange(self, lines: int) -> None:
        """The choices on one line, or the run's above the others."""
        if lines == self._lines:
            return
        self._lines = lines
        widths = dict(zip((self.run, self.epoch, self.space, self.kind), WIDTHS, strict=True))
        for position, combo in enumerate(widths):
            self._head.removeWidget(combo)
            if lines == 1:
                self._head.addWidget(combo, 0, position)
            elif combo is self.run:
                self._head.addWidget(combo, 0, 0, 1, len(widths) - 1)
            else:
                self._head.addWidget(combo, 1, position - 1)
        stretches = [*widths.values()] if lines == 1 else [*widths.values()][1:]
        for position in range(len(widths)):
            self._head.setColumnStretch(position, stretches[position] if position < len(stretches) else 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Two lines of choices where one has no room for their words."""
        super().resizeEvent(event)
        self._arrange(1 if self.width() >= ROOMY else 2)

    # Choice

    def set_runs(self, runs: Sequence[RunChoice]) -> None:
        """Set the runs that can be chosen."""
        self._runs = tuple(runs)
        self._show_choice()

    def show_kinds(self, kinds: Sequence[MapKind]) -> None:
        """Enable the kinds of map that are available; the others get the reason as a tooltip."""
        model = self.kind.model()
        for one in kinds:
            index = self.kind.findData(one.kind)
            if index >= 0 and isinstance(model, QStandardItemModel):
                model.item(index).setEnabled(one.available)
                model.item(index).setToolTip(one.reason)
                model.item(index).setAccessibleDescription(one.reason)

    def choose(self, requested: SpaceChoice) -> None:
        """Show this choice, or the nearest one that the run has."""
        other_run = requested.folder != self.choice.folder
        self.requested, self.spaces = requested, read_run_spaces(requested.folder)
        choice = nearest_choice(requested, self.spaces)
        self.duplicate = choice.epoch >= 0 and self.is_duplicate(choice)
        if self.duplicate:
            choice = replace(choice, epoch=-1)
        if other_run:
            self.images.set_data(self.spaces.data or {})
            self.captions.set_data(self.spaces.data or {}, False)
            self._names = b"", ()
        if choice == self.choice and not other_run:
            self._show_choice()
            return
        if self._waiting is not None and self._waiting[1] != "pca":
            self.mapCancelled.emit(self._question(*self._waiting))
        kind_alone = replace(choice, kind=self.choice.kind) == self.choice
        self.choice, self._waiting = choice, None
        self._progressed("", None)
        if not kind_alone:
            self._pca = None
            self._clear_map()
        elif choice.kind == "pca" and self._pca is not None:
            self.map = self._pca
            self._update_texts()
            self.mapChanged.emit()
        self._show_choice()
        self.chosen.emit()

    def refresh(self) -> None:
        """Read the run's snapshots and checkpoints again, and apply the requested choice to them."""
        before = self.spaces.data
        self.choose(self.requested)
        if self.spaces.data != before:
            self.images.set_data(self.spaces.data or {})
        self._update_texts()

    @property
    def is_exact_epoch(self) -> bool:
        """Whether the shown epoch was requested by its number, and not as the first or last one or as the nearest to another."""
        return self.requested.epoch >= 0 and self.requested.epoch == self.choice.epoch

    def load(self) -> None:
        """Request the chosen map, unless it is loaded or requested already. A hidden side requests nothing."""
        choice = self.choice
        if choice.epoch < 0 or not self.isVisible() or (self.map is not None and self.map.kind == choice.kind):
            return
        if self._pca is None:
            self._request(choice, "pca")
        elif choice.kind != "pca":
            self._request(choice, choice.kind)

    # Maps

    def _request(self, choice: SpaceChoice, kind: str) -> None:
        if self._waiting == (choice, kind):
            return
        self._waiting = choice, kind
        self._progressed(kind, 0.0)
        self._update_texts()
        self._ask(
            self._question(choice, kind),
            lambda received: self._receive(choice, received),
            lambda message: self._show_failure(choice, kind, message),
            lambda share: self._progressed(kind, share) if self._waiting == (choice, kind) else None,
        )

    @staticmethod
    def _question(of: SpaceChoice, kind: str) -> MapSnapshot:
        # Halfway between local and global, the initial value of the slider in the Map panel: both panels share the cached map.
        numbers: Mapping[str, Any] = parameters(kind, 0.5)
        return MapSnapshot(of.folder, of.epoch, kind, space=of.space, **numbers)

    def _receive(self, of: SpaceChoice, received: Map) -> None:
        now = self.choice
        if replace(of, kind=now.kind) != now:
            return
        if received.kind == "pca":
            self._pca = received
        elif received.kind != now.kind:
            return
        if self._waiting is not None and self._waiting[1] == received.kind:
            self._waiting = None
            self._progressed("", None)
        self.map = received
        self._request_names(received)
        self._update_texts()
        self.mapChanged.emit()
        self.load()

    def _show_failure(self, of: SpaceChoice, kind: str, message: str) -> None:
        if self._waiting != (of, kind):
            return
        self._waiting = None
        self._progressed("", None)
        self.show_note(message.partition("\n\n")[0])

    def show_note(self, text: str) -> None:
        """Show why something cannot be done, until the next map."""
        if self.map is None:
            self.empty.setText(text)
        else:
            self.state.setText(f"{self.state.text()} · {text}")
            self.state.adjustSize()

    def _cancelled(self) -> None:
        self.choose(replace(self.requested, kind="pca"))

    def name_of(self, row: int) -> str:
        """The name in the data set of the sample at a row of the map; "" where it has none or it is not known yet."""
        return self._names[1][row] if 0 <= row < len(self._names[1]) else ""

    def _request_names(self, shown: Map) -> None:
        key, data = np.asarray(shown.index).tobytes(), self.spaces.data
        if key == self._names[0] or data is None:
            return
        self._names = key, ()

        def receive(names: tuple[str, ...]) -> None:
            if self._names[0] == key:
                self._names = key, names

        self._ask(FileNames(data, tuple(int(one) for one in shown.index)), receive, lambda _: None)

    def _clear_map(self) -> None:
        if self.map is not None:
            self.map = None
            self.mapChanged.emit()
        self._update_texts()

    # Showing

    def _picked(self, combo: Combo) -> None:
        requested = self.requested
        if combo is self.epoch and combo.currentData() is not None:
            requested = replace(requested, epoch=int(combo.currentData()))
        self.choose(
            replace(
                requested,
                folder=str(self.run.currentData() or ""),
                space=str(self.space.currentData()),
                kind=str(self.kind.currentData()),
            )
        )

    def _show_choice(self) -> None:
        now = self.choice
        with QSignalBlocker(self.run):
            self.run.clear()
            for run in self._runs:
                self.run.addItem(dot_icon(run.colour), run.title, run.folder)
            self.run.setCurrentIndex(self.run.findData(now.folder))
        self.run.setEnabled(bool(self._runs))
        self.run.setToolTip(tip(self.run.currentText() or self.tr("Run")))
        with QSignalBlocker(self.epoch):
            self.epoch.clear()
            offered = self.spaces.available(now.space)
            model = self.epoch.model()
            for index, epoch in enumerate(self.spaces.epochs):
                self.epoch.addItem(self.tr("epoch {0}").format(epoch), epoch)
                if epoch not in offered and isinstance(model, QStandardItemModel):
                    model.item(index).setEnabled(False)
                    model.item(index).setToolTip(self.tr("No checkpoint was kept of this epoch: its projector is not known"))
            self.epoch.setCurrentIndex(self.epoch.findData(now.epoch))
        self.epoch.setEnabled(len(self.spaces.epochs) > 1)
        kept = self.tr("The projector is known where a checkpoint was kept: epochs {0}. train.keep says how many a new run keeps.")
        known = ", ".join(map(str, self.spaces.projector))
        self.epoch.setToolTip(kept.format(known) if now.space == EMBEDDING else self.tr("Epoch"))
        for combo, key in ((self.space, now.space), (self.kind, now.kind)):
            combo.setCurrentIndex(combo.findData(key))
            combo.setEnabled(bool(self.spaces.epochs))

    def _progressed(self, kind: str, share: float | None) -> None:
        # A PCA takes no time, unless its space has to be computed first.
        shown = share is not None and (kind != "pca" or share > 0)
        self._busy.setVisible(shown)
        if share is None or not shown:
            return
        self.cancel.setVisible(kind != "pca")
        words = self.tr("{0} {1} %").format(MAP_TITLES.get(kind, kind), round(share * 100))
        self._words.setText(words if kind != "pca" else self.tr("Encoding… {0} %").format(round(share * 100)))
        self._bar.setValue(round(share * 100))

    def _update_texts(self) -> None:
        shown = self.map
        self.plot.setVisible(shown is not None)
        self.empty.setVisible(shown is None)
        if shown is None:
            self.hover_card.hide()
            self.empty.show_text(self._empty_words(), *(() if self.choice.folder else self.first_steps))
            return
        words = [self.tr("{0} of {1}").format(MAP_TITLES.get(shown.kind, shown.kind), f"{len(shown.xy):,}")]
        words.append(self.tr("trustworthiness {0}").format(f"{shown.trustworthiness:.2f}".removeprefix("0")))
        if shown.space_epoch != shown.epoch:
            words.append(self.tr("projector of epoch {0}").format(shown.space_epoch))
        self.state.setText(" · ".join(words))
        self.state.adjustSize()
        self.plot.setAccessibleDescription(self.state.text())
        self._place_overlays()

    def _empty_words(self) -> str:
        if not self.choice.folder:
            return self.tr("Pick a run at the left to compare two of its spaces here.")
        if self.duplicate and len(self.spaces.available(self.choice.space)) == 1:
            return self.tr(
                "This run has only one snapshot, and the left map shows it: there is nothing to compare it with. Wait for the"
                " next snapshot, or choose another run."
            )
        if self.duplicate:
            return self.tr("Both maps would show the same space. Choose another run, epoch or space.")
        if self.choice.epoch < 0:
            return self.tr("This run has no snapshot yet. The first one is written at its first validation.")
        return self.tr("Making the map…")

    def _apply_theme(self) -> None:
        # A background, because the text is drawn over points.
        self.state.setStyleSheet(f"background: {theme.current().card}; border-radius: {GAP // 2}px; padding: 0 {GAP // 2}px;")
        self.state.adjustSize()

    def _place_overlays(self) -> None:
        self.state.move(4, self.plot.height() - self.state.height() - 2)
        self.hover_card.move(self.plot.width() - self.hover_card.width() - 4, 4)

    def show_hover(self, image: np.ndarray, text: str, name: str = "", captions: Captions = ()) -> None:
        """Show the image of the sample under the mouse."""
        self.hover_card.show_image(image, text, name, captions)
        self._place_overlays()

    def show_lost(self, text: str, name: str = "") -> None:
        """Show the sample under the mouse, if its image cannot be loaded."""
        self.hover_card.show_lost(text, name)
        self._place_overlays()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the overlays in the corners of the map when it is resized."""
        if watched is self.plot and event.type() == QEvent.Type.Resize:
            self._place_overlays()
        return super().eventFilter(watched, event)
