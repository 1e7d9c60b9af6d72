"""The second journey: from a sweep of three methods and three seeds to a PDF figure with the mean and the band of each method.

    python -m tests.journeys.sweep OUT [--keyboard] [--images 1000] [--epochs 6]

OUT gets a picture of each step, the nine runs, the figure (figure.pdf), and count.json.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QCheckBox

from tests.journeys.program import options, run, under_xvfb
from tests.journeys.user import User

METHODS = ("SimCLR", "VICReg", "MAE")
SEEDS = 3


def journey(user: User, figure: Path, images: int, epochs: int, seeds: int = SEEDS, longest: float = 3600.0) -> None:
    """`images`: of the rendered shapes that are trained on; `longest`: seconds that all runs may take."""
    count = len(METHODS) * seeds
    user.wait("the window", lambda: user.app.window.setup.ready)
    user.settle()
    # MAE trains only a ViT: all methods get the same encoder.
    user.choose("Backbone", "vit_micro")
    user.fill("Batch", str(min(256, images // 4)))
    user.fill("Epochs", str(epochs))
    user.fill("Search settings", "count")
    user.fill("Count", str(images), inside="Method")
    user.fill("Search settings", "")
    user.settle()
    user.step("the settings that all runs have")
    user.press("Sweep…", QAbstractButton)
    # Method is the setting that the dialog offers first.
    user.press("Its values")
    if user.keyboard:
        user.key(Qt.Key.Key_Down)
    for method in METHODS:
        user.tick("Values", method)
    user.key(Qt.Key.Key_Escape)
    user.fill("Seeds of each combination", str(seeds))
    user.wait_for_text(f"Add {count} runs", "the check of the sweep")
    user.step("the sweep is described")
    user.press(f"Add {count} runs to the queue", QAbstractButton)
    user.wait("the first step", lambda: any(row.status.step > 0 for row in user.app.window.runs.rows()), 900.0)
    user.step("the first run trains")
    user.wait(
        f"the end of {count} runs",
        lambda: [row.state for row in user.app.window.runs.rows()] == ["finished"] * count,
        longest,
    )
    user.settle()
    user.workspace(2, "Train")
    user.press("by seed", QAbstractButton, inside="Curves")
    user.wait_for_text(rf"{seeds} seeds|Mean ± standard deviation", "the means over seeds")
    user.step("mean and band of each method")
    user.press("Figure…", QAbstractButton, inside="Curves")
    user.wait_for_text("Preview of the figure", "the dialog of figures")
    # kNN can be compared between methods, their losses cannot.
    for title in _boxes(user, "kNN", checked=False) + _boxes(user, "Loss", checked=True):
        user.press(title, QCheckBox)
    user.choose("Format", "PDF")
    user.settle()
    user.step("the figure before it is saved")
    user.press("Save…", QAbstractButton)
    user.file(figure)
    user.wait("the figure", figure.is_file)
    user.wait_for_text("Written", "the figure")
    user.step("the figure is written")
    user.press("Close", QAbstractButton)


def _boxes(user: User, word: str, checked: bool) -> list[str]:
    """The titles of the check boxes that contain a word and are checked, or not."""

    def titles() -> list[str]:
        boxes = user.all_of(QCheckBox)
        return [box.text() for box in boxes if word in box.text() and box.isChecked() == checked]

    return user.gui.call(titles)


def main(words: Sequence[str] | None = None) -> int:
    """Run the journey and print what it took."""
    given = list(sys.argv[1:] if words is None else words)

    def add(parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--images", type=int, default=1000, help="rendered shapes that are trained on")
        parser.add_argument("--epochs", type=int, default=6)
        parser.add_argument("--seeds", type=int, default=SEEDS)

    chosen = options(__doc__ or "", given, add)
    code = under_xvfb("tests.journeys.sweep", given)
    if code is not None:
        return code
    figure: Path = chosen.out.resolve() / "figure.pdf"
    figure.unlink(missing_ok=True)
    return run(chosen, lambda user, chosen: journey(user, figure, chosen.images, chosen.epochs, chosen.seeds))


if __name__ == "__main__":
    sys.exit(main())
