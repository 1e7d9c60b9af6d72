"""Signals stop a run with a checkpoint, and a second signal ends it at once."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from engine.runs.reader import checkpoint_path, read_metrics, read_status
from engine.train import stop_signals
from engine.train.stop_signals import stopping

pty = pytest.importorskip("pty")
ROOT = Path(__file__).resolve().parents[3]
pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="signals of POSIX")
SETTINGS = (
    "data.count=60", "train.batch=8", "train.steps=100000", "train.threads=1", "train.device=cpu", "monitor.knn_images=20",
    "monitor.embed_images=0", "monitor.pictures=false",
)  # fmt: skip


@pytest.fixture(autouse=True)
def hangup_is_not_ignored() -> Iterator[None]:
    """As in a terminal: where the tests run under nohup, SIGHUP is ignored, in their child processes, too."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.fixture
def training(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], Path, Callable[[], None]]]:
    """A training process after some steps, the run's folder, and a function that closes its terminal."""
    ours, theirs = pty.openpty()
    words = [sys.executable, "-m", "engine", "train", "--method", "simclr", "--data", "shapes", "--runs", str(tmp_path)]
    words += [word for setting in SETTINGS for word in ("--set", setting)]
    child = subprocess.Popen(words, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=theirs, stderr=theirs, stdin=theirs)
    os.close(theirs)
    closed = threading.Event()

    def read() -> None:
        # If a terminal is not read, its buffer fills up, and writing blocks.
        while not closed.is_set():
            if select.select([ours], [], [], 0.05)[0]:
                with contextlib.suppress(OSError):
                    os.read(ours, 4096)
        os.close(ours)

    reader = threading.Thread(target=read)
    reader.start()

    def close() -> None:
        closed.set()
        reader.join()

    try:
        while not any(read_status(folder).step > 3 for folder in tmp_path.glob("*") if (folder / "status.json").exists()):
            assert child.poll() is None
            time.sleep(0.02)
        [folder] = tmp_path.iterdir()
        yield child, folder, close
    finally:
        child.kill()
        child.wait()
        close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_the_run_without_losing_a_step(training: Any, number: signal.Signals) -> None:
    child, folder, close = training
    if number == signal.SIGHUP:
        close()  # the terminal is closed, too, so that nothing can be printed
    child.send_signal(number)
    assert child.wait(60) == 128 + number
    last = max(line["step"] for line in read_metrics(folder)[0] if line["event"] == "StepDone")
    assert torch.load(checkpoint_path(folder), weights_only=True)["step"] == last
    assert (read_status(folder).state, read_status(folder).step) == ("stopped", last)


def test_a_second_signal_ends_the_process_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """As without a handler, after the cleanup; two signals within a short time count as one."""
    calls: list[str] = []
    raised: list[int] = []
    with stopping(lambda: calls.append("stop"), calls.append, lambda: calls.append("at once")) as received:
        signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGHUP)  # a session's end sends it after SIGTERM
        assert calls == ["Stopping after this step, with a checkpoint; SIGTERM again to stop at once.", "stop", "stop"]
        time.sleep(stop_signals.TOGETHER_SECONDS)
        raise_signal = signal.raise_signal
        monkeypatch.setattr(stop_signals.signal, "raise_signal", raised.append)
        raise_signal(signal.SIGTERM)
        assert calls[-1] == "at once"
        assert raised == [signal.SIGTERM]
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    assert received.code == 143
    with stopping(lambda: None, calls.append):
        raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            raise_signal(signal.SIGINT)


def test_ignored_signals_stay_ignored_and_handlers_are_restored() -> None:
    calls: list[str] = []
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # nohup
    terminated = signal.getsignal(signal.SIGTERM)
    try:
        with stopping(lambda: calls.append("stop"), calls.append):
            signal.raise_signal(signal.SIGHUP)
        assert calls == []
        assert signal.getsignal(signal.SIGTERM) is terminated
    finally:
        signal.signal(signal.SIGHUP, before)
