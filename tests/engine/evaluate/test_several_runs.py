"""Evaluating several runs: stored results are not computed again, failures are reported, equal runs share one time estimate."""

from __future__ import annotations

import json
import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from scipy.stats import binomtest

from engine.cli import main
from engine.cli.options import parser
from engine.config.errors import complain
from engine.config.run import MethodChoice, RunConfig, TrainConfig, ViewConfig, ViewsConfig
from engine.evaluate import estimate as estimate_module
from engine.evaluate import several_runs
from engine.evaluate.estimate import estimate_several
from engine.evaluate.plan import Estimate, figures_of, parts_left
from engine.evaluate.several_runs import evaluate_several, parts_to_do
from engine.methods.build_method import build_method
from engine.runs.evaluation import Evaluated, Figure, keep_figure, likely, measured, read_evaluation, standard_error
from engine.runs.run_folder import create_folder

HEAD = Evaluated("run", "simclr", "world", "d", "resnet10_narrow", 3, 0.4, {"test": 24}, 16)
FOREVER = 4e9  # a date later than any checkpoint's


def run(root: Path, seed: int, size: int = 16) -> Path:
    views = ViewsConfig(groups=(ViewConfig(size=size),))
    config = RunConfig(method=MethodChoice(id="simclr"), views=views, train=TrainConfig(seed=seed))
    folder = create_folder(root, config)
    torch.save({"step": 3, "epoch": 1, "method": build_method(config).state_dict()}, folder / "checkpoints" / "last.pt")
    return folder


def keep(folder: Path, *parts: str, trained: float = 0.5, epoch: int | None = None, date: float = FOREVER) -> None:
    for part in parts:
        for name in figures_of(part):
            keep_figure(folder, HEAD, epoch, Figure(name, trained, 0.3, 72, "words", step=3, date=date))


class Measuring:
    """A substitute for `evaluate` that stores results at once or fails."""

    def __init__(self) -> None:
        self.requests: list[tuple[Path, tuple[str, ...]]] = []
        self.fails: dict[Path, BaseException] = {}

    def __call__(self, folder: Path, checkpoint: object, device: object, *, progress: Any, parts: Any, **_: Any) -> Any:
        self.requests.append((folder, tuple(parts)))
        if progress is not None:
            progress(0.5, "encoding")
        if folder in self.fails:
            raise self.fails[folder]
        keep(folder, *parts, trained=0.75)
        kept = read_evaluation(folder)
        assert kept is not None
        names = [name for part in parts for name in figures_of(part)]
        return SimpleNamespace(figures={name: kept.at(None)[name] for name in names})


@pytest.fixture
def measuring(monkeypatch: pytest.MonkeyPatch) -> Measuring:
    made = Measuring()
    monkeypatch.setattr(several_runs, "evaluate", made)
    return made


@pytest.fixture
def folders(tmp_path: Path) -> list[Path]:
    return [run(tmp_path / "runs", seed) for seed in (1, 2, 3)]


def test_only_missing_parts_are_evaluated(folders: list[Path], measuring: Measuring) -> None:
    one, two, three = folders
    keep(one, "knn", "linear")
    keep(two, "knn")
    reports: list[tuple[int, float, str]] = []
    outcomes = list(
        evaluate_several(
            folders, parts=("linear", "knn"), progress=lambda number: lambda share, text: reports.append((number, share, text))
        )
    )
    assert measuring.requests == [(two, ("linear",)), (three, ("knn", "linear"))]
    assert [outcome.state for outcome in outcomes] == ["kept", "evaluated", "evaluated"]
    assert [outcome.folder for outcome in outcomes] == folders
    assert reports == [(1, 0.5, "encoding"), (2, 0.5, "encoding")]
    shares = [{name: figure.trained for name, figure in outcome.figures.items()} for outcome in outcomes]
    assert shares[0] == {"knn": 0.5, "knn_200": 0.5, "linear": 0.5}
    assert shares[1] == {"knn": 0.5, "knn_200": 0.5, "linear": 0.75}
    assert (outcomes[1].data, outcomes[1].images) == ("world", 24)
    assert parts_to_do(one, ("knn",), again=True) == ("knn",)


def test_results_of_an_older_checkpoint_are_computed_again(folders: list[Path], measuring: Measuring) -> None:
    keep(folders[0], "knn", date=1.0)  # the checkpoint is newer, and the run without events is at step 0
    keep(folders[0], "linear")
    keep(folders[0], "finetune_1", epoch=4, date=1.0)
    assert measured(folders[0], read_evaluation(folders[0])) == {"linear"}
    assert measured(folders[0], read_evaluation(folders[0]), 4) == {"finetune_1"}
    assert parts_to_do(folders[0], ("knn", "linear")) == ("knn",)
    assert parts_to_do(folders[0], ("knn", "finetune_1"), 4) == ("knn",)
    assert parts_left(("knn",), {"knn"}) == ("knn",)  # 200 neighbours are missing


