"""Rows that other packages add to the tables of this program by entry points (methods, data sources, evaluation tasks, panels,
encoders).

A package declares in its pyproject.toml

    [project.entry-points."parallax.methods"]
    my_method = "my_package.rows:MY_METHOD"

where the value is the row itself, as in the program's own table, and the name its id. A row that cannot be used is reported with a
message (`problems`) and left out. This module does not import torch, and a row's module should not either.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, TypeVar

Row = TypeVar("Row")

METHODS = "parallax.methods"
DATA = "parallax.data"
EVALUATION = "parallax.evaluation"
PANELS = "parallax.panels"
ENCODERS = "parallax.encoders"


@dataclass(frozen=True)
class PluginProblem:
    """A row of another package that is not used. `group`: the table ("parallax.methods"); `name`: of the entry point; `package`:
    the distribution that declares it; `error`: why, in a sentence or two."""

    group: str
    name: str
    package: str
    error: str

    def __str__(self) -> str:
        return f"{self.group} '{self.name}' of the package {self.package} is not used: {self.error}"


@dataclass(frozen=True)
class PluginRow:
    """A loaded entry point: the `row`, of its table's type, and the `package` that declares it."""

    name: str
    package: str
    row: Any


@cache
def load_group(group: str) -> tuple[tuple[PluginRow, ...], tuple[PluginProblem, ...]]:
    """Every entry point of a group, loaded once a process, in the order of package and name; and those that cannot be loaded."""
    rows: list[PluginRow] = []
    broken: list[PluginProblem] = []
    for point in sorted(entry_points(group=group), key=lambda point: (_package(point), point.name)):
        try:
            rows.append(PluginRow(point.name, _package(point), point.load()))
        except Exception as error:  # code of others may fail in any way
            broken.append(PluginProblem(group, point.name, _package(point), sentence(error)))
    return tuple(rows), tuple(broken)


_REFUSED: dict[str, tuple[PluginProblem, ...]] = {}


def plugin_rows(group: str, kind: type[Row], own: Collection[str], check: Callable[[Row], str] | None = None) -> tuple[Row, ...]:
    """The usable rows that other packages add to a table.

    Args:
        group: the entry points' group, "parallax.methods" for example.
        kind: the rows' type, a dataclass with `id` and `package`.
        own: ids that the program's own rows have; a row of another package cannot take one of them.
        check: what is wrong with a row, in a sentence; "" where nothing is.

    Returns:
        The rows, with `package` set to the distribution's name. Those that are not among them are in `problems(group)`.
    """
    loaded, _ = load_group(group)
    taken = dict.fromkeys(own, "of this program")
    usable: list[Row] = []
    refused: list[PluginProblem] = []
    for item in loaded:
        error = _refusal(item, kind, taken) or (check(item.row) if check is not None else "")
        if error:
            refused.append(PluginProblem(group, item.name, item.package, error))
            continue
        taken[item.name] = f"of the package {item.package}"
        usable.append(dataclasses.replace(item.row, package=item.package))
    _REFUSED[group] = tuple(refused)
    return tuple(usable)


def problems(group: str) -> tuple[PluginProblem, ...]:
    """The rows of a table that cannot be used, once the table has been read."""
    return (*load_group(group)[1], *_REFUSED.get(group, ()))


def problem_of(group: str, id: str) -> str:
    """A message why the row of this id is not used; "" where no package has one, or it is used."""
    return next((str(problem) for problem in problems(group) if problem.name == id), "")


def sentence(error: BaseException) -> str:
    """An exception of another package's code in one sentence: its type and message."""
    text = " ".join(str(error).split())[:300].rstrip(".")
    return f"{type(error).__name__}: {text}." if text else f"{type(error).__name__}."


def _refusal(item: PluginRow, kind: type[Any], taken: dict[str, str]) -> str:
    if not isinstance(item.row, kind):
        return f"its value must be a {kind.__name__} of {kind.__module__}. Got a {type(item.row).__name__}."
    id = str(getattr(item.row, "id", ""))
    if id != item.name:
        return f"the entry point's name must be the id of its row, '{id}'. Rename one of the two."
    if id in taken:
        return f"the name exists already, as a row {taken[id]}. Choose another id."
    return ""


def _package(point: EntryPoint) -> str:
    return point.dist.name if point.dist is not None else point.value.split(".")[0].split(":")[0]
