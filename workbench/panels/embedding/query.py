"""The query language for samples: by class, file, tag, caption, index, or a comparison of a column. No widgets.

    query := term ("and" term)*
    term  := name op value      op: = != < <= > >= and ~ (contains)
           | "#" index ("," index)*
           | words              samples whose class, file or tag contains them

Names are the columns that can colour the map, and `class`, `tag`, `file`, `caption`, `index`. Case does not matter. A name or value
that contains an operator or the word "and" must be quoted; a quote in the middle of a word is an ordinary character. `tag = none`
means samples without a tag. Numbers are compared with the precision of float32.

Captions are too many to be read here: `caption_conditions` lists what a query asks of them, and the table has the samples that
satisfy it.

The text is parsed in one pass from left to right, without regular expressions: it can be any text that a user pasted, and is parsed
in the window's own thread. Its length and the number of its conditions are bounded.
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
from workbench.bridge.sample_questions import CaptionCondition
from workbench.i18n.data_names import data_name
from workbench.models.query_language import ORDER, Condition, Language, conditions, unquoted

Selected = NDArray[np.bool_]
translate = QCoreApplication.translate

LANGUAGE = Language(signs=("<=", ">=", "!=", "=", "<", ">", "~"), separator="and", is_name=bool)
# The largest number of characters, enough for a long list of indices, and of conditions, each of which reads every sample.
LONGEST = 30_000
MOST_CONDITIONS = 32
# The largest number of characters of a query in an error message, and of digits of an index.
REPEATED = 60
DIGITS = 18
NONE = "none"
CAPTION = "caption"


class QueryError(ValueError):
    """An invalid query. The message is in the window's language and lists the known names."""


@dataclass(frozen=True, eq=False)
class Table:
    """What can be queried of n samples: `index` (n,): their indices in the data set; `labels`: columns of (n,) values; `tags`: by
    name, the indices of samples in the data set; `files`: (n) paths, or none. `later`: columns that are not computed yet.

    `captions`: by condition on captions, which samples (n,) satisfy it; a condition that is not in it was not evaluated yet, and
    every sample satisfies it."""

    index: NDArray[np.integer]
    labels: Labels | None = None
    tags: Mapping[str, Sequence[int]] = field(default_factory=dict)
    files: Sequence[str] = ()
    later: Sequence[str] = ()
    captions: Mapping[CaptionCondition, Selected] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """The names that can stand before an operator."""
        columns = [name for name in self.labels.columns if name != "tag"] if self.labels is not None else []
        captions = [CAPTION] if self.labels is not None and self.labels.captioned else []
        return [*columns, *(["tag"] if self.tags else []), *(["file"] if len(self.files) else []), *captions, "index"]


def find(text: str, table: Table) -> Selected:
    """(n,) which samples match a query. Raises QueryError if the query is invalid, too long, or names nothing known."""
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


def caption_conditions(text: str) -> tuple[CaptionCondition, ...]:
    """What a query asks of captions, each once. Empty for a query that `find` refuses for its length."""
    if len(text) > LONGEST:
        return ()
    terms = [term for term in conditions(text, LANGUAGE) if _is_caption(term.name)][:MOST_CONDITIONS]
    return tuple(
        dict.fromkeys(made for term in terms if (made := _caption_condition(term.sign, _unquoted(term.value))) is not None)
    )


def _is_caption(name: str) -> bool:
    return _normalized(_unquoted(name)) in (CAPTION, _normalized(data_name(CAPTION)))


def _caption_condition(sign: str, value: str) -> CaptionCondition | None:
    """None for a sign by which texts cannot be compared, or without a text."""
    if not value or sign not in ("~", "=", "!="):
        return None
    return CaptionCondition("~" if sign == "~" else "=" if sign == "=" else "!=", value)


class _Samples:
    """A table with its texts prepared once for all conditions of a query."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self._titles: dict[str, list[list[str]]] = {}

    @cached_property
    def files(self) -> list[str]:
        """(n) the files in the form in which they are compared."""
        return [_normalized(file) for file in self.table.files]

    @cached_property
    def columns(self) -> dict[str, str]:
        """The columns, by all their names in the form in which they are compared."""
        return {_normalized(alias): column for column in self.table.names for alias in (column, data_name(column))}

    def names(self, column: str) -> list[list[str]]:
        """The categories of a column, each with all its names."""
        if column not in self._titles:
            assert self.table.labels is not None
            self._titles[column] = [[name, data_name(name)] for name in self.table.labels.names.get(column, ())]
        return self._titles[column]


def _term(condition: Condition, samples: _Samples) -> Selected:
    if condition.name:
        return _compare(condition.name, condition.sign, condition.value, samples)
    words = condition.value
    if words.startswith("#") and all(_digits(part) for part in words.replace(",", " ").split()):
        return _at_indices(words, samples.table)
    return _by_text(_unquoted(words), samples)


def _digits(part: str) -> str:
    """The digits of #1234; empty if the text is something else."""
    part = part.removeprefix("#")
    return part if part.isdecimal() else ""


def _at_indices(term: str, table: Table) -> Selected:
    indices = [_digits(part).lstrip("0") or "0" for part in term.replace(",", " ").split()]
    selected = np.isin(table.index, [int(index) for index in indices if len(index) <= DIGITS])
    if not selected.any():
        raise QueryError(translate("Query", "No sample on this map is {0}.").format(_shortened(term)))
    return selected


