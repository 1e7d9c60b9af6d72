"""mypy on a few lines that use the project, with the project's own settings."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

Check = Callable[[str], dict[int, str]]


@pytest.fixture
def check_types(tmp_path: Path) -> Check:
    """`check_types(source)`: mypy's errors on a module of this source, by line, counted from 1; messages of a line are joined.

    The cache is that of an ordinary run of mypy in the project (or MYPY_CACHE_DIR), so that torch is not analysed anew."""

    def check(source: str) -> dict[int, str]:
        file = tmp_path / "typed_example.py"
        file.write_text(source, encoding="utf-8")
        command = [sys.executable, "-m", "mypy", "--config-file", str(ROOT / "pyproject.toml"), "--no-pretty", str(file)]
        environment = {**os.environ, "MYPYPATH": str(ROOT)}
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=600, check=False)
        assert done.returncode in (0, 1), done.stdout + done.stderr
        errors: dict[int, str] = {}
        for line in done.stdout.splitlines():
            match = re.search(r"typed_example\.py:(\d+): error: (.*)", line)
            if match:
                number = int(match[1])
                errors[number] = " ".join(filter(None, (errors.get(number), match[2])))
        assert bool(errors) == bool(done.returncode), done.stdout
        return errors

    return check
