"""Everything that must hold before a change lands: style, types, import contracts, documentation, tests.

    python -m tests [OPTIONS AND FILES OF PYTEST]

The checks run side by side, because each uses one core; what a check that failed printed is shown. The tests follow only when all
have passed. Returns 0 when everything holds."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DOCS = ("-m", "sphinx", "-W", "-q", "docs", "build/docs")
# `lint-imports` has no module of its own to start.
CONTRACTS = ("-c", "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())")
# The longest first.
CHECKS: dict[str, tuple[str, ...]] = {
    "types": ("-m", "mypy"),
    "documentation": DOCS,
    "import contracts": CONTRACTS,
    "lint": ("-m", "ruff", "check", "."),
    "format": ("-m", "ruff", "format", "--check", "."),
}
TESTS = ("-m", "pytest", "-n", "logical", "--maxprocesses", "8", "--dist", "loadfile")


@dataclass(frozen=True)
class Checked:
    """How a check ended. `output`: what it printed. `seconds`: of the clock."""

    name: str
    passed: bool
    output: str
    seconds: float


def check(name: str, arguments: Sequence[str]) -> Checked:
    """Run Python with these arguments in the project's root."""
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    return Checked(name, done.returncode == 0, done.stdout.strip(), time.monotonic() - started)


def run_checks(checks: dict[str, tuple[str, ...]], at_once: int = 2) -> Iterable[Checked]:
    """The checks, in the order in which they end."""
    with ThreadPoolExecutor(at_once) as pool:
        for future in as_completed([pool.submit(check, name, arguments) for name, arguments in checks.items()]):
            yield future.result()


def main(arguments: Sequence[str]) -> int:
    """Run the checks, then the tests."""
    passed = True
    for result in run_checks(CHECKS):
        print(f"{result.name}: {'passed' if result.passed else 'FAILED'} in {result.seconds:.0f} s", flush=True)
        last = result.output.splitlines()[-1:] if result.passed else result.output.splitlines()
        print("".join(f"    {line}\n" for line in last), end="", flush=True)
        passed &= result.passed
    if not passed:
        print("The tests were not run. Fix the checks above first.")
        return 1
    return subprocess.run([sys.executable, *TESTS, *arguments], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
