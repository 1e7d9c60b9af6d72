"""Which code of other people may run on this machine: a Python file that a person chose, and copies of code in runs by check sum.

A run's config holds the code of its encoder. Without this list, to open a run that somebody else sent would be to run
their code. Torch-free."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

from engine.config.errors import complain
from engine.config.module_text import check_sum, split_module
from engine.config.small_files import expanded, read_small

KEY = "backbone.name"
# The list of what is trusted, in the user's data folder: a line "sha256 CHECKSUM" or "file PATH" each.
LIST = "trusted_code.txt"


def list_file() -> Path:
    """Where the list of trusted code is kept."""
    return Path(platformdirs.user_data_dir("parallax", appauthor=False)) / LIST


def trusted_text(text: str) -> bool:
    """Whether code may run: a person chose its file, trained with it, or trusted the run that holds it."""
    return f"sha256 {check_sum(text)}" in _lines()


def trusted_file(path: str | Path) -> bool:
    """Whether a person chose this file, so that what it holds now may run."""
    return f"file {_absolute(path)}" in _lines()


def trust_text(text: str) -> None:
    """Let this code run from now on. ConfigError where the list cannot be written."""
    _add(f"sha256 {check_sum(text)}")


def trust_file(path: str | Path) -> None:
    """Let the code of this file run from now on, also after it changes. ConfigError where the list cannot be written."""
    _add(f"file {_absolute(path)}")


def trust_name(name: object) -> None:
    """Trust the file of an encoder that a person names on a command line, in Python or in the window; other names trust nothing."""
    parts = split_module(name) if isinstance(name, str) else None
    if parts is not None:
        trust_file(parts[0])


def _absolute(path: str | Path) -> str:
    return str(expanded(path).absolute())


def _lines() -> set[str]:
    try:
        return set(read_small(list_file()).decode("utf-8", "replace").splitlines())
    except (OSError, ValueError):
        return set()


def _add(line: str) -> None:
    if "\n" in line or "\r" in line or line in _lines():
        return
    file = list_file()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        # One short line is appended at once, so that two processes do not mix theirs.
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab") as out:
            out.write(f"{line}\n".encode())
    except OSError as error:
        raise complain("list of trusted code", "a file that can be written", str(file), f"{error.strerror}.") from None
