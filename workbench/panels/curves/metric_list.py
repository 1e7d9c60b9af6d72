"""The list of all figures that the runs measure: which of them have a plot, with a filter."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from workbench.panels.curves.metric_filter import COLUMNS, Metric, matching
from workbench.panels.curves.plot_layout import MOST
from workbench.plots.base import number
from workbench.theme.palette import GAP, WIDE_GAP
from workbench.widgets.room import keep_lines

WIDTH, HEIGHT = 380, 420
_NAME = Qt.ItemDataRole.UserRole


class MetricList(QFrame):
    """A popup. `plotToggled`: the name of a figure, and whether it is to have a plot; `onlyAsked`: the names of all that are to
    have one, and no other; `defaultAsked`: the plots of the first start.

    Keys: Down goes from the field to the list, Space adds or removes a plot, Enter in the field does so for a single match, Escape
    closes."""

    plotToggled = Signal(str, bool)
    onlyAsked = Signal(list)
    defaultAsked = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("card")
        self.setAccessibleName(self.tr("Plots"))
        self._metrics: tuple[Metric, ...] = ()
        self.field = QLineEdit()
        self.field.setPlaceholderText(self.tr("Filter: words, kind:evaluation, runs>1, is:shown…"))
        self.field.setClearButtonEnabled(True)
        self.field.setAccessibleName(self.tr("Filter the figures by name"))
        self.field.setToolTip(
            "\n".join(
                (
                    self.tr("Words that must all occur: rank projector; without these: -rank"),
                    self.tr("A kind: kind:loss, kind:evaluation, kind:diagnostics, kind:training"),
                    self.tr("Numbers: runs>1, last<0.5; is:shown for those with a plot"),
                )
            )
        )
        self.field.textChanged.connect(self._fill)
        self.field.returnPressed.connect(self._toggle_single)
        self._doubt = QLabel()
        self._doubt.setObjectName("bad")
        keep_lines(self._doubt, 1)
        self.tree = QTreeWidget()
        self.tree.setObjectName("checklist")
        self.tree.setAccessibleName(self.tr("Figures that these runs measure"))
        self.tree.setRootIsDecorated(False)
        self.tree.setUniformRowHeights(True)
        self.tree.setStyleSheet("QTreeView::item { padding: 3px 0; }")
        self.tree.setHeaderLabels([self.tr("Figure"), self.tr("Runs"), self.tr("Last")])
        head = self.tree.header()
        head.setStretchLastSection(False)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in (1, 2):
            head.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        self.tree.itemChanged.connect(self._changed)
        self._count = QLabel()
        self._count.setObjectName("quiet")
        self.only = QPushButton(self.tr("Only these"))
        self.only.setToolTip(self.tr("Show a plot for each figure in the list, and no other plot"))
        self.only.clicked.connect(lambda: self.onlyAsked.emit([metric.name for metric in self._matches()[0]]))
        self.default = QPushButton(self.tr("Defaults"))
        self.default.setToolTip(self.tr("Show the plots of the first start, in their order"))
        self.default.clicked.connect(self.defaultAsked)
        foot = QHBoxLayout()
        foot.setSpacing(GAP)
        foot.addWidget(self._count, 1)
        foot.addWidget(self.only)
        foot.addWidget(self.default)
        column_box = QVBoxLayout(self)
        column_box.setContentsMargins(WIDE_GAP, WIDE_GAP, WIDE_GAP, WIDE_GAP)
        column_box.setSpacing(GAP // 2)
        column_box.addWidget(self.field)
        column_box.addWidget(self._doubt)
        column_box.addWidget(self.tree, 1)
        column_box.addLayout(foot)
        self.resize(WIDTH, HEIGHT)

    def open_under(self, button: QWidget) -> None:
        """Show the list below a button, inside of the screen."""
        corner = button.mapToGlobal(QPoint(button.width() - self.width(), button.height() + 2))
        screen = button.screen().availableGeometry()
        left = max(screen.left(), min(corner.x(), screen.right() - self.width()))
        top = max(screen.top(), min(corner.y(), screen.bottom() - self.height()))
        self.move(left, top)
        self.show()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)
        self.field.selectAll()

    def show_metrics(self, metrics: Sequence[Metric]) -> None:
        """List these figures."""
        if tuple(metrics) != self._metrics:
            self._metrics = tuple(metrics)
            self._fill()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Down goes from the field to the list."""
        if event.key() == Qt.Key.Key_Down and self.field.hasFocus() and self.tree.topLevelItemCount():
            self.tree.setFocus(Qt.FocusReason.TabFocusReason)
            first = self.tree.topLevelItem(0)
            assert first is not None
            self.tree.setCurrentItem(first)
        else:
            super().keyPressEvent(event)

    def _matches(self) -> tuple[tuple[Metric, ...], str]:
        kept, doubts = matching(self._metrics, self.field.text())
        words = self.tr("{0} is no condition. Use words, or one of {1}.")
        return kept, words.format(doubts[0].token, ", ".join(COLUMNS[:-1])) if doubts else ""

    def _fill(self) -> None:
        kept, doubt = self._matches()
        current = self.tree.currentItem()
        chosen = current.data(0, _NAME) if current is not None else ""
        with QSignalBlocker(self.tree):
            self.tree.clear()
            for metric in kept:
                last = "" if metric.last is None else number(metric.last, 3)
                item = QTreeWidgetItem(self.tree, [metric.title, str(metric.runs), last])
                item.setData(0, _NAME, metric.name)
                item.setToolTip(0, metric.name)
                item.setCheckState(0, Qt.CheckState.Checked if metric.shown else Qt.CheckState.Unchecked)
                for column in (1, 2):
                    item.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                if metric.name == chosen:
                    self.tree.setCurrentItem(item)
        self._doubt.setText(doubt)
        self._count.setText(self.tr("{0} of {1}").format(len(kept), len(self._metrics)))
        self.only.setEnabled(0 < len(kept) <= MOST)

    def _changed(self, item: QTreeWidgetItem) -> None:
        name, on = item.data(0, _NAME), item.checkState(0) == Qt.CheckState.Checked
        # Later: the answer fills the list anew, while the view is not yet done with the item.
        QTimer.singleShot(0, lambda: self.plotToggled.emit(name, on))

    def _toggle_single(self) -> None:
        kept, _ = self._matches()
        if len(kept) == 1:
            self.plotToggled.emit(kept[0].name, not kept[0].shown)
