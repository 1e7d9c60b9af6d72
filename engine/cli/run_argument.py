"""The command line's run argument."""

from __future__ import annotations

from pathlib import Path

from engine.config.errors import complain
from engine.config.small_files import expanded, is_file


def run_folder(path: Path) -> Path:
    """The given path, which must be a run's folder; else ConfigError."""
    folder = expanded(path)
    if not is_file(folder / "config.yaml"):
        raise complain("RUN", "the folder of a run, with a config.yaml in it", str(path), "List them: python -m engine runs.")
    return folder
