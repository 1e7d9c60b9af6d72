"""The Tags page: give a tag to the selected samples, and select samples by their tag."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from workbench.panels.embedding.selection import Selection
from workbench.panels.embedding.tagging import Tagging
from workbench.theme.palette import GAP


class _List(QListWidget):
    """A list where Enter or Space activates an entry, and Delete emits `deleted`."""

    deleted = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Handle Enter, Space and Delete."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self.currentItem() is not None:
            self.itemActivated.emit(self.currentItem())
        elif event.key() == Qt.Key.Key_Delete and self.currentItem() is not None:
            self.deleted.emit()
        else:
            super().keyPressEvent(event)


class TagPage(QWidget):
    """A field for a name, the list of the run's tags with their counts, and buttons for the tag chosen in the list."""

    def __init__(self, tagging: Tagging, selection: Selection, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tagging, self._selection = tagging, selection
        self.name, self.give = QLineEdit(), QPushButton(self.tr("Tag"))
        self.name.setPlaceholderText(self.tr("Name of a tag"))
        self.name.setAccessibleName(self.tr("Name of a tag"))
        self.give.setToolTip(self.tr("Give this tag to the selected samples. Saved with the run"))
        self.list = _List()
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setTabKeyNavigation(False)
        self.list.setSpacing(3)
        self.list.setAccessibleName(self.tr("Tags of this run"))
        self.empty = QLabel(self.tr("No tags yet. Select samples, write a name above, and press Tag."))
        self.empty.setObjectName("quiet")
        self.empty.setWordWrap(True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.choose, self.take, self.delete = (
            self._button(self.tr("Select"), self.tr("Select the samples that have this tag (Enter)")),
            self._button(self.tr("Remove"), self.tr("Remove this tag from the selected samples")),
            self._button(self.tr("Delete"), self.tr("Remove this tag from all samples (Delete). Ctrl+Z restores it")),
        )
        self._build()
        self.name.textChanged.connect(lambda _: self._enable())
        self.name.returnPressed.connect(self._give)
        self.give.clicked.connect(self._give)
        self.list.currentRowChanged.connect(self._row_changed)
        self.list.itemActivated.connect(lambda _: self._choose())
        self.list.deleted.connect(self._delete)
        self.choose.clicked.connect(self._choose)
        self.take.clicked.connect(lambda: self._tagging.take(self.current, self._selection.ids))
        self.delete.clicked.connect(self._delete)
        tagging.changed.connect(self._fill)
        selection.changed.connect(self._enable)
        self._fill()

    def _build(self) -> None:
        top, bottom = QHBoxLayout(), QHBoxLayout()
        for row in (top, bottom):
            row.setSpacing(GAP // 2)
        top.addWidget(self.name, 1)
        top.addWidget(self.give)
        for button in (self.choose, self.take, self.delete):
            bottom.addWidget(button)
        bottom.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP // 2)
        column.addLayout(top)
        column.addWidget(self.empty, 1)
        column.addWidget(self.list, 1)
        column.addLayout(bottom)

    @staticmethod
    def _button(text: str, help: str) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName("flat")
        button.setToolTip(help)
        return button

    @property
    def current(self) -> str:
        """The name of the tag chosen in the list; "" for none."""
        item = self.list.currentItem()
        return str(item.data(Qt.ItemDataRole.UserRole)) if item is not None else ""

    def _fill(self) -> None:
        before = self.current
        self.list.clear()
        for name, indices in self._tagging.tags.items():
            item = QListWidgetItem(f"{name} · {len(indices):,}")
            item.setData(Qt.ItemDataRole.UserRole, name)
            self.list.addItem(item)
            if name == before:
                self.list.setCurrentItem(item)
        self.empty.setVisible(not self.list.count())
        for part in (self.list, self.choose, self.take, self.delete):
            part.setVisible(self.list.count() > 0)
        self._enable()

    def _enable(self) -> None:
        chosen = len(self._selection.ids)
        self.give.setText(self.tr("Tag {0}").format(f"{chosen:,}") if chosen else self.tr("Tag"))
        self.give.setEnabled(bool(chosen and self.name.text().strip()))
        for button in (self.choose, self.delete):
            button.setEnabled(bool(self.current))
        self.take.setEnabled(bool(self.current and chosen))

    def _row_changed(self, row: int) -> None:
        if row >= 0:
            self.name.setText(self.current)
        self._enable()

    def _give(self) -> None:
        if self.give.isEnabled():
            self._tagging.give(self.name.text(), self._selection.ids)

    def _choose(self) -> None:
        if self.current:
            self._selection.select(self._tagging.tags[self.current], self.tr("tag {0}").format(self.current))

    def _delete(self) -> None:
        if self.current:
            self._tagging.delete(self.current)
