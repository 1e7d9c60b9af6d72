"""The rows of tables in text files that other programs wrote: one that cannot be used costs itself alone."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Callable, Iterator
from itertools import chain
from typing import TypeAlias, cast

from engine.data.text_lines import LONGEST_LINE, BadLine

# A line with its number, from 1.
NumberedLine: TypeAlias = tuple[int, str | BadLine]
_RECORD_LINES = 200  # of one entry of a table, by a quoted caption with line breaks


def table_rows(
    numbered: Iterator[NumberedLine], delimiter: str, problem: Callable[[int, str], None]
) -> Iterator[tuple[int, list[str]]]:
    """The cells of the rows of a table, each with the number of its first line; a row may take several lines within quotes. A quote
    that is not closed costs its own line alone. `problem` is called with the number of a line that is left out and the reason, as
    "line 3 ..." goes on. Empty lines are passed over."""
    waiting: deque[NumberedLine] = deque()
    strict = cast(csv.Dialect, csv.reader((), delimiter=delimiter, strict=True).dialect)
    while True:
        # Lines that were put back come first.
        number, line = waiting.popleft() if waiting else next(numbered, (0, ""))
        if not number:
            return
        if isinstance(line, BadLine):
            problem(number, line.reason)
        elif '"' not in line:
            if line := line.rstrip("\r\n"):
                yield number, line.split(delimiter)
        else:
            cells, more = _quoted(line, chain(_drained(waiting), numbered), strict)
            if cells is None:
                waiting.extendleft(reversed(more))
                problem(number, "has a quote that is not closed, or a field that is too long")
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
