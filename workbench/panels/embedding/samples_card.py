"""The Samples card: the selected samples, the neighbours of one sample, tags, and the commands for samples."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from workbench.bridge.ask import Ask
from workbench.bridge.data_questions import Labels
from workbench.bridge.map_questions import Map
from workbench.bridge.sample_questions import CaptionCondition, FileNames, SearchCaptions
from workbench.i18n.data_names import data_name
from workbench.panels.embedding.computed_columns import CLUSTERS, LOSSES, NUMBERS
from workbench.panels.embedding.neighbours_page import NeighboursPage
from workbench.panels.embedding.query import QueryError, Selected, Table, caption_conditions, find
from workbench.panels.embedding.rows_export import RowsExport
from workbench.panels.embedding.sample_commands import SampleCommands
from workbench.panels.embedding.selection import Selection
from workbench.panels.embedding.sort_button import SortButton
from workbench.panels.embedding.suggested_selections import SuggestedSelections
from workbench.panels.embedding.tag_page import TagPage
from workbench.panels.embedding.tagging import Tagging
from workbench.plots.scatter import ScatterPlot
from workbench.plots.thumbnails import Thumbnails
from workbench.samples.sample_captions import CaptionCache, Captions
from workbench.samples.shown_image import name_and_text
from workbench.samples.stored_images import Images
from workbench.theme.palette import GAP
from workbench.widgets.card import Card
from workbench.widgets.elided_label import ElidedLabel
from workbench.widgets.room import keep_lines, keep_room
from workbench.widgets.tabs import Tabs

TAG = "tag"
SELECTED = 0
# The largest number of classes in the line of shares.
MOST_SHARES = 40


class SamplesCard(Card):
    """Shows the selection of a plot as images, and changes it. `text_of(row)`: the text about the sample at a row of the map.

    `tagsChanged`: the tags changed; `with_tags` adds them to the labels. `namesChanged`: the names of the files are known.
    `opened(indices, position)`: open an image of a list, by their indices in the data set;
    `menuRequested(indices, position, point)`: show its menu at a point of the screen."""

    tagsChanged = Signal()
    namesChanged = Signal()
    opened = Signal(object, int)
    menuRequested = Signal(object, int, QPoint)

    def __init__(
        self,
        ask: Ask,
        images: Images,
        captions: CaptionCache,
        plot: ScatterPlot,
        text_of: Callable[[int], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("", parent=parent)
        self.set_title(self.tr("Samples"))
        self._ask, self._images, self._captions, self._plot, self._text_of = ask, images, captions, plot, text_of
        self._searching: SearchCaptions | None = None
        self._folder: str | None = None
        self._data: Mapping[str, Any] | None = None
        self._map: Map | None = None
        self._labels: Labels | None = None
        self._column = "class"
        self._files: tuple[str, ...] = ()
        self._rows: NDArray[np.intp] = np.empty(0, np.intp)
        self.selection = Selection(plot, self)
        self.selected = Thumbnails()
        self.shares = ElidedLabel()
        self.sort = SortButton()
        self.neighbours = NeighboursPage(ask, text_of, self.name_of)
        self.tagging = Tagging(self.selection.history, self)
        self.tags = TagPage(self.tagging, self.selection)
        self.suggestions = SuggestedSelections(ask, self.selection, self)
        self.export = RowsExport(ask, self.tagging, self)
        self.commands = SampleCommands(self.selection, self.suggestions)
        self.note = QLabel()
        self.tabs = Tabs()
        self._build()
        self.selection.changed.connect(self._selection_changed)
        self.sort.chosen.connect(self._show_selected)
        self.selected.hovered.connect(self._ring_selected)
        self.selected.activated.connect(lambda position: self.focus_row(int(self._rows[position])))
        self.neighbours.hovered.connect(lambda one: self._plot.hover(self._row_of(one)))
        self.neighbours.activated.connect(lambda one: self.focus_row(self._row_of(one)))
        self.neighbours.chosen.connect(lambda ids: self.selection.select(ids, self.tr("neighbours")))
        for slot, grid in (("selected", self.selected), ("neighbours", self.neighbours.images)):
            grid.wanted.connect(lambda ids, slot=slot, grid=grid: self._load_images(slot, grid, ids))
            grid.opens = True
            grid.opened.connect(lambda position, grid=grid: self.opened.emit(grid.ids, position))
            grid.menuRequested.connect(lambda position, at, grid=grid: self.menuRequested.emit(grid.ids, position, at))
        plot.hovered.connect(self._point_hovered)
        plot.clicked.connect(self.focus_row)
        self.commands.searched.connect(self.search)
        self.commands.exportRequested.connect(self.export_rows)
        self.commands.copyRequested.connect(lambda: self.export.copy(self.selection.ids))
        self.commands.featuresToggled.connect(self._with_features)
        for reporter in (self.suggestions, self.export):
            reporter.reported.connect(self.show_message)
        self.tagging.failed.connect(lambda message: self.show_message(message, True))
        self.tagging.changed.connect(self.tagsChanged)
        self._show_selected()

    # Building

    def _build(self) -> None:
        self.shares.setObjectName("quiet")
        self.selected.setAccessibleName(self.tr("Selected images"))
        self.selected.set_empty(self.tr("Draw a rectangle or a lasso on the map, or search above.\nShift adds, Alt takes away."))
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
        self.tabs.add(self.neighbours, self.tr("Neighbours"))
        self.tabs.add(self.tags, self.tr("Tags"))
        self.body.setSpacing(GAP - 2)
        self.body.addWidget(self.commands)
        self.body.addWidget(self.note)
        self.body.addWidget(self.tabs, 1)
        self.show_message("")

    def actions_of_panel(self) -> list[QAction]:
        """The actions whose shortcuts work in the whole panel."""
        return self.commands.keys

    # Run and map

    def set_run(self, folder: str | None, data: Mapping[str, Any] | None) -> None:
        """Change the run. If it has the same data, the selection stays."""
        if data != self._data:
            self.selection.forget()
            for grid in (self.selected, self.neighbours.images):
                grid.forget()
        self._folder, self._data, self._searching = folder, data, None
        self.show_message("")
        self.set_labels(None)
        self.set_map(None)
        self.tagging.set_run(folder)

    def set_map(self, shown: Map | None) -> None:
        """Set the map that the plot shows; None for none."""
        previous, self._map = self._map, shown
        if self._searching is not None and (shown is None or not np.array_equal(shown.index, self._searching.index)):
            self._searching = None
            self.show_message("")
        self.suggestions.set_map(shown)
        if previous is None or shown is None or not np.array_equal(previous.index, shown.index):
            self._ask_files()
        self.neighbours.set_map(shown)
        self._plot.mark(self._row_of(self.neighbours.focus_id))
        self.selection.set_index(shown.index if shown is not None else np.empty(0, np.int64))
        self._show_selected()

    def set_labels(self, labels: Labels | None) -> None:
        """Set the labels of the samples on the map; None if unknown."""
        self._labels = labels
        self.neighbours.set_captioned(labels is not None and labels.captioned)
        known = labels.columns.get("class") if labels is not None else None
        self.neighbours.set_label(np.asarray(known) if known is not None and len(known) == self._count else None)
        self._show_selected()

    def set_column(self, column: str) -> None:
        """Set the column that colours the map: shares of its categories are shown; by its numbers the selection can be sorted."""
        self._column = column
        self._show_selected()

    def name_of(self, row: int) -> str:
        """The name in the data set of the sample at a row of the map; "" where it has none or it is not known yet."""
        return self._files[row] if 0 <= row < len(self._files) else ""

    def focus_row(self, row: int) -> None:
        """Mark a sample with a ring and show its nearest images in the original space."""
        if self._map is not None and 0 <= row < self._count:
            self._plot.mark(row)
            self.neighbours.show_neighbours(row)
            index = int(self._map.index[row])

            def show_captions(captions: Captions) -> None:
                if self.neighbours.focus_id == index:
                    self.neighbours.show_captions(captions)

            self._captions.want(index, show_captions)
            self.tabs.bring(self.neighbours)

    def with_tags(self, labels: Labels) -> Labels:
        """The labels of the samples on the map with a column "tag" added, if the run has tags."""
        columns = {name: values for name, values in labels.columns.items() if name != TAG}
        names, kinds = dict(labels.names), dict(labels.kinds)
        if self.tagging.tags and self._map is not None:
            columns[TAG], tag_names = self.tagging.codes(self._map.index)
            names[TAG], kinds[TAG] = (*tag_names, self.tr("no tag")), "category"
        return replace(labels, columns=columns, names=names, kinds=kinds)

    # Commands

    def search(self, text: str) -> None:
        """Select the samples that match a query (see workbench.panels.embedding.query), or show its error."""
        if self._map is None:
            return
        columns = self._labels.columns if self._labels is not None else {}
        later = [name for name in (*NUMBERS, *CLUSTERS, *LOSSES) if name not in columns]
        table = Table(self._map.index, self._labels, self.tagging.tags, self._files, later)
        self._searching = None
        selected = self._find(text, table)
        wanted = caption_conditions(text)
        if selected is None:
            return
        if wanted:
            self._search_captions(text, table, wanted)
        else:
            self._select_found(selected, text)

    def _find(self, text: str, table: Table) -> Selected | None:
        """The samples that match a query; None where it shows an error."""
        try:
            return find(text, table)
        except QueryError as error:
            self.commands.set_wrong(True)
            self.show_message(str(error), True)
            return None

    def _select_found(self, selected: Selected, text: str) -> None:
        rows = np.flatnonzero(selected)
        self.selection.select_rows(rows, text)
        self.show_message("" if len(rows) else self.tr("No sample matches."), False)

    def _search_captions(self, text: str, table: Table, wanted: tuple[CaptionCondition, ...]) -> None:
        """Read the captions of the samples on the map in the background, and then select what matches the whole query."""
        question = SearchCaptions(self._data or {}, np.asarray(table.index, np.int64), wanted)
        self._searching = question
        self.show_message(self.tr("Searching captions…"))

        def receive(masks: tuple[NDArray[np.bool_], ...] | None) -> None:
            if self._searching is question:
                self._searching = None
                none = np.zeros(len(table.index), bool)
                by_condition = dict(zip(wanted, masks if masks is not None else [none] * len(wanted), strict=True))
                if (selected := self._find(text, replace(table, captions=by_condition))) is not None:
                    self._select_found(selected, text)

        def failed(message: str) -> None:
            if self._searching is question:
                self._searching = None
                self.show_message(message, True)

        def progress(share: float) -> None:
            if self._searching is question:
                self.show_message(self.tr("Searching captions… {0} %").format(round(100 * share)))

        self._ask(question, receive, failed, progress)

    def export_rows(self, every: bool) -> None:
        """Write a table of the selected samples, or of `every` sample on the map."""
        shown = self._map
        if shown is None:
            return
        rows = np.arange(self._count) if every else self._rows
        stem = f"{shown.kind}_epoch_{shown.epoch:03d}{'' if every else '_selected'}"
        path = self.export.ask_path(stem)
        if path is not None:
            self.export.write(path, shown, self._labels, rows, self._files)

    def show_message(self, text: str, wrong: bool = False) -> None:
        """Show a text in the line below the commands; `wrong`: it is an error."""
        if not wrong:
            self.commands.set_wrong(False)
        self.note.setText(text)
        self.note.setVisible(bool(text))
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

        def receive(names: tuple[str, ...]) -> None:
            if self._map is not None and np.array_equal(self._map.index, shown.index):
                self._files = names
                self.namesChanged.emit()

        self._ask(FileNames(data, tuple(int(one) for one in shown.index)), receive)

    # Images

    def _load_images(self, slot: str, grid: Thumbnails, ids: tuple[int, ...]) -> None:
        self._images.want(slot, ids, lambda images: grid.put(ids, images))

    @property
    def _count(self) -> int:
        return len(self._map.index) if self._map is not None else 0

    def _row_of(self, one: int) -> int:
        rows = self.selection.rows_of([one] if one >= 0 else [])
        return int(rows[0]) if len(rows) else -1

    def _ring_selected(self, position: int) -> None:
        self._plot.hover(int(self._rows[position]) if 0 <= position < len(self._rows) else -1)

    def _point_hovered(self, row: int) -> None:
        positions = np.flatnonzero(self._rows == row)
        self.selected.set_ring(int(positions[0]) if row >= 0 and len(positions) else -1)
        one = int(self._map.index[row]) if self._map is not None and 0 <= row < self._count else -1
        neighbours = np.flatnonzero(self.neighbours.images.ids == one)
        self.neighbours.images.set_ring(int(neighbours[0]) if one >= 0 and len(neighbours) else -1)

    # Selection

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
            self.selected.set_items(ids, lambda position: self._tooltip(int(rows[position])))
        self.commands.enable(self._map is not None, bool(len(self._rows)))
        self._update_state()
        self._update_shares()

    def _tooltip(self, row: int) -> str:
        return name_and_text(self.name_of(row), self._text_of(row))

    def _values(self) -> NDArray[np.generic] | None:
        """(n,) the numbers that colour the map; None if it is not coloured by numbers."""
        labels = self._labels
        if labels is None or labels.kinds.get(self._column) != "number":
            return None
        values = np.asarray(labels.columns.get(self._column, ()))
        return values if len(values) == self._count else None

    def _update_state(self) -> None:
        chosen, elsewhere = len(self._rows), len(self.selection.ids) - len(self._rows)
        if not chosen and not elsewhere:
            self.set_state("")
            return
        help = self.tr("{0} more are selected that are not on this map").format(f"{elsewhere:,}") if elsewhere else ""
        text = self.tr("{0} of {1} selected").format(f"{chosen:,}", f"{self._count:,}")
        self.set_state(f"{text} (+{elsewhere:,})" if elsewhere else text, help)

    def _update_shares(self) -> None:
        shares = self._composition()
        parts = [self.tr("{0}: {1} %").format(name, round(100 * share) or "<1") for name, share in shares[:MOST_SHARES]]
        self.shares.set_full_text(", ".join(parts) + (", …" if len(shares) > MOST_SHARES else ""))
        self.shares.setVisible(bool(parts))

    def _composition(self) -> list[tuple[str, float]]:
        """The shares of the selected samples by the category that colours the map, or else by class; the largest first."""
        labels = self._labels
        if labels is None or not len(self._rows):
            return []
        column = self._column if labels.kinds.get(self._column) == "category" else "class"
        codes = np.asarray(labels.columns.get(column, ()))
        if len(codes) != self._count:
            return []
        names = labels.names.get(column, ())
        values, counts = np.unique(codes[self._rows].astype(np.int64), return_counts=True)
        known = [(int(code), int(count)) for code, count in zip(values, counts, strict=True) if code >= 0]
        known.sort(key=lambda pair: -pair[1])
        return [(data_name(names[code]) if code < len(names) else str(code), count / len(self._rows)) for code, count in known]
