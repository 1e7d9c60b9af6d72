"""Captions that lie in a folder of images, as people write them: a table or JSON lines.

Files, the first that can be used: captions.csv, captions.tsv, captions.txt (Flickr8k), metadata.csv and metadata.jsonl (the image
folders of Hugging Face datasets). A table's first line names its columns: one for the file, one for the caption; other columns are
ignored. An image with several captions has several lines, or in JSON a list.

A line that cannot be used is left out, with its number and the reason in the notes, and all others are kept.
"""

from __future__ import annotations

import json
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from engine.config.small_files import FileError, is_file
from engine.data.captions import Captions
from engine.data.formats.annotated import shown
from engine.data.formats.text_files import reason_of
from engine.data.table_rows import table_rows
from engine.data.text_lines import BadLine, Lines

FILES = ("captions.csv", "captions.tsv", "captions.txt", "metadata.csv", "metadata.jsonl")
FILE_COLUMNS = ("file_name", "filename", "file", "image", "image_name", "image_path", "path", "img")
_TEXT_COLUMNS = ("caption", "captions", "text", "comment", "description", "sentence")
DELIMITERS = ",;\t|"
LONGEST = 2000  # characters of a caption; longer ones are cut
MOST_AN_IMAGE = 100  # captions
MOST_CHARACTERS = 1 << 28  # of all captions together
_MOST_UNKNOWN = 100_000  # file names that are counted
_LONGEST_NAME = 1000  # characters of a file's name
_SHOWN = 3
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")


class Unusable(Exception):
    """The whole file cannot be used; the message says why."""


@dataclass
class _Images:
    """The images of a folder, by what a file calls them. names: paths below the folder."""

    names: Sequence[str]
    unknown: set[str] = field(default_factory=set)
    several: set[str] = field(default_factory=set)

    @cached_property
    def _known(self) -> dict[str, int]:
        return {name: row for row, name in enumerate(self.names)}

    def row(self, file: str) -> int:
        """The image that a file name means: by its path below the folder, else by its last part where only one image has it, else
        in both ways by letters of other case or other composition (as macOS writes them). -1 where there is none."""
        row = self._known.get(file)
        return self._search(file) if row is None else row

    def _search(self, file: str) -> int:
        path = file.replace("\\", "/").removeprefix("./")
        last = path.rpartition("/")[2]
        row = self._known.get(path, -1)
        for name in (last, _folded(path), _folded(last)):
            if row < 0:
                row = self._others.get(name, -1)
        if row < 0:
            names = self.several if self._counts[_folded(last)] > 1 else self.unknown
            if len(names) < _MOST_UNKNOWN:
                names.add(file)
        return row

    @cached_property
    def _counts(self) -> Counter[str]:
        """How many images have a last part."""
        return Counter(_folded(name.rpartition("/")[2]) for name in self.names)

    @cached_property
    def _others(self) -> dict[str, int]:
        """The images by their other names, as far as only one has each."""
        named: dict[str, int] = {}
        for row, name in enumerate(self.names):
            last = name.rpartition("/")[2]
            for other in {last, _folded(name), _folded(last)}:
                named[other] = -1 if other in named else row
        return named


def rows_by_name(names: Sequence[str]) -> Callable[[str], int]:
    """A function from a file, as a table names it, to its row among the images `names`; -1 for none."""
    return _Images(names).row


def printable(text: str) -> str:
    """A caption with single spaces and without characters that cannot be shown; "" where nothing is left."""
    text = " ".join(text.split(None, LONGEST))
    return text if text.isprintable() else _UNPRINTABLE.sub(" ", text).strip()


def _folded(name: str) -> str:
    return name.lower() if name.isascii() else unicodedata.normalize("NFC", name).casefold()


@dataclass
class _Read:
    """What was read: the captions of each image, and what could not be used, with the number of the line."""

    images: _Images
    texts: list[tuple[str, ...]]
    problems: list[str] = field(default_factory=list)
    left_out: int = 0
    cut: int = 0
    again: int = 0
    surplus: int = 0
    characters: int = 0
    ended: int = 0  # the line before which reading ended

    def problem(self, number: int, reason: str) -> None:
        """A line that is left out, or a part of it."""
        self.left_out += 1
        if len(self.problems) < _SHOWN:
            self.problems.append(f"line {number} {reason}")

    def add(self, number: int, file: Any, text: Any) -> None:
        """A caption."""
        if not isinstance(file, str) or not (file := file.strip()):
            return self.problem(number, "names no file")
        if len(file) > _LONGEST_NAME:
            return self.problem(number, f"names a file with more than {_LONGEST_NAME:,} characters")
        if not isinstance(text, str) or not (text := printable(text)):
            return self.problem(number, "has no caption")
        row = self.images.row(file)
        if row < 0:
            return None
        if len(text) > LONGEST:
            self.cut += 1
            text = text[:LONGEST]
        known = self.texts[row]
        if text in known:
            self.again += 1
        elif len(known) == MOST_AN_IMAGE:
            self.surplus += 1
        else:
            self.texts[row] = (*known, text)
            self.characters += len(text)
            if self.characters > MOST_CHARACTERS:
                self.ended = number + 1
        return None

    def notes(self, file: str, lines: Lines) -> list[str]:
        """What was left out or changed, in sentences."""
        notes = lines.notes(file)
        if self.left_out:
            notes.append(f"{file}: {self.left_out:,} lines are left out, {'; '.join(self.problems)}.")
        if unknown := self.images.unknown:
            notes.append(f"{file}: {_many(unknown)} files that it names are not among the images, {_some(unknown)}.")
        if several := self.images.several:
            notes.append(
                f"{file}: {_many(several)} files that it names may be several images, {_some(several)}. "
                "Name them by their path in the folder."
            )
        if self.again:
            notes.append(f"{file}: {self.again:,} captions are given again for the same image, and are kept once.")
        if self.surplus:
            notes.append(f"{file}: {self.surplus:,} captions are left out, for an image has at most {MOST_AN_IMAGE}.")
        if self.cut:
            notes.append(f"{file}: {self.cut:,} captions are cut after {LONGEST:,} characters.")
        if self.ended:
            notes.append(
                f"{file} is read up to line {self.ended - 1:,}, for all captions have at most {MOST_CHARACTERS:,} characters."
            )
        return notes


