"""The Colour by card: which column colours the map, and a legend that counts, hides and isolates."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QKeyEvent, QLinearGradient, QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QScrollArea, QSizePolicy, QWidget

from workbench import theme
from workbench.forms.editors import Combo
from workbench.forms.order import tab_after
from workbench.panels.embedding.colouring import Colouring
from workbench.plots.base import number
from workbench.widgets.card import Card


class _Entry(QPushButton):
    isolated = Signal()

    def __init__(self, colour: str, name: str, count: int) -> None:
        super().__init__()
        self.setObjectName("flat")
        self.setCheckable(True)
        self.setChecked(True)
        self._colour, self._name, self._count = colour, name, count
        self.setStyleSheet("padding: 0; min-height: 0; border: none;")
        self.setFixedHeight(18)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(f"{name}, {count}")
        self.setToolTip(self.tr("{0}: {1}. Click hides, Ctrl+click shows it alone").format(name, f"{count:,}"))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Dot, name, count."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        quiet = QColor(theme.current().quiet)
        dot = QRectF(1, self.height() / 2 - 4, 8, 8)
        painter.setPen(QColor(self._colour))
        painter.setBrush(QColor(self._colour) if self.isChecked() else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(dot)
        metrics = painter.fontMetrics()
        count = f"{self._count:,}"
        room = self.width() - 15 - metrics.horizontalAdvance(count) - 10
        painter.setPen(QColor(theme.current().text) if self.isChecked() else quiet)
        name = metrics.elidedText(self._name, Qt.TextElideMode.ElideRight, room)
        painter.drawText(15, 0, room, self.height(), Qt.AlignmentFlag.AlignVCenter, name)
        if self.hasFocus():
            painter.drawLine(15, self.height() - 1, 15 + metrics.horizontalAdvance(name), self.height() - 1)
        painter.setPen(quiet)
        area = self.rect().adjusted(0, 0, -4, 0)
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, count)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl and Space isolate."""
        if event.key() == Qt.Key.Key_Space and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.isolated.emit()
            event.accept()
            return
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Ctrl and a click isolate."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.isolated.emit()
            event.accept()
            return
        super().mousePressEvent(event)


class _Bar(QWidget):
    """A colour map from left to right."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(10)
        self._colours: tuple[str, ...] = ()

    def set_colours(self, colours: tuple[str, ...]) -> None:
        """Show these."""
        self._colours = colours
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A gradient with round ends."""
        if not self._colours:
            return
        fill = QLinearGradient(0, 0, self.width(), 0)
        for place, colour in enumerate(self._colours):
            fill.setColorAt(place / max(1, len(self._colours) - 1), QColor(colour))
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawRoundedRect(self.rect(), 3, 3)


class LegendCard(Card):
    """`chosen` says which column, `shown` which of its categories are to be seen."""

    chosen = Signal(str)
    shown = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent=parent)
        self.set_title(self.tr("Colour by"))
        self.column = Combo()
        self.column.setAccessibleName(self.tr("Colour by"))
        self.column.activated.connect(lambda _: self.chosen.emit(self.column.currentData()))
        self.body.addWidget(self.column)
        self._bar = _Bar()
        self._ends = QWidget()
        row = QHBoxLayout(self._ends)
        row.setContentsMargins(0, 0, 0, 0)
        self._low, self._high = QLabel(), QLabel()
        for label in (self._low, self._high):
            label.setObjectName("quiet")
        row.addWidget(self._low)
        row.addStretch(1)
        row.addWidget(self._high)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        for widget in (self._bar, self._ends, self._scroll):
            self.body.addWidget(widget)
            widget.hide()
        self._entries: list[_Entry] = []

    def set_columns(self, names: list[str], titles: list[str], current: str) -> None:
        """What the map can be coloured by."""
        with QSignalBlocker(self.column):
            self.column.clear()
            for name, title in zip(names, titles, strict=True):
                self.column.addItem(title, name)
            self.column.setCurrentIndex(self.column.findData(current))
        self.column.setEnabled(bool(names))

    def set_colouring(self, colouring: Colouring | None, unit: str = "") -> None:
        """Explain these colours."""
        entries = colouring.entries if colouring is not None else ()
        numbers = colouring is not None and not entries
        self._bar.setVisible(numbers)
        self._ends.setVisible(numbers)
        self._scroll.setVisible(bool(entries))
        self._entries = []
        if colouring is not None and numbers:
            self._bar.set_colours(colouring.palette)
            self._low.setText(number(colouring.low, 3) + unit)
            self._high.setText(number(colouring.high, 3) + unit)
        inner = QWidget()
        grid = QGridLayout(inner)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(0)
        for place, entry in enumerate(entries):
            button = _Entry(entry.colour, entry.name, entry.count)
            button.toggled.connect(self._say)
            button.isolated.connect(lambda place=place: self.isolate(place))
            grid.addWidget(button, place // 2, place % 2)
            self._entries.append(button)
        for column in range(2):
            grid.setColumnStretch(column, 1)
        rows = -(-len(entries) // 2)
        self._scroll.setFixedHeight(min(rows, 8) * 18 + 2)
        self._scroll.setWidget(inner)
        tab_after(self.column, inner)

    def entries(self) -> list[QPushButton]:
        """The legend's toggles."""
        return list(self._entries)

    def isolate(self, place: int) -> None:
        """Show one category alone; once more shows all."""
        alone = [button.isChecked() for button in self._entries] == [at == place for at in range(len(self._entries))]
        for at, button in enumerate(self._entries):
            with QSignalBlocker(button):
                button.setChecked(alone or at == place)
            button.update()
        self._say()

    def _say(self) -> None:
        shown: NDArray[np.bool_] = np.array([button.isChecked() for button in self._entries], bool)
        self.shown.emit(shown)


def tool_icon(kind: str, colour: str) -> QIcon:
    """A small drawn icon for a tool of the map."""
    pixmap = QPixmap(QSize(32, 32))
    pixmap.setDevicePixelRatio(2)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = painter.pen()
    pen.setColor(QColor(colour))
    pen.setWidthF(1.4)
    if kind != "pan":
        pen.setDashPattern([2.2, 1.6])
    painter.setPen(pen)
    if kind == "rectangle":
        painter.drawRect(QRectF(2.5, 3.5, 11, 9))
    elif kind == "lasso":
        painter.drawEllipse(QRectF(2, 3, 12, 8))
        pen.setStyle(Qt.PenStyle.SolidLine)
        painter.setPen(pen)
        painter.drawLine(5, 11, 4, 14)
    else:
        painter.drawLine(8, 2, 8, 14)
        painter.drawLine(2, 8, 14, 8)
        for dx, dy in ((0, -1), (0, 1), (-1, 0), (1, 0)):
            tip_x, tip_y = 8 + 6 * dx, 8 + 6 * dy
            painter.drawLine(tip_x, tip_y, tip_x - 2 * dx + 2 * dy, tip_y - 2 * dy + 2 * dx)
            painter.drawLine(tip_x, tip_y, tip_x - 2 * dx - 2 * dy, tip_y - 2 * dy - 2 * dx)
    painter.end()
    return QIcon(pixmap)
