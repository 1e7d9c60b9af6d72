"""Captions that lie in a folder of images, as people write them: a table or JSON lines.

Files, the first that can be used: captions.csv, captions.tsv, captions.txt (Flickr8k), metadata.csv and metadata.jsonl (the image
folders of Hugging Face datasets). A table's first line names its columns: one for the file, one for the caption; other columns are
ignored. An image with several captions has several lines, or in JSON a list.

A line that cannot be used is left out, with its number and the reason in the notes, and all others are kept.
"""

from __future__ import annotations

import csv
import json
import os
import re
import unicodedata
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any, TextIO, TypeAlias, cast

from engine.config.small_files import FileError, is_file
from engine.data.captions import Captions
from engine.data.formats.annotated import shown
from engine.data.formats.text_files import reason_of
from engine.data.text_lines import LONGEST_LINE, BadLine, Lines

FILES = ("captions.csv", "captions.tsv", "captions.txt", "metadata.csv", "metadata.jsonl")
FILE_COLUMNS = ("file_name", "filename", "file", "image", "image_name", "image_path", "path", "img")
_TEXT_COLUMNS = ("caption", "captions", "text", "comment", "description", "sentence")
DELIMITERS = ",;\t|"
LONGEST = 2000  # characters of a caption; longer ones are cut
MOST_AN_IMAGE = 100  # captions
MOST_CHARACTERS = 1 << 28  # of all captions together
LINE = LONGEST_LINE
_MOST_UNKNOWN = 100_000  # file names that are counted
_LONGEST_NAME = 1000  # characters of a file's name
_RECORD_LINES = 200  # of one entry of a table, by a quoted caption with line breaks
_SHOWN = 3
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")

NumberedLine: TypeAlias = tuple[int, str | BadLine]


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
        if not isinstance(text, str) or not (text := " ".join(text.split(None, LONGEST))):
            return self.problem(number, "has no caption")
        if not text.isprintable() and not (text := _UNPRINTABLE.sub(" ", text).strip()):
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
        notes = []
        if lines.latin:
            notes.append(
                f"{file}: {lines.latin:,} lines are not UTF-8 and are read as Windows-1252, the first is line {lines.first_latin}. "
                "Save it as UTF-8 if letters are wrong."
            )
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
    for number, cells in _records(numbered, delimiter, read):
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


def _records(numbered: Iterator[NumberedLine], delimiter: str, read: _Read) -> Iterator[tuple[int, list[str]]]:
    """The entries of a table, each with the number of its first line. A quote that is not closed costs its own line alone."""
    waiting: deque[NumberedLine] = deque()
    strict = cast(csv.Dialect, csv.reader((), delimiter=delimiter, strict=True).dialect)
    while True:
        # Lines that were put back come first.
        number, line = waiting.popleft() if waiting else next(numbered, (0, ""))
        if not number:
            return
        if isinstance(line, BadLine):
            read.problem(number, line.reason)
        elif '"' not in line:
            if line := line.rstrip("\r\n"):
                yield number, line.split(delimiter)
        else:
            cells, more = _quoted(line, chain(_drained(waiting), numbered), strict)
            if cells is None:
                waiting.extendleft(reversed(more))
                read.problem(number, "has a quote that is not closed, or a field that is too long")
            elif cells:
                yield number, cells


def _drained(waiting: deque[NumberedLine]) -> Iterator[NumberedLine]:
    while waiting:
        yield waiting.popleft()


def _quoted(line: str, following: Iterator[NumberedLine], strict: csv.Dialect) -> tuple[list[str] | None, list[NumberedLine]]:
    """The cells of an entry that begins with a line, or None where it does not end, and the further lines that it took."""
    try:
        return next(csv.reader((line,), strict)), []
    except csv.Error:  # it is not complete, or not strictly as it should be
        pass
    taken: list[NumberedLine] = []
    complete = True

    def feed() -> Iterator[str]:
        nonlocal complete
        yield line
        length = len(line)
        for one in following:
            taken.append(one)
            if isinstance(one[1], BadLine) or len(taken) == _RECORD_LINES or (length := length + len(one[1])) > LONGEST_LINE:
                break
            yield one[1]
        complete = False

    try:
        cells = next(csv.reader(feed(), delimiter=strict.delimiter))
        if taken and complete:
            # Several lines are one entry only where each quote in them is closed as it must be: an open one would else reach to the
            # next quote, which is of another image.
            next(csv.reader([line, *(str(text) for _, text in taken)], strict))
    except csv.Error:
        complete = False
    return (cells if complete else None), taken


def bounded(file: TextIO) -> Iterator[str]:
    """The lines of a file, none longer than a megabyte."""
    while line := file.readline(LINE):
        if len(line) == LINE and not line.endswith("\n"):
            raise Unusable("it has a line of more than a million characters")
        yield line


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
