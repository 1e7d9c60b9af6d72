"""What the programs of the journeys share: their options, an application with settings and runs of its own, and the report."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.journeys.user import User

SCREEN = "1920x1080"


def options(about: str, words: Sequence[str] | None, add: Callable[[argparse.ArgumentParser], None]) -> argparse.Namespace:
    """The options of a journey's program."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, help="folder for pictures, runs and files that the journey writes")
    parser.add_argument("--keyboard", action="store_true", help="use keys alone")
    parser.add_argument("--size", default="1280x720", help="of the window, WIDTHxHEIGHT")
    parser.add_argument("--theme", default="dark", choices=("dark", "light"))
    parser.add_argument("--lang", default="en", choices=("en",), help="the program reads English words")
    add(parser)
    return parser.parse_args(words)


def under_xvfb(module: str, words: Sequence[str]) -> int | None:
    """Run the module again under Xvfb where there is no display; its exit code. None where this process can go on."""
    if os.environ.get("DISPLAY") or os.environ.get("QT_QPA_PLATFORM"):
        return None
    command = ["xvfb-run", "-a", "-s", f"-screen 0 {SCREEN}x24", sys.executable, "-m", module, *words]
    return subprocess.call(command, env={**os.environ, "QT_QPA_PLATFORM": "xcb"})


def run(chosen: argparse.Namespace, journey: Callable[[User, argparse.Namespace], None]) -> int:
    """Open a window with settings and runs of its own, run the journey, print what it took."""
    from engine.execute.prepare_process import prepare_process

    out: Path = chosen.out
    out.mkdir(parents=True, exist_ok=True)
    for old in out.glob("*.png"):
        old.unlink()
    prepare_process()
    from PySide6.QtCore import QSettings

    from tests.journeys.user import Gui, User, play
    from workbench.app import App

    settings = QSettings(str(out / "window.ini"), QSettings.Format.IniFormat)
    settings.clear()
    app = App(chosen.theme, chosen.lang, str(out / "runs"), settings)
    width, _, height = chosen.size.partition("x")
    app.window.resize(int(width), int(height))
    user = User(app, Gui(), out, chosen.keyboard)
    error = play(app, user, lambda user: journey(user, chosen))
    count = user.finish()
    app.window.save_layout()
    app.window.retire()
    app.bridge.close()
    for words, seconds in count.steps:
        print(f"{seconds:7.1f} s  {words}")
    for words, seconds in count.waits:
        print(f"   waited {seconds:6.1f} s for {words}")
    print(f"{count.clicks} clicks, {count.keys} keys, {count.letters} letters, {count.seconds:.0f} s")
    if error is not None:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        raise error
    return 0
