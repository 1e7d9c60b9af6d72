"""What can be done with one run: one row each, for the menu over the list and for the buttons and the menu of the Compare table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication
from PySide6.QtWidgets import QMenu

from workbench.models.runs import LIVE_STATES, RunRow


@dataclass(frozen=True)
class RunAction:
    """`id`: the name of the method of `workbench.frame.run_commands.RunCommands` that does it. `title`: marked for translation by
    QT_TRANSLATE_NOOP("RunActions", ...). `offered`: whether a menu shows it for a run at all; `enabled`: whether it can be done
    now; `button`: whether the Compare table shows a button for it, besides the menu."""

    id: str
    title: object
    enabled: Callable[[RunRow], bool] = lambda run: bool(run.folder)
    offered: Callable[[RunRow], bool] = lambda run: bool(run.folder)
    button: Callable[[RunRow], bool] = lambda run: True
    danger: bool = False

    @property
    def text(self) -> str:
        """The title in the window's language."""
        return QCoreApplication.translate("RunActions", str(self.title))


def _in(*states: str) -> Callable[[RunRow], bool]:
    return lambda run: bool(run.folder) and run.state in states


def _waits(run: RunRow) -> bool:
    return run.state == "queued" and not run.folder


_ROWS = (
    RunAction("withdraw", QT_TRANSLATE_NOOP("RunActions", "Remove from the queue"), _waits, _waits, lambda run: False),
    RunAction(
        "resume",
        QT_TRANSLATE_NOOP("RunActions", "Resume"),
        _in("stopped", "interrupted", "failed"),
        button=lambda run: run.state != "finished",
    ),
    RunAction(
        "lengthen",
        QT_TRANSLATE_NOOP("RunActions", "Train longer…"),
        _in("finished", "stopped", "interrupted"),
        button=lambda run: run.state == "finished",
    ),
    RunAction("clone", QT_TRANSLATE_NOOP("RunActions", "Clone into Prepare")),
    RunAction("rename", QT_TRANSLATE_NOOP("RunActions", "Rename…")),
    RunAction("export", QT_TRANSLATE_NOOP("RunActions", "Export…")),
    RunAction("log", QT_TRANSLATE_NOOP("RunActions", "Log"), button=lambda run: False),
    RunAction("open", QT_TRANSLATE_NOOP("RunActions", "Open folder")),
    RunAction(
        "delete",
        QT_TRANSLATE_NOOP("RunActions", "Delete…"),
        lambda run: bool(run.folder) and run.state not in LIVE_STATES,
        danger=True,
    ),
)
RUN_ACTIONS = {row.id: row for row in _ROWS}


def fill_menu(menu: QMenu, run: RunRow, perform: Callable[[str, str], object]) -> None:
    """Add what is offered for a run. `perform` is called with the action's id and the run's key."""
    for row in RUN_ACTIONS.values():
        if not row.offered(run):
            continue
        if row.danger:
            menu.addSeparator()
        action = menu.addAction(row.text)
        action.setEnabled(row.enabled(run))
        action.triggered.connect(lambda _=False, id=row.id: perform(id, run.key))
