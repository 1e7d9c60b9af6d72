"""Tags of samples: read from the run, given and taken, each change to be had back by the history of the selection. No widgets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from engine.config.errors import ConfigError
from engine.runs.tags import BETWEEN, change_tags, read_tags, tag_name
from workbench import theme
from workbench.samples.colouring import Colouring

Ids = NDArray[np.integer] | Sequence[int]


def last_is_quiet(colouring: Colouring) -> Colouring:
    """The colours of tags: what has none is there, and draws no eye."""
    quiet = theme.current().quiet
    entries = (*colouring.entries[:-1], replace(colouring.entries[-1], colour=quiet))
    return replace(colouring, palette=(*colouring.palette[:-1], quiet), entries=entries)


class _Change(QUndoCommand):
    def __init__(self, tagging: Tagging, folder: str, name: str, add: list[int], remove: list[int], words: str) -> None:
        super().__init__(words)
        self._tagging, self._folder, self._name, self._add, self._remove = tagging, folder, name, add, remove

    def redo(self) -> None:
        self.setObsolete(not self._tagging._write(self._folder, self._name, self._add, self._remove))

    def undo(self) -> None:
        self.setObsolete(not self._tagging._write(self._folder, self._name, self._remove, self._add))


class Tagging(QObject):
    """The tags of one run. `failed` says why they could not be read or written; what was there before stays."""

    changed = Signal()
    failed = Signal(str)

    def __init__(self, history: QUndoStack, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._history = history
        self._folder: str | None = None
        self.tags: dict[str, tuple[int, ...]] = {}

    def set_run(self, folder: str | None) -> None:
        """Another run, with tags of its own."""
        self._folder = folder
        self.tags = {}
        if folder is not None:
            try:
                self.tags = read_tags(Path(folder))
            except ConfigError as error:
                self.failed.emit(str(error))
        self.changed.emit()

    def give(self, name: str, ids: Ids) -> None:
        """Tag these samples of the data set."""
        try:
            name = tag_name(name)
        except ConfigError as error:
            self.failed.emit(str(error))
            return
        new = sorted({int(one) for one in ids} - set(self.tags.get(name, ())))
        self._push(name, new, [], self.tr("tag {0}").format(name))

    def take(self, name: str, ids: Ids) -> None:
        """Take a tag from these samples, where they have it."""
        old = sorted({int(one) for one in ids} & set(self.tags.get(name, ())))
        self._push(name, [], old, self.tr("tag {0} removed").format(name))

    def delete(self, name: str) -> None:
        """Take a tag from every sample."""
        self._push(name, [], list(self.tags.get(name, ())), self.tr("tag {0} deleted").format(name))

    def of(self, index: NDArray[np.integer]) -> list[str]:
        """(n) the tags of samples, those of one joined."""
        names = list(self.tags)
        worn = self._worn(index)
        return [BETWEEN.join(names[place] for place in np.flatnonzero(worn[:, row])) for row in range(len(index))]

    def codes(self, index: NDArray[np.integer]) -> tuple[NDArray[np.int64], list[str]]:
        """(n,) which of the names each sample wears, and the names: each tag that is worn alone, then what is worn together; the
        last code, which has no name, is that of samples without a tag."""
        names, worn = list(self.tags), self._worn(index)
        sets, inverse = np.unique(worn.T, axis=0, return_inverse=True)
        wearing = [tuple(np.flatnonzero(row).tolist()) for row in sets]
        order = sorted((one for one in wearing if one), key=lambda one: (len(one) > 1, one))
        place = {one: code for code, one in enumerate([*order, ()])}
        each = np.array([place[one] for one in wearing], np.int64)
        return each[inverse.reshape(-1)], [" + ".join(names[tag] for tag in one) for one in order]

    def _worn(self, index: NDArray[np.integer]) -> NDArray[np.bool_]:
        """(tags, n)"""
        worn = [np.isin(index, np.array(places, np.int64)) for places in self.tags.values()]
        return np.array(worn, bool).reshape(len(worn), len(index))

    def _push(self, name: str, add: list[int], remove: list[int], words: str) -> None:
        if self._folder is not None and (add or remove):
            self._history.push(_Change(self, self._folder, name, add, remove, words))

    def _write(self, folder: str, name: str, add: Sequence[int], remove: Sequence[int]) -> bool:
        try:
            tags = change_tags(Path(folder), name, add, remove)
        except ConfigError as error:
            self.failed.emit(str(error))
            return False
        if folder == self._folder:
            self.tags = tags
            self.changed.emit()
        return True
