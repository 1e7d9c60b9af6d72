"""Figures from the command line: what they show of runs on the disk, their files, and errors in words."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml

from engine import api
from engine.config.errors import ConfigError
from engine.runs.evaluation import write_evaluation
from engine.runs.invariance_file import write_invariance
from engine.runs.status import Status, write_status
from tests.workbench.stand_ins import evaluation_of, invariance_of
from workbench.app import main
from workbench.bridge.evaluate_questions import EvaluateRun
from workbench.figure_command import parts_of
from workbench.figure_sources import Choices, source_of
from workbench.figures.figure_data import BarsPlot, MapPlot, MatrixPlot, RowsPlot

LOSSES = {0: [4.0, 3.0, 2.0], 1: [5.0, 4.0, 3.0]}


def make_run(root: Path, name: str, seed: int, method: str = "simclr", features: bool = True) -> Path:
    """A run as the engine writes it: config, metrics, and snapshots of epochs 0 and 2 of 30 images."""
    folder = root / name
    (folder / "embeddings").mkdir(parents=True)
    config = {"method": {"id": method}, "data": {"source": "shapes", "count": 40, "size": 8}, "train": {"seed": seed}}
    (folder / "config.yaml").write_text(yaml.safe_dump(config))
    lines: list[dict[str, object]] = [{"event": "RunStarted", "step": 0, "batch": 16, "chance": 4.5}]
    for step, loss in enumerate(LOSSES[seed], 1):
        lines.append(
            {
                "event": "StepDone",
                "step": step,
                "epoch": step / 2,
                "seconds": float(step),
                "loss": loss,
                "lr": 0.1,
                "images_per_second": 9.0,
            }
        )
    lines.append({"event": "EvalDone", "step": 3, "epoch": 2, "values": {"knn": 0.25 + seed / 4}})
    (folder / "metrics.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    if features:
        rng, index = np.random.default_rng(0), np.arange(30)
        for epoch in (0, 2):
            np.savez(
                folder / "embeddings" / f"epoch_{epoch:03d}.npz",
                features=rng.normal(size=(30, 6)).astype(np.float16), index=index, label=index % 3, step=epoch * 10,
            )  # fmt: skip
    return folder


@pytest.fixture
def run(tmp_path):
    return make_run(tmp_path, "one", 0)


def figure_of(kind, folders, **choices):
    source = source_of(kind, folders, Choices(**choices), lambda share: None)
    return source.make(parts_of(source, (), ()))


def test_runs_equal_but_for_the_seed_are_a_mean_with_a_band(tmp_path, run):
    figure = figure_of("curves", [run, make_run(tmp_path, "two", 1)], plots=("loss", "eval.knn"))
    loss, knn = figure.plots
    (curve,) = loss.curves
    assert curve.y.tolist() == [4.5, 3.5, 2.5]
    np.testing.assert_allclose(curve.high - curve.low, 2 * np.std([4, 5], ddof=1))
    assert loss.levels == ((4.5, "chance 4.50"),)
    assert knn.curves[0].y.tolist() == pytest.approx([37.5])


def test_the_losses_of_two_methods_are_two_plots(tmp_path, run):
    figure = figure_of("curves", [run, make_run(tmp_path, "two", 1, "byol")], x="epoch")
    assert [plot.curves[0].y.tolist() for plot in figure.plots] == [LOSSES[0], LOSSES[1]]
    assert figure.plots[0].curves[0].x.tolist() == [0.5, 1.0, 1.5]
    assert "SimCLR" in figure.plots[0].title
    assert "BYOL" in figure.plots[1].title


def test_maps_of_several_epochs_share_one_legend(run):
    figure = figure_of("map", [run], map="pca", epochs=(0, 2))
    assert [type(plot) for plot in figure.plots] == [MapPlot, MapPlot]
    assert [plot.title for plot in figure.plots] == ["untrained", "epoch 2"]
    assert [len(plot.xy) for plot in figure.plots] == [30, 30]
    assert not np.allclose(figure.plots[0].xy, figure.plots[1].xy)
    names = {entry.name for entry in figure.legend}
    assert names <= {"disc", "square", "triangle", "star", "heart", "ring", "cross", "hexagon", "crescent", "drop"}
    assert len(names) > 3


def test_a_map_without_its_data_has_the_classes_of_the_snapshot(run):
    config = yaml.safe_load((run / "config.yaml").read_text())
    (run / "config.yaml").write_text(yaml.safe_dump(config | {"data": {"source": str(run / "gone")}}))
    (plot,) = figure_of("map", [run], map="pca").plots
    assert plot.codes.tolist() == [index % 3 for index in range(30)]


def test_invariance_of_two_runs(tmp_path, run):
    other = make_run(tmp_path, "two", 1)
    write_invariance(run, invariance_of("one"))
    write_invariance(other, invariance_of("two", lift=0.1))
    (plot,) = figure_of("invariance", [run, other], epochs=(4,)).plots
    assert isinstance(plot, RowsPlot)
    row = plot.rows.index("shape")
    assert {round(mark.value, 3) for mark in plot.marks if mark.row == row and mark.hollow} == {0.9}
    assert 0.8 in {round(mark.value, 3) for mark in plot.marks if mark.row == row and not mark.hollow}


def test_evaluated_runs(tmp_path, run):
    other = make_run(tmp_path, "two", 1)
    for folder, share in ((run, 0.5), (other, 0.6)):
        kept = evaluation_of(EvaluateRun(str(folder), ("linear",)), share)
        write_evaluation(folder, kept.evaluation)
    (plot,) = figure_of("evaluation", [run, other]).plots
    assert [mark.value for mark in plot.marks if not mark.hollow] == pytest.approx([55.0])  # the mean of two seeds
    write_evaluation(other, evaluation_of(EvaluateRun(str(other), ("linear",)), digest="other").evaluation)
    with pytest.raises(ConfigError, match="evaluated on the same images"):
        figure_of("evaluation", [run, other])


@pytest.mark.parametrize("ending", ["pdf", "svg", "png"])
def test_the_file_has_the_given_size(run, tmp_path, capsys, ending):
    out = tmp_path / f"figure.{ending}"
    assert main(["figure", str(run), "--out", str(out), "--width", "127", "--height", "50.8", "--dpi", "100", "--quiet"]) == 0
    data = out.read_bytes()
    if ending == "pdf":
        sides = [float(side) for side in re.search(rb"MediaBox \[ *0 0 ([\d.]+) ([\d.]+)", data).groups()]
        assert sides == pytest.approx([360, 144], abs=0.1)
    elif ending == "svg":
        sides = re.search(r'width="([\d.]+)pt" height="([\d.]+)pt"', data.decode()).groups()
        assert [float(side) for side in sides] == pytest.approx([360, 144], abs=0.1)
    else:
        assert [int.from_bytes(data[at : at + 4], "big") for at in (16, 20)] == [500, 200]
    assert "127 x 50.8 mm" in capsys.readouterr().out


def test_parts_are_left_out_and_added(run):
    source = source_of("curves", [run], Choices(), lambda share: None)
    assert parts_of(source, ("raw",), ("levels",)) == {"raw", "plot:0"}
    assert parts_of(source, (), ()) == {"levels", "plot:0"}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--plots", "zebra"], "--plots must be one of loss, lr, images_per_second, eval.knn. Got 'zebra'"),
        (["--kind", "map", "--epochs", "7"], "--epochs must be of snapshots of the run: 0, 2. Got 7"),
        (["--kind", "map", "--map", "cube"], "--map must be one of pca, "),
        (["--kind", "map", "--map", "pca", "--colour-by", "zebra"], "--colour-by must be one of class, "),
        (["--kind", "invariance"], "Measure it first: python -m engine invariance"),
        (["--kind", "evaluation"], "Evaluate it first: python -m engine evaluate"),
        (["--with", "zebra"], "--with must be one of raw, levels. Got 'zebra'"),
        (["--width", "5"], "--width must be from 20 to 1000. Got 5"),
        (["--out", "figure.gif"], "--out must be a file that ends in .pdf, .svg, .png. Got 'figure.gif'"),
        (["--out", "nowhere/figure.pdf"], "a file that can be written"),
    ],
)
def test_errors_are_said_in_words(run, tmp_path, capsys, monkeypatch, words, message):
    monkeypatch.chdir(tmp_path)
    assert main(["figure", str(run), "--out", "figure.pdf", "--quiet", *words]) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert message in error
    assert list(tmp_path.glob("*.pdf")) == []


def test_folders_that_are_no_runs_and_too_many_runs(run, tmp_path, capsys):
    assert main(["figure", str(tmp_path / "nothing"), "--out", "a.pdf", "--quiet"]) == 2
    assert "RUN must be the folder of a run" in capsys.readouterr().err
    assert main(["figure", str(run), str(run), "--kind", "map", "--out", "a.pdf", "--quiet"]) == 2
    assert "one run for --kind map" in capsys.readouterr().err


def test_it_needs_no_display_and_writes_in_the_chosen_language(run, tmp_path):
    hidden = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
    out = tmp_path / "figure.svg"
    words = [sys.executable, "-m", "workbench", "figure", str(run), "--out", str(out), "--quiet", "--lang", "zh_CN"]
    done = subprocess.run(words, env=hidden, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "\u635f\u5931" in out.read_text(encoding="utf-8")  # "loss"


# Pairs, side by side, chart of runs


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A run that was really trained, for one epoch of a few images."""
    root = tmp_path_factory.mktemp("trained")
    settings = {
        "data": {"count": 120, "size": 16, "root": str(root / "data")},
        "backbone": {"name": "resnet10_narrow"},
        "train": {"batch": 16},
    }
    return api.train("simclr", epochs=1, seed=3, device="cpu", settings=settings, folder_of_runs=root / "runs").folder