def _many(names: set[str]) -> str:
    return f"{len(names):,}" + (" or more" if len(names) == _MOST_UNKNOWN else "")


def _some(names: set[str]) -> str:
    return ", ".join(shown(name) for name in sorted(names)[:_SHOWN])


def caption_files(folder: Path) -> list[Path]:
    """The files of captions of a folder, in the order in which they are tried."""
    return [folder / name for name in FILES if is_file(folder / name)]


def read_captions(folder: Path, names: Sequence[str], notes: list[str]) -> Captions | None:
    """The captions of the images `names`, paths below the folder; None where the folder has no file of captions that can be used.
    What was left out is added to `notes`, with the file and the line."""
    for path in (folder / name for name in FILES):
        if not os.path.lexists(path):
            continue
        try:
            lines = Lines(path)
            texts = _read(path, lines, names, notes)
        except (Unusable, OSError, FileError) as error:
            notes.append(f"{path.name} is not used: {reason_of(error) if not isinstance(error, Unusable) else error}.")
            continue
        if any(texts):
            if missing := sum(not one for one in texts):
                notes.append(f"{missing:,} of {len(names):,} images have no caption in {path.name}.")
            return Captions(texts)
        notes.append(f"{path.name} has no caption of any of the {len(names):,} images.")
    return None


def _read(path: Path, lines: Lines, names: Sequence[str], notes: list[str]) -> list[tuple[str, ...]]:
    read = _Read(_Images(names), [()] * len(names))
    entries = _json_lines(lines, read) if path.suffix == ".jsonl" else _table(lines, read)
    for number, file, text in entries:
        read.add(number, file, text)
        if read.ended:
            break
    notes += read.notes(path.name, lines)
    return read.texts


def _table(lines: Lines, read: _Read) -> Iterator[tuple[int, str, str]]:
    """The entries of a table: line, file and caption."""
    numbered = enumerate(lines, 1)
    _, head = next(numbered, (1, ""))
    if isinstance(head, BadLine):
        raise Unusable(f"its first line {head.reason}")
    delimiter = max(DELIMITERS, key=head.count)
    columns = [name.strip().strip('"').lower() for name in head.strip().split(delimiter)]
    name_at, text_at = (_column(columns, known) for known in (FILE_COLUMNS, _TEXT_COLUMNS))
    least, most = max(name_at, text_at) + 1, len(columns)
    # A caption in the last column with commas and no quotes, as in Flickr8k.
    open_end = text_at == most - 1 and delimiter == ","
    for number, cells in table_rows(numbered, delimiter, read.problem):
        if len(cells) > most and not open_end:
            while len(cells) > most and not cells[-1].strip():
                cells.pop()
            if len(cells) > most:
                read.problem(number, f"has {len(cells)} columns where the first line has {most}")
                continue
        if len(cells) < least:
            cells += [""] * (least - len(cells))
        yield number, cells[name_at], delimiter.join(cells[text_at:]) if open_end else cells[text_at]


def _column(columns: Sequence[str], known: Sequence[str]) -> int:
    for name in known:
        if name in columns:
            return columns.index(name)
    given = ", ".join(shown(name) for name in columns[:8])
    raise Unusable(f"its first line must name a column {' or '.join(known[:3])}. Got {given or 'nothing'}")


def _json_lines(lines: Lines, read: _Read) -> Iterator[tuple[int, Any, Any]]:
    """The entries of JSON lines: line, file and caption."""
    for number, line in enumerate(lines, 1):
        if isinstance(line, BadLine):
            read.problem(number, line.reason)
            continue
        if line.isspace():
            continue
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError):
            read.problem(number, "is not JSON")
            continue
        if not isinstance(entry, dict):
            read.problem(number, "is not an object")
            continue
        file, texts = _value(entry, FILE_COLUMNS), _value(entry, _TEXT_COLUMNS)
        if isinstance(texts, list) and texts:
            yield from ((number, file, text) for text in texts)
        else:
            yield number, file, texts


def _value(entry: dict[str, Any], known: Sequence[str]) -> Any:
    return next((entry[name] for name in known if name in entry), "")
