"""Text of annotation files in any of the encodings that tools write, within bounds, and XML without what makes it dangerous."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from xml.parsers import expat

from engine.config.small_files import FileError, open_regular, read_small
from engine.data.formats.annotated import Unusable

SMALL = 16 << 20  # bytes of a file that is read whole
_DEEPEST = 50  # elements within one another
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def reason_of(error: BaseException) -> str:
    """Why a file cannot be read, in words."""
    return (getattr(error, "strerror", None) or str(error)).rstrip(".").lower()


def read_bytes(path: Path) -> bytes:
    """The bytes of a small file. Unusable where it cannot be read."""
    try:
        return read_small(path, SMALL)
    except (OSError, FileError) as error:
        raise Unusable(reason_of(error)) from None


def read_text(path: Path) -> str:
    """The text of a small file: UTF-8, UTF-16 where its first bytes say so, else Latin-1. Unusable where it cannot be read."""
    data = read_bytes(path)
    encoding = encoding_of(data)
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return data.decode("latin-1")


def encoding_of(head: bytes) -> str:
    """The encoding that the first bytes of a file say: by its mark, else UTF-16 where four Latin letters in it are seen, else
    UTF-8."""
    even, odd = head[0:8:2], head[1:8:2]
    if len(odd) == 4 and any(even) != any(odd) and (all(even) or all(odd)):
        return "utf-16-le" if all(even) else "utf-16-be"
    return next((name for mark, name in _BOMS if head.startswith(mark)), "utf-8")


def open_bytes(path: Path) -> IO[bytes]:
    """A file of any size. Unusable where it cannot be read."""
    try:
        return open_regular(path)
    except (OSError, FileError) as error:
        raise Unusable(reason_of(error)) from None


@dataclass
class Element:
    """An element of an XML file: its text and the elements within it."""

    name: str
    text: str = ""
    inner: list[Element] = field(default_factory=list)

    def all(self, name: str) -> list[Element]:
        """The elements of a name directly within this one."""
        return [element for element in self.inner if element.name == name]

    def get(self, *path: str) -> str:
        """The text at a path of names, without the space around it; "" where there is none."""
        here: Element | None = self
        for name in path:
            here = next(iter(here.all(name)), None) if here is not None else None
        return here.text.strip() if here is not None else ""


def read_xml(path: Path) -> Element:
    """The outermost element of an XML file. Unusable for a file that is not well-formed, is nested too deeply, or has a document
    type: with one, a small file can name entities that grow to gigabytes, or other files of this machine."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    top = Element("")
    open_elements = [top]

    def start(name: str, _: dict[str, str]) -> None:
        if len(open_elements) > _DEEPEST:
            raise Unusable(f"its elements are nested deeper than {_DEEPEST}")
        element = Element(name)
        open_elements[-1].inner.append(element)
        open_elements.append(element)

    def end(_: str) -> None:
        open_elements.pop()

    def text(data: str) -> None:
        open_elements[-1].text += data

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    data = read_bytes(path)
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise Unusable(f"it is not well-formed XML, {error}") from None
    except (ValueError, LookupError) as error:  # an encoding that is not known
        raise Unusable(f"it is not XML that can be read, {error}") from None
    return top.inner[0]


def _refuse(*_: object) -> None:
    raise Unusable("it declares a document type or entities, which are not read")


def numbers(text: str, make: Callable[[str], float] = float) -> list[float]:
    """The numbers of a line. ValueError where a word is none."""
    return [make(word) for word in text.split()]