def test_pairs_of_a_run_with_the_strength_of_an_operation(trained):
    figure = figure_of("pairs", [trained], images=12, split="train", operation="crop", space="embedding")
    matrix, bars, curves = figure.plots
    assert isinstance(matrix, MatrixPlot)
    assert matrix.values.shape == (12, 12)
    assert [start for start, _ in matrix.groups] == sorted({start for start, _ in matrix.groups})
    assert matrix.groups[0][0] == 0
    assert isinstance(bars, BarsPlot)
    assert [bar.name.partition(" ")[2] for bar in bars.bars] == ["positives", "negatives"]
    assert curves.x.title == "Crop: share of the area left out"
    assert figure.title.startswith("SimCLR")
    # The same images in another order are the same cosines.
    (other, _) = figure_of("pairs", [trained], images=12, split="train", space="embedding", order="index").plots
    assert not other.groups
    np.testing.assert_allclose(np.sort(other.values, axis=None), np.sort(matrix.values, axis=None))
    (before, _) = figure_of("pairs", [trained], images=12, split="train", space="embedding", order="index", epochs=(0,)).plots
    assert not np.allclose(before.values, other.values)


def test_two_epochs_side_by_side_share_a_legend_and_the_right_one_is_aligned(run):
    figure = figure_of("versus", [run], map="pca")
    left, right = figure.plots
    assert left.title.endswith("epoch 0 · backbone")
    assert right.title.endswith("epoch 2 · backbone")
    assert [len(plot.xy) for plot in figure.plots] == [30, 30]
    np.testing.assert_array_equal(left.codes, right.codes)
    # Moved, turned and scaled onto the left one, so it has its middle and its spread.
    np.testing.assert_allclose(left.xy.mean(0), right.xy.mean(0), atol=1e-4)
    assert np.square(left.xy - left.xy.mean(0)).sum() == pytest.approx(np.square(right.xy - right.xy.mean(0)).sum(), rel=1e-3)
    assert {entry.name for entry in figure.legend} >= {"disc", "square"}


