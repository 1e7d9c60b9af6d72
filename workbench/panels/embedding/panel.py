"""Embeddings: a walk through the space that a run learned, epoch by epoch. PCA at once, UMAP behind it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from engine.config.errors import ConfigError
from engine.runs.reader import snapshots
from workbench import theme
from workbench.bridge.ask import Ask
from workbench.bridge.questions import DataInfo, DescribeData, GetLabels, Labels, Map
from workbench.i18n.names import data_name
from workbench.panels.embedding.colouring import Colouring, colour, value_text
from workbench.panels.embedding.hover import HoverCard
from workbench.panels.embedding.images import Images
from workbench.panels.embedding.legend import LegendCard
from workbench.panels.embedding.maps import MapLoader
from workbench.panels.embedding.samples import TAG, SamplesCard
from workbench.panels.embedding.time_line import TimeLine
from workbench.panels.embedding.tools import MapTools
from workbench.plots.scatter import ScatterPlot
from workbench.theme.palette import WIDE_GAP
from workbench.widgets.card import Card

DWELL_MS = 120
SIDE = 290


class EmbeddingPanel(QWidget):
    """The map of a run's snapshots, its colours, what is selected, and who is near whom in the original space.

    `mapCancelled`: nobody waits any more for the map that is being computed (a MapSnapshot)."""

    mapCancelled = Signal(object)

    def __init__(self, ask: Ask, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Embeddings"))
        self.setWindowTitle(self.tr("Map"))
        self._ask = ask
        self._images = Images(ask)
        self._folder: str | None = None
        self._data: dict[str, Any] | None = None
        self._map: Map | None = None
        self._labels: Labels | None = None
        self._labels_of: bytes = b""
        self._colouring: Colouring | None = None
        self._column = "class"
        self._total = 0
        self._hovered = -1
        self.plot = ScatterPlot()
        self.tools = MapTools()
        self.time_line = TimeLine()
        self.maps = MapLoader(ask, self)
        self.map_card = Card(self.tr("Map"))
        self.legend = LegendCard()
        self.samples = SamplesCard(ask, self._images, self.plot, self._words)
        self._build()
        self.hover_card = HoverCard(self.plot)
        self._dwell = QTimer(self)
        self._dwell.setSingleShot(True)
        self._dwell.setInterval(DWELL_MS)
        self._dwell.timeout.connect(self._show_hover)
        self.time_line.moved.connect(self._load)
        self.tools.kindChosen.connect(self.choose_kind)
        self.tools.toolChosen.connect(self.plot.set_tool)
        self.tools.allAsked.connect(self.plot.view_all)
        self.tools.cancelAsked.connect(self.cancel_map)
        self.maps.found.connect(self._show_map)
        self.maps.failed.connect(self._said_no)
        self.maps.progressed.connect(self._progressed)
        self.maps.refused.connect(self._refused)
        self.maps.calledOff.connect(self.mapCancelled)
        self.plot.hovered.connect(self._hover_moved)
        self.samples.tagsChanged.connect(self._tags_changed)
        self.addActions(self.samples.actions_of_panel())
        self.legend.chosen.connect(self.colour_by)
        self.legend.shown.connect(self._show_codes)
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
        column.addWidget(self.samples, 1)
        row.addWidget(side)
        self.map_card.body.addWidget(self.tools)
        self._empty = QLabel()
        self._empty.setObjectName("quiet")
        self._empty.setWordWrap(True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.map_card.body.addWidget(self._empty, 1)
        self.map_card.body.addWidget(self.plot, 1)
        self.map_card.body.addWidget(self.time_line)

    # Runs and epochs

    def show_run(self, folder: str | None, data: dict[str, Any] | None) -> None:
        """The run whose space is shown; None for none. `data`: the DataConfig of the run, for images and labels."""
        self._folder, self._data = folder, data
        self._map, self._labels, self._labels_of = None, None, b""
        self._total = 0
        self.time_line.stop()
        self.maps.set_run(folder)
        self._images.set_data(data or {})
        self.plot.set_points(np.empty((0, 2)))
        self.samples.set_run(folder, data)
        self.hover_card.hide()
        self.tools.show_kind(self.maps.wish.kind)
        self.time_line.set_epochs(self._read_epochs())
        if folder is not None and data is not None:
            self._ask(DescribeData(data), lambda info: self._described(folder, info))
        self._recolour()
        self._write()
        self._load()

    def snapshot_added(self, folder: str, epoch: int) -> None:
        """A snapshot was written: where the newest one is looked at, the map goes along to it."""
        if folder != self._folder or epoch in self.time_line.epochs:
            return
        if self.time_line.add(epoch):
            self._load()
        self._write()

    @property
    def current_epoch(self) -> int | None:
        """The epoch that the slider is at."""
        return self.time_line.epoch

    def _read_epochs(self) -> list[int]:
        if self._folder is None:
            return []
        try:
            return list(snapshots(Path(self._folder)))
        except (OSError, ConfigError):
            return []

    # Maps

    def choose_kind(self, kind: str) -> None:
        """Show this kind of map: "pca", "umap"."""
        self.maps.set_wish(replace(self.maps.wish, kind=kind))
        self.tools.show_kind(kind)
        self._load()

    def cancel_map(self) -> None:
        """Wait no longer for the map that is being computed: stay with the one that is shown."""
        self.maps.cancel()
        self.tools.show_kind(self.maps.wish.kind)

    def _load(self) -> None:
        epoch = self.current_epoch
        # A hidden panel asks nothing: a training run needs the cores.
        if epoch is not None and self.isVisible():
            self.maps.look(epoch, self.time_line.epochs, self.time_line.playing)

    def _said_no(self, message: str) -> None:
        self._map = None
        self._write()
        self._empty.setText(message)

    def _progressed(self, share: float | None) -> None:
        self.tools.show_progress(self.maps.wish.kind.upper(), share)

    def _refused(self, message: str) -> None:
        self.tools.show_refusal(self.maps.wish.kind.upper(), message)

    def _show_map(self, found: Map) -> None:
        before = self._map
        self._map = found
        same = before is not None and np.array_equal(before.index, found.index)
        self._write()
        self.plot.set_points(found.xy, glide=same)
        self.samples.set_map(found)
        if not same:
            self.hover_card.hide()
            self._ask_labels(found)
            self._recolour()

    def _ask_labels(self, found: Map) -> None:
        key = np.asarray(found.index).tobytes()
        if self._data is None or key == self._labels_of:
            return
        self._labels_of, self._labels = key, None
        self.samples.set_labels(None)

        def came(labels: Labels) -> None:
            if self._labels_of == key:
                self._labels = self.samples.with_tags(labels)
                self.samples.set_labels(self._labels)
                self._fill_columns()
                self._recolour()

        self._ask(GetLabels(self._data, tuple(int(one) for one in found.index)), came)

    def _described(self, folder: str, info: DataInfo) -> None:
        if folder == self._folder:
            self._total = info.train + info.validation + info.test
            self._write()

    # Colours

    def _tags_changed(self) -> None:
        if self._labels is None or self._map is None:
            return
        self._labels = self.samples.with_tags(self._labels)
        self.samples.set_labels(self._labels)
        before = self._column
        self._fill_columns()
        if self._column != before or self._column == TAG:
            self._recolour()

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
        self.samples.set_column(self._column)
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

    def focus_row(self, row: int) -> None:
        """Ring a sample and show its nearest images in the original space."""
        self.samples.focus_row(row)

    # Words

    def _write(self) -> None:
        found = self._map
        self.plot.setVisible(found is not None)
        self._empty.setVisible(found is None)
        if found is None:
            self.map_card.set_title(self.tr("Map"))
            self.map_card.set_state("")
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

    def _empty_text(self) -> str:
        if self._folder is None:
            return self.tr("Pick a run at the left to walk through the space that it learned.")
        if not self.time_line.epochs:
            return self.tr("The first snapshot of this run's space comes with its first check on validation.")
        return self.tr("Making the map…")

    def _wear(self) -> None:
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
        self.time_line.stop()
        self._dwell.stop()

    def changeEvent(self, event: QEvent) -> None:
        """A new language: the words are written again."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._write()