def _compare(name: str, sign: str, value: str, samples: _Samples) -> Selected:
    table = samples.table
    column = samples.columns.get(_normalized(_unquoted(name)))
    value = _unquoted(value)
    if column is None:
        if _is_caption(name) and table.labels is not None:
            raise QueryError(translate("Query", "The images of these data have no captions."))
        unknown = _unquoted(name)
        later = next((column for column in table.later if _normalized(column) == _normalized(unknown)), None)
        if later is not None:
            raise QueryError(translate("Query", "{0} is not computed yet: colour the map by it first.").format(later))
        text = translate("Query", "There is no '{0}'. Known: {1}.")
        raise QueryError(text.format(_shortened(unknown), ", ".join(table.names)))
    if not value:
        raise QueryError(translate("Query", "Write a value after {0} {1}").format(_shortened(name), sign))
    if column == "index":
        return _number(column, sign, value, np.asarray(table.index))
    if column == "tag":
        return _tag(sign, value, table)
    if column == CAPTION:
        return _caption(sign, value, table)
    if column == "file":
        return _text(
            column, sign, value, [[file, file.replace("\\", "/").rpartition("/")[2]] for file in table.files], listed=False
        )
    assert table.labels is not None
    values = np.asarray(table.labels.columns[column])
    if table.labels.kinds.get(column, "category") in ("number", "angle"):
        return _number(column, sign, value, values)
    codes = values.astype(np.int64)
    categories = samples.names(column)
    categories = [*categories, *([str(code)] for code in range(len(categories), codes.max(initial=-1) + 1))]
    # The last entry is reached by the code -1, unknown.
    selected = np.append(_text(column, sign, value, categories), sign == "!=")
    return np.asarray(selected[codes], bool)


def _number(column: str, sign: str, value: str, values: NDArray[np.generic]) -> Selected:
    try:
        target = float(value.rstrip("°").removeprefix("#"))
    except ValueError:
        target = math.nan
    if math.isnan(target):
        raise QueryError(translate("Query", "{0} is a number. '{1}' is not a number.").format(column, _shortened(value)))
    if sign == "~":
        raise QueryError(translate("Query", "{0} is a number: compare it by =, !=, <, <=, > or >=.").format(column))
    numbers = values.astype(np.float64)
    with np.errstate(invalid="ignore"):
        if sign in ORDER:
            return np.asarray(ORDER[sign](numbers, target), bool)
        # Stored numbers have the precision of float32.
        equal = np.isclose(numbers, target, rtol=1e-6, atol=1e-9)
        return equal if sign == "=" else ~equal & np.isfinite(numbers)


def _text(column: str, sign: str, value: str, categories: Sequence[Sequence[str]], listed: bool = True) -> Selected:
    """Which of the categories, each given by all its names, match."""
    if sign in ORDER:
        raise QueryError(translate("Query", "{0} is not a number: compare it by =, != or ~.").format(column))
    target = _normalized(value)

    def matching(name: str) -> bool:
        return target in _normalized(name) if sign == "~" else target == _normalized(name)

    matches = np.array([any(matching(name) for name in names) for names in categories], bool)
    if not matches.any():
        known = list(dict.fromkeys(name for names in categories for name in names)) if listed else []
        hint = (
            nearest(value, known)
            if len(known) > 12
            else translate("Query", "Known: {0}.").format(", ".join(known))
            if known
            else ""
        )
        words = translate("Query", "{0} has no {1}.").format(column, repr(_shortened(value)))
        raise QueryError(f"{words} {hint}".rstrip())
    return ~matches if sign == "!=" else matches


def _caption(sign: str, value: str, table: Table) -> Selected:
    condition = _caption_condition(sign, value)
    if condition is None:
        raise QueryError(translate("Query", "{0} is not a number: compare it by =, != or ~.").format(CAPTION))
    selected = table.captions.get(condition)
    if selected is None:
        return np.ones(len(table.index), bool)
    if not selected.any():
        text = {
            "~": translate("Query", "No caption of a sample on this map contains '{0}'."),
            "=": translate("Query", "No caption of a sample on this map is '{0}'. To find words in captions: caption ~ words."),
            "!=": translate("Query", "Every sample on this map that has captions has the caption '{0}'."),
        }
        raise QueryError(text[condition.sign].format(_shortened(value)))
    return selected


def _tag(sign: str, value: str, table: Table) -> Selected:
    if _normalized(value) == NONE and sign != "~":
        tagged = np.isin(table.index, [index for indices in table.tags.values() for index in indices])
        return tagged if sign == "!=" else ~tagged
    names = list(table.tags)
    matches = _text("tag", "=" if sign == "!=" else sign, value, [[name] for name in names])
    indices = [index for name, match in zip(names, matches, strict=True) if match for index in table.tags[name]]
    selected = np.isin(table.index, indices)
    return ~selected if sign == "!=" else selected


def _by_text(words: str, samples: _Samples) -> Selected:
    text, table = _normalized(words), samples.table
    selected = np.zeros(len(table.index), bool)
    if table.labels is not None and "class" in table.labels.columns:
        codes = [code for code, names in enumerate(samples.names("class")) if any(text in _normalized(name) for name in names)]
        selected |= np.isin(np.asarray(table.labels.columns["class"]), codes)
    for name, indices in table.tags.items():
        if text in _normalized(name):
            selected |= np.isin(table.index, list(indices))
    if samples.files:
        selected |= np.array([text in file for file in samples.files], bool)
    if not selected.any():
        message = translate("Query", "No class, file or tag contains '{0}'. To compare: {1}, as in index < 500.")
        hint = translate("Query", "To find words in captions: caption ~ words.") if CAPTION in table.names else ""
        raise QueryError(f"{message.format(_shortened(words), ', '.join(table.names))} {hint}".rstrip())
    return selected


def _shortened(text: str) -> str:
    return text if len(text) <= REPEATED else f"{text[:REPEATED]}…"


def _normalized(text: str) -> str:
    return text.strip().casefold()


def _unquoted(text: str) -> str:
    return unquoted(text, LANGUAGE)
