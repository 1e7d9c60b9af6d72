"""The scripts and the notebook under examples/, run from start to end with a few steps."""

from __future__ import annotations

import json
import runpy
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture
def run_script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., list[str]]:
    """Runs a script as `python SCRIPT ARGUMENTS` would, from an empty directory; gives the lines that it printed."""
    monkeypatch.setenv("PARALLAX_RUNS", str(tmp_path / "runs"))
    monkeypatch.chdir(tmp_path)

    def run(name: str, *arguments: object) -> list[str]:
        monkeypatch.setattr(sys, "argv", [name, *map(str, arguments)])
        runpy.run_path(str(EXAMPLES / name), run_name="__main__")
        return capsys.readouterr().out.splitlines()

    return run


def test_train_and_embed(tmp_path: Path, run_script: Callable[..., list[str]]) -> None:
    lines = run_script("train_and_embed.py", "--steps", 2, "--count", 96, "--batch", 16, "--out", tmp_path)
    assert Path(lines[0]).parent == tmp_path / "runs"
    assert lines[1].startswith("features of 96 images, ")
    features = np.load(tmp_path / "features.npy")
    assert features.shape[0] == 96
    assert np.isfinite(features).all()
    weights = torch.load(tmp_path / "encoder.pt", weights_only=True)
    assert weights["mean"].shape == (3,)
    assert [line.partition(":")[0] for line in lines[2:]] == ["knn", "knn_200"]


def test_add_a_data_source(tmp_path: Path, run_script: Callable[..., list[str]]) -> None:
    lines = run_script("add_a_data_source.py", "--count", 200, "--steps", 2, "--batch", 32, "--out", tmp_path / "my.npz")
    assert "my" in Path(lines[0]).name
    with np.load(tmp_path / "my.npz") as file:
        assert len(file["train_images"]) + len(file["test_images"]) == 200
    assert lines[1].startswith("kNN on the test digits: ")


def test_the_notebook(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("PARALLAX_RUNS", str(tmp_path / "runs"))
    notebook = json.loads((EXAMPLES / "first_run.ipynb").read_text(encoding="utf-8"))
    names: dict[str, Any] = {}
    cells = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    for number, cell in enumerate(cells):
        exec(compile(cell, f"first_run.ipynb, code cell {number}", "exec"), names)
        if number == 0:  # the cell of constants
            names |= {"STEPS": 2, "SETTINGS": {"data.count": 96, "train.batch": 16, "train.device": "cpu"}}
    assert names["run"].state == "finished"
    assert len(names["losses"]) == 2
    assert names["features"].shape == (8, names["encoder"].dim)
    assert names["nearest"][0] == 0
    assert set(names["figures"]) == {"knn", "knn_200"}
