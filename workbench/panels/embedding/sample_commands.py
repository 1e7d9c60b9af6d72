"""What can be done with samples, in two rows: a field to find them, and menus of what selects and what exports."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QToolButton, QVBoxLayout, QWidget

from workbench.panels.embedding.suggested_selections import KINDS, SuggestedSelections
from workbench.panels.embedding.selection import Selection
from workbench.theme.palette import GAP


class SampleCommands(QWidget):
    """`searched` carries a query; `exportAsked` whether all samples are meant, or those that are selected; `featuresAsked` whether
    they are exported with features. `keys`: what is to be had by a key anywhere in the panel."""

    searched = Signal(str)
    exportAsked = Signal(bool)
    copyAsked = Signal()
    featuresAsked = Signal(bool)

    def __init__(self, selection: Selection, ready: SuggestedSelections, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = QLineEdit()
        self.field.setPlaceholderText(self.tr("Find: class = car and index < 500   /"))
        self.field.setAccessibleName(self.tr("Find samples"))
        self.field.setClearButtonEnabled(True)
        self.field.setToolTip(
            self.tr(
                "Selects samples by words. A class, a file or a tag, or a part of its name: truck\n"
                "A comparison: size > 0.5, class = truck, tag != odd, file ~ img_07 (~ holds these letters)\n"
                "A place in the data set: #1234. Several conditions: size > 0.5 and class = truck"
            )
        )
        self.field.returnPressed.connect(self._search)
        self.field.textChanged.connect(lambda _: self.set_wrong(False))
        self._shown: list[QAction] = []
        self._chosen: list[QAction] = []
        history = selection.history
        undo = self._step(history.createUndoAction(self), "Ctrl+Z", "↶", self.tr("Selection and tags as they were before"))
        redo = self._step(history.createRedoAction(self), "Ctrl+Shift+Z", "↷", self.tr("Selection and tags as they were after"))
        invert = self._action(self.tr("Invert"), selection.invert, key="Ctrl+I")
        search = self._action(self.tr("Find samples"), self._focus, key="/")
        self.keys = [undo, redo, invert, search]
        choose = QMenu(self)
        for action in (
            self._action(self.tr("All that are shown"), selection.all),
            self._action(self.tr("None"), selection.none, chosen=True),
            invert,
        ):
            choose.addAction(action)
        choose.addSection(self.tr("Worth a look"))
        choose.setToolTipsVisible(True)
        for kind in KINDS:
            action = self._action(ready.title(kind), lambda kind=kind: ready.find(kind))
            action.setToolTip(ready.help(kind))
            choose.addAction(action)
        export = QMenu(self)
        export.addAction(self._action(self.tr("Selected samples…"), lambda: self.exportAsked.emit(False), chosen=True))
        export.addAction(self._action(self.tr("All samples on the map…"), lambda: self.exportAsked.emit(True)))
        features = QAction(self.tr("With features"), self, checkable=True, checked=True)
        features.toggled.connect(self.featuresAsked)
        export.addAction(features)
        export.addSeparator()
        export.addAction(self._action(self.tr("Copy places of the selected"), self.copyAsked.emit, chosen=True))
        row = QHBoxLayout()
        row.setSpacing(GAP // 2)
        self.choose = self._menu(self.tr("Select"), choose)
        self.export = self._menu(self.tr("Export"), export)
        for button in (self.choose, self.export):
            row.addWidget(button)
        row.addStretch(1)
        for action in (undo, redo):
            row.addWidget(self._arrow(action))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP - 2)
        column.addWidget(self.field)
        column.addLayout(row)

    def enable(self, shown: bool, chosen: bool) -> None:
        """Whether there is a map, and whether samples on it are selected."""
        for part in (self.field, self.choose, self.export):
            part.setEnabled(shown)
        for action in self._shown:
            action.setEnabled(shown)
        for action in self._chosen:
            action.setEnabled(chosen)

    def set_wrong(self, wrong: bool) -> None:
        """Mark the field."""
        if bool(self.field.property("wrong")) != wrong:
            self.field.setProperty("wrong", wrong)
            self.field.style().unpolish(self.field)
            self.field.style().polish(self.field)

    def _search(self) -> None:
        self.searched.emit(self.field.text())

    def _focus(self) -> None:
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def _action(self, words: str, do: object, key: str = "", chosen: bool = False) -> QAction:
        made = QAction(words, self)
        made.triggered.connect(lambda _=False: do())  # type: ignore[operator]
        if key:
            made.setShortcut(QKeySequence(key))
            made.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        (self._chosen if chosen else self._shown).append(made)
        return made

    @staticmethod
    def _step(action: QAction, key: str, sign: str, help: str) -> QAction:
        action.setShortcut(QKeySequence(key))
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.setIconText(sign)
        action.setToolTip(f"{help} ({key})")
        return action

    def _menu(self, words: str, menu: QMenu) -> QToolButton:
        made = QToolButton()
        made.setText(f"{words} ▾")
        made.setAccessibleName(words)
        made.setMenu(menu)
        made.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return made

    @staticmethod
    def _arrow(action: QAction) -> QToolButton:
        made = QToolButton()
        made.setObjectName("small")
        made.setDefaultAction(action)
        made.setIconSize(QSize(0, 0))
        made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        made.setAccessibleName(action.toolTip())
        made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return made
