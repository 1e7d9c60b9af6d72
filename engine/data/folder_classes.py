"""What the folders of a data set are: splits and classes. Does not import torch."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from engine.data.folder_files import FolderFile
from engine.data.split_names import split_of
from engine.data.splits import TRAIN

FoldersAre: TypeAlias = Literal["classes", "inner", "nothing"]


@dataclass(frozen=True)
class Arrangement:
    """Split and class folder ("" where there is none) of each file, the folder one level below that, the files that belong to the
    data set, and notes on those beside the split folders."""

    tags: list[int]
    groups: list[str]
    inner: list[str]
    files: list[FolderFile]
    strays: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def arrange(files: list[FolderFile]) -> Arrangement:
    """Splits and classes of the files, from the names of their folders."""
    depth = 0
    # An archive is often unpacked into a folder of its own: a single outer folder is skipped.
    while _splits_at(files, depth) is None and _goes_on(files, depth):
        depth += 1
    notes = [f"The set lies deeper, in the folder {'/'.join(files[0].levels[:depth])!r}."] if depth else []
    known = _splits_at(files, depth)
    if known is None:
        groups, deeper_groups = ([_folder_of(file, at) for file in files] for at in (depth, depth + 1))
        by_group: dict[str, list[FolderFile]] = {}
        for file, group in zip(files, groups, strict=True):
            by_group.setdefault(group, []).append(file)
        for group in sorted(by_group.keys() - {""}):
            inner, at = by_group[group], depth + 1
            while (deeper := _splits_at(inner, at)) is None and _goes_on(inner, at):
                at += 1
            if deeper is not None:
                names = " and ".join(sorted(deeper))
                notes.append(
                    f"{group!r} holds folders named {names}, and is taken for a class. Name that folder to have the splits."
                )
        return Arrangement([TRAIN] * len(files), groups, deeper_groups, files, notes=notes)
    tags, taken, strays = [], [], []
    for file in files:
        tag = known.get(file.levels[depth]) if len(file.levels) > depth + 1 else None
        if tag is None:
            strays.append(f"{file.name}: lies beside the folders of the splits")
            continue
        tags.append(tag)
        taken.append(file)
    groups, deeper_groups = ([_folder_of(file, at) for file in taken] for at in (depth + 1, depth + 2))
    return Arrangement(tags, groups, deeper_groups, taken, strays, notes)


def _folder_of(file: FolderFile, depth: int) -> str:
    """The folder at a depth in which a file lies; "" where it does not lie so deep."""
    return file.levels[depth] if len(file.levels) > depth + 1 else ""


def suggested(chosen: FoldersAre, arrangement: Arrangement) -> FoldersAre | Literal[""]:
    """The meaning of the folders that is more likely than the chosen one: the folders one level down are the classes where one
    outer folder holds them all, or where folders of the same names lie in several."""
    outer, inner = set(arrangement.groups) - {""}, set(arrangement.inner) - {""}
    if chosen == "classes" and len(inner) > 1:
        pairs = {pair for pair in zip(arrangement.groups, arrangement.inner, strict=True) if pair[1]}
        return "inner" if len(outer) == 1 or len(pairs) > len(inner) else ""
    return "classes" if chosen == "inner" and len(inner) < 2 <= len(outer) else ""


def class_names(groups: Sequence[str]) -> tuple[str, ...]:
    """The names of the class folders, "2" before "10"."""
    return tuple(sorted(set(groups) - {""}, key=_natural))


def _goes_on(files: list[FolderFile], depth: int) -> bool:
    """Whether all files are in one folder at this depth, and there in subfolders."""
    return len({file.levels[depth] for file in files}) == 1 and all(len(file.levels) > depth + 2 for file in files)


def _splits_at(files: list[FolderFile], depth: int) -> dict[str, int] | None:
    """The folders at a depth that are splits; None where there is no training split beside another one."""
    tops = {file.levels[depth] for file in files if len(file.levels) > depth + 1}
    known = {top: tag for top in tops if (tag := split_of(top)) is not None}
    return known if TRAIN in known.values() and len(set(known.values())) > 1 else None


def _natural(name: str) -> list[tuple[int, str]]:
    """Sorts "2" before "10"."""
    return [(int(part), "") if part.isdecimal() else (-1, part.lower()) for part in re.split(r"(\d+)", name)] + [(-1, name)]
