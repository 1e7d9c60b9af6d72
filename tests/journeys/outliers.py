"""The third journey: from thousands of unlabelled pictures to a written list of the files that are unlike all others.

    python -m tests.journeys.outliers OUT [--pictures FOLDER] [--count 4317] [--keyboard] [--minutes 2]

Without --pictures a folder is generated in which some pictures are odd; how many of them are in the list is printed. OUT gets a
picture of each step, the run, the list (outliers.csv), and count.json.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt

from tests.journeys.photographs import bring_photographs
from tests.journeys.pictures import write_unlabelled
from tests.journeys.program import options, run, under_xvfb
from tests.journeys.user import Stumble, User


def journey(user: User, folder: Path, table: Path, minutes: float = 0.0, longest: float = 1800.0) -> list[str]:
    """Train on the folder, select outliers on the map, write their table; the file names in it."""
    user.wait("the window", lambda: user.app.window.setup.ready)
    user.settle()
    bring_photographs(user, folder)
    user.step("the pictures are understood")
    if minutes:
        user.fill("Minutes", f"{minutes:g}")
        user.settle()
    if user.keyboard:
        user.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    else:
        user.press("Start", inside="Method")
    user.wait("the end of the training", lambda: any(row.state == "finished" for row in user.app.window.runs.rows()), longest)
    user.settle()
    user.step("the training is done")
    user.workspace(3, "Explore")
    user.wait_for_text(r"epoch [1-9]", "the map")
    user.settle()
    user.step("the map")
    user.menu("Select", "Outliers", inside="Samples")
    user.wait_for_text(r"of [\d,]+ selected", "the outliers", 120.0)
    user.settle()
    user.step("the outliers are selected")
    user.menu("Export", "Selected samples", inside="Samples")
    user.file(table)
    user.wait("the list", table.is_file)
    user.step("the list is written")
    names = files_in(table)
    if not names:
        raise Stumble("The list has no file names.")
    return names


def files_in(table: Path) -> list[str]:
    """The names of the files in an exported table; none where it has no such column."""
    with table.open(newline="", encoding="utf-8") as file:
        return [Path(row["file"]).name for row in csv.DictReader(file) if row.get("file")]


def main(words: Sequence[str] | None = None) -> int:
    """Run the journey and print what it took."""
    given = list(sys.argv[1:] if words is None else words)

    def add(parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--pictures", type=Path, help="a folder of images; without it one is generated")
        parser.add_argument("--count", type=int, default=4317, help="how many pictures are generated")
        parser.add_argument("--minutes", type=float, default=0.0, help="another length of the training than the preset's")

    chosen = options(__doc__ or "", given, add)
    code = under_xvfb("tests.journeys.outliers", given)
    if code is not None:
        return code
    out: Path = chosen.out.resolve()
    odd: list[str] = []
    if chosen.pictures:
        folder: Path = chosen.pictures.resolve()
    else:
        folder, odd = write_unlabelled(out / "pictures", chosen.count)
    table = out / "outliers.csv"
    table.unlink(missing_ok=True)
    run(chosen, lambda user, chosen: journey(user, folder, table, chosen.minutes) and None)
    names = files_in(table)
    print(f"{len(names)} files in {table.name}" + (f", {len(set(names) & set(odd))} of the {len(odd)} odd ones" if odd else ""))
    return 0


if __name__ == "__main__":
    sys.exit(main())
