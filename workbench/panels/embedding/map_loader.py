"""Loads maps: requests the chosen map of the current epoch, shows a PCA until it is there, and keeps the maps of a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from engine.embed.scale import parameters
from workbench.bridge.ask import Ask
from workbench.bridge.map_questions import Map, MapSnapshot

# The largest number of epochs, evenly spaced, whose maps are made for the trails.
MOST_EPOCHS = 40


@dataclass(frozen=True)
class MapOptions:
    """The kind of map and its parameters, for any epoch. `numbers`: the parameters of the kind, named as in MapSnapshot; `rows`:
    the rows of the snapshot to map, () for all; `limit`: the largest number of samples, 0 for all. `supervised`: use the classes,
    if the kind can."""

    kind: str = "umap"
    numbers: tuple[tuple[str, float], ...] = field(default_factory=lambda: tuple(parameters("umap", 0.5).items()))
    metric: str = "cosine"
    space: str = "features"
    limit: int = 0
    rows: tuple[int, ...] = ()
    supervised: bool = False

    def of_kind(self, kind: str, share: float) -> MapOptions:
        """The options for another kind, with its default parameters at a `share` between local (0) and global (1)."""
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
        """The options of the PCA of the same points, which is shown until this map is computed."""
        return self.of_kind("pca", 0.5)

    def same_points(self, other: MapOptions) -> bool:
        """Whether both are maps of the same points in the same space."""
        return (self.rows, self.limit, self.space) == (other.rows, other.limit, other.space)


class MapLoader(QObject):
    """Requests the PCA of an epoch first and then the chosen kind of map. Only the newest request counts.

    Signals: `loaded(map)`: the map to show. `failed(message)`: the PCA could not be computed. `progressed(share)`: the progress of
    the slow map from 0 to 1; None if none is being computed. `refused(message)`: the slow map could not be computed.
    `cancelled(question)`: the answer to this MapSnapshot is no longer needed. `otherEpochLoaded`: the map of another epoch was
    loaded."""

    loaded = Signal(object)
    failed = Signal(str)
    progressed = Signal(object)
    refused = Signal(str)
    cancelled = Signal(object)
    otherEpochLoaded = Signal()

    def __init__(self, ask: Ask, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ask = ask
        self.options = MapOptions()
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
        """Change the run; drop the maps and requests of the former one."""
        self.drop_request()
        self._folder, self._epoch, self._known, self._shown = folder, None, {}, None
        self._refused = set()

    def forget(self, epoch: int) -> None:
        """Drop the maps of an epoch, whose snapshot has other samples now."""
        self.drop_request()
        self._known = {question: shown for question, shown in self._known.items() if question.epoch != epoch}
        self._refused = set()

    def set_options(self, options: MapOptions) -> None:
        """Set the kind of map and its parameters; `load` requests it."""
        if options != self.options:
            self.options = options
            self.drop_request()

    def set_every(self, on: bool) -> None:
        """Whether to compute the maps of all epochs too, one after another, after that of the current epoch."""
        self._every = on
        if on:
            self._refused = set()
            self._request_next()
        elif self._slow is not None and self._slow.epoch != self._epoch:
            self.drop_request()

    @property
    def shown(self) -> MapOptions | None:
        """The options of the shown map; None if none is shown."""
        return self._shown[0] if self._shown is not None else None

    @property
    def behind(self) -> bool:
        """Whether the map that is being computed is that of another epoch than the current one."""
        return self._slow is not None and self._slow.epoch != self._epoch

    def known(self, options: MapOptions) -> list[Map]:
        """The loaded maps with these options, by epoch."""
        if self._folder is None:
            return []
        questions = [options.question(self._folder, epoch) for epoch in self._epochs]
        return [self._known[question] for question in questions if question in self._known]

    def load(self, epoch: int, epochs: Sequence[int], playing: bool) -> None:
        """Show the best loaded map of an epoch, and request the chosen one. While the epochs play, no slow map is requested, and
        all epochs are shown by the same kind of map."""
        if self._folder is None:
            return
        self._epoch, self._epochs, self._playing = epoch, tuple(epochs), playing
        chosen, first = self.options.question(self._folder, epoch), self.options.first().question(self._folder, epoch)
        complete = not playing or all(self.options.question(self._folder, other) in self._known for other in epochs)
        if chosen in self._known and complete:
            self._show(self.options, epoch)
        elif chosen != first and self._keeps_shown(epoch) and not playing:
            pass  # only the parameters changed: keep the shown map until the new one is loaded
        elif first in self._known:
            self._show(self.options.first(), epoch)
        else:
            self._request_first(first)
        if chosen != first and chosen not in self._known and not playing:
            self._request_slow(chosen)
        else:
            if self._slow is not None and (playing or not self._every):
                self.drop_request()  # otherwise the PCA of the next epoch would wait for it
            self._request_next()

    def _keeps_shown(self, epoch: int) -> bool:
        if self._shown is None or self._folder is None:
            return False
        options, at = self._shown
        return at == epoch and options.kind != "pca" and options.same_points(self.options)

    def cancel(self) -> None:
        """Cancel the slow map and the maps of the other epochs, and keep the options of the shown map."""
        if not self.behind:
            self.options = self._shown[0] if self._shown is not None else self.options.first()
        self._every = False
        self.drop_request()

    def drop_request(self) -> None:
        """Drop the request for the slow map that is being computed."""
        if self._slow is not None:
            question, self._slow = self._slow, None
            self.cancelled.emit(question)
        self.progressed.emit(None)

    def _request_first(self, question: MapSnapshot) -> None:
        def failed(message: str) -> None:
            if question.folder == self._folder and question == self._first_now():
                self._shown = None
                self.failed.emit(message)

        self._ask(question, lambda result: self._receive(question, result), failed)

    def _first_now(self) -> MapSnapshot | None:
        if self._folder is None or self._epoch is None:
            return None
        return self.options.first().question(self._folder, self._epoch)

    def _request_slow(self, question: MapSnapshot) -> None:
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

        def receive(result: Map) -> None:
            current = self._slow == question
            if current:
                self._slow = None
                self.progressed.emit(None)
            self._receive(question, result)
            if current:
                self._request_next()

        self._ask(question, receive, failed, progress)

    def _request_next(self) -> None:
        """Request the map of the nearest epoch without one: each map is initialised by that of the epoch next to it."""
        if not self._every or self._playing or self._slow is not None or self._folder is None or self._epoch is None:
            return
        if self.options.question(self._folder, self._epoch) not in self._known:
            return
        indices = np.unique(np.linspace(0, len(self._epochs) - 1, min(MOST_EPOCHS, len(self._epochs))).round().astype(int))
        here = self._epoch
        for epoch in sorted((self._epochs[index] for index in indices), key=lambda epoch: abs(epoch - here)):
            question = self.options.question(self._folder, epoch)
            if question not in self._known and question not in self._refused:
                self._request_slow(question)
                return

    def _receive(self, question: MapSnapshot, result: Map) -> None:
        if question.folder != self._folder:
            return
        self._known[question] = result
        epoch = self._epoch
        if epoch is None or question.epoch != epoch:
            self.otherEpochLoaded.emit()
            return
        chosen = self.options.question(question.folder, epoch)
        if question == chosen:
            self._show(self.options, epoch)
            self._request_next()
        elif question == self._first_now() and chosen not in self._known:
            self._show(self.options.first(), epoch)

    def _show(self, options: MapOptions, epoch: int) -> None:
        assert self._folder is not None
        self._shown = options, epoch
        self.loaded.emit(self._known[options.question(self._folder, epoch)])
