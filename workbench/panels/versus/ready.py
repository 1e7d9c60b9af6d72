"""The row above the two maps: ready choices of what stands beside what, what a drag does, and whether the maps move together."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QHBoxLayout, QPushButton, QWidget

from workbench import theme
from workbench.forms.editors import Combo
from workbench.panels.versus.choice import RunChoice
from workbench.plots.scatter import Tool
from workbench.plots.tool_icon import tool_icon
from workbench.theme.palette import GAP


class ReadyRow(QWidget):
    """`epochsAsked`: the first and the last epoch of the left run; `spacesAsked`: its backbone and its projector; `runAsked`: it
    and the run of this folder. `toolChosen` names what a drag is to do; `linkToggled`: whether the maps are to move together."""

    epochsAsked = Signal()
    spacesAsked = Signal()
    runAsked = Signal(str)
    toolChosen = Signal(str)
    linkToggled = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.epochs = self._button(self.tr("First and last epoch"), self.tr("How training changed the features of this run"))
        self.spaces = self._button(
            self.tr("Backbone against projector"),
            self.tr("Backbone features beside the projector's embedding, on which the loss acts; both at this run's last epoch"),
        )
        self.run = Combo()
        self.run.setAccessibleName(self.tr("This run and another one"))
        self.run.setToolTip(self.tr("The last epochs of this run and of another one"))
        self.run.setMinimumContentsLength(14)
        self.run.activated.connect(self._run_picked)
        for button in (self.epochs, self.spaces):
            button.setCheckable(True)
        self.epochs.clicked.connect(self.epochsAsked)
        self.spaces.clicked.connect(self.spacesAsked)
        self.link = QCheckBox(self.tr("Link the views"))
        self.link.setChecked(True)
        self.link.toggled.connect(self.linkToggled)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP // 2)
        for part in (self.epochs, self.spaces, self.run):
            row.addWidget(part)
        row.addStretch(1)
        self._group = QButtonGroup(self)
        self.tools: dict[Tool, QPushButton] = {}
        helps: tuple[tuple[Tool, str], ...] = (
            ("pan", self.tr("Drag moves the map")),
            ("rectangle", self.tr("Drag selects a rectangle; Shift adds, Alt takes away")),
            ("lasso", self.tr("Drag selects a lasso; Shift adds, Alt takes away")),
        )
        for tool, help in helps:
            button = self._button("", help)
            button.setAccessibleName(help)
            button.setFixedWidth(32)
            button.setCheckable(True)
            button.setChecked(tool == "pan")
            button.clicked.connect(lambda _=False, tool=tool: self.toolChosen.emit(tool))
            self._group.addButton(button)
            self.tools[tool] = button
            row.addWidget(button)
        row.addSpacing(GAP)
        row.addWidget(self.link)
        theme.changed.connect(self._wear)
        self._wear()
        self.set_runs((), "")
        self.set_state(False, False)

    @staticmethod
    def _button(words: str, help: str) -> QPushButton:
        made = QPushButton(words)
        made.setStyleSheet("padding: 3px 8px;")
        made.setToolTip(help)
        return made

    def set_runs(self, runs: Sequence[RunChoice], folder: str) -> None:
        """The runs that can stand beside the run in `folder`."""
        with QSignalBlocker(self.run):
            self.run.clear()
            self.run.addItem(self.tr("This run and…"), "")
            for one in runs:
                if one.folder != folder:
                    self.run.addItem(one.title, one.folder)
        self.run.setEnabled(bool(folder) and self.run.count() > 1)

    def set_state(self, epochs: bool, projector: bool) -> None:
        """Whether the left run has a snapshot, and whether its projector is known at one."""
        self.epochs.setEnabled(epochs)
        self.spaces.setEnabled(projector)

    def set_mode(self, *, epochs: bool, spaces: bool) -> None:
        """Whether the maps show the first and the last epoch, or the two spaces, also of the next run that is chosen."""
        self.epochs.setChecked(epochs)
        self.spaces.setChecked(spaces)

    def set_linkable(self, reason: str) -> None:
        """Whether the maps can move together; the reason where they cannot, else empty."""
        self.link.setEnabled(not reason)
        self.link.setToolTip(reason or self.tr("Both maps show the same region: the right one is aligned with the left"))

    def _run_picked(self, place: int) -> None:
        folder = str(self.run.itemData(place) or "")
        self.run.setCurrentIndex(0)
        if folder:
            self.runAsked.emit(folder)

    def _wear(self) -> None:
        for tool, button in self.tools.items():
            button.setIcon(tool_icon(tool, theme.current().text))
