"""Latency of the augmentation preview: milliseconds from the question to the answer in the window's thread.

    python tests/bench/bench_preview.py [--samples 8] [--views 8] [--size 96] [--seconds 10]

The brightness of the colour jitter changes with each question, as when a user drags its slider; the next question is asked when the
answer has arrived. One row while nothing else runs, one while a SimCLR run trains in the same process, as in the window. p50 and
p99 are over all questions of a row after a warm-up; `computed` is the time for resolving the config and drawing and applying the
views.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.execute.prepare_process import prepare_process

if TYPE_CHECKING:
    from workbench.bridge.bridge import Bridge
    from workbench.bridge.view_questions import PreviewViews, ViewsPreview

WARM = 20  # questions
BETWEEN = 8  # ms between two changes of the slider at least: 125 per second


def views_at(turn: int, views: int, size: int) -> dict[str, Any]:
    """SimCLR's views, `views` of them at `size` px, with a brightness that depends on `turn`."""
    from engine.augment.presets import groups

    group = {**groups("simclr")[0].model_dump(mode="json"), "count": views, "size": size, "brightness": turn % 100 / 100}
    return {"preset": "simclr", "groups": [group]}


def answer_to(bridge: Bridge, question: PreviewViews) -> tuple[ViewsPreview, float]:
    """The answer, and the seconds until it arrived in this thread."""
    from PySide6.QtCore import QEventLoop

    loop, answers = QEventLoop(), list[Any]()

    def take(preview: ViewsPreview) -> None:
        answers.append(preview)
        loop.quit()

    def failed(message: str) -> None:
        raise SystemExit(message)

    started = time.perf_counter()
    bridge.ask(question, take, failed)
    if not answers:
        loop.exec()
    return answers[0], time.perf_counter() - started


def training(size: int) -> dict[str, Any]:
    """The config of the run that trains meanwhile until it is stopped."""
    return {
        "method": {"id": "simclr"},
        "data": {"source": "shapes", "count": 2000, "size": size},
        "train": {"steps": 1_000_000, "batch": 128, "device": "cpu"},
        "monitor": {"knn_every": 1_000_000},
    }


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=int, default=8)
    parser.add_argument("--views", type=int, default=8)
    parser.add_argument("--size", type=int, default=96)
    parser.add_argument("--seconds", type=float, default=10.0, help="of each row")
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    prepare_process()
    from PySide6.QtCore import QCoreApplication, QEventLoop, QTimer

    from engine.events import StepDone
    from workbench.bridge.bridge import Bridge
    from workbench.bridge.view_questions import PreviewViews

    application = QCoreApplication([])
    with tempfile.TemporaryDirectory() as folder:
        bridge = Bridge(Path(folder))
        data = {"source": "shapes", "count": 500, "size": options.size}
        turn, steps = 0, 0

        def ask() -> tuple[float, float]:
            """Seconds until the answer arrived, and the seconds in which it was computed."""
            nonlocal turn
            turn += 1
            config = {"data": data, "views": views_at(turn, options.views, options.size)}
            preview, taken = answer_to(bridge, PreviewViews(config, tuple(range(options.samples)), 0))
            assert len(preview.views) == options.views
            return taken, preview.milliseconds / 1000

        def rest(milliseconds: int) -> None:
            loop = QEventLoop()
            QTimer.singleShot(milliseconds, loop.quit)
            loop.exec()

        def row(name: str) -> None:
            nonlocal steps
            for _ in range(WARM):
                ask()
            waits, computed = [], []
            before, started = steps, time.perf_counter()
            while time.perf_counter() - started < options.seconds:
                wait, inside = ask()
                waits.append(wait * 1000)
                computed.append(inside * 1000)
                rest(max(1, BETWEEN - round(wait * 1000)))
            beside = (steps - before) / (time.perf_counter() - started)
            centiles = statistics.quantiles(waits, n=100)
            figures = (
                f"{len(waits):10}{centiles[49]:10.1f}{centiles[98]:10.1f}{max(waits):10.1f}{statistics.median(computed):10.1f}"
            )
            print(f"{name:20}{figures}{beside:10.1f}", flush=True)

        def count_steps(_: str, events: list[Any]) -> None:
            nonlocal steps
            steps += sum(isinstance(event, StepDone) for event in events)

        bridge.events.connect(count_steps)
        print(f"{options.samples} samples x {options.views} views of {options.size} px; milliseconds; steps a second beside it")
        print(f"{'':20}" + "".join(f"{column:>10}" for column in ("questions", "p50", "p99", "max", "computed", "steps/s")))
        row("nothing else")
        bridge.start(training(options.size))
        while not steps:
            rest(50)
        row("during training")
        bridge.close()
    del application


if __name__ == "__main__":
    main()
