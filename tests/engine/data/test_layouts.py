"""Common folder layouts and files of every kind are read, or listed as left out."""

from __future__ import annotations

import os
import shutil
import socket
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.data.pictures import decode, decode_known, scale_of
from tests.engine.data.test_run_images import write_image


def fill(folder: Path, count: int, seed: int) -> None:
    for k in range(count):
        write_image(folder / f"{k:02}.png", 1000 * seed + k)


@pytest.mark.parametrize(
    ("train", "test"),
    [("train_set", "test_set"), ("Training Set", "Testing"), ("seg_train", "seg_test"), ("train2017", "test2017")],
)
def test_common_names_of_split_folders_are_recognised(tmp_path: Path, open_at, train: str, test: str) -> None:
    for k, (split, name) in enumerate((s, c) for s in (train, test) for c in ("cat", "dog")):
        fill(tmp_path / "d" / split / name, 6, k)
    dataset = open_at(tmp_path / "d")
    assert dataset.classes == ("cat", "dog")
    assert {dataset.names[i].split("/")[0] for i in dataset.splits["test"]} == {test}


def test_classes_named_like_a_split_are_classes(tmp_path: Path, open_at) -> None:
    for k, name in enumerate(("train_station", "test tube", "train")):
        fill(tmp_path / "d" / name, 4, k)
    assert open_at(tmp_path / "d").classes == ("test tube", "train", "train_station")


def test_a_single_folder_around_the_data_is_skipped(tmp_path: Path, open_at) -> None:
    for k, (split, name) in enumerate((s, c) for s in ("train", "test") for c in ("cat", "dog")):
        fill(tmp_path / "zip" / "archive" / "data" / split / name, 6, k)
    dataset = open_at(tmp_path / "zip")
    assert dataset.classes == ("cat", "dog")
    assert all("/test/" in dataset.names[i] for i in dataset.splits["test"])
    assert any("lies deeper" in note for note in dataset.notes)
    fill(tmp_path / "zip" / "samples", 2, 9)
    assert any("holds folders named test and train" in note for note in open_at(tmp_path / "zip").notes)


def test_system_folders_of_storage_devices_are_left_out_and_listed(tmp_path: Path, open_at) -> None:
    for k, name in enumerate(("cat", "dog", "@eaDir", "#recycle", "cat/@eaDir/00.png")):
        fill(tmp_path / "d" / name, 5, k)
    dataset = open_at(tmp_path / "d")
    assert dataset.classes == ("cat", "dog")
    assert len(dataset) == 10
    assert any("#recycle, @eaDir" in note for note in dataset.notes)


def test_links_to_folders_within_the_data_are_not_read_twice(tmp_path: Path, open_at) -> None:
    for k, name in enumerate(("a", "b", "c")):
        fill(tmp_path / "d" / name, 5, k)
    fill(tmp_path / "outside", 5, 7)
    (tmp_path / "d" / "a" / "more").symlink_to("../b")
    (tmp_path / "d" / "b" / "up").symlink_to("../..")
    (tmp_path / "d" / "other").symlink_to(tmp_path / "outside")
    dataset = open_at(tmp_path / "d")
    assert dataset.classes == ("a", "b", "c", "other")
    assert np.bincount(dataset.labels).tolist() == [5, 5, 5, 5]
    assert any("a/more, b/up" in note for note in dataset.notes)


def test_links_from_split_folders_to_sibling_folders_are_followed(tmp_path: Path, open_at) -> None:
    for k, name in enumerate(("cat", "dog")):
        fill(tmp_path / "d" / "all" / name, 5, k)
        fill(tmp_path / "d" / "test" / name, 2, 5 + k)
        (tmp_path / "d" / "train").mkdir(exist_ok=True)
        (tmp_path / "d" / "train" / name).symlink_to(f"../all/{name}")
    dataset = open_at(tmp_path / "d")
    assert dataset.classes == ("cat", "dog")
    assert len(dataset.splits["train"]) + len(dataset.splits["validation"]) == 10


def test_files_of_unknown_types_are_read_or_listed(tmp_path: Path, open_at) -> None:
    fill(tmp_path / "d", 6, 1)
    image = Image.open(tmp_path / "d" / "00.png")
    image.transpose(Image.Transpose.ROTATE_90).save(tmp_path / "d" / "x.tga")
    image.transpose(Image.Transpose.ROTATE_180).save(tmp_path / "d" / "bare", "PNG")
    (tmp_path / "d" / "readme.txt").write_text("no image")
    (tmp_path / "d" / "scan.xyz").write_bytes(b"unknown")
    dataset = open_at(tmp_path / "d")
    assert len(dataset) == 8
    assert not dataset.skipped
    assert [note for note in dataset.notes if "kinds" in note] == ["Files of kinds that are not read are left out: .xyz (1)."]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in folders")
