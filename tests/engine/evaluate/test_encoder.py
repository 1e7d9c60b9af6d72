"""Encoders of runs that are not as they should be: diverged, torn, of another version. Each is said with what helps."""

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
    """A run whose last checkpoint holds numbers that are none."""
    state = torch.load(checkpoint_path(folder), weights_only=True)
    torch.save(state, checkpoint_path(folder, 1))
    next(iter(state["method"].values()))[0] = torch.nan
    torch.save(state, checkpoint_path(folder))
    return folder


def test_a_run_that_diverged_is_said_and_never_measured(diverged: Path, world: object) -> None:
    said = r"checkpoint must be one whose weights are all finite\. .* diverged .* earlier epoch whose checkpoint was kept"
    for ask in (load_encoder, evaluate, invariance):
        with pytest.raises(ConfigError, match=said):
            ask(diverged)
    assert read_evaluation(diverged) is None
    # The epoch before can be had.
    method, _ = method_at(diverged, 1)
    assert all(bool(torch.isfinite(part).all()) for part in method.parameters())


def test_means_that_overflowed_count_as_diverged_too(folder: Path) -> None:
    state = torch.load(checkpoint_path(folder), weights_only=True)
    next(part for name, part in state["method"].items() if name.endswith("running_var"))[0] = torch.inf
    torch.save(state, checkpoint_path(folder))
    with pytest.raises(ConfigError, match="all finite"):
        load_encoder(folder)


def test_a_torn_checkpoint_is_said_with_what_helps(folder: Path) -> None:
    path = checkpoint_path(folder)
    path.write_bytes(path.read_bytes()[:3000])
    with pytest.raises(ConfigError, match=r"readable and whole.*Take an epoch whose checkpoint was kept, or clone the run"):
        load_encoder(folder)


def test_a_run_of_another_version_is_said_to_be_one(folder: Path) -> None:
    config = folder / "config.yaml"
    config.write_text(config.read_text(encoding="utf-8") + "wizardry: 3\n", encoding="utf-8")
    asks = (lambda: load_encoder(folder), lambda: method_at(folder, 0), lambda: invariance(folder, [0]), lambda: estimate(folder))
    for ask in asks:
        with pytest.raises(ConfigError, match=r"(?s)wizardry is not a known key.*another version .* environment\.yaml"):
            ask()


def test_figures_of_a_folder_that_takes_none_are_not_lost(
    folder: Path, world: object, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The window follows a process of its own and reads the figures in the folder: an hour's work must not end in silence."""

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(protocol_module, "keep_figure", full)
    assert main(["evaluate", str(folder), "--parts", "knn", "--device", "cpu", "--lines"]) == 2
    heard = capsys.readouterr()
    assert [json.loads(line)["share"] for line in heard.out.splitlines()][-1] == 1.0
    assert "error: The figures could not be kept with the run: No space left on device. Free some space" in heard.err
    assert "They are: knn 1.0000 (untrained 1.0000), knn_200 1.0000" in heard.err
    # Read by a person, they stand there, and so does the reason.
    assert main(["evaluate", str(folder), "--parts", "knn", "--device", "cpu"]) == 0
    assert "note: The figures could not be kept with the run" in capsys.readouterr().out
