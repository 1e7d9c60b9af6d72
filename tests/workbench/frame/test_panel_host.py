"""Panels of the table: a failing one, one of another package, and what the other panels show then."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable, Iterator
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from engine import plugins
from engine.config.run import RunConfig
from engine.events import EmbeddingDone, RunEnded, RunStarted, StepDone
from engine.runs.run_folder import create_folder
from engine.runs.writer import RunWriter
from tests.workbench.build_window import build_window
from tests.workbench.stand_ins import StandInAnswers, StandInTrainer
from workbench import window as module
from workbench.bridge.bridge import Bridge
from workbench.panel import Panel, PanelContext, PanelRow, misfit
from workbench.panels.runs.run_actions import RUN_ACTIONS
from workbench.requests import Request
from workbench.widgets.panel_error import PanelError
from workbench.window import PANELS, WORKSPACES, Window

Make = Callable[..., Window]
METHODS = [name for name, value in vars(Panel).items() if callable(value) and not name.startswith("_")]


class Failing(Panel):
    """While `broken`, raises in every method that the window calls."""

    broken = True

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle("Failing")
        self.calls: list[str] = []


def _raises(name: str) -> Callable[..., Any]:
    def method(self: Failing, *args: Any) -> Any:
        self.calls.append(name)
        if Failing.broken:
            raise RuntimeError(f"planted in {name}")
        return None

    return method


for _name in METHODS:
    setattr(Failing, _name, _raises(_name))


@pytest.fixture(autouse=True)
def _reset_failing() -> Iterator[None]:
    Failing.broken = True
    yield
    Failing.broken = True


@pytest.fixture
def make(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    def window(*rows: PanelRow, first: bool = False) -> Window:
        monkeypatch.setattr(module, "PANELS", (*rows, *PANELS) if first else (*PANELS, *rows))
        bridge = Bridge(tmp_path / "runs", StandInTrainer(), StandInAnswers())
        made = build_window(bridge, QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat))
        qtbot.addWidget(made, before_close_func=lambda window: window.bridge.close(10))
        made.resize(1280, 720)
        made.show()
        qtbot.waitUntil(lambda: made.setup.ready, timeout=5000)
        return made

    return window


def finished_run(window: Window, name: str) -> str:
    folder = create_folder(window.bridge.root, RunConfig(name=name))
    with RunWriter(folder) as write:
        write(RunStarted(name, "simclr", "shapes", "cpu", "fp32", 0, 400, 10, 8, 80, 1234, {}))
        write(StepDone(1, 0.1, 5.0, 0.1, 100.0, 0.1))
        write(EmbeddingDone(1, 1, np.zeros((40, 8), np.float16), np.arange(40), np.arange(40) % 4))
        write(RunEnded("finished", 1, 1.0))
    window.refresh()
    return str(folder)


def losses(window: Window, folder: str) -> int:
    run = window.curves._runs.get(folder)
    return run.history.series["loss"].size if run is not None and "loss" in run.history.series else 0


def error_of(widget: QWidget) -> PanelError:
    error = widget.findChild(PanelError)
    assert error is not None
    return error


def test_a_panel_that_raises_in_every_method_does_not_affect_other_panels(
    make: Make, qtbot: QtBot, panel_errors: list[str]
) -> None:
    row = PanelRow("failing", "explore", 1024, True, lambda context: Failing())
    # It is the first panel, so all others are called after it.
    window = make(row, first=True)
    failing = window.panels["failing"]
    qtbot.waitUntil(lambda: "begin" in failing.calls)
    folder = finished_run(window, "first")
    window.list.select(folder)
    assert [window.embedding._folder, window.pairs._folder, window.invariance._folder, window.evaluate._folder] == [folder] * 4
    assert [window.health._key, str(window.sees._folder), window.versus.left.requested.folder] == [folder] * 3
    qtbot.waitUntil(lambda: losses(window, folder) == 1, timeout=5000)
    window.run_selection.take_events(folder, [StepDone(2, 0.2, 4.0, 0.1, 100.0, 0.2)])
    assert losses(window, folder) == 2
    window.augment.viewsChanged.emit({"preset": "byol", "groups": [{"count": 2}]})
    assert window.setup.draft()["views"]["preset"] == "byol"
    window.start()
    qtbot.waitUntil(lambda: any(row.own and row.state == "finished" for row in window.runs.rows()), timeout=10_000)
    window.save_layout()
    other = make(row, first=True)
    other.adopt(window)
    assert "adopt" in other.panels["failing"].calls
    qtbot.waitUntil(lambda: other.run_selection.selected == window.run_selection.selected)
    error = error_of(failing)
    assert "RuntimeError: planted in" in error.text
    # Not called here: no other process writes a run, it adopted nothing, and nobody asked for a figure or the first layout.
    not_called = {"adopt", "add_metrics", "show_metrics", "reset_layout", "figureRequested", "figure_source"}
    assert set(METHODS) - set(failing.calls) == not_called
    assert panel_errors
    Failing.broken = False
    panel_errors.clear()


def test_retry_shows_the_run_in_a_panel_that_failed(make: Make, qtbot: QtBot, panel_errors: list[str]) -> None:
    window = make(PanelRow("failing", "explore", 1024, True, lambda context: Failing()))
    failing = window.panels["failing"]
    folder = finished_run(window, "first")
    window.list.select(folder)
    error = error_of(failing)
    assert error.text.startswith("'first' cannot be shown here: RuntimeError: planted in")
    # A further error does not remove the retry button.
    window.run_selection.take_events(folder, [StepDone(2, 0.2, 4.0, 0.1, 100.0, 0.2)])
    window.host.call_all(lambda panel: panel.training_changed(""))
    assert error.text.startswith("'first' cannot be shown here: RuntimeError: planted in")
    assert error.retry.isVisibleTo(failing)
    panel_errors.clear()
    Failing.broken = False
    failing.calls.clear()
    error.retry.click()
    assert failing.calls == ["show_run"]
    assert error.text == ""


def test_a_panel_that_cannot_be_created_shows_its_error_and_retry_creates_it(
    make: Make, qtbot: QtBot, panel_errors: list[str]
) -> None:
    class Late(Panel):
        def __init__(self) -> None:
            super().__init__()
            if Failing.broken:
                raise OSError("no such device")
            self.setWindowTitle("Late")
            self.runs: list[str | None] = []
            self.drawn: list[str] = []

        def show_run(self, folder: str | None) -> None:
            self.runs.append(folder)

        def run_changed(self, run: Any, colour: str) -> None:
            self.drawn.append(run.key)

    window = make(PanelRow("late", "explore", 1024, True, lambda context: Late(), behind="embedding"))
    assert panel_errors == ["The panel 'late' cannot be shown: OSError: no such device."]
    panel_errors.clear()
    assert "late" not in window.panels
    folder = finished_run(window, "first")
    window.list.select(folder)
    assert window.embedding._folder == folder
    window.go("explore")
    window.workspaces.bring("late")
    placeholder = window.host.widgets["late"]
    assert placeholder.isVisible()
    error = error_of(placeholder)
    error.retry.click()
    assert panel_errors == ["The panel 'late' cannot be shown: OSError: no such device."]
    panel_errors.clear()
    Failing.broken = False
    error.retry.click()
    late = window.panels["late"]
    assert late.isVisible()
    assert late.runs[-1] == folder
    assert folder in late.drawn
    tabs = window.workspaces._tabs["embedding"]
    assert tabs.bar.tabText(tabs.bar.count() - 1) == "Late"


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., types.ModuleType]]:
    """A function that simulates an installed package with the given panel entry points."""

    def install(**points: str) -> types.ModuleType:
        made = types.ModuleType("other_package")
        monkeypatch.setitem(sys.modules, "other_package", made)
        listed = [EntryPoint(name, value, plugins.PANELS) for name, value in points.items()]
        monkeypatch.setattr(plugins, "entry_points", lambda group: listed if group == plugins.PANELS else [])
        plugins.load_group.cache_clear()
        return made

    yield install
    monkeypatch.undo()
    plugins.load_group.cache_clear()


def test_a_panel_of_another_package_is_shown_and_a_broken_one_is_reported(
    make: Make, install: Callable[..., types.ModuleType]
) -> None:
    class Theirs(Panel):
        def __init__(self, context: PanelContext) -> None:
            super().__init__()
            self.setWindowTitle("Theirs")
            self.context, self.runs = context, []
            self.requests: list[Request] = []

        def show_run(self, folder: str | None) -> None:
            self.runs.append(folder)

        def take_request(self, request: Request) -> None:
            self.requests.append(request)

    package = install(gone="no_such_package:ROW", theirs="other_package:ROW", odd="other_package:__name__")
    package.ROW = PanelRow("theirs", "explore", 1024, True, Theirs, behind="embedding")  # type: ignore[attr-defined]
    window = make()
    theirs = window.panels["theirs"]
    assert "'gone' of the package no_such_package is not used: ModuleNotFoundError" in window.notice.text
    assert "'odd' of the package other_package is not used: its value must be a PanelRow" in window.notice.text
    folder = finished_run(window, "first")
    window.list.select(folder)
    assert theirs.runs[-1] == window.embedding._folder == folder
    window.workspaces.bring("theirs")
    window.go("explore")
    assert theirs.isVisible()

    class Hello(Request):
        """A request that the window does not handle."""

    theirs.context.request(Hello())
    assert isinstance(theirs.requests[-1], Hello)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (PanelRow("a b", "explore", 1, True, lambda context: Panel()), "identifier"),
        (PanelRow("new", "nowhere", 1, True, lambda context: Panel()), "prepare, train, explore, compare. Got 'nowhere'"),
        (PanelRow("new", "train", 1, True, lambda context: Panel(), behind="embedding"), "curves, health. Got 'embedding'"),
        (PanelRow("new", "explore", 1, True, lambda context: Panel(), under="pairs"), "embedding. Got 'pairs'"),
        (PanelRow("new", "train", 1, True, lambda context: Panel(), under="health", behind="curves"), "Only one"),
    ],
    ids=["name", "workspace", "other workspace", "tab", "both"],
)
def test_an_invalid_panel_row_is_refused(install: Callable[..., types.ModuleType], row: PanelRow, message: str) -> None:
    assert message in misfit(row, PANELS, WORKSPACES)
    install(**{row.id: "other_package:ROW"}).ROW = row  # type: ignore[attr-defined]
    assert module.all_panels() == PANELS
    (problem,) = plugins.problems(plugins.PANELS)
    assert message in str(problem)


def test_every_action_of_a_run_is_a_method_of_the_commands(make: Make) -> None:
    commands = make().commands
    assert all(callable(getattr(commands, id)) for id in RUN_ACTIONS)
    with pytest.raises(ValueError, match="action must be one of withdraw, resume"):
        commands.perform("adopt", "run")
