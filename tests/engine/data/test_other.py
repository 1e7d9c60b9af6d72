"""The second set of images: resolved, opened, stored, kept in a run's list, and given in batches."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.config.errors import ConfigError
from engine.config.run import DataConfig
from engine.data.domain_shapes import LOOKS, draw
from engine.data.open import open_dataset
from engine.data.run_images import keep_manifest, resumable, run_images
from engine.data.shape_captions import HUES, hue_codes
from engine.data.shapes import BACKGROUNDS
from engine.train.batches import Batches
from engine.train.resolve import resolve
from engine.train.setup import prepare


def folder_of(path: Path, many: int, value: int) -> Path:
    path.mkdir()
    for number in range(many):
        Image.fromarray(np.full((20, 20, 3), (value + number, number, value), np.uint8)).save(path / f"{number:03d}.png")
    return path


def given(**data: object) -> dict[str, object]:
    return {"method": "cut", "data": data, "train": {"batch": 4, "steps": 4, "device": "cpu", "precision": "fp32"}}


def test_both_looks_have_no_hue_in_common_and_no_twins() -> None:
    index = np.arange(300)
    blue, orange = (draw(0, index, LOOKS[name]) for name in ("blue_shapes", "orange_shapes"))
    assert {HUES[code] for code in hue_codes(blue.hue)} == {"blue"}
    assert {HUES[code] for code in hue_codes(orange.hue)} == {"orange"}
    assert set(orange.background) == {BACKGROUNDS.index("stripes")}
    assert set(blue.background) == {BACKGROUNDS.index("plain")}
    assert np.mean(blue.shape == orange.shape) < 0.2
    assert abs(np.corrcoef(blue.x, orange.x)[0, 1]) < 0.2
    assert len(np.unique(blue.shape)) == len(np.unique(orange.shape)) == 10


def test_the_second_set_has_the_size_of_the_first_and_splits_of_its_own(tmp_path: Path) -> None:
    photographs = folder_of(tmp_path / "photographs", 60, 100)
    config = DataConfig(source="blue_shapes", other=str(photographs), count=100, size=24, storage="memory")
    opened = open_dataset(config)
    assert opened.other is not None
    assert opened.other.images.shape == (60, 3, 24, 24)
    assert opened.other.source == str(photographs)
    assert sorted(np.concatenate([*opened.other.splits.values()])) == list(range(60))
    assert all(len(opened.other.splits[name]) for name in ("train", "validation", "test"))
    assert open_dataset(config) is opened
    assert open_dataset(config.model_copy(update={"other": ""})).other is None
    first = open_dataset(DataConfig(source="blue_shapes", count=100, storage="memory"))
    assert open_dataset(DataConfig(source="blue_shapes", other="orange_shapes", count=100, storage="memory")).size == first.size


def test_the_second_set_is_memory_mapped_like_the_first(tmp_path: Path) -> None:
    config = DataConfig(source="blue_shapes", other="orange_shapes", count=64, storage="disk", root=str(tmp_path))
    opened = open_dataset(config)
    assert opened.other is not None
    assert opened.on_disk
    assert opened.other.on_disk


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ("", r"data\.other must be a second source|data\.other must be a second set"),
        ("no_such_set", r"data\.other must be"),
    ],
)
def test_errors_name_the_second_set(other: str, message: str, tmp_path: Path) -> None:
    first = folder_of(tmp_path / "first", 40, 10)
    with pytest.raises(ConfigError, match=message):
        prepare(resolve(given(source=str(first), other=other)))


def test_a_damaged_second_set_is_named(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(ConfigError, match=r"data\.other must be .*Got '?.*empty") as raised:
        prepare(resolve(given(source="blue_shapes", other=str(empty), count=64)))
    assert [problem.key for problem in raised.value.problems] == ["data.other"]


def test_photographs_are_not_turned_into_rendered_shapes_because_no_second_set_was_named(tmp_path: Path) -> None:
    assert resolve(given(source="shapes")).data.other == "orange_shapes"
    assert resolve({"method": "cut"}).data.source == "blue_shapes"
    with pytest.raises(ConfigError, match=r"data\.other must be a second set"):
        resolve(given(source=str(folder_of(tmp_path / "photographs", 20, 10))))


def test_a_method_of_one_set_leaves_the_second_out() -> None:
    assert resolve({"method": "simclr", "data": {"other": "orange_shapes"}}).data.other == ""


def test_the_path_of_the_second_set_is_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder_of(tmp_path / "second", 20, 10)
    monkeypatch.chdir(tmp_path)
    assert resolve(given(source="blue_shapes", other="second")).data.other == str(tmp_path / "second")


def batches_of(**train: object) -> Batches:
    config = resolve({**given(count=80), "train": {"batch": 4, "device": "cpu", "precision": "fp32", "steps": 4, **train}})
    session = prepare(config)
    assert isinstance(session.batches, Batches)
    return session.batches


def test_batches_have_training_images_of_the_second_set_each_as_often() -> None:
    batches = batches_of()
    second = batches.dataset.other
    assert second is not None
    assert batches.kind == "domains"
    train = second.splits["train"]
    many = len(train)
    drawn = np.concatenate([batches.other_index(step) for step in range(many)])
    assert np.array_equal(np.unique(drawn, return_counts=True)[0], train)
    assert set(np.unique(drawn, return_counts=True)[1]) == {4}
    assert not np.array_equal(batches.other_index(0), batches_of(seed=1).other_index(0))


def test_the_second_view_is_normalised_like_the_first_and_repeats() -> None:
    batches = batches_of()
    one, two = batches.at(3), batches.at(3)
    assert one.other is not None
    assert two.other is not None
    assert one.other.shape == one.views[0].shape
    assert (one.other == two.other).all()
    pixels = one.pixels(one.other)
    # Orange before green: red and green above blue.
    assert pixels[:, 2].mean() < pixels[:, :2].mean()
    first = one.pixels(one.views[0])
    assert first[:, 2].mean() > first[:, 1].mean()


@pytest.mark.parametrize("split", ["train", "validation", "test"])
def test_pictures_show_images_of_the_second_set_in_the_split_of_the_first(split: str) -> None:
    batches = batches_of()
    second = batches.dataset.other
    assert second is not None
    index = batches._other_beside(batches.dataset.splits[split][:3], 5)
    assert len(index) == 3
    assert np.isin(index, second.splits[split]).all()


def test_a_run_does_not_go_on_with_another_second_set(tmp_path: Path) -> None:
    second = folder_of(tmp_path / "second", 40, 10)
    config = DataConfig(source="blue_shapes", other=str(second), count=64, size=20)
    run = tmp_path / "run"
    run.mkdir()
    dataset = open_dataset(config)
    keep_manifest(run, dataset, config.source)
    same = run_images(run, open_dataset(config))
    assert same.other is not None
    assert not same.other.changes
    resumable(run, same)
    Image.fromarray(np.full((20, 20, 3), 255, np.uint8)).save(second / "000.png")
    (second / "039.png").unlink()
    changed = run_images(run, open_dataset(config))
    assert changed.other is not None
    assert len(changed.other) == 40, "index i is image i of the run"
    assert changed.other.changes
    with pytest.raises(ConfigError, match=r"data\.other must be the images that the run began with"):
        resumable(run, changed)
