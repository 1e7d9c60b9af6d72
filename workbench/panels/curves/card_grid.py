"""The grid of the cards: the first plot is large, the others stand in rows below it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QGridLayout, QWidget

from workbench.panels.curves.plot_layout import LEAST_FIRST, LEAST_ROW


def arrange(grid: QGridLayout, cards: Sequence[QWidget], columns: int) -> None:
    """Put the cards into the grid in place of what it holds, `columns` beside each other below the first."""
    while grid.takeAt(0) is not None:
        pass
    for row in range(grid.rowCount()):
        grid.setRowStretch(row, 0)
        grid.setRowMinimumHeight(row, 0)
    for column in range(grid.columnCount()):
        grid.setColumnStretch(column, 0)
    for index, card in enumerate(cards):
        row, column = (1 + (index - 1) // columns, (index - 1) % columns) if index else (0, 0)
        span = 1 if 0 < index < len(cards) - 1 else columns - column  # the first and the last fill their row
        grid.addWidget(card, row, column, 1, span)
        grid.setRowStretch(row, 4 if row else 5)
        grid.setRowMinimumHeight(row, LEAST_ROW if row else LEAST_FIRST)
    for column in range(columns):
        grid.setColumnStretch(column, 1)
