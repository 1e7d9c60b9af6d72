"""The build backend that pyproject.toml names: setuptools, which first compiles the translations and copies the pages of the
documentation that the window shows for a wheel.

An editable install compiles nothing: workbench.i18n.compiled does it when a language is first loaded.
"""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from setuptools import build_meta
from setuptools.build_meta import (
    build_editable,
    build_sdist,
    get_requires_for_build_editable,
    get_requires_for_build_sdist,
    prepare_metadata_for_build_editable,
    prepare_metadata_for_build_wheel,
)

__all__ = [
    "build_editable",
    "build_sdist",
    "build_wheel",
    "get_requires_for_build_editable",
    "get_requires_for_build_sdist",
    "get_requires_for_build_wheel",
    "prepare_metadata_for_build_editable",
    "prepare_metadata_for_build_wheel",
]

Settings = Mapping[str, Any] | None


def get_requires_for_build_wheel(config_settings: Settings = None) -> list[str]:
    """What setuptools needs, and the PySide6-Essentials of the project's own dependencies, which brings lrelease."""
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
    qt = [line for line in project["dependencies"] if line.startswith("PySide6")]
    return [*build_meta.get_requires_for_build_wheel(config_settings), *qt]


def build_wheel(wheel_directory: str, config_settings: Settings = None, metadata_directory: str | None = None) -> str:
    """A wheel with the compiled translations and the written pages of the documentation in it."""
    compile_translations()
    copy_manual()
    name: str = build_meta.build_wheel(wheel_directory, config_settings, metadata_directory)
    return name


def compile_translations(root: Path = Path()) -> list[Path]:
    """Compile every .ts file under `root`. The files of an earlier build are removed, because setuptools would pack them again."""
    from workbench.i18n.compiled import compile_ts

    shutil.rmtree(root / "build" / "lib" / "assets" / "translations", ignore_errors=True)
    return [compile_ts(ts) for ts in sorted((root / "assets" / "translations").glob("*.ts"))]


def copy_manual(root: Path = Path()) -> list[Path]:
    """Copy the written pages of the documentation to where an installed program looks for them (engine.manual); the copies."""
    folder = root / "assets" / "manual"
    for old in (folder, root / "build" / "lib" / "assets" / "manual"):
        shutil.rmtree(old, ignore_errors=True)
    folder.mkdir(parents=True)
    return [Path(shutil.copy(page, folder)) for page in sorted((root / "docs").glob("*.md"))]
