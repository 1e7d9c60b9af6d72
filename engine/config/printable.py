"""Text from elsewhere as characters that can be shown: no control characters, no changes of direction, no half codes."""

from __future__ import annotations

import re

# Control characters of ASCII and of Latin-1, line and paragraph separators, changes of the reading direction, and lone surrogates
# (bytes of a file's name that are no UTF-8): a terminal obeys some of them, and no stream can write the last.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_WITHIN_LINES = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def printable(text: object, lines: bool = False, longest: int = 0) -> str:
    """A text with every control character written as its escape (the character 0x1b as the four characters backslash, x, 1, b), so
    that it is one line and changes nothing but the place where it stands. `lines`: newlines and tabs stay. `longest`: cut off after
    so many characters; 0 cuts nothing."""
    cut = str(text)
    if 0 < longest < len(cut):
        cut = cut[:longest] + "..."
    return (_WITHIN_LINES if lines else _CONTROL).sub(_escape, cut)


def _escape(match: re.Match[str]) -> str:
    letter = match.group()
    if 0xDC80 <= ord(letter) <= 0xDCFF:  # a byte that was no UTF-8, as Python keeps it
        return f"\\x{ord(letter) - 0xDC00:02x}"
    return letter.encode("unicode_escape", "surrogatepass").decode("ascii") if ord(letter) < 0xD800 else f"\\u{ord(letter):04x}"
