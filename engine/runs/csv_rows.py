"""CSV rows that a spreadsheet does not interpret as formulas. Every CSV file of the program is written here."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from typing import Protocol

# First characters of a spreadsheet formula, the full-width forms included. https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?|-?(inf|nan)")


class _Writable(Protocol):
    def write(self, text: str, /) -> object: ...


class CsvRows:
    """Writes rows to `file`, one `write` a line, each ending in a newline alone.

    A text that a spreadsheet would interpret as a formula gets an apostrophe before it, which marks it as text; a negative number
    stays a number. Bytes that are not valid text are written as escapes."""

    def __init__(self, file: _Writable) -> None:
        self._writer = csv.writer(_Encodable(file), lineterminator="\n")

    def row(self, cells: Iterable[object]) -> None:
        """Write a line; numbers unchanged, None as an empty cell."""
        self._writer.writerow([cell_of(cell) for cell in cells])


def cell_of(value: object) -> object:
    """The cell's value, with an apostrophe where a text would be a formula."""
    if isinstance(value, str) and value.startswith(_FORMULA) and not _NUMBER.fullmatch(value):
        return f"'{value}"
    return value


class _Encodable:
    def __init__(self, file: _Writable) -> None:
        self._file = file

    def write(self, text: str) -> object:
        return self._file.write(readable(text))


def readable(text: str) -> str:
    """A text that can be written as UTF-8. Names of files need not be: one from an archive in another code page has bytes
    that cannot be decoded. They are written as escapes here."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
