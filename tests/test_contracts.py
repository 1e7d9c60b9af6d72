"""The import contracts of pyproject.toml hold, and each reports violations: several are added to a copy of the packages."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("engine", "workbench")
NO_WINDOW = "The engine knows no window"
LAZY = "Only the bridge imports heavy libraries, and it imports them lazily"
ENGINE = "Layers of the engine"
WORKBENCH = "Layers of the workbench"
METHODS = "No method imports another method"
PANELS = "No panel imports another panel"

# Contract, module, and another module that the contract forbids it to import.
VIOLATIONS = (
    (NO_WINDOW, "engine.events", "PySide6.QtCore"),
    (NO_WINDOW, "engine.train.train_run", "pyqtgraph"),
    (NO_WINDOW, "engine.catalogue", "workbench.bridge.question"),
    (LAZY, "workbench.panels.curves.panel", "torch"),
    (LAZY, "workbench.plots.series", "engine.method"),
    (ENGINE, "engine.losses.nt_xent", "engine.train.control"),
    (ENGINE, "engine.losses.nt_xent", "engine.heads.mlp"),
    (ENGINE, "engine.pictures.matrix", "engine.heads.mlp"),
    (ENGINE, "engine.config.run", "engine.augment.presets"),
    (ENGINE, "engine.train.loop", "engine.study.spaces"),
    (ENGINE, "engine.study.spaces", "engine.board.trial"),
    (METHODS, "engine.methods.contrastive.simclr", "engine.methods.contrastive.moco_v2"),
    (METHODS, "engine.methods.distillation.byol", "engine.methods.contrastive.simclr"),
    (WORKBENCH, "workbench.theme.palette", "workbench.bridge.ask"),
    (WORKBENCH, "workbench.plots.series", "workbench.widgets.card"),
    (WORKBENCH, "workbench.panels.curves.panel", "workbench.frame.actions"),
    (WORKBENCH, "workbench.frame.workspaces", "workbench.window"),
    (PANELS, "workbench.panels.curves.panel", "workbench.panels.augment.panel"),
)
# Contract, and a module that is in none of its layers.
STRAY_MODULES = ((ENGINE, "engine.utils"), (ENGINE, "engine.helpers"), (WORKBENCH, "workbench.common"))


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run lint-imports on the packages in a folder."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONIOENCODING": "utf-8", "COLUMNS": "200"}
    return subprocess.run(
        [*command, "--no-cache", "--no-logo"], cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False
    )


def contract_names() -> list[str]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return [contract["name"] for contract in settings["tool"]["importlinter"]["contracts"]]


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The report on each broken contract, from one run on a copy of the packages with all violations and stray modules."""
    folder = tmp_path_factory.mktemp("violations")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    for _, module, imported in VIOLATIONS:
        with (folder / f"{module.replace('.', '/')}.py").open("a", encoding="utf-8") as file:
            file.write(f"\nimport {imported}\n")
    for _, module in STRAY_MODULES:
        (folder / f"{module.replace('.', '/')}.py").write_text('"""A stray module."""\n', encoding="utf-8")
    result = lint(folder)
    assert result.returncode != 0
    # After the summary there is a heading for each broken contract, underlined with dashes.
    parts = re.split(r"^(.+)\n-+\n", result.stdout.partition("Broken contracts")[2], flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_the_contracts_hold() -> None:
    result = lint(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr
    for name in contract_names():
        assert f"{name} KEPT" in result.stdout


def test_every_contract_has_a_violation() -> None:
    assert {name for name, _, _ in VIOLATIONS} == set(contract_names())


@pytest.mark.parametrize(("name", "module", "imported"), VIOLATIONS, ids=[f"{a} imports {b}" for _, a, b in VIOLATIONS])
def test_a_forbidden_import_is_reported(reports: dict[str, str], name: str, module: str, imported: str) -> None:
    # Of an external package only its name is reported.
    target = imported if imported.startswith(PACKAGES) else imported.partition(".")[0]
    assert re.search(rf"\b{re.escape(module)}(?: \(l\.\d+\))? -> {re.escape(target)}\b", reports[name]), reports[name]


@pytest.mark.parametrize(("name", "module"), STRAY_MODULES)
def test_a_module_outside_the_layers_is_reported(reports: dict[str, str], name: str, module: str) -> None:
    assert re.search(rf"- {re.escape(module)}\b", reports[name]), reports[name]