def test_pipes_and_sockets_are_listed_and_do_not_block(tmp_path: Path, open_at, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path / "d", 6, 1)
    os.mkfifo(tmp_path / "d" / "x.png")
    os.mkfifo(tmp_path / "d" / "bare")
    (tmp_path / "d" / "device.png").symlink_to("/dev/null")
    monkeypatch.chdir(tmp_path / "d")  # a socket's path may have at most about 100 characters
    with socket.socket(socket.AF_UNIX) as made:
        made.bind("s.png")
        dataset = open_at(tmp_path / "d")
    assert len(dataset) == 6
    assert sorted(line.partition(":")[0] for line in dataset.skipped) == ["device.png", "s.png", "x.png"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in folders")
def test_pipes_devices_and_dead_links_in_place_of_annotations_are_named(tmp_path: Path, open_at) -> None:
    folder = tmp_path / "d"
    fill(folder, 6, 1)
    (folder / "annotations").mkdir()
    os.mkfifo(folder / "annotations" / "instances_train.json")
    (folder / "0.xml").symlink_to("/dev/zero")
    (folder / "1.txt").symlink_to(folder / "gone")
    (folder / "data.yaml").mkdir()
    (folder / "targets.csv").symlink_to("/dev/zero")
    (folder / "notes.csv").symlink_to("/dev/zero")  # no file of annotations
    notes = open_at(folder).notes
    odd = "Pipes, sockets and devices with the ending of a file of annotations, and links that lead nowhere, are not read"
    assert f"{odd}: 0.xml, 1.txt, annotations/instances_train.json and 1 more." in notes
    assert "Folders with the ending of a file of annotations are not read as such: data.yaml." in notes


def test_missing_and_unusable_labels_give_a_note(tmp_path: Path, open_at) -> None:
    for k, name in enumerate(("train/a", "train/b", "val", "test/a", "test/c")):
        fill(tmp_path / "d" / name, 4, k)
    notes = " ".join(open_at(tmp_path / "d").notes)
    assert "The validation images have no labels" in notes
    assert "1 classes of the test images (c) have no training image: 4 of 8" in notes


def ramp(path: Path, low: float, high: float, kind: type, **more: object) -> Path:
    values = np.linspace(low, high, 32 * 32).reshape(32, 32)
    Image.fromarray(values.astype(kind)).save(path, **more)
    return path


def test_16_bit_images_are_scaled_with_the_range_of_the_data_set(tmp_path: Path, open_at) -> None:
    (tmp_path / "d").mkdir()
    for k in range(8):
        ramp(tmp_path / "d" / f"{k}.tif", k, 4095 if k == 3 else 1000 + k, np.uint16)
    dataset = open_at(tmp_path / "d", size=32)
    assert (dataset.scale.black, dataset.scale.white) == (0, 4095)
    assert dataset.images[3].max() == 255
    assert abs(int(dataset.images[0].max()) - round(1000 / 4095 * 255)) <= 1
    assert any("brought to 256 grey levels" in note for note in dataset.notes)
    assert len(np.unique(dataset.images[3])) > 200
    # A run's stored scale is used for other images, too.
    ramp(tmp_path / "d" / "bright.tif", 0, 60000, np.uint16)
    kept = open_at(tmp_path / "d", size=32, black=0, white=4095)
    np.testing.assert_array_equal(kept.images[:8], dataset.images)
    np.testing.assert_array_equal(kept.digests[:8], dataset.digests)


@pytest.mark.parametrize(
    ("low", "high", "black", "white"),
    [
        (0, 255, 0, 255),
        (0, 4095, 0, 4095),
        (12, 65535, 0, 65535),
        (0.0, 0.93, 0, 1),
        (-1, 3000, 0, 4095),
        (-1000, 3071, -1024, 4095),
    ],
)
def test_scale_of_gives_black_and_white_for_a_range_of_values(low: float, high: float, black: float, white: float) -> None:
    scale = scale_of(low, high)
    assert (scale_of(-1000, 3071).black, scale_of(-1000, 3071).white) == (-1024, 4095)
    assert (scale.black, scale.white) == (black, white)


def test_transparency_of_a_16_bit_image_applies_to_one_value_only(tmp_path: Path) -> None:
    plain = decode(ramp(tmp_path / "p.png", 0, 61000, np.uint16), 32).astype(int)
    clear = decode(ramp(tmp_path / "t.png", 0, 61000, np.uint16, transparency=0), 32).astype(int)
    assert np.abs(plain - clear)[:, 1:].max() <= 1
    assert clear[:, 0, 0].tolist() == [255] * 3


def test_a_large_image_is_resized_in_bands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    y, x = np.mgrid[:300, :420]
    image = Image.fromarray(np.stack([x * 255 // 420, y * 255 // 300, (x + y) % 256], 2).astype(np.uint8)).convert("RGBA")
    image.putalpha(128)
    exif = Image.Exif()
    exif[0x112] = 6
    image.save(tmp_path / "a.png", exif=exif)
    whole, digest = decode_known(tmp_path / "a.png", 16)
    monkeypatch.setattr("engine.data.pictures._SMALL", 5000)
    banded, again = decode_known(tmp_path / "a.png", 16)
    assert digest == again
    assert np.abs(whole.astype(int) - banded.astype(int))[:2].max() <= 3


def test_an_image_too_large_for_the_memory_is_listed(tmp_path: Path, open_at, monkeypatch: pytest.MonkeyPatch) -> None:
    from engine.data import pictures

    fill(tmp_path / "d", 6, 1)
    Image.new("RGB", (100, 100)).save(tmp_path / "d" / "large.png")
    monkeypatch.setattr(pictures, "_ROOM", pictures._Room(20_000))
    monkeypatch.setattr("psutil.virtual_memory", lambda: type("Memory", (), {"available": 50_000})())
    dataset = open_at(tmp_path / "d", size=16, storage="memory")
    assert len(dataset) == 6
    assert "large.png: it takes 0.0 GB to decode" in dataset.skipped[0]


def test_a_changed_file_is_read_again(tmp_path: Path, open_at) -> None:
    for k, name in enumerate(("a", "b")):
        fill(tmp_path / "d" / name / "deep", 6, k)
    before = open_at(tmp_path / "d", size=16)
    assert open_at(tmp_path / "d", size=16) is before
    shutil.copyfile(tmp_path / "d" / "b" / "deep" / "00.png", tmp_path / "d" / "a" / "deep" / "00.png")
    after = open_at(tmp_path / "d", size=16)
    np.testing.assert_array_equal(after.images[0], before.images[6])
