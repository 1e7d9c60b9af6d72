"""Samples by words: a class, a file, a tag, a comparison of what is known of them. No widgets.

    query := term ("and" term)*
    term  := name op value      op: = != < <= > >= and ~ (holds these letters)
           | "#" place ("," place)*
           | words              samples whose class, file or tag holds them

Names are those by which the map can be coloured, and `class`, `tag`, `file`, `index`. Capitals count for nothing. A name or value
that holds an operator or the word "and" stands in quotes. `tag = none` are the samples without a tag. Numbers are equal as written.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication

from engine.config.errors import nearest
from workbench.bridge.questions import Labels
from workbench.i18n.names import data_name

Found = NDArray[np.bool_]
translate = QCoreApplication.translate

_ORDER: Mapping[str, Callable[..., Found]] = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
_QUOTED = r"\"[^\"]*\"|'[^']*'"
_AND = re.compile(rf"((?:{_QUOTED}|.)*?)(?:\s+and\s+|$)", re.IGNORECASE)
_COMPARISON = re.compile(rf"\s*((?:{_QUOTED}|[^<>=!~])+?)\s*(<=|>=|!=|=|<|>|~)\s*(.*?)\s*")
_PLACES = re.compile(r"#?\d+(?:[\s,]+#?\d+)*")
NONE = "none"


class QueryError(ValueError):
    """What is wrong with a query, in the window's language, with the names that are known."""


@dataclass(frozen=True, eq=False)
class Table:
    """What is known of n samples: `index` (n,) their places in the data set, `labels` the columns (n,) each, `tags` by name the
    places of samples in the data set, `files` (n) or none. `later`: columns that could be computed, and are not."""

    index: NDArray[np.integer]
    labels: Labels | None = None
    tags: Mapping[str, Sequence[int]] = field(default_factory=dict)
    files: Sequence[str] = ()
    later: Sequence[str] = ()

    @property
    def names(self) -> list[str]:
        """What can stand before an operator."""
        columns = [name for name in self.labels.columns if name != "tag"] if self.labels is not None else []
        return [*columns, *(["tag"] if self.tags else []), *(["file"] if len(self.files) else []), "index"]


def find(text: str, table: Table) -> Found:
    """(n,) which samples a query means. QueryError where it means nothing."""
    result = np.ones(len(table.index), bool)
    terms = [part.strip() for part in _AND.findall(text) if part.strip()]
    if not terms:
        raise QueryError(translate("Query", "Write what to look for, like class = truck."))
    for term in terms:
        result &= _term(term, table)
    return result


def _term(term: str, table: Table) -> Found:
    if term.startswith("#") and _PLACES.fullmatch(term):
        return _places(term, table)
    compared = _COMPARISON.fullmatch(term)
    return _compare(compared[1].strip(), compared[2], compared[3].strip(), table) if compared else _words(_bare(term), table)


def _places(term: str, table: Table) -> Found:
    wanted = [int(place) for place in re.findall(r"\d+", term)]
    found = np.isin(table.index, wanted)
    if not found.any():
        raise QueryError(translate("Query", "No sample on this map is {0}.").format(term))
    return found


def _compare(name: str, sign: str, value: str, table: Table) -> Found:
    known = {_low(alias): column for column in table.names for alias in (column, data_name(column))}
    column = known.get(_low(_bare(name)))
    value = _bare(value)
    if column is None and (later := next((one for one in table.later if _low(one) == _low(_bare(name))), None)):
        raise QueryError(translate("Query", "{0} is not computed yet: colour the map by it first.").format(later))
    if column is None:
        raise QueryError(translate("Query", "There is no '{0}'. Known: {1}.").format(_bare(name), ", ".join(table.names)))
    if not value:
        raise QueryError(translate("Query", "Write a value after {0} {1}").format(name, sign))
    if column == "index":
        return _number(column, sign, value, np.asarray(table.index))
    if column == "tag":
        return _tag(sign, value, table)
    if column == "file":
        return _text(column, sign, value, [[file, re.split(r"[/\\]", file)[-1]] for file in table.files], listed=False)
    assert table.labels is not None
    values = np.asarray(table.labels.columns[column])
    if table.labels.kinds.get(column, "category") in ("number", "angle"):
        return _number(column, sign, value, values)
    names = table.labels.names.get(column, ())
    codes = values.astype(np.int64)
    every = [
        [names[code], data_name(names[code])] if code < len(names) else [str(code)] for code in range(codes.max(initial=-1) + 1)
    ]
    every += [[name, data_name(name)] for name in names[len(every) :]]
    # The last place stands for what has no code.
    chosen = np.append(_text(column, sign, value, every), sign == "!=")
    return np.asarray(chosen[codes], bool)


