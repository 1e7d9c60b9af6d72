"""The window on another machine, over a real sshd on the loopback with an artificial delay: what a slider's preview takes, and what
a cut connection costs.

    python tests/bench/bench_remote.py [--delay 80] [--seconds 20] [--cut 20]

Previews are asked as `bench_preview.py` asks them: the next one when the answer has arrived, with another brightness each time; ms
from the question to the answer in the window's thread. "window" is what the window shows at first (5 samples x 2 views, 32 px),
"large" 8 samples x 8 views of 96 px. `computed` is the part of it that the other machine computes. Then a run trains there and the
connection is cut, once with its server ended, once with a network that is silent; the steps that the run made meanwhile, and the
seconds from the end of the cut until the window has the newest step. Needs sshd, ssh and ssh-keygen.
"""

from __future__ import annotations

import argparse
import itertools
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from engine.execute.prepare_process import prepare_process
from tests.bench.bench_preview import answer_to, views_at
from tests.loopback_ssh import loopback, missing

WARM = 10  # questions
SIZES = {"window": (5, 2, 32), "large": (8, 8, 96)}
RUN: dict[str, Any] = {
    "method": {"id": "simclr"},
    "data": {"source": "shapes", "count": 2000},
    "train": {"steps": 1_000_000, "batch": 64, "device": "cpu", "threads": 1},
    "monitor": {"knn_every": 1_000_000, "pictures": False},
}


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--delay", type=float, default=80.0, help="ms of a round trip")
    parser.add_argument("--seconds", type=float, default=20.0, help="of each row of previews")
    parser.add_argument("--cut", type=float, default=20.0, help="seconds of a cut")
    options = parser.parse_args()
    if reason := missing():
        raise SystemExit(reason)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    prepare_process()
    from PySide6.QtCore import QCoreApplication, QEventLoop, QTimer

    from engine.events import Event, StepDone
    from engine.runs.reader import read_metrics, read_status
    from workbench.bridge.bridge import Bridge
    from workbench.bridge.remote_host import RemoteHost, ssh_command
    from workbench.bridge.view_questions import PreviewViews

    application = QCoreApplication([])

    def rest(seconds: float) -> None:
        loop = QEventLoop()
        QTimer.singleShot(round(seconds * 1000), loop.quit)
        loop.exec()

    with tempfile.TemporaryDirectory() as name, loopback(Path(name) / "ssh", options.delay) as server:
        folder = Path(name)
        os.environ["PARALLAX_SSH"] = server.ssh
        began = time.perf_counter()
        host = RemoteHost(server.name, ssh_command(server.name, sys.executable, str(folder / "there")), folder / "here")
        bridge = Bridge(host.root, host=host)
        steps: list[int] = []

        def take(_: str, events: list[Event]) -> None:
            steps.extend(event.step for event in events if isinstance(event, StepDone))

        bridge.events.connect(take)
        while host.state.latency is None:
            rest(0.05)
        print(
            f"{options.delay:.0f} ms of artificial delay; connected after {time.perf_counter() - began:.1f} s with the first ping"
        )
        turn = 0

        def ask(samples: int, views: int, size: int) -> tuple[float, float]:
            nonlocal turn
            turn += 1
            config = {"data": {"source": "shapes", "count": 500, "size": size}, "views": views_at(turn, views, size)}
            preview, taken = answer_to(bridge, PreviewViews(config, tuple(range(samples)), 0))
            return taken * 1000, preview.milliseconds

        def row(title: str, size: str) -> None:
            for _ in range(WARM):
                ask(*SIZES[size])
            waits, computed = [], []
            until = time.perf_counter() + options.seconds
            while time.perf_counter() < until:
                wait, inside = ask(*SIZES[size])
                waits.append(wait)
                computed.append(inside)
                rest(0.002)
            centiles = statistics.quantiles(waits, n=100)
            latency = (host.state.latency or 0.0) * 1000
            figures = len(waits), centiles[49], centiles[98], max(waits), statistics.median(computed), latency
            print(f"{title:28}" + "".join(f"{figure:10.1f}" for figure in figures), flush=True)

        print(f"{'':28}" + "".join(f"{column:>10}" for column in ("previews", "p50", "p99", "max", "computed", "ping")))
        for size in SIZES:
            row(f"{size}, nothing else", size)
        bridge.start(RUN)
        while len(steps) < 20:
            rest(0.05)
        row("window, during training", "window")

        def outage(title: str, cut: Any, mend: Any) -> None:
            job = bridge.current()
            assert job is not None
            before = steps[-1]
            cut()
            rest(options.cut)
            shown = steps[-1]
            mend()
            ended = time.perf_counter()
            # The other machine's own record, at the moment when the cut ends.
            there = int(read_metrics(folder / "there" / Path(job.folder).name)[0][-1].get("step", 0))
            while steps[-1] < there:
                rest(0.05)
            late = time.perf_counter() - ended
            gaps = [one for one, other in itertools.pairwise(steps) if other not in (one, one + 1)]
            print(f"{title:28}{there - before:10}{shown - before:10}{late:12.1f}{len(gaps):10}", flush=True)

        print(f"{f'cut for {options.cut:.0f} s':28}{'made':>10}{'shown':>10}{'s until met':>12}{'gaps':>10}")
        outage("server and connection ended", server.cut, server.begin_again)
        outage("network silent", server.freeze, server.thaw)
        job = bridge.current()
        assert job is not None
        bridge.stop()
        while bridge.current() is not None:
            rest(0.05)
        print(f"stopped: {read_status(Path(job.folder)).state} at step {read_status(Path(job.folder)).step}")
        bridge.close()
    del application


if __name__ == "__main__":
    main()
