"""Each guard of conftest.py fails a test that breaks its rule."""

from __future__ import annotations

import os
import socket
import urllib.error
import urllib.request
from pathlib import Path

import platformdirs
import pytest

pytest_plugins = ["pytester"]

CONFTEST = Path(__file__).with_name("conftest.py")


@pytest.fixture
def guarded(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A separate test project with this conftest and a shorter grace period."""
    pytester.makeconftest(CONFTEST.read_text(encoding="utf-8").replace("_GRACE = 5.0", "_GRACE = 0.2"))
    return pytester


def test_a_leaked_thread_fails_the_test(guarded: pytest.Pytester) -> None:
    guarded.makepyfile(
        """
        import threading, time
        def test_leaks():
            threading.Thread(target=time.sleep, args=(1.5,), name="straggler", daemon=True).start()
        def test_ends():
            threading.Thread(target=time.sleep, args=(0.05,)).start()
        """
    )
    result = guarded.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["*threads outlive the test: straggler*"])


def test_a_leaked_timer_fails_the_test(guarded: pytest.Pytester) -> None:
    guarded.makepyfile(
        """
        from PySide6.QtCore import QTimer
        from PySide6.QtWidgets import QWidget
        kept = []
        def test_leaks(qtbot):
            timer = QTimer(); timer.setObjectName("ticker"); timer.start(1000); kept.append(timer)
        def test_stops(qtbot):
            timer = QTimer(); timer.start(1000); timer.stop(); kept.append(timer)
        def test_goes_with_its_widget(qtbot):
            widget = QWidget(); qtbot.addWidget(widget)
            timer = QTimer(widget); timer.start(1000); kept.append(timer)
        """
    )
    result = guarded.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=3, errors=1)
    result.stdout.fnmatch_lines(["*timers outlive the test: ticker*"])


def test_network_access_is_blocked() -> None:
    with pytest.raises(OSError, match="no network"), socket.socket() as client:
        client.connect(("192.0.2.1", 80))
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen("http://example.com", timeout=1)


def test_loopback_connections_are_allowed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        pass


def test_user_folders_are_replaced() -> None:
    for folder in (os.environ["PARALLAX_RUNS"], platformdirs.user_cache_dir("parallax"), platformdirs.user_data_dir("parallax")):
        assert "parallax-tests-" in str(folder)
