"""The entries of the lists in a large JSON file, one after the other, so that the file is never in memory as a whole."""

from __future__ import annotations

import codecs
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from engine.data.formats.annotated import Unusable
from engine.data.formats.text_files import encoding_of, open_bytes, reason_of
from engine.execute.progress import ProgressCallback, no_progress

_PIECE = 1 << 20  # bytes that are read at once
_LONGEST = 64 << 20  # characters of one entry
_SPACE = re.compile(r"[ \t\n\r]*")


def entries(path: Path, progress: ProgressCallback = no_progress) -> Iterator[tuple[str, Any]]:
    """For a file with an object of lists, as COCO's, each entry with the key of its list, in the order of the file; a value that is
    no list as one entry. Reads UTF-8 and UTF-16, and Latin-1 where the file is neither. `progress` is called for each megabyte that
    is read; an error that it raises ends the reading.

    Unusable, in words, for a file that is no such JSON, or ends early: what came before is then incomplete."""
    with open_bytes(path) as file:
        encoding = encoding_of(file.read(4))
        file.seek(0)
        try:
            yield from _Reader(file, encoding, progress).entries()
        except OSError as error:
            raise Unusable(reason_of(error)) from None


class _Reader:
    """A window of text that moves over a file."""

    def __init__(self, file: IO[bytes], encoding: str, progress: ProgressCallback) -> None:
        self._file = file
        self._bytes, self._read, self._progress = max(1, os.fstat(file.fileno()).st_size), 0, progress
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._json = json.JSONDecoder()
        self._text, self._at, self._before, self._ended = "", 0, 0, False

    def entries(self) -> Iterator[tuple[str, Any]]:
        self._take("{", "an object of lists")
        if self._next() == "}":
            return
        while True:
            key = self._value()
            if not isinstance(key, str):
                raise self._wrong("a key in quotes")
            self._take(":", "a colon")
            if self._next() == "[":
                for value in self._list():
                    yield key, value
            else:
                yield key, self._value()
            if self._next() != ",":
                break
            self._at += 1
        self._take("}", "a comma or the end of the object")

    def _list(self) -> Iterator[Any]:
        self._at += 1
        if self._next() == "]":
            self._at += 1
            return
        while True:
            yield self._value()
            if self._next() != ",":
                break
            self._at += 1
        self._take("]", "a comma or the end of the list")

    def _next(self) -> str:
        """The next character that is no space."""
        while True:
            match = _SPACE.match(self._text, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more(_PIECE):
                raise Unusable("it ends early, as a copy does that was cut off")

    def _take(self, character: str, meaning: str) -> None:
        if self._next() != character:
            raise self._wrong(meaning)
        self._at += 1

    def _value(self) -> Any:
        self._next()
        step = _PIECE
        while True:
            try:
                value, end = self._json.raw_decode(self._text, self._at)
            except RecursionError:
                raise Unusable("it is nested too deeply") from None
            except ValueError:
                # An entry that is not complete in the window looks like a wrong one.
                if len(self._text) - self._at > _LONGEST:
                    raise self._wrong("entries of at most 64 million characters") from None
                if not self._more(step):
                    if self._cut_off():
                        raise Unusable("it ends early, as a copy does that was cut off") from None
                    raise self._wrong("JSON") from None
                step *= 2
                continue
            # A number at the window's end may go on: 1, 1.5, 1.5e+3.
            if end + 2 >= len(self._text) and not isinstance(value, (str, list, dict)) and self._more(_PIECE):
                continue
            self._at = end
            return value

    def _cut_off(self) -> bool:
        """Whether the text is right up to its end."""
        try:
            self._json.raw_decode(self._text, self._at)
        except json.JSONDecodeError as error:
            return error.pos >= len(self._text) - 1 or error.msg.startswith("Unterminated")
        except ValueError:
            return False
        return False

    def _more(self, size: int) -> bool:
        """Move the window on; False at the end of the file."""
        if self._ended:
            return False
        self._before += self._at
        self._text, self._at = self._text[self._at :], 0
        data = self._file.read(size)
        self._read += len(data)
        self._progress(min(1.0, self._read / self._bytes))
        self._ended = not data
        try:
            self._text += self._decoder.decode(data, final=not data)
        except UnicodeDecodeError:
            self._decoder = codecs.getincrementaldecoder("latin-1")()
            self._text += self._decoder.decode(data, final=not data)
        return True

    def _wrong(self, allowed: str) -> Unusable:
        got = self._text[self._at : self._at + 20].split("\n")[0]
        return Unusable(f"it must have {allowed} at character {self._before + self._at + 1:,}. Got {got!r}")
