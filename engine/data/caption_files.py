"""Captions that lie in a folder of images, as people write them: a table or JSON lines.

Files, the first that exists: captions.csv, captions.tsv, captions.txt (Flickr8k), metadata.csv and metadata.jsonl (the image
folders of Hugging Face datasets). A table's first line names its columns: one for the file, one for the caption; other columns are
ignored. An image with several captions has several lines, or in JSON a list.
"""

from __future__ import annotations

import csv
import itertools
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from engine.data.captions import Captions

FILES = ("captions.csv", "captions.tsv", "captions.txt", "metadata.csv", "metadata.jsonl")
FILE_COLUMNS = ("file_name", "filename", "file", "image", "image_name", "image_path", "path", "img")
_TEXT_COLUMNS = ("caption", "captions", "text", "comment", "description", "sentence")
DELIMITERS = ",;\t|"
LONGEST = 2000  # characters of a caption; longer ones are cut
LINE = 1 << 20  # characters of a line
_SHOWN = 3


@dataclass
class _Listed:
    """What was read: captions by file, and what could not be used, with the number of the line."""

    texts: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    problems: list[str] = field(default_factory=list)


class Unusable(Exception):
    """The whole file cannot be used; the message says why."""


def caption_file(folder: Path) -> Path | None:
    """The file of captions of a folder, or None."""
    return next((folder / name for name in FILES if (folder / name).is_file()), None)


def read_captions(folder: Path, names: Sequence[str], notes: list[str]) -> Captions | None:
    """The captions of the images `names`, paths below the folder; None where the folder has no file of captions, or one that cannot
    be used. What was left out is added to `notes`, with the file and the line."""
    path = caption_file(folder)
    if path is None:
        return None
    try:
        result = _read_json_lines(path) if path.suffix == ".jsonl" else _read_table(path)
    except (Unusable, csv.Error, OSError) as error:
        notes.append(f"{path.name} is not used: {getattr(error, 'strerror', None) or error}.")
        return None
    except UnicodeDecodeError as error:
        notes.append(f"{path.name} is not used: it must be UTF-8. Got the byte {error.object[error.start]:#04x}. Save it as UTF-8.")
        return None
    texts, unknown = _by_image(result, names)
    if result.problems:
        notes.append(f"{path.name}: {len(result.problems):,} lines are left out, {'; '.join(result.problems[:_SHOWN])}.")
    if unknown:
        shown = ", ".join(unknown[:_SHOWN])
        notes.append(f"{path.name}: {len(unknown):,} files that it names are not among the images, {shown}.")
    if not any(texts):
        notes.append(f"{path.name} has no caption of any of the {len(names):,} images.")
        return None
    missing = sum(not one for one in texts)
    if missing:
        notes.append(f"{missing:,} of {len(names):,} images have no caption in {path.name}.")
    return Captions(texts)


def _by_image(result: _Listed, names: Sequence[str]) -> tuple[list[tuple[str, ...]], list[str]]:
    """The captions of each image, and the files that are none of the images."""
    row_of = rows_by_name(names)
    texts: list[tuple[str, ...]] = [()] * len(names)
    unknown = []
    for file, listed in result.texts.items():
        row = row_of(file)
        if row < 0:
            unknown.append(file)
        else:
            texts[row] += tuple(listed)
    return texts, unknown


def rows_by_name(names: Sequence[str]) -> Callable[[str], int]:
    """A function from a file, as a table names it, to its row among the images `names`; -1 for none. A file is named by its path
    below the folder, or by its name alone where only one image has it."""
    index = {name: row for row, name in enumerate(names)}
    last = [name.rpartition("/")[2] for name in names]
    alone = Counter(last)
    short = {name: row for row, name in enumerate(last) if alone[name] == 1}

    def row_of(file: str) -> int:
        name = file.replace("\\", "/").removeprefix("./")
        return index.get(name, short.get(name.rpartition("/")[2], -1))

    return row_of


def _read_table(path: Path) -> _Listed:
    with path.open(encoding="utf-8-sig", newline="") as file:
        head = file.readline(LINE)
        delimiter = max(DELIMITERS, key=head.count)
        columns = [name.strip().strip('"').lower() for name in head.strip().split(delimiter)]
        name_at, text_at = (_column(columns, known) for known in (FILE_COLUMNS, _TEXT_COLUMNS))
        result, single = _Listed(), text_at == len(columns) - 1 and delimiter == ","
        for number, cells in enumerate(csv.reader(bounded(file), delimiter=delimiter), 2):
            if not cells:
                continue
            # A caption in the last column with commas and no quotes, as in Flickr8k.
            text = delimiter.join(cells[text_at:]) if single else cells[text_at] if text_at < len(cells) else ""
            _add(result, number, cells[name_at] if name_at < len(cells) else "", text)
        return result


def _column(columns: Sequence[str], known: Sequence[str]) -> int:
    for name in known:
        if name in columns:
            return columns.index(name)
    raise Unusable(f"its first line must name a column {' or '.join(known[:3])}. Got {', '.join(columns[:8]) or 'nothing'}")


def bounded(file: TextIO) -> Iterator[str]:
    """The lines of a file, none longer than a megabyte."""
    while line := file.readline(LINE):
        if len(line) == LINE and not line.endswith("\n"):
            raise Unusable("it has a line of more than a million characters")
        yield line


def _read_json_lines(path: Path) -> _Listed:
    result = _Listed()
    with path.open(encoding="utf-8-sig") as file:
        for number, line in enumerate(bounded(file), 1):
            if not line.strip():
                continue
            try:
                entry = json.loads(line)
            except (ValueError, RecursionError):
                result.problems.append(f"line {number} is not JSON")
                continue
            if not isinstance(entry, dict):
                result.problems.append(f"line {number} is not an object")
                continue
            texts = _value(entry, _TEXT_COLUMNS)
            for text in texts if isinstance(texts, list) else [texts]:
                _add(result, number, _value(entry, FILE_COLUMNS), text)
    return result


def _value(entry: dict[str, Any], known: Sequence[str]) -> Any:
    return next((entry[name] for name in known if name in entry), "")


def _add(result: _Listed, number: int, file: Any, text: Any) -> None:
    if not isinstance(file, str) or not file.strip():
        result.problems.append(f"line {number} names no file")
    elif not isinstance(text, str) or not text.strip():
        result.problems.append(f"line {number} has no caption")
    else:
        result.texts[file.strip()].append(" ".join(itertools.islice(text.split(), LONGEST))[:LONGEST])
