"""The two rows above the map: which kind of map and how far it is; what a drag does, what is mapped, trails and pictures."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QMenu,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from workbench import theme
from workbench.bridge.map_questions import MAP_TITLES, MapKind
from workbench.panels.embedding.settings import MapSettings
from workbench.plots.scatter import Tool
from workbench.plots.tool_icon import tool_icon
from workbench.theme.palette import GAP
from workbench.widgets.room import keep_room


class MapTools(QWidget):
    """`kindChosen` names a kind of map, `toolChosen` what a drag is to do, `isolateAsked`: map what is selected alone, or all
    again, `trailsAsked`: whether ways are to be drawn, `pictureAsked`: "png" or "svg". `cancelAsked`: of the map that is made;
    `colourCancelAsked`: of the colour that is computed."""

    kindChosen = Signal(str)
    toolChosen = Signal(str)
    allAsked = Signal()
    cancelAsked = Signal()
    colourCancelAsked = Signal()
    isolateAsked = Signal(bool)
    trailsAsked = Signal(bool)
    pictureAsked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.settings = MapSettings()
        self._colour: tuple[str, float | None] = "", None
        self._making = False
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(GAP - 2)
        rows.addLayout(self._kinds_row())
        rows.addLayout(self._tools_row())
        theme.changed.connect(self._wear)
        self._wear()

    def _kinds_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(GAP // 2)
        self._kinds = QButtonGroup(self)
        self.kind_buttons: dict[str, QPushButton] = {}
        self._helps = {
            "pca": self.tr("The two directions of largest variance: immediate and deterministic"),
            "umap": self.tr("Preserves local neighbourhoods: takes a while"),
            "tsne": self.tr("Preserves near neighbours; distances between groups mean little: takes longer"),
            "pacmap": self.tr("Preserves local neighbourhoods and global structure: takes a while"),
            "umap_learn": self.tr(
                "UMAP of the library umap-learn, also supervised (More…): takes several times as long, most the first time"
            ),
        }
        for kind, words in MAP_TITLES.items():
            button = tool_button(words, self._helps[kind], checkable=True)
            button.clicked.connect(lambda _=False, kind=kind: self.kindChosen.emit(kind))
            self._kinds.addButton(button)
            self.kind_buttons[kind] = button
            row.addWidget(button)
        row.addSpacing(GAP)
        row.addWidget(self.settings)
        self.note = QLabel()
        self.note.setObjectName("quiet")
        self.progress = QProgressBar()
        self.progress.setRange(0, 100)
        self.progress.setFixedWidth(64)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(self.tr("Progress of the map"))
        self.cancel = tool_button(self.tr("Cancel"), "")
        self.cancel.setObjectName("flat")
        self.cancel.clicked.connect(lambda: (self.cancelAsked if self._making else self.colourCancelAsked).emit())
        # Words as long as they are take the room that is left, no more.
        self.note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.note.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.note, 1)
        row.addWidget(self.progress)
        row.addWidget(self.cancel)
        keep_room(self.note, self.progress, self.cancel)
        return row

    def _tools_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(GAP // 2)
        self._tool_group = QButtonGroup(self)
        self._tool_buttons: dict[Tool, QPushButton] = {}
        helps: tuple[tuple[Tool, str], ...] = (
            ("pan", self.tr("Drag moves the map")),
            ("rectangle", self.tr("Drag selects a rectangle; Shift adds, Alt takes away. By keys: Shift and arrows, then Enter")),
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
        self.isolate = tool_button("", "", checkable=True)
        self.isolate.clicked.connect(self.isolateAsked)
        self.trails = tool_button(self.tr("Trails"), "", checkable=True)
        self.trails.setToolTip(
            self.tr("Paths of the selected samples through the epochs (T). Computes the maps of epochs that have none")
        )
        self.trails.toggled.connect(self.trailsAsked)
        self.picture = QToolButton()
        self.picture.setText(self.tr("Picture") + " ▾")
        self.picture.setStyleSheet("padding: 3px 8px; min-height: 16px;")
        self.picture.setAccessibleName(self.tr("Picture of the map"))
        self.picture.setToolTip(self.tr("Save the map as it is shown (Ctrl+E)"))
        self.picture.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.picture)
        menu.addAction(self.tr("Export picture as PNG…"), lambda: self.pictureAsked.emit("png"))
        menu.addAction(self.tr("Export picture as SVG…"), lambda: self.pictureAsked.emit("svg"))
        self.picture.setMenu(menu)
        for part in (self.isolate, self.trails, self.picture):
            row.addWidget(part)
        self.show_isolated(False, 0)
        return row

    def show_kinds(self, kinds: Sequence[MapKind]) -> None:
        """Which kinds can be had, and why the others cannot."""
        for one in kinds:
            button = self.kind_buttons.get(one.kind)
            if button is not None:
                button.setEnabled(one.available)
                button.setToolTip(one.reason or self._helps[one.kind])
                button.setAccessibleDescription(one.reason)

    def show_kind(self, kind: str) -> None:
        """Which kind is wanted."""
        self.kind_buttons[kind].setChecked(True)

    def show_isolated(self, on: bool, count: int) -> None:
        """Whether a part is mapped alone, and how many are selected that could be."""
        self.isolate.setChecked(on)
        self.isolate.setEnabled(on or count > 0)
        self.isolate.setText(self.tr("Back to all") if on else self.tr("Map the selection alone"))
        words = self.tr("Map all samples again; those of the part are selected") if on else ""
        self.isolate.setToolTip(words or self.tr("A map of the selected samples alone, which shows smaller differences"))
        self.isolate.setAccessibleName(self.isolate.text())

    def show_progress(self, words: str, share: float | None) -> None:
        """How far the slow map is; None where none is being made."""
        self._making = share is not None
        if self._making:
            self._show(words, share)
            self.cancel.setToolTip(self.tr("Cancel and keep the map that is shown"))
        else:
            self.show_colour(*self._colour)

    def show_colour(self, words: str, share: float | None) -> None:
        """How far the colour is that is being computed, None where none is: said in the map's place, while no map is made."""
        self._colour = words, share
        if not self._making:
            self._show(words, share)
            self.cancel.setToolTip(self.tr("Cancel these colours"))

    def _show(self, words: str, share: float | None) -> None:
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
