"""Side by side: two spaces, of two runs, two epochs, or backbone and projector, and what became of each sample between them."""

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
from workbench.models.runs import RunsModel
from workbench.panel import Panel, PanelContext
from workbench.panels.versus.agreement import AgreementCard
from workbench.panels.versus.choice import EMBEDDING, FEATURES, FIRST, LAST, LAST_KNOWN, Chosen, RunChoice, spaces_of
from workbench.panels.versus.legend import LegendLine
from workbench.panels.versus.linked import LEFT, RIGHT, Link, Rows, link
from workbench.panels.versus.looking import Looking
from workbench.panels.versus.ready import ReadyRow
from workbench.panels.versus.selected import MOVED, SelectedCard
from workbench.panels.versus.side import Side
from workbench.panels.versus.wearing import Wearing
from workbench.theme.palette import WIDE_GAP

SOON_MS = 50
AGREEMENT_WIDTH = 320
# Fewer shared samples than these fix no turn in the plane.
FEWEST = 3


class VersusPanel(Panel):
    """Two maps whose samples, cameras and colours are linked. `ask` is its own, `asks` are the sides': questions of one kind
    displace each other. A hidden panel asks nothing. `mapCancelled`: the side (0 or 1) and the question whose answer nobody waits
    for."""

    mapCancelled = Signal(int, object)

    def __init__(self, ask: Ask, asks: tuple[Ask, Ask], runs: RunsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Side by side"))
        self.setWindowTitle(self.tr("Side by side"))
        self._ask, self._runs = ask, runs
        self._choices: tuple[RunChoice, ...] = ()
        self._known: set[str] = set()
        self._folder = ""
        self._listed = self._kinds_asked = False
        self._link: Link | None = None
        self._compared: Compared | None = None
        self._asked: CompareSpaces | None = None
        self._note = ""
        self._round = 0
        self._laid = False
        self._setting = self._choosing = False
        self._selected: tuple[int, NDArray[np.int64]] = LEFT, np.empty(0, np.int64)
        self._pictured: Mapping[str, Any] | None = None
        self.ready, self.legend, self.agreement = ReadyRow(), LegendLine(), AgreementCard()
        self.sides = (Side(self.tr("Left map"), asks[LEFT]), Side(self.tr("Right map"), asks[RIGHT]))
        self.selected_card = SelectedCard()
        self.thumbnails = self.selected_card.thumbnails
        self.wearing = Wearing(self.sides, asks, self.legend, self)
        self.looking = Looking(self.sides, self.wearing, self)
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
        column.addWidget(self.ready)
        column.addLayout(maps, 1)
        column.addWidget(self.legend)
        column.addLayout(below)
        for card in (self.agreement, self.selected_card):
            card.setFixedHeight(132)

    def _wire(self) -> None:
        for place, side in enumerate(self.sides):
            side.chosen.connect(lambda place=place: self._chosen(place))
            side.came.connect(lambda: self._came())
            side.mapCancelled.connect(lambda question, place=place: self.mapCancelled.emit(place, question))
            side.plot.selectionChanged.connect(lambda rows, place=place: self._drawn(place, rows))
            side.plot.cameraMoved.connect(lambda rect, place=place: self._camera(place, rect))
        self.right.doubles = self._doubles
        self.ready.epochsAsked.connect(self.first_and_last)
        self.ready.spacesAsked.connect(self.backbone_and_projector)
        self.ready.runAsked.connect(self.this_run_and)
        self.ready.toolChosen.connect(self._set_tool)
        self.ready.linkToggled.connect(lambda on: self._frame() if on else None)
        self.wearing.known.connect(self._show_thumbnails)
        self.selected_card.movedAsked.connect(self.select_moved)
        self.selected_card.clearAsked.connect(lambda: self.select(LEFT, np.empty(0, np.int64)))
        self.thumbnails.wanted.connect(self._want_images)
        self.thumbnails.hovered.connect(lambda at: self.looking.point(self._rows_of(at)))
        self.thumbnails.activated.connect(lambda at: self.looking.mark(self._rows_of(at)))
        self.looking.pointed.connect(self._ring)
        self._runs.rowAdded.connect(self._list_again)
        self._runs.rowRemoved.connect(self._list_again)
        theme.changed.connect(self._list_again)
        self._list_soon.setSingleShot(True)
        self._list_soon.setInterval(SOON_MS)
        self._list_soon.timeout.connect(self._list_runs)

    # Runs

    def show_run(self, folder: str | None) -> None:
        """The run that is chosen in the list; None for none. The left map follows, the right one where it shows the same run. Which
        epochs stand side by side (the first and the last, say) stays the same. Where the right map shows this run already, it takes
        the one that the left map showed."""
        left, right = self.left.wanted, self.right.wanted
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
        self._show_ready()

    def take_events(self, folder: str, events: Sequence[Event]) -> None:
        """Any run's new snapshot or checkpoint can be chosen."""
        if any(isinstance(event, (CheckpointSaved, EmbeddingDone)) for event in events):
            self.snapshot_added(folder)

    def snapshot_added(self, folder: str) -> None:
        """A run has a snapshot more, or a checkpoint. A map that was asked for by its epoch stays, that of the last goes along; a
        run's first one is shown."""
        for side in self.sides:
            if side.wanted.folder == folder:
                side.look_again()
        if folder not in self._known:
            self._list_again()
        self._show_ready()

    def _list_again(self, _: str = "") -> None:
        self._listed = False
        if self.isVisible():
            self._list_soon.start()

    def _list_runs(self) -> None:
        # Thousands of runs: nobody looks into their folders while nobody looks.
        if not self.isVisible():
            self._listed = False
            return
        self._listed = True
        found = []
        for row in self._runs.rows():
            if row.folder and row.folder not in self._known and spaces_of(row.folder).epochs:
                self._known.add(row.folder)
            if row.folder and (row.folder in self._known or row.folder == self._folder):
                found.append(RunChoice(row.folder, row.title or row.folder, self._runs.colour(row.key)))
        folders = {row.folder for row in self._runs.rows()}
        for side in self.sides:
            side.set_runs(found)
            if side.choice.folder not in ("", self._folder, *folders):
                side.choose(replace(side.wanted, folder=""))
        self._choices = tuple(found)
        self._show_ready()

    def _show_ready(self) -> None:
        spaces, now = self.left.spaces, self.left.choice
        self.ready.set_state(bool(spaces.epochs), bool(spaces.projector))
        left, right = self.left.wanted, self.right.wanted
        self.ready.set_mode(
            epochs=left.epoch == FIRST and right == replace(left, epoch=LAST, kind=right.kind),
            spaces=(left.space, right.space) == (FEATURES, EMBEDDING)
            and left.epoch == LAST_KNOWN
            and right == replace(left, space=EMBEDDING, kind=right.kind),
        )
        self.ready.set_runs(self._choices, now.folder)

    # Ready choices

    def first_and_last(self) -> None:
        """The left run's first and last epoch, in the space that the left map shows."""
        now = replace(self.left.wanted, folder=self.left.wanted.folder or self._folder)
        self._choose(replace(now, epoch=FIRST), replace(now, epoch=LAST))

    def backbone_and_projector(self) -> None:
        """The left run's two spaces at the last epoch at which both are known."""
        now = replace(self.left.wanted, epoch=LAST_KNOWN)
        self._choose(replace(now, space=FEATURES), replace(now, space=EMBEDDING))

    def this_run_and(self, folder: str) -> None:
        """The last epochs of the left run and of another one."""
        now = replace(self.left.wanted, epoch=LAST)
        self._choose(now, replace(now, folder=folder))

    def _choose(self, left: Chosen, right: Chosen) -> None:
        self._choosing, before = True, self._round
        self.left.choose(left)
        self.right.choose(right)
        self.right.look_again()
        self._choosing = False
        if self._round != before:
            self._came()
        self._show_ready()

    def _doubles(self, now: Chosen) -> bool:
        """Whether the right map would show what the left one shows, and nobody asked for just this epoch."""
        left = self.left
        asked = left.literal or self.right.wanted.epoch == now.epoch
        return not asked and replace(now, kind=left.choice.kind) == left.choice

    def _chosen(self, place: int) -> None:
        of, ids = self._selected
        if place == of and len(ids) and not same_data(self._pictured, self.sides[place].spaces.data):
            # The numbers would name other images.
            self.select(place, ids[:0])
        if place == LEFT and not self._choosing:
            self.right.look_again()
        self._load(self.sides[place])
        self._show_ready()

    def _load(self, *sides: Side) -> None:
        if not self._kinds_asked and self.isVisible() and any(side.choice.folder for side in sides):
            self._kinds_asked = True
            self._ask(MapKinds(), self._show_kinds)
        for side in sides:
            side.load()

    def _show_kinds(self, kinds: Sequence[MapKind]) -> None:
        for side in self.sides:
            side.show_kinds(kinds)

    # Maps

    def _came(self) -> None:
        """A map is there, or gone: everything between the two begins anew."""
        self._round += 1
        if self._choosing:
            return  # one of them is of what was shown before
        left, right = self.left.map, self.right.map
        self._link = None
        if left is not None and right is not None:
            self._link = link(left.index, right.index, same_data(self.left.spaces.data, self.right.spaces.data))
        self.looking.link = self._link
        self._laid = False
        self._show_points(LEFT, None if left is None else left.xy)
        if right is None or left is None or self._link is None or len(self._link.index) < FEWEST:
            self._show_points(RIGHT, None if right is None else right.xy)
        else:
            turn, rows = self._round, self._link.rows
            question = LayMap(right.xy, rows[RIGHT], left.xy[rows[LEFT]])
            self._ask(question, lambda xy: self._lay(turn, xy), lambda _: self._lay(turn, None))
        self._show_link()
        self.wearing.look()
        self._want_compared()

    def _lay(self, turn: int, xy: NDArray[np.float32] | None) -> None:
        if turn != self._round or self.right.map is None:
            return
        self._laid = xy is not None
        self._show_points(RIGHT, self.right.map.xy if xy is None else xy)
        self._show_link()
        self._frame()

    def _show_points(self, place: int, xy: NDArray[np.float32] | None) -> None:
        side = self.sides[place]
        side.plot.mark(-1)
        side.plot.set_points(np.empty((0, 2)) if xy is None else xy)
        self.wearing.dress(place)
        self._show_selected(place)

    @property
    def together(self) -> bool:
        """Whether the maps move together now."""
        return self._linkable() == "" and self.ready.link.isChecked()

    def _linkable(self) -> str:
        left, right = self.left.map, self.right.map
        if left is None or right is None:
            return self.tr("There are no two maps yet")
        if left.kind != right.kind:
            return self.tr("The maps are of different kinds: their coordinates cannot be compared")
        if not self._laid:
            return self.tr("The maps share no samples, so that the right one cannot be aligned with the left")
        return ""

    def _frame(self) -> None:
        """Both look at all points of both."""
        if self.together:
            every = np.concatenate([side.plot.xy for side in self.sides])
            low, high = every.min(0), every.max(0)
            low, high = low - (high - low) * 0.04, high + (high - low) * 0.04
            for side in self.sides:
                side.plot.set_camera(QRectF(low[0], low[1], high[0] - low[0], high[1] - low[1]))

    def _camera(self, place: int, rect: QRectF) -> None:
        if self.together:
            self.sides[1 - place].plot.set_camera(rect)

    def _set_tool(self, tool: str) -> None:
        for side in self.sides:
            side.plot.set_tool(tool)  # type: ignore[arg-type]

    # Agreement

    def _want_compared(self) -> None:
        spaces = [SpaceAt(side.choice.folder, side.choice.epoch, side.choice.space) for side in self.sides]
        if any(side.map is None for side in self.sides) or self._link is None or not len(self._link.index):
            self._asked = self._compared = None
            self._show_compared()
            return
        question = CompareSpaces(spaces[LEFT], spaces[RIGHT])
        if question == self._asked:
            return
        self._asked, self._compared, self._note = question, None, self.tr("Comparing…")
        self._show_compared()
        self._ask(
            question,
            lambda found: self._was_compared(question, found, ""),
            lambda message: self._was_compared(question, None, message.partition("\n\n")[0]),
        )

    def _was_compared(self, question: CompareSpaces, found: Compared | None, note: str) -> None:
        if question == self._asked:
            self._compared, self._note = found, note
            self._show_compared()
            self._show_thumbnails()

    def _show_compared(self) -> None:
        self.agreement.show_compared(self._compared, self._note if self._asked is not None and self._note else self._link_words())
        self.selected_card.moved.setEnabled(self._compared is not None and len(self._compared.index) > 0)

    def _show_link(self) -> None:
        self.ready.set_linkable(self._linkable())
        self._show_compared()

    def _link_words(self) -> str:
        if self._link is None or self.left.map is None or self.right.map is None:
            return ""
        shared, left, right = len(self._link.index), len(self.left.map.xy), len(self.right.map.xy)
        if not shared:
            if same_data(self.left.spaces.data, self.right.spaces.data):
                return self.tr("The two maps have no sample in common: nothing is linked.")
            return self.tr("The two runs have different data: nothing is linked.")
        if shared == left == right:
            return self.tr("All {0} samples of one map are on the other and linked.").format(f"{shared:,}")
        words = self.tr("{0} samples are on both maps and linked, of {1} at the left and {2} at the right.")
        return words.format(f"{shared:,}", f"{left:,}", f"{right:,}")

    # Selection

    @property
    def selected(self) -> NDArray[np.int64]:
        """Places in the data set of the selected samples, those whose neighbours changed most first."""
        ids = self._selected[1]
        found = self._compared
        if found is None or not len(ids):
            return ids
        shared = found.index[found.order]
        first = shared[np.isin(shared, ids)]
        return np.concatenate([first, np.setdiff1d(ids, first)])

    def select(self, place: int, ids: NDArray[np.int64]) -> None:
        """Select samples of a side's data set; on the other map those that it shares."""
        self._select(place, ids)
        for at in (LEFT, RIGHT):
            self._show_selected(at)
        self._show_thumbnails()

    def _select(self, place: int, ids: NDArray[np.int64]) -> None:
        data = self.sides[place].spaces.data
        if not same_data(self._pictured, data):
            self.thumbnails.forget()
            self._pictured = data
        self._selected = place, np.unique(np.asarray(ids, np.int64))

    def select_moved(self) -> None:
        """Select those whose neighbours changed most."""
        found = self._compared
        if found is not None:
            self.select(LEFT, found.index[found.order[:MOVED]])

    def _drawn(self, place: int, rows: Rows) -> None:
        shown = self.sides[place].map
        if self._setting or shown is None or len(shown.xy) != len(self.sides[place].plot.xy):
            return
        self._select(place, shown.index[rows])
        self._show_selected(1 - place)
        self._show_thumbnails()

    def _show_selected(self, place: int) -> None:
        shown, (of, ids) = self.sides[place].map, self._selected
        # A map that waits to be laid on the other is not the one that is drawn.
        if shown is None or len(shown.xy) != len(self.sides[place].plot.xy):
            return
        if place == of:
            rows = np.flatnonzero(np.isin(shown.index, ids))
        elif self._link is None:
            rows = np.empty(0, np.intp)
        else:
            rows = self._link.rows[place][np.isin(self._link.index, ids)]
        self._setting = True
        self.sides[place].plot.set_selected(rows)
        self._setting = False

    def _show_thumbnails(self) -> None:
        place = self._selected[0]
        shown = self.sides[place].map
        rows = {} if shown is None else {int(one): row for row, one in enumerate(shown.index)}
        self.selected_card.show_samples(self.selected, self._compared, lambda one: self.wearing.words(place, rows.get(one, -1)))

    def _want_images(self, ids: Sequence[int]) -> None:
        def put(images: list[np.ndarray]) -> None:
            self.thumbnails.put(ids, images)

        self.sides[self._selected[0]].images.want("selected", ids, put)

    def _rows_of(self, at: int) -> tuple[int, int]:
        known = 0 <= at < len(self.thumbnails.ids)
        return self.looking.rows_of(self._selected[0], int(self.thumbnails.ids[at]) if known else -1)

    def _ring(self, place: int, one: int) -> None:
        """Frame the thumbnail of the sample that is pointed at."""
        mine = place == self._selected[0] or (self._link is not None and len(self._link.index) > 0)
        at = np.flatnonzero(self.thumbnails.ids == one) if mine else np.empty(0, np.intp)
        self.thumbnails.set_ring(int(at[0]) if len(at) else -1)

    # Events of Qt

    def showEvent(self, event: QShowEvent) -> None:
        """Ask for what was chosen while nobody looked."""
        super().showEvent(event)
        if not self._listed:
            self._list_runs()
        self._load(*self.sides)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing is under the mouse of nobody."""
        super().hideEvent(event)
        self.looking.rest()


def make(context: PanelContext) -> VersusPanel:
    """The panel of a row of the window's table."""
    panel = VersusPanel(context.asker(), (context.asker("0"), context.asker("1")), context.runs)
    panel.mapCancelled.connect(lambda side, question: context.cancel(question, str(side)))
    return panel
