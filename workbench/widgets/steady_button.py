"""A button whose text changes while its width stays."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QPushButton, QStyle, QStyleOptionButton, QWidget


class SteadyButton(QPushButton):
    """A button that is as wide as the longest of its texts, so that what lies beside it does not move: a second click on Start must
    not hit Stop. `texts` are all that it will show; it shows the first. The width follows the font and the style sheet."""

    def __init__(self, *texts: str, parent: QWidget | None = None) -> None:
        super().__init__(texts[0], parent)
        self._texts = texts

    def sizeHint(self) -> QSize:
        """The hint of a button with the longest text, whichever is shown."""
        option = QStyleOptionButton()
        self.initStyleOption(option)
        metrics = self.fontMetrics()
        option.text = max(self._texts, key=metrics.horizontalAdvance)
        size = metrics.size(Qt.TextFlag.TextShowMnemonic, option.text)
        return self.style().sizeFromContents(QStyle.ContentsType.CT_PushButton, option, size, self)

    def minimumSizeHint(self) -> QSize:
        """The same: the width never falls below it."""
        return self.sizeHint()
