"""Tags of samples, stored in the run's folder. Changes can be undone with the history of the selection. No widgets."""

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
    """The colouring of tags with grey for its last category, the samples without a tag."""
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
    """The tags of one run. `failed(message)`: they could not be read or written, and are unchanged."""

    changed = Signal()
    failed = Signal(str)

    def __init__(self, history: QUndoStack, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._history = history
        self._folder: str | None = None
        self.tags: dict[str, tuple[int, ...]] = {}

    def set_run(self, folder: str | None) -> None:
        """Change the run and read its tags; None for no run."""
        self._folder = folder
        self.tags = {}
        if folder is not None:
            try:
                self.tags = read_tags(Path(folder))
            except ConfigError as error:
                self.failed.emit(str(error))
        self.changed.emit()

    def give(self, name: str, ids: Ids) -> None:
        """Give a tag to these samples, by their indices in the data set."""
        try:
            name = tag_name(name)
        except ConfigError as error:
            self.failed.emit(str(error))
            return
        new = sorted({int(one) for one in ids} - set(self.tags.get(name, ())))
        self._push(name, new, [], self.tr("tag {0}").format(name))

    def take(self, name: str, ids: Ids) -> None:
        """Remove a tag from those of these samples that have it."""
        old = sorted({int(one) for one in ids} & set(self.tags.get(name, ())))
        self._push(name, [], old, self.tr("tag {0} removed").format(name))

    def delete(self, name: str) -> None:
        """Remove a tag from all samples."""
        self._push(name, [], list(self.tags.get(name, ())), self.tr("tag {0} deleted").format(name))

    def of(self, index: NDArray[np.integer]) -> list[str]:
        """(n) the tags of samples (n,), several tags of one sample joined."""
        names = list(self.tags)
        has_tag = self._tag_matrix(index)
        return [BETWEEN.join(names[tag] for tag in np.flatnonzero(has_tag[:, row])) for row in range(len(index))]

    def codes(self, index: NDArray[np.integer]) -> tuple[NDArray[np.int64], list[str]]:
        """(n,) the code of each sample's set of tags, and the names of the codes: first single tags, then combinations. The last
        code has no name and stands for samples without a tag."""
        names, has_tag = list(self.tags), self._tag_matrix(index)
        sets, inverse = np.unique(has_tag.T, axis=0, return_inverse=True)
        tag_sets = [tuple(np.flatnonzero(row).tolist()) for row in sets]
        order = sorted((tag_set for tag_set in tag_sets if tag_set), key=lambda tag_set: (len(tag_set) > 1, tag_set))
        code_of = {tag_set: code for code, tag_set in enumerate([*order, ()])}
        codes = np.array([code_of[tag_set] for tag_set in tag_sets], np.int64)
        return codes[inverse.reshape(-1)], [" + ".join(names[tag] for tag in tag_set) for tag_set in order]

    def _tag_matrix(self, index: NDArray[np.integer]) -> NDArray[np.bool_]:
        """(tags, n) whether a sample has a tag."""
        rows = [np.isin(index, np.array(indices, np.int64)) for indices in self.tags.values()]
        return np.array(rows, bool).reshape(len(rows), len(index))

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
