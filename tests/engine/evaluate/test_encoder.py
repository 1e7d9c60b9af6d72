"""Loading encoders of runs that diverged, have a damaged checkpoint or another version: errors with a remedy."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest
import torch

import engine.evaluate.protocol as protocol_module
from engine.cli import main
from engine.config.errors import ConfigError
from engine.evaluate.encoder import load_encoder, method_at
from engine.evaluate.estimate import estimate
from engine.evaluate.protocol import evaluate
from engine.runs.evaluation import read_evaluation
from engine.runs.reader import checkpoint_path
from engine.study.invariance import invariance
from tests.engine.evaluate.test_protocol import folder, world

__all__ = ["folder", "world"]


@pytest.fixture
def diverged(folder: Path) -> Path:
    """A run whose last checkpoint has weights that are not finite."""
    state = torch.load(checkpoint_path(folder), weights_only=True)
    torch.save(state, checkpoint_path(folder, 1))
    next(iter(state["method"].values()))[0] = torch.nan
    torch.save(state, checkpoint_path(folder))
    return folder


def test_a_diverged_run_is_refused_and_not_evaluated(diverged: Path, world: object) -> None:
    message = r"checkpoint must be one whose weights are all finite\. .* diverged .* earlier epoch whose checkpoint was kept"
    for ask in (load_encoder, evaluate, invariance):
        with pytest.raises(ConfigError, match=message):
            ask(diverged)
    assert read_evaluation(diverged) is None
    # The epoch before can be loaded.
    method, _ = method_at(diverged, 1)
    assert all(bool(torch.isfinite(part).all()) for part in method.parameters())


def test_infinite_running_means_count_as_diverged(folder: Path) -> None:
    state = torch.load(checkpoint_path(folder), weights_only=True)
    next(part for name, part in state["method"].items() if name.endswith("running_var"))[0] = torch.inf
    torch.save(state, checkpoint_path(folder))
    with pytest.raises(ConfigError, match="all finite"):
        load_encoder(folder)


def test_a_damaged_checkpoint_is_refused_with_a_remedy(folder: Path) -> None:
    path = checkpoint_path(folder)
    path.write_bytes(path.read_bytes()[:3000])
    with pytest.raises(ConfigError, match=r"readable and whole.*Take an epoch whose checkpoint was kept, or clone the run"):
        load_encoder(folder)


def test_a_run_of_another_version_is_refused_with_that_reason(folder: Path) -> None:
    config = folder / "config.yaml"
    config.write_text(config.read_text(encoding="utf-8") + "wizardry: 3\n", encoding="utf-8")
    asks = (lambda: load_encoder(folder), lambda: method_at(folder, 0), lambda: invariance(folder, [0]), lambda: estimate(folder))
    for ask in asks:
        with pytest.raises(ConfigError, match=r"(?s)wizardry is not a known key.*another version .* environment\.yaml"):
            ask()


def test_results_that_cannot_be_stored_are_printed(
    folder: Path, world: object, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The window starts a process and reads its results from the run folder, so results of an hour must not be lost silently."""

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(protocol_module, "keep_figure", full)
    assert main(["evaluate", str(folder), "--parts", "knn", "--device", "cpu", "--lines"]) == 2
    printed = capsys.readouterr()
    assert [json.loads(line)["share"] for line in printed.out.splitlines()][-1] == 1.0
    assert "error: The figures could not be kept with the run: No space left on device. Free some space" in printed.err
    assert "They are: knn 1.0000 (untrained 1.0000), knn_200 1.0000" in printed.err
    # In the readable output, results and the reason are printed.
    assert main(["evaluate", str(folder), "--parts", "knn", "--device", "cpu"]) == 0
    assert "note: The figures could not be kept with the run" in capsys.readouterr().out
