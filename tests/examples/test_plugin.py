"""The example package, installed as anyone would, adds its rows: they are listed, trained, evaluated and refused in words."""

from __future__ import annotations

import doctest
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from engine import api, plugins

ROOT = Path(__file__).parents[2]
PACKAGE = "parallax-example"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory into which the package was installed, without the network."""
    source = tmp_path_factory.mktemp("source") / "plugin"
    shutil.copytree(ROOT / "examples" / "plugin", source)  # building writes beside the sources
    target = tmp_path_factory.mktemp("site")
    install = ["install", "--no-deps", "--no-build-isolation", "--no-index", "--no-compile", "--target", str(target), str(source)]
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", *install]
    result = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stderr
    return target


def engine(site: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{site}", "PARALLAX_RUNS": str(site / "runs")}
    command = [sys.executable, "-m", "engine", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300)


def test_the_lists_name_its_rows(site: Path) -> None:
    for command, id in (("methods", "mmcr"), ("datasets", "photo_patches")):
        result = engine(site, command)
        assert result.returncode == 0, result.stderr
        assert result.stderr == ""
        (line,) = [line for line in result.stdout.splitlines() if line.startswith(id)]
        assert line.endswith(f"[{PACKAGE}]")


@pytest.fixture(scope="module")
def run(site: Path) -> Path:
    """Three steps of its method on its images."""
    result = engine(site, "train", "--method", "mmcr", "--data", "photo_patches", "--quiet", "--set", "train.steps=3",
                    "--set", "train.batch=32", "--set", "train.device=cpu")  # fmt: skip
    assert result.returncode == 0, result.stderr
    return Path(result.stdout.splitlines()[-1])


def test_its_method_trains_on_its_images(run: Path) -> None:
    rows = [json.loads(line) for line in (run / "metrics.jsonl").read_text(encoding="utf-8").splitlines()]
    steps = [row for row in rows if row["event"] == "StepDone"]
    assert [row["step"] for row in steps] == [1, 2, 3]
    # A nuclear norm of 32 rows of length at most 1 in 128 dimensions lies between 0 and sqrt(32 * 32).
    assert all(-32.0 <= row["loss"] < 0 for row in steps)
    (start,) = [row for row in rows if row["event"] == "RunStarted"]
    assert (start["method"], start["data"]) == ("mmcr", "photo_patches")


def test_its_task_is_measured_beside_those_of_the_program(site: Path, run: Path) -> None:
    result = engine(site, "evaluate", run, "--parts", "recall_at_1,knn", "--json", "--device", "cpu")
    assert result.returncode == 0, result.stderr
    figures = json.loads(result.stdout)["figures"]
    assert list(figures) == ["knn", "knn_200", "recall_at_1"]
    assert all(0 <= figures[name][encoder] <= 1 for name in figures for encoder in ("trained", "untrained"))
    kept = json.loads((run / "evaluation.json").read_text(encoding="utf-8"))
    assert {figure["part"] for figure in kept["figures"]["last"]} == set(figures)


def test_a_misspelt_hyper_parameter_of_its_method_is_refused(site: Path) -> None:
    result = engine(site, "train", "--method", "mmcr", "--set", "method.compresion=0.1")
    assert result.returncode == 2
    assert "method.compresion is not a known key. Did you mean 'compression'?" in result.stderr


def test_a_run_of_the_package_without_the_package_says_so(run: Path) -> None:
    with pytest.raises(api.ConfigError, match="Got 'mmcr'"):
        api.load(run).evaluate(["knn"], device="cpu")


@pytest.fixture
def modules(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(ROOT / "examples" / "plugin")
    import parallax_example.mmcr
    import parallax_example.recall_at_1

    yield parallax_example
    for name in [name for name in sys.modules if name.partition(".")[0] == "parallax_example"]:
        del sys.modules[name]


def test_its_panel_joins_the_window_and_shows_the_settings(
    qtbot: Any, site: Path, run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from workbench.window import all_panels

    monkeypatch.syspath_prepend(site)
    plugins.load_group.cache_clear()
    try:
        (row,) = [row for row in all_panels() if row.package == PACKAGE]
        assert (row.id, plugins.problems(plugins.PANELS)) == ("settings_text", ())
        panel = row.make(None)  # type: ignore[arg-type]  # it asks the engine nothing
        qtbot.addWidget(panel)
        panel.show_run(str(run))
        assert panel.text.toPlainText() == (run / "config.yaml").read_text(encoding="utf-8")
        panel.show_run(None)
        assert panel.text.toPlainText() == "No run is selected."
    finally:
        monkeypatch.undo()
        plugins.load_group.cache_clear()
        for name in [name for name in sys.modules if name.partition(".")[0] == "parallax_example"]:
            del sys.modules[name]


def test_its_loss_is_the_papers(modules: Any) -> None:
    generator = torch.Generator().manual_seed(0)
    views = torch.nn.functional.normalize(torch.randn(6, 2, 5, generator=generator, dtype=torch.float64), dim=2)
    loss, _ = modules.mmcr.mmcr_loss(views, 0.3)

    # The nuclear norm is the trace of the square root of C^T C.
    def nuclear(matrix: torch.Tensor) -> float:
        return sum(max(0.0, float(value)) ** 0.5 for value in torch.linalg.eigvalsh(matrix @ matrix.T))

    expected = 0.3 * sum(nuclear(own) for own in views) / 6 - nuclear((views[:, 0] + views[:, 1]) / 2)
    assert float(loss) == pytest.approx(expected, rel=1e-6)


def test_its_examples_give_what_they_show(modules: Any) -> None:
    for module in (modules.mmcr, modules.recall_at_1):
        result = doctest.testmod(module)
        assert (result.attempted > 0, result.failed) == (True, 0)
