"""Which tar files a `data.source` names: one, a pattern such as `name-{000000..000009}.tar`, or a folder of them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from itertools import islice, product

from engine.config.errors import complain
from engine.config.small_files import expanded, is_file
from engine.data.folder_files import SHARD, TABLES, FolderFile

_HOLDER = re.compile("|".join(re.escape(f"{ending}/") for ending in sorted({SHARD, *TABLES})), re.IGNORECASE)
MOST = 1_000_000  # files
_BRACES = re.compile(r"\{(?P<first>\d+)\.\.(?P<last>\d+)\}|\{(?P<words>[^{}]*,[^{}]*)\}")


def is_pattern(source: str) -> bool:
    """Whether a source is a pattern of tar files."""
    return source.lower().endswith(SHARD) and _BRACES.search(source) is not None and not is_file(expanded(source))


def files_of_pattern(source: str) -> tuple[list[FolderFile], list[str]]:
    """The tar files that a pattern names, and "name: reason" of those that are not there. ConfigError, naming data.source, where
    none is there or they are too many."""
    files: list[FolderFile] = []
    missing: list[str] = []
    paths = list(islice(_expanded(source), MOST + 1))
    if len(paths) > MOST:
        raise complain("data.source", f"a pattern of at most {MOST:,} tar files", source)
    whole = [expanded(text).absolute() for text in paths]
    base = os.path.commonpath([path.parent for path in whole])
    for path in whole:
        inside = path.relative_to(base).parts
        try:
            state = path.stat()
        except (OSError, ValueError) as error:
            missing.append(f"{'/'.join(inside)}: {getattr(error, 'strerror', None) or error}")
            continue
        files.append(FolderFile(str(path), inside, state.st_size, state.st_mtime_ns, inside))
    if not files:
        raise complain("data.source", "a pattern of tar files that exist", source, f"The first would be {paths[0]}.")
    return files, missing


def in_shard(name: str) -> bool:
    """Whether an image of a name in a data set lies in a file with many images."""
    return _HOLDER.search(name) is not None


def name_in_shard(name: str) -> str:
    """The name of an image in the file that holds it and others; of another image its name."""
    return _HOLDER.split(name)[-1]


def _expanded(source: str) -> Iterator[str]:
    """The texts that a pattern stands for, as a shell's brace expansion writes them; the width of a first number with leading zeros
    is that of all."""
    texts: list[tuple[str, ...] | range] = []
    widths: list[int] = []
    at = 0
    for match in _BRACES.finditer(source):
        texts += [(source[at : match.start()],), _choices(match)]
        first = match["first"] or ""
        widths += [0, len(first) if first.startswith("0") else 0]
        at = match.end()
    texts.append((source[at:],))
    widths.append(0)
    for parts in product(*texts):
        yield "".join(str(part).zfill(width) for part, width in zip(parts, widths, strict=True))


def _choices(match: re.Match[str]) -> tuple[str, ...] | range:
    if match["words"] is not None:
        return tuple(match["words"].split(","))
    first, last = int(match["first"]), int(match["last"])
    return range(first, min(last, first + MOST) + 1) if first <= last else range(first, max(last, first - MOST) - 1, -1)
