"""What two or more configs do not share: the keys that differ, their values side by side. Plain values in, no torch, no files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any


class Absent(Enum):
    """The value of a key that a config does not have."""

    ABSENT = "absent"


ABSENT = Absent.ABSENT
# A person's words about a run, not settings of it.
WORDS = ("name", "notes", "tags")
# What a run wrote down of itself, no setting of it either.
RECORDED = ("train.plan", "backbone.module.text")


@dataclass(frozen=True)
class KeyRow:
    """One key of several configs. `key` is the dotted path that `--set` takes ("views.groups.0.flip", counted from 0), `values`
    has one value a config, ABSENT where a config lacks the key, `same`: whether all are equal."""

    key: str
    values: tuple[Any, ...]
    same: bool


def flatten(values: Mapping[str, Any]) -> dict[str, Any]:
    """Nested values as `{"optim.lr": 0.002}`, in their order. The items of a list of groups go by their place from 0; any other
    list is one value. An empty group is one value, too."""
    flat: dict[str, Any] = {}
    for key, value in values.items():
        if _is_group(value):
            flat.update({f"{key}.{inner}": deep for inner, deep in flatten(_group(value)).items()})
        else:
            flat[str(key)] = value
    return flat


def difference(configs: Sequence[Mapping[str, Any]], leave: Iterable[str] = WORDS) -> tuple[KeyRow, ...]:
    """All keys of nested configs with their values, in the order in which they are declared; `leave` names keys at the top to
    leave out.

    A group that some configs have and others lack (a second kind of views) is one row, where those that have it agree on it."""
    left_out = set(leave)
    return tuple(_rows("", [{key: value for key, value in config.items() if key not in left_out} for config in configs]))


def written(value: Any) -> str:
    """A value as a person would write it after `--set`: true, 0.002, [a, b]; a group as "count 6, role local"."""
    if value is ABSENT:
        return "–"
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {written(inner)}" for key, inner in value.items()) or "{}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(written(inner) for inner in value)}]"
    return str(value) if value != "" else "''"


def to_markdown(titles: Sequence[str], rows: Iterable[KeyRow], figures: Mapping[str, Sequence[str]] | None = None) -> str:
    """A table of GitHub's markdown: a column a config, the keys that differ, under them `figures` (name to one text a config)."""
    lines = [_line(["", *titles]), _line(["---"] * (len(titles) + 1))]
    for row in rows:
        if not row.same:
            lines.append(_line([f"`{row.key}`", *(written(value) for value in row.values)]))
    for name, texts in (figures or {}).items():
        lines.append(_line([f"**{name}**", *texts]))
    return "\n".join(lines) + "\n"


def _rows(prefix: str, groups: Sequence[Any]) -> list[KeyRow]:
    """The rows of groups that lie at the same place of several configs; ABSENT for a config that has none there."""
    rows: list[KeyRow] = []
    for key in _keys(groups):
        values = [group.get(key, ABSENT) if isinstance(group, Mapping) else ABSENT for group in groups]
        path = f"{prefix}{key}"
        if path in RECORDED:
            continue
        there = [value for value in values if value is not ABSENT]
        if all(_is_group(value) for value in there) and not (_one_absent(values) and _all_equal(there)):
            rows += _rows(f"{path}.", [value if value is ABSENT else _group(value) for value in values])
        else:
            rows.append(KeyRow(path, tuple(values), len(there) == len(values) and _all_equal(there)))
    return rows


def _keys(groups: Sequence[Any]) -> list[str]:
    """All keys; one that only a later group has comes behind the key that it follows there."""
    order: list[str] = []
    for group in groups:
        if not isinstance(group, Mapping):
            continue
        index = 0
        for key in group:
            if key in order:
                index = order.index(key) + 1
            else:
                order.insert(index, key)
                index += 1
    return order


def _is_group(value: Any) -> bool:
    if isinstance(value, Mapping):
        return bool(value)
    return isinstance(value, (list, tuple)) and bool(value) and all(isinstance(item, Mapping) for item in value)


def _group(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {str(index): item for index, item in enumerate(value)}


def _one_absent(values: Sequence[Any]) -> bool:
    return any(value is ABSENT for value in values)


def _all_equal(values: Sequence[Any]) -> bool:
    return all(equal(values[0], value) for value in values[1:])


def equal(one: Any, other: Any) -> bool:
    """Whether two values mean the same to a run: 1 and 1.0 do, 1 and true do not; a list and a tuple do."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(equal(value, other[key]) for key, value in one.items())
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(equal(a, b) for a, b in zip(one, other, strict=True))
    return bool(one == other)


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
