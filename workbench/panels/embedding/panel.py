"""Embeddings: a walk through the space that a run learned, epoch by epoch. PCA at once, UMAP behind it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from engine.config.errors import ConfigError
from engine.runs.reader import snapshots
from workbench import theme
from workbench.bridge.ask import Ask
from workbench.bridge.questions import DataInfo, DescribeData, FindNeighbours, GetLabels, Labels, Map, MapSnapshot, Neighbours
from workbench.i18n.names import data_name
from workbench.panels.embedding.colouring import Colouring, colour, value_text
from workbench.panels.embedding.images import Images
from workbench.panels.embedding.legend import LegendCard, tool_icon
from workbench.plots.image_grid import Cell, ImageGrid
from workbench.plots.scatter import ScatterPlot, Tool
from workbench.theme.palette import GAP, WIDE_GAP
from workbench.widgets.card import Card

DWELL_MS = 120
PLAY_MS = 900
THUMBNAILS = 60
NEIGHBOURS = 11
SIDE = 290


class HoverCard(QFrame):
    """The image under the mouse, at a fixed place, with what is known of it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.grid = ImageGrid(columns=1, least=96, most=96)
        self.grid.setFixedSize(96, 96)
        self.grid.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.words = QLabel()
        self.words.setObjectName("quiet")
        self.words.setWordWrap(True)
        self.words.setFixedWidth(96)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(4)
        column.addWidget(self.grid)
        column.addWidget(self.words)
        self.hide()

    def show_image(self, image: np.ndarray, words: str) -> None:
        """Show this one."""
        self.grid.set_cells([Cell(image, words)])
        self.words.setText(words)
        self.words.setVisible(bool(words))
        self.adjustSize()
        self.show()
        self.raise_()


