"""Apply every mutation of the table to a copy of the tree, one at a time, and run the tests that must fail with it.

    python -m tests.mutation [--only ID ...] [--area AREA] [--jobs N] [--no-baseline]

Exit code 0: all were caught. 1: one survives, no longer applies, or could not be tried. The tests of a row are run without the edit
first, because a test that always fails catches nothing.
"""

from __future__ import annotations

import argparse
import compileall
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from py_compile import PycInvalidationMode
from queue import SimpleQueue
from time import monotonic

from tests.mutation.table import ROOT, Mutation, fault, rows

SECONDS = 600.0  # for the tests of one row
CAUGHT, SURVIVED, STALE, ERROR = "caught", "SURVIVED", "does not apply", "ERROR"
# The directories that the tests need; others (history, environments, runs) may be large.
PARTS = ("engine", "workbench", "assets", "tests", "examples", "docs")


@dataclass(frozen=True)
class Result:
    """The outcome of a row. `detail`: the first test that failed, or why none did."""

    row: Mutation
    outcome: str
    detail: str
    seconds: float


def copy_tree(root: Path, folder: Path) -> Path:
    """The parts of the tree at `root` that the tests need, and the files beside them, copied into `folder`."""
    for part in PARTS:
        if (root / part).is_dir():
            shutil.copytree(root / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
            # Compiled once for all rows; an edited file is detected by its content, not by its time.
            compileall.compile_dir(folder / part, quiet=2, invalidation_mode=PycInvalidationMode.CHECKED_HASH)
    for path in root.iterdir():
        if path.is_file() and path.name != ".git":
            shutil.copy(path, folder)
    return folder


def run_tests(folder: Path, tests: Sequence[str]) -> tuple[int, str]:
    """Run pytest on a tree until the first failure. Returns its exit code and output."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(folder),
        # A compiled file of an edit could be used for the restored source if both were written within one second.
        "PYTHONDONTWRITEBYTECODE": "1",
        "QT_QPA_PLATFORM": "offscreen",
        "OMP_NUM_THREADS": "1",
        # No colours and no cut lines in the summary, from which the failed test is read.
        "COLUMNS": "400",
        "NO_COLOR": "1",
    }
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-rfE", "-o", "addopts=", "-m", "not slow", "-p", "no:cacheprovider"]
    try:
        done = subprocess.run(
            [*command, *tests],
            cwd=folder,
            env=environment,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=SECONDS,
        )
    except subprocess.TimeoutExpired:
        return -1, f"longer than {SECONDS:g} s"
    return done.returncode, done.stdout + done.stderr


def try_row(row: Mutation, folder: Path) -> Result:
    """Edit the copy, run the row's tests, and put the copy back."""
    start = monotonic()
    reason = fault(row, folder)
    if reason:
        return Result(row, STALE, reason, 0.0)
    path = folder / row.file
    source = path.read_text(encoding="utf-8")
    try:
        path.write_text(source.replace(row.old, row.new), encoding="utf-8")
        code, output = run_tests(folder, row.tests)
    finally:
        path.write_text(source, encoding="utf-8")
    outcome = {0: SURVIVED, 1: CAUGHT}.get(code, ERROR)
    detail = {SURVIVED: row.breaks, CAUGHT: _first_failure(output)}.get(outcome, f"pytest ended with {code}: {_last_line(output)}")
    return Result(row, outcome, detail, monotonic() - start)


def _first_failure(output: str) -> str:
    lines = [line for line in output.splitlines() if line.startswith(("FAILED ", "ERROR "))]
    return lines[0].removeprefix("FAILED ") if lines else _last_line(output)


def _last_line(output: str) -> str:
    lines = [line for line in output.splitlines() if line.strip()]
    return lines[-1] if lines else ""


def try_all(chosen: Sequence[Mutation], jobs: int, root: Path, report: Callable[[Result], None]) -> list[Result]:
    """Try all rows, `jobs` at a time, each job in its own copy of the tree. Results in the order of the rows."""
    with tempfile.TemporaryDirectory(prefix="mutation-") as temporary:
        folders: SimpleQueue[Path] = SimpleQueue()
        for number in range(jobs):
            (Path(temporary) / str(number)).mkdir()
            folders.put(copy_tree(root, Path(temporary) / str(number)))

        def work(row: Mutation) -> Result:
            folder = folders.get()
            try:
                result = try_row(row, folder)
            finally:
                folders.put(folder)
            report(result)
            return result

        with ThreadPoolExecutor(jobs) as pool:
            return list(pool.map(work, chosen))


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", nargs="+", metavar="ID", help="these rows alone")
    parser.add_argument("--area", help="the rows of rows_AREA.py alone")
    parser.add_argument("--jobs", type=int, default=1, help="rows at a time; each has a copy of the tree")
    parser.add_argument("--no-baseline", action="store_true", help="do not run the tests without an edit first")
    given = parser.parse_args(arguments)
    table = rows(given.area or "*")
    unknown = set(given.only or ()) - {row.id for row in table}
    if unknown or not table:
        parser.error(f"no such row: {', '.join(sorted(unknown)) or given.area}")
    chosen = [row for row in table if not given.only or row.id in given.only]
    if not given.no_baseline:
        tests = sorted({test for row in chosen for test in row.tests})
        code, output = run_tests(ROOT, tests)
        if code:
            print(f"The tests fail without any edit: {_first_failure(output)}")
            return 1
    width = max(len(row.id) for row in chosen)

    def report(result: Result) -> None:
        print(f"{result.row.id:{width}}  {result.outcome:14}  {result.seconds:5.0f} s  {result.detail[:200]}", flush=True)

    results = try_all(chosen, max(1, given.jobs), ROOT, report)
    counts = Counter(result.outcome for result in results)
    print(f"\n{len(results)} mutations: " + ", ".join(f"{count} {outcome}" for outcome, count in counts.most_common()))
    return int(counts[CAUGHT] < len(results))


if __name__ == "__main__":
    sys.exit(main())
