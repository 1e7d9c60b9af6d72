"""The line at the foot of the map that says what its trails show: which epochs they lead through, and whose they are."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QLabel, QWidget

from workbench import theme
from workbench.theme.palette import GAP


class TrailCaption(QLabel):
    """Lies over a plot, in its lower left corner, and lets the mouse through."""

    def __init__(self, plot: QWidget) -> None:
        super().__init__(plot)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setTextFormat(Qt.TextFormat.PlainText)
        plot.installEventFilter(self)
        theme.changed.connect(self._wear)
        self._wear()
        self.hide()

    def show_nothing(self) -> None:
        """Trails are wanted and nothing is selected."""
        self._say([self.tr("Point at a sample, or select some: their ways through the epochs are drawn.")])

    def show_trails(self, drawn: int, selected: int, epochs: Sequence[int], here: int, every: int) -> None:
        """`drawn` of the `selected` samples have a trail, through these `epochs` of `every`; the map is that of epoch `here`."""
        words = []
        if len(epochs) > 1:
            way = [self.tr("○ epoch {0}").format(epochs[0])] if epochs[0] < here else []
            way.append(self.tr("● epoch {0}").format(here))
            line = " → ".join(way)
            ahead = self.tr("epoch {0}").format(epochs[-1])
            words.append(f"{line} ┄ {ahead}" if epochs[-1] > here else line)
        if len(epochs) < every:
            words.append(self.tr("{0} of {1} epochs").format(len(epochs), every))
        if drawn < selected:
            words.append(self.tr("trails of {0} of {1}, evenly chosen").format(f"{drawn:,}", f"{selected:,}"))
        self._say(words)

    def _say(self, words: list[str]) -> None:
        self.setText(" · ".join(words))
        self.adjustSize()
        self.setVisible(bool(words))
        self._place()

    def _place(self) -> None:
        parent = self.parentWidget()
        if parent is not None:
            self.move(4, parent.height() - self.height() - 4)

    def _wear(self) -> None:
        palette = theme.current()
        self.setStyleSheet(
            f"background: {palette.card}; color: {palette.quiet}; border-radius: {GAP // 2}px; padding: 1px {GAP // 2}px;"
        )
        self.adjustSize()
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """It stays in its corner."""
        if watched is self.parentWidget() and event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)
