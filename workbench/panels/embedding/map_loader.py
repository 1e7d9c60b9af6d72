"""Getting maps: which question stands for what is looked at, what is shown while it is answered, and what is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from engine.embed.scale import parameters
from workbench.bridge.ask import Ask
from workbench.bridge.map_questions import Map, MapSnapshot

# Maps of so many epochs are made for the trails, evenly over all.
MOST_EPOCHS = 40


@dataclass(frozen=True)
class MapOptions:
    """What kind of map a person wants, at whatever epoch. `numbers`: the kind's parameters, as MapSnapshot calls them; `rows` of
    the snapshot alone, () for all; `limit`: at most so many, 0 for all. `supervised`: with the classes, where the kind can."""

    kind: str = "umap"
    numbers: tuple[tuple[str, float], ...] = field(default_factory=lambda: tuple(parameters("umap", 0.5).items()))
    metric: str = "cosine"
    space: str = "features"
    limit: int = 0
    rows: tuple[int, ...] = ()
    supervised: bool = False

    def of_kind(self, kind: str, share: float) -> MapOptions:
        """The same of another kind, with its parameters for a place between local (0) and global (1)."""
        return replace(self, kind=kind, numbers=tuple(parameters(kind, share).items()))

    def question(self, folder: str, epoch: int) -> MapSnapshot:
        """The question for the map of an epoch."""
        numbers: Mapping[str, Any] = dict(self.numbers)
        supervised = self.supervised and self.kind == "umap_learn"
        return MapSnapshot(
            folder,
            epoch,
            self.kind,
            metric=self.metric,
            space=self.space,
            limit=self.limit,
            rows=self.rows,
            supervised=supervised,
            **numbers,
        )

    def first(self) -> MapOptions:
        """The map of the same points that comes at once, shown until this one is there."""
        return self.of_kind("pca", 0.5)

    def same_points(self, other: MapOptions) -> bool:
        """Whether the two are maps of the same points, as they lie in the same space."""
        return (self.rows, self.limit, self.space) == (other.rows, other.limit, other.space)


class MapLoader(QObject):
    """Asks for the principal components at once and for the map that is wanted behind them. Of what is asked the newest counts.

    `found`: the map to show. `failed`: there is none, and why. `progressed`: the share of the slow map that is done, None when
    nobody waits for one. `refused`: why the slow map did not come. `calledOff`: a MapSnapshot nobody waits for any more. `kept`: a
    map of another epoch is known now."""

    found = Signal(object)
    failed = Signal(str)
    progressed = Signal(object)
    refused = Signal(str)
    calledOff = Signal(object)
    kept = Signal()

    def __init__(self, ask: Ask, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ask = ask
        self.wish = MapOptions()
        self._folder: str | None = None
        self._epoch: int | None = None
        self._epochs: tuple[int, ...] = ()
        self._known: dict[MapSnapshot, Map] = {}
        self._slow: MapSnapshot | None = None
        self._refused: set[MapSnapshot] = set()
        self._shown: tuple[MapOptions, int] | None = None
        self._playing = False
        self._every = False

    def set_run(self, folder: str | None) -> None:
        """Another run: what was known and asked is forgotten."""
        self.call_off()
        self._folder, self._epoch, self._known, self._shown = folder, None, {}, None
        self._refused = set()

    def set_wish(self, wish: MapOptions) -> None:
        """Want another kind of map from now on; `look` asks for it."""
        if wish != self.wish:
            self.wish = wish
            self.call_off()

    def set_every(self, on: bool) -> None:
        """Whether the maps of all epochs are wanted, one after another behind the one that is looked at."""
        self._every = on
        if on:
            self._refused = set()
            self._ask_next()
        elif self._slow is not None and self._slow.epoch != self._epoch:
            self.call_off()

    @property
    def shown(self) -> MapOptions | None:
        """What kind of map is shown now."""
        return self._shown[0] if self._shown is not None else None

    @property
    def behind(self) -> bool:
        """Whether the map that is being made is one of another epoch than is looked at."""
        return self._slow is not None and self._slow.epoch != self._epoch

    def known(self, wish: MapOptions) -> list[Map]:
        """The maps of this kind that there are, by epoch."""
        if self._folder is None:
            return []
        questions = [wish.question(self._folder, epoch) for epoch in self._epochs]
        return [self._known[question] for question in questions if question in self._known]

    def look(self, epoch: int, epochs: Sequence[int], playing: bool) -> None:
        """Show the best map of an epoch that is known, and ask for a better one. While epochs play past, no slow map is begun that
        would come when its epoch is long gone, and the two kinds do not alternate."""
        if self._folder is None:
            return
        self._epoch, self._epochs, self._playing = epoch, tuple(epochs), playing
        wanted, first = self.wish.question(self._folder, epoch), self.wish.first().question(self._folder, epoch)
        whole = not playing or all(self.wish.question(self._folder, each) in self._known for each in epochs)
        if wanted in self._known and whole:
            self._show(self.wish, epoch)
        elif wanted != first and self._stays(epoch) and not playing:
            pass  # other parameters: the map that is there is looked at until the new one comes
        elif first in self._known:
            self._show(self.wish.first(), epoch)
        else:
            self._ask_first(first)
        if wanted != first and wanted not in self._known and not playing:
            self._ask_slow(wanted)
        else:
            if self._slow is not None and (playing or not self._every):
                self.call_off()  # the principal components of the next epoch would wait behind it
            self._ask_next()

    def _stays(self, epoch: int) -> bool:
        if self._shown is None or self._folder is None:
            return False
        wish, at = self._shown
        return at == epoch and wish.kind != "pca" and wish.same_points(self.wish)

    def cancel(self) -> None:
        """Wait no longer for the slow map, and stay with what is shown; for those of the other epochs neither."""
        if not self.behind:
            self.wish = self._shown[0] if self._shown is not None else self.wish.first()
        self._every = False
        self.call_off()

    def call_off(self) -> None:
        """Wait no longer for the slow map that is being computed."""
        if self._slow is not None:
            asked, self._slow = self._slow, None
            self.calledOff.emit(asked)
        self.progressed.emit(None)

    def _ask_first(self, question: MapSnapshot) -> None:
        def failed(message: str) -> None:
            if question.folder == self._folder and question == self._first_now():
                self._shown = None
                self.failed.emit(message)

        self._ask(question, lambda found: self._came(question, found), failed)

    def _first_now(self) -> MapSnapshot | None:
        if self._folder is None or self._epoch is None:
            return None
        return self.wish.first().question(self._folder, self._epoch)

    def _ask_slow(self, question: MapSnapshot) -> None:
        if self._slow == question:
            return
        self._slow = question
        self.progressed.emit(0.0)

        def progress(share: float) -> None:
            if self._slow == question:
                self.progressed.emit(share)

        def failed(message: str) -> None:
            if self._slow == question:
                self._slow = None
                self._refused.add(question)
                self.progressed.emit(None)
                self.refused.emit(message)

        def came(found: Map) -> None:
            mine = self._slow == question
            if mine:
                self._slow = None
                self.progressed.emit(None)
            self._came(question, found)
            if mine:
                self._ask_next()

        self._ask(question, came, failed, progress)

    def _ask_next(self) -> None:
        """The map of one more epoch, the nearest that has none: each starts from its neighbour."""
        if not self._every or self._playing or self._slow is not None or self._folder is None or self._epoch is None:
            return
        wanted = self.wish.question(self._folder, self._epoch)
        if wanted not in self._known:
            return
        places = np.unique(np.linspace(0, len(self._epochs) - 1, min(MOST_EPOCHS, len(self._epochs))).round().astype(int))
        here = self._epoch
        for epoch in sorted((self._epochs[place] for place in places), key=lambda epoch: abs(epoch - here)):
            question = self.wish.question(self._folder, epoch)
            if question not in self._known and question not in self._refused:
                self._ask_slow(question)
                return

    def _came(self, question: MapSnapshot, found: Map) -> None:
        if question.folder != self._folder:
            return
        self._known[question] = found
        epoch = self._epoch
        if epoch is None or question.epoch != epoch:
            self.kept.emit()
            return
        wanted = self.wish.question(question.folder, epoch)
        if question == wanted:
            self._show(self.wish, epoch)
            self._ask_next()
        elif question == self._first_now() and wanted not in self._known:
            self._show(self.wish.first(), epoch)

    def _show(self, wish: MapOptions, epoch: int) -> None:
        assert self._folder is not None
        self._shown = wish, epoch
        self.found.emit(self._known[wish.question(self._folder, epoch)])
