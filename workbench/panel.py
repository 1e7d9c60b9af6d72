"""The base class of panels, the parts of the window. A panel is added by one row of the window's table.

    # my_package/panel.py
    class CountPanel(Panel):
        def __init__(self) -> None:
            super().__init__()
            self.setWindowTitle("Steps")      # the title of its tab
            self.label = QLabel(self)

        def show_run(self, folder: str | None) -> None:
            self.label.setText(folder or "No run is selected.")

    ROW = PanelRow("count", "explore", 1024, True, lambda context: CountPanel(), behind="embedding")

A built-in panel is a row of `workbench.window.PANELS`. A panel of another package is added by an entry point, whose name is the
row's id and whose value is the row; in that package's pyproject.toml:

    [project.entry-points."parallax.panels"]
    count = "my_package.panel:ROW"

The module of the row is imported when the window opens: it must not import torch at its top, which takes seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, Self

from PySide6.QtCore import QSettings, Signal
from PySide6.QtWidgets import QWidget

from engine.events import Event
from workbench.bridge.ask import Ask, TakeOver
from workbench.bridge.bridge import Bridge
from workbench.bridge.question import Question
from workbench.figures.figure_data import FigureSource
from workbench.models.runs import RunRow, RunsModel
from workbench.requests import Request


class MetricsReader(Protocol):
    """Takes the lines of a run's metrics.jsonl, in order, a part at a time. Called in a background thread: it touches no widget."""

    def take_lines(self, lines: Sequence[Mapping[str, Any]], /) -> object: ...


class Panel(QWidget):
    """Base class of all panels. The window calls every method below in the GUI thread; here each does nothing, and a panel
    overrides those that it needs. An exception of a method is shown over the panel, with a button to try again, and does not affect
    other panels.

    A run is named by its folder, which is its key in the list of runs (`PanelContext.runs.row(folder)`). `SHORTCUTS`: the panel's
    lines in the window's list of keys, a title and the keys each, marked for translation by QT_TRANSLATE_NOOP("Window", ...)."""

    SHORTCUTS: ClassVar[tuple[tuple[object, object], ...]] = ()
    MANY_RUNS: ClassVar[bool] = False
    """Whether the panel shows other runs beside the selected one: an error about that run does not cover them."""

    figureRequested = Signal(str)
    """The user asks for a figure of what the panel shows: the window opens a dialog with `figure_source` of this part."""

    def begin(self) -> None:
        """The window has been shown: ask the engine for what the panel needs first."""

    def show_run(self, folder: str | None) -> None:
        """Show the selected run; None for no run. An error that the panel had is over when this returns."""

    def take_events(self, folder: str, events: Sequence[Event]) -> None:
        """New events of a run of this window, in order. Called for every run that trains, not only for the selected one."""

    def run_changed(self, run: RunRow, colour: str) -> None:
        """A run that is or was in the plots is new or has changed: its title, state, `run.shown` or colour ("#rrggbb")."""

    def run_removed(self, folder: str) -> None:
        """A run was removed from the list."""

    def metrics_reader(self) -> MetricsReader | None:
        """A new reader for all metrics of one run; None where the panel shows no metrics."""
        return None

    def show_metrics(self, folder: str, reader: Any) -> None:
        """`reader`, returned by `metrics_reader`, has read all metrics of a run so far. Replaces the run's earlier metrics."""

    def add_metrics(self, folder: str, lines: Sequence[dict[str, Any]]) -> None:
        """The lines that were added to a run's metrics.jsonl since the last call."""

    def show_reading(self, folder: str, share: float | None) -> None:
        """How much of a run's metrics has been read, from 0 to 1; None: they are not being read."""

    def training_changed(self, state: str) -> None:
        """The state of the run that this window trains ("preparing", "running", "paused", "stopping"); "" while there is none."""

    def take_request(self, request: Request) -> None:
        """A request of any panel or of the window. Ignore those of other types: `if isinstance(request, ViewsChanged): ...`."""

    def save(self, settings: QSettings) -> None:
        """Save the state that is to be restored when the window opens the next time."""

    def restore(self, settings: QSettings) -> None:
        """Restore what `save` saved; what was never saved keeps its default."""

    def figure_source(self, part: str = "") -> FigureSource | None:
        """What the panel shows as a figure for print; None where it shows nothing, or nothing that can be printed. `part`: the part
        that the user asked about, as in `figureRequested`; "" for the panel's main one."""
        return None

    def reset_layout(self) -> None:
        """Arrange the panel as at the first start: the user reset the window's layout."""

    def adopt(self, other: Self, take_over: TakeOver) -> None:
        """Take over the state and the questions of the same panel of a replaced window (in another language)."""


@dataclass(frozen=True)
class PanelContext:
    """What a panel is created with. `id`: of its row. `runs`: the list of runs. `request`: passes a request to the window."""

    id: str
    bridge: Bridge
    runs: RunsModel
    request: Callable[[Request], None]

    def asker(self, part: str = "") -> Ask:
        """The function by which the panel asks the engine. A newer question of a topic replaces an older one of the same part."""
        return self.bridge.asker(self.id + part)

    def cancel(self, question: Question[Any], part: str = "") -> None:
        """Cancel the panel's question of this topic."""
        self.bridge.cancel(question, self.id + part)


@dataclass(frozen=True)
class PanelRow:
    """One panel of the window. `id`: an identifier, unique in the table. `workspace`: the name of its workspace. `width`: the
    default width of its column in pixels. `grows`: whether the column is stretched to the space that is left. `make`: creates the
    panel. `under`: the id of the panel below which it is put in the same column; the lowest one is stretched. `behind`: the id of
    the panel with which it shares one region as tabs; a tab's title is its panel's window title. `package`: the distribution that
    adds the row, set by the program."""

    id: str
    workspace: str
    width: int
    grows: bool
    make: Callable[[PanelContext], Panel]
    under: str = ""
    behind: str = ""
    package: str = ""

    @property
    def alone(self) -> bool:
        """Whether it has its own column."""
        return not self.under and not self.behind


def misfit(row: PanelRow, rows: Sequence[PanelRow], workspaces: Sequence[str]) -> str:
    """An error message if a row cannot be added to `rows`; "" if it can."""
    if not row.id.isidentifier():
        return f"id must be an identifier. Got {row.id!r}."
    if row.workspace not in workspaces:
        return f"workspace must be one of {', '.join(workspaces)}. Got {row.workspace!r}."
    if row.under and row.behind:
        return f"Only one of under and behind can be set. Got {row.under!r} and {row.behind!r}."
    beside = sorted(other.id for other in rows if other.alone and other.workspace == row.workspace)
    for name, value in (("under", row.under), ("behind", row.behind)):
        if value and value not in beside:
            return f"{name} must be one of {', '.join(beside)}. Got {value!r}."
    return ""
