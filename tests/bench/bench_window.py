"""How much the idle window slows training, and the lag of its event loop meanwhile.

    python tests/bench/bench_window.py [--seconds 5] [--rounds 4] [--place train] [--batch 64]

One process trains a SimCLR run on shapes in a background thread, as the window does. Segments with the window (its event loop runs
and everything is painted) alternate with segments without it (its thread sleeps): without, with, with, without, so that a slow
change of the machine's load affects both alike. Both train in the same thread at the same priority. Evaluations and checkpoints are
left out; they take the same time with and without a window.

For each round: images per second without and with the window, and their ratio; CPU time of the whole process per step in ms, which
hardly depends on other programs, and its ratio; the CPU time of the window's thread, and of the threads of the bridge and of the
run folder, in per cent of one core; the event loop's lag. Last the cold start, in another process: from its start to the first
paint. On a shared machine, use the medians, and the CPU time rather than the speed.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from engine.events import Event, StepDone
from engine.execute.prepare_process import prepare_process

WARM_STEPS = 20
LEAST = 8  # StepDone events in a segment at least; on a slow machine the segment is extended
APART = 0.02  # seconds; StepDone events closer than this were sent in one batch
SETTLE = 1.0  # seconds at the start of a segment that are not measured: pending paints, caches


def run_config(batch: int, threads: int) -> dict[str, Any]:
    """The config of a run that trains until it is stopped."""
    return {
        "method": {"id": "simclr"},
        "data": {"source": "shapes"},
        "train": {"steps": 1_000_000, "batch": batch, "device": "cpu", "threads": threads, "checkpoint_seconds": 86_400, "keep": 0},
        "monitor": {"knn_every": 1_000_000},
    }


class TimedStep(NamedTuple):
    """A step, with the time of its event in seconds and the CPU time of the whole process in seconds."""

    step: int
    at: float
    cpu: float


class Steps:
    """Records events in the training thread, where the window cannot delay them."""

    def __init__(self) -> None:
        self.steps: list[TimedStep] = []

    def record(self, event: Event) -> None:
        """Append a finished step."""
        if isinstance(event, StepDone):
            self.steps.append(TimedStep(event.step, time.perf_counter(), time.process_time()))

    def since(self, begin: float) -> list[TimedStep]:
        """The steps since `begin`; of events sent in one batch only the last."""
        steps = [step for step in self.steps if begin <= step.at]
        return [step for step, after in itertools.pairwise(steps) if after.at - step.at > APART] + steps[-1:]

    def between(self, begin: float) -> tuple[float, float]:
        """Steps per second and CPU seconds per step, from the first to the last step since `begin`."""
        steps = self.since(begin)
        first, last = steps[0], steps[-1]
        return (last.step - first.step) / (last.at - first.at), (last.cpu - first.cpu) / (last.step - first.step)


@dataclass(frozen=True)
class Segment:
    """A part of the run: steps per second, CPU seconds per step, shares of a core in per cent, lag in ms."""

    speed: float
    cpu: float
    window: float
    others: float
    p50: float = 0.0
    p99: float = 0.0
    most: float = 0.0


def other_threads() -> float:
    """CPU seconds of the threads of the bridge and of the run folder."""
    import psutil

    named = {thread.native_id: thread.name for thread in threading.enumerate()}
    mine = [name for name in named.values() if name not in ("MainThread", "training")]
    return sum(thread.user_time + thread.system_time for thread in psutil.Process().threads() if named.get(thread.id) in mine)


def measure(options: argparse.Namespace) -> list[dict[str, Any]]:
    """Train with and without the window in turn; the segments of each round by case."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    prepare_process()
    from PySide6.QtCore import QEventLoop, QSettings, QTimer

    from workbench.app import App
    from workbench.bridge import bridge, trainer

    steps, rounds = Steps(), list[dict[str, Any]]()

    class RecordingTrainer(trainer.EngineTrainer):
        def begin(self, config: Any, root: Path, emit: Callable[[Event], None], *rest: Any) -> None:
            def both(event: Event) -> None:
                steps.record(event)
                emit(event)

            super().begin(config, root, both, *rest)

    bridge.EngineTrainer = RecordingTrainer  # type: ignore[misc]

    with tempfile.TemporaryDirectory() as folder:
        app = App("dark", "en", folder, QSettings(f"{folder}/window.ini", QSettings.Format.IniFormat))

        def look(seconds: float) -> None:
            loop = QEventLoop()
            QTimer.singleShot(round(seconds * 1000), loop.quit)
            loop.exec()

        def segment(wait: Callable[[float], None]) -> Segment:
            wait(SETTLE)
            app.window.lag.reset()
            begin, own, others = time.perf_counter(), time.thread_time(), other_threads()
            wait(options.seconds)
            while len(steps.since(begin)) < LEAST:
                wait(options.seconds / 2)
            end = time.perf_counter()
            lag = app.window.lag.lag()
            shares = [100 * spent / (end - begin) for spent in (time.thread_time() - own, other_threads() - others)]
            return Segment(*steps.between(begin), *shares, lag.p50, lag.p99, lag.most)

        def go_through() -> None:
            app.window.commands.start(run_config(options.batch, options.threads))
            while not steps.steps or steps.steps[-1].step < WARM_STEPS:
                look(0.2)
            app.window.go(options.workspace)
            for _ in range(options.rounds):
                parts = [segment(wait) for wait in (time.sleep, look, look, time.sleep)]
                rounds.append({"without": [vars(parts[0]), vars(parts[3])], "with": [vars(parts[1]), vars(parts[2])]})
            app.window.leave("stop")

        app.window.resize(1280, 720)
        QTimer.singleShot(1500, go_through)
        app.run()
    return rounds


