"""What the window costs a run that trains while nobody touches it, and how smooth it stays.

    python tests/bench/bench_window.py [--seconds 5] [--rounds 4] [--place train] [--batch 64]

One process trains a SimCLR run on shapes in its background thread, as the window does. Segments with the window at work (its event
loop runs, everything is drawn) take turns with segments without it (its thread sleeps, so nothing of it runs): without, with, with,
without, so that a machine that grows busier in the meantime does as much to the one as to the other. Both train in the same thread
at the same priority. Looks at the validation images and checkpoints are left out; they come with and without a window.

Of each round: images a second without and with the window, and their ratio; milliseconds of CPU of the whole process a step, which
hardly change where others use the machine, and their ratio; the CPU time of the window's thread, and of the bridge's and the run
folder's, in per cent of one core; the event loop's lag. Last the cold start, in a process of its own: from the process to the first
paint. On a machine that others use, trust the medians, and the CPU time more than the speed.
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
LEAST = 8  # steps told in a segment; a machine that others use gets more time for them
APART = 0.02  # seconds between two bundles of steps at least
SETTLE = 1.0  # seconds of a segment that do not count: what came meanwhile is drawn, caches fill


def run_config(batch: int, threads: int) -> dict[str, Any]:
    """What trains until it is stopped."""
    return {
        "method": {"id": "simclr"},
        "data": {"source": "shapes"},
        "train": {"steps": 1_000_000, "batch": batch, "device": "cpu", "threads": threads, "checkpoint_seconds": 86_400, "keep": 0},
        "monitor": {"knn_every": 1_000_000},
    }


class Told(NamedTuple):
    """A step that was told, and when: seconds, and seconds of CPU of the whole process."""

    step: int
    at: float
    cpu: float


class Steps:
    """Listens in the training thread, where no window can delay it."""

    def __init__(self) -> None:
        self.told: list[Told] = []

    def hear(self, event: Event) -> None:
        """Note a step."""
        if isinstance(event, StepDone):
            self.told.append(Told(event.step, time.perf_counter(), time.process_time()))

    def since(self, begin: float) -> list[Told]:
        """The steps told since then, the bundles that were told at once by their last one."""
        within = [told for told in self.told if begin <= told.at]
        return [told for told, after in itertools.pairwise(within) if after.at - told.at > APART] + within[-1:]

    def between(self, begin: float) -> tuple[float, float]:
        """Steps a second, and seconds of CPU a step, from the first to the last step told since then."""
        within = self.since(begin)
        first, last = within[0], within[-1]
        return (last.step - first.step) / (last.at - first.at), (last.cpu - first.cpu) / (last.step - first.step)


@dataclass(frozen=True)
class Segment:
    """A part of the run: steps a second, CPU seconds a step, shares of a core, lag in ms."""

    speed: float
    cpu: float
    window: float
    others: float
    p50: float = 0.0
    p99: float = 0.0
    most: float = 0.0


def other_threads() -> float:
    """CPU seconds of the threads that belong neither to training nor to Qt: the bridge's, the run folder's."""
    import psutil

    named = {thread.native_id: thread.name for thread in threading.enumerate()}
    mine = [name for name in named.values() if name not in ("MainThread", "training")]
    return sum(found.user_time + found.system_time for found in psutil.Process().threads() if named.get(found.id) in mine)


def measure(options: argparse.Namespace) -> list[dict[str, Any]]:
    """Train with the window, which comes and goes; the segments of each round by case."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    prepare_process()
    from PySide6.QtCore import QEventLoop, QSettings, QTimer

    from workbench.app import App
    from workbench.bridge import bridge, trainer

    steps, found = Steps(), list[dict[str, Any]]()

    class Heard(trainer.EngineTrainer):
        def begin(self, config: Any, root: Path, emit: Callable[[Event], None], *rest: Any) -> None:
            def both(event: Event) -> None:
                steps.hear(event)
                emit(event)

            super().begin(config, root, both, *rest)

    bridge.EngineTrainer = Heard  # type: ignore[misc]

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
            while not steps.told or steps.told[-1].step < WARM_STEPS:
                look(0.2)
            app.window.go(options.place)
            for _ in range(options.rounds):
                parts = [segment(wait) for wait in (time.sleep, look, look, time.sleep)]
                found.append({"without": [vars(parts[0]), vars(parts[3])], "with": [vars(parts[1]), vars(parts[2])]})
            app.window.leave("stop")

        app.window.resize(1280, 720)
        QTimer.singleShot(1500, go_through)
        app.run()
    return found


def first_paint() -> dict[str, float]:
    """Seconds from the start of the process to the first paint, and whether torch was loaded by then."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    import psutil
    from PySide6.QtCore import QSettings, QTimer

    from workbench.app import App

    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        app = App("dark", "en", folder, QSettings(f"{folder}/window.ini", QSettings.Format.IniFormat))
        app.window.show()
        app.window.grab()
        found["seconds"] = time.time() - psutil.Process().create_time()
        found["torch"] = float("torch" in sys.modules)
        QTimer.singleShot(0, app.qt.quit)
        app.run()
    return found


def mean(parts: list[dict[str, float]], name: str) -> float:
    """Of one figure over a round's segments of one case."""
    return statistics.mean(part[name] for part in parts)


def told(name: str, values: list[float], form: str) -> str:
    """A figure over all rounds: the median and the range."""
    return f"{name}: {statistics.median(values):{form}} ({min(values):{form}} to {max(values):{form}})"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=5.0, help="of each segment")
    parser.add_argument("--rounds", type=int, default=4, help="of four segments each")
    parser.add_argument("--place", default="train", choices=("prepare", "train", "explore", "compare"), help="what is looked at")
    parser.add_argument("--batch", type=int, default=64, help="images a step: short steps make segments alike")
    parser.add_argument("--threads", type=int, default=0, help="of PyTorch; 0 is one for each core")
    parser.add_argument("--case", choices=("run", "paint"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.case:
        print(json.dumps(measure(options) if options.case == "run" else first_paint()))
        return

    def apart(case: str) -> Any:
        command = [sys.executable, __file__, *sys.argv[1:], "--case", case]
        return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()[-1])

    rounds = apart("run")
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
    print(told("speed with the window, of that without", speeds, ".3f"))
    print(told("CPU of a step without the window, of that with", costs, ".3f"))
    print(told("the window's own CPU, per cent of a core", shares, ".2f"))
    paint = apart("paint")
    print(f"first paint: {paint['seconds']:.2f} s" + (" (torch was loaded)" if paint["torch"] else ""))


if __name__ == "__main__":
    main()