def test_two_runs_side_by_side_at_given_epochs(tmp_path, run):
    other = make_run(tmp_path, "two", 1, "byol")
    figure = figure_of("versus", [run, other], map="pca", epochs=(0, 2))
    assert "SimCLR" in figure.plots[0].title
    assert "epoch 0" in figure.plots[0].title
    assert "BYOL" in figure.plots[1].title
    assert "epoch 2" in figure.plots[1].title


def test_backbone_and_projector_side_by_side(trained):
    figure = figure_of("versus", [trained], map="pca", space="features", other_space="embedding")
    assert [plot.title.rpartition(" · ")[2] for plot in figure.plots] == ["backbone", "projector"]
    assert len(figure.plots[0].xy) == len(figure.plots[1].xy) > 10


def test_the_chart_of_runs(tmp_path, run):
    others = [make_run(tmp_path, name, seed, method) for name, seed, method in (("two", 1, "simclr"), ("three", 0, "byol"))]
    for folder, method in zip((run, *others), ("simclr", "simclr", "byol"), strict=True):
        write_status(folder, Status(state="finished", method=method, data="shapes", best=0.9))
    (plot,) = figure_of("runs", [run, *others]).plots
    assert plot.x.names == ("BYOL", "SimCLR")
    # BYOL's one run; of SimCLR's two seeds the mean with its deviation, and each of them hollow.
    solid = {(dot.x, round(dot.y, 3), round(dot.error, 3)) for dot in plot.dots if not dot.hollow}
    assert solid == {(0.0, 25.0, 0.0), (1.0, 37.5, 17.678)}
    assert sorted(dot.y for dot in plot.dots if dot.hollow) == pytest.approx([25, 50])
    source = source_of("runs", [run, *others], Choices(across="train.seed"), lambda share: None)
    (plot,) = source.make(parts_of(source, (), ("seeds",))).plots
    assert plot.x.names == ()
    assert sorted((dot.x, dot.y) for dot in plot.dots) == [(0.0, 25.0), (0.0, 25.0), (1.0, 50.0)]


