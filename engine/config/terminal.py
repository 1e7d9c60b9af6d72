"""What goes to a terminal: text alone. Names of files, runs and classes come from elsewhere, and a terminal obeys the control
characters in them: it changes its title, its colours, what was printed before, or the clipboard."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import TextIO, cast

from engine.config.printable import printable


class _Escaped:
    """A text stream that writes control characters as their escapes. Newlines and tabs stay, and a carriage return where a write
    begins or ends with it: that is how a progress bar is drawn over itself."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        begin = "\r" if text.startswith("\r") else ""
        end = "\r" if len(text) > len(begin) and text.endswith("\r") else ""
        self._stream.write(begin + printable(text[len(begin) : len(text) - len(end)], lines=True) + end)
        return len(text)

    def writelines(self, lines: list[str]) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)


@contextlib.contextmanager
def text_alone() -> Iterator[None]:
    """While it lasts, everything that is written to standard output and standard error is text alone, and no character is one that
    they cannot write. Where there are none (a windowed program on Windows) nothing happens."""
    before = sys.stdout, sys.stderr
    for stream in before:
        if stream is not None and hasattr(stream, "reconfigure"):
            with contextlib.suppress(OSError, ValueError):
                stream.reconfigure(errors="backslashreplace")
    sys.stdout, sys.stderr = (
        stream if stream is None or isinstance(stream, _Escaped) else cast("TextIO", _Escaped(stream)) for stream in before
    )
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before
