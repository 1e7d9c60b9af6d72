"""The examples of docs/adding.md: a source with a column and an evaluation task, each as its row."""

from __future__ import annotations

import re
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from engine.config.run import DataConfig
from engine.data import source_table
from engine.data.columns import sets_with
from engine.data.open import open_dataset
from engine.evaluate import task_table

PAGE = Path(__file__).parents[2] / "docs" / "adding.md"


@pytest.fixture
def rows(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The module of the page's examples, whose rows are in the tables."""
    module = types.ModuleType("my_rows")
    for block in re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL):
        if "SOURCE = " in block or "TASK = " in block:
            exec(block, vars(module))
    monkeypatch.setitem(sys.modules, "my_rows", module)
    monkeypatch.setattr(source_table, "SOURCES", (*source_table.SOURCES, module.SOURCE))
    monkeypatch.setattr(task_table, "TASKS", (*task_table.TASKS, module.TASK))
    tables = (source_table.sources, task_table.tasks)
    for table in tables:
        table.cache_clear()
    yield module
    monkeypatch.undo()
    for table in tables:
        table.cache_clear()


def test_the_source_brings_its_column(rows: Any, tmp_path: Path) -> None:
    data = open_dataset(DataConfig(source="greys", root=str(tmp_path), size=8))
    assert data.columns == ("captions",)
    assert data.captions is not None
    assert data.captions.texts[2] == (f"a grey of {int(data.images[2].max())}",) == ("a grey of 24",)
    assert "greys" in sets_with(("captions",))


def test_the_task_gives_its_figure(rows: Any) -> None:
    row = task_table.task("active")
    assert row is not None
    features = {"trained": torch.tensor([[1.0, 2.0], [-1.0, 3.0]]), "untrained": torch.tensor([[-1.0, -2.0], [-1.0, 3.0]])}
    subject = SimpleNamespace(encoders=tuple(features), features=lambda encoder: {"test": features[encoder]})
    [figure] = row.load()(subject)  # type: ignore[arg-type]  # what a task sees of a subject
    assert (figure.part, figure.trained, figure.untrained) == ("active", 0.75, 0.25)
