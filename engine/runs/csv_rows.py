"""Rows as CSV that a spreadsheet shows and does not obey. Every CSV file of the program is written here."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from typing import Protocol

# What a spreadsheet takes for the beginning of a formula, the full-width forms included. https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?|-?(inf|nan)")


class _Writable(Protocol):
    def write(self, text: str, /) -> object: ...


class CsvRows:
    """Writes rows to `file`, one `write` a line, each ending in a newline alone.

    A text that a spreadsheet would take for a formula gets an apostrophe before it, which spreadsheets take for "what follows is
    text"; a negative number stays a number. Bytes that are no text are written in digits."""

    def __init__(self, file: _Writable) -> None:
        self._writer = csv.writer(_Encodable(file), lineterminator="\n")

    def row(self, cells: Iterable[object]) -> None:
        """One line; numbers as they are, None as an empty cell."""
        self._writer.writerow([cell_of(cell) for cell in cells])


def cell_of(value: object) -> object:
    """A cell that is no formula: a text gets an apostrophe where it would be one."""
    if isinstance(value, str) and value.startswith(_FORMULA) and not _NUMBER.fullmatch(value):
        return f"'{value}"
    return value


class _Encodable:
    def __init__(self, file: _Writable) -> None:
        self._file = file

    def write(self, text: str) -> object:
        return self._file.write(readable(text))


def readable(text: str) -> str:
    """A text that can be written as UTF-8. Names of files need not be: one from an archive in another code page has bytes in it
    that are no letters. They are written in digits here."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
