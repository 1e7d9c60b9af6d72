"""The files of a data set's images, where it is a folder, and the images among any files and folders. Does not import torch."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from engine.config.small_files import expanded, is_folder
from engine.data.pictures import MAYBE, READABLE, readable_endings
from engine.data.shard_paths import in_shard
from engine.data.source_table import find
from engine.runs.run_folder import CONFIG


def folder_of(source: str) -> Path | None:
    """The folder of images that `data.source` names; None for a named set, a file, and a folder that is not there."""
    if not source or find(source) is not None:
        return None
    path = expanded(source).absolute()
    return path if is_folder(path) else None


def file_of(source: str, name: str) -> Path | None:
    """Where the image of a name in the data set (`Dataset.names`) is or was; None for images without a file of their own."""
    if not name or not source or in_shard(name) or find(source) is not None:
        return None
    folder = expanded(source).absolute()
    # A file of arrays has no file for each image.
    return None if folder.is_file() else folder / name


def may_hold_images(path: str | Path) -> bool:
    """Whether a path is a folder that is no run, or a file whose ending is that of an image. Only names are checked."""
    path = Path(path)
    return not (path / CONFIG).is_file() if path.is_dir() else path.suffix.lower() in READABLE | MAYBE


def images_among(paths: Iterable[str | Path], most: int) -> tuple[list[Path], int]:
    """The image files among files and below folders, each once and in the order of their names, at most `most` of them, and how
    many there are. Hidden files are left out. A file counts by its ending, of which the first paths may have any."""
    endings = readable_endings()
    files: dict[Path, None] = {}
    for path in map(Path, paths):
        if not path.is_dir():
            files[path.absolute()] = None
            continue
        for folder, folders, names in os.walk(path):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(names):
                file = Path(folder) / name
                if not name.startswith(".") and file.suffix.lower() in endings and file.is_file():
                    files[file.absolute()] = None
    return list(files)[:most], len(files)
