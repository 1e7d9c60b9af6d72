"""A label of one line whose text ends in an ellipsis if it does not fit."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from workbench.theme.plain import tip


class ElidedLabel(QLabel):
    """Shows as much of `full_text` as fits into its width, which does not depend on the text. The tooltip has the full text.
    `mode`: which part of a long text is left out."""

    def __init__(self, parent: QWidget | None = None, *, mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight) -> None:
        super().__init__(parent)
        self._full_text, self._mode = "", mode
        self._texts: tuple[str, ...] = ("",)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    @property
    def full_text(self) -> str:
        """The text without an ellipsis."""
        return self._full_text

    def set_full_text(self, text: str, shorter: Sequence[str] = ()) -> None:
        """Set the text, and the tooltip to the same text. `shorter`: what is shown in place of it where it does not fit, from the
        longest to the shortest."""
        self._full_text, self._texts = text, (text, *shorter)
        self.setToolTip(tip(text))
        self._elide()

    def _elide(self) -> None:
        metrics, width = self.fontMetrics(), self.contentsRect().width()
        text = next((text for text in self._texts if metrics.horizontalAdvance(text) <= width), self._texts[-1])
        self.setText(metrics.elidedText(text, self._mode, width))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the text to the new width."""
        super().resizeEvent(event)
        self._elide()

    def changeEvent(self, event: QEvent) -> None:
        """Fit the text to a new font."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._elide()
