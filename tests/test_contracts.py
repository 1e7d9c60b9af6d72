"""The import contracts of pyproject.toml hold, and each of them would notice a breach: one is planted for every contract."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("engine", "workbench")

# Contract, file, and a line that the contract forbids in this file.
BREACHES = (
    ("The engine knows no window", "engine/events.py", "import PySide6.QtCore"),
    ("The engine knows no window", "engine/train/train_run.py", "import pyqtgraph"),
    ("The engine knows no window", "engine/catalogue.py", "import workbench.bridge.question"),
    (
        "The window computes nothing: the bridge is the one door, and it opens lazily",
        "workbench/panels/curves/panel.py",
        "import torch",
    ),
    (
        "The window computes nothing: the bridge is the one door, and it opens lazily",
        "workbench/plots/series.py",
        "import engine.method",
    ),
    ("Floors of the engine", "engine/losses/nt_xent.py", "import engine.train.control"),
    ("Floors of the engine", "engine/losses/nt_xent.py", "import engine.heads.mlp"),
    ("Floors of the engine", "engine/pictures/matrix.py", "import engine.heads.mlp"),
    ("Floors of the engine", "engine/config/run.py", "import engine.augment.presets"),
    ("Floors of the engine", "engine/train/loop.py", "import engine.study.spaces"),
    ("Floors of the engine", "engine/study/spaces.py", "import engine.board.trial"),
    ("No method imports another method", "engine/methods/contrastive/simclr.py", "import engine.methods.contrastive.moco_v2"),
    ("No method imports another method", "engine/methods/distillation/byol.py", "import engine.methods.contrastive.simclr"),
    ("Floors of the workbench", "workbench/theme/palette.py", "import workbench.bridge.ask"),
    ("Floors of the workbench", "workbench/plots/series.py", "import workbench.widgets.card"),
    ("Floors of the workbench", "workbench/panels/curves/panel.py", "import workbench.frame.actions"),
    ("Floors of the workbench", "workbench/frame/workspaces.py", "import workbench.window"),
    ("No panel imports another panel", "workbench/panels/curves/panel.py", "import workbench.panels.augment.panel"),
)


def lint(folder: Path, *contracts: str) -> subprocess.CompletedProcess[str]:
    """lint-imports over the packages that lie in a folder."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONIOENCODING": "utf-8", "COLUMNS": "200"}
    return subprocess.run(
        [*command, "--no-cache", "--no-logo", *contracts],
        cwd=folder,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def declared() -> list[str]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return [contract["name"] for contract in settings["tool"]["importlinter"]["contracts"]]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of both packages, to be broken."""
    folder = tmp_path_factory.mktemp("house")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def test_the_contracts_hold() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    for name in declared():
        assert f"{name} KEPT" in done.stdout


def test_a_breach_is_planted_for_every_contract() -> None:
    assert {name for name, _, _ in BREACHES} == set(declared())


@pytest.mark.parametrize(("name", "file", "line"), BREACHES, ids=[f"{file}: {line}" for _, file, line in BREACHES])
def test_a_planted_breach_is_noticed(house: Path, name: str, file: str, line: str) -> None:
    place = house / file
    text = place.read_text(encoding="utf-8")
    place.write_text(f"{text}\n{line}\n", encoding="utf-8")
    try:
        done = lint(house)
    finally:
        place.write_text(text, encoding="utf-8")
    assert done.returncode != 0
    assert f"{name} BROKEN" in done.stdout, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("Floors of the engine", "engine/utils.py"),
        ("Floors of the engine", "engine/helpers/images.py"),
        ("Floors of the workbench", "workbench/common.py"),
    ],
)
def test_a_module_outside_the_layers_is_noticed(house: Path, name: str, file: str) -> None:
    stray = house / file
    made = [stray] if stray.parent.is_dir() else [stray.parent / "__init__.py", stray]
    stray.parent.mkdir(exist_ok=True)
    for path in made:
        path.write_text('"""A stray module."""\n', encoding="utf-8")
    try:
        done = lint(house)
    finally:
        for path in made:
            path.unlink()
        if len(made) > 1:
            stray.parent.rmdir()
    assert done.returncode != 0
    assert f"{name} BROKEN" in done.stdout, done.stdout + done.stderr
