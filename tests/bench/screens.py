"""Pictures of every screen, dialog and popup with a folder of runs, in both themes, both languages and two sizes, to look at before
a release.

    python -m tests.bench.screens RUNS OUT [--run NAME] [--other NAME] [--only map versus] [--theme dark light]
        [--lang en zh_CN] [--size 1280x720 1920x1080]

The window is the normal one, offscreen; nothing is trained or measured. `map` is taken at five epochs of the run, from the first to
the last, with the trails of the same few samples; `versus` compares the run's first and last epoch, its backbone and projector, and
the run and the other run; `by_seed` needs runs that differ in their seed alone; `empty` is a window without runs. Dialogs, popups
and notices are those of `tests.bench.screen_parts`. Prints a line per picture: its file, and the seconds until the screen was idle.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from workbench.app import App
    from workbench.window import Window

EPOCHS = 5
TRACED = 24
# Larger than the windows: dialogs and popups are fitted to the screen, and Qt's own offscreen screen has 800x800 pixels.
SCREEN = (2560, 1440)
EMPTY = "empty"
EMPTY_PANELS = {
    "prepare": ("setup",),
    "train": ("curves",),
    "explore": ("embedding", "versus", "pairs", "invariance"),
    "compare": ("table", "evaluate"),
}
# Seconds after which a screen is taken even if it is not ready, and seconds without a question after which it is ready.
PATIENCE, QUIET = 120.0, 0.6


class Shown:
    """One application, whose window shows one screen after another. `run`: the key of the run that is selected first."""

    run = ""
    visits: Mapping[str, Callable[[], Iterator[str]]]

    def __init__(self, app: App) -> None:
        self.app = app

    @property
    def window(self) -> Window:
        return self.app.window

    def spin(self, seconds: float, until: Callable[[], bool] = lambda: False) -> None:
        """Process Qt events for some seconds, or until a condition holds."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and not until():
            self.app.qt.processEvents()
            time.sleep(0.01)

    def settle(self) -> None:
        """Wait until all questions are answered and shown."""
        self.spin(QUIET)
        self.spin(PATIENCE, lambda: not self.app.bridge.busy)
        self.spin(QUIET)

    def tab(self, name: str, workspace: str) -> Iterator[str]:
        """A panel that is behind others."""
        self.window.go(workspace)
        self.window.workspaces.bring(name)
        yield name

    def workspace(self, workspace: str) -> Iterator[str]:
        """All panels of a workspace."""
        self.window.go(workspace)
        yield workspace


class EmptyScreens(Shown):
    """A window without runs."""

    def __init__(self, app: App) -> None:
        super().__init__(app)
        self.visits = {EMPTY: self._empty}

    def _empty(self) -> Iterator[str]:
        for workspace, panels in EMPTY_PANELS.items():
            self.window.go(workspace)
            for panel in panels:
                self.window.workspaces.bring(panel)
                yield f"{EMPTY}_{panel}"


class Screens(Shown):
    """A window with runs. `files`: where files that the pictures need are written."""

    def __init__(self, app: App, run: str, other: str, files: Path) -> None:
        from tests.bench.screen_parts import Parts

        super().__init__(app)
        self.spin(PATIENCE, lambda: self.window.setup.ready and not app.bridge.busy and bool(self.window.runs.rows()))
        self.run = self._key(run)
        self.other = self._key(other, apart=self.run)
        self.visits = {
            "prepare": lambda: self.workspace("prepare"),
            "train": lambda: self.workspace("train"),
            "map": self._map,
            "versus": self._versus,
            "pairs": lambda: self.tab("pairs", "explore"),
            "invariance": lambda: self.tab("invariance", "explore"),
            "table": lambda: self.tab("table", "compare"),
            "evaluate": lambda: self.tab("evaluate", "compare"),
            **Parts(self, files).visits,
        }

    def _key(self, name: str, apart: str = "") -> str:
        """The key of the newest run of that name, or of any name. If possible not `apart`, and on the same data as `apart`."""
        rows = list(reversed(self.window.runs.rows()))
        runs = [row for row in rows if not name or name in (row.title, Path(row.folder).name)]
        if not runs:
            titles = ", ".join(f"{row.title!r}" for row in rows)
            sys.exit(f"--run and --other must be the name or the folder's name of a run. Got {name!r}. There are: {titles}.")
        beside = next((row for row in rows if row.key == apart), None)
        runs.sort(key=lambda row: (row.key == apart, beside is not None and row.status.data != beside.status.data))
        return runs[0].key

    def _map(self) -> Iterator[str]:
        panel = self.window.embedding
        self.window.go("explore")
        self.window.workspaces.bring("embedding")
        self.settle()
        epochs, count = panel.time_line.epochs, len(panel.plot.xy)
        panel.samples.selection.select_rows(np.linspace(0, count - 1, min(TRACED, count)).astype(np.int64))
        panel.tools.trails.setChecked(True)
        for number in np.unique(np.linspace(0, len(epochs) - 1, min(EPOCHS, len(epochs))).round().astype(int)):
            panel.time_line.slider.setValue(int(number))
            yield f"map_{epochs[number]:03d}"

    def _versus(self) -> Iterator[str]:
        panel = self.window.versus
        self.window.go("explore")
        self.window.workspaces.bring("versus")
        self.settle()
        other = self.window.runs.row(self.other)
        acts: dict[str, Callable[[], None]] = {"epochs": panel.first_and_last, "spaces": panel.backbone_and_projector}
        if other is not None and self.other != self.run:
            acts["runs"] = lambda: panel.this_run_and(other.folder)
        for name, act in acts.items():
            act()
            self.settle()
            panel.select_moved()
            yield f"versus_{name}"


