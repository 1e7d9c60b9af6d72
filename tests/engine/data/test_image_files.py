"""The files of a data set's images, files among folders, and whole pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from engine.data.image_files import file_of, folder_of, images_among, may_hold_images
from engine.data.pictures import original


def write(path: Path, width: int = 6, height: int = 4, **more: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.arange(height * width * 3, dtype=np.uint8).reshape(height, width, 3)).save(path, **more)
    return path


def test_the_file_of_an_image_is_below_the_folder_that_is_the_source(tmp_path: Path) -> None:
    assert file_of(str(tmp_path), "cats/a.png") == tmp_path / "cats" / "a.png"
    assert folder_of(str(tmp_path)) == tmp_path
    assert file_of(str(tmp_path / "gone"), "cats/a.png") == tmp_path / "gone" / "cats" / "a.png"


def test_generated_images_and_arrays_have_no_file_of_their_own(tmp_path: Path) -> None:
    arrays = tmp_path / "data.npz"
    np.savez(arrays, images=np.zeros(1))
    assert file_of("shapes", "a.png") is None
    assert file_of(str(arrays), "a.png") is None
    assert file_of(str(tmp_path), "") is None
    assert folder_of("digits") is None


def test_images_are_found_below_folders_once_and_in_order(tmp_path: Path) -> None:
    first, second = write(tmp_path / "b" / "one.png"), write(tmp_path / "a" / "deep" / "two.jpg")
    write(tmp_path / ".hidden" / "three.png")
    (tmp_path / "a" / "notes.txt").write_text("no image")
    files, count = images_among([tmp_path, first], 10)
    assert files == [second, first]
    assert count == 2
    assert images_among([tmp_path], 1) == ([second], 2)


def test_a_folder_of_a_run_and_other_files_are_no_images(tmp_path: Path) -> None:
    image = write(tmp_path / "photos" / "one.PNG")
    (tmp_path / "run").mkdir()
    for path in (tmp_path / "run" / "config.yaml", tmp_path / "data.npz"):
        path.write_bytes(b"")
    held = [may_hold_images(path) for path in (image, image.parent, tmp_path / "run", tmp_path / "data.npz")]
    assert held == [True, True, False, False]


def test_a_whole_picture_is_turned_and_not_cropped(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x112] = 6  # a quarter turn to the right
    path = write(tmp_path / "turned.png", 6, 4, exif=exif)
    pixels, size = original(path)
    plain, _ = original(write(tmp_path / "plain.png", 6, 4))
    assert size == (4, 6)
    np.testing.assert_array_equal(pixels, np.rot90(plain, -1))


def test_a_picture_of_too_many_pixels_is_made_smaller_by_a_whole_factor(tmp_path: Path) -> None:
    pixels, size = original(write(tmp_path / "large.png", 60, 40), most=700)
    assert size == (60, 40)
    assert pixels.shape == (20, 30, 3)
