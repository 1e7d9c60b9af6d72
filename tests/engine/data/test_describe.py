"""What the person who chooses data is told of them: counts, splits, files that are not read, what folders may mean, samples."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.config.errors import ConfigError
from engine.config.run import DataConfig
from engine.data.describe import describe, survey
from engine.data.traits import possible_traits
from tests.engine.data.test_layouts import fill


def config_of(tmp_path: Path, source: object, **more: object) -> DataConfig:
    return DataConfig.model_validate({"source": str(source), "root": str(tmp_path / "root"), **more})


def test_a_folder_is_described_before_and_after_its_images_are_decoded(tmp_path: Path, open_at) -> None:
    for k, (name, count) in enumerate((("cat", 20), ("dog", 30), ("empty", 0))):
        (tmp_path / "d" / name).mkdir(parents=True)
        fill(tmp_path / "d" / name, count, k)
    (tmp_path / "d" / "cat" / "damaged.png").write_bytes(b"\x89PNG nothing")
    (tmp_path / "d" / "dog" / "drawing.psd").write_bytes(b"8BPS")
    before = survey(config_of(tmp_path, tmp_path / "d"))
    assert before is not None
    assert not before.decoded
    assert (before.images, before.classes, before.counts.tolist()) == (51, ("cat", "dog"), [21, 30])
    assert before.unreadable == ("dog/drawing.psd: the format psd is not read",)
    assert before.splits == {"train": 51}
    after = describe(open_at(tmp_path / "d"))
    assert after.decoded
    assert (after.images, after.counts.tolist(), after.unlabelled) == (50, [20, 30], 0)
    assert [line.partition(":")[0] for line in after.unreadable] == ["dog/drawing.psd", "cat/damaged.png"]
    assert sum(after.splits.values()) == 50
    for known in (before, after):
        assert {sample.label for sample in known.samples} == {"cat", "dog"}
        assert 10 <= len(known.samples) <= 12
        assert all(sample.image.shape == (known.size, known.size, 3) for sample in known.samples)
        assert all(sample.name.startswith(sample.label) for sample in known.samples)


def test_splits_of_folders_are_counted_and_the_settings_for_cutting_them_have_no_effect(tmp_path: Path, open_at) -> None:
    for k, (split, count) in enumerate((("train", 8), ("val", 3), ("test", 5))):
        for name in ("cat", "dog"):
            fill(tmp_path / "d" / split / name, count, 10 * k + (name == "dog"))
    known = survey(config_of(tmp_path, tmp_path / "d"))
    assert known is not None
    assert known.splits == {"train": 16, "validation": 6, "test": 10}
    assert known.own_splits == ("train", "validation", "test")
    assert known.traits == {"folders"}
    assert describe(open_at(tmp_path / "d")).traits == {"folders"}


def test_traits_of_sets(open_at) -> None:
    shapes = describe(open_at("simple_shapes", count=40))
    assert shapes.traits == {"rendered", "no validation split", "no test split"} == possible_traits("simple_shapes")
    assert "rendered" not in describe(open_at("digits")).traits
    assert {"deep", "folders"} <= possible_traits("/some/folder")


def test_a_wrapper_that_hides_the_classes_is_noticed(tmp_path: Path, open_at) -> None:
    for k, name in enumerate(("cat", "dog")):
        fill(tmp_path / "d" / "images" / name, 6, k)
    fill(tmp_path / "d", 2, 7)  # beside the folder: it is no wrapper of all
    known = survey(config_of(tmp_path, tmp_path / "d"))
    assert known is not None
    assert known.classes == ()
    assert known.suggested == "inner"
    assert known.meanings["inner"] == ("cat", "dog")
    taken = describe(open_at(tmp_path / "d", folders="inner"))
    assert (taken.classes, taken.counts.tolist(), taken.unlabelled) == (("cat", "dog"), [6, 6], 2)


def test_years_with_the_same_classes_in_each(tmp_path: Path, open_at) -> None:
    for k, (year, name) in enumerate((y, c) for y in ("2023", "2024") for c in ("cat", "dog")):
        fill(tmp_path / "d" / year / name, 5, k)
    known = survey(config_of(tmp_path, tmp_path / "d"))
    assert known is not None
    assert (known.classes, known.suggested) == (("2023", "2024"), "inner")
    assert describe(open_at(tmp_path / "d", folders="inner")).counts.tolist() == [10, 10]
    nothing = describe(open_at(tmp_path / "d", folders="nothing"))
    assert (nothing.classes, nothing.unlabelled) == ((), 20)
    # What the folders mean is not read from what was stored for another meaning.
    assert describe(open_at(tmp_path / "d")).classes == ("2023", "2024")


def test_plain_class_folders_suggest_nothing(tmp_path: Path) -> None:
    for k, name in enumerate(("cat/indoor", "dog/outdoor")):
        fill(tmp_path / "d" / name, 3, k)
    known = survey(config_of(tmp_path, tmp_path / "d"))
    assert known is not None
    assert (known.classes, known.suggested) == (("cat", "dog"), "")
    deeper = survey(config_of(tmp_path, tmp_path / "d" / "cat", folders="inner"))
    assert deeper is not None
    assert deeper.suggested == ""


def test_the_sizes_of_the_files_are_known_before_decoding(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    for k in range(20):
        Image.new("RGB", (640, 480) if k % 2 else (300, 900)).save(tmp_path / "d" / f"{k}.png")
    known = survey(config_of(tmp_path, tmp_path / "d", size=32))
    assert known is not None
    assert known.size == 32
    assert {tuple(row) for row in known.originals.tolist()} == {(640, 480), (300, 900)}


def test_an_archive_of_arrays(tmp_path: Path) -> None:
    images = np.random.default_rng(0).integers(0, 256, (30, 8, 8, 3), dtype=np.uint8)
    np.savez(tmp_path / "a.npz", train_images=images, train_labels=np.arange(30) % 3, test_images=images[:6])
    known = survey(config_of(tmp_path, tmp_path / "a.npz"))
    assert known is not None
    assert (known.images, known.counts.tolist(), known.unlabelled) == (36, [10, 10, 10], 6)
    assert known.splits == {"train": 30, "test": 6}
    assert known.traits == {"no validation split"}


def test_named_sets_have_no_survey_and_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    assert survey(config_of(tmp_path, "shapes")) is None
    with pytest.raises(ConfigError, match="existing folder"):
        survey(config_of(tmp_path, tmp_path / "none"))