def test_a_failed_run_is_reported_and_the_others_are_evaluated(folders: list[Path], measuring: Measuring) -> None:
    wrong = complain("data.source", "a set with labels", "none")
    measuring.fails = {folders[0]: wrong, folders[1]: ZeroDivisionError("a slip")}
    outcomes = list(evaluate_several(folders))
    assert [outcome.state for outcome in outcomes] == ["failed", "failed", "evaluated"]
    assert outcomes[0].words == str(wrong)
    assert not outcomes[0].trace
    assert outcomes[1].words == "ZeroDivisionError: a slip"
    assert "Traceback" in outcomes[1].trace
    measuring.fails = {folders[1]: KeyboardInterrupt()}
    done = []
    with pytest.raises(KeyboardInterrupt):
        done.extend(evaluate_several(folders, parts=("finetune_1",)))
    assert read_evaluation(folders[0]).at(None)["finetune_1"].trained == 0.75  # type: ignore[union-attr]


def test_runs_of_equal_cost_share_one_estimate(folders: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    larger, none = run(tmp_path / "runs", 4, size=32), tmp_path / "none"
    tried: list[Path] = []

    def trial(folder: Path, device: str, progress: Any) -> Estimate:
        tried.append(folder)
        progress(0.5)
        if folder == larger:
            raise complain("data.source", "a set with labels", "none")
        return Estimate({"train": 1}, {}, 0.001, 0.002, device, {})

    monkeypatch.setattr(estimate_module, "estimate", trial)
    shares: list[float] = []
    estimates = estimate_several([*folders, larger, none], "cpu", shares.append)
    assert tried == [folders[0], larger]
    assert all(estimates[folder] is estimates[folders[0]] for folder in folders)
    assert "a set with labels" in str(estimates[larger])
    assert "config.yaml" in str(estimates[none])
    assert shares == [0.25, 0.5, 0.75, 1.0]


# The command


def test_the_command_needs_confirmation_and_prints_a_table(
    folders: list[Path], measuring: Measuring, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    known = Estimate({"train": 1000, "validation": 0, "test": 0}, {}, 0.03, 0.1, "cpu", {})
    monkeypatch.setattr(estimate_module, "estimate", lambda *_, **__: known)
    keep(folders[0], "knn", "linear")
    command = ["evaluate", *map(str, folders), "--device", "cpu", "--parts", "knn"]
    assert main(command) == 0
    printed = capsys.readouterr()
    assert measuring.requests == []
    assert printed.out == ""
    seconds = 2 * known.seconds(("knn",))
    assert (
        f"2 of 3 runs to evaluate, the others are evaluated already (--again measures them anew); about {seconds / 60:.0f} min"
        in (printed.err)
    )
    assert "Add --yes" in printed.err
    measuring.fails = {folders[2]: ZeroDivisionError("a slip")}
    assert main([*command, "--yes"]) == 1
    printed = capsys.readouterr()
    lines = printed.out.splitlines()
    assert lines[0].split() == ["run", "data", "knn", "knn_200"]
    assert lines[1].split() == [folders[0].name, "world", "50.0%", "±", "10.2%", "50.0%", "±", "10.2%"]
    assert lines[2].split() == [folders[1].name, "world", "75.0%", "±", "8.8%*", "75.0%", "±", "8.8%*"]
    assert lines[3].split() == [folders[2].name, "-", "-"]
    assert f"run 1 of 3, {folders[0].name}: was evaluated already" in printed.err
    assert f"run 3 of 3, {folders[2].name}: failed: ZeroDivisionError: a slip" in printed.err
    assert main([*command[:3], *command[4:], "--json"]) == 0  # nothing is left to do, so no confirmation is needed
    values = json.loads(capsys.readouterr().out)
    assert [row["state"] for row in values] == ["kept", "kept"]
    assert values[1]["figures"]["knn"]["trained"] == 0.75


def test_the_command_refuses_folders_that_are_no_runs(folders: list[Path], measuring: Measuring, tmp_path: Path) -> None:
    assert main(["evaluate", str(folders[0]), str(tmp_path), "--yes"]) == 2
    assert measuring.requests == []
    assert parser().parse_args(["evaluate", "a", "b"]).run == [Path("a"), Path("b")]


# Standard errors of results


def test_standard_errors_are_binomial() -> None:
    rng = np.random.default_rng(0)
    for share, images in ((0.5, 100), (0.9, 400), (0.05, 1000)):
        drawn = rng.binomial(images, share, 200_000) / images
        assert standard_error(share, images) == pytest.approx(drawn.std(), rel=0.02)
    for right, images in ((0, 10), (3, 24), (50, 100), (999, 1000), (24, 24)):
        expected = binomtest(right, images).proportion_ci(0.95, "wilson")
        assert likely(right / images, images) == pytest.approx((expected.low, expected.high), abs=1e-6)
    assert math.isnan(standard_error(0.5, 0))
    assert likely(0.5, 0) == (0.0, 1.0)
