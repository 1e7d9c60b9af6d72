"""One of the two maps: what it shows, chosen at its head, and the map of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from PySide6.QtCore import QEvent, QObject, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from engine.embed.scale import parameters
from workbench import theme
from workbench.bridge.ask import Ask
from workbench.bridge.map_questions import MAP_TITLES, Map, MapKind, MapSnapshot
from workbench.forms.editors import Combo
from workbench.panels.versus.choice import EMBEDDING, FEATURES, Chosen, RunChoice, RunSpaces, fitted, spaces_of
from workbench.plots.scatter import ScatterPlot
from workbench.plots.swatch import dot_icon
from workbench.samples.hover import HoverCard
from workbench.samples.stored_images import Images
from workbench.theme.palette import GAP
from workbench.theme.plain import tip
from workbench.widgets.room import keep_room

# Shares of the width of the four choosers: run, epoch, space, kind.
WIDTHS = (11, 6, 7, 6)


class Side(QFrame):
    """`wanted` is what was asked for, `choice` what of it is shown. `chosen`: another space or kind is to be shown. `came`: its map
    is there, or gone. `mapCancelled`: nobody waits any more for the answer to this question. `doubles`: says of a choice whether it
    would show what the other side shows, which nobody asked for; then nothing is shown."""

    chosen = Signal()
    came = Signal()
    mapCancelled = Signal(object)

    def __init__(self, name: str, ask: Ask, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setAccessibleName(name)
        self._name, self._ask = name, ask
        self.images = Images(ask)
        self.wanted = self.choice = Chosen()
        self.spaces = RunSpaces()
        self.doubles: Callable[[Chosen], bool] = lambda now: False
        self.doubled = False
        self.map: Map | None = None
        self._pca: Map | None = None
        self._waiting: tuple[Chosen, str] | None = None
        self._runs: tuple[RunChoice, ...] = ()
        self.plot = ScatterPlot()
        self.plot.setAccessibleName(name)
        self.run, self.epoch, self.space, self.kind = Combo(), Combo(), Combo(), Combo()
        self._build()
        self.hover_card = HoverCard(self.plot)
        self.plot.installEventFilter(self)
        theme.changed.connect(self._wear)
        self._wear()
        self._show_choice()
        self._write()

    # Building

    def _build(self) -> None:
        names = self.tr("Run"), self.tr("Epoch"), self.tr("Space"), self.tr("Kind of map")
        head = QHBoxLayout()
        head.setSpacing(GAP // 2)
        for combo, name, width in zip((self.run, self.epoch, self.space, self.kind), names, WIDTHS, strict=True):
            combo.setAccessibleName(f"{self._name}: {name}")
            combo.setToolTip(name)
            combo.setMinimumContentsLength(3)
            combo.setIconSize(QSize(10, 10))
            combo.activated.connect(lambda _, combo=combo: self._picked(combo))
            head.addWidget(combo, width)
        for space, words in ((FEATURES, self.tr("backbone")), (EMBEDDING, self.tr("projector"))):
            self.space.addItem(words, space)
        for kind, words in MAP_TITLES.items():
            self.kind.addItem(words, kind)
        self.space.setToolTip(self.tr("The features of the backbone, or the embedding of the projector, on which the loss acts"))
        self.empty = QLabel()
        self.empty.setObjectName("quiet")
        self.empty.setWordWrap(True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
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
        column.addLayout(head)
        column.addWidget(self._busy)
        column.addWidget(self.empty, 1)
        column.addWidget(self.plot, 1)
        self.setMinimumWidth(300)

    # In

    def set_runs(self, runs: Sequence[RunChoice]) -> None:
        """The runs that can be chosen."""
        self._runs = tuple(runs)
        self._show_choice()

    def show_kinds(self, kinds: Sequence[MapKind]) -> None:
        """Which kinds of map can be had, and why the others cannot."""
        model = self.kind.model()
        for one in kinds:
            place = self.kind.findData(one.kind)
            if place >= 0 and isinstance(model, QStandardItemModel):
                model.item(place).setEnabled(one.available)
                model.item(place).setToolTip(one.reason)
                model.item(place).setAccessibleDescription(one.reason)

    def choose(self, wanted: Chosen) -> None:
        """Show this, or what the run has that is nearest to it."""
        other = wanted.folder != self.choice.folder
        self.wanted, self.spaces = wanted, spaces_of(wanted.folder)
        now = fitted(wanted, self.spaces)
        self.doubled = now.epoch >= 0 and self.doubles(now)
        if self.doubled:
            now = replace(now, epoch=-1)
        if other:
            self.images.set_data(self.spaces.data or {})
        if now == self.choice and not other:
            self._show_choice()
            return
        if self._waiting is not None and self._waiting[1] != "pca":
            self.mapCancelled.emit(self._question(*self._waiting))
        kind_alone = replace(now, kind=self.choice.kind) == self.choice
        self.choice, self._waiting = now, None
        self._progressed("", None)
        if not kind_alone:
            self._pca = None
            self._forget()
        elif now.kind == "pca" and self._pca is not None:
            self.map = self._pca
            self._write()
            self.came.emit()
        self._show_choice()
        self.chosen.emit()

    def look_again(self) -> None:
        """The run may have more snapshots or checkpoints now, or the other side shows something else."""
        before = self.spaces.data
        self.choose(self.wanted)
        if self.spaces.data != before:
            self.images.set_data(self.spaces.data or {})
        self._write()

    @property
    def literal(self) -> bool:
        """Whether the epoch that is shown is the very one that was asked for, not the first or last or the nearest to it."""
        return self.wanted.epoch >= 0 and self.wanted.epoch == self.choice.epoch

    def load(self) -> None:
        """Ask for the map that was chosen, unless it is there or on its way."""
        now = self.choice
        if now.epoch < 0 or not self.isVisible() or (self.map is not None and self.map.kind == now.kind):
            return
        if self._pca is None:
            self._request(now, "pca")
        elif now.kind != "pca":
            self._request(now, now.kind)

    # Maps

    def _request(self, now: Chosen, kind: str) -> None:
        if self._waiting == (now, kind):
            return
        self._waiting = now, kind
        self._progressed(kind, 0.0)
        self._write()
        self._ask(
            self._question(now, kind),
            lambda found: self._came(now, found),
            lambda message: self._refused(now, kind, message),
            lambda share: self._progressed(kind, share) if self._waiting == (now, kind) else None,
        )

    @staticmethod
    def _question(of: Chosen, kind: str) -> MapSnapshot:
        # The middle between local and global, as the Map's slider begins: one and the same map is kept for both.
        numbers: Mapping[str, Any] = parameters(kind, 0.5)
        return MapSnapshot(of.folder, of.epoch, kind, space=of.space, **numbers)

    def _came(self, of: Chosen, found: Map) -> None:
        now = self.choice
        if replace(of, kind=now.kind) != now:
            return
        if found.kind == "pca":
            self._pca = found
        elif found.kind != now.kind:
            return
        if self._waiting is not None and self._waiting[1] == found.kind:
            self._waiting = None
            self._progressed("", None)
        self.map = found
        self._write()
        self.came.emit()
        self.load()

    def _refused(self, of: Chosen, kind: str, message: str) -> None:
        if self._waiting != (of, kind):
            return
        self._waiting = None
        self._progressed("", None)
        words = message.partition("\n\n")[0]
        if self.map is None:
            self.empty.setText(words)
        else:
            self.state.setText(f"{self.state.text()} · {words}")
            self.state.adjustSize()

    def _cancelled(self) -> None:
        self.choose(replace(self.wanted, kind="pca"))

    def _forget(self) -> None:
        if self.map is not None:
            self.map = None
            self.came.emit()
        self._write()

    # Showing

    def _picked(self, combo: Combo) -> None:
        wanted = self.wanted
        if combo is self.epoch and combo.currentData() is not None:
            wanted = replace(wanted, epoch=int(combo.currentData()))
        self.choose(
            replace(
                wanted,
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
            offered = self.spaces.offered(now.space)
            model = self.epoch.model()
            for place, epoch in enumerate(self.spaces.epochs):
                self.epoch.addItem(self.tr("epoch {0}").format(epoch), epoch)
                if epoch not in offered and isinstance(model, QStandardItemModel):
                    model.item(place).setEnabled(False)
                    model.item(place).setToolTip(self.tr("No checkpoint was kept of this epoch: its projector is not known"))
            self.epoch.setCurrentIndex(self.epoch.findData(now.epoch))
        self.epoch.setEnabled(len(self.spaces.epochs) > 1)
        kept = self.tr("The projector is known where a checkpoint was kept: epochs {0}. train.keep says how many a new run keeps.")
        known = ", ".join(map(str, self.spaces.projector))
        self.epoch.setToolTip(kept.format(known) if now.space == EMBEDDING else self.tr("Epoch"))
        for combo, key in ((self.space, now.space), (self.kind, now.kind)):
            combo.setCurrentIndex(combo.findData(key))
            combo.setEnabled(bool(self.spaces.epochs))

    def _progressed(self, kind: str, share: float | None) -> None:
        # A PCA is there at once; where its space has to be computed first, that is worth words.
        shown = share is not None and (kind != "pca" or share > 0)
        self._busy.setVisible(shown)
        if share is None or not shown:
            return
        self.cancel.setVisible(kind != "pca")
        words = self.tr("{0} {1} %").format(MAP_TITLES.get(kind, kind), round(share * 100))
        self._words.setText(words if kind != "pca" else self.tr("Encoding… {0} %").format(round(share * 100)))
        self._bar.setValue(round(share * 100))

    def _write(self) -> None:
        found = self.map
        self.plot.setVisible(found is not None)
        self.empty.setVisible(found is None)
        if found is None:
            self.hover_card.hide()
            self.empty.setText(self._empty_words())
            return
        words = [self.tr("{0} of {1}").format(MAP_TITLES.get(found.kind, found.kind), f"{len(found.xy):,}")]
        words.append(self.tr("trustworthiness {0}").format(f"{found.trustworthiness:.2f}".removeprefix("0")))
        if found.space_epoch != found.epoch:
            words.append(self.tr("projector of epoch {0}").format(found.space_epoch))
        self.state.setText(" · ".join(words))
        self.state.adjustSize()
        self.plot.setAccessibleDescription(self.state.text())
        self._place()

    def _empty_words(self) -> str:
        if not self.choice.folder:
            return self.tr("Pick a run at the left: two of its spaces stand here side by side.")
        if self.doubled and len(self.spaces.offered(self.choice.space)) == 1:
            return self.tr(
                "This run has only one snapshot, and the left map shows it: there is nothing to compare it with. Wait for its next"
                " check on validation, or choose another run."
            )
        if self.doubled:
            return self.tr("Both maps would show the same space. Choose another run, epoch or space.")
        if self.choice.epoch < 0:
            return self.tr("This run has no snapshot yet. The first comes with its first check on validation.")
        return self.tr("Making the map…")

    def _wear(self) -> None:
        # The words lie over points.
        self.state.setStyleSheet(f"background: {theme.current().card}; border-radius: {GAP // 2}px; padding: 0 {GAP // 2}px;")
        self.state.adjustSize()

    def _place(self) -> None:
        self.state.move(4, self.plot.height() - self.state.height() - 2)
        self.hover_card.move(self.plot.width() - self.hover_card.width() - 4, 4)

    def show_hover(self, image: np.ndarray, words: str) -> None:
        """The image under the mouse."""
        self.hover_card.show_image(image, words)
        self._place()

    def show_lost(self, words: str) -> None:
        """The sample under the mouse, whose image cannot be had."""
        self.hover_card.show_lost(words)
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """What lies over the map stays in its corners."""
        if watched is self.plot and event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)
