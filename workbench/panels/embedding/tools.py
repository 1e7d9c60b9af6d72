"""The row above the map: which kind of map, what a drag does, and how far a map is that is being made."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from workbench import theme
from workbench.plots.scatter import Tool
from workbench.plots.tool_icon import tool_icon
from workbench.theme.palette import GAP


class MapTools(QWidget):
    """`kindChosen` names a kind of map, `toolChosen` what a drag is to do."""

    kindChosen = Signal(str)
    toolChosen = Signal(str)
    allAsked = Signal()
    cancelAsked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP // 2)
        self._kinds = QButtonGroup(self)
        self._kind_buttons: dict[str, QPushButton] = {}
        for kind, words, help in (
            ("pca", "PCA", self.tr("The two directions in which the features differ most: at once, and the same every time")),
            ("umap", "UMAP", self.tr("Neighbourhoods kept as far as a plane can: takes a while")),
        ):
            button = tool_button(words, help, checkable=True)
            button.clicked.connect(lambda _=False, kind=kind: self.kindChosen.emit(kind))
            self._kinds.addButton(button)
            self._kind_buttons[kind] = button
            row.addWidget(button)
        row.addSpacing(GAP)
        self._tool_group = QButtonGroup(self)
        self._tool_buttons: dict[Tool, QPushButton] = {}
        helps: tuple[tuple[Tool, str], ...] = (
            ("pan", self.tr("Drag moves the map")),
            ("rectangle", self.tr("Drag selects a rectangle; Shift adds, Alt takes away")),
            ("lasso", self.tr("Drag selects a lasso; Shift adds, Alt takes away")),
        )
        for tool, help in helps:
            button = tool_button("", help, checkable=True)
            button.setFixedWidth(32)
            button.setChecked(tool == "pan")
            button.clicked.connect(lambda _=False, tool=tool: self.toolChosen.emit(tool))
            self._tool_group.addButton(button)
            self._tool_buttons[tool] = button
            row.addWidget(button)
        every = tool_button(self.tr("Show all"), self.tr("Show the whole map (double click)"))
        every.setObjectName("flat")
        every.clicked.connect(self.allAsked)
        row.addWidget(every)
        row.addStretch(1)
        self.note = QLabel()
        self.note.setObjectName("quiet")
        self.progress = QProgressBar()
        self.progress.setRange(0, 100)
        self.progress.setFixedWidth(120)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(self.tr("Progress of the map"))
        self.cancel = tool_button(self.tr("Cancel"), self.tr("Stay with the map that is shown"))
        self.cancel.setObjectName("flat")
        self.cancel.clicked.connect(self.cancelAsked)
        for widget in (self.note, self.progress, self.cancel):
            row.addWidget(widget)
        theme.changed.connect(self._wear)
        self._wear()

    def show_kind(self, kind: str) -> None:
        """Which kind is wanted."""
        self._kind_buttons[kind].setChecked(True)

    def show_progress(self, words: str, share: float | None) -> None:
        """How far the slow map is; None where none is being made."""
        for widget in (self.note, self.progress, self.cancel):
            widget.setVisible(share is not None)
        if share is not None:
            self.note.setText(self.tr("{0} {1} %").format(words, round(share * 100)))
            self.note.setToolTip("")
            self.progress.setValue(round(share * 100))

    def show_refusal(self, words: str, reason: str) -> None:
        """The slow map did not come."""
        self.note.setText(self.tr("no {0}").format(words))
        self.note.setToolTip(reason)
        self.note.show()

    def _wear(self) -> None:
        for tool, button in self._tool_buttons.items():
            button.setIcon(tool_icon(tool, theme.current().text))


def tool_button(words: str, help: str, checkable: bool = False) -> QPushButton:
    """A small button of the map, with a tooltip that is its name where it has only a sign."""
    made = QPushButton(words)
    made.setCheckable(checkable)
    made.setStyleSheet("padding: 3px 8px;")
    made.setToolTip(help)
    made.setAccessibleName(words if len(words) > 1 else help)
    return made
