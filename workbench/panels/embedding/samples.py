"""The Samples card: what is selected on the map, the neighbours of one sample, and what can be done with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from workbench.bridge.ask import Ask
from workbench.bridge.data_questions import Labels
from workbench.bridge.map_questions import Map
from workbench.bridge.sample_questions import FileNames
from workbench.i18n.names import data_name
from workbench.panels.embedding.commands import SampleCommands
from workbench.panels.embedding.measures import CLUSTERS, LOSSES, NUMBERS
from workbench.panels.embedding.near import NearPage
from workbench.panels.embedding.query import QueryError, Table, find
from workbench.panels.embedding.ready import Ready
from workbench.panels.embedding.rows_export import RowsExport
from workbench.panels.embedding.selection import Selection
from workbench.panels.embedding.sorting import SortButton
from workbench.panels.embedding.tag_page import TagPage
from workbench.panels.embedding.tagging import Tagging
from workbench.plots.scatter import ScatterPlot
from workbench.plots.thumbnails import Thumbnails
from workbench.samples.stored_images import Images
from workbench.theme.palette import GAP
from workbench.theme.plain import tip
from workbench.widgets.card import Card
from workbench.widgets.room import keep_lines, keep_room
from workbench.widgets.tabs import Tabs

# Classes that the line of shares names one by one.
NAMED = 3
TAG = "tag"
SELECTED = 0
# Room for the line of shares before it was ever laid out, in pixels.
LEAST = 200


class SamplesCard(Card):
    """Follows the selection of a plot, in images and words, both ways. `words_of` says a sample by its row of the map.

    `tagsChanged`: other tags than before; `with_tags` gives the labels with them."""

    tagsChanged = Signal()

    def __init__(
        self, ask: Ask, images: Images, plot: ScatterPlot, words_of: Callable[[int], str], parent: QWidget | None = None
    ) -> None:
        super().__init__("", parent=parent)
        self.set_title(self.tr("Samples"))
        self._ask, self._images, self._plot, self._words_of = ask, images, plot, words_of
        self._folder: str | None = None
        self._data: Mapping[str, Any] | None = None
        self._map: Map | None = None
        self._labels: Labels | None = None
        self._column = "class"
        self._files: tuple[str, ...] = ()
        self._rows: NDArray[np.intp] = np.empty(0, np.intp)
        self.selection = Selection(plot, self)
        self.selected = Thumbnails()
        self.shares = QLabel()
        self.sort = SortButton()
        self.near = NearPage(ask, words_of)
        self.tagging = Tagging(self.selection.history, self)
        self.tags = TagPage(self.tagging, self.selection)
        self.ready = Ready(ask, self.selection, self)
        self.export = RowsExport(ask, self.tagging, self)
        self.commands = SampleCommands(self.selection, self.ready)
        self.note = QLabel()
        self.tabs = Tabs()
        self._build()
        self.selection.changed.connect(self._selection_changed)
        self.sort.chosen.connect(self._show_selected)
        self.selected.hovered.connect(self._ring_selected)
        self.selected.activated.connect(lambda place: self.focus_row(int(self._rows[place])))
        self.near.hovered.connect(lambda one: self._plot.hover(self._row_of(one)))
        self.near.opened.connect(lambda one: self.focus_row(self._row_of(one)))
        self.near.chosen.connect(lambda ids: self.selection.select(ids, self.tr("neighbours")))
        for slot, grid in (("selected", self.selected), ("neighbours", self.near.images)):
            grid.wanted.connect(lambda ids, slot=slot, grid=grid: self._bring(slot, grid, ids))
        plot.hovered.connect(self._point_hovered)
        plot.clicked.connect(self.focus_row)
        self.commands.searched.connect(self.search)
        self.commands.exportAsked.connect(self.export_rows)
        self.commands.copyAsked.connect(lambda: self.export.copy(self.selection.ids))
        self.commands.featuresAsked.connect(self._with_features)
        for teller in (self.ready, self.export):
            teller.said.connect(self.say)
        self.tagging.failed.connect(lambda message: self.say(message, True))
        self.tagging.changed.connect(self.tagsChanged)
        self._show_selected()

    # Building

    def _build(self) -> None:
        self.shares.setObjectName("quiet")
        # Long names must not widen the card.
        self.shares.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.selected.setAccessibleName(self.tr("Selected images"))
        self.selected.set_empty(
            self.tr("Draw a rectangle or a lasso on the map, or find by words above.\nShift adds, Alt takes away.")
        )
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP // 2)
        line = QHBoxLayout()
        line.setSpacing(GAP // 2)
        line.addWidget(self.shares, 1)
        line.addWidget(self.sort, 0, Qt.AlignmentFlag.AlignRight)
        column.addLayout(line)
        column.addWidget(self.selected, 1)
        self.note.setObjectName("quiet")
        self.note.setWordWrap(True)
        keep_room(self.note, self.shares, self.sort)
        keep_lines(self.note, 2)
        self.note.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.tabs.add(page, self.tr("Selected"))
        self.tabs.add(self.near, self.tr("Neighbours"))
        self.tabs.add(self.tags, self.tr("Tags"))
        self.body.setSpacing(GAP - 2)
        self.body.addWidget(self.commands)
        self.body.addWidget(self.note)
        self.body.addWidget(self.tabs, 1)
        self.say("")

    def actions_of_panel(self) -> list[QAction]:
        """What is to be had by a key anywhere in the panel."""
        return self.commands.keys

    # In

    def set_run(self, folder: str | None, data: Mapping[str, Any] | None) -> None:
        """Another run. On the same data the same samples stay selected."""
        if data != self._data:
            self.selection.forget()
            for grid in (self.selected, self.near.images):
                grid.forget()
        self._folder, self._data = folder, data
        self.say("")
        self.set_labels(None)
        self.set_map(None)
        self.tagging.set_run(folder)

    def set_map(self, found: Map | None) -> None:
        """Another map is in the plot; None for none."""
        before, self._map = self._map, found
        self.ready.set_map(found)
        if before is None or found is None or not np.array_equal(before.index, found.index):
            self._ask_files()
        self.near.set_map(found)
        self._plot.mark(self._row_of(self.near.focus_id))
        self.selection.set_index(found.index if found is not None else np.empty(0, np.int64))
        self._show_selected()

    def set_labels(self, labels: Labels | None) -> None:
        """What is known of the samples on the map."""
        self._labels = labels
        known = labels.columns.get("class") if labels is not None else None
        self.near.set_label(np.asarray(known) if known is not None and len(known) == self._count else None)
        self._show_selected()

    def set_column(self, column: str) -> None:
        """By what the map is coloured: of a category the selection's shares are told, by a number it can be sorted."""
        self._column = column
        self._show_selected()

    def focus_row(self, row: int) -> None:
        """Ring a sample and show its nearest images in the original space."""
        if self._map is not None and 0 <= row < self._count:
            self._plot.mark(row)
            self.near.look(row)
            self.tabs.bring(self.near)

    def with_tags(self, labels: Labels) -> Labels:
        """The labels of the samples on the map with their tags as one more column, "tag", where the run has any."""
        columns = {name: values for name, values in labels.columns.items() if name != TAG}
        names, kinds = dict(labels.names), dict(labels.kinds)
        if self.tagging.tags and self._map is not None:
            columns[TAG], worn = self.tagging.codes(self._map.index)
            names[TAG], kinds[TAG] = (*worn, self.tr("no tag")), "category"
        return Labels(columns, names, kinds)

    # What can be done

    def search(self, text: str) -> None:
        """Select the samples that a query means (workbench.panels.embedding.query), or say what is wrong with it."""
        if self._map is None:
            return
        have = self._labels.columns if self._labels is not None else {}
        later = [name for name in (*NUMBERS, *CLUSTERS, *LOSSES) if name not in have]
        table = Table(self._map.index, self._labels, self.tagging.tags, self._files, later)
        try:
            rows = np.flatnonzero(find(text, table))
        except QueryError as error:
            self.commands.set_wrong(True)
            self.say(str(error), True)
            return
        self.selection.select_rows(rows, text)
        self.say("" if len(rows) else self.tr("No sample is so."), False)

    def export_rows(self, every: bool) -> None:
        """Write the selected samples as a table, or all that are on the map."""
        shown = self._map
        if shown is None:
            return
        rows = np.arange(self._count) if every else self._rows
        stem = f"{shown.kind}_epoch_{shown.epoch:03d}{'' if every else '_selected'}"
        path = self.export.ask_path(stem)
        if path is not None:
            self.export.write(path, shown, self._labels, rows)

    def say(self, words: str, wrong: bool = False) -> None:
        """The line under the commands."""
        if not wrong:
            self.commands.set_wrong(False)
        self.note.setText(words)
        self.note.setVisible(bool(words))
        self.note.setObjectName("bad" if wrong else "quiet")
        self.note.style().unpolish(self.note)
        self.note.style().polish(self.note)

    def _with_features(self, on: bool) -> None:
        self.export.features = on

    def _ask_files(self) -> None:
        self._files = ()
        shown, data = self._map, self._data
        if shown is None or data is None:
            return

        def came(names: tuple[str, ...]) -> None:
            if self._map is not None and np.array_equal(self._map.index, shown.index):
                self._files = names

        self._ask(FileNames(data, tuple(int(one) for one in shown.index)), came)

    # Images

    def _bring(self, slot: str, grid: Thumbnails, ids: tuple[int, ...]) -> None:
        self._images.want(slot, ids, lambda images: grid.put(ids, images))

    @property
    def _count(self) -> int:
        return len(self._map.index) if self._map is not None else 0

    def _row_of(self, one: int) -> int:
        rows = self.selection.rows_of([one] if one >= 0 else [])
        return int(rows[0]) if len(rows) else -1

    def _ring_selected(self, place: int) -> None:
        self._plot.hover(int(self._rows[place]) if 0 <= place < len(self._rows) else -1)

    def _point_hovered(self, row: int) -> None:
        places = np.flatnonzero(self._rows == row)
        self.selected.set_ring(int(places[0]) if row >= 0 and len(places) else -1)
        one = int(self._map.index[row]) if self._map is not None and 0 <= row < self._count else -1
        near = np.flatnonzero(self.near.images.ids == one)
        self.near.images.set_ring(int(near[0]) if one >= 0 and len(near) else -1)

    # Words

    def _selection_changed(self) -> None:
        self._show_selected()
        if len(self._rows):
            self.tabs.go(SELECTED)

    def _show_selected(self) -> None:
        rising = self.selection.rows if self._map is not None else np.empty(0, np.intp)
        self._rows = self.sort.sorted(rising, self._values())
        ids = self.selection.index[self._rows]
        if not np.array_equal(ids, self.selected.ids):
            rows = self._rows
            self.selected.set_items(ids, lambda place: self._words_of(int(rows[place])))
        self.commands.enable(self._map is not None, bool(len(self._rows)))
        self._write_state()
        self._write_shares()

    def _values(self) -> NDArray[np.generic] | None:
        """The number of every row that colours the map; None where none does."""
        labels = self._labels
        if labels is None or labels.kinds.get(self._column) != "number":
            return None
        values = np.asarray(labels.columns.get(self._column, ()))
        return values if len(values) == self._count else None

    def _write_state(self) -> None:
        chosen, elsewhere = len(self._rows), len(self.selection.ids) - len(self._rows)
        if not chosen and not elsewhere:
            self.set_state("")
            return
        help = self.tr("{0} more are selected that are not on this map").format(f"{elsewhere:,}") if elsewhere else ""
        words = self.tr("{0} of {1} selected").format(f"{chosen:,}", f"{self._count:,}")
        self.set_state(f"{words} (+{elsewhere:,})" if elsewhere else words, help)

    def _write_shares(self) -> None:
        shares = self._composition()
        percent = [self.tr("{0}: {1} %").format(name, round(100 * share) or "<1") for name, share in shares]
        short = ", ".join(percent[:NAMED]) + (", …" if len(percent) > NAMED else "")
        room = max(self.shares.width(), LEAST)
        self.shares.setText(self.shares.fontMetrics().elidedText(short, Qt.TextElideMode.ElideRight, room))
        self.shares.setToolTip(tip(", ".join(percent[:40])))
        self.shares.setVisible(bool(percent))

    def _composition(self) -> list[tuple[str, float]]:
        """The shares of the selected samples by the category that the map shows, or by class; the largest first."""
        labels = self._labels
        if labels is None or not len(self._rows):
            return []
        column = self._column if labels.kinds.get(self._column) == "category" else "class"
        codes = np.asarray(labels.columns.get(column, ()))
        if len(codes) != self._count:
            return []
        names = labels.names.get(column, ())
        found, counts = np.unique(codes[self._rows].astype(np.int64), return_counts=True)
        known = [(int(code), int(count)) for code, count in zip(found, counts, strict=True) if code >= 0]
        known.sort(key=lambda pair: -pair[1])
        return [(data_name(names[code]) if code < len(names) else str(code), count / len(self._rows)) for code, count in known]