class EmbeddingPanel(QWidget):
    """The map of a run's snapshots, its colours, what is selected, and who is near whom in the original space.

    `mapCancelled`: nobody waits any more for the UMAP that is being computed."""

    mapCancelled = Signal()

    def __init__(self, ask: Ask, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Embeddings"))
        self.setWindowTitle(self.tr("Map"))
        self._ask = ask
        self._images = Images(ask)
        self._folder: str | None = None
        self._data: dict[str, Any] | None = None
        self._epochs: list[int] = []
        self._maps: dict[tuple[int, str], Map] = {}
        self._map: Map | None = None
        self._labels: Labels | None = None
        self._labels_of: bytes = b""
        self._colouring: Colouring | None = None
        self._column = "class"
        self._total = 0
        self._wants_umap = True
        self._asked_umap: tuple[str, int] | None = None
        self._hovered = -1
        self.plot = ScatterPlot()
        self.map_card = Card(self.tr("Map"))
        self.legend = LegendCard()
        self.selected_card = Card(self.tr("Selected"))
        self.neighbours_card = Card(self.tr("Neighbours"))
        self.selected = ImageGrid(columns=4, least=40, most=60, gap=6)
        self.neighbours = ImageGrid(columns=4, least=40, most=60, gap=6)
        self._build()
        self.hover_card = HoverCard(self.plot)
        self._dwell = QTimer(self)
        self._dwell.setSingleShot(True)
        self._dwell.setInterval(DWELL_MS)
        self._dwell.timeout.connect(self._show_hover)
        self._player = QTimer(self)
        self._player.setInterval(PLAY_MS)
        self._player.timeout.connect(self._play_on)
        self.plot.hovered.connect(self._hover_moved)
        self.plot.clicked.connect(self.focus_row)
        self.plot.selectionChanged.connect(self._selection_changed)
        self.legend.chosen.connect(self.colour_by)
        self.legend.shown.connect(self._show_codes)
        self.selected.activated.connect(lambda place: self.focus_row(int(self.plot.selected[place])))
        self.neighbours.activated.connect(self._go_to_neighbour)
        self._near: NDArray[np.intp] = np.empty(0, np.intp)
        theme.changed.connect(self._wear)
        self._wear()
        self.show_run(None, None)

    # Building

    def _build(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(WIDE_GAP - 2)
        row.addWidget(self.map_card, 1)
        side = QWidget()
        side.setFixedWidth(SIDE)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(WIDE_GAP - 2)
        column.addWidget(self.legend)
        column.addWidget(self.selected_card, 1)
        column.addWidget(self.neighbours_card)
        row.addWidget(side)
        self.map_card.body.addLayout(self._tools())
        self._empty = QLabel()
        self._empty.setObjectName("quiet")
        self._empty.setWordWrap(True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.map_card.body.addWidget(self._empty, 1)
        self.map_card.body.addWidget(self.plot, 1)
        self.map_card.body.addLayout(self._time_line())
        self.selected.setAccessibleName(self.tr("Selected images"))
        self.selected.set_empty(self.tr("Draw a rectangle or a lasso on the map.\nShift adds, Alt takes away."))
        self.selected.hovered.connect(self._hover_selected)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self.selected)
        self.selected_card.body.addWidget(scroll, 1)
        self.neighbours.setAccessibleName(self.tr("Nearest neighbours in the original space"))
        self.neighbours.set_empty(self.tr("Click a point to see its nearest images."))
        self.neighbours.hovered.connect(self._hover_neighbour)
        self.neighbours_card.body.addWidget(self.neighbours)

    def _tools(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(GAP // 2)
        self._kinds = QButtonGroup(self)
        self._kind_buttons = {}
        for kind, words, help in (
            ("pca", "PCA", self.tr("The two directions in which the features differ most: at once, and the same every time")),
            ("umap", "UMAP", self.tr("Neighbourhoods kept as far as a plane can: takes a while")),
        ):
            button = self._button(words, help, checkable=True)
            button.setChecked(kind == "umap")
            button.clicked.connect(lambda _=False, kind=kind: self.choose_kind(kind))
            self._kinds.addButton(button)
            self._kind_buttons[kind] = button
            row.addWidget(button)
        row.addSpacing(GAP)
        self._tool_group = QButtonGroup(self)
        self._tool_buttons: dict[Tool, QPushButton] = {}
        helps: tuple[tuple[Tool, str], ...] = (
            ("pan", self.tr("Drag moves the map")),
            ("rectangle", self.tr("Drag selects a rectangle; Shift adds, Alt takes away")),
            ("lasso", self.tr("Drag selects a lasso; Shift adds, Alt takes away")),
        )
        for tool, help in helps:
            button = self._button("", help, checkable=True)
            button.setFixedWidth(32)
            button.setChecked(tool == "pan")
            button.clicked.connect(lambda _=False, tool=tool: self.plot.set_tool(tool))
            self._tool_group.addButton(button)
            self._tool_buttons[tool] = button
            row.addWidget(button)
        self._all = self._button(self.tr("Show all"), self.tr("Show the whole map (double click)"))
        self._all.setObjectName("flat")
        self._all.clicked.connect(lambda: self.plot.view_all())
        row.addWidget(self._all)
        row.addStretch(1)
        self._note = QLabel()
        self._note.setObjectName("quiet")
        self._progress = QProgressBar()
        self._progress.setRange(0, 100)
        self._progress.setFixedWidth(120)
        self._progress.setTextVisible(False)
        self._progress.setAccessibleName(self.tr("Progress of the UMAP"))
        self._cancel = self._button(self.tr("Cancel"), self.tr("Stay with the PCA"))
        self._cancel.setObjectName("flat")
        self._cancel.clicked.connect(self.cancel_umap)
        for widget in (self._note, self._progress, self._cancel):
            row.addWidget(widget)
        return row

    def _time_line(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(GAP)
        self._play = self._button("▶", self.tr("Play the epochs"))
        self._play.setFixedWidth(36)
        self._play.setCheckable(True)
        self._play.setAccessibleName(self.tr("Play the epochs"))
        self._play.toggled.connect(self._play_toggled)
        self.epoch = QSlider(Qt.Orientation.Horizontal)
        self.epoch.setAccessibleName(self.tr("Epoch of the map"))
        self.epoch.setPageStep(1)
        self.epoch.valueChanged.connect(self._epoch_moved)
        self._epoch_words = QLabel()
        self._epoch_words.setObjectName("quiet")
        self._epoch_words.setMinimumWidth(88)
        self._epoch_words.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._play)
        row.addWidget(self.epoch, 1)
        row.addWidget(self._epoch_words)
        return row

    @staticmethod
    def _button(words: str, help: str, checkable: bool = False) -> QPushButton:
        made = QPushButton(words)
        made.setCheckable(checkable)
        made.setStyleSheet("padding: 3px 8px;")
        made.setToolTip(help)
        made.setAccessibleName(words if len(words) > 1 else help)
        return made

    # Runs and epochs

    def show_run(self, folder: str | None, data: dict[str, Any] | None) -> None:
        """The run whose space is shown; None for none. `data`: the DataConfig of the run, for images and labels."""
        self._folder, self._data = folder, data
        self._maps, self._map, self._labels, self._labels_of = {}, None, None, b""
        self._total, self._asked_umap = 0, None
        self._near = np.empty(0, np.intp)
        self._play.setChecked(False)
        self._images.set_data(data or {})
        self.plot.set_selected([])
        self.plot.set_points(np.empty((0, 2)))
        self.selected.set_cells(())
        self.neighbours.set_cells(())
        self.hover_card.hide()
        self._progressed(None)
        self._epochs = self._read_epochs()
        self._fill_slider(len(self._epochs) - 1)
        if folder is not None and data is not None:
            self._ask(DescribeData(data), lambda info: self._described(folder, info))
        self._recolour()
        self._write()
        self._load()

    def snapshot_added(self, folder: str, epoch: int) -> None:
        """A snapshot was written: where the newest one is looked at, the map goes along to it."""
        if folder != self._folder or epoch in self._epochs:
            return
        at_end = not self._epochs or self.epoch.value() == len(self._epochs) - 1
        current = self._epochs[self.epoch.value()] if self._epochs else epoch
        self._epochs = sorted([*self._epochs, epoch])
        self._fill_slider(len(self._epochs) - 1 if at_end else self._epochs.index(current))
        if at_end:
            self._load()
        self._write()

    @property
    def current_epoch(self) -> int | None:
        """The epoch that the slider is at."""
        return self._epochs[self.epoch.value()] if self._epochs else None

    def _read_epochs(self) -> list[int]:
        if self._folder is None:
            return []
        try:
            return list(snapshots(Path(self._folder)))
        except (OSError, ConfigError):
            return []

    def _fill_slider(self, place: int) -> None:
        self.epoch.blockSignals(True)
        self.epoch.setRange(0, max(0, len(self._epochs) - 1))
        self.epoch.setValue(max(0, place))
        self.epoch.blockSignals(False)
        for widget in (self.epoch, self._play):
            widget.setEnabled(len(self._epochs) > 1)

    def _epoch_moved(self) -> None:
        self._write()
        self._load()

    def _play_toggled(self, on: bool) -> None:
        self._play.setText("❚❚" if on else "▶")
        if not on:
            self._player.stop()
            self._load()
            return
        if self.epoch.value() == self.epoch.maximum():
            self.epoch.setValue(0)
        self._player.start()

    def _play_on(self) -> None:
        if self.epoch.value() < self.epoch.maximum():
            self.epoch.setValue(self.epoch.value() + 1)
        else:
            self._play.setChecked(False)

    # Maps

    def choose_kind(self, kind: str) -> None:
        """Show "pca" or "umap"."""
        self._wants_umap = kind == "umap"
        self._kind_buttons[kind].setChecked(True)
        if not self._wants_umap:
            self.cancel_umap(keep=True)
        self._load()

    def cancel_umap(self, keep: bool = False) -> None:
        """Wait no longer for the UMAP that is being computed; unless `keep`, stay with PCA from now on."""
        if self._asked_umap is not None:
            self._asked_umap = None
            self.mapCancelled.emit()
        self._progressed(None)
        if not keep:
            self.choose_kind("pca")

    def _load(self) -> None:
        epoch = self.current_epoch
        # A hidden panel asks nothing: a training run needs the cores.
        if self._folder is None or epoch is None or not self.isVisible():
            return
        # While epochs play past, no map is begun that would come when its epoch is long gone, and the two kinds do not alternate.
        playing = self._play.isChecked()
        whole = all((each, "umap") in self._maps for each in self._epochs)
        umap = self._maps.get((epoch, "umap")) if self._wants_umap and (whole or not playing) else None
        pca = self._maps.get((epoch, "pca"))
        if umap is not None:
            self._show_map(umap)
        elif pca is not None:
            self._show_map(pca)
        else:
            folder = self._folder
            self._ask(
                MapSnapshot(folder, epoch, "pca"),
                lambda found: self._came(folder, found),
                lambda message: self._said_no(folder, message),
            )
        if self._wants_umap and umap is None and not playing:
            self._ask_umap(epoch)

    def _ask_umap(self, epoch: int) -> None:
        assert self._folder is not None
        folder = self._folder
        if self._asked_umap == (folder, epoch):
            return
        self._asked_umap = folder, epoch
        self._progressed(0.0)

        def progress(share: float) -> None:
            if self._asked_umap == (folder, epoch):
                self._progressed(share)

        def failed(message: str) -> None:
            if self._asked_umap == (folder, epoch):
                self._asked_umap = None
                self._progressed(None)
                self._note.setText(self.tr("no UMAP"))
                self._note.setToolTip(message)
                self._note.show()

        def came(found: Map) -> None:
            wanted = self._asked_umap == (folder, epoch)
            if wanted:
                self._asked_umap = None
                self._progressed(None)
            self._came(folder, found)

        self._ask(MapSnapshot(folder, epoch, "umap"), came, failed, progress)

    def _came(self, folder: str, found: Map) -> None:
        if folder != self._folder:
            return
        self._maps[found.epoch, found.kind] = found
        if found.epoch != self.current_epoch:
            return
        better = found.kind == "umap" and self._wants_umap
        if better or (found.epoch, "umap") not in self._maps or not self._wants_umap:
            if found.kind == "umap" and not self._wants_umap:
                return
            self._show_map(found)

    def _said_no(self, folder: str, message: str) -> None:
        if folder == self._folder:
            self._map = None
            self._write()
            self._empty.setText(message)

    def _show_map(self, found: Map) -> None:
        before = self._map
        self._map = found
        same = before is not None and np.array_equal(before.index, found.index)
        chosen = self.plot.selected if same else np.empty(0, np.intp)
        self._write()
        self.plot.set_points(found.xy, glide=same)
        if not same:
            self._near = np.empty(0, np.intp)
            self.neighbours.set_cells(())
            self.hover_card.hide()
            self._ask_labels(found)
            self._recolour()
            self.plot.set_selected(chosen)

    def _ask_labels(self, found: Map) -> None:
        key = np.asarray(found.index).tobytes()
        if self._data is None or key == self._labels_of:
            return
        self._labels_of, self._labels = key, None

        def came(labels: Labels) -> None:
            if self._labels_of == key:
                self._labels = labels
                self._fill_columns()
                self._recolour()

        self._ask(GetLabels(self._data, tuple(int(one) for one in found.index)), came)

    def _described(self, folder: str, info: DataInfo) -> None:
        if folder == self._folder:
            self._total = info.train + info.validation + info.test
            self._write()

    # Colours

    def _fill_columns(self) -> None:
        assert self._labels is not None
        names = list(self._labels.columns)
        if self._column not in names and names:
            self._column = names[0]
        self.legend.set_columns(names, [data_name(name) for name in names], self._column)

    def colour_by(self, column: str) -> None:
        """Colour by "class" or a factor of the data."""
        self._column = column
        self._recolour()

    def _recolour(self) -> None:
        if self._labels is not None and self._column in self._labels.columns:
            self._colouring = colour(self._labels, self._column)
        elif self._map is not None and self._labels_of == b"" and (self._map.label >= 0).any():
            codes = np.asarray(self._map.label)
            self._colouring = colour(Labels({"class": codes}, {}, {"class": "category"}), "class")
        else:
            self._colouring = None
        if self._labels is None:
            self.legend.set_columns([], [], "")
        if self._colouring is not None and self._map is not None and len(self._colouring.codes) == len(self._map.xy):
            self.plot.set_colours(self._colouring.codes, self._colouring.palette)
        self.legend.set_colouring(self._colouring, "°" if self._is_degrees() else "")

    def _is_degrees(self) -> bool:
        return self._colouring is not None and not self._colouring.entries and self._colouring.high == 360.0

    def _show_codes(self, shown: NDArray[np.bool_]) -> None:
        self.plot.show_codes(shown)

    # Looking at samples

    def _hover_moved(self, row: int) -> None:
        self._hovered = row
        if row < 0:
            self._dwell.stop()
            self._images.forget("hover")
            self.hover_card.hide()
        elif self.hover_card.isVisible():
            self._show_hover()
        else:
            self._dwell.start()

    def _show_hover(self) -> None:
        row = self._hovered
        if row < 0 or self._map is None:
            return
        words = self._words(row)

        def show(images: list[np.ndarray]) -> None:
            if self._hovered == row:
                self.hover_card.show_image(images[0], words)
                self._place_hover()

        self._images.want("hover", [int(self._map.index[row])], show)

    def _place_hover(self) -> None:
        self.hover_card.move(self.plot.width() - self.hover_card.width() - 4, 4)

    def _words(self, row: int) -> str:
        if self._labels is None:
            return ""
        names = dict.fromkeys(["class", self._column])
        words = [value_text(self._labels, name, row) for name in names if name in self._labels.columns]
        return " · ".join(word for word in words if word)

    def _hover_selected(self, place: int) -> None:
        rows = self.plot.selected
        self.plot.hover(int(rows[place]) if 0 <= place < len(rows) else -1)

    def _hover_neighbour(self, place: int) -> None:
        self.plot.hover(int(self._near[place]) if 0 <= place < len(self._near) else -1)

    def _go_to_neighbour(self, place: int) -> None:
        if 0 <= place < len(self._near):
            self.focus_row(int(self._near[place]))

    def focus_row(self, row: int) -> None:
        """Ring a sample and show its nearest images in the original space."""
        if self._map is None or self._folder is None:
            return
        self.plot.mark(row)
        shown, folder = self._map, self._folder

        def came(found: Neighbours) -> None:
            if self._map is None or not np.array_equal(self._map.index, shown.index):
                return
            rows = np.concatenate([[found.row], found.rows]).astype(np.intp)
            notes = ["", *(f"{value:.2f}".removeprefix("0") for value in found.cosine)]
            index = [int(one) for one in shown.index[rows]]
            self._images.want("neighbours", index, lambda images: self._near_came(rows, notes, images))

        def failed(message: str) -> None:
            self.neighbours.set_cells(())
            self.neighbours.set_empty(message)

        self._ask(FindNeighbours(folder, shown.epoch, row, NEIGHBOURS), came, failed)

    def _near_came(self, rows: NDArray[np.intp], notes: Sequence[str], images: Sequence[np.ndarray]) -> None:
        self._near = rows
        cells = []
        for place, (row, note, image) in enumerate(zip(rows, notes, images, strict=True)):
            known = self._words(int(row))
            words = self.tr("cosine {0}").format(note) if place else self.tr("the one clicked")
            cells.append(Cell(image, f"{words} · {known}" if known else words, caption=note if place else known or self.tr("this")))
        self.neighbours.set_cells(cells)
        self.neighbours.set_current(0)
        self.neighbours_card.set_state(self.tr("cosine"), self.tr("In the original space of the features, not on the map"))

    def _selection_changed(self, rows: NDArray[np.intp]) -> None:
        total = len(self.plot.xy)
        self.selected_card.set_state(self.tr("{0} of {1}").format(f"{len(rows):,}", f"{total:,}") if len(rows) else "")
        if not len(rows) or self._map is None:
            self._images.forget("selected")
            self.selected.set_cells(())
            return
        index = [int(one) for one in self._map.index[rows[:THUMBNAILS]]]
        words = [self._words(int(row)) for row in rows[:THUMBNAILS]]

        def show(images: list[np.ndarray]) -> None:
            if np.array_equal(self.plot.selected, rows):
                self.selected.set_cells([Cell(image, word) for image, word in zip(images, words, strict=True)])

        self._images.want("selected", index, show)

    # Words

    def _progressed(self, share: float | None) -> None:
        for widget in (self._note, self._progress, self._cancel):
            widget.setVisible(share is not None)
        if share is not None:
            self._note.setText(self.tr("UMAP {0} %").format(round(share * 100)))
            self._note.setToolTip("")
            self._progress.setValue(round(share * 100))

    def _write(self) -> None:
        found, epoch = self._map, self.current_epoch
        self.plot.setVisible(found is not None)
        self._empty.setVisible(found is None)
        if found is None:
            self.map_card.set_title(self.tr("Map"))
            self.map_card.set_state("")
            self.selected_card.set_state("")
            self.neighbours_card.set_state("")
            self._empty.setText(self._empty_text())
        else:
            count = f"{len(found.xy):,}"
            total = f"{max(self._total, len(found.xy)):,}"
            self.map_card.set_title(self.tr("Map · {0} of {1} of {2}").format(found.kind.upper(), count, total))
            quality = f"{found.trustworthiness:.2f}".removeprefix("0")
            self.map_card.set_state(
                self.tr("trustworthiness {0}").format(quality),
                self.tr("Share of neighbours on the map that are neighbours in the original space too; 1 is all"),
            )
        if epoch is None:
            self._epoch_words.setText("")
        else:
            self._epoch_words.setText(self.tr("epoch {0} / {1}").format(epoch, self._epochs[-1]))

    def _empty_text(self) -> str:
        if self._folder is None:
            return self.tr("Pick a run at the left to walk through the space that it learned.")
        if not self._epochs:
            return self.tr("The first snapshot of this run's space comes with its first check on validation.")
        return self.tr("Making the map…")

    def _wear(self) -> None:
        for tool, button in self._tool_buttons.items():
            button.setIcon(tool_icon(tool, theme.current().text))
        self._recolour()

    # Events of Qt

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The image under the mouse stays in its corner."""
        super().resizeEvent(event)
        self._place_hover()

    def showEvent(self, event: QShowEvent) -> None:
        """Ask for what came while nobody looked."""
        super().showEvent(event)
        self._load()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing plays for nobody."""
        super().hideEvent(event)
        self._play.setChecked(False)
        self._dwell.stop()

    def changeEvent(self, event: QEvent) -> None:
        """A new language: the words are written again."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._write()
