"""Starting points: those that ship with the program and those of one's own. Each is a config file whose first line is its name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs

import assets
from engine.config.errors import ConfigError, complain
from engine.config.text import read_yaml
from engine.runs.atomic_write import atomic_write
from workbench.panels.setup.draft_export import yaml_text


@dataclass(frozen=True)
class Preset:
    """A config file that sets some keys. `own`: a person's, which may be deleted."""

    title: str
    path: Path
    own: bool

    def config(self) -> dict[str, Any]:
        """What it sets. ConfigError where the file cannot be read."""
        return read_yaml(self.path)


def own_folder() -> Path:
    """Where a person's presets lie."""
    return Path(platformdirs.user_config_dir("parallax", appauthor=False)) / "presets"


def presets(own: Path | None = None) -> tuple[Preset, ...]:
    """All presets, those that ship first. Files that cannot be read are left out here and complained of when chosen."""
    shipped = Path(assets.__file__).parent / "presets"
    return tuple(
        Preset(_title(path), path, mine)
        for folder, mine in ((shipped, False), (own or own_folder(), True))
        for path in sorted(folder.glob("*.yaml"))
    )


def save(title: str, config: Mapping[str, Any], own: Path | None = None) -> Path:
    """Write a preset of one's own; one with the same name is replaced. ConfigError where it cannot be written."""
    name = re.sub(r"[^\w\-]+", "_", title.strip()).strip("_").lower()
    if not name:
        raise complain("preset", "a name with a letter or a figure in it", title)
    folder = own or own_folder()
    path = folder / f"{name}.yaml"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with atomic_write(path) as temporary:
            temporary.write_text(f"# {title.strip()}\n{yaml_text(config)}", encoding="utf-8")
    except OSError as error:
        raise complain("preset", "written to a folder that can be written to", str(folder), f"{error.strerror}.") from None
    return path


def _title(path: Path) -> str:
    try:
        with path.open(encoding="utf-8") as file:
            first = file.readline()
    except (OSError, UnicodeDecodeError):
        first = ""
    return first.removeprefix("#").strip() if first.startswith("#") else path.stem.replace("_", " ")


__all__ = ["ConfigError", "Preset", "own_folder", "presets", "save"]
