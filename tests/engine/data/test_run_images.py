"""A run's images are identified by their content after changes in their folder."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.config.errors import ConfigError
from engine.data.dataset import Dataset
from engine.data.run_images import keep_manifest, known_splits, resumable, run_images, same_images
from engine.data.splits import SPLITS
from engine.runs.manifest import manifest_path, read_manifest, write_manifest


def write_image(path: Path, seed: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.random.default_rng(seed).integers(0, 256, (16, 16, 3), dtype=np.uint8)).save(path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for k in range(20):
        write_image(tmp_path / "d" / "cat" / f"{k:02}.png", k)
        write_image(tmp_path / "d" / "dog" / f"{k:02}.png", 100 + k)
    return tmp_path / "d"


@pytest.fixture
def begun(folder: Path, open_at, tmp_path: Path) -> tuple[Path, Dataset]:
    run = tmp_path / "run"
    run.mkdir()
    dataset = open_at(folder, size=16)
    keep_manifest(run, dataset, str(folder))
    return run, dataset


def splits_by_name(dataset: Dataset) -> dict[str, str]:
    return {dataset.names[i]: name for name, index in dataset.splits.items() for i in index}


def test_the_list_is_read_as_it_was_written(begun) -> None:
    run, dataset = begun
    known = read_manifest(run)
    np.testing.assert_array_equal(known.digests, dataset.digests)
    np.testing.assert_array_equal(known.labels, dataset.labels)
    assert (known.names, known.classes) == (dataset.names, ("cat", "dog"))
    for code, name in enumerate(SPLITS):
        np.testing.assert_array_equal(np.flatnonzero(known.split == code), dataset.splits[name])
    opened = run_images(run, dataset)
    assert opened.images is dataset.images
    assert not opened.changes
    assert opened.changes.lines() == ()


def test_an_added_image_is_left_out_and_changes_no_index(begun, folder: Path, open_at) -> None:
    run, before = begun
    write_image(folder / "cat" / "000.png", 999)
    now = open_at(folder, size=16)
    assert len(now) == 41
    opened = run_images(run, now)
    np.testing.assert_array_equal(opened.images, before.images)
    assert opened.names == before.names
    assert splits_by_name(opened) == splits_by_name(before)
    np.testing.assert_array_equal(opened.mean, before.mean)
    assert opened.changes.added == ("cat/000.png",)
    assert "1 images were added" in opened.notes[0]
    resumable(run, opened)  # it can be resumed with its own images
    expected = {**splits_by_name(before), "cat/000.png": ""}
    assert known_splits(run, now) == [expected[name] for name in now.names]


def test_a_missing_image_is_replaced_by_a_crossed_out_one_and_is_in_no_split(begun, folder: Path, open_at) -> None:
    run, before = begun
    gone = [before.names.index(f"cat/{k:02}.png") for k in range(3)]
    for index in gone:
        (folder / before.names[index]).unlink()
    opened = run_images(run, open_at(folder, size=16))
    assert opened.names == before.names
    stay = np.setdiff1d(np.arange(40), gone)
    np.testing.assert_array_equal(opened.images[stay], before.images[stay])
    assert all(len(np.unique(opened.images[index])) == 2 for index in gone)
    assert not set(gone) & set(np.concatenate(list(opened.splits.values())).tolist())
    np.testing.assert_array_equal(opened.labels, before.labels)
    assert opened.changes.missing == tuple(before.names[index] for index in gone)
    trained = [index for index in gone if splits_by_name(before)[before.names[index]] != "test"]
    assert opened.changes.used == len(trained) > 0
    with pytest.raises(ConfigError, match=r"data\.source must be the images that the run began with.*no longer there"):
        resumable(run, opened)


def test_renamed_and_moved_images_keep_their_index(begun, folder: Path, open_at) -> None:
    run, before = begun
    (folder / "cat" / "00.png").rename(folder / "cat" / "zz.png")
    (folder / "dog" / "05.png").rename(folder / "cat" / "05b.png")
    opened = run_images(run, open_at(folder, size=16))
    np.testing.assert_array_equal(opened.images, before.images)
    assert opened.names[0] == "cat/zz.png"
    assert {name: np.array_equal(index, before.splits[name]) for name, index in opened.splits.items()} == dict.fromkeys(
        SPLITS, True
    )
    assert opened.changes.relabelled == ("dog/05.png",)
    assert not opened.changes.missing
    assert not opened.changes.added


def test_changed_content_under_the_same_name_is_reported(begun, folder: Path, open_at) -> None:
    run, before = begun
    trained = before.names[before.splits["train"][0]]
    write_image(folder / trained, 555)
    opened = run_images(run, open_at(folder, size=16))
    assert opened.changes.replaced == (trained,)
    with pytest.raises(ConfigError, match="other content"):
        resumable(run, opened)


def test_a_training_image_is_not_in_the_test_split_under_another_name(begun, folder: Path, open_at) -> None:
    run, before = begun
    trained, tested = (before.names[before.splits[name][0]] for name in ("train", "test"))
    shutil.copyfile(folder / trained, folder / tested)
    opened = run_images(run, open_at(folder, size=16))
    assert opened.changes.missing == (tested,)
    assert before.splits["test"][0] not in opened.splits["test"]


def test_images_stored_on_disk_have_the_run_s_order_too(begun, folder: Path, open_at, tmp_path: Path) -> None:
    run, before = begun
    write_image(folder / "cat" / "000.png", 999)
    now = open_at(folder, size=16, storage="disk")
    assert now.on_disk
    opened = run_images(run, now, root=str(tmp_path / "root"))
    assert opened.on_disk
    np.testing.assert_array_equal(opened.images, before.images)


def test_a_run_without_a_list_is_checked_by_its_stored_statistics(folder: Path, open_at, tmp_path: Path) -> None:
    dataset = open_at(folder, size=16)
    assert run_images(tmp_path, dataset).changes.check == "none"
    same = run_images(tmp_path, dataset, (dataset.mean, dataset.std))
    assert not same.changes
    assert "kept no list of its images" in same.notes[0]
    resumable(tmp_path, same)
    other = run_images(tmp_path, dataset, (dataset.mean + np.float32(0.01), dataset.std))
    assert other.changes
    with pytest.raises(ConfigError, match="are not those that it stored"):
        resumable(tmp_path, other)


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 torn", None])
def test_a_damaged_list_counts_as_missing(begun, damage: bytes | None) -> None:
    run, _ = begun
    path = manifest_path(run)
    path.write_bytes(path.read_bytes()[:200] if damage is None else damage)
    assert read_manifest(run) is None


def test_runs_are_compared_by_the_content_of_their_images(begun, tmp_path: Path) -> None:
    run, dataset = begun
    other = tmp_path / "other"
    other.mkdir()
    assert same_images(run, other) is None
    keep_manifest(other, dataset, "elsewhere")
    assert same_images(run, other)
    keep_manifest(other, replace(dataset, digests=dataset.digests[::-1].copy()), "elsewhere")
    assert same_images(run, other) is False


def test_file_names_in_any_encoding_are_stored(open_at, tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    for k in range(6):
        write_image(tmp_path / "d" / f"{k}.png", k)
    dataset = open_at(tmp_path / "d", size=16)
    names = ("caf\udce9.png", "猫.png", "line\nbreak.png", "", "a b.png", "x.png")
    keep_manifest(run, replace(dataset, names=names), "d")
    assert read_manifest(run).names == names


def test_a_copy_without_exif_and_a_copy_in_another_format_are_the_same_image(open_at, tmp_path: Path) -> None:
    from engine.data.pictures import decode_known

    image = Image.fromarray(np.random.default_rng(0).integers(0, 256, (40, 30, 3), dtype=np.uint8))
    exif = Image.Exif()
    exif[0x10E] = "a description"
    image.save(tmp_path / "a.jpg", exif=exif, comment=b"a comment", quality=90)
    image.save(tmp_path / "b.jpg", quality=90)
    image.save(tmp_path / "a.png")
    image.save(tmp_path / "b.bmp")
    digests = {path.name: decode_known(path, 16)[1] for path in tmp_path.iterdir() if path.is_file()}
    assert digests["a.jpg"] == digests["b.jpg"] != digests["a.png"] == digests["b.bmp"]
    assert decode_known(tmp_path / "a.jpg", 24)[1] == digests["a.jpg"]


@pytest.mark.parametrize("storage", ["memory", "disk"])
def test_boxes_and_class_maps_follow_the_images_of_the_run(open_at, tmp_path: Path, storage: str) -> None:
    before = open_at("scenes", count=30, size=16)
    run = tmp_path / "run"
    run.mkdir()
    keep_manifest(run, before, "scenes")
    kept = read_manifest(run)
    # The run has the images in another order, and one that is gone.
    order = np.random.default_rng(0).permutation(30)
    digests = kept.digests[order].copy()
    digests[5] = 12345
    write_manifest(run, replace(kept, digests=digests, split=kept.split[order], labels=kept.labels[order], names=()))
    opened = run_images(run, open_at("scenes", count=30, size=16, storage=storage), root=str(tmp_path / "root"))
    assert opened.on_disk == (storage == "disk")
    for index, row in enumerate(order.tolist()):
        boxes = opened.boxes.corners[opened.boxes.rows(index)]
        if index == 5:
            assert (opened.class_maps.values[index] == 255).all()
            assert len(boxes) == 0
            assert not opened.boxes.known[index]
        else:
            assert np.array_equal(opened.class_maps.values[index], before.class_maps.values[row])
            assert np.array_equal(boxes, before.boxes.corners[before.boxes.rows(row)])
            assert opened.captions.texts[index] == before.captions.texts[row]
