"""What is predicted for a few test images beside the truth, and the figure of each class, in a window of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from engine.config.run_name import elided
from engine.evaluate.plan import figures_of
from engine.evaluate.predictions import EXAMPLES, Predictions
from engine.evaluate.task_table import Task, tasks
from engine.runs.evaluation import Figure
from workbench import theme
from workbench.forms.editors import Combo
from workbench.i18n.figure_names import figure_name
from workbench.panels.evaluate.detection_cells import LEAST_SCORE
from workbench.panels.evaluate.evaluation_text import part_name, percent
from workbench.panels.evaluate.prediction_cells import class_colours, prediction_cells, row_names
from workbench.plots.image_grid import ImageGrid
from workbench.plots.swatch import dot_icon
from workbench.theme.palette import GAP, WIDE_GAP

ROW = 24
DOT = 12
CLASSES = 270  # px, the width of the table of classes


class PredictionsDialog(QDialog):
    """For one run at one checkpoint, whose `figures` by their ids are given. It does not block the window."""

    def __init__(self, title: str, figures: Mapping[str, Figure], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Predictions of {0}").format(elided(title, 60)))
        self.resize(1080, 560)
        self._figures = figures
        self._predictions: Mapping[str, Predictions] | None = None
        self.which = Combo()
        self.which.setAccessibleName(self.tr("Task"))
        self.which.setSizeAdjustPolicy(Combo.SizeAdjustPolicy.AdjustToContents)
        self.which.activated.connect(self._show)
        self.note = QLabel(self.tr("Reading…"))
        self.note.setObjectName("quiet")
        self.note.setWordWrap(True)
        self.grid = ImageGrid(columns=EXAMPLES, least=48, most=220, fit=True)
        self.grid.setAccessibleName(self.tr("Images, true and predicted"))
        self.table = self._table()
        close = QPushButton(self.tr("Close"))
        close.setAutoDefault(False)
        close.clicked.connect(self.close)
        head = QHBoxLayout()
        head.setSpacing(GAP)
        label = QLabel(self.tr("Task"))
        label.setBuddy(self.which)
        head.addWidget(label)
        head.addWidget(self.which)
        head.addWidget(self.note, 1)
        middle = QHBoxLayout()
        middle.setSpacing(WIDE_GAP)
        middle.addWidget(self.grid, 1)
        middle.addWidget(self.table)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(close)
        box = QVBoxLayout(self)
        box.setContentsMargins(WIDE_GAP, WIDE_GAP, WIDE_GAP, WIDE_GAP)
        box.setSpacing(GAP)
        box.addLayout(head)
        box.addLayout(middle, 1)
        box.addLayout(buttons)
        theme.changed.connect(self._show)

    def _table(self) -> QTableWidget:
        table = QTableWidget(0, 3)
        table.setAccessibleName(self.tr("Figure of each class"))
        table.setFixedWidth(CLASSES)
        table.setIconSize(QSize(DOT, DOT))
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(ROW)
        table.setShowGrid(False)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setTabKeyNavigation(False)
        head = table.horizontalHeader()
        head.setHighlightSections(False)
        head.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return table

    # In

    def show_predictions(self, predictions: Mapping[str, Predictions]) -> None:
        """Show those of one of the parts."""
        self._predictions = predictions
        self.which.clear()
        for part in (*predictions, *(row.id for row in tasks() if row.id not in predictions and self._table_only(row))):
            self.which.addItem(part_name(part), part)
        self._show()

    def _table_only(self, row: Task) -> bool:
        """Whether a task on frozen features has the figure of each column, and no pictures."""
        return row.frozen and any(self._figures[name].by_class for name in row.figures if name in self._figures)

    def show_problem(self, message: str) -> None:
        """Say why there are none."""
        self.note.setText(message)

    @property
    def part(self) -> str:
        """The part that is shown, "" for none."""
        return str(self.which.currentData() or "")

    # Showing

    def _show(self) -> None:
        if self._predictions is None:
            return
        predictions = self._predictions.get(self.part)
        figure = self._figures.get(figures_of(self.part)[0])
        if predictions is None and figure is not None and figure.by_class:
            self.grid.set_cells([])
            self.note.setText(self.tr("This task has no pictures: the table has the figure of each column."))
            self._fill(tuple(figure.by_class), {}, figure)
            return
        if predictions is None:
            self.note.setText(self.tr("No predictions are stored with this run. Evaluate the part again to see some."))
            return
        cells = prediction_cells(predictions, theme.current())
        self.grid.set_cells(cells, columns=len(predictions.images), notes=row_names())
        note = self.tr("{0} of the test images, evenly spaced").format(len(predictions.images))
        if predictions.detected is not None:
            boxes = self.tr("boxes with a score of at least {0}, the highest where they overlap").format(LEAST_SCORE)
            note = f"{note}; {boxes}"
        self.note.setText(note)
        self._fill(predictions.names, class_colours(predictions.names, theme.current()), figure)

    def _fill(self, names: Sequence[str], colours: Mapping[str, str], figure: Figure | None) -> None:
        trained, untrained = (figure.by_class, figure.untrained_by_class) if figure is not None else ({}, {})
        self.table.setHorizontalHeaderLabels((self.tr("Class"), self.tr("trained"), self.tr("untrained")))
        first = self.table.horizontalHeaderItem(0)
        if first is not None:
            first.setTextAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        rows: list[tuple[str, QIcon | None, float | None, float | None]] = [
            (each, dot_icon(colours[each]) if each in colours else None, trained.get(each), untrained.get(each)) for each in names
        ]
        if figure is not None:
            rows.append((self.tr("Mean"), None, figure.trained, figure.untrained))
            self.table.setToolTip(figure_name(figure.part))
        self.table.setRowCount(len(rows))
        for row, (words, icon, *values) in enumerate(rows):
            title = QTableWidgetItem(words)
            if icon is not None:
                title.setIcon(icon)
            self.table.setItem(row, 0, title)
            for column, value in enumerate(values, start=1):
                item = QTableWidgetItem("–" if value is None else percent(value))
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self.table.setItem(row, column, item)
