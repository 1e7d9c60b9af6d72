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
# What a step is called; a function gives it in the language of the window at the time when it is shown.
Title = str | Callable[[], str]


class _Step(QUndoCommand):
    def __init__(self, history: DraftHistory, before: Settings, after: Settings, title: Title, slider: str, moment: float) -> None:
        super().__init__()
        self.history, self.before, self.after, self.title = history, before, after, title
        self.slider, self.moment = slider, moment
        self._done = True  # a step is recorded after it was made

    def id(self) -> int:
        return 1  # of the same kind: mergeWith decides

    def mergeWith(self, other: QUndoCommand) -> bool:
        if self.history.adopting or not isinstance(other, _Step) or not self.slider or self.slider != other.slider:
            return False
        if other.moment - self.moment > ONE_STEP:
            return False
        self.after, self.moment = other.after, other.moment
        if self.after == self.before:
            self.setObsolete(True)  # the slider is where it was
        return True

    def redo(self) -> None:
        if not self._done and not self.history.adopting:
            self.history.apply(self.after)
        self._done = True

    def undo(self) -> None:
        if not self.history.adopting:
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
        self.adopting = False
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

    def adopt(self, other: DraftHistory) -> None:
        """Take over the steps of another history, whose settings are shown now: those to undo and those to do again."""
        self.adopting = True
        self._stack.clear()
        for step in other._steps():
            self._stack.push(_Step(self, step.before, step.after, step.title, step.slider, step.moment))
        while self._stack.index() > other._stack.index():
            self._stack.undo()
        self.adopting = False
        self.changed.emit()

    def record(self, settings: Settings, title: Title, slider: str = "") -> None:
        """The settings were changed to these. `title`: of what was changed. `slider`: the key of a setting whose quick changes are
        one step; "" for a step of its own. Nothing is recorded where nothing has changed."""
        before, self._now = self._now, deepcopy(dict(settings))
        if before != self._now:
            self._stack.push(_Step(self, before, self._now, title, slider, self._clock()))

    @property
    def undo_title(self) -> str:
        """What `undo` undoes; "" where there is nothing."""
        return self._title_at(self._stack.index() - 1)

    @property
    def redo_title(self) -> str:
        """What `redo` does again; "" where there is nothing."""
        return self._title_at(self._stack.index())

    def _steps(self) -> list[_Step]:
        commands = (self._stack.command(number) for number in range(self._stack.count()))
        return [command for command in commands if isinstance(command, _Step)]

    def _title_at(self, number: int) -> str:
        steps = self._steps()
        if not 0 <= number < len(steps):
            return ""
        title = steps[number].title
        return title if isinstance(title, str) else title()

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
