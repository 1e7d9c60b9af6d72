"""Every test of the window runs offscreen, with the theme applied and with its own settings."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import re
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from workbench import theme
from workbench.widgets.panel_error import PanelError


@pytest.fixture(autouse=True)
def _themed(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    folder: Path = tmp_path_factory.getbasetemp() / "settings"
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(folder))
    qapp.setOrganizationName("parallax-tests")
    qapp.setApplicationName("parallax-tests")
    if not qapp.styleSheet():
        theme.apply("dark")
    yield
    QSettings().clear()


@pytest.fixture(autouse=True)
def panel_errors(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Messages of errors that panels showed. A test removes those that it expects from the list; any other fails the test."""
    messages: list[str] = []
    show = PanelError.show_error

    def record(self: PanelError, message: str, remedy: str, traceback: str, *, whole: bool = True) -> None:
        messages.append(message)
        show(self, message, remedy, traceback, whole=whole)

    monkeypatch.setattr(PanelError, "show_error", record)
    yield messages
    if messages:
        pytest.fail(f"a panel failed: {'; '.join(messages)}")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """With `--pictures DIRECTORY`, a picture of every visible window at the end of each test, before it is closed."""
    yield
    folder = item.config.getoption("--pictures")
    if folder is not None:
        Path(folder).mkdir(parents=True, exist_ok=True)
        name = re.sub(r"[^A-Za-z0-9]+", "_", f"{item.path.stem} {item.name}")
        for number, widget in enumerate(widget for widget in QApplication.topLevelWidgets() if widget.isVisible()):
            widget.grab().save(str(Path(folder) / f"{name}_{number}.png"))
