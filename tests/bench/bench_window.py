"""What the window costs, and how smooth it stays: training speed with and without it, and the event loop's lag while it trains.

    python tests/bench/bench_window.py [--steps 200] [--rounds 2]

Each case is a process of its own that trains the same SimCLR run on shapes, in a background thread with the window open on its
curves, or in the main thread without a window; the cases take turns. Also the cold start, from the process to the first paint.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from engine.events import Event, RunEnded, StepDone
from engine.train.process import prepare_process


def run_config(steps: int) -> dict[str, Any]:
    """What both cases train."""
    return {"method": {"id": "simclr"}, "data": {"source": "shapes"}, "train": {"steps": steps, "device": "cpu"}}


def speed(events: list[Event]) -> float:
    """Images a second over the run without its first tenth. Looks at the validation images do not count."""
    steps = [event for event in events if isinstance(event, StepDone)]
    first, last = steps[len(steps) // 10], steps[-1]
    return 256 * (last.step - first.step) / (last.seconds - first.seconds)


def without(steps: int) -> dict[str, float]:
    """Train with no window."""
    prepare_process()
    from engine.train.control import Control
    from engine.train.resolve import resolve
    from engine.train.run import train

    events: list[Event] = []
    with tempfile.TemporaryDirectory() as folder:
        for part in ("checkpoints", "embeddings"):
            (Path(folder) / part).mkdir()
        train(resolve(run_config(steps)), events.append, Control(), Path(folder))
    return {"speed": speed(events)}


def with_window(steps: int) -> dict[str, float]:
    """Train with the window open on its curves."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    prepare_process()
    from PySide6.QtCore import QSettings, QTimer

    from workbench.app import App

    with tempfile.TemporaryDirectory() as folder:
        app = App("dark", "en", folder, QSettings(f"{folder}/window.ini", QSettings.Format.IniFormat))
        window, events, found = app.window, [], {}

        def heard(key: str, new: list[Event]) -> None:
            if not events:
                window.lag.reset()
            events.extend(new)
            if any(isinstance(event, RunEnded) for event in new):
                lag = window.lag.lag()
                found.update(p50=lag.p50, p99=lag.p99, most=lag.most, speed=speed(events))
                QTimer.singleShot(500, app.qt.quit)

        def begin() -> None:
            window.go("train")
            app.bridge.start(run_config(steps))

        app.bridge.events.connect(heard)
        window.resize(1280, 720)
        QTimer.singleShot(1500, begin)
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


CASES = {"without": without, "with": with_window, "paint": lambda steps: first_paint()}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--case", choices=CASES, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.case:
        print(json.dumps(CASES[options.case](options.steps)))
        return
    found: dict[str, list[dict[str, float]]] = {case: [] for case in CASES}
    for _ in range(options.rounds):
        for case in CASES:
            command = [sys.executable, __file__, "--steps", str(options.steps), "--case", case]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            found[case].append(json.loads(done.stdout.splitlines()[-1]))
    columns = ("round", "without", "with", "ratio", "lag p50", "p99", "max", "first paint")
    print("images a second; milliseconds; seconds")
    print("".join(f"{column:>12}" for column in columns))
    for number, (plain, seen, paint) in enumerate(zip(found["without"], found["with"], found["paint"], strict=True), start=1):
        figures = f"{number:12}{plain['speed']:12,.0f}{seen['speed']:12,.0f}{seen['speed'] / plain['speed']:12.2f}"
        figures += f"{seen['p50']:12.1f}{seen['p99']:12.1f}{seen['most']:12.0f}{paint['seconds']:12.2f}"
        print(figures + ("  (torch was loaded)" if paint["torch"] else ""))


if __name__ == "__main__":
    main()
