"""Parts of the legends of samples: the combo box of the column that colours them, and a colour bar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent, QStandardItemModel
from PySide6.QtWidgets import QWidget

from workbench import theme
from workbench.forms.editors import Combo


class ColourColumn(Combo):
    """A combo box for the column that colours the samples. `chosen` carries the name of the column that the user selects."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.activated.connect(lambda _: self.chosen.emit(self.currentData()))

    def set_columns(
        self, names: Sequence[str], titles: Sequence[str], current: str, reasons: Mapping[str, str] | None = None
    ) -> None:
        """Set the columns by name and title. `reasons`: why a column is disabled, by name. `chosen` is not emitted."""
        with QSignalBlocker(self):
            self.clear()
            for name, title in zip(names, titles, strict=True):
                self.addItem(title, name)
            self.setCurrentIndex(self.findData(current))
            model = self.model()
            for name, reason in (reasons or {}).items():
                if (index := self.findData(name)) >= 0:
                    self.setItemData(index, reason, Qt.ItemDataRole.ToolTipRole)
                    if isinstance(model, QStandardItemModel):
                        model.item(index).setEnabled(False)
        self.setEnabled(bool(names))


class ColourBar(QWidget):
    """A horizontal colour bar."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(10)
        self._colours: tuple[str, ...] = ()
        self._mark: float | None = None

    def set_colours(self, colours: tuple[str, ...], mark: float | None = None) -> None:
        """Show these colours from left to right, with a line at `mark`, a fraction of the width from 0 to 1."""
        self._colours, self._mark = colours, mark
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the gradient and the mark."""
        if not self._colours:
            return
        fill = QLinearGradient(0, 0, self.width(), 0)
        for index, colour in enumerate(self._colours):
            fill.setColorAt(index / max(1, len(self._colours) - 1), QColor(colour))
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawRoundedRect(self.rect(), 3, 3)
        if self._mark is not None:
            palette = theme.current()
            at = round(self._mark * (self.width() - 4)) + 2
            painter.fillRect(at - 2, 0, 4, self.height(), QColor(palette.card))
            painter.fillRect(at - 1, 0, 2, self.height(), QColor(palette.text))
