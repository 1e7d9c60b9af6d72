"""The effect of one augmentation operation by its strength: where a view is too easy, and where its content is destroyed."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from engine.study.pair_measures import easy_above, stretches
from workbench import theme
from workbench.bridge.pair_questions import SpaceCurve, StrengthCurve
from workbench.forms.editors import Combo
from workbench.panels.pairs.pair_data import figure
from workbench.panels.pairs.pairs_figure import OPERATIONS, SWITCHES, ShownStrength, operation_title, shown_strength
from workbench.plots.base import tint
from workbench.plots.image_grid import to_qimage
from workbench.theme.palette import GAP, SMALL_PX

LEFT, TOP, TICKS, EXAMPLE = 36, 16, 16, 40
BAR = 28  # px, the width of a mark


class StrengthPlot(QWidget):
    """Plots the mean cosine over the strength, the middle 80 % of the images as a band, the two marked ranges of strength, and an
    example image at each strength."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._curve: StrengthCurve | None = None
        self._space = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    def show_curve(self, curve: StrengthCurve | None, space: str) -> None:
        """Show a curve in one of its spaces; None for no curve."""
        self._curve, self._space = curve, space
        self.update()

    @property
    def curve(self) -> StrengthCurve | None:
        """The curve that is shown."""
        return self._curve

    @property
    def space(self) -> str:
        """The space in which it is shown."""
        return self._space

    @property
    def levels(self) -> tuple[float, float]:
        """The cosine above which a view is too easy, and the cosine below which its content is destroyed."""
        assert self._curve is not None
        ceiling = self._curve.spaces[self._space].ceiling
        return easy_above(ceiling), ceiling

    def marked(self, above: bool) -> tuple[tuple[float, float], ...]:
        """The ranges of strength that are too easy (`above`), or that destroy the content, each as (start, end)."""
        assert self._curve is not None
        return stretches(self._curve.strengths, self._curve.spaces[self._space].mean, self.levels[0 if above else 1], above)

    def beyond(self, above: bool) -> bool:
        """Whether an operation without a strength is too easy (`above`), or destroys the content."""
        assert self._curve is not None
        mean = float(self._curve.spaces[self._space].mean[-1])
        return mean > self.levels[0] if above else mean < self.levels[1]

    def sizeHint(self) -> QSize:
        """The size of a curve and its example images."""
        return QSize(420, 260)

    def minimumSizeHint(self) -> QSize:
        """The size of a small curve."""
        return QSize(260, 140)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the marked ranges, lines, curve and images; two marks for an operation without a strength."""
        if self._curve is None or self._space not in self._curve.spaces:
            return
        painter, palette, curve = QPainter(self), theme.current(), self._curve
        data, strengths = curve.spaces[self._space], curve.strengths
        low = float(np.floor(min(float(data.low.min()), self.levels[1]) * 10) / 10)
        area = QRectF(LEFT, TOP, self.width() - LEFT - EXAMPLE / 2, self.height() - TOP - TICKS - EXAMPLE - 4)

        def x(strength: float) -> float:
            return area.left() + strength / float(strengths[-1]) * area.width()

        def y(cosine: float) -> float:
            return area.bottom() - (cosine - low) / max(1e-6, 1 - low) * area.height()

        font = QFont(self.font())
        font.setPixelSize(SMALL_PX)
        painter.setFont(font)
        marks = ((True, palette.warning, self.tr("too easy")), (False, palette.bad, self.tr("destroys the content")))
        switch = curve.operation in SWITCHES
        for above, colour, text in marks:
            if switch and self.beyond(above):
                painter.setPen(QColor(colour))
                width = painter.fontMetrics().horizontalAdvance(text) + 4
                painter.drawText(QRectF(self._column(1, area) - width / 2, 0, width, TOP), Qt.AlignmentFlag.AlignCenter, text)
            for start, end in () if switch else self.marked(above):
                part = QRectF(x(start), area.top(), x(end) - x(start), area.height())
                painter.fillRect(part, tint(colour, 0.12))
                painter.setPen(QColor(colour))
                width = painter.fontMetrics().horizontalAdvance(text) + 4
                left = min(max(0.0, part.center().x() - width / 2), self.width() - width)
                painter.drawText(QRectF(left, 0, width, TOP), Qt.AlignmentFlag.AlignCenter, text)
        painter.setPen(QColor(palette.quiet))
        for value in (low, (low + 1) / 2, 1.0):
            side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(0, y(value) - 8, LEFT - 6, 16), side, figure(value))
        painter.fillRect(QRectF(area.left(), area.bottom(), area.width(), 1), QColor(palette.line))
        for level, colour in zip(self.levels, (palette.warning, palette.bad), strict=True):
            painter.setPen(QPen(QColor(colour), 1, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(area.left(), y(level)), QPointF(area.right(), y(level)))
        if switch:
            self._paint_marks(painter, data, area, y)
            return
        if curve.own > 0:
            at = x(min(curve.own, float(strengths[-1])))
            painter.setPen(QPen(QColor(palette.text), 1, Qt.PenStyle.DotLine))
            painter.drawLine(QPointF(at, area.top()), QPointF(at, area.bottom()))
        self._paint_curve(painter, data, [x(float(s)) for s in strengths], y)
        self._paint_examples(painter, [x(float(s)) for s in strengths], area.bottom())

    @staticmethod
    def _column(index: int, area: QRectF) -> float:
        """The x coordinate of the mark without (0) or with (1) the operation."""
        return area.left() + area.width() * (0.3, 0.7)[index]

    def _paint_marks(self, painter: QPainter, data: SpaceCurve, area: QRectF, y: object) -> None:
        """Paint the marks without and with the operation: a bar for the middle 80 %, a line for the mean, the image below."""
        assert callable(y)
        assert self._curve is not None
        palette = theme.current()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for index, text in enumerate((self.tr("without"), self.tr("with"))):
            at, mean = self._column(index, area), float(data.mean[index])
            high, low = y(float(data.high[index])), y(float(data.low[index]))
            painter.fillRect(QRectF(at - BAR / 2, high, BAR, max(1.0, low - high)), tint(palette.accent, 0.25))
            painter.fillRect(QRectF(at - BAR / 2, y(mean) - 1, BAR, 2), QColor(palette.accent))
            painter.setPen(QColor(palette.text))
            side = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(at + BAR / 2 + 6, y(mean) - 8, 60, 16), side, figure(mean))
            painter.setPen(QColor(palette.quiet))
            painter.drawText(QRectF(at - 60, area.bottom() + 2, 120, TICKS), Qt.AlignmentFlag.AlignCenter, text)
            picture = QRectF(at - EXAMPLE / 2, area.bottom() + TICKS + 2, EXAMPLE, EXAMPLE)
            painter.drawImage(picture, to_qimage(self._curve.examples[index]))

    def _paint_curve(self, painter: QPainter, data: SpaceCurve, xs: list[float], y: object) -> None:
        assert callable(y)
        palette = theme.current()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        up = [QPointF(at, y(float(value))) for at, value in zip(xs, data.high, strict=True)]
        down = [QPointF(at, y(float(value))) for at, value in zip(xs, data.low, strict=True)]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tint(palette.accent, 0.18))
        painter.drawPolygon(QPolygonF([*up, *reversed(down)]))
        painter.setPen(QPen(QColor(palette.accent), 2))
        painter.drawPolyline(QPolygonF([QPointF(at, y(float(value))) for at, value in zip(xs, data.mean, strict=True)]))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _paint_examples(self, painter: QPainter, xs: list[float], top: float) -> None:
        assert self._curve is not None
        palette = theme.current()
        side = min(EXAMPLE, int((xs[1] - xs[0]) if len(xs) > 1 else EXAMPLE) - 3)
        painter.setPen(QColor(palette.quiet))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for index, (at, strength) in enumerate(zip(xs, self._curve.strengths, strict=True)):
            painter.drawImage(QRectF(at - side / 2, top + TICKS + 2, side, side), to_qimage(self._curve.examples[index]))
            if index % 2 == 0:
                rect = QRectF(at - 30, top + 2, 60, TICKS)
                painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, amount(self._curve.operation, float(strength)))


def amount(operation: str, strength: float) -> str:
    """A strength with its unit."""
    if operation == "rotation":
        return f"{strength:.0f}°"
    return f"{strength:.0%}".replace("%", " %") if operation == "crop" else f"{strength:.2g}"


class StrengthPage(QWidget):
    """A choice of operation, its curve, and the rules by which it is marked. `operationChosen`: another operation was chosen."""

    operationChosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot, self.words, self.rule = StrengthPlot(), QLabel(), QLabel()
        self.plot.setAccessibleName(self.tr("Cosine of an image and its view over the strength"))
        self.choice = Combo()
        self.choice.setAccessibleName(self.tr("Operation"))
        for operation in (*OPERATIONS, *SWITCHES):
            self.choice.addItem(operation_title(operation), operation)
        self.choice.setMinimumContentsLength(26)
        self.choice.activated.connect(lambda _: self.operationChosen.emit())
        self.state = QLabel()
        for label in (self.words, self.rule, self.state):
            label.setWordWrap(True)
        for label in (self.rule, self.state):
            label.setObjectName("quiet")
        top = QHBoxLayout()
        top.setSpacing(GAP)
        top.addWidget(self.choice)
        top.addWidget(self.state, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(top)
        column.addWidget(self.plot, 1)
        column.addWidget(self.words)
        column.addWidget(self.rule)

    @property
    def operation(self) -> str:
        """The operation that is chosen."""
        return str(self.choice.currentData())

    def to_print(self) -> ShownStrength | None:
        """The curve that is shown; None where there is none, or where its operation has no strength."""
        curve = self.plot.curve
        if curve is None or curve.operation in SWITCHES:
            return None
        return shown_strength(curve, self.plot.space)

    def show_curve(self, curve: StrengthCurve | None, space: str, state: str = "") -> None:
        """Show a curve in one of its spaces; None for no curve, with the reason as `state`."""
        self.plot.show_curve(curve, space)
        for part in (self.words, self.rule):
            part.setVisible(curve is not None)
        self.state.setText(state)
        if curve is None:
            return
        easy, ceiling = self.plot.levels
        sentences = self._of_switch(curve, space) if curve.operation in SWITCHES else self._of_strength(curve)
        if curve.own <= 0:
            sentences.append(self.tr("This run does not use it."))
        self.words.setText(" ".join(sentences))
        rule = self.tr(
            "Mean cosine of {0} images to their unchanged originals; band: the middle 80 %. Too easy: above {1}. Destroys the "
            "content: below {2}; 95 % of pairs of different images, unchanged, have a lower cosine."
        )
        self.rule.setText(rule.format(curve.images, figure(easy), figure(ceiling)))
        self.plot.setAccessibleDescription(f"{self.words.text()} {self.rule.text()}")

    def _of_strength(self, curve: StrengthCurve) -> list[str]:
        sentences = []
        for above, words in ((True, self.tr("Too easy: {0}.")), (False, self.tr("Destroys the content: {0}."))):
            parts = [f"{amount(curve.operation, a)} – {amount(curve.operation, b)}" for a, b in self.plot.marked(above)]
            sentences.append(words.format(", ".join(parts) if parts else self.tr("nowhere")))
        if curve.own > 0:
            sentences.append(self.tr("This run uses up to {0} (dotted line).").format(amount(curve.operation, curve.own)))
        return sentences

    def _of_switch(self, curve: StrengthCurve, space: str) -> list[str]:
        data = curve.spaces[space]
        cost, low, high = (figure(float(value)) for value in (data.mean[0] - data.mean[1], data.low[1], data.high[1]))
        costs = {
            "flip": self.tr("A flip lowers the cosine by {0}"),
            "grayscale": self.tr("Grayscale lowers the cosine by {0}"),
            "solarize": self.tr("Solarizing lowers the cosine by {0}"),
            "erase": self.tr("An erased rectangle lowers the cosine by {0}"),
        }
        spread = self.tr("{0}, to a mean of {1}; the middle 80 % of the images: {2} to {3}.")
        sentences = [spread.format(costs[curve.operation].format(cost), figure(float(data.mean[1])), low, high)]
        if self.plot.beyond(True):
            sentences.append(self.tr("Too easy: the cosine hardly changes."))
        elif self.plot.beyond(False):
            sentences.append(self.tr("It destroys the content."))
        if curve.own > 0:
            sentences.append(self.tr("This run applies it to {0} of its views.").format(f"{curve.own:.0%}".replace("%", " %")))
        return sentences
