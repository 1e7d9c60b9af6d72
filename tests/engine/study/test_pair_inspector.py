"""Two views of each image through the encoder of a run, and one operation turned up."""

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


def test_pairs_are_the_run_s_own_views_through_its_encoder(simclr: PairInspector) -> None:
    found = simclr.pairs("train", 9, 3)
    assert set(found.rows) == {"features", "embedding"}
    assert len(found.index) == len(set(found.index.tolist())) == 9
    assert set(found.index.tolist()) <= set(simclr.dataset.splits["train"].tolist())
    draws = simclr.pipeline.draw(9, 3, 0, 0)
    assert all(torch.equal(a.crop, b.crop) for a, b in zip(found.draws, draws, strict=True))
    pixels = simclr.pipeline.apply(torch.from_numpy(simclr.dataset.images[found.index]), draws)
    assert np.array_equal(found.views[1], (pixels[1] * 255).round().byte().permute(0, 2, 3, 1).numpy())
    mean, scale = (torch.from_numpy(part).view(1, 3, 1, 1) for part in (simclr.dataset.mean, simclr.dataset.std))
    with torch.no_grad():
        h = torch.cat([simclr.seen.method.encoder((view - mean) / scale) for view in pixels])
        z = simclr.seen.method.projector(h)
    assert found.rows["features"] == pytest.approx(h.numpy(), abs=1e-4)
    assert found.rows["embedding"] == pytest.approx(z.numpy(), abs=1e-4)
    assert simclr.temperature == 0.2


def test_the_same_seed_is_the_same_and_nothing_of_the_method_moves(simclr: PairInspector) -> None:
    before = {name: value.clone() for name, value in simclr.seen.method.state_dict().items()}
    once, again, other = (simclr.pairs("validation", 4, seed) for seed in (1, 1, 2))
    assert np.array_equal(once.rows["features"], again.rows["features"])
    assert not np.array_equal(once.views[0], other.views[0])
    assert all(torch.equal(value, before[name]) for name, value in simclr.seen.method.state_dict().items())


def test_a_run_of_one_view_is_asked_twice_and_has_features_alone(small: Small, tmp_path: Path) -> None:
    found = PairInspector(folder_of(small("rotation", {"train": {"steps": 2}}), tmp_path)).pairs("train", 5, 0)
    assert set(found.rows) == {"features"}
    assert found.views[0].shape == found.views[1].shape
    assert not np.array_equal(found.views[0], found.views[1])


def test_a_method_that_compares_something_else_than_views_has_features_alone(small: Small, tmp_path: Path) -> None:
    assert PairInspector(folder_of(small("cmc", {"train": {"steps": 2}}), tmp_path)).spaces == ("features",)


def test_a_split_without_images_is_named(simclr: PairInspector) -> None:
    with pytest.raises(ConfigError, match="train, validation, test"):
        simclr.pairs("tests", 4, 0)
    with pytest.raises(ConfigError, match="operation"):
        simclr.strengths("sharpen", "train", 4, 0)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_one_operation_is_turned_up_exactly_and_no_other(operation: str) -> None:
    strength = OPERATIONS[operation] / 2
    drawn = only(operation, strength, 32, 32, 20, 0)
    for row in range(20):
        said = drawn.describe(row)
        area = said.pop("crop_width") * said.pop("crop_height")
        del said["crop_x"], said["crop_y"]
        assert area == pytest.approx(1 - strength if operation == "crop" else 1, abs=0.05)
        if operation == "crop":
            assert said == {}
        elif operation == "blur":
            assert said == {"blur": pytest.approx(strength)}
        else:
            assert set(said) == {operation}
            middle = 0 if operation in ("hue", "rotation") else 1
            assert abs(said[operation] - middle) == pytest.approx(strength, rel=1e-5)
    still = only(operation, 0.0, 32, 32, 20, 0)
    assert all(set(still.describe(row)) <= {"crop_x", "crop_y", "crop_width", "crop_height", "rotation"} for row in range(20))


@pytest.mark.parametrize("operation", SWITCHES)
def test_a_switch_is_off_and_on_for_all_and_no_other(operation: str) -> None:
    on, off = (only(operation, strength, 32, 32, 20, 0) for strength in (1.0, 0.0))
    crop = {"crop_x", "crop_y", "crop_width", "crop_height"}
    rectangle = {"erase_x", "erase_y", "erase_width", "erase_height"}
    for row in range(20):
        assert set(off.describe(row)) == crop
        assert set(on.describe(row)) == crop | (rectangle if operation == "erase" else {operation})


def test_a_switch_costs_what_the_two_images_say(simclr: PairInspector) -> None:
    found = simclr.strengths("flip", "train", 6, 0)
    assert found.strengths.tolist() == [0, 1]
    index = simclr.seen.choose("train", 6, 0)
    images = torch.from_numpy(simclr.dataset.images[index]).float() / 255
    rows = simclr.seen.of([images, images.flip(3)], index)["features"]
    own = [np.dot(a, b) / np.linalg.norm(a) / np.linalg.norm(b) for a, b in zip(rows[:6], rows[6:], strict=True)]
    assert found.cosine["features"][0] == pytest.approx(np.ones(6), abs=1e-5)
    assert found.cosine["features"][1] == pytest.approx(np.array(own), abs=1e-3)
    assert np.array_equal(found.examples[1], found.examples[0][:, ::-1])
    assert found.own == 0.5


def test_what_a_run_draws_is_looked_for_in_all_its_large_views(small: Small, tmp_path: Path) -> None:
    byol = small("byol", {"views": {"preset": "byol"}, "train": {"steps": 2}})
    assert [group.solarize for group in byol.views.groups] == [0.0, 0.2]
    assert PairInspector(folder_of(byol, tmp_path)).strengths("solarize", "train", 4, 0).own == 0.2


def test_an_image_is_itself_at_strength_nothing_and_less_so_later(simclr: PairInspector) -> None:
    ticks: list[float] = []
    found = simclr.strengths("crop", "train", 8, 0, ticks.append)
    assert found.cosine["features"].shape == (len(found.strengths), 8)
    assert found.cosine["features"][0] == pytest.approx(np.ones(8), abs=1e-5)
    assert found.cosine["features"][-1].mean() < found.cosine["features"][1].mean()
    assert found.others["embedding"].shape == (28,)
    assert found.own == pytest.approx(0.92)
    assert found.examples.shape == (len(found.strengths), 32, 32, 3)
    assert ticks[-1] == 1.0


def test_the_matrix_of_untouched_views_is_one_on_the_diagonal(simclr: PairInspector) -> None:
    index = simclr.seen.choose("train", 6, 0)
    plain = only("crop", 0.0, 32, 32, 6, 0)
    rows = simclr.seen.views(index, (plain, plain))["features"]
    assert positives(cosines(rows, rows)) == pytest.approx(np.ones(6), abs=1e-5)


def test_the_run_s_own_strength_is_nothing_where_an_operation_is_off(simclr: PairInspector) -> None:
    view = simclr.pipeline.views[0]
    assert own_strength("brightness", view) == 0.4
    assert own_strength("blur", view) == own_strength("rotation", view) == 0


@pytest.mark.parametrize("id", ["pic", "instdisc"])
def test_a_method_that_knows_training_images_alone_can_be_asked_of_others(id: str, small: Small, tmp_path: Path) -> None:
    inspector = PairInspector(folder_of(small(id, {"train": {"steps": 2}}), tmp_path))
    for split in ("train", "validation"):
        assert set(inspector.pairs(split, 4, 0).rows) == {"features"}
