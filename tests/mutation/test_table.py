"""Every row of the table of mutations applies to the tree, and the program distinguishes its outcomes."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.mutation.__main__ import CAUGHT, ERROR, STALE, SURVIVED, try_row
from tests.mutation.table import Mutation, fault, rows


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.id)
def test_every_row_applies(row: Mutation) -> None:
    assert fault(row) == ""


def test_ids_are_unique() -> None:
    assert [id for id, count in Counter(row.id for row in rows()).items() if count > 1] == []


@pytest.mark.parametrize(("old", "new", "outcome"), [
    ("x + 1", "x + 2", CAUGHT),
    ("x + 1", "1 + x", SURVIVED),
    ("x - 1", "x + 1", STALE),
    ("return", "", STALE),
    ("x + 1", "x + (", ERROR),
])  # fmt: skip
def test_the_outcome_of_a_row_is_caught_survived_stale_or_error(
    old: str, new: str, outcome: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # the small tree needs none, and Qt takes seconds
    (tmp_path / "source.py").write_text("def f(x):\n    return x + 1\n\n\ndef g(x):\n    return x\n")
    (tmp_path / "test_source.py").write_text("from source import f\n\n\ndef test_f():\n    assert f(1) == 2\n")
    result = try_row(Mutation("one", "source.py", old, new, "f is wrong", ("test_source.py::test_f",)), tmp_path)
    assert result.outcome == outcome, result.detail
    assert (tmp_path / "source.py").read_text().count("x + 1") == 1


@pytest.mark.parametrize("tests", [(), ("test_other.py",), ("test_source.py::test_g",)])
def test_a_row_names_tests_that_exist(tests: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "source.py").write_text("x = 1\n")
    (tmp_path / "test_source.py").write_text("def test_f(): pass\n")
    assert fault(Mutation("one", "source.py", "x = 1", "x = 2", "x is wrong", tests), tmp_path)
    assert not fault(Mutation("one", "source.py", "x = 1", "x = 2", "x is wrong", ("test_source.py::test_f",)), tmp_path)
