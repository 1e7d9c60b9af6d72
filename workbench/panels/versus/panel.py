"""The Side by side panel compares two spaces: of two runs, of two epochs, or of the backbone and the projector."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from engine.events import CheckpointSaved, EmbeddingDone, Event
from workbench import theme
from workbench.bridge.ask import Ask
from workbench.bridge.map_questions import MapKind, MapKinds
from workbench.bridge.run_data import same_data
from workbench.bridge.versus_questions import Compared, CompareSpaces, LayMap, SpaceAt
from workbench.figures.figure_data import FigureSource
from workbench.models.runs import RunsModel
from workbench.panel import Panel, PanelContext
from workbench.panels.versus.agreement_card import AgreementCard
from workbench.panels.versus.comparison_bar import ComparisonBar
from workbench.panels.versus.legend_line import LegendLine
from workbench.panels.versus.linked_hover import LinkedHover
from workbench.panels.versus.map_colouring import MapColouring
from workbench.panels.versus.map_images import MapImages
from workbench.panels.versus.map_link import FEWEST, LEFT, RIGHT, Link, Rows, link
from workbench.panels.versus.map_side import Side
from workbench.panels.versus.selected_card import MOVED, SelectedCard
from workbench.panels.versus.space_choice import (
    EMBEDDING,
    FEATURES,
    FIRST,
    LAST,
    LAST_KNOWN,
    RunChoice,
    SpaceChoice,
    read_run_spaces,
)
from workbench.panels.versus.versus_figure import ShownSide, side_title, versus_source
from workbench.theme.palette import WIDE_GAP

SOON_MS = 50
AGREEMENT_WIDTH = 320


class VersusPanel(Panel):
    """Two maps whose samples, cameras and colours are linked. The panel and each side have an Ask of their own, because a question
    replaces an earlier one of the same kind; `images_asks`: for single images, by default those of the sides. A hidden panel asks
    nothing. `mapCancelled(side, question)`: the answer to this question is no longer needed."""

    mapCancelled = Signal(int, object)

    def __init__(
        self,
        ask: Ask,
        asks: tuple[Ask, Ask],
        runs: RunsModel,
        parent: QWidget | None = None,
        *,
        images_asks: tuple[Ask, Ask] | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Side by side"))
        self.setWindowTitle(self.tr("Side by side"))
        self._ask, self._runs = ask, runs
        self._choices: tuple[RunChoice, ...] = ()
        self._known: set[str] = set()
        self._folder = ""
        self._listed = self._kinds_requested = False
        self._link: Link | None = None
        self._compared: Compared | None = None
        self._question: CompareSpaces | None = None
        self._status = ""
        self._version = 0
        self._aligned = False
        self._setting = self._choosing = False
        self._selected: tuple[int, NDArray[np.int64]] = LEFT, np.empty(0, np.int64)
        self._thumbnail_data: Mapping[str, Any] | None = None
        self.bar, self.legend, self.agreement = ComparisonBar(), LegendLine(), AgreementCard()
        self.sides = (Side(self.tr("Left map"), asks[LEFT]), Side(self.tr("Right map"), asks[RIGHT]))
        self.sides[RIGHT].first_steps = ()  # one side is enough
        self.selected_card = SelectedCard()
        self.thumbnails = self.selected_card.thumbnails
        self.colouring = MapColouring(self.sides, asks, self.legend, self)
        self.linked_hover = LinkedHover(self.sides, self.colouring, self)
        self.images = MapImages(self.sides, images_asks or asks, self.colouring, self)
        self._list_soon = QTimer(self)
        self._build()
        self._wire()
        self.show_run(None)
        self._show_link()
        self._show_thumbnails()

    @property
    def left(self) -> Side:
        """The left map."""
        return self.sides[LEFT]

    @property
    def right(self) -> Side:
        """The right map."""
        return self.sides[RIGHT]

    # Building

    def _build(self) -> None:
        maps = QHBoxLayout()
        maps.setSpacing(WIDE_GAP - 2)
        for side in self.sides:
            maps.addWidget(side, 1)
        self.agreement.setFixedWidth(AGREEMENT_WIDTH)
        below = QHBoxLayout()
        below.setSpacing(WIDE_GAP - 2)
        below.addWidget(self.agreement)
        below.addWidget(self.selected_card, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.bar)
        column.addLayout(maps, 1)
        column.addWidget(self.legend)
        column.addLayout(below)
        for card in (self.agreement, self.selected_card):
            card.setFixedHeight(132)

    def _wire(self) -> None:
        for side_index, side in enumerate(self.sides):
            side.chosen.connect(lambda side_index=side_index: self._choice_changed(side_index))
            side.mapChanged.connect(lambda: self._maps_changed())
            side.mapCancelled.connect(lambda question, side_index=side_index: self.mapCancelled.emit(side_index, question))
            side.plot.selectionChanged.connect(lambda rows, side_index=side_index: self._selection_drawn(side_index, rows))
            side.plot.cameraMoved.connect(lambda rect, side_index=side_index: self._camera_moved(side_index, rect))
        self.right.is_duplicate = self._is_duplicate
        self.bar.epochsRequested.connect(self.first_and_last)
        self.bar.spacesRequested.connect(self.backbone_and_projector)
        self.bar.runRequested.connect(self.this_run_and)
        self.bar.toolChosen.connect(self._set_tool)
        self.bar.linkToggled.connect(lambda on: self._fit_cameras() if on else None)
        self.bar.figureRequested.connect(lambda: self.figureRequested.emit(""))
        self.colouring.labelsLoaded.connect(self._show_thumbnails)
        self.selected_card.movedRequested.connect(self.select_moved)
        self.selected_card.clearRequested.connect(lambda: self.select(LEFT, np.empty(0, np.int64)))
        self.thumbnails.wanted.connect(self._request_images)
        self.thumbnails.hovered.connect(lambda position: self.linked_hover.point(self._rows_of(position)))
        self.thumbnails.activated.connect(lambda position: self.linked_hover.mark(self._rows_of(position)))
        self.linked_hover.pointed.connect(self._ring)
        self.images.connect_thumbnails(self.thumbnails, lambda: self._selected[0])
        self.images.chosen.connect(lambda side, index: self.linked_hover.mark(self.linked_hover.rows_of(side, index)))
        self._runs.rowAdded.connect(self._list_again)
        self._runs.rowRemoved.connect(self._list_again)
        theme.changed.connect(self._list_again)
        self._list_soon.setSingleShot(True)
        self._list_soon.setInterval(SOON_MS)
        self._list_soon.timeout.connect(self._list_runs)

    # Runs

    def show_run(self, folder: str | None) -> None:
        """Show this run in the left map, and in the right map too if both showed the same run; None for no run. The choice of
        epochs (the first and the last, say) stays. If the right map shows this run already, it gets the left map's former run."""
        left, right = self.left.requested, self.right.requested
        together = right.folder in ("", left.folder)
        fresh = not self._folder
        self._folder = folder or ""
        self._list_runs()
        if not self._folder:
            self._choose(replace(left, folder=""), replace(right, folder=""))
        elif fresh:
            self.first_and_last()
        else:
            beside = self._folder if together else left.folder if right.folder == self._folder else right.folder
            self._choose(replace(left, folder=self._folder), replace(right, folder=beside))
        self._show_bar()

    def take_events(self, folder: str, events: Sequence[Event]) -> None:
        """Offer the new snapshots and checkpoints of every run."""
        if any(isinstance(event, (CheckpointSaved, EmbeddingDone)) for event in events):
            self.snapshot_added(folder)

    def snapshot_added(self, folder: str) -> None:
        """A run wrote a snapshot or a checkpoint. A map of a given epoch stays; a map of the last epoch moves to the new one; the
        first snapshot of a run is shown."""
        for side in self.sides:
            if side.requested.folder == folder:
                side.refresh()
        if folder not in self._known:
            self._list_again()
        self._show_bar()

    def _list_again(self, _: str = "") -> None:
        self._listed = False
        if self.isVisible():
            self._list_soon.start()

    def _list_runs(self) -> None:
        # There may be thousands of runs: a hidden panel does not read their folders.
        if not self.isVisible():
            self._listed = False
            return
        self._listed = True
        choices = []
        for row in self._runs.rows():
            if row.folder and row.folder not in self._known and read_run_spaces(row.folder).epochs:
                self._known.add(row.folder)
            if row.folder and (row.folder in self._known or row.folder == self._folder):
                choices.append(RunChoice(row.folder, row.title or row.folder, self._runs.colour(row.key)))
        folders = {row.folder for row in self._runs.rows()}
        for side in self.sides:
            side.set_runs(choices)
            if side.choice.folder not in ("", self._folder, *folders):
                side.choose(replace(side.requested, folder=""))
        self._choices = tuple(choices)
        self._show_bar()

    def _show_bar(self) -> None:
        spaces, now = self.left.spaces, self.left.choice
        self.bar.set_state(bool(spaces.epochs), bool(spaces.projector))
        left, right = self.left.requested, self.right.requested
        self.bar.set_mode(
            epochs=left.epoch == FIRST and right == replace(left, epoch=LAST, kind=right.kind),
            spaces=(left.space, right.space) == (FEATURES, EMBEDDING)
            and left.epoch == LAST_KNOWN
            and right == replace(left, space=EMBEDDING, kind=right.kind),
        )
        self.bar.set_runs(self._choices, now.folder)

    # Common comparisons

    def first_and_last(self) -> None:
        """Compare the left run's first and last epoch, in the space that the left map shows."""
        now = replace(self.left.requested, folder=self.left.requested.folder or self._folder)
        self._choose(replace(now, epoch=FIRST), replace(now, epoch=LAST))

    def backbone_and_projector(self) -> None:
        """Compare the left run's two spaces at the last epoch for which both are stored."""
        now = replace(self.left.requested, epoch=LAST_KNOWN)
        self._choose(replace(now, space=FEATURES), replace(now, space=EMBEDDING))

    def this_run_and(self, folder: str) -> None:
        """Compare the last epochs of the left run and of the run in this folder."""
        now = replace(self.left.requested, epoch=LAST)
        self._choose(now, replace(now, folder=folder))

    def _choose(self, left: SpaceChoice, right: SpaceChoice) -> None:
        self._choosing, before = True, self._version
        self.left.choose(left)
        self.right.choose(right)
        self.right.refresh()
        self._choosing = False
        if self._version != before:
            self._maps_changed()
        self._show_bar()

    def _is_duplicate(self, choice: SpaceChoice) -> bool:
        """Whether the right map would show the same as the left one without being set to this epoch by its number."""
        left = self.left
        exact = left.is_exact_epoch or self.right.requested.epoch == choice.epoch
        return not exact and replace(choice, kind=left.choice.kind) == left.choice

    def _choice_changed(self, side_index: int) -> None:
        of, ids = self._selected
        if side_index == of and len(ids) and not same_data(self._thumbnail_data, self.sides[side_index].spaces.data):
            # The same indices are other images of the new data set.
            self.select(side_index, ids[:0])
        if side_index == LEFT and not self._choosing:
            self.right.refresh()
        self._load(self.sides[side_index])
        self._show_bar()

    def _load(self, *sides: Side) -> None:
        if not self._kinds_requested and self.isVisible() and any(side.choice.folder for side in sides):
            self._kinds_requested = True
            self._ask(MapKinds(), self._show_kinds)
        for side in sides:
            side.load()

    def _show_kinds(self, kinds: Sequence[MapKind]) -> None:
        for side in self.sides:
            side.show_kinds(kinds)

    # Maps

    def _maps_changed(self) -> None:
        """A map was loaded or removed: link, align and compare the two again."""
        self._version += 1
        if self._choosing:
            return  # only one of the two has changed so far
        left, right = self.left.map, self.right.map
        self._link = None
        if left is not None and right is not None:
            self._link = link(left.index, right.index, same_data(self.left.spaces.data, self.right.spaces.data))
        self.linked_hover.link = self._link
        self._aligned = False
        self._show_points(LEFT, None if left is None else left.xy)
        if right is None or left is None or self._link is None or len(self._link.index) < FEWEST:
            self._show_points(RIGHT, None if right is None else right.xy)
        else:
            version, rows = self._version, self._link.rows
            question = LayMap(right.xy, rows[RIGHT], left.xy[rows[LEFT]])
            self._ask(question, lambda xy: self._align(version, xy), lambda _: self._align(version, None))
        self._show_link()
        self.colouring.update()
        self.images.update()
        self._request_comparison()

    def _align(self, version: int, xy: NDArray[np.float32] | None) -> None:
        if version != self._version or self.right.map is None:
            return
        self._aligned = xy is not None
        self._show_points(RIGHT, self.right.map.xy if xy is None else xy)
        self._show_link()
        self._fit_cameras()

    def _show_points(self, side_index: int, xy: NDArray[np.float32] | None) -> None:
        side = self.sides[side_index]
        side.plot.mark(-1)
        side.plot.context = "" if side.map is None else self.tr("epoch {0}").format(side.map.epoch)
        side.plot.set_points(np.empty((0, 2)) if xy is None else xy)
        self.colouring.apply_colours(side_index)
        self._show_selected(side_index)

    @property
    def together(self) -> bool:
        """Whether moving one map moves the other too."""
        return self._linkable() == "" and self.bar.link.isChecked()

    def _linkable(self) -> str:
        left, right = self.left.map, self.right.map
        if left is None or right is None:
            return self.tr("There are not two maps yet")
        if left.kind != right.kind:
            return self.tr("The maps are of different kinds: positions on one mean nothing on the other")
        if not self._aligned:
            return self.tr("The maps have too few samples in common to align the right one with the left one")
        return ""

    def _fit_cameras(self) -> None:
        """Set both cameras to show all points of both maps."""
        if self.together:
            points = np.concatenate([side.plot.xy for side in self.sides])
            low, high = points.min(0), points.max(0)
            low, high = low - (high - low) * 0.04, high + (high - low) * 0.04
            for side in self.sides:
                side.plot.set_camera(QRectF(low[0], low[1], high[0] - low[0], high[1] - low[1]))

    def _camera_moved(self, side_index: int, rect: QRectF) -> None:
        if self.together:
            self.sides[1 - side_index].plot.set_camera(rect)

    def _set_tool(self, tool: str) -> None:
        for side in self.sides:
            side.plot.set_tool(tool)  # type: ignore[arg-type]

    def figure_source(self, part: str = "") -> FigureSource | None:
        """Both maps as they are shown; None while there are not two."""
        shown = []
        for side_index, side in enumerate(self.sides):
            if side.map is None or len(side.plot.xy) != len(side.map.xy):
                return None
            title = side_title(side.run.currentText(), side.choice.epoch, side.choice.space)
            shown.append(ShownSide(title, side.map, side.plot.xy, self.colouring.codes(side_index), side.plot.alive))
        colouring = self.colouring.colouring
        unit = "°" if colouring is not None and not colouring.entries and colouring.high == 360.0 else ""
        return versus_source(shown, colouring, self.colouring.column_title, unit)

    # Agreement

    def _request_comparison(self) -> None:
        spaces = [SpaceAt(side.choice.folder, side.choice.epoch, side.choice.space) for side in self.sides]
        if any(side.map is None for side in self.sides) or self._link is None or not len(self._link.index):
            self._question = self._compared = None
            self._show_compared()
            return
        question = CompareSpaces(spaces[LEFT], spaces[RIGHT])
        if question == self._question:
            return
        self._question, self._compared, self._status = question, None, self.tr("Comparing…")
        self._show_compared()
        self._ask(
            question,
            lambda comparison: self._receive_comparison(question, comparison, ""),
            lambda message: self._receive_comparison(question, None, message.partition("\n\n")[0]),
        )

    def _receive_comparison(self, question: CompareSpaces, comparison: Compared | None, note: str) -> None:
        if question == self._question:
            self._compared, self._status = comparison, note
            self._show_compared()
            self._show_thumbnails()

    def _show_compared(self) -> None:
        status = self._status if self._question is not None else ""
        self.agreement.show_compared(self._compared, status or self._link_text())
        self.selected_card.moved.setEnabled(self._compared is not None and len(self._compared.index) > 0)

    def _show_link(self) -> None:
        self.bar.set_linkable(self._linkable())
        self._show_compared()

    def _link_text(self) -> str:
        if self._link is None or self.left.map is None or self.right.map is None:
            return ""
        shared, left, right = len(self._link.index), len(self.left.map.xy), len(self.right.map.xy)
        if not shared:
            if same_data(self.left.spaces.data, self.right.spaces.data):
                return self.tr("The two maps have no sample in common: nothing is linked.")
            return self.tr("The two runs have different data: nothing is linked.")
        if shared == left == right:
            return self.tr("All {0} samples of one map are on the other and linked.").format(f"{shared:,}")
        text = self.tr("{0} samples are on both maps and linked, of {1} at the left and {2} at the right.")
        return text.format(f"{shared:,}", f"{left:,}", f"{right:,}")

    # Selection

    @property
    def selected(self) -> NDArray[np.int64]:
        """(n,) indices in the data set of the selected samples, ordered by how many neighbours changed, most first."""
        ids = self._selected[1]
        comparison = self._compared
        if comparison is None or not len(ids):
            return ids
        shared = comparison.index[comparison.order]
        ordered = shared[np.isin(shared, ids)]
        return np.concatenate([ordered, np.setdiff1d(ids, ordered)])

    def select(self, side_index: int, ids: NDArray[np.int64]) -> None:
        """Select samples of a side's data set, by their indices; on the other map, those of them that it has."""
        self._select(side_index, ids)
        for other in (LEFT, RIGHT):
            self._show_selected(other)
        self._show_thumbnails()

    def _select(self, side_index: int, ids: NDArray[np.int64]) -> None:
        data = self.sides[side_index].spaces.data
        if not same_data(self._thumbnail_data, data):
            self.thumbnails.forget()
            self._thumbnail_data = data
        self._selected = side_index, np.unique(np.asarray(ids, np.int64))

    def select_moved(self) -> None:
        """Select the samples whose neighbours changed most."""
        comparison = self._compared
        if comparison is not None:
            self.select(LEFT, comparison.index[comparison.order[:MOVED]])

    def _selection_drawn(self, side_index: int, rows: Rows) -> None:
        shown = self.sides[side_index].map
        if self._setting or shown is None or len(shown.xy) != len(self.sides[side_index].plot.xy):
            return
        self._select(side_index, shown.index[rows])
        self._show_selected(1 - side_index)
        self._show_thumbnails()

    def _show_selected(self, side_index: int) -> None:
        shown, (of, ids) = self.sides[side_index].map, self._selected
        # The plot still has the points of an earlier map while the new one is being aligned.
        if shown is None or len(shown.xy) != len(self.sides[side_index].plot.xy):
            return
        if side_index == of:
            rows = np.flatnonzero(np.isin(shown.index, ids))
        elif self._link is None:
            rows = np.empty(0, np.intp)
        else:
            rows = self._link.rows[side_index][np.isin(self._link.index, ids)]
        self._setting = True
        self.sides[side_index].plot.set_selected(rows)
        self._setting = False

    def _show_thumbnails(self) -> None:
        side_index = self._selected[0]
        shown = self.sides[side_index].map
        rows = {} if shown is None else {int(index): row for row, index in enumerate(shown.index)}
        text = self.colouring.text
        self.selected_card.show_samples(self.selected, self._compared, lambda index: text(side_index, rows.get(index, -1)))

    def _request_images(self, ids: Sequence[int]) -> None:
        def put(images: list[np.ndarray]) -> None:
            self.thumbnails.put(ids, images)

        self.sides[self._selected[0]].images.want("selected", ids, put)

    def _rows_of(self, position: int) -> tuple[int, int]:
        known = 0 <= position < len(self.thumbnails.ids)
        return self.linked_hover.rows_of(self._selected[0], int(self.thumbnails.ids[position]) if known else -1)

    def _ring(self, side_index: int, index: int) -> None:
        """Draw a ring around the thumbnail of the sample under the mouse."""
        known = side_index == self._selected[0] or (self._link is not None and len(self._link.index) > 0)
        position = np.flatnonzero(self.thumbnails.ids == index) if known else np.empty(0, np.intp)
        self.thumbnails.set_ring(int(position[0]) if len(position) else -1)

    # Events of Qt

    def showEvent(self, event: QShowEvent) -> None:
        """Request what was chosen while the panel was hidden."""
        super().showEvent(event)
        if not self._listed:
            self._list_runs()
        self._load(*self.sides)

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop the timer that shows the image under the mouse."""
        super().hideEvent(event)
        self.linked_hover.stop()


def make(context: PanelContext) -> VersusPanel:
    """The panel of a row of the window's table."""
    sides, images = (context.asker("0"), context.asker("1")), (context.asker("0/images"), context.asker("1/images"))
    panel = VersusPanel(context.asker(), sides, context.runs, images_asks=images)
    panel.mapCancelled.connect(lambda side, question: context.cancel(question, str(side)))
    return panel
