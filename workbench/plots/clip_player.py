"""Plays the frames of a clip, again and again, for widgets that show images."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from workbench.theme import motion

FRAME_MS = 120  # a frame
END_MS = 500  # the last one, so that the beginning can be told


class ClipPlayer(QObject):
    """The frames of one clip. `moved`: another frame is to be shown. Where motion is reduced nothing is played."""

    moved = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._frames: tuple[QImage, ...] = ()
        self._at = 0
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._advance)

    @property
    def image(self) -> QImage | None:
        """The frame that is shown now; None while nothing is played."""
        return self._frames[self._at] if self.playing else None

    @property
    def playing(self) -> bool:
        """Whether a clip is played."""
        return self._timer.isActive()

    def play(self, frames: Sequence[QImage]) -> None:
        """Play frames from the first; fewer than two are not played."""
        self.stop()
        if len(frames) > 1 and not motion.reduced():
            self._frames, self._at = tuple(frames), 0
            self._timer.start(FRAME_MS)
            self.moved.emit()

    def stop(self) -> None:
        """Play nothing."""
        was = self.playing
        self._timer.stop()
        self._frames = ()
        if was:
            self.moved.emit()

    def _advance(self) -> None:
        self._at = (self._at + 1) % len(self._frames)
        self._timer.setInterval(END_MS if self._at == len(self._frames) - 1 else FRAME_MS)
        self.moved.emit()
