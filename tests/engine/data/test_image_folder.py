"""Folders of images: formats, layouts, damaged files."""

import io
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.config.errors import ConfigError
from engine.data import pictures
from engine.data.pictures import decode

REAL = Path(__file__).resolve().parents[3] / "../shared/data/photos"


def picture(color, size=(20, 20), mode="RGB"):
    return Image.new(mode, size, color)


def test_class_folders_become_labels(open_at, photos):
    data = open_at(photos)
    assert data.name == "photos"
    assert data.classes == ("cat", "dog")
    assert data.size == 24
    assert data.images.shape == (24, 3, 24, 24)
    for name, label in zip(data.names, data.labels, strict=True):
        assert data.classes[label] == name.split("/")[0]
    assert sum(map(len, data.splits.values())) == 24
    assert data.skipped == ()


def test_flat_folder_has_no_labels(open_at, photos):
    data = open_at(photos / "cat")
    assert data.classes == ()
    assert (data.labels == -1).all()
    assert len(data) == 12


def test_split_folders_become_the_splits(open_at, photos):
    for split in ("train", "val", "test"):
        for name in ("cat", "dog"):
            (photos / split / name).mkdir(parents=True)
            for k in range(4):
                part = {"train": 0, "val": 4, "test": 8}[split] + k
                (photos / name / f"{part:02}.png").rename(photos / split / name / f"{part:02}.png")
    (photos / "cat").rmdir()
    (photos / "dog").rmdir()
    picture("red").save(photos / "stray.png")
    data = open_at(photos)
    for split, folder in (("train", "train"), ("validation", "val"), ("test", "test")):
        assert [data.names[i].split("/")[0] for i in data.splits[split]] == [folder] * 8
    assert data.classes == ("cat", "dog")
    assert [line for line in data.skipped if line.startswith("stray.png")]


def test_classes_named_by_numbers_are_in_numeric_order(open_at, tmp_path):
    for name in ("10", "9", "1"):
        (tmp_path / "n" / name).mkdir(parents=True)
        for k in range(3):
            picture((int(name) * 10, k * 40, 0)).save(tmp_path / "n" / name / f"{k}.png")
    assert open_at(tmp_path / "n").classes == ("1", "9", "10")


@pytest.mark.parametrize("ending", ["png", "jpg", "webp", "bmp", "gif", "tiff"])
def test_every_format_is_read(tmp_path, ending):
    path = tmp_path / f"a.{ending}"
    picture((200, 60, 30)).save(path)
    assert np.abs(decode(path, 16).reshape(3, -1).mean(1) - [200, 60, 30]).max() < 6


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (picture((255, 0, 0, 0), mode="RGBA"), (255, 255, 255)),
        (picture((0, 0, 0, 51), mode="RGBA"), (204, 204, 204)),
        (picture((0, 0), mode="LA"), (255, 255, 255)),
        (picture(100, mode="L"), (100, 100, 100)),
        (picture(1, mode="1"), (255, 255, 255)),
        (picture((10, 200, 90)).quantize(4), (10, 200, 90)),
        (Image.fromarray(np.full((20, 20), 65535 // 2, np.uint16)), (127, 127, 127)),
    ],
    ids=["clear", "shade", "gray-alpha", "gray", "bilevel", "palette", "16-bit"],
)
def test_modes_become_rgb(tmp_path, made, expected):
    made.save(tmp_path / "a.png")
    assert np.abs(decode(tmp_path / "a.png", 8).reshape(3, -1).T.astype(int) - expected).max() <= 1


def test_cmyk_and_float_are_read(tmp_path):
    picture((0, 255, 255, 0), mode="CMYK").save(tmp_path / "a.jpg")
    red = decode(tmp_path / "a.jpg", 8).reshape(3, -1).mean(1)
    assert red[0] > 200
    assert red[1] < 90
    Image.fromarray(np.full((20, 20), 0.5, np.float32)).save(tmp_path / "a.tiff")
    assert np.abs(decode(tmp_path / "a.tiff", 8).astype(int) - 128).max() <= 1


def test_exif_orientation_is_applied(tmp_path):
    pixels = np.zeros((32, 32, 3), np.uint8)
    pixels[:16] = 255  # white above
    exif = Image.Exif()
    exif[0x0112] = 6  # to be rotated by 90 degrees clockwise: white at the right
    Image.fromarray(pixels).save(tmp_path / "a.jpg", exif=exif, quality=95)
    shown = decode(tmp_path / "a.jpg", 32).mean(0)
    assert shown[:, 20:].min() > 200
    assert shown[:, :12].max() < 50


def test_the_short_side_is_resized_and_the_centre_cropped(tmp_path):
    pixels = np.zeros((40, 120, 3), np.uint8)
    pixels[:, 40:80] = 255
    Image.fromarray(pixels).save(tmp_path / "a.png")
    assert decode(tmp_path / "a.png", 20)[:, :, 1:-1].min() > 240


def test_shrinking_is_antialiased(tmp_path):
    board = np.indices((256, 256)).sum(0) % 2 * 255
    Image.fromarray(board.astype(np.uint8)).save(tmp_path / "a.png")
    assert decode(tmp_path / "a.png", 16).std() < 3


def test_damaged_files_are_listed_and_left_out(open_at, photos):
    whole = io.BytesIO()
    Image.fromarray(np.random.default_rng(1).integers(0, 256, (64, 64, 3), dtype=np.uint8)).save(whole, "png")
    (photos / "cat" / "cut.png").write_bytes(whole.getvalue()[:3000])
    (photos / "cat" / "empty.jpg").write_bytes(b"")
    (photos / "dog" / "text.gif").write_text("this is no picture")
    (photos / "dog" / "phone.heic").write_bytes(b"....ftypheic")
    (photos / "dog" / "notes.txt").write_text("not an image, and not meant to be one")
    data = open_at(photos)
    assert len(data) == len(data.labels) == len(data.names) == 24
    named = sorted(line.split(":")[0] for line in data.skipped)
    assert named == ["cat/cut.png", "cat/empty.jpg", "dog/phone.heic", "dog/text.gif"]
    assert all(line.split(": ", 1)[1] for line in data.skipped)
    for name, label, image in zip(data.names, data.labels, data.images, strict=True):
        assert data.classes[label] == name.split("/")[0]
        assert np.array_equal(image, decode(photos / name, 24))


def test_decompression_bomb_is_skipped(open_at, photos, monkeypatch):
    picture("blue", (90, 90)).save(photos / "cat" / "huge.png")
    monkeypatch.setattr(pictures, "MOST_PIXELS", 5000)
    assert [line.split(":")[0] for line in open_at(photos).skipped] == ["cat/huge.png"]


def test_an_image_refused_by_pillow_s_bomb_check_is_skipped(open_at, photos, monkeypatch):
    picture("blue", (90, 90)).save(photos / "cat" / "huge.png")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 2000)
    assert [line.split(":")[0] for line in open_at(photos).skipped] == ["cat/huge.png"]


