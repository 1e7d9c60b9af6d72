"""CSV files from which a spreadsheet does not execute formulas."""

from __future__ import annotations

import csv
import io

import pytest

from engine.runs.csv_rows import CsvRows, cell_of


@pytest.mark.parametrize(
    "text", ["=1+1", "@SUM(1)", "+1", "-2+3", "-", "\t=1", "\r=1", "\n=1", "\uff1d1", "-cmd", "=cmd|' /C calc'!A0"]
)
def test_formulas_are_escaped_as_text(text: str) -> None:
    assert cell_of(text) == f"'{text}"


@pytest.mark.parametrize("value", ["-0.5", "-3", "-1e-05", "-inf", "nan", "", "a=b", "cat", -3, -0.5, None, 7])
def test_numbers_and_other_texts_are_unchanged(value: object) -> None:
    assert cell_of(value) == value


def test_rows_are_read_as_they_were_written() -> None:
    text = io.StringIO()
    rows = CsvRows(text)
    rows.row(["class", "x"])
    rows.row(['a "b", c\nd', -1.5])
    rows.row(["=x\udcff", None])
    text.getvalue().encode("utf-8")
    assert list(csv.reader(io.StringIO(text.getvalue()))) == [["class", "x"], ['a "b", c\nd', "-1.5"], ["'=x\\udcff", ""]]
