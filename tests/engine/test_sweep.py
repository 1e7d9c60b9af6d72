"""Several runs from one command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.cli import main
from engine.runs.reader import read_config
from engine.runs.run_store import list_runs

SMALL = ["data.count=64", "data.size=32", "train.batch=16", "train.steps=1", "train.threads=1", "train.device=cpu"]
SMALL += ["monitor.embed_images=0", "monitor.pictures=false"]


def call(root: Path, *more: str) -> int:
    settings = [part for pair in SMALL for part in ("--set", pair)]
    return main(["sweep", "--method", "simclr", "--data", "shapes", "--runs", str(root), "--quiet", *settings, *more])


def test_every_combination_is_trained_and_tagged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(tmp_path, "--grid", "optim.lr=0.01,0.1", "--seeds", "2", "--tag", "lr", "--yes") == 0
    folders = [Path(line) for line in capsys.readouterr().out.split()]
    configs = [read_config(folder) for folder in folders]
    assert [(one["optim"]["lr"], one["train"]["seed"]) for one in configs] == [(0.01, 0), (0.01, 1), (0.1, 0), (0.1, 1)]
    assert {row.status.state for row in list_runs(tmp_path)} == {"finished"}
    assert all(one["tags"] == ["lr"] for one in configs)


def test_without_yes_no_run_is_started(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(tmp_path, "--seeds", "3") == 0
    printed = capsys.readouterr().err
    assert "SimCLR · shapes · s2" in printed
    assert "3 runs, none begun. Add --yes" in printed
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (("--yes",), "--grid must be given, or --seeds"),
        (("--grid", "optim.rate=1,2", "--yes"), "optim.rate is not a known key"),
        (("--grid", "optim.lr=0.1,-1", "--yes"), "optim.lr must be"),
        (("--grid", "optim.lr", "--yes"), "optim.lr must be values"),
    ],
)
def test_all_configs_are_checked_before_the_first_run(
    more: tuple[str, ...], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(tmp_path, *more) == 2
    assert message in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_run_that_cannot_start_does_not_stop_the_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # 50 of the 64 images are for training: a batch of 60 is too large, which is known once the data are open.
    assert call(tmp_path, "--grid", "train.batch=16,60,8", "--yes") == 1
    printed = capsys.readouterr()
    assert len(printed.out.split()) == 2
    assert "could not start: train.batch must be" in printed.err
    assert "1 of 3 runs could not start: " in printed.err
    assert [row.status.state for row in list_runs(tmp_path)] == ["finished", "finished"]
