"""The list of 2,000 runs: the time of reading the folder, of sorting, filtering and grouping, and of starting the window.

    python tests/bench/bench_runs.py [--runs 2000] [--steps 20] [--watch]

The runs are written by the engine's own functions into a temporary folder. With `--watch` two processes train there, 60 steps each,
while an offscreen window refreshes its list: when each run's row appears, how often it changes, and the lag of the event loop.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from engine.execute.prepare_process import prepare_process

METHODS = ("simclr", "byol", "vicreg", "mae", "dino", "barlow_twins", "moco_v2", "swav")


def write_runs(root: Path, count: int, steps: int) -> list[Path]:
    """Write runs of a sweep: several methods, learning rates and seeds, with `steps` lines of metrics. Their folders."""
    from engine.config.run import RunConfig
    from engine.events import EvalDone, RunEnded, RunStarted, StepDone
    from engine.runs.run_folder import create_folder
    from engine.runs.run_store import annotate
    from engine.runs.writer import RunWriter

    folders = []
    for number in range(count):
        method = METHODS[number % len(METHODS)]
        values = {
            "method": {"id": method, "temperature": 0.1 * (1 + number % 5)},
            "optim": {"lr": 10 ** -(1 + number % 4)},
            "train": {"seed": number},
            "views": {"groups": [{"count": 2}, {"count": 1 + number % 3}]},
        }
        folder = create_folder(root, RunConfig.model_validate(values))
        with RunWriter(folder) as write:
            write(RunStarted(folder.name, method, "shapes", "cpu", "fp32", 0, steps, 10, 64, 640, 1000, {}))
            for step in range(1, steps + 1):
                write(StepDone(step, step / 10, 5.0 / step, 0.1, 900.0, step / 10))
            knn = 0.2 + (number * 37 % 500) / 1000
            write(EvalDone(2, steps, {"knn": knn, "rank": 20.0 + number % 60, "std": 0.9}, 0.1))
            write(RunEnded("finished" if number % 7 else "stopped", steps, 3.0))
        if number % 10 == 0:
            annotate(folder, tags=("probe",), star=number % 20 == 0)
        folders.append(folder)
    return folders


def timed(name: str, act: Callable[[], Any], times: int = 1) -> Any:
    """Call `act` several times, print the median and the longest time in ms, and return the last result."""
    result, taken = None, []
    for _ in range(times):
        began = time.perf_counter()
        result = act()
        taken.append((time.perf_counter() - began) * 1000)
    most = f"{max(taken):9.1f}" if times > 1 else ""
    print(f"{name:58}{statistics.median(taken):9.1f}{most}", flush=True)
    return result


def measure(count: int, steps: int) -> None:
    """Print the table."""
    prepare_process()
    from PySide6.QtCore import QSettings
    from PySide6.QtWidgets import QApplication

    from engine.runs.run_store import RunStore, annotate
    from workbench.app import App
    from workbench.models.columns import AT_FIRST
    from workbench.models.runs import RunsModel
    from workbench.models.runs_order import RunsOrder

    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "runs"
        began = time.perf_counter()
        folders = write_runs(root, count, steps)
        print(f"{count:,} runs of {steps} steps, written in {time.perf_counter() - began:.0f} s\n")
        print(f"{'ms':>67}{'most':>9}")
        qt = QApplication.instance() or QApplication([])
        store = RunStore(root)
        changes = timed("first listing", store.refresh)
        timed("refresh, nothing changed, runs just written", store.refresh, 5)
        time.sleep(3.2)
        timed("refresh, nothing changed, runs older than 3 s", store.refresh, 20)

        def touch() -> Any:
            annotate(folders[5], notes=str(time.time()))
            return store.refresh()

        timed("refresh, one changed (writing it included)", touch, 5)
        model = RunsModel()
        order = RunsOrder(model, AT_FIRST)
        timed("model: all runs applied", lambda: model.apply(changes))
        one = [dataclasses.replace(changes.added[7], notes=f"{number}") for number in range(20)]
        timed("model: one changed run applied", lambda: model.apply(type(changes)(changed=(one.pop(),))), 20)
        timed("sort by kNN", lambda: order.sort_by("best", True))
        timed("sort by title", lambda: order.sort_by("title", False))
        timed("sort by started", lambda: order.sort_by("started", True))
        timed("filter: simclr", lambda: order.set_query("simclr"))
        timed("filter: knn>0.4 method:byol", lambda: order.set_query("knn>0.4 method:byol"))
        timed("filter: none again", lambda: order.set_query(""))
        timed("group by method", lambda: order.set_grouping("method"))
        timed("group by none", lambda: order.set_grouping(""))

        settings = QSettings(f"{folder}/window.ini", QSettings.Format.IniFormat)
        app = timed("window created", lambda: App("dark", "en", str(root), settings))
        window = app.window
        window.resize(1280, 720)
        window.show()
        timed("window: first processEvents, runs listed and shown", qt.processEvents)
        spin(qt, lambda: len(window.runs.rows()) == count and window.setup.ready and not app.bridge.busy)
        table, view = window.table, window.table.view
        timed("window: Compare opened and painted", lambda: (window.go("compare"), qt.processEvents(), window.grab()))

        timed("window: the chart of all runs drawn", lambda: (table.chart.draw(), qt.processEvents()), 3)

        def sort(name: str, down: bool) -> Callable[[], None]:
            return lambda: (table.order.sort_by(name, down), qt.processEvents(), view.viewport().grab())  # type: ignore[return-value]

        timed("window: sorted by kNN and painted", sort("best", True))
        timed("window: sorted by title and painted", sort("title", False))
        for text in ("s", "simclr", "knn>0.4", ""):
            timed(f"window: filtered by {text!r} and painted", lambda text=text: (table.filter.setText(text), qt.processEvents()))
        timed("window: the list at the left filtered", lambda: (window.list._filter.setText("byol"), qt.processEvents()))
        timed("window: the list filter cleared", lambda: (window.list._filter.clear(), qt.processEvents()))
        timed("window: refresh, nothing changed", window.refresh, 10)
        timed("window: theme changed and painted", lambda: (window.toggle_theme(), qt.processEvents(), window.grab()))
        window.lag.start()
        window.lag.reset()
        began = time.perf_counter()
        view.toggle_column("optim.lr", True)
        spin(qt, lambda: window.runs.complete)
        took, lag = time.perf_counter() - began, window.lag.lag()
        print(f"{'window: column optim.lr, all configs read':58}{took * 1000:9.1f}   lag p99 {lag.p99:.0f} ms")
        timed("window: sorted by optim.lr and painted", sort("optim.lr", True))
        timed("window: filtered by lr<0.01", lambda: (table.filter.setText("lr<0.01"), qt.processEvents()))
        table.filter.clear()
        keys = table.order.shown()[:12]
        timed(
            "window: twelve runs selected, compared and drawn", lambda: (view.choose(keys), spin(qt, lambda: not app.bridge.busy))
        )
        app.bridge.close(5)
        app.window.close()


def watch(count: int) -> None:
    """Print when the window shows the runs that two other processes train."""
    prepare_process()
    from PySide6.QtCore import QSettings

    from workbench.app import App

    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "runs"
        write_runs(root, count, 5)
        app = App("dark", "en", str(root), QSettings(f"{folder}/window.ini", QSettings.Format.IniFormat))
        window, seen, began = app.window, {}, time.perf_counter()
        window.resize(1280, 720)
        window.show()
        spin(app.qt, lambda: len(window.runs.rows()) == count and window.setup.ready and not app.bridge.busy)
        window.go("compare")
        before = {row.key for row in window.runs.rows()}

        def note(key: str) -> None:
            row = window.runs.row(key)
            if row is not None and key not in before:
                seen.setdefault(key, []).append((time.perf_counter() - began, row.state, row.status.step))

        window.runs.rowAdded.connect(note)
        window.runs.rowChanged.connect(note)
        began = time.perf_counter()
        command = [sys.executable, "-m", "engine", "train", "--data", "shapes", "--runs", str(root)]
        for pair in ("data.count=600", "train.steps=60", "train.batch=64", "train.device=cpu", "train.threads=1"):
            command += ["--set", pair]
        quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        processes = [subprocess.Popen([*command, "--set", f"train.seed={seed}"], **quiet) for seed in (1, 2)]
        window.lag.reset()
        ended = {"finished", "failed", "interrupted", "stopped"}
        spin(app.qt, lambda: len(seen) == 2 and all(rows[-1][1] in ended for rows in seen.values()), 150)
        lag = window.lag.lag()
        for process in processes:
            process.wait(30)
        print(f"{count:,} finished runs, two that are training in other processes; the window refreshes every 1.5 s")
        for key, rows in seen.items():
            print(f"\n{Path(key).name}")
            for at, state, step in rows:
                print(f"  {at:6.1f} s  {state:12} step {step}")
        print(f"\nlag of the window: p50 {lag.p50:.1f} ms, p99 {lag.p99:.1f} ms, most {lag.most:.0f} ms")
        app.bridge.close(5)
        app.window.close()


def spin(qt: Any, until: Callable[[], bool], seconds: float = 60.0) -> None:
    """Process Qt events until a condition holds."""
    end = time.monotonic() + seconds
    while not until() and time.monotonic() < end:
        qt.processEvents()
        time.sleep(0.002)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=2000)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--watch", action="store_true")
    options = parser.parse_args()
    if options.watch:
        watch(options.runs)
    else:
        measure(options.runs, options.steps)


if __name__ == "__main__":
    main()
