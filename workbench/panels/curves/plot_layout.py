"""Which plots the Curves panel shows, in which order and arrangement. Pure: names in, names out.

A layout is a tuple of the names of figures ("loss", "eval.knn"), each once and at least one. The first has a plot across the whole
width; the others follow in rows below it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping

from engine.config.small_files import parse_json

Layout = tuple[str, ...]
DEFAULT: Layout = ("loss", "eval.knn", "diagnostics.rank_features", "diagnostics.std")
# What stands in the place of a figure of the first start that no run has: images without labels have no kNN, and an agent none.
INSTEAD: Mapping[str, Layout] = {"eval.knn": ("eval.task", "eval.rank")}
MOST = 24  # plots
NARROWEST = 190  # px, the width of a plot in a row
MOST_COLUMNS = 3
# Heights in px: of the first plot, of a plot in a row. Below them the panel is scrolled.
LEAST_FIRST, LEAST_ROW = 190, 150


def first_start(names: Collection[str]) -> Layout:
    """The plots of the first start, for runs that have the figures `names`: DEFAULT, with others in the place of those that are
    missing."""
    return tuple(next((one for one in (name, *INSTEAD.get(name, ())) if one in names), name) for name in DEFAULT)


def add(layout: Layout, name: str) -> Layout:
    """With a figure at the end; unchanged where it has a plot already, or there are as many as can be."""
    return layout if name in layout or len(layout) >= MOST else (*layout, name)


def remove(layout: Layout, name: str) -> Layout:
    """Without a figure; the last plot stays."""
    return tuple(other for other in layout if other != name) or layout


def replace(layout: Layout, old: str, new: str) -> Layout:
    """With `new` in the position of `old`; where `new` has a plot, the two change positions."""
    return tuple({old: new, new: old}.get(name, name) for name in layout) if old in layout else layout


def move(layout: Layout, name: str, by: int) -> Layout:
    """With a figure `by` positions later, or earlier where it is negative, at most to either end."""
    if name not in layout:
        return layout
    target = min(max(layout.index(name) + by, 0), len(layout) - 1)
    rest = [other for other in layout if other != name]
    return (*rest[:target], name, *rest[target:])


def put_at(layout: Layout, name: str, target: str) -> Layout:
    """With a figure in the position of `target`; those between the two move up."""
    if name not in layout or target not in layout:
        return layout
    return move(layout, name, layout.index(target) - layout.index(name))


def valid(names: Iterable[object]) -> Layout:
    """The names that can be in a layout, each once; DEFAULT where there is none."""
    texts = dict.fromkeys(name for name in names if isinstance(name, str) and name)
    return tuple(texts)[:MOST] or DEFAULT


def to_text(layout: Layout) -> str:
    """A layout as it is saved."""
    return json.dumps(layout)


def from_text(text: str) -> Layout:
    """A saved layout; DEFAULT for a text that is none."""
    try:
        names = parse_json(text)
    except ValueError:
        return DEFAULT
    return valid(names) if isinstance(names, list) else DEFAULT


def columns(width: int, count: int) -> int:
    """How many of `count` plots stand beside each other in the rows of a panel `width` px wide: as few rows as there must be, and
    those of about the same number of plots."""
    most = max(1, min(MOST_COLUMNS, width // NARROWEST))
    rows = -(-count // most)
    return -(-count // rows) if rows else 1
