"""The row above the two maps: common comparisons, the tool of the mouse, and whether the maps move together."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QPushButton, QWidget

from workbench import theme
from workbench.forms.editors import Combo
from workbench.panels.versus.space_choice import RunChoice
from workbench.plots.scatter import Tool
from workbench.plots.tool_icon import tool_icon
from workbench.widgets.figure_button import FigureButton
from workbench.widgets.flow import FlowLayout


class ComparisonBar(QWidget):
    """`epochsRequested`: compare the first and the last epoch of the left run; `spacesRequested`: its backbone and its projector;
    `runRequested`: the left run and the run in this folder. `toolChosen`: a plot tool; `linkToggled`: whether the maps move
    together; `figureRequested`: make a figure."""

    epochsRequested = Signal()
    spacesRequested = Signal()
    runRequested = Signal(str)
    toolChosen = Signal(str)
    linkToggled = Signal(bool)
    figureRequested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.epochs = self._button(self.tr("First and last epoch"), self.tr("How training changed the space of this run"))
        self.spaces = self._button(
            self.tr("Backbone against projector"),
            self.tr("The space that is used after training and the space on which the loss acts, both of this run's last epoch"),
        )
        self.run = Combo()
        self.run.setAccessibleName(self.tr("This run and another one"))
        self.run.setToolTip(self.tr("The last epochs of this run and of another one"))
        self.run.setMinimumContentsLength(14)
        self.run.activated.connect(self._run_picked)
        for button in (self.epochs, self.spaces):
            button.setCheckable(True)
        self.epochs.clicked.connect(self.epochsRequested)
        self.spaces.clicked.connect(self.spacesRequested)
        self.link = QCheckBox(self.tr("Move together"))
        self.link.setChecked(True)
        self.link.toggled.connect(self.linkToggled)
        row = FlowLayout(self)
        for part in (self.epochs, self.spaces, self.run):
            row.addWidget(part)
        row.addStretch()
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
        row.addWidget(self.link)
        self.figure_button = FigureButton()
        self.figure_button.clicked.connect(self.figureRequested)
        row.addWidget(self.figure_button)
        theme.changed.connect(self._apply_theme)
        self._apply_theme()
        self.set_runs((), "")
        self.set_state(False, False)

    @staticmethod
    def _button(text: str, help: str) -> QPushButton:
        button = QPushButton(text)
        button.setStyleSheet("padding: 3px 8px;")
        button.setToolTip(help)
        return button

    def set_runs(self, runs: Sequence[RunChoice], folder: str) -> None:
        """The runs that can stand beside the run in `folder`."""
        with QSignalBlocker(self.run):
            self.run.clear()
            self.run.addItem(self.tr("This run and…"), "")
            for run in runs:
                if run.folder != folder:
                    self.run.addItem(run.title, run.folder)
        self.run.setEnabled(bool(folder) and self.run.count() > 1)

    def set_state(self, epochs: bool, projector: bool) -> None:
        """Enable the buttons: whether the left run has a snapshot, and whether its projector is known at one of them."""
        self.epochs.setEnabled(epochs)
        self.spaces.setEnabled(projector)

    def set_mode(self, *, epochs: bool, spaces: bool) -> None:
        """Check the button of the comparison that is shown. It also applies to the next run that is chosen."""
        self.epochs.setChecked(epochs)
        self.spaces.setChecked(spaces)

    def set_linkable(self, reason: str) -> None:
        """Enable the check box "Move together"; `reason`: why the maps cannot move together, empty if they can."""
        self.link.setEnabled(not reason)
        self.link.setToolTip(reason or self.tr("Both maps show the same region; the right map is aligned with the left one"))

    def _run_picked(self, index: int) -> None:
        folder = str(self.run.itemData(index) or "")
        self.run.setCurrentIndex(0)
        if folder:
            self.runRequested.emit(folder)

    def _apply_theme(self) -> None:
        for tool, button in self.tools.items():
            button.setIcon(tool_icon(tool, theme.current().text))