def set_screen(file: Path) -> None:
    """Let Qt have an offscreen screen of SCREEN, described in a file that is written."""
    width, height = SCREEN
    screen = {
        "name": "pictures",
        "x": 0,
        "y": 0,
        "width": width,
        "height": height,
        "logicalDpi": 96,
        "logicalBaseDpi": 96,
        "dpr": 1,
    }
    file.write_text(json.dumps({"screens": [screen]}))
    os.environ.setdefault("QT_QPA_PLATFORM", f"offscreen:configfile={file}")


def take(screens: Shown, names: Sequence[str], options: argparse.Namespace) -> None:
    """Take the pictures of some visits in every language, theme and size, and print a line for each."""
    from tests.bench.screen_parts import picture

    app = screens.app
    for language in options.lang:
        app.speak(language)
        for theme in options.theme:
            app.window.set_theme(theme)
            for size in options.size:
                app.window.resize(*(int(part) for part in size.split("x")))
                app.window.list.select(screens.run)
                for visit in names:
                    since = time.monotonic()
                    for name in screens.visits[visit]():
                        screens.settle()
                        file = options.out / f"{name}_{language}_{theme}_{size}.png"
                        picture(app.window).save(str(file))
                        print(f"{file.name:44} {time.monotonic() - since:6.1f} s", flush=True)
                        since = time.monotonic()
    app.window.hide()
    app.bridge.close()


def main(words: Sequence[str] | None = None) -> int:
    """Take the pictures and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--run", default="", help="the run to show; without it the newest")
    parser.add_argument("--other", default="", help="the run to compare with; without it the newest of the others")
    parser.add_argument("--only", nargs="+", metavar="SCREEN")
    parser.add_argument("--theme", nargs="+", default=["dark", "light"], choices=("dark", "light"))
    parser.add_argument("--lang", nargs="+", default=["en", "zh_CN"], choices=("en", "zh_CN"))
    parser.add_argument("--size", nargs="+", default=["1280x720", "1920x1080"])
    options = parser.parse_args(words)
    from engine.execute.prepare_process import prepare_process

    prepare_process()
    from PySide6.QtCore import QSettings

    from workbench.app import App

    options.out.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as kept:
        files = Path(kept)
        set_screen(files / "screen.json")

        def application(name: str, runs: Path) -> App:
            settings = QSettings(str(files / f"{name}.ini"), QSettings.Format.IniFormat)
            made = App(options.theme[0], options.lang[0], str(runs), settings)
            made.window.show()
            return made

        screens = Screens(application("window", options.runs), options.run, options.other, files)
        names = (*screens.visits, EMPTY)
        if unknown := [name for name in options.only or () if name not in names]:
            parser.error(f"--only takes some of {', '.join(names)}. Got {', '.join(unknown)}.")
        wanted = options.only or names
        take(screens, [name for name in wanted if name != EMPTY], options)
        if EMPTY in wanted:
            take(EmptyScreens(application(EMPTY, files / "none")), [EMPTY], options)
    return 0


if __name__ == "__main__":
    sys.exit(main())
