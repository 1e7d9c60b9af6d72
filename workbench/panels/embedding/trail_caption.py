"""The caption of the trails on a map: the epochs that they run through, and how many samples have one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QLabel, QWidget

from workbench import theme
from workbench.theme.palette import GAP


class TrailCaption(QLabel):
    """A label in the lower left corner of a plot, transparent for the mouse."""

    def __init__(self, plot: QWidget) -> None:
        super().__init__(plot)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setTextFormat(Qt.TextFormat.PlainText)
        plot.installEventFilter(self)
        theme.changed.connect(self._apply_theme)
        self._apply_theme()
        self.hide()

    def show_hint(self) -> None:
        """Show a hint: trails are on, but no sample is selected."""
        self._set_parts([self.tr("Point at a sample, or select some, to see their paths through the epochs.")])

    def show_trails(self, drawn: int, selected: int, epochs: Sequence[int], current: int, epoch_count: int) -> None:
        """Describe the trails: `drawn` of the `selected` samples have one, through these `epochs` of the run's `epoch_count`; the
        map shows the epoch `current`."""
        parts = []
        if len(epochs) > 1:
            past = [self.tr("○ epoch {0}").format(epochs[0])] if epochs[0] < current else []
            past.append(self.tr("● epoch {0}").format(current))
            line = " → ".join(past)
            ahead = self.tr("epoch {0}").format(epochs[-1])
            parts.append(f"{line} ┄ {ahead}" if epochs[-1] > current else line)
        if len(epochs) < epoch_count:
            parts.append(self.tr("{0} of {1} epochs").format(len(epochs), epoch_count))
        if drawn < selected:
            parts.append(self.tr("trails of {0} of {1}, evenly chosen").format(f"{drawn:,}", f"{selected:,}"))
        self._set_parts(parts)

    def _set_parts(self, parts: list[str]) -> None:
        self.setText(" · ".join(parts))
        self.adjustSize()
        self.setVisible(bool(parts))
        self._move_to_corner()

    def _move_to_corner(self) -> None:
        parent = self.parentWidget()
        if parent is not None:
            self.move(4, parent.height() - self.height() - 4)

    def _apply_theme(self) -> None:
        palette = theme.current()
        self.setStyleSheet(
            f"background: {palette.card}; color: {palette.quiet}; border-radius: {GAP // 2}px; padding: 1px {GAP // 2}px;"
        )
        self.adjustSize()
        self._move_to_corner()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the corner when the plot is resized."""
        if watched is self.parentWidget() and event.type() == QEvent.Type.Resize:
            self._move_to_corner()
        return super().eventFilter(watched, event)