def first_paint() -> dict[str, float]:
    """Seconds from the start of the process to the first paint, and whether torch was loaded by then."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    import psutil
    from PySide6.QtCore import QSettings, QTimer

    from workbench.app import App

    result: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        app = App("dark", "en", folder, QSettings(f"{folder}/window.ini", QSettings.Format.IniFormat))
        app.window.show()
        app.window.grab()
        result["seconds"] = time.time() - psutil.Process().create_time()
        result["torch"] = float("torch" in sys.modules)
        QTimer.singleShot(0, app.qt.quit)
        app.run()
    return result


def mean(parts: list[dict[str, float]], name: str) -> float:
    """The mean of one value over the segments of a round and case."""
    return statistics.mean(part[name] for part in parts)


def summary(name: str, values: list[float], form: str) -> str:
    """A line with the median and the range of a value over all rounds."""
    return f"{name}: {statistics.median(values):{form}} ({min(values):{form}} to {max(values):{form}})"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=5.0, help="of each segment")
    parser.add_argument("--rounds", type=int, default=4, help="of four segments each")
    parser.add_argument(
        "--place", dest="workspace", default="train", choices=("prepare", "train", "explore", "compare"), help="workspace to show"
    )
    parser.add_argument("--batch", type=int, default=64, help="images per step: short steps make segments comparable")
    parser.add_argument("--threads", type=int, default=0, help="of PyTorch; 0 is one for each core")
    parser.add_argument("--case", choices=("run", "paint"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.case:
        print(json.dumps(measure(options) if options.case == "run" else first_paint()))
        return

    def run_case(case: str) -> Any:
        command = [sys.executable, __file__, *sys.argv[1:], "--case", case]
        return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()[-1])

    rounds = run_case("run")
    columns = ("round", "without", "with", "ratio", "ms CPU", "with", "ratio", "window %", "others %", "lag p50", "p99", "max")
    print("images a second, without the window and with it; milliseconds of CPU a step; per cent of a core; milliseconds")
    print("".join(f"{column:>10}" for column in columns))
    speeds, costs, shares = list[float](), list[float](), list[float]()
    for number, parts in enumerate(rounds, start=1):
        plain, seen = parts["without"], parts["with"]
        speeds.append(mean(seen, "speed") / mean(plain, "speed"))
        costs.append(mean(plain, "cpu") / mean(seen, "cpu"))
        shares.append(mean(seen, "window") + mean(seen, "others") - mean(plain, "others"))
        line = f"{number:10}" + "".join(f"{options.batch * mean(case, 'speed'):10,.0f}" for case in (plain, seen))
        line += f"{speeds[-1]:10.2f}{1000 * mean(plain, 'cpu'):10.0f}{1000 * mean(seen, 'cpu'):10.0f}{costs[-1]:10.3f}"
        line += f"{mean(seen, 'window'):10.2f}{mean(seen, 'others'):10.2f}"
        print(line + f"{mean(seen, 'p50'):10.1f}{mean(seen, 'p99'):10.1f}{max(part['most'] for part in seen):10.0f}")
    print(summary("speed with the window, of that without", speeds, ".3f"))
    print(summary("CPU of a step without the window, of that with", costs, ".3f"))
    print(summary("the window's own CPU, per cent of a core", shares, ".2f"))
    paint = run_case("paint")
    print(f"first paint: {paint['seconds']:.2f} s" + (" (torch was loaded)" if paint["torch"] else ""))


if __name__ == "__main__":
    main()
