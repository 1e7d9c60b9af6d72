"""The table of mutations: one-line edits of the source, each a plausible mistake, and the tests that must fail with it.

Rows live by area in files `rows_<area>.py` beside this one, each with a tuple `ROWS`. `python -m tests.mutation` applies them one
at a time to a copy of the tree; `test_table.py` checks in the ordinary run that every row still applies.
"""

from __future__ import annotations

import importlib
import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Mutation:
    """One edit. `id`: unique, in kebab-case. `file`: path from the root of the tree. `old`: text that occurs exactly once in it;
    `new`: its replacement. `breaks`: what is then wrong, in one line. `tests`: files, or `file::function`, of which at least one
    test must fail."""

    id: str
    file: str
    old: str
    new: str
    breaks: str
    tests: tuple[str, ...]


def rows(area: str = "*") -> tuple[Mutation, ...]:
    """The rows of an area, by default of all areas."""
    names = sorted(path.stem for path in HERE.glob(f"rows_{area}.py"))
    return tuple(row for name in names for row in importlib.import_module(f"{__package__}.{name}").ROWS)


def fault(row: Mutation, root: Path = ROOT) -> str:
    """Why a row cannot be tried on the tree at `root`, or an empty string."""
    path = root / row.file
    if not path.is_file():
        return f"{row.file} does not exist"
    count = path.read_text(encoding="utf-8").count(row.old)
    if count != 1:
        return f"the old text occurs {count} times in {row.file}"
    if row.old == row.new:
        return "old and new text are the same"
    if not row.tests:
        return "no test is named"
    for name in row.tests:
        file, _, function = name.partition("::")
        if not (root / file).is_file():
            return f"{file} does not exist"
        # The parameters of one case are not looked up.
        function = function.partition("[")[0]
        if function and not re.search(rf"def {re.escape(function)}\(", (root / file).read_text(encoding="utf-8")):
            return f"{file} has no {function}"
    return ""
