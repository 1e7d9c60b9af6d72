"""The invariance of a run: its factors, its stored results, when they are computed again, and the command line."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.cli import main
from engine.config.errors import ConfigError
from engine.evaluate import probes
from engine.runs.invariance_file import FILE, is_stale, read_invariance, table, write_invariance
from engine.runs.reader import checkpoint_path
from engine.study.invariance import invariance
from engine.train.control import Control
from engine.train.resolve import resolve
from engine.train.train_run import train

IMAGES = (120, 40, 40)
DATA = {"source": "shapes", "count": 320, "size": 16, "test": 0.2, "validation": 0.2}


def trained(method: str, folder: Path, data: Mapping[str, object] = DATA) -> Path:
    """A run of a few steps with one kept checkpoint."""
    train_config = {"steps": 24, "batch": 16, "keep": 1, "device": "cpu", "precision": "fp32", "threads": 1}
    monitor = {"embed_images": 0, "knn_every": 1000}
    config = resolve({"method": {"id": method}, "data": dict(data), "train": train_config, "monitor": monitor})
    folder.mkdir()
    train(config, lambda event: None, Control(), folder)
    return folder


@pytest.fixture(scope="module")
def simclr(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return trained("simclr", tmp_path_factory.mktemp("runs") / "simclr")


@pytest.fixture
def folder(simclr: Path, tmp_path: Path) -> Path:
    """A copy of the run for one test, without results."""
    return shutil.copytree(simclr, tmp_path / "simclr")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Use one L2 strength, because these tests do not check the fit."""
    monkeypatch.setattr(probes, "LOGISTIC_GRID", (1.0,))


def test_factors_of_images_and_views_are_probed_in_both_spaces(folder: Path) -> None:
    shares: list[float] = []
    result = invariance(folder, images=IMAGES, progress=lambda share, text: shares.append(share))
    names = [factor.name for factor in result.factors]
    known = ["shape", "hue", "size", "x", "y", "rotation", "background", "background hue", "background tone", "light"]
    assert names[: len(known)] == known  # and no class, which equals the shape
    assert names[len(known) : len(known) + 2] == ["mean lightness", "mean colour"]
    drawn = {factor.name: factor for factor in result.factors if factor.group == "drawn"}
    assert {"crop x", "crop y", "crop area", "flip", "brightness", "contrast", "hue shift", "blur", "view rotation"} <= set(drawn)
    assert drawn["brightness"].own
    assert not drawn["view rotation"].own
    assert not drawn["blur"].own
    assert result.spaces == ("features", "embedding")
    assert result.epochs == (0, result.last)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    for factor in result.factors:
        for space in result.spaces:
            for epoch in result.epochs:
                reading = factor.at(space, epoch)
                assert reading is not None
                assert reading.low <= reading.score <= reading.high or factor.measure == "r2"
                assert 0 <= reading.kept_low <= reading.kept_high <= 1
    # The pixel baseline contains the lightness: the mean of 8 x 8 pixels is the image's.
    light = next(factor for factor in result.factors if factor.name == "mean lightness")
    assert light.pixels.kept > 0.95


def test_stored_results_are_read_and_used_again(folder: Path) -> None:
    result = invariance(folder, images=IMAGES)
    stored = read_invariance(folder)
    assert stored is not None
    assert [factor.name for factor in stored.factors] == [factor.name for factor in result.factors]
    for one, two in zip(stored.factors, result.factors, strict=True):
        for space in result.spaces:
            a, b = one.at(space, result.last), two.at(space, result.last)
            assert a is not None
            assert b is not None
            assert (a.score, a.gain_low) == pytest.approx((b.score, b.gain_low), abs=1e-6)
            assert a.verdict == b.verdict
    before = (folder / FILE).stat().st_mtime_ns
    assert invariance(folder, images=IMAGES).factors == stored.factors
    assert (folder / FILE).stat().st_mtime_ns == before
    assert not is_stale(folder, stored)