def _number(column: str, sign: str, value: str, values: NDArray[np.generic]) -> Found:
    try:
        wanted = float(value.rstrip("°").removeprefix("#"))
    except ValueError:
        raise QueryError(translate("Query", "{0} is a number. '{1}' is none.").format(column, value)) from None
    if sign == "~":
        raise QueryError(translate("Query", "{0} is a number: compare it by =, !=, <, <=, > or >=.").format(column))
    numbers = values.astype(np.float64)
    with np.errstate(invalid="ignore"):
        if sign in _ORDER:
            return _ORDER[sign](numbers, wanted)
        # Stored numbers have the digits of float32.
        same = np.isclose(numbers, wanted, rtol=1e-6, atol=1e-9)
        return same if sign == "=" else ~same & np.isfinite(numbers)


def _text(column: str, sign: str, value: str, every: Sequence[Sequence[str]], listed: bool = True) -> Found:
    """Which of `every`, each with the names it goes by, are meant."""
    if sign in _ORDER:
        raise QueryError(translate("Query", "{0} is no number: compare it by =, != or ~.").format(column))
    low = _low(value)
    meant = np.array([any(low in _low(name) if sign == "~" else low == _low(name) for name in names) for names in every], bool)
    if not meant.any():
        known = list(dict.fromkeys(name for names in every for name in names)) if listed else []
        hint = (
            nearest(value, known)
            if len(known) > 12
            else translate("Query", "Known: {0}.").format(", ".join(known))
            if known
            else ""
        )
        words = translate("Query", "{0} has no {1}.").format(column, repr(value))
        raise QueryError(f"{words} {hint}".rstrip())
    return ~meant if sign == "!=" else meant


def _tag(sign: str, value: str, table: Table) -> Found:
    if _low(value) == NONE and sign != "~":
        tagged = np.isin(table.index, [place for places in table.tags.values() for place in places])
        return tagged if sign == "!=" else ~tagged
    names = list(table.tags)
    meant = _text("tag", "=" if sign == "!=" else sign, value, [[name] for name in names])
    samples = [place for name, wanted in zip(names, meant, strict=True) if wanted for place in table.tags[name]]
    found = np.isin(table.index, samples)
    return ~found if sign == "!=" else found


def _words(words: str, table: Table) -> Found:
    low = _low(words)
    found = np.zeros(len(table.index), bool)
    if table.labels is not None and "class" in table.labels.columns:
        names = table.labels.names.get("class", ())
        codes = [code for code, name in enumerate(names) if low in _low(name) or low in _low(data_name(name))]
        found |= np.isin(np.asarray(table.labels.columns["class"]), codes)
    for name, places in table.tags.items():
        if low in _low(name):
            found |= np.isin(table.index, list(places))
    if len(table.files):
        found |= np.array([low in _low(file) for file in table.files], bool)
    if not found.any():
        raise QueryError(
            translate("Query", "No class, file or tag holds '{0}'. To compare: {1}, as in index < 500.").format(
                words, ", ".join(table.names)
            )
        )
    return found


def _low(text: str) -> str:
    return text.strip().casefold()


def _bare(text: str) -> str:
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text
