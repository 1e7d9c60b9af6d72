"""The examples in docstrings, run as doctests, each module in an empty working folder with its own runs."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

from engine import api

ROOT = Path(__file__).parents[2]
MODULES = [
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for path in sorted((ROOT / "engine").rglob("*.py"))
    if ">>> " in path.read_text(encoding="utf-8")
]


@pytest.mark.parametrize("name", MODULES)
def test_examples_give_the_output_that_they_show(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PARALLAX_RUNS", str(tmp_path / "runs"))
    if name == "engine.api":
        # The run that the examples use as the newest.
        api.train("simclr", steps=2, settings={"data.count": 120, "train.batch": 16, "monitor.embed_images": 0})
    result = doctest.testmod(importlib.import_module(name), optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    assert result.attempted > 0
    assert result.failed == 0


def test_the_public_interface_has_examples() -> None:
    assert "engine.api" in MODULES
