"""The filter of the runs as text: words, and conditions like `method:simclr` or `knn>0.4`. No Qt.

simclr batch        every word, anywhere in title, state, method, data, backbone, notes, tags
"large batch"       these words in a row
method:simclr       the column contains the text       tag=probe        the whole text is equal
knn>0.4  lr<=0.01   compared as numbers                -tag:old         the condition does not hold
is:starred          also is:shown, is:live
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from workbench.models.query_language import ORDER, Language, conditions, unquoted

LANGUAGE = Language(
    signs=(":", "!=", ">=", "<=", "=", ">", "<"),
    separator="space",
    is_name=lambda name: re.fullmatch(r"[A-Za-z_][\w.]*", name) is not None,
    negation=True,
    quotes='"',
    open_quote=True,
)
ALIASES = {"run": "title", "name": "title", "knn": "best", "tag": "tags", "seconds": "time", "images": "speed", "note": "notes"}
IS = {"starred": "star", "shown": "shown", "live": "live"}
_YES, _NO = frozenset({"true", "yes", "1"}), frozenset({"false", "no", "0"})
# Columns whose values are compared as texts: date and time.
_DATES = frozenset({"started"})

Kind = Literal["unknown", "several", "number", "is"]


@dataclass(frozen=True)
class Doubt:
    """A part of a filter that cannot be parsed: the text, the kind of problem, and a suggestion."""

    kind: Kind
    token: str
    hint: str = ""


@dataclass(frozen=True)
class Term:
    """One condition; `key` is a column, or "" for text anywhere."""

    key: str
    sign: str
    text: str
    number: float | None = None
    negated: bool = False


@dataclass(frozen=True)
class Query:
    """A parsed filter. The parts that cannot be parsed are in `doubts` and are ignored."""

    terms: tuple[Term, ...] = ()
    doubts: tuple[Doubt, ...] = ()

    @property
    def keys(self) -> frozenset[str]:
        """The columns that its conditions name."""
        return frozenset(term.key for term in self.terms if term.key)

    def accepts(self, text: str, value: Callable[[str], Any]) -> bool:
        """Whether a run passes. `text`: its text in lower case; `value` returns a column's value, None where it is empty."""
        for term in self.terms:
            fits = term.text in text if not term.key else _fits(term, value(term.key))
            if fits == term.negated:
                return False
        return True


def parse(text: str, known: Collection[str]) -> Query:
    """Parse a filter. `known`: the full names of all columns; a filter may name a dotted one by its last part ("lr")."""
    terms: list[Term] = []
    doubts: list[Doubt] = []
    for condition in conditions(text, LANGUAGE):
        key, sign, negated = condition.name, condition.sign, condition.negated
        token = f"{key}{sign}{condition.value}"
        value = unquoted(condition.value, LANGUAGE).lower()
        if not key:
            if value:
                terms.append(Term("", ":", value, negated=negated))
            continue
        if key.lower() == "is":
            if value in IS:
                terms.append(Term(IS[value], ":", "true", negated=negated))
            else:
                doubts.append(Doubt("is", token, _near(value, IS)))
            continue
        column = _column(key, known)
        number = _number(value)
        if isinstance(column, Doubt):
            doubts.append(Doubt(column.kind, key, column.hint))
        elif sign in ORDER and number is None and column not in _DATES:
            doubts.append(Doubt("number", token))
        elif value:
            terms.append(Term(column, sign, value, number, negated))
    return Query(tuple(terms), tuple(doubts))


def searchable_text(parts: Iterable[str]) -> str:
    """Texts joined to the `text` of `Query.accepts`."""
    return "\n".join(parts).lower()


def _column(key: str, known: Collection[str]) -> str | Doubt:
    name = ALIASES.get(key.lower(), key)
    if name in known:
        return name
    lower = name.lower()
    same = [column for column in known if column.lower() == lower]
    ends = same or [column for column in known if column.lower().endswith("." + lower)]
    if len(ends) == 1:
        return ends[0]
    if ends:
        return Doubt("several", key, ", ".join(sorted(ends)[:4]))
    return Doubt("unknown", key, _near(key, [*known, *ALIASES, "is"]))


def _fits(term: Term, value: Any) -> bool:
    if isinstance(value, (list, tuple)) and term.sign in (":", "=", "!="):
        same = any(_one(term.text, term.number, item, term.sign == ":") for item in value)
        return same != (term.sign == "!=")
    if value is None or value == "":
        return term.sign == "!="
    if term.sign in ORDER:
        compare: Callable[..., bool] = ORDER[term.sign]
        if isinstance(value, str):
            other = _number(value)
            if other is not None and term.number is not None:
                return compare(other, term.number)
            return term.number is None and compare(value, term.text)
        return term.number is not None and isinstance(value, (int, float)) and compare(value, term.number)
    same = _one(term.text, term.number, value, term.sign == ":")
    return same != (term.sign == "!=")


def _one(text: str, number: float | None, value: Any, part: bool) -> bool:
    if isinstance(value, bool):
        return text in (_YES if value else _NO)
    if isinstance(value, (int, float)):
        return number is not None and float(value) == number
    return text in str(value).lower() if part else text == str(value).lower()


def _near(name: str, known: Iterable[str]) -> str:
    return next(iter(difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)), "")


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
