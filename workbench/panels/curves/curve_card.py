"""A card with the curves of one figure: one plot, or one below the other for runs that cannot be compared on one axis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QMimeData, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QDrag, QDragEnterEvent, QDropEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QMenu, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from workbench import theme
from workbench.panels.curves.metric_names import title_of
from workbench.plots.curve import CurvePlot
from workbench.plots.series import Drawn
from workbench.plots.tool_icon import tool_icon
from workbench.theme.palette import WIDE_GAP
from workbench.theme.plain import tip
from workbench.widgets.card import Card
from workbench.widgets.elided_label import ElidedLabel
from workbench.widgets.empty_state import FIRST_STEPS, EmptyState

LEAST_PLOT = 84  # px, the height below which a plot shows nothing
MIME = "application/x-parallax-plot"


@dataclass(frozen=True)
class Entry:
    """One curve of a card: a run, or the mean of runs that are equal but for the seed."""

    series: Drawn
    title: str
    colour: str


@dataclass(frozen=True)
class PlotGroup:
    """The curves of one plot by key, the keys of its runs, its caption ("" for none) and the caption's tooltip."""

    entries: Mapping[str, Entry]
    runs: tuple[str, ...] = ()
    caption: str = ""
    help: str = ""


class CurveCard(Card):
    """The plots of the figure `name`. `commandGiven`: "enlarge", "earlier", "later" or "remove", by a button, menu or key;
    `moved`: the figure of another card was dropped here; `plotMade`: a further plot was created."""

    commandGiven = Signal(str)
    moved = Signal(str)
    plotMade = Signal(object)
    resized = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(title_of(name), parent=parent)
        self.name = name
        self.groups: tuple[PlotGroup, ...] = ()
        self._given: tuple[PlotGroup, ...] = ()
        self._chosen = ""  # the key of a run
        self._plots: list[CurvePlot] = []
        self._captions: list[ElidedLabel] = []
        self._pressed: QPoint | None = None
        self.setAcceptDrops(True)
        self.empty = EmptyState(*FIRST_STEPS)
        self.empty.hide()
        self.enlarge = QToolButton()
        self.enlarge.setObjectName("flat")
        self.enlarge.setStyleSheet("padding: 0; min-height: 0;")
        self.enlarge.setFixedSize(20, 18)
        self.enlarge.setIconSize(QSize(12, 12))
        self.enlarge.clicked.connect(lambda: self.commandGiven.emit("enlarge"))
        self.corner.addWidget(self.enlarge)
        # The chooser lies in the corner where the axes meet: the head has no room to spare.
        self.chooser = QToolButton(self)
        self.chooser.setObjectName("flat")
        self.chooser.setText("⋯")
        self.chooser.setStyleSheet("padding: 0; min-height: 0;")
        self.chooser.setFixedSize(28, 20)
        self.chooser.setAccessibleName(self.tr("Which quantity this card shows"))
        self.chooser.setToolTip(self.tr("Show another quantity here, enlarge, move or remove the plot"))
        self.chooser.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.chooser.setMenu(QMenu(self.chooser))
        self._column = QVBoxLayout()
        self._column.setSpacing(2)
        self.body.addLayout(self._column, 1)
        self.body.addWidget(self.empty, 1)
        self._make_plot()
        self.choose(name)
        self.set_enlarged(False)
        theme.changed.connect(self._apply_theme)

    # Plots

    @property
    def plot(self) -> CurvePlot:
        """The first plot, that of the runs of which there are most."""
        return self._plots[0]

    @property
    def plots(self) -> tuple[CurvePlot, ...]:
        """The plots that are in use, one for each group of runs that has room."""
        return tuple(self._plots[: max(1, min(len(self.groups), self._room))])

    @property
    def all_plots(self) -> tuple[CurvePlot, ...]:
        """All plots that were ever in use."""
        return tuple(self._plots)

    @property
    def keys(self) -> frozenset[str]:
        """The keys of all curves, also of those that have no room."""
        return frozenset(key for group in self.groups for key in group.entries)

    @property
    def left_out(self) -> int:
        """How many groups of runs have no room."""
        return max(0, len(self.groups) - self._room)

    @property
    def _room(self) -> int:
        return max(1, (self.height() - 2 * WIDE_GAP - 24) // (LEAST_PLOT + 18))

    def show_groups(self, groups: Sequence[PlotGroup]) -> None:
        """Show these curves, a plot for each group."""
        self._given = tuple(groups)
        self._arrange()

    def set_chosen(self, run: str) -> bool:
        """The plot of the chosen run has room before others have; whether this changes which plots are shown."""
        self._chosen, before = run, self.groups
        if self._in_order() != before:
            self._arrange()
        return self.groups != before

    def _in_order(self) -> tuple[PlotGroup, ...]:
        """The groups as given; where that of the chosen run would have no room, it is the last one that has."""
        groups, room = list(self._given), self._room
        chosen = next((index for index, group in enumerate(groups) if self._chosen in group.runs), 0)
        if chosen >= room:
            groups.insert(room - 1, groups.pop(chosen))
        return tuple(groups)

    def _arrange(self) -> None:
        self.groups = self._in_order()
        used = max(1, min(len(self.groups), self._room))
        while len(self._plots) < used:
            self._make_plot()
        for number, (plot, caption) in enumerate(zip(self._plots, self._captions, strict=True)):
            group = self.groups[number] if number < min(used, len(self.groups)) else PlotGroup({})
            for key in set(plot.keys) - group.entries.keys():
                plot.remove_curve(key)
            for key, entry in group.entries.items():
                plot.set_curve(key, entry.series, entry.title, entry.colour)
            text = group.caption
            if number == used - 1 and self.left_out:
                more = self.tr("1 plot more where there is room: enlarge") if self.left_out == 1 else ""
                more = more or self.tr("{0} plots more where there is room: enlarge").format(self.left_out)
                text = " · ".join(part for part in (text, more) if part)
            caption.set_full_text(text)
            if group.help:
                caption.setToolTip(tip(f"{text}\n{group.help}"))
        self._show_parts()

    def _show_parts(self) -> None:
        used = self.plots
        for plot, caption in zip(self._plots, self._captions, strict=True):
            shown = plot in used and not self.empty.isVisibleTo(self)
            plot.setVisible(shown)
            caption.setVisible(shown and bool(caption.full_text))

    def show_empty(self, text: str | None, *actions: str) -> None:
        """Show a text in place of the plots; None: show the plots."""
        self.empty.show_text(text or "", *actions)
        self.empty.setVisible(text is not None)
        self._show_parts()

    def _make_plot(self) -> None:
        caption, plot = ElidedLabel(), CurvePlot(title_of(self.name))
        caption.setObjectName("quiet")
        plot.setMinimumSize(120, 64)
        plot.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        plot.enlarged = False
        plot.setAcceptDrops(False)
        plot.viewport().setAcceptDrops(False)
        plot.commandGiven.connect(self.commandGiven)
        self._plots.append(plot)
        self._captions.append(caption)
        self._column.addWidget(caption)
        self._column.addWidget(plot, 1)
        caption.hide()
        self._set_up(plot)
        self.plotMade.emit(plot)

    def _set_up(self, plot: CurvePlot) -> None:
        plot.setAccessibleName(title_of(self.name))
        plot.set_best({"eval.knn": "max"}.get(self.name))  # type: ignore[arg-type]
        plot.set_references([(1.0, "")] if self.name == "diagnostics.std" else [])

    def choose(self, name: str) -> None:
        """Show another figure."""
        if name != self.name:
            self.show_groups(())
        self.name = name
        self.set_title(title_of(name))
        for plot in self._plots:
            self._set_up(plot)

    def set_enlarged(self, on: bool) -> None:
        """Say on its controls whether the card is shown alone."""
        for plot in self._plots:
            plot.enlarged = on
        words = self.tr("Back to all plots (Esc)") if on else self.tr("Enlarge (Enter, or a double click on the plot)")
        self.enlarge.setAccessibleName(self.tr("Back to all plots") if on else self.tr("Enlarge"))
        self.enlarge.setToolTip(words)
        self._apply_theme()

    def _apply_theme(self) -> None:
        self.enlarge.setIcon(tool_icon("reduce" if self.plot.enlarged else "enlarge", theme.current().quiet))

    # Events of Qt

    def hasHeightForWidth(self) -> bool:
        """No: because of its wrapped text the scroll area would make all rows as high as their size hints."""
        return False

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The chooser stays in its corner, and plots have the height that they need."""
        super().resizeEvent(event)
        self.chooser.move(WIDE_GAP, self.height() - self.chooser.height() - WIDE_GAP)
        self.chooser.raise_()
        if len(self.groups) > 1:
            self._arrange()
            self.resized.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to drag the card by its head."""
        head = event.position().y() < WIDE_GAP + 24
        self._pressed = event.position().toPoint() if head and event.button() == Qt.MouseButton.LeftButton else None
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the card once the mouse has moved far enough."""
        super().mouseMoveEvent(event)
        start = self._pressed
        if start is None or (event.position().toPoint() - start).manhattanLength() < QApplication.startDragDistance():
            return
        self._pressed = None
        drag, data = QDrag(self), QMimeData()
        data.setData(MIME, self.name.encode())
        drag.setMimeData(data)
        drag.setPixmap(self.grab().scaledToWidth(160, Qt.TransformationMode.SmoothTransformation))
        drag.exec(Qt.DropAction.MoveAction)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Enlarge the card."""
        self.commandGiven.emit("enlarge")
        event.accept()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take plots of this program."""
        if event.mimeData().hasFormat(MIME):
            event.acceptProposedAction()
        else:
            event.ignore()

    def dropEvent(self, event: QDropEvent) -> None:
        """A plot was dropped here."""
        if event.mimeData().hasFormat(MIME):
            event.acceptProposedAction()
            self.moved.emit(bytes(event.mimeData().data(MIME).data()).decode())
