"""What every test gets: no screen, no network, nothing of the user's folders, and a failure where a thread or a timer leaks."""

from __future__ import annotations

import ipaddress
import os
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

# Before Qt, torch or platformdirs look: no display, one core a process, and folders of the tests' own.
_HOME = tempfile.TemporaryDirectory(prefix="parallax-tests-")
_FOLDERS = {
    name: str(Path(_HOME.name) / name.lower()) for name in ("PARALLAX_RUNS", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")
}
os.environ.update(_FOLDERS, QT_QPA_PLATFORM="offscreen", OMP_NUM_THREADS=os.environ.get("OMP_NUM_THREADS", "1"))

# Threads that a library starts once and keeps: tqdm's monitor, and those that wait for a pool of processes.
_KEPT = ("tqdm", "ExecutorManagerThread", "QueueManagerThread", "QueueFeederThread")
_GRACE = 5.0  # s; a thread that was told to end may take this long


class NetworkBlocked(ConnectionError):
    """A test asked for an address outside this machine."""


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connections beyond the loopback are refused, as they are on a machine that is offline."""
    plain = {"connect": socket.socket.connect, "connect_ex": socket.socket.connect_ex}

    def guarded(name: str) -> Any:
        def connect(self: socket.socket, address: Any) -> Any:
            if self.family != getattr(socket, "AF_UNIX", None) and not _is_local(str(address[0])):
                raise NetworkBlocked(f"tests have no network: {address}")
            return plain[name](self, address)

        return connect

    for name in plain:
        monkeypatch.setattr(socket.socket, name, guarded(name))

    look_up = socket.getaddrinfo

    def getaddrinfo(host: Any, *rest: Any, **named: Any) -> Any:
        if host is not None and not _is_local(host.decode() if isinstance(host, bytes) else str(host)):
            raise socket.gaierror(socket.EAI_NONAME, f"tests have no network: {host}")
        return look_up(host, *rest, **named)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


def _is_local(host: str) -> bool:
    if host in ("", "localhost", socket.gethostname()):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True)
def no_leaked_threads() -> Iterator[None]:
    """A thread that a test started has ended when the test has."""
    before = set(threading.enumerate())
    yield
    end = time.monotonic() + _GRACE
    while leaked := [t for t in threading.enumerate() if t not in before and t.is_alive() and not _is_kept(t)]:
        if time.monotonic() > end:
            pytest.fail(f"threads outlive the test: {', '.join(t.name for t in leaked)}")
        leaked[0].join(0.05)


def _is_kept(thread: threading.Thread) -> bool:
    return any(word in f"{type(thread).__module__}.{type(thread).__name__}.{thread.name}" for word in _KEPT)


@pytest.fixture(autouse=True)
def no_leaked_timers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A timer that a test started stands still, or is gone with its owner, when the test has ended."""
    core = sys.modules.get("PySide6.QtCore")
    if core is None:
        yield
        return
    shiboken = __import__("shiboken6")
    started: list[Any] = []
    start = core.QTimer.start

    def noted(self: Any, *arguments: Any) -> None:
        started.append(self)
        start(self, *arguments)

    monkeypatch.setattr(core.QTimer, "start", noted)
    yield
    application = core.QCoreApplication.instance()
    if application is not None and started:
        # Widgets that pytest-qt closed go for good only now, and their timers with them.
        core.QCoreApplication.sendPostedEvents(None, core.QEvent.Type.DeferredDelete)
    leaked = [timer for timer in started if shiboken.isValid(timer) and timer.isActive() and not timer.isSingleShot()]
    names = {
        f"{timer.objectName() or 'QTimer'} of {type(timer.parent()).__name__}, every {timer.interval()} ms" for timer in leaked
    }
    for timer in leaked:
        timer.stop()
    if names:
        pytest.fail(f"timers outlive the test: {'; '.join(sorted(names))}")
