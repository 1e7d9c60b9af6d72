"""The query language of the search fields, read in one pass. No Qt.

    query     := condition (separator condition)*      the separator is a space, or the word "and"
    condition := ["-"] name sign value                 the field of that name, compared with a value
               | ["-"] words                           text anywhere

A value that contains a separator or a sign must be quoted; a quote character inside a word is a plain letter. A `Language` defines
the signs and the separator: that of runs is in run_query.py, that of samples in panels/embedding/query.py.

The text is parsed from left to right without backtracking regular expressions, because it may be any pasted text and is parsed in
the GUI thread.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

ORDER: Mapping[str, Callable[..., Any]] = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
_AND = "and"


@dataclass(frozen=True)
class Language:
    """How one kind of query is written.

    signs: longest first. separator: "space" or "and". is_name: what can be a field's name, also a misspelt one. negation: a minus
    before a condition negates it. quotes: the quote characters. open_quote: a quote that is not closed reaches to the end of the
    text; otherwise it is a plain letter."""

    signs: tuple[str, ...]
    separator: str
    is_name: Callable[[str], bool]
    negation: bool = False
    quotes: str = "\"'"
    open_quote: bool = False

    @property
    def marks(self) -> str:
        """The characters that a sign can begin with."""
        return "".join({sign[0] for sign in self.signs})


@dataclass(frozen=True)
class Condition:
    """One condition as it was written. `name` and `sign` are "" for plain words, which are the `value`; quotes are kept."""

    name: str
    sign: str
    value: str
    negated: bool = False


def conditions(text: str, language: Language) -> Iterator[Condition]:
    """The conditions of a query, from left to right; empty ones are left out."""
    parts = _separated_by_spaces(text, language) if language.separator == "space" else _separated_by_and(text, language)
    for part in (part.strip() for part in parts):
        if part:
            yield _condition(part, language)


def unquoted(text: str, language: Language) -> str:
    """A text without the quotes around it."""
    if text[:1] in language.quotes and text[:1]:
        if len(text) > 1 and text[-1] == text[0]:
            return text[1:-1]
        if language.open_quote:
            return text[1:]
    return text


def _condition(part: str, language: Language) -> Condition:
    negated = language.negation and len(part) > 1 and part[0] == "-"
    body = part[1:] if negated else part
    at = next((at for at in _outside(body, language) if body[at] in language.marks), 0)
    sign = next((sign for sign in language.signs if body.startswith(sign, at)), "")
    name = body[:at].strip()
    if at and sign and language.is_name(name):
        return Condition(name, sign, body[at + len(sign) :].strip(), negated)
    return Condition("", "", body, negated)


def _outside(text: str, language: Language) -> Iterator[int]:
    """The indices of the characters that are in no quotes, rising."""
    begins_after = language.marks + ("!-" if language.negation else "!")
    at, never_closed = 0, ""
    while at < len(text):
        mark = text[at]
        begins = at == 0 or text[at - 1].isspace() or text[at - 1] in begins_after
        if mark in language.quotes and begins and mark not in never_closed:
            end = text.find(mark, at + 1)
            if end > 0:
                at = end + 1
                continue
            if language.open_quote:
                return
            never_closed += mark  # there is no closing quote after it: do not search again
        yield at
        at += 1


def _separated_by_spaces(text: str, language: Language) -> Iterator[str]:
    start = 0
    for at in _outside(text, language):
        if at >= start and text[at].isspace():
            yield text[start:at]
            start = at + 1
    yield text[start:]


def _separated_by_and(text: str, language: Language) -> Iterator[str]:
    start = 0
    for at in _outside(text, language):
        if at < start or not text[at].isspace() or (at and text[at - 1].isspace()):
            continue
        word = _behind_spaces(text, at)
        after = _behind_spaces(text, word + len(_AND))
        if text[word : word + len(_AND)].casefold() == _AND and after > word + len(_AND):
            yield text[start:at]
            start = after
    yield text[start:]


def _behind_spaces(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at