def test_results_are_computed_again_for_another_checkpoint_and_not_for_a_copy(folder: Path, tmp_path: Path) -> None:
    invariance(folder, images=IMAGES)
    path, before = checkpoint_path(folder), (folder / FILE).stat().st_mtime_ns
    copied = Path(shutil.copytree(folder, tmp_path / "copied", copy_function=shutil.copyfile))
    stored = read_invariance(copied)
    assert stored is not None
    assert not is_stale(copied, stored)
    state = torch.load(path, weights_only=True)
    next(iter(state["method"].values())).add_(1e-3)
    with path.open("wb") as file:
        torch.save(state, file)
    stored = read_invariance(folder)
    assert stored is not None
    assert is_stale(folder, stored)
    again = invariance(folder, images=IMAGES)
    assert (folder / FILE).stat().st_mtime_ns > before
    assert not is_stale(folder, again)


def test_kept_checkpoints_are_added_to_the_stored_results(folder: Path) -> None:
    last = invariance(folder, images=IMAGES)
    every = invariance(folder, "all", images=IMAGES)
    assert len(every.epochs) == 3
    assert every.last == last.last
    for one, two in zip(last.factors, every.factors, strict=True):
        kept, whole = one.at("embedding", last.last), two.at("embedding", last.last)
        assert kept is not None
        assert whole is not None
        assert whole.score == pytest.approx(kept.score, abs=1e-6)
    with pytest.raises(ConfigError, match=r"epochs with a checkpoint: 0, .*Set train.keep"):
        invariance(folder, [77], images=IMAGES)


def test_a_cancelled_computation_keeps_the_finished_epochs(folder: Path) -> None:

    class Enough(Exception):
        pass

    def on_progress(share: float, text: str) -> None:
        if share > 0.7:
            raise Enough

    with pytest.raises(Enough):
        invariance(folder, "all", images=IMAGES, progress=on_progress)
    stored = read_invariance(folder)
    assert stored is not None
    assert len(stored.epochs) == 2
    assert is_stale(folder, stored)
    assert len(invariance(folder, "all", images=IMAGES).epochs) == 3


def test_another_number_of_images_or_a_broken_file_is_computed_again(folder: Path) -> None:
    one = invariance(folder, images=IMAGES, spaces=["features"])
    assert one.spaces == ("features",)
    two = invariance(folder, images=(100, 40, 40))
    assert two.asked != one.asked
    (folder / FILE).write_text("{ torn", encoding="utf-8")
    assert read_invariance(folder) is None
    assert invariance(folder, images=IMAGES).asked == {**one.asked, "spaces": ["all"]}


def test_data_without_factors_are_probed_for_class_and_view_factors(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, 240)
    images = rng.integers(0, 256, (240, 16, 16, 3), dtype=np.uint8)
    np.savez(tmp_path / "plain.npz", train_images=images, train_labels=labels)
    data = {**DATA, "source": str(tmp_path / "plain.npz")}
    result = invariance(trained("simclr", tmp_path / "run", data), images=IMAGES)
    assert [factor.name for factor in result.factors if factor.group == "known"] == ["class"]
    assert any(factor.group == "drawn" for factor in result.factors)


def test_a_method_without_an_embedding_of_views_has_backbone_features_only(tmp_path: Path) -> None:
    folder = trained("rotation", tmp_path / "rotation")
    assert invariance(folder, images=IMAGES).spaces == ("features",)
    with pytest.raises(ConfigError, match="space must be one of features"):
        invariance(folder, spaces=["embedding"], images=IMAGES)


def test_too_few_images_are_refused(tmp_path: Path) -> None:
    few = trained("simclr", tmp_path / "few", {**DATA, "count": 64})
    with pytest.raises(ConfigError, match="at least 20 images"):
        invariance(few)
    with pytest.raises(ConfigError, match="run folder"):
        invariance(tmp_path / "none")


def test_the_command_prints_text_or_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["invariance", str(folder), "--quiet"]) == 0
    printed = capsys.readouterr().out
    result = read_invariance(folder)
    assert result is not None
    assert printed.splitlines() == table(result)
    assert printed.startswith(f"backbone after epoch {result.last}: ")
    assert "drawn for the view:" in printed
    assert main(["invariance", str(folder), "--json", "--quiet"]) == 0
    assert json.loads(capsys.readouterr().out)["factors"][0]["name"] == "shape"
    assert main(["invariance", str(folder / "none"), "--quiet"]) == 2


def test_a_failed_write_leaves_no_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = invariance(folder, images=IMAGES)
    monkeypatch.setattr(Path, "replace", lambda self, to: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(OSError, match="full"):
        write_invariance(folder, result)
    assert read_invariance(folder) is not None
    assert [path.name for path in folder.glob("*.part")] == []
