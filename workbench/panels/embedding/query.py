"""Samples by words: a class, a file, a tag, a comparison of what is known of them. No widgets.

    query := term ("and" term)*
    term  := name op value      op: = != < <= > >= and ~ (holds these letters)
           | "#" place ("," place)*
           | words              samples whose class, file or tag holds them

Names are those by which the map can be coloured, and `class`, `tag`, `file`, `index`. Capitals count for nothing. A name or value
that holds an operator or the word "and" stands in quotes; a quote in the middle of a word is a letter. `tag = none` are the samples
without a tag. Numbers are equal as written.

The text is read in one pass from left to right, without regular expressions: it comes from a person, or from whatever a person
copied, and is read in the window's own thread. Its length and the number of its conditions are bounded.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication

from engine.config.errors import nearest
from workbench.bridge.data_questions import Labels
from workbench.i18n.names import data_name
from workbench.models.query_language import ORDER, Condition, Language, conditions, unquoted

Found = NDArray[np.bool_]
translate = QCoreApplication.translate

LANGUAGE = Language(signs=("<=", ">=", "!=", "=", "<", ">", "~"), separator="and", is_name=bool)
# Characters of a query: a long list of places that was copied has room. Each condition looks at every sample.
LONGEST = 30_000
MOST_CONDITIONS = 32
# Characters of a query that an error repeats, and digits of the largest place in a data set that there can be.
REPEATED = 60
DIGITS = 18
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
    """(n,) which samples a query means. QueryError where it means nothing, or is too long."""
    if len(text) > LONGEST:
        raise QueryError(
            translate("Query", "What to find must be at most {0} characters. Got {1}. Look for less at once.").format(
                f"{LONGEST:,}", f"{len(text):,}"
            )
        )
    result = np.ones(len(table.index), bool)
    terms = list(conditions(text, LANGUAGE))
    if not terms:
        raise QueryError(translate("Query", "Write what to look for, like class = truck."))
    if len(terms) > MOST_CONDITIONS:
        raise QueryError(
            translate("Query", "What to find must be at most {0} conditions. Got {1}. Look for less at once.").format(
                MOST_CONDITIONS, f"{len(terms):,}"
            )
        )
    samples = _Samples(table)
    for term in terms:
        result &= _term(term, samples)
    return result


class _Samples:
    """A table whose texts are made ready once for all conditions of a query."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self._titles: dict[str, list[list[str]]] = {}

    @cached_property
    def files(self) -> list[str]:
        """(n) files as they are compared."""
        return [_low(file) for file in self.table.files]

    @cached_property
    def columns(self) -> dict[str, str]:
        """What can stand before an operator, by all names that it goes by."""
        return {_low(alias): column for column in self.table.names for alias in (column, data_name(column))}

    def names(self, column: str) -> list[list[str]]:
        """The categories of a column, each with the names that it goes by."""
        if column not in self._titles:
            assert self.table.labels is not None
            self._titles[column] = [[name, data_name(name)] for name in self.table.labels.names.get(column, ())]
        return self._titles[column]


def _term(condition: Condition, samples: _Samples) -> Found:
    if condition.name:
        return _compare(condition.name, condition.sign, condition.value, samples)
    words = condition.value
    if words.startswith("#") and all(_digits(part) for part in words.replace(",", " ").split()):
        return _places(words, samples.table)
    return _words(_bare(words), samples)


def _digits(part: str) -> str:
    """The digits of #1234, or nothing where it is something else."""
    part = part.removeprefix("#")
    return part if part.isdecimal() else ""


def _places(term: str, table: Table) -> Found:
    wanted = [_digits(part).lstrip("0") or "0" for part in term.replace(",", " ").split()]
    found = np.isin(table.index, [int(place) for place in wanted if len(place) <= DIGITS])
    if not found.any():
        raise QueryError(translate("Query", "No sample on this map is {0}.").format(_short(term)))
    return found


def _compare(name: str, sign: str, value: str, samples: _Samples) -> Found:
    table = samples.table
    column = samples.columns.get(_low(_bare(name)))
    value = _bare(value)
    if column is None and (later := next((one for one in table.later if _low(one) == _low(_bare(name))), None)):
        raise QueryError(translate("Query", "{0} is not computed yet: colour the map by it first.").format(later))
    if column is None:
        raise QueryError(translate("Query", "There is no '{0}'. Known: {1}.").format(_short(_bare(name)), ", ".join(table.names)))
    if not value:
        raise QueryError(translate("Query", "Write a value after {0} {1}").format(_short(name), sign))
    if column == "index":
        return _number(column, sign, value, np.asarray(table.index))
    if column == "tag":
        return _tag(sign, value, table)
    if column == "file":
        return _text(
            column, sign, value, [[file, file.replace("\\", "/").rpartition("/")[2]] for file in table.files], listed=False
        )
    assert table.labels is not None
    values = np.asarray(table.labels.columns[column])
    if table.labels.kinds.get(column, "category") in ("number", "angle"):
        return _number(column, sign, value, values)
    codes = values.astype(np.int64)
    every = samples.names(column)
    every = [*every, *([str(code)] for code in range(len(every), codes.max(initial=-1) + 1))]
    # The last place stands for what has no code.
    chosen = np.append(_text(column, sign, value, every), sign == "!=")
    return np.asarray(chosen[codes], bool)


def _number(column: str, sign: str, value: str, values: NDArray[np.generic]) -> Found:
    try:
        wanted = float(value.rstrip("°").removeprefix("#"))
    except ValueError:
        wanted = math.nan
    if math.isnan(wanted):
        raise QueryError(translate("Query", "{0} is a number. '{1}' is none.").format(column, _short(value)))
    if sign == "~":
        raise QueryError(translate("Query", "{0} is a number: compare it by =, !=, <, <=, > or >=.").format(column))
    numbers = values.astype(np.float64)
    with np.errstate(invalid="ignore"):
        if sign in ORDER:
            return np.asarray(ORDER[sign](numbers, wanted), bool)
        # Stored numbers have the digits of float32.
        same = np.isclose(numbers, wanted, rtol=1e-6, atol=1e-9)
        return same if sign == "=" else ~same & np.isfinite(numbers)


def _text(column: str, sign: str, value: str, every: Sequence[Sequence[str]], listed: bool = True) -> Found:
    """Which of `every`, each with the names it goes by, are meant."""
    if sign in ORDER:
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
        words = translate("Query", "{0} has no {1}.").format(column, repr(_short(value)))
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


def _words(words: str, samples: _Samples) -> Found:
    low, table = _low(words), samples.table
    found = np.zeros(len(table.index), bool)
    if table.labels is not None and "class" in table.labels.columns:
        codes = [code for code, names in enumerate(samples.names("class")) if any(low in _low(name) for name in names)]
        found |= np.isin(np.asarray(table.labels.columns["class"]), codes)
    for name, places in table.tags.items():
        if low in _low(name):
            found |= np.isin(table.index, list(places))
    if samples.files:
        found |= np.array([low in file for file in samples.files], bool)
    if not found.any():
        raise QueryError(
            translate("Query", "No class, file or tag holds '{0}'. To compare: {1}, as in index < 500.").format(
                _short(words), ", ".join(table.names)
            )
        )
    return found


def _short(text: str) -> str:
    return text if len(text) <= REPEATED else f"{text[:REPEATED]}…"


def _low(text: str) -> str:
    return text.strip().casefold()


def _bare(text: str) -> str:
    return unquoted(text, LANGUAGE)
