"""The arrangement of plots as names."""

from __future__ import annotations

import pytest

from workbench.panels.curves import plot_layout
from workbench.panels.curves.plot_layout import DEFAULT, MOST

ABC = ("a", "b", "c")


def test_plots_are_added_once_and_removed_but_for_the_last() -> None:
    assert plot_layout.add(ABC, "d") == ("a", "b", "c", "d")
    assert plot_layout.add(ABC, "b") == ABC
    full = tuple(str(number) for number in range(MOST))
    assert plot_layout.add(full, "x") == full
    assert plot_layout.remove(ABC, "b") == ("a", "c")
    assert plot_layout.remove(("a",), "a") == ("a",)


def test_another_figure_takes_a_position_and_never_stands_twice() -> None:
    assert plot_layout.replace(ABC, "b", "x") == ("a", "x", "c")
    assert plot_layout.replace(ABC, "b", "c") == ("a", "c", "b")
    assert plot_layout.replace(ABC, "x", "y") == ABC


@pytest.mark.parametrize(
    ("name", "by", "moved"),
    [("a", 1, "bac"), ("c", -2, "cab"), ("a", -1, "abc"), ("c", 1, "abc"), ("a", 9, "bca"), ("x", 1, "abc")],
)
def test_plots_move(name: str, by: int, moved: str) -> None:
    assert plot_layout.move(ABC, name, by) == tuple(moved)


def test_a_plot_is_put_where_another_stands() -> None:
    assert plot_layout.put_at(("a", "b", "c", "d"), "d", "b") == ("a", "d", "b", "c")
    assert plot_layout.put_at(("a", "b", "c", "d"), "a", "c") == ("b", "c", "a", "d")
    assert plot_layout.put_at(ABC, "x", "a") == ABC


def test_what_was_saved_is_restored_and_anything_else_is_the_default() -> None:
    assert plot_layout.from_text(plot_layout.to_text(("lr", "loss"))) == ("lr", "loss")
    for text in ("", "3", "{", "[]", '{"a": 1}', "[1, null]", "[" * 5000):
        assert plot_layout.from_text(text) == DEFAULT
    assert plot_layout.from_text('["a", 3, "a", "b"]') == ("a", "b")


@pytest.mark.parametrize(
    ("width", "count", "columns"),
    [
        (700, 3, 3),
        (700, 4, 2),
        (700, 5, 3),
        (700, 1, 1),
        (700, 2, 2),
        (700, 0, 1),
        (400, 3, 2),
        (200, 3, 1),
        (50, 4, 1),
        (1900, 9, 3),
    ],
)
def test_rows_are_even_and_plots_not_too_narrow(width: int, count: int, columns: int) -> None:
    assert plot_layout.columns(width, count) == columns
