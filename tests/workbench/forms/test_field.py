"""Fields made from schemas, and reading and showing numbers."""

from __future__ import annotations

import pytest

from engine.config.part import Part
from engine.config.run import RunConfig
from workbench.forms.field import Field, fields, flat, get, put, read_number, show_number


def by_key() -> dict[str, Field]:
    return {field.key: field for field in fields(RunConfig.model_json_schema())}


def test_every_setting_has_a_field_except_view_groups_and_what_the_program_writes() -> None:
    def leaves(part: object, prefix: str = "") -> list[str]:
        keys = []
        for name, value in part.__dict__.items():
            key = f"{prefix}{name}"
            keys += leaves(value, f"{key}.") if isinstance(value, Part) else [key]
        return keys

    assert set(by_key()) == set(leaves(RunConfig())) - {"views.groups", "backbone.module"}


def test_kinds_bounds_units_and_help_come_from_the_schema() -> None:
    by_name = by_key()
    lr = by_name["optim.lr"]
    assert (lr.kind, lr.default, lr.low, lr.exclusive_low, lr.high) == ("float", 0.002, 0, True, 100)
    assert lr.allowed() == "above 0 and at most 100"
    assert by_name["train.batch"].unit == "images"
    assert by_name["monitor.pictures"].kind == "bool"
    assert by_name["optim.name"].choices == ("adamw", "sgd", "lars")
    assert by_name["tags"].kind == "list"
    assert by_name["optim.beta2"].advanced
    assert all(field.help for field in by_name.values())


def test_titles_are_readable() -> None:
    by_name = by_key()
    assert by_name["optim.lr"].title == "Learning rate"
    assert by_name["monitor.knn_every"].title == "kNN every"
    assert by_name["data.source"].title == "Data"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0001, "0.0001"),
        (1e-5, "1e-5"),
        (0.2, "0.2"),
        (256, "256"),
        (0, "0"),
        (0.0, "0"),
        (1e9, "1e9"),
        (1.5e-7, "1.5e-7"),
        (30.0, "30"),
    ],
)
def test_numbers_are_shown_in_a_short_form(value: float, text: str) -> None:
    assert show_number(value) == text
    assert read_number(text, whole=False) == value


@pytest.mark.parametrize(
    ("text", "whole", "value"),
    [("1e-3", False, 0.001), (".5", False, 0.5), ("0,5", False, 0.5), ("1,000", True, 1000), ("−2", False, -2.0), ("3.0", True, 3)],
)
def test_numbers_are_read_as_people_write_them(text: str, whole: bool, value: float) -> None:
    assert read_number(text, whole) == value


@pytest.mark.parametrize(
    ("text", "whole"), [("", False), ("abc", False), ("nan", False), ("inf", False), ("1.5", True), ("1e", False)]
)
def test_text_that_is_no_number_is_read_as_none(text: str, whole: bool) -> None:
    assert read_number(text, whole) is None


def test_accepts_checks_the_bounds() -> None:
    field = Field("x", "X", "", "float", 1.0, low=0.0, high=1.0, exclusive_low=True)
    assert [field.accepts(value) for value in (0.0, 1e-9, 1.0, 1.1, float("nan"))] == [False, True, True, False, False]


def test_nested_values_are_read_and_written_by_dotted_keys() -> None:
    values: dict[str, object] = {"a": {"b": 1}}
    put(values, "a.c", 2)
    put(values, "d.e.f", 3)
    assert get(values, "a.c") == 2
    assert get(values, "a.x.y", "none") == "none"
    assert flat(values) == {"a.b": 1, "a.c": 2, "d.e.f": 3}
