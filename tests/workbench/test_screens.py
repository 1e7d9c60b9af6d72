"""The window on real X screens of several sizes and scale factors: it is inside the screen and nothing is cut off, also with the
geometry that was saved on a larger screen."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QRect

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(shutil.which("Xvfb") is None, reason="Xvfb is not installed")


@contextmanager
def screen(size: str) -> Iterator[str]:
    """An X server with a screen of this size; yields its display."""
    reader, writer = os.pipe()
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", f"{size}x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=(writer,), stderr=subprocess.DEVNULL)
    os.close(writer)
    try:
        with os.fdopen(reader) as numbers:
            yield f":{numbers.readline().strip()}"
    finally:
        server.terminate()
        server.wait(10)


def opened(size: str, scale: str, folder: Path) -> dict[str, Any]:
    """What tests.workbench.open_on_screen reports."""
    with screen(size) as display:
        # Tests before this one can have set PYTHONSAFEPATH, with which Python does not look in the current folder.
        own = {"PYTHONPATH": str(ROOT), "DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "QT_SCALE_FACTOR": scale}
        command = [sys.executable, "-m", "tests.workbench.open_on_screen", str(folder)]
        done = subprocess.run(command, env={**os.environ, **own}, capture_output=True, text=True, timeout=120, check=False)
    if "could not connect to display" in done.stderr or "no Qt platform plugin" in done.stderr:
        pytest.skip("Qt's libraries for X are not installed")
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return report


@pytest.mark.parametrize(("size", "scale"), [("1440x900", "1.5"), ("1366x768", "1")])
def test_the_first_window_is_inside_the_screen(size: str, scale: str, tmp_path: Path) -> None:
    report = opened(size, scale, tmp_path)
    assert QRect(*report["available"]).contains(QRect(*report["window"]))
    assert report["start"]
    assert not report["faults"], "\n".join(report["faults"])


def test_a_geometry_of_a_larger_screen_is_fitted(tmp_path: Path) -> None:
    before = opened("1920x1080", "1", tmp_path)
    after = opened("1280x720", "1.25", tmp_path)
    assert QRect(*before["window"]).width() > QRect(*after["available"]).width()
    assert QRect(*after["available"]).contains(QRect(*after["window"]))
    assert after["start"]
