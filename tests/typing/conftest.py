"""mypy over a few lines of code, with the settings of pyproject.toml."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def mypy(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], list[str]]:
    """The errors of mypy --strict in a piece of code, as "LINE: MESSAGE  [CODE]". The cache is that of an ordinary run of mypy in
    this project (or MYPY_CACHE_DIR): what a piece imports is not checked anew."""
    folder = tmp_path_factory.mktemp("mypy")

    def check(code: str) -> list[str]:
        file = folder / "piece.py"
        file.write_text(code, encoding="utf-8")
        options = ["--config-file", str(ROOT / "pyproject.toml")]
        done = subprocess.run(
            [sys.executable, "-m", "mypy", *options, "--no-error-summary", "--no-color-output", str(file)],
            cwd=ROOT,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode in (0, 1), done.stdout + done.stderr
        lines = [line for line in done.stdout.splitlines() if "piece.py:" in line and ": error: " in line]
        return [line.partition("piece.py:")[2].replace(" error: ", " ") for line in lines]

    return check
