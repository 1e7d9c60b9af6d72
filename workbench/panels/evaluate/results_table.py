"""The figures of one run: trained, untrained, and what training has gained, with the protocol in words behind a fold."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QTableWidget,
    QTableWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from engine.runs.evaluation import Evaluated, Figure
from workbench import theme
from workbench.i18n.figure_names import figure_name, short_name
from workbench.panels.evaluate.evaluation_text import FIGURES, percent, signed
from workbench.theme.palette import GAP

ROW = 26
ELASTIC = 4, 1  # the columns that are left out where it is narrow, in this order: labels, untrained
LEAST = 4  # rows that are seen


class Figures(QWidget):
    """A small table and, behind a fold, how its figures came about. `picturesRequested`: show the predictions beside the truth."""

    picturesRequested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._figures: Mapping[str, Figure] = {}
        self._stale: frozenset[str] = frozenset()
        heads = (self.tr("Of test images"), self.tr("untrained"), self.tr("trained"), self.tr("gain"), self.tr("labels"))
        self.table = QTableWidget(0, len(heads))
        self.table.setHorizontalHeaderLabels(heads)
        self.table.setAccessibleName(self.tr("Results of the chosen run"))
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(ROW)
        self.table.setShowGrid(False)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setTabKeyNavigation(False)
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        head = self.table.horizontalHeader()
        head.setHighlightSections(False)
        head.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for section in range(len(heads)):
            side = Qt.AlignmentFlag.AlignRight if section else Qt.AlignmentFlag.AlignLeft
            item = self.table.horizontalHeaderItem(section)
            if item is not None:
                item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
        self.fold = QToolButton()
        self.fold.setObjectName("flat")
        self.fold.setText(self.tr("How these results are computed"))
        self.fold.setCheckable(True)
        self.fold.setArrowType(Qt.ArrowType.RightArrow)
        self.fold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.fold.toggled.connect(self._folded)
        self.protocol = QPlainTextEdit()
        self.protocol.setReadOnly(True)
        self.protocol.setTabChangesFocus(True)
        self.protocol.setAccessibleName(self.tr("Protocol"))
        self.protocol.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.protocol.hide()
        self.pictures = QPushButton(self.tr("Predictions…"))
        self.pictures.setToolTip(self.tr("A few test images with the truth and what is predicted, and the result of each class"))
        self.pictures.clicked.connect(self.picturesRequested)
        under = QHBoxLayout()
        under.addWidget(self.fold)
        under.addStretch(1)
        under.addWidget(self.pictures)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP // 2)
        column.addWidget(self.table, 1000)
        column.addLayout(under)
        column.addWidget(self.protocol, 1000)
        column.addStretch(1)
        theme.changed.connect(self._apply_theme)

    def show_figures(self, evaluated: Evaluated | None, epoch: int | None, stale: frozenset[str]) -> None:
        """The figures at a checkpoint; `stale`: parts that are of an older one."""
        self._figures = evaluated.at(epoch) if evaluated is not None else {}
        self._stale = stale if epoch is None else frozenset()
        shown = [self._figures[part] for part in FIGURES if part in self._figures]
        self.table.setRowCount(len(shown))
        for row, figure in enumerate(shown):
            self._fill(row, figure)
        head = self.table.horizontalHeader().sizeHint().height() + 4
        # Many figures scroll where the panel is low.
        self.table.setMinimumHeight(head + ROW * min(len(shown), LEAST))
        self.table.setMaximumHeight(head + ROW * len(shown))
        self._fit()
        self.setVisible(bool(shown))
        self.pictures.setVisible(any(figure.by_class for figure in shown))
        self.protocol.setPlainText(self._words(evaluated, shown))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the names of the figures readable."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """In a narrow panel the number of labels is left out, and then the untrained encoder's figure: the tooltips have them."""
        head = self.table.horizontalHeader()
        for column in ELASTIC:
            self.table.setColumnHidden(column, False)  # a hidden column's head has no width
        sections = range(self.table.columnCount())
        widths = [max(self.table.sizeHintForColumn(section), head.sectionSizeHint(section)) for section in sections]
        for column in ELASTIC:
            if sum(widths) > self.width():
                self.table.setColumnHidden(column, True)
                widths[column] = 0

    def _fill(self, row: int, figure: Figure) -> None:
        old = figure.part in self._stale
        # Tasks with several figures have long names.
        name = short_name(figure.part) if figure.by_class or figure.error is not None else figure_name(figure.part)
        name = self.tr("{0} (older checkpoint)").format(name) if old else name
        cells = (name, percent(figure.untrained), percent(figure.trained), signed(figure.gain), f"{figure.labels:,}")
        for column, words in enumerate(cells):
            item = QTableWidgetItem(words)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
            side = Qt.AlignmentFlag.AlignLeft if column == 0 else Qt.AlignmentFlag.AlignRight
            item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
            labels = self.tr("{0} labelled images").format(f"{figure.labels:,}")
            untrained = self.tr("untrained {0}").format(percent(figure.untrained))
            facts = figure_name(figure.part), self._origin(figure), untrained, labels
            item.setToolTip("\n".join([*facts, *figure.notes]))
            self.table.setItem(row, column, item)
        self._colour(row, figure)

    def _colour(self, row: int, figure: Figure) -> None:
        palette = theme.current()
        name, gain = self.table.item(row, 0), self.table.item(row, 3)
        if gain is not None:
            looks = {"+": palette.good, "−": palette.bad}  # a gain that is shown as 0.0 is neither
            gain.setForeground(QColor(looks.get(gain.text()[:1], palette.text)))
        if name is not None and figure.part in self._stale:
            name.setForeground(QColor(palette.warning))

    def _origin(self, figure: Figure) -> str:
        date = datetime.fromtimestamp(figure.date).strftime("%Y-%m-%d %H:%M")
        words = [self.tr("Step {0}, {1}").format(f"{figure.step:,}", date)]
        if "rate" in figure.by:
            template = self.tr("learning rate {0} (untrained {1}), {2} on validation")
            rates = (f"{figure.by['rate']:g}", f"{figure.untrained_by.get('rate', 0.0):g}")
            words.append(template.format(*rates, percent(figure.by.get("validation", 0.0))))
        elif "l2" in figure.by:
            template = self.tr("L2 strength {0} (untrained {1}), {2} on validation")
            strengths = (f"{figure.by['l2']:g}", f"{figure.untrained_by.get('l2', 0.0):g}")
            words.append(template.format(*strengths, percent(figure.by.get("validation", 0.0))))
        words += [self._error(figure)] if figure.error is not None else []
        without = {
            "pixels": self.tr("{0} from pixels alone"),
            "copying": self.tr("{0} by copying the first mask"),
            "chance": self.tr("{0} at chance level"),
        }
        words += [without.get(name, f"{{0}}: {name}").format(percent(share)) for name, share in figure.baselines.items()]
        return " · ".join(words)

    def _error(self, figure: Figure) -> str:
        """The standard errors of a figure that has its own."""
        untrained = figure.untrained_error if figure.untrained_error is not None else 0.0
        return self.tr("standard error {0} (untrained {1})").format(f"{100 * (figure.error or 0):.1f}", f"{100 * untrained:.1f}")

    def _words(self, evaluated: Evaluated | None, shown: list[Figure]) -> str:
        if evaluated is None or not shown:
            return ""
        words = self.tr(
            "{0} on {1}, {2} px, {3} classes, chance level {4}. Measured on {5} test images; the standard error of a share is "
            "at most {6}."
        )
        test = evaluated.images.get("test", 0)
        # The widest standard error that a share of so many images can have.
        error = 50 / max(1, test) ** 0.5
        first = words.format(
            evaluated.backbone,
            evaluated.data,
            evaluated.size,
            evaluated.classes,
            percent(evaluated.chance),
            f"{test:,}",
            f"{error:.1f} %",
        )
        parts = [first]
        for figure in shown:
            parts.append("\n".join([f"{figure_name(figure.part)}: {self._origin(figure)}", figure.protocol, *figure.notes]))
        return "\n\n".join(parts)

    def _folded(self, open: bool) -> None:
        self.fold.setArrowType(Qt.ArrowType.DownArrow if open else Qt.ArrowType.RightArrow)
        self.protocol.setVisible(open)

    def _apply_theme(self) -> None:
        shown = [self._figures[part] for part in FIGURES if part in self._figures]
        for row, figure in enumerate(shown):
            self._colour(row, figure)
