"""The commands for samples, in two rows: a search field, and menus for selecting and exporting."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QToolButton, QVBoxLayout, QWidget

from workbench.panels.embedding.selection import Selection
from workbench.panels.embedding.suggested_selections import KINDS, SuggestedSelections
from workbench.theme.palette import GAP


class SampleCommands(QWidget):
    """Signals: `searched`: a query; `exportRequested`: export all samples (True) or the selected ones; `copyRequested`: copy the
    indices of the selected samples; `featuresToggled`: whether features are exported too. `keys`: the actions whose shortcuts work
    in the whole panel."""

    searched = Signal(str)
    exportRequested = Signal(bool)
    copyRequested = Signal()
    featuresToggled = Signal(bool)

    def __init__(self, selection: Selection, suggestions: SuggestedSelections, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = QLineEdit()
        self.field.setPlaceholderText(self.tr("Find: class = car and index < 500   /"))
        self.field.setAccessibleName(self.tr("Find samples"))
        self.field.setClearButtonEnabled(True)
        self.field.setToolTip(
            self.tr(
                "Selects samples by a query. A class, a file or a tag, or a part of its name: truck\n"
                "A comparison: size > 0.5, class = truck, tag != odd, file ~ img_07 (~ means contains)\n"
                "Words in captions: caption ~ red circle\n"
                "An index in the data set: #1234. Several conditions: size > 0.5 and class = truck"
            )
        )
        self.field.returnPressed.connect(self._search)
        self.field.textChanged.connect(lambda _: self.set_wrong(False))
        self._map_actions: list[QAction] = []
        self._selection_actions: list[QAction] = []
        history = selection.history
        undo = self._step(history.createUndoAction(self), "Ctrl+Z", "↶", self.tr("Undo the last change of selection or tags"))
        redo = self._step(history.createRedoAction(self), "Ctrl+Shift+Z", "↷", self.tr("Redo the change of selection or tags"))
        invert = self._action(self.tr("Invert"), selection.invert, key="Ctrl+I")
        search = self._action(self.tr("Find samples"), self._focus, key="/")
        self.keys = [undo, redo, invert, search]
        choose = QMenu(self)
        for action in (
            self._action(self.tr("All visible samples"), selection.all),
            self._action(self.tr("None"), selection.none, needs_selection=True),
            invert,
        ):
            choose.addAction(action)
        choose.addSection(self.tr("Suggestions"))
        choose.setToolTipsVisible(True)
        for kind in KINDS:
            action = self._action(suggestions.title(kind), lambda kind=kind: suggestions.search(kind))
            action.setToolTip(suggestions.help(kind))
            choose.addAction(action)
        export = QMenu(self)
        export.addAction(self._action(self.tr("Selected samples…"), lambda: self.exportRequested.emit(False), needs_selection=True))
        export.addAction(self._action(self.tr("All samples on the map…"), lambda: self.exportRequested.emit(True)))
        features = QAction(self.tr("With features"), self, checkable=True, checked=True)
        features.toggled.connect(self.featuresToggled)
        export.addAction(features)
        export.addSeparator()
        export.addAction(
            self._action(self.tr("Copy indices of the selected samples"), self.copyRequested.emit, needs_selection=True)
        )
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

    def enable(self, shown: bool, needs_selection: bool) -> None:
        """Enable the commands: whether there is a map, and whether samples on it are selected."""
        for part in (self.field, self.choose, self.export):
            part.setEnabled(shown)
        for action in self._map_actions:
            action.setEnabled(shown)
        for action in self._selection_actions:
            action.setEnabled(needs_selection)

    def set_wrong(self, wrong: bool) -> None:
        """Mark the search field as invalid, or not."""
        if bool(self.field.property("wrong")) != wrong:
            self.field.setProperty("wrong", wrong)
            self.field.style().unpolish(self.field)
            self.field.style().polish(self.field)

    def _search(self) -> None:
        self.searched.emit(self.field.text())

    def _focus(self) -> None:
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def _action(self, text: str, callback: object, key: str = "", needs_selection: bool = False) -> QAction:
        action = QAction(text, self)
        action.triggered.connect(lambda _=False: callback())  # type: ignore[operator]
        if key:
            action.setShortcut(QKeySequence(key))
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        (self._selection_actions if needs_selection else self._map_actions).append(action)
        return action

    @staticmethod
    def _step(action: QAction, key: str, sign: str, help: str) -> QAction:
        action.setShortcut(QKeySequence(key))
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.setIconText(sign)
        action.setToolTip(f"{help} ({key})")
        return action

    def _menu(self, text: str, menu: QMenu) -> QToolButton:
        button = QToolButton()
        button.setText(f"{text} ▾")
        button.setAccessibleName(text)
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return button

    @staticmethod
    def _arrow(action: QAction) -> QToolButton:
        button = QToolButton()
        button.setObjectName("small")
        button.setDefaultAction(action)
        button.setIconSize(QSize(0, 0))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        button.setAccessibleName(action.toolTip())
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return button
