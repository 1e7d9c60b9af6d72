"""Retired words do not come back."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.plain_english import ROOT, STORED, Occurrence, counts, occurrences


def test_the_tree_has_no_retired_word() -> None:
    assert counts() == {}, "Reword them; `python -m tests.plain_english FILE` lists them."


@pytest.mark.parametrize("file", STORED)
def test_every_exempt_word_occurs(file: str) -> None:
    assert {hit.word for hit in occurrences(ROOT / file, stored={})} >= set(STORED[file])


def listed(tmp_path: Path, name: str, text: str) -> list[tuple[int, str]]:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return [(hit.line, hit.word) for hit in occurrences(path, tmp_path)]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("engine/a.py", "found = 1\n", [(1, "found")]),
        ("engine/a.py", "x = y._asked\n", [(1, "_asked")]),
        ("engine/a.py", 'raise ValueError("The file was not found, as was said.")\n', []),
        ("engine/a.py", "except_ = FileNotFoundError\n", []),
        ("engine/a.py", "loss = out.each * 2\nOut(each=loss)\nfor each in x: pass\neach = 1\n", [(1, "each"), (2, "each")]),
        ("engine/a.py", '"""One line.\n\nThe maker\'s loss, by chance.\n"""\n', [(3, "maker's"), (3, "by chance")]),
        ("engine/a.py", "x = 1  # paint what is hidden\n", [(1, "paint")]),
        ("workbench/a.py", "x = 1  # paint the points\n", []),
        ("workbench/a.py", "y = 'an address'  # the shape of the marker; a makeshift, a worn-out word\n", []),
        ("workbench/whole.py", "", [(0, "whole")]),
        ("docs/a.md", "One.\n\nIt needs a look.\n", [(3, "needs a look")]),
        ("assets/a.ts", "<TS><message><source>Wearing</source><translation>guess</translation></message></TS>", [(1, "wearing")]),
    ],
)
def test_which_words_count(tmp_path: Path, name: str, text: str, expected: list[tuple[int, str]]) -> None:
    assert listed(tmp_path, name, text) == expected


def test_every_word_has_a_remedy(tmp_path: Path) -> None:
    path = tmp_path / "engine.py"
    path.write_text("found = 'knows nothing'\n", encoding="utf-8")
    assert occurrences(path, tmp_path) == [
        Occurrence(1, "found", "the thing itself: entry, request, message"),
        Occurrence(1, "knows nothing", "chance or baseline"),
    ]
