"""`workbench --demo`: one real run from start to end that is shown in every panel, with or without a display.

The demo drives the ordinary window: SimCLR trains on the built-in simple shapes for one to two minutes, and each panel is saved as
a picture. Without a display the window is offscreen, and the terminal shows progress.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.app import App

# Steps, not minutes, so that the result is the same when other programs use the CPU. 160 s of training on one core.
STEPS = 800
SIZE = (1280, 720)
# Longest wait for one step of the demo in seconds, and longest training, after which the run is stopped.
PATIENCE = 120.0
RUN_PATIENCE = 300.0
# The animation of the map: seconds per frame, its width in pixels, and seconds of the last frame.
FRAME_SECONDS = 0.15
FRAME_WIDTH = 640
LAST_FRAME_SECONDS = 3.0
# Number of a sample's nearest neighbours that are counted, as many as the map's list of neighbours shows.
NEAREST = 12

CONFIG: dict[str, Any] = {
    "name": "Demo",
    "method": {"id": "simclr"},
    "data": {"source": "simple_shapes"},
    "views": {"preset": "shapes"},
    "train": {"steps": STEPS, "batch": 128, "seed": 7},
    # A map every three epochs is enough to see the classes separate.
    "monitor": {"knn_every": 3},
}

Wait = tuple[Callable[[], bool], float]


def run_demo(
    folder: Path, theme: str = "dark", language: str = "en", display: bool = True, config: dict[str, Any] | None = None
) -> int:
    """Run the demo, with its files in a folder; returns the program's exit code. `config` replaces the demo's config."""
    if not display:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / ".writable").write_text("")
        (folder / ".writable").unlink()
    except OSError as error:
        print(
            f"workbench: --demo must name a folder that can be written to. Got {str(folder)!r}. {error.strerror}.", file=sys.stderr
        )
        return 2
    from PySide6.QtCore import QSettings, qInstallMessageHandler

    from workbench.app import App

    if not display:
        qInstallMessageHandler(_print_qt_message)
    # The demo does not use the user's settings and runs.
    kept = QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat)
    kept.clear()
    app = App(theme, language, str(folder / "runs"), kept)
    demo = Demo(app, folder, config or CONFIG, display)
    return demo.run()


class Demo:
    """Drives the window step by step; a timer checks whether the current step is done."""

    def __init__(self, app: App, folder: Path, config: dict[str, Any], display: bool) -> None:
        from PySide6.QtCore import QTimer

        self._app, self._window, self._folder = app, app.window, folder
        self._config, self._display = config, display
        self._script = self._steps()
        self._wait: Wait = (lambda: True, 0.0)
        self._since = time.monotonic()
        self._code = 0
        self._over = False
        self._bar: Any = None
        self._began = time.monotonic()
        # Fraction of the nearest neighbours with the sample's class, by epoch; frames of the map while its epochs play.
        self._same: dict[int, float] = {}
        self._frames: list[Any] | None = None
        self._framed = 0.0
        self._timer = QTimer(app.window)
        self._timer.setInterval(50)
        self._timer.timeout.connect(self._tick)
        app.bridge.jobChanged.connect(self._job)

    def run(self) -> int:
        """Show the window and run the demo; with a display the window stays open. Returns the exit code."""
        self._window.resize(*SIZE)
        self._timer.start()
        code = self._app.run()
        if self._bar is not None:
            self._bar.close()
        return self._code or code

    def _steps(self) -> Iterator[Wait]:
        window, bridge = self._window, self._app.bridge
        quiet: Wait = (lambda: not bridge.busy, PATIENCE)
        self._print("Prepare: the views of SimCLR on the embedded shapes")
        from workbench.panels.evaluate.panel import EvaluatePanel
        from workbench.panels.invariance.panel import InvariancePanel
        from workbench.panels.setup.panel import SetupPanel
        from workbench.panels.versus.panel import VersusPanel

        setup = window.panel(SetupPanel)
        setup.set_draft(self._config)
        yield (lambda: setup.ready, PATIENCE)
        yield quiet
        yield _pause(0.5)
        setup.dry_run.measure()
        yield quiet
        yield _pause(0.5)
        self._grab_workspace("prepare", "setup", "augment")

        self._print("Train: watching it learn")
        window.start()
        yield (lambda: bridge.current() is not None, PATIENCE)
        yield (lambda: self._progress() > 0.35 or not self._running(), RUN_PATIENCE)
        window.go("explore")
        yield _pause(2.0)
        window.go("train")
        yield (lambda: not self._running(), RUN_PATIENCE)
        if self._running():
            self._print("Other programs hold this machine's cores: the run is stopped early, with what it has learned so far")
            window.stop()
            yield (lambda: not self._running(), PATIENCE)
        yield quiet
        # The curves are antialiased a moment after the run has ended.
        yield _pause(2.0)
        self._grab_workspace("train", "curves", "health", "sees")

        self._print("Explore: the space that it learned, epoch by epoch")
        yield from self._explore(quiet)

        self._print("Side by side: the first epoch and the last")
        yield from self._tab("versus", quiet, window.panel(VersusPanel).select_moved)
        self._print("Pairs: which views its encoder finds alike")
        yield from self._tab("pairs", quiet)

        self._print("Compare: the table of runs, and what this one is worth")
        window.go("compare")
        yield _pause(0.5)
        self._grab_workspace("compare", "table")
        yield from self._tab("evaluate", quiet, window.panel(EvaluatePanel).start)
        window.workspaces.bring("table")
        window.list.grab().save(str(self._folder / "panel_runs.png"))

        self._print("Invariance: which factors the encoder kept, and which it discarded")
        window.go("explore")
        yield from self._tab("invariance", quiet, window.panel(InvariancePanel).measure)
        window.workspaces.bring("embedding")
        yield _pause(0.5)
        self._finish()
        if not self._display:
            window.close()

    def _explore(self, quiet: Wait) -> Iterator[Wait]:
        """The maps of all epochs, played one after another; then the neighbours of one sample."""
        from workbench.panels.embedding.panel import EmbeddingPanel

        window, panel = self._window, self._window.panel(EmbeddingPanel)
        window.go("explore")
        yield _pause(1.0)
        yield quiet
        card = panel.map_card
        if panel.current_epoch is not None:
            # Trails need the map of every epoch; once all are known, the slider plays them without waiting.
            card.tools.trails.setChecked(True)
            yield quiet
            card.tools.trails.setChecked(False)
            self._ask_same_class(card.time_line.epochs)
            yield quiet
            self._frames = []
            card.time_line.play.setChecked(True)
            yield (lambda: not card.time_line.playing, PATIENCE)
            yield _pause(1.0)
            self._write_animation()
            panel.focus_row(0)
            yield quiet
        yield _pause(1.0)
        self._grab_workspace("explore", "embedding")

    def _ask_same_class(self, epochs: tuple[int, ...]) -> None:
        """Ask for the fraction of neighbours with the sample's class, untrained and trained; the answers are stored in `_same`."""
        from workbench.bridge.map_questions import Numbers, SampleNumbers

        row = self._window.runs.rows()[-1]

        def keep(numbers: Numbers) -> None:
            if "same_class" in numbers.columns:
                self._same[numbers.epoch] = float(numbers.columns["same_class"].mean())

        for epoch in (epochs[0], epochs[-1]):
            self._app.bridge.ask(SampleNumbers(row.folder, epoch, k=NEAREST), keep, scope=f"demo {epoch}")

    def _tab(self, name: str, quiet: Wait, act: Callable[[], object] = lambda: None) -> Iterator[Wait]:
        """Bring a panel to the front, call `act` once it is filled, and save its picture."""
        self._window.workspaces.bring(name)
        yield _pause(0.5)
        yield quiet
        act()
        yield quiet
        yield _pause(1.0)
        self._grab_panel(name)

    def _tick(self) -> None:
        self._show_progress()
        self._take_frame()
        done, patience = self._wait
        if not done() and time.monotonic() - self._since < patience:
            return
        try:
            self._wait = next(self._script)
            self._since = time.monotonic()
        except StopIteration:
            self._timer.stop()
        except Exception:
            # Any exception ends the demo with a traceback; otherwise it would wait forever.
            self._timer.stop()
            self._code = 1
            if not self._display:
                self._app.qt.quit()
            raise

    def _job(self, job: Any) -> None:
        if job.state == "failed":
            print(f"workbench: {job.message} {job.remedy}\n{job.traceback}", file=sys.stderr)
            self._code = 1

    def _running(self) -> bool:
        return any(job.live or job.state == "queued" for job in self._app.bridge.jobs())

    def _progress(self) -> float:
        rows = self._window.runs.rows()
        return rows[-1].status.progress if rows else 0.0

    def _show_progress(self) -> None:
        rows = self._window.runs.rows()
        if not rows or not rows[-1].status.steps or self._display:
            return
        at = rows[-1].status
        if self._bar is None:
            from tqdm import tqdm

            self._bar = tqdm(total=at.steps, unit="step", desc="train", dynamic_ncols=True, mininterval=0.5)
        if at.step > self._bar.n:
            self._bar.set_postfix_str(f"loss {at.loss:.3f}, best kNN {at.best or 0:.3f}" if at.loss is not None else "")
            self._bar.update(at.step - self._bar.n)

    def _print(self, words: str) -> None:
        if self._bar is not None:
            self._bar.write(words)
        else:
            print(words, flush=True)

    def _grab_workspace(self, workspace: str, *panels: str) -> None:
        """Save a picture of a workspace, and of some of its panels."""
        window = self._window
        window.go(workspace)
        self._app.qt.processEvents()
        window.grab().save(str(self._folder / f"workspace_{workspace}.png"))
        for name in panels:
            self._grab_panel(name)

    def _grab_panel(self, name: str) -> None:
        """Save a picture of a panel that is shown."""
        self._window.panels[name].grab().save(str(self._folder / f"panel_{name}.png"))

    def _take_frame(self) -> None:
        if self._frames is None or time.monotonic() - self._framed < FRAME_SECONDS:
            return
        from PySide6.QtCore import Qt

        from workbench.panels.embedding.panel import EmbeddingPanel

        self._framed = time.monotonic()
        picture = self._window.panel(EmbeddingPanel).map_card.grab()
        self._frames.append(picture.scaledToWidth(FRAME_WIDTH, Qt.TransformationMode.SmoothTransformation).toImage())

    def _write_animation(self) -> None:
        """Write the map over the epochs as an animated GIF."""
        from PIL import Image
        from PySide6.QtGui import QImage

        frames, self._frames = self._frames or [], None
        pictures = []
        for frame in frames:
            frame = frame.convertToFormat(QImage.Format.Format_RGB888)
            size, stride = (frame.width(), frame.height()), frame.bytesPerLine()
            pictures.append(Image.frombuffer("RGB", size, bytes(frame.constBits()), "raw", "RGB", stride, 1))
        if pictures:
            times = [round(FRAME_SECONDS * 1000)] * (len(pictures) - 1) + [round(LAST_FRAME_SECONDS * 1000)]
            path = self._folder / "map_epochs.gif"
            pictures[0].save(path, save_all=True, append_images=pictures[1:], duration=times, loop=0)

    def _finish(self) -> None:
        from engine.runs.reader import read_metrics

        if self._bar is not None:
            self._bar.close()
            self._bar = None
        rows = self._window.runs.rows()
        folder = next((row.folder for row in reversed(rows) if row.folder), "")
        lines = read_metrics(Path(folder))[0] if folder else []
        shares = [line["values"]["knn"] for line in lines if line.get("event") == "EvalDone" and "knn" in line.get("values", {})]
        lag = self._window.lag.lag()
        print(f"window lag over the whole demo: median {lag.p50:.0f} ms, 99 % below {lag.p99:.0f} ms, at most {lag.most:.0f} ms")
        if len(shares) < 2:
            print(f"The run ended before it could be measured twice; pictures in {self._folder}")
            self._code = self._code or 1
            return
        gained = shares[-1] > shares[0]
        words = "SimCLR learned without a label" if gained else "This run was too short to beat its own start"
        print(f"{words}: kNN on validation {shares[0]:.3f} untrained -> {shares[-1]:.3f} trained")
        if len(self._same) > 1:
            first, last = self._same[min(self._same)], self._same[max(self._same)]
            print(f"of the {NEAREST} nearest neighbours, {first:.0%} have the sample's class untrained -> {last:.0%} trained")
        print(f"{(time.monotonic() - self._began) / 60:.1f} minutes; pictures in {self._folder}", flush=True)


def _print_qt_message(kind: object, context: object, text: str) -> None:
    """Print Qt's messages, except for a meaningless line of its offscreen platform for each window that is shown."""
    if "propagateSizeHints" not in text:
        print(text, file=sys.stderr)


def _pause(seconds: float) -> Wait:
    """Wait for a number of seconds."""
    return (lambda: False, seconds)
