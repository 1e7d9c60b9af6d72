"""Fixtures of every test: no display, no network, no folders of the user, and a failure if a thread or a timer leaks."""

from __future__ import annotations

import gc
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

# Must be set before Qt, torch or platformdirs are imported: no display, one thread per process, temporary folders.
_HOME = tempfile.TemporaryDirectory(prefix="parallax-tests-")
_FOLDERS = {
    name: str(Path(_HOME.name) / name.lower()) for name in ("PARALLAX_RUNS", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")
}
os.environ.update(_FOLDERS, QT_QPA_PLATFORM="offscreen", OMP_NUM_THREADS=os.environ.get("OMP_NUM_THREADS", "1"))

# Threads that a library starts once and keeps: the monitor of tqdm, and threads that wait for a pool of processes.
_KEPT = ("tqdm", "ExecutorManagerThread", "QueueManagerThread", "QueueFeederThread")
_GRACE = 5.0  # s that a thread may take to end


_FULL = 300  # tests between collections of all objects
_tests = [0]


class NetworkBlocked(ConnectionError):
    """A test tried to connect to an address outside this machine."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--pictures DIRECTORY`, for the tests of the window."""
    parser.addoption("--pictures", metavar="DIRECTORY", help="save a picture of every window at the end of each test")


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse connections and name look-ups beyond the loopback, as on a machine that is offline."""
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


@pytest.fixture(autouse=True)
def garbage_in_the_main_thread() -> Iterator[None]:
    """Collect cyclic garbage between tests, in the main thread: a thread of a test would end Qt's objects of earlier tests, and can
    wait for ever (workbench/bridge/garbage.py)."""
    gc.disable()
    yield
    gc.disable()
    _tests[0] += 1
    if _tests[0] % _FULL == 0:
        gc.collect()
    elif gc.get_count()[0] > gc.get_threshold()[0]:
        gc.collect(1)


def _is_local(host: str) -> bool:
    if host in ("", "localhost", socket.gethostname()):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True)
def no_leaked_threads() -> Iterator[None]:
    """Fail a test whose threads are still alive after it."""
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
    """Fail a test whose repeating timers are still active after it."""
    core = sys.modules.get("PySide6.QtCore")
    if core is None:
        yield
        return
    shiboken = __import__("shiboken6")
    started: list[Any] = []
    start = core.QTimer.start

    def record(self: Any, *arguments: Any) -> None:
        started.append(self)
        start(self, *arguments)

    monkeypatch.setattr(core.QTimer, "start", record)
    yield
    application = core.QCoreApplication.instance()
    if application is not None and started:
        # Delete the widgets that pytest-qt closed, with their timers.
        core.QCoreApplication.sendPostedEvents(None, core.QEvent.Type.DeferredDelete)
    leaked = [timer for timer in started if shiboken.isValid(timer) and timer.isActive() and not timer.isSingleShot()]
    names = {
        f"{timer.objectName() or 'QTimer'} of {type(timer.parent()).__name__}, every {timer.interval()} ms" for timer in leaked
    }
    for timer in leaked:
        timer.stop()
    if names:
        pytest.fail(f"timers outlive the test: {'; '.join(sorted(names))}")
