"""Two views of each image encoded by a run's encoder, and one augmentation at increasing strength."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.config.errors import ConfigError
from engine.config.run import RunConfig
from engine.study.pair_inspector import OPERATIONS, SWITCHES, PairInspector, only, own_strength
from engine.study.pair_measures import cosines, positives
from engine.train.control import Control
from engine.train.train_run import train

Small = Callable[..., RunConfig]


def folder_of(config: RunConfig, folder: Path) -> Path:
    train(config, lambda event: None, Control(), folder)
    return folder


@pytest.fixture
def simclr(small: Small, tmp_path: Path) -> PairInspector:
    return PairInspector(folder_of(small("simclr", {"train": {"steps": 2}}), tmp_path))


def test_pairs_are_the_run_s_views_and_their_features(simclr: PairInspector) -> None:
    result = simclr.pairs("train", 9, 3)
    assert set(result.rows) == {"features", "embedding"}
    assert len(result.index) == len(set(result.index.tolist())) == 9
    assert set(result.index.tolist()) <= set(simclr.dataset.splits["train"].tolist())
    draws = simclr.pipeline.draw(9, 3, 0, 0)
    assert all(torch.equal(a.crop, b.crop) for a, b in zip(result.draws, draws, strict=True))
    pixels = simclr.pipeline.apply(torch.from_numpy(simclr.dataset.images[result.index]), draws)
    assert np.array_equal(result.views[1], (pixels[1] * 255).round().byte().permute(0, 2, 3, 1).numpy())
    mean, scale = (torch.from_numpy(part).view(1, 3, 1, 1) for part in (simclr.dataset.mean, simclr.dataset.std))
    with torch.no_grad():
        h = torch.cat([simclr.seen.method.encoder((view - mean) / scale) for view in pixels])
        z = simclr.seen.method.projector(h)
    assert result.rows["features"] == pytest.approx(h.numpy(), abs=1e-4)
    assert result.rows["embedding"] == pytest.approx(z.numpy(), abs=1e-4)
    assert simclr.temperature == 0.2


def test_the_same_seed_gives_the_same_pairs_and_the_method_does_not_change(simclr: PairInspector) -> None:
    before = {name: value.clone() for name, value in simclr.seen.method.state_dict().items()}
    once, again, other = (simclr.pairs("validation", 4, seed) for seed in (1, 1, 2))
    assert np.array_equal(once.rows["features"], again.rows["features"])
    assert not np.array_equal(once.views[0], other.views[0])
    assert all(torch.equal(value, before[name]) for name, value in simclr.seen.method.state_dict().items())


def test_a_run_with_one_view_draws_it_twice_and_has_features_only(small: Small, tmp_path: Path) -> None:
    result = PairInspector(folder_of(small("rotation", {"train": {"steps": 2}}), tmp_path)).pairs("train", 5, 0)
    assert set(result.rows) == {"features"}
    assert result.views[0].shape == result.views[1].shape
    assert not np.array_equal(result.views[0], result.views[1])


def test_a_method_that_does_not_compare_views_has_features_only(small: Small, tmp_path: Path) -> None:
    assert PairInspector(folder_of(small("cmc", {"train": {"steps": 2}}), tmp_path)).spaces == ("features",)


def test_a_split_without_images_is_named(simclr: PairInspector) -> None:
    with pytest.raises(ConfigError, match="train, validation, test"):
        simclr.pairs("tests", 4, 0)
    with pytest.raises(ConfigError, match="operation"):
        simclr.strengths("sharpen", "train", 4, 0)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_only_draws_one_operation_at_the_given_strength(operation: str) -> None:
    strength = OPERATIONS[operation] / 2
    drawn = only(operation, strength, 32, 32, 20, 0)
    for row in range(20):
        values = drawn.describe(row)
        area = values.pop("crop_width") * values.pop("crop_height")
        del values["crop_x"], values["crop_y"]
        assert area == pytest.approx(1 - strength if operation == "crop" else 1, abs=0.05)
        if operation == "crop":
            assert values == {}
        elif operation == "blur":
            assert values == {"blur": pytest.approx(strength)}
        else:
            assert set(values) == {operation}
            middle = 0 if operation in ("hue", "rotation") else 1
            assert abs(values[operation] - middle) == pytest.approx(strength, rel=1e-5)
    unchanged = only(operation, 0.0, 32, 32, 20, 0)
    assert all(set(unchanged.describe(row)) <= {"crop_x", "crop_y", "crop_width", "crop_height", "rotation"} for row in range(20))


@pytest.mark.parametrize("operation", SWITCHES)
def test_only_switches_one_operation_for_all_images(operation: str) -> None:
    on, off = (only(operation, strength, 32, 32, 20, 0) for strength in (1.0, 0.0))
    crop = {"crop_x", "crop_y", "crop_width", "crop_height"}
    rectangle = {"erase_x", "erase_y", "erase_width", "erase_height"}
    for row in range(20):
        assert set(off.describe(row)) == crop
        assert set(on.describe(row)) == crop | (rectangle if operation == "erase" else {operation})


def test_the_cosine_of_a_switch_is_that_of_the_two_images(simclr: PairInspector) -> None:
    result = simclr.strengths("flip", "train", 6, 0)
    assert result.strengths.tolist() == [0, 1]
    index = simclr.seen.choose("train", 6, 0)
    images = torch.from_numpy(simclr.dataset.images[index]).float() / 255
    rows = simclr.seen.of([images, images.flip(3)], index)["features"]
    own = [np.dot(a, b) / np.linalg.norm(a) / np.linalg.norm(b) for a, b in zip(rows[:6], rows[6:], strict=True)]
    assert result.cosine["features"][0] == pytest.approx(np.ones(6), abs=1e-5)
    assert result.cosine["features"][1] == pytest.approx(np.array(own), abs=1e-3)
    assert np.array_equal(result.examples[1], result.examples[0][:, ::-1])
    assert result.own == 0.5


def test_the_run_s_strength_is_read_from_all_its_global_views(small: Small, tmp_path: Path) -> None:
    byol = small("byol", {"views": {"preset": "byol"}, "train": {"steps": 2}})
    assert [group.solarize for group in byol.views.groups] == [0.0, 0.2]
    assert PairInspector(folder_of(byol, tmp_path)).strengths("solarize", "train", 4, 0).own == 0.2


def test_the_cosine_is_1_at_strength_0_and_decreases(simclr: PairInspector) -> None:
    ticks: list[float] = []
    result = simclr.strengths("crop", "train", 8, 0, ticks.append)
    assert result.cosine["features"].shape == (len(result.strengths), 8)
    assert result.cosine["features"][0] == pytest.approx(np.ones(8), abs=1e-5)
    assert result.cosine["features"][-1].mean() < result.cosine["features"][1].mean()
    assert result.others["embedding"].shape == (28,)
    assert result.own == pytest.approx(0.92)
    assert result.examples.shape == (len(result.strengths), 32, 32, 3)
    assert ticks[-1] == 1.0


def test_the_matrix_of_unchanged_views_is_1_on_the_diagonal(simclr: PairInspector) -> None:
    index = simclr.seen.choose("train", 6, 0)
    plain = only("crop", 0.0, 32, 32, 6, 0)
    rows = simclr.seen.views(index, (plain, plain))["features"]
    assert positives(cosines(rows, rows)) == pytest.approx(np.ones(6), abs=1e-5)


def test_the_run_s_strength_is_0_where_an_operation_is_off(simclr: PairInspector) -> None:
    view = simclr.pipeline.views[0]
    assert own_strength("brightness", view) == 0.4
    assert own_strength("blur", view) == own_strength("rotation", view) == 0


@pytest.mark.parametrize("id", ["pic", "instdisc"])
def test_a_method_of_training_images_gives_pairs_of_other_images(id: str, small: Small, tmp_path: Path) -> None:
    inspector = PairInspector(folder_of(small(id, {"train": {"steps": 2}}), tmp_path))
    for split in ("train", "validation"):
        assert set(inspector.pairs(split, 4, 0).rows) == {"features"}
