"""Differences of configs: key paths, missing keys and groups, and a Markdown table."""

from __future__ import annotations

from typing import Any

import pytest

from engine.config.difference import ABSENT, difference, equal, flatten, to_markdown, written
from engine.config.run import RunConfig
from engine.config.text import assignments, merge


def differing(*configs: dict[str, Any]) -> dict[str, tuple[Any, ...]]:
    return {row.key: row.values for row in difference(configs) if not row.same}


def whole(*pairs: str) -> dict[str, Any]:
    base = RunConfig(views={"groups": [{"count": 2}, {"count": 1}]}).model_dump(mode="json")  # type: ignore[arg-type]
    return merge(base, assignments(pairs))


@pytest.mark.parametrize("pair", ["optim.lr=0.1", "train.seed=3", "views.groups.1.flip=0.25", "method.id=byol"])
def test_a_changed_setting_is_listed_under_its_key(pair: str) -> None:
    key, _, text = pair.partition("=")
    differences = differing(whole(), whole(pair))
    assert list(differences) == [key]
    assert written(differences[key][1]) == text


def test_every_key_is_listed_once_and_equal_values_are_marked() -> None:
    rows = difference([whole(), whole("optim.lr=0.1"), whole()])
    keys = [row.key for row in rows]
    assert len(keys) == len(set(keys))
    assert set(keys) == set(flatten(whole())) - {"name", "notes", "tags", "train.plan"}
    assert [row.key for row in rows if not row.same] == ["optim.lr"]
    assert not [row for row in difference([whole()]) if not row.same]


def test_keys_of_other_methods_are_absent_and_sorted_among_their_siblings() -> None:
    one = {"method": {"id": "simclr", "temperature": 0.2, "out_dim": 128}, "train": {"batch": 64}}
    other = {"method": {"id": "byol", "momentum": 0.99, "out_dim": 128}, "train": {"batch": 64}}
    differences = differing(one, other)
    assert list(differences) == ["method.id", "method.momentum", "method.temperature"]
    assert differences["method.temperature"] == (0.2, ABSENT)
    assert differences["method.momentum"] == (ABSENT, 0.99)


def test_groups_of_views_are_compared_by_index() -> None:
    two = {"views": {"groups": [{"count": 2, "flip": 0.5}, {"count": 6, "flip": 0.5}]}}
    assert differing(two, {"views": {"groups": [{"count": 2, "flip": 0.0}, {"count": 6, "flip": 0.5}]}}) == {
        "views.groups.0.flip": (0.5, 0.0)
    }
    one = {"views": {"groups": [{"count": 2, "flip": 0.5}]}}
    differences = differing(two, one, two)
    assert differences == {"views.groups.1": ({"count": 6, "flip": 0.5}, ABSENT, {"count": 6, "flip": 0.5})}
    assert written(differences["views.groups.1"][0]) == "count 6, flip 0.5"
    # The configs that have the group differ in it, so that one row has no single value.
    other = {"views": {"groups": [{"count": 2, "flip": 0.5}, {"count": 4, "flip": 0.5}]}}
    assert differing(two, one, other) == {"views.groups.1.count": (6, ABSENT, 4), "views.groups.1.flip": (0.5, ABSENT, 0.5)}


def test_an_empty_list_and_a_value_differ_from_groups() -> None:
    assert differing({"views": {"groups": []}}, {"views": {"groups": [{"count": 2}]}}) == {"views.groups": ([], [{"count": 2}])}
    assert differing({"a": 1}, {"a": {"b": 2}}) == {"a": (1, {"b": 2})}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [(1, 1.0, True), (1, True, False), (0, False, False), ([1, 2], (1, 2), True), ("1", 1, False), ([1], [True], False)],
)
def test_values_are_equal_if_a_run_treats_them_equally(one: object, other: object, same: bool) -> None:
    assert equal(one, other) is same
    assert equal(other, one) is same


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (None, "null"),
        (0.002, "0.002"),
        (1.0, "1.0"),
        (1e-05, "1e-05"),
        ("", "''"),
        (["a", 1], "[a, 1]"),
        (ABSENT, "–"),
    ],
)
def test_values_are_written_as_they_are_set(value: object, text: str) -> None:
    assert written(value) == text


def test_the_markdown_table_has_a_column_per_run_and_escapes_its_text() -> None:
    rows = difference([{"a": 1, "b": 2}, {"a": 1, "b": "x|y"}])
    text = to_markdown(["first", "second|half"], rows, {"best kNN": ("0.5", "0.6")})
    assert text.splitlines() == [
        "|  | first | second\\|half |",
        "| --- | --- | --- |",
        "| `b` | 2 | x\\|y |",
        "| **best kNN** | 0.5 | 0.6 |",
    ]