def test_progress_ends_at_one(open_at, photos):
    reports = []
    open_at(photos, progress=lambda share, line: reports.append((share, line)))
    shares = [share for share, _ in reports]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert "24" in reports[-1][1]


def test_a_loop_of_symbolic_links_does_not_hang(open_at, photos):
    try:
        (photos / "cat" / "up").symlink_to(photos, target_is_directory=True)
    except OSError:
        pytest.skip("no right to make symbolic links here")
    assert len(open_at(photos)) == 24


def test_changed_folder_is_read_again(open_at, photos):
    first = open_at(photos)
    assert open_at(photos) is first
    picture("green").save(photos / "dog" / "new.png")
    os.utime(photos / "dog", (1, 1))  # file systems with coarse times
    assert len(open_at(photos)) == 25


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (None, "There is no such file or folder"),
        ({}, "There is none in it"),
        ({"a.txt": b"x"}, "There is none in it"),
        ({"a.png": b"x", "b.jpg": b""}, "None of its 2 files could be"),
    ],
    ids=["missing", "empty", "no image", "no readable image"],
)
def test_unusable_folders_are_refused_with_a_message(open_at, tmp_path, made, message):
    folder = tmp_path / "folder"
    if made is not None:
        folder.mkdir()
        for name, content in made.items():
            (folder / name).write_bytes(content)
    with pytest.raises(ConfigError, match=message) as caught:
        open_at(folder)
    assert caught.value.problems[0].key == "data.source"


def test_file_of_another_kind_is_refused(open_at, tmp_path):
    (tmp_path / "a.csv").write_text("1,2")
    with pytest.raises(ConfigError, match=r"data.source must be a folder of images or videos, an \.npz or \.tar file"):
        open_at(tmp_path / "a.csv")


@pytest.mark.skipif(not REAL.is_dir(), reason="the development photos are not here")
def test_real_photos(open_at):
    data = open_at(REAL)
    assert len(data) == 400
    assert len(data.classes) == 10
    assert data.size == 32
    # An image's content decides its split, so shares are near 15 % and not exact: that is .15 x 40 = 6 of a class
    # with a standard deviation of 2.3.
    tested = np.bincount(data.labels[data.splits["test"]], minlength=10)
    assert 40 <= tested.sum() <= 80
    assert ((tested >= 1) & (tested <= 15)).all()
    assert np.array_equal(np.sort(np.concatenate(list(data.splits.values()))), np.arange(400))
