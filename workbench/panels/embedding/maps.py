"""Getting maps: which question stands for what is looked at, what is shown while it is answered, and what is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from workbench.bridge.ask import Ask
from workbench.bridge.questions import Map, MapSnapshot


@dataclass(frozen=True)
class Wish:
    """What kind of map a person wants, at whatever epoch."""

    kind: str = "umap"

    def question(self, folder: str, epoch: int) -> MapSnapshot:
        """The question for the map of an epoch."""
        return MapSnapshot(folder, epoch, self.kind)

    def first(self) -> Wish:
        """The map of the same points that comes at once, shown until this one is there."""
        return Wish("pca")


class MapLoader(QObject):
    """Asks for the principal components at once and for the map that is wanted behind them. Of what is asked the newest counts.

    `found`: the map to show. `failed`: there is none, and why. `progressed`: the share of the slow map that is done, None when
    nobody waits for one. `refused`: why the slow map did not come. `calledOff`: a MapSnapshot nobody waits for any more."""

    found = Signal(object)
    failed = Signal(str)
    progressed = Signal(object)
    refused = Signal(str)
    calledOff = Signal(object)

    def __init__(self, ask: Ask, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ask = ask
        self.wish = Wish()
        self._folder: str | None = None
        self._epoch: int | None = None
        self._known: dict[MapSnapshot, Map] = {}
        self._slow: MapSnapshot | None = None
        self._shown: tuple[Wish, int] | None = None

    def set_run(self, folder: str | None) -> None:
        """Another run: what was known and asked is forgotten."""
        self._folder, self._epoch, self._known, self._shown = folder, None, {}, None
        self._slow = None
        self.progressed.emit(None)

    def set_wish(self, wish: Wish) -> None:
        """Want another kind of map from now on; `look` asks for it."""
        if wish != self.wish:
            self.wish = wish
            self.call_off()

    def look(self, epoch: int, epochs: Sequence[int], playing: bool) -> None:
        """Show the best map of an epoch that is known, and ask for a better one. While epochs play past, no slow map is begun that
        would come when its epoch is long gone, and the two kinds do not alternate."""
        if self._folder is None:
            return
        self._epoch = epoch
        wanted, first = self.wish.question(self._folder, epoch), self.wish.first().question(self._folder, epoch)
        whole = not playing or all(self.wish.question(self._folder, each) in self._known for each in epochs)
        if wanted in self._known and whole:
            self._show(self.wish, epoch)
        elif first in self._known:
            self._show(self.wish.first(), epoch)
        else:
            self._ask_first(first)
        if wanted != first and wanted not in self._known and not playing:
            self._ask_slow(wanted)

    def cancel(self) -> None:
        """Wait no longer for the slow map, and stay with what is shown."""
        self.call_off()
        self.wish = self._shown[0] if self._shown is not None else self.wish.first()

    def call_off(self) -> None:
        """Wait no longer for the slow map that is being computed."""
        if self._slow is not None:
            asked, self._slow = self._slow, None
            self.calledOff.emit(asked)
        self.progressed.emit(None)

    def _ask_first(self, question: MapSnapshot) -> None:
        def failed(message: str) -> None:
            if question.folder == self._folder:
                self._shown = None
                self.failed.emit(message)

        self._ask(question, lambda found: self._came(question, found), failed)

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
                self.progressed.emit(None)
                self.refused.emit(message)

        def came(found: Map) -> None:
            if self._slow == question:
                self._slow = None
                self.progressed.emit(None)
            self._came(question, found)

        self._ask(question, came, failed, progress)

    def _came(self, question: MapSnapshot, found: Map) -> None:
        if question.folder != self._folder:
            return
        self._known[question] = found
        epoch = self._epoch
        if epoch is None or question.epoch != epoch:
            return
        wanted = self.wish.question(question.folder, epoch)
        if question == wanted:
            self._show(self.wish, epoch)
        elif question == self.wish.first().question(question.folder, epoch) and wanted not in self._known:
            self._show(self.wish.first(), epoch)

    def _show(self, wish: Wish, epoch: int) -> None:
        assert self._folder is not None
        self._shown = wish, epoch
        self.found.emit(self._known[wish.question(self._folder, epoch)])
