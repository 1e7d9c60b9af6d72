"""The files of a folder of images, as they were listed."""

from __future__ import annotations

from dataclasses import dataclass

# The endings of files with many images in them.
SHARD = ".tar"
TABLES = frozenset({".arrow", ".parquet"})


@dataclass(frozen=True)
class FolderFile:
    """inside: the parts of the path below the folder. bytes, changed: size and time of the last change, in nanoseconds. levels: the
    parts that say split and class; without the folders that a layout has for other reasons."""

    path: str
    inside: tuple[str, ...]
    bytes: int
    changed: int
    levels: tuple[str, ...]

    @property
    def name(self) -> str:
        """The path below the folder, as images are named."""
        return "/".join(self.inside)
