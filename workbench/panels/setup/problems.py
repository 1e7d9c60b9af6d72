"""What is wrong with the settings, in as many words as it takes; a click leads to the setting."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from workbench import theme
from workbench.theme.palette import SMALL_PX
from workbench.theme.plain import tip

_WRAP = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop) | int(Qt.TextFlag.TextWordWrap)


class ProblemButton(QPushButton):
    """A button whose words are wrapped: a plain one cuts them off."""

    def __init__(self, words: str, parent: QWidget | None = None) -> None:
        super().__init__(words, parent)
        self.setObjectName("problem")
        self.setToolTip(tip(words))
        self.setAccessibleName(words)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def hasHeightForWidth(self) -> bool:
        """The narrower, the higher."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Pixels that the words need at a width."""
        return self.fontMetrics().boundingRect(QRect(0, 0, max(1, width), 10_000), _WRAP, self.text()).height() + 2

    def sizeHint(self) -> QSize:
        """As wide as it may be."""
        return QSize(200, self.heightForWidth(max(80, self.width())))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The words, underlined where a click or a key would act."""
        painter = QPainter(self)
        font = QFont(self.font())
        font.setPixelSize(SMALL_PX)
        font.setUnderline(self.underMouse() or self.hasFocus())
        painter.setFont(font)
        painter.setPen(QColor(theme.current().bad))
        painter.drawText(self.rect(), _WRAP, self.text())


class Problems(QScrollArea):
    """A list of problems in a place of fixed height. `clicked` carries the key of the setting."""

    clicked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Problems"))
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inner = QWidget()
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self._column.addStretch(1)
        self.setWidget(inner)
        self._shown: tuple[tuple[str, str], ...] = ()

    def show_problems(self, problems: Sequence[tuple[str, str]]) -> None:
        """The settings' keys and what is wrong with each."""
        if tuple(problems) == self._shown:
            return
        self._shown = tuple(problems)
        while self._column.count() > 1:
            item = self._column.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for index, (key, words) in enumerate(self._shown):
            button = ProblemButton(words)
            button.clicked.connect(lambda _=False, at=key: self.clicked.emit(at))
            button.setEnabled(bool(key))
            self._column.insertWidget(index, button)