def test_an_r2_below_0_and_its_own_error_are_drawn(tmp_path, run):
    kept = evaluation_of(EvaluateRun(str(run), ("linear",))).evaluation
    figure = replace(kept.at(None)["linear"], part="regression_r2", trained=-1.5, error=0.25)
    write_evaluation(run, replace(kept, figures={None: {"regression_r2": figure}}))
    (plot,) = figure_of("evaluation", [run]).plots
    (mark,) = [mark for mark in plot.marks if not mark.hollow]
    assert (mark.low, mark.value, mark.high) == pytest.approx((-175, -150, -125))
    assert plot.levels == ()  # chance means nothing for it


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--kind", "pairs", "--epochs", "0", "2"], "--epochs must be one epoch for --kind pairs"),
        (["--kind", "pairs", "--images", "1"], "--images must be from 2 to 1024. Got 1"),
        (["--kind", "pairs"], "config.yaml must be the whole settings of a run"),
        (["--kind", "versus", "--epochs", "0"], "--epochs must be two that differ"),
        (["--kind", "versus", "--epochs", "0", "7"], "--epochs must be among 0, 2 for features"),
        (["--kind", "versus", "--space", "features", "embedding", "--epochs", "2"], "--epochs must be among 0 for embedding"),
        (["--kind", "versus", "--map", "pca", "--colour-by", "zebra"], "--colour-by must be one of class, "),
        (["--kind", "map", "--space", "features", "embedding"], "--space must be one, or two with --kind versus"),
        (["--kind", "runs", "--up", "zebra"], "--up must be one of "),
        (["--kind", "runs", "--across", "zebra"], "--across must be a setting, or one of time, "),
    ],
)
def test_errors_of_the_further_kinds_are_said_in_words(run, tmp_path, capsys, monkeypatch, words, message):
    monkeypatch.chdir(tmp_path)
    write_status(run, Status(state="finished", best=0.5))
    assert main(["figure", str(run), "--out", "figure.pdf", "--quiet", *words]) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert message in error
    assert list(tmp_path.glob("*.pdf")) == []
