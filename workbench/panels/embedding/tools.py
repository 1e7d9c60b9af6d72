"""The two rows of controls above the map: kind of map, settings and progress; mouse tools, part of the map, trails and pictures."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from workbench import theme
from workbench.bridge.map_questions import MAP_TITLES, MapKind
from workbench.panels.embedding.settings import MapSettings
from workbench.plots.scatter import Tool
from workbench.plots.tool_icon import tool_icon
from workbench.theme.palette import GAP
from workbench.widgets.figure_button import FigureButton
from workbench.widgets.flow import FlowLayout
from workbench.widgets.room import keep_room


class MapTools(QWidget):
    """Signals: `kindChosen`: a kind of map; `toolChosen`: a plot tool; `allRequested`: show the whole map; `isolateRequested`: map
    the selected samples alone (True) or all samples; `trailsToggled`: whether to draw trails; `figureRequested`: make a figure;
    `cancelRequested`: cancel the map, `colourCancelRequested`: the column of colours, that is being computed."""

    kindChosen = Signal(str)
    toolChosen = Signal(str)
    allRequested = Signal()
    cancelRequested = Signal()
    colourCancelRequested = Signal()
    isolateRequested = Signal(bool)
    trailsToggled = Signal(bool)
    figureRequested = Signal()

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
        theme.changed.connect(self._apply_theme)
        self._apply_theme()

    def _kinds_row(self) -> FlowLayout:
        row = FlowLayout()
        self._kinds = QButtonGroup(self)
        self.kind_buttons: dict[str, QPushButton] = {}
        self._helps = {
            "pca": self.tr("The two directions of largest variance of the features: fast, and the same every time"),
            "umap": self.tr("Preserves neighbourhoods as far as a plane allows: takes a while"),
            "tsne": self.tr("Preserves near neighbours and separates groups; distances between groups mean little: takes longer"),
            "pacmap": self.tr("Preserves neighbourhoods and the global shape: takes a while"),
            "umap_learn": self.tr(
                "UMAP by its authors' library, also with the classes (More…): takes several times as long, the first the longest"
            ),
        }
        for kind, text in MAP_TITLES.items():
            button = tool_button(text, self._helps[kind], checkable=True)
            button.clicked.connect(lambda _=False, kind=kind: self.kindChosen.emit(kind))
            self._kinds.addButton(button)
            self.kind_buttons[kind] = button
            row.addWidget(button)
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
        self.cancel.clicked.connect(lambda: (self.cancelRequested if self._making else self.colourCancelRequested).emit())
        # A long text must not widen the row.
        self.note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.note.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.note)
        row.addWidget(self.progress)
        row.addWidget(self.cancel)
        keep_room(self.note, self.progress, self.cancel)
        return row

    def _tools_row(self) -> FlowLayout:
        row = FlowLayout()
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
        show_all = tool_button(self.tr("Show all"), self.tr("Show the whole map (double click beside the points)"))
        show_all.setObjectName("flat")
        show_all.clicked.connect(self.allRequested)
        row.addWidget(show_all)
        row.addStretch()
        self.isolate = tool_button("", "", checkable=True)
        self.isolate.clicked.connect(self.isolateRequested)
        self.trails = tool_button(self.tr("Trails"), "", checkable=True)
        self.trails.setToolTip(
            self.tr("The paths of the selected samples through the epochs (T). Computes the maps of epochs that have none")
        )
        self.trails.toggled.connect(self.trailsToggled)
        self.picture = FigureButton()
        self.picture.clicked.connect(self.figureRequested)
        for part in (self.isolate, self.trails, self.picture):
            row.addWidget(part)
        self.show_isolated(False, 0)
        return row

    def show_kinds(self, kinds: Sequence[MapKind]) -> None:
        """Enable the available kinds of map; the others get the reason as a tooltip."""
        for kind in kinds:
            button = self.kind_buttons.get(kind.kind)
            if button is not None:
                button.setEnabled(kind.available)
                button.setToolTip(kind.reason or self._helps[kind.kind])
                button.setAccessibleDescription(kind.reason)

    def show_kind(self, kind: str) -> None:
        """Check the button of a kind of map."""
        self.kind_buttons[kind].setChecked(True)

    def show_isolated(self, on: bool, count: int) -> None:
        """Show whether a part is mapped alone, and enable the button if `count` selected samples could be."""
        self.isolate.setChecked(on)
        self.isolate.setEnabled(on or count > 0)
        self.isolate.setText(self.tr("Back to all") if on else self.tr("Map the selection alone"))
        text = self.tr("Map all samples again, and select those of the part") if on else ""
        self.isolate.setToolTip(text or self.tr("A map of the selected samples alone, which shows smaller differences"))
        self.isolate.setAccessibleName(self.isolate.text())

    def show_progress(self, text: str, share: float | None) -> None:
        """Show the progress of the slow map, from 0 to 1; None if none is being computed."""
        self._making = share is not None
        if self._making:
            self._show(text, share)
            self.cancel.setToolTip(self.tr("Keep the map that is shown"))
        else:
            self.show_colour(*self._colour)

    def show_colour(self, text: str, share: float | None) -> None:
        """Show the progress of a computed column, from 0 to 1; None if none is being computed. That of a map has priority."""
        self._colour = text, share
        if not self._making:
            self._show(text, share)
            self.cancel.setToolTip(self.tr("Cancel these colours"))

    def _show(self, text: str, share: float | None) -> None:
        for widget in (self.note, self.progress, self.cancel):
            widget.setVisible(share is not None)
        if share is not None:
            self.note.setText(self.tr("{0} {1} %").format(text, round(share * 100)))
            self.note.setToolTip("")
            self.progress.setValue(round(share * 100))

    def show_refusal(self, text: str, reason: str) -> None:
        """Show that a map could not be computed, with the reason as a tooltip."""
        self.note.setText(self.tr("no {0}").format(text))
        self.note.setToolTip(reason)
        self.note.show()

    def _apply_theme(self) -> None:
        for tool, button in self._tool_buttons.items():
            button.setIcon(tool_icon(tool, theme.current().text))


def tool_button(text: str, help: str, checkable: bool = False) -> QPushButton:
    """A small button. If its text is only a symbol, the tooltip is its accessible name."""
    button = QPushButton(text)
    button.setCheckable(checkable)
    button.setStyleSheet("padding: 3px 8px;")
    button.setToolTip(help)
    button.setAccessibleName(text if len(text) > 1 else help)
    return button
