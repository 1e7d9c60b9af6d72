"""CSV that a spreadsheet shows and does not obey."""

from __future__ import annotations

import csv
import io

import pytest

from engine.runs.csv_rows import CsvRows, cell_of


@pytest.mark.parametrize(
    "text", ["=1+1", "@SUM(1)", "+1", "-2+3", "-", "\t=1", "\r=1", "\n=1", "\uff1d1", "-cmd", "=cmd|' /C calc'!A0"]
)
def test_what_would_be_a_formula_is_text(text: str) -> None:
    assert cell_of(text) == f"'{text}"


@pytest.mark.parametrize("value", ["-0.5", "-3", "-1e-05", "-inf", "nan", "", "a=b", "cat", -3, -0.5, None, 7])
def test_numbers_and_other_texts_stay_as_they_are(value: object) -> None:
    assert cell_of(value) == value


def test_rows_are_read_back_as_they_were() -> None:
    text = io.StringIO()
    rows = CsvRows(text)
    rows.row(["class", "x"])
    rows.row(['a "b", c\nd', -1.5])
    rows.row(["=x\udcff", None])
    text.getvalue().encode("utf-8")
    assert list(csv.reader(io.StringIO(text.getvalue()))) == [["class", "x"], ['a "b", c\nd', "-1.5"], ["'=x\\udcff", ""]]
