"""The first journey: from a folder of one's own photographs, dropped on the window, to the first map of a trained encoder.

    python -m tests.journeys.photographs OUT [--photos FOLDER] [--keyboard] [--minutes 5] [--size 1280x720]

Without --photos a folder is generated. OUT gets a picture of each step, the run, and count.json: clicks, keys, seconds, and what
was waited for.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt

from tests.journeys.pictures import write_photographs
from tests.journeys.program import options, run, under_xvfb
from tests.journeys.user import User

PRESET = "Your photographs in five minutes"


def bring_photographs(user: User, folder: Path) -> None:
    """The preset, and the folder: dropped on the window, or named in the dialog that the preset opens."""
    if user.keyboard:
        user.menu("Menu", PRESET)
        user.file(folder)
    else:
        user.drop(folder)
        user.menu("Presets", PRESET)
    user.settle()


def journey(user: User, photos: Path, minutes: float = 0.0, longest: float = 1200.0) -> None:
    """`minutes`: another length of the training than the preset's; 0 keeps it. `longest`: seconds that the training may take."""
    user.wait("the window", lambda: user.app.window.setup.ready)
    user.settle()
    user.step("the window at its first start")
    bring_photographs(user, photos)
    user.step("the folder is understood")
    if minutes:
        user.fill("Minutes", f"{minutes:g}")
        user.settle()
    if user.keyboard:
        user.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    else:
        user.press("Start", inside="Method")
    user.wait("the first step", lambda: any(row.status.step > 0 for row in user.app.window.runs.rows()), 900.0)
    user.step("it trains")
    user.workspace(3, "Explore")
    user.wait_for_text(r"epoch [1-9]", "the first map of a trained encoder", longest)
    user.settle()
    user.step("the first map of a trained encoder")


def main(words: Sequence[str] | None = None) -> int:
    """Run the journey and print what it took."""
    given = list(sys.argv[1:] if words is None else words)

    def add(parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--photos", type=Path, help="a folder of images; without it one is generated")
        parser.add_argument("--minutes", type=float, default=0.0, help="another length of the training than the preset's")

    chosen = options(__doc__ or "", given, add)
    code = under_xvfb("tests.journeys.photographs", given)
    if code is not None:
        return code
    photos = chosen.photos.resolve() if chosen.photos else write_photographs(chosen.out.resolve() / "photographs", 400)
    return run(chosen, lambda user, chosen: journey(user, photos, chosen.minutes))


if __name__ == "__main__":
    sys.exit(main())
