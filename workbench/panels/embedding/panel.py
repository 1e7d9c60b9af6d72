"""The Embeddings panel: maps of a run's embedding space, epoch by epoch. PCA is shown at once, and then the chosen kind of map."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QT_TRANSLATE_NOOP, QEvent, QPoint, QTimer, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QMenu, QVBoxLayout, QWidget

from engine.config.errors import ConfigError
from engine.data.dataset import NO_YES
from engine.data.image_files import may_hold_images
from engine.events import EmbeddingDone, Event, RunStarted
from engine.runs.reader import snapshots
from workbench import theme
from workbench.bridge.ask import Ask
from workbench.bridge.data_questions import DataInfo, DescribeData, GetLabels, Labels
from workbench.bridge.map_questions import MAP_TITLES, Map
from workbench.bridge.run_data import run_data
from workbench.figures.figure_data import FigureSource
from workbench.i18n.data_names import data_name
from workbench.models.runs import RunsModel
from workbench.panel import Panel, PanelContext
from workbench.panels.embedding.computed_columns import CLUSTERS, LOSSES, ComputedColumns
from workbench.panels.embedding.embedding_figure import ShownMap, map_source
from workbench.panels.embedding.map_card import MapCard
from workbench.panels.embedding.map_legend import LegendCard
from workbench.panels.embedding.placed_card import PlacedCard
from workbench.panels.embedding.samples_card import TAG, SamplesCard
from workbench.panels.embedding.tagging import last_is_quiet
from workbench.plots.point_map import placed_number, placed_row
from workbench.samples.changes import change_lines
from workbench.samples.colouring import Colouring, colour, labels_text, value_text, without_unused
from workbench.samples.hover import HoverCard
from workbench.samples.image_actions import ImageActions, More
from workbench.samples.sample_captions import CaptionCache, Captions
from workbench.samples.shown_image import ImageContext, file_name
from workbench.samples.stored_images import Images
from workbench.theme.palette import WIDE_GAP
from workbench.widgets.scrolled_column import ScrolledColumn
from workbench.widgets.split import Split

DWELL_MS = 120
SIZES = 720, 290  # px of the map and of the cards at its right
# Below this height in pixels the card of placed images is lower.
LOW = 720


class EmbeddingPanel(Panel):
    """A map of a run's snapshots with its colours, the selected samples, and nearest neighbours in the original space.

    `mapCancelled`: the answer to this question is no longer needed. `images_ask`: asks for single images; by default as the others,
    which replace each other."""

    mapCancelled = Signal(object)

    SHORTCUTS = (
        (QT_TRANSLATE_NOOP("Window", "Map: move, zoom, show all"), QT_TRANSLATE_NOOP("Window", "Arrows, + −, Home")),
        (QT_TRANSLATE_NOOP("Window", "Map: the point in the middle; the marked point large"), QT_TRANSLATE_NOOP("Window", "Enter")),
        (QT_TRANSLATE_NOOP("Window", "Image: larger, smaller, all, its own size"), QT_TRANSLATE_NOOP("Window", "+ −, 0, 1")),
        (QT_TRANSLATE_NOOP("Window", "Map: the next point, select it"), QT_TRANSLATE_NOOP("Window", "Alt+Arrows, Space")),
        (QT_TRANSLATE_NOOP("Window", "Map: draw a rectangle, select in it"), QT_TRANSLATE_NOOP("Window", "Shift+Arrows, Enter")),
        (QT_TRANSLATE_NOOP("Window", "Map: select all in view, or nothing"), QT_TRANSLATE_NOOP("Window", "Ctrl+A, Esc")),
        (QT_TRANSLATE_NOOP("Window", "Map: trails"), "T"),
        (QT_TRANSLATE_NOOP("Window", "Samples: find, invert the selection"), "/, Ctrl+I"),
        (QT_TRANSLATE_NOOP("Window", "Samples: undo, redo selection and tags"), "Ctrl+Z, Ctrl+Shift+Z"),
        (QT_TRANSLATE_NOOP("Window", "Legend: hide a class, show it alone"), QT_TRANSLATE_NOOP("Window", "Space, Ctrl+Space")),
    )

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
        self.setAccessibleName(self.tr("Embeddings"))
        self.setWindowTitle(self.tr("Map"))
        self._ask = ask
        self._images = Images(ask)
        self._captions = CaptionCache(ask)
        self._folder: str | None = None
        self._data: dict[str, Any] | None = None
        self._map: Map | None = None
        self._labels: Labels | None = None
        self._labels_key: bytes = b""
        self._colouring: Colouring | None = None
        self._column = "class"
        # The column and the number of clusters of the last colouring.
        self._coloured: tuple[str, int] = "", 0
        self._hovered = -1
        # The row on the map by the index in the data set.
        self._rows: dict[int, int] = {}
        self._info: DataInfo | None = None
        self.map_card = MapCard(ask)
        self.plot, self.tools, self.time_line = self.map_card.plot, self.map_card.tools, self.map_card.time_line
        self.legend = LegendCard()
        self.computed = ComputedColumns(ask)
        # How the images on disk differ from those that the run was trained with.
        self.changed_note = QLabel()
        self.changed_note.setObjectName("bad")
        self.changed_note.setWordWrap(True)
        self.changed_note.hide()
        # Below the choice of a column.
        self.legend.body.insertWidget(1, self.computed)
        self.samples = SamplesCard(ask, self._images, self._captions, self.plot, self._text)
        self.actions_of_image = ImageActions(images_ask or ask, self)
        self.placed = PlacedCard(ask)
        self.plot.takes_file = may_hold_images
        self._build()
        self.hover_card = HoverCard(self.plot)
        self._dwell = QTimer(self)
        self._dwell.setSingleShot(True)
        self._dwell.setInterval(DWELL_MS)
        self._dwell.timeout.connect(self._show_hover)
        self.map_card.mapShown.connect(self._show_map)
        self.map_card.mapRemoved.connect(self._map_removed)
        self.map_card.cancelled.connect(self.mapCancelled)
        self.map_card.partChanged.connect(self._part_changed)
        self.map_card.figureRequested.connect(lambda: self.figureRequested.emit(""))
        self.computed.changed.connect(self._columns_computed)
        for source in (self.computed, self.samples.suggestions):
            source.cancelled.connect(self.mapCancelled)
        self.computed.progressed.connect(self.tools.show_colour)
        self.tools.colourCancelRequested.connect(self.computed.cancel)
        self.plot.hovered.connect(self._hover_moved)
        self.plot.opened.connect(self._open_row)
        self.plot.menuRequested.connect(self._show_map_menu)
        self.plot.filesDropped.connect(self.placed.add)
        self.placed.changed.connect(self._show_placed)
        self.placed.hovered.connect(lambda number: self.plot.hover(placed_row(number) if number >= 0 else -1))
        self.placed.opened.connect(self._open_placed)
        self.placed.menuRequested.connect(self._show_placed_menu)
        self.placed.cancelled.connect(self.mapCancelled)
        self.map_card.grown.connect(self.computed.clear)
        self.samples.opened.connect(self.actions_of_image.open_samples)
        self.samples.menuRequested.connect(self._show_samples_menu)
        self.samples.namesChanged.connect(self._update_context)
        self.actions_of_image.chosen.connect(lambda index: self.focus_row(self._row_of(index)))
        self.actions_of_image.failed.connect(lambda message: self.samples.show_message(message, True))
        self.samples.tagsChanged.connect(self._tags_changed)
        self.addActions(self.samples.actions_of_panel())
        self.legend.chosen.connect(self.colour_by)
        self.legend.shown.connect(self._show_codes)
        theme.changed.connect(self._recolour)
        self._recolour()
        self.show_run(None)

    # Building

    def _build(self) -> None:
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(WIDE_GAP - 2)
        column.addWidget(self.changed_note)
        column.addWidget(self.legend)
        column.addWidget(self.placed)
        column.addWidget(self.samples, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        # In a low window the cards are scrolled, and the map stays whole.
        row.addWidget(Split("map", (self.map_card, ScrolledColumn(side)), SIZES))

    # Runs and epochs

    def show_run(self, folder: str | None, data: dict[str, Any] | None = None) -> None:
        """Show the maps of this run; None for no run. `data`: the DataConfig of the run, for images and labels; by default that of
        the run's config."""
        if folder is not None and data is None:
            data = run_data(folder)
        self._folder, self._data = folder, data
        self._map, self._labels, self._labels_key = None, None, b""
        self._images.set_data(data or {})
        self._captions.set_data(data or {}, False)
        self.computed.clear()
        self.placed.set_map(None, self.map_card.settings.options)
        self.placed.clear()
        self.map_card.show_run(folder, self._read_epochs())
        self.samples.set_run(folder, data)
        self._update_context()
        self.hover_card.hide()
        self._info = None
        self._show_changes()
        if folder is not None and data is not None:
            self._ask(DescribeData(data), lambda info: self._data_described(folder, info))
        self._recolour()
        self.map_card.load()

    def take_events(self, folder: str, events: Sequence[Event]) -> None:
        """Show the shown run's new snapshots as they are written."""
        if folder != self._folder:
            return
        for event in events:
            if isinstance(event, RunStarted):
                self.show_run(folder)  # the config on disk is complete only now
            elif isinstance(event, EmbeddingDone):
                self.snapshot_added(folder, event.epoch)

    def snapshot_added(self, folder: str, epoch: int) -> None:
        """A run wrote a snapshot: if the newest epoch is shown, move to the new one."""
        if folder == self._folder:
            self.map_card.snapshot_added(epoch)

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
        """Show this kind of map: "pca", "umap", "tsne", "pacmap"."""
        self.map_card.choose_kind(kind)

    def cancel_map(self) -> None:
        """Cancel the map that is being computed, and keep the one that is shown."""
        self.map_card.cancel()

    def _show_map(self, shown: Map, same: bool) -> None:
        self._map = shown
        self.samples.set_map(shown)
        self.computed.set_map(shown)
        # While epochs play, images would be placed anew at each.
        self.placed.set_map(None if self.time_line.playing else shown, self.map_card.loader.options)
        self._update_context()
        if not same:
            self.hover_card.hide()
            self._ask_labels(shown)
            self._recolour()

    def _map_removed(self) -> None:
        self._map = None
        self.placed.set_map(None, self.map_card.settings.options)
        self._update_context()

    def _part_changed(self, part: NDArray[np.int64], alone: bool) -> None:
        # On a map of the selected samples alone nothing is selected; back on the full map they are selected again.
        self.samples.selection.select([] if alone else part, self.tr("part mapped alone"))

    def _ask_labels(self, shown: Map) -> None:
        key = np.asarray(shown.index).tobytes()
        if key == self._labels_key:
            return
        self._labels_key, self._labels = key, None
        self.samples.set_labels(None)

        def receive(labels: Labels) -> None:
            if self._labels_key == key:
                self._captions.set_data(self._data or {}, labels.captioned)
                self._labels = self._with_columns(labels)
                self.samples.set_labels(self._labels)
                self._fill_columns()
                self._recolour()

        def use_stored_classes(message: str) -> None:
            # The snapshot stores the classes without names: use them if the data set is missing.
            if self._labels_key == key:
                receive(Labels({"class": np.asarray(shown.label, np.int64)}, {}, {"class": "category"}))
                self.samples.show_message(self.tr("No images and no names of classes: {0}").format(message), True)

        if self._data is None:
            use_stored_classes(self.tr("the run's config cannot be read"))
        else:
            self._ask(GetLabels(self._data, tuple(int(one) for one in shown.index)), receive, use_stored_classes)

    def _data_described(self, folder: str, info: DataInfo) -> None:
        if folder == self._folder:
            self.map_card.set_total(info.train + info.validation + info.test)
            self._info = info
            self._show_changes()

    def _show_changes(self) -> None:
        """Show how the images on disk differ from those that the run was trained with."""
        lines = change_lines(self._info) if self._info is not None else []
        self.changed_note.setText("\n".join(lines))
        self.changed_note.setVisible(bool(lines))

    # Colours

    def _tags_changed(self) -> None:
        if self._labels is None or self._map is None:
            return
        self._labels = self._with_columns(self._labels)
        self.samples.set_labels(self._labels)
        before = self._column
        self._fill_columns()
        if self._column != before or self._column == TAG:
            self._recolour()

    def _with_columns(self, labels: Labels) -> Labels:
        assert self._map is not None
        return self.samples.with_tags(self.computed.with_columns(labels, self._map.index))

    def _columns_computed(self) -> None:
        if self._labels is None or self._map is None:
            return
        self._labels = self._with_columns(self._labels)
        self.samples.set_labels(self._labels)
        self._fill_columns()
        self._recolour()

    def _fill_columns(self) -> None:
        assert self._labels is not None
        computed = self.computed.titles()
        names = [name for name in self._labels.columns if name not in computed]
        titles = {name: data_name(name) for name in names} | computed
        if self._column not in titles and names:
            self._column = names[0]
        self.legend.set_columns(list(titles), list(titles.values()), self._column, self.computed.reasons)

    def colour_by(self, column: str) -> None:
        """Colour the map by this column: "class", a factor of the data, or a computed column."""
        self._column = column
        self.computed.choose(column)
        self._recolour()

    def _recolour(self) -> None:
        self.samples.set_column(self._column)
        if self._labels is not None and self._column in self._labels.columns:
            colouring = colour(self._labels, self._column)
            if self._column in CLUSTERS:
                colouring = without_unused(colouring)
            self._colouring = last_is_quiet(colouring) if self._column == TAG else colouring
        elif self._map is not None and self._labels_key == b"" and (self._map.label >= 0).any():
            codes = np.asarray(self._map.label)
            self._colouring = colour(Labels({"class": codes}, {}, {"class": "category"}), "class")
        else:
            self._colouring = None
        if self._labels is None:
            self.legend.set_columns([], [], "")
        if self._colouring is not None and self._map is not None and len(self._colouring.codes) == len(self._map.xy):
            self.plot.set_colours(self._colouring.codes, self._colouring.palette)
        elif self._map is not None and self._labels is not None:
            # The colours are being computed: do not leave those of another column.
            self.plot.set_colours(np.full(len(self._map.xy), -1), (theme.current().quiet,))
        # Hidden clusters stay hidden at the next epoch, but not if the number of clusters changes.
        before, self._coloured = self._coloured, (self._column, self.computed.number.value())
        keep = self._column in CLUSTERS and before == self._coloured
        chance = self.computed.chance if self._column == "loss" else None
        self.legend.set_colouring(self._colouring, "°" if self._is_degrees() else "", keep, chance)

    def _is_degrees(self) -> bool:
        return self._colouring is not None and not self._colouring.entries and self._colouring.high == 360.0

    def _show_codes(self, shown: NDArray[np.bool_]) -> None:
        self.plot.show_codes(shown)

    def figure_source(self, part: str = "") -> FigureSource | None:
        """The map as it is shown."""
        shown, plot = self._map, self.plot
        if shown is None or not len(plot.xy):
            return None
        row = self._runs.row(self._folder or "") if self._runs is not None else None
        run = row.title if row is not None else Path(self._folder or "").name
        title = " · ".join((run, MAP_TITLES.get(shown.kind, shown.kind), self.tr("epoch {0}").format(shown.epoch)))
        colouring = self._colouring
        if colouring is not None and len(colouring.codes) != len(plot.xy):
            colouring = None
        codes = np.full(len(plot.xy), -1) if colouring is None else colouring.codes
        unit = "°" if self._is_degrees() else ""
        column = self.legend.column.currentText()
        return map_source(ShownMap(title, shown, plot.xy, codes, plot.alive, colouring, column, unit, plot.camera()))

    # Samples

    def _hover_moved(self, row: int) -> None:
        self._hovered = row
        if row == -1:
            self._dwell.stop()
            self._images.forget("hover")
            self.hover_card.hide()
        elif self.hover_card.isVisible():
            self._show_hover()
        else:
            self._dwell.start()

    def _show_hover(self) -> None:
        row = self._hovered
        if row < -1:
            self._show_placed_hover(placed_number(row))
            return
        if row < 0 or self._map is None:
            return
        index, text, name = int(self._map.index[row]), self._text(row), file_name(self.samples.name_of(row))

        def show(images: list[np.ndarray], captions: Captions) -> None:
            if self._hovered == row:
                self.hover_card.show_image(images[0], text, name, captions)
                self._place_hover()
                self._images.want_clip(index, play)

        def play(clip: np.ndarray) -> None:
            if self._hovered == row:
                self.hover_card.show_clip(clip)

        def show_missing() -> None:
            if self._hovered == row:
                self.hover_card.show_lost(text, name)
                self._place_hover()

        def receive_captions(captions: Captions) -> None:
            if self._hovered == row:
                self._images.want("hover", [index], lambda images: show(images, captions), show_missing)

        self._captions.want(index, receive_captions)

    def _show_placed_hover(self, number: int) -> None:
        placed = self.placed.shown
        if placed is not None and number < len(placed.paths):
            self.hover_card.show_image(placed.pixels[number], self.placed.text_of(number), file_name(placed.paths[number]))
            self._place_hover()

    def _place_hover(self) -> None:
        self.hover_card.move(self.plot.width() - self.hover_card.width() - 4, 4)

    def _text(self, row: int) -> str:
        if self._labels is None:
            return ""
        names = dict.fromkeys(["class", self._column, *LOSSES])
        # "yes" alone says nothing: the labels that the sample has are listed by name.
        known = [name for name in names if name in self._labels.columns and self._labels.names.get(name) != NO_YES]
        texts = [labels_text(self._labels, row)]
        texts += [self.computed.labelled_value(name, value_text(self._labels, name, row)) for name in known]
        return " · ".join(text for text in texts if text)

    def focus_row(self, row: int) -> None:
        """Mark a sample with a ring and show its nearest images in the original space."""
        self.samples.focus_row(row)

    # Single images

    def _row_of(self, index: int) -> int:
        return self._rows.get(index, -1)

    def _update_context(self) -> None:
        """Tell the commands for images which run and which map is shown."""
        data, folder = self._data or {}, self._folder or ""
        self._rows = {int(index): row for row, index in enumerate(self._map.index.tolist())} if self._map is not None else {}
        if self._map is None:
            self.actions_of_image.set_context(ImageContext(folder, data))
            return
        context = ImageContext.of_map(
            self._map,
            data,
            about=lambda index: self._text(row) if (row := self._row_of(index)) >= 0 else "",
            name_of=lambda index: self.samples.name_of(self._row_of(index)),
            facts=self._facts,
        )
        self.actions_of_image.set_context(context)

    def _facts(self, index: int) -> list[tuple[str, str]]:
        tags = ", ".join(name for name, ids in self.samples.tagging.tags.items() if index in ids)
        return [(self.tr("tags"), tags)] if tags else []

    def _open_row(self, row: int) -> None:
        """Open the image of a point; the viewer goes through the selection if the point is in it, or else through the map."""
        if row < -1:
            self._open_placed(placed_number(row))
        elif self._map is not None and 0 <= row < len(self._map.index):
            selected = self.plot.selected
            rows = selected if row in selected else np.arange(len(self._map.index))
            self.actions_of_image.open_samples(self._map.index[rows], int(np.flatnonzero(rows == row)[0]))

    def _show_samples_menu(self, indices: NDArray[np.int64], position: int, at: QPoint) -> None:
        image = self.actions_of_image.context.image(int(indices[position]))
        self.actions_of_image.show_menu(image, at, lambda: self.actions_of_image.open_samples(indices, position))

    def _show_map_menu(self, row: int, at: QPoint) -> None:
        placing: More = (
            (self.tr("Place images on the map…"), self._ask_files),
            (self.tr("Place the images of a folder…"), self._ask_folder),
        )
        if row < -1:
            self._show_placed_menu(placed_number(row), at)
        elif row >= 0 and self._map is not None:
            image = self.actions_of_image.context.image(int(self._map.index[row]))
            more: More = (
                ("", lambda: None),
                (self.tr("Its neighbours"), lambda: self.focus_row(row)),
                ("", lambda: None),
                *placing,
            )
            self.actions_of_image.show_menu(image, at, lambda: self._open_row(row), more)
        elif self._map is not None:
            menu = QMenu(self)
            for text, slot in placing:
                menu.addAction(text, slot)
            menu.aboutToHide.connect(menu.deleteLater)
            menu.popup(at)

    # Placed images

    def _show_placed(self) -> None:
        placed = self.placed.shown
        self.plot.set_placed(placed.xy if placed is not None else np.empty((0, 2)))

    def _open_placed(self, number: int) -> None:
        placed = self.placed.placed
        if placed is not None:
            images = [self.placed.image(one) for one in range(len(placed.paths))]
            self.actions_of_image.open(images, number)

    def _show_placed_menu(self, number: int, at: QPoint) -> None:
        if self.placed.placed is not None:
            more: More = (("", lambda: None), (self.tr("Remove from the map"), lambda: self.placed.remove(number)))
            self.actions_of_image.show_menu(self.placed.image(number), at, lambda: self._open_placed(number), more)

    def _ask_files(self) -> None:
        paths, _ = QFileDialog.getOpenFileNames(self, self.tr("Place images on the map"))
        if paths:
            self.placed.add(paths)

    def _ask_folder(self) -> None:
        path = QFileDialog.getExistingDirectory(self, self.tr("Place the images of a folder"))
        if path:
            self.placed.add([path])

    # Events of Qt

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the image of the sample under the mouse in its corner."""
        super().resizeEvent(event)
        self._place_hover()
        self.placed.set_rows(1 if self.height() < LOW else 2)

    def showEvent(self, event: QShowEvent) -> None:
        """Request the map that was chosen while the panel was hidden."""
        super().showEvent(event)
        self.map_card.load()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop playing the epochs."""
        super().hideEvent(event)
        self.time_line.stop()
        self._dwell.stop()

    def changeEvent(self, event: QEvent) -> None:
        """Update the texts in a new language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.map_card.update_texts()
            self._show_changes()


def make(context: PanelContext) -> EmbeddingPanel:
    """The panel of a row of the window's table."""
    panel = EmbeddingPanel(context.asker(), images_ask=context.asker("/images"), runs=context.runs)
    panel.mapCancelled.connect(lambda question: context.cancel(question))
    return panel
