"""Undo and redo of the next run's settings. A step keeps all settings before and after it, so that it can be a field, a preset,
the views, another method or a whole run. No widgets."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

MOST_STEPS = 200
# Seconds within which changes of the same setting are one step: those of a slider while it moves, the letters of a word.
ONE_STEP = 1.5

Settings = Mapping[str, Any]


class _Step(QUndoCommand):
    def __init__(self, history: DraftHistory, before: Settings, after: Settings, title: str, slider: str, moment: float) -> None:
        super().__init__(title)
        self.history, self.before, self.after = history, before, after
        self.slider, self.moment = slider, moment
        self._done = True  # a step is recorded after it was made

    def id(self) -> int:
        return 1  # of the same kind: mergeWith decides

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, _Step) or not self.slider or self.slider != other.slider:
            return False
        if other.moment - self.moment > ONE_STEP:
            return False
        self.after, self.moment = other.after, other.moment
        if self.after == self.before:
            self.setObsolete(True)  # the slider is where it was
        return True

    def redo(self) -> None:
        if not self._done:
            self.history.apply(self.after)
        self._done = True

    def undo(self) -> None:
        self.history.apply(self.before)
        self._done = False


class DraftHistory(QObject):
    """The steps. `apply` shows settings; it is called by undo and redo. `changed`: what can be undone or redone has changed."""

    changed = Signal()

    def __init__(
        self, apply: Callable[[Settings], None], clock: Callable[[], float] = time.monotonic, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.apply = apply
        self._clock = clock
        self._now: Settings = {}
        self._stack = QUndoStack(self)
        self._stack.setUndoLimit(MOST_STEPS)
        self._stack.indexChanged.connect(self.changed)

    def begin(self, settings: Settings) -> None:
        """These are the settings from which steps count; earlier steps are dropped."""
        self._now = deepcopy(dict(settings))
        self._stack.clear()

    def settle(self, settings: Settings) -> None:
        """The settings after the last step have come to be these, without a new step."""
        self._now = deepcopy(dict(settings))

    def record(self, settings: Settings, title: str, slider: str = "") -> None:
        """The settings were changed to these. `title`: of what was changed. `slider`: the key of a setting whose quick changes are
        one step; "" for a step of its own. Nothing is recorded where nothing has changed."""
        before, self._now = self._now, deepcopy(dict(settings))
        if before != self._now:
            self._stack.push(_Step(self, before, self._now, title, slider, self._clock()))

    @property
    def undo_title(self) -> str:
        """What `undo` undoes; "" where there is nothing."""
        return self._stack.undoText()

    @property
    def redo_title(self) -> str:
        """What `redo` does again; "" where there is nothing."""
        return self._stack.redoText()

    def undo(self) -> str:
        """Undo the last step; returns its title."""
        title = self.undo_title
        self._stack.undo()
        return title

    def redo(self) -> str:
        """Do the last undone step again; returns its title."""
        title = self.redo_title
        self._stack.redo()
        return title
