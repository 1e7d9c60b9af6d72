"""Files of phones and of the web that are newer than JPEG: HEIC and AVIF."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.data.pictures import decode, readable_endings, sides


def picture() -> Image.Image:
    """Left half red, right half blue, wider than high."""
    pixels = np.zeros((48, 96, 3), np.uint8)
    pixels[:, :48] = (220, 30, 30)
    pixels[:, 48:] = (30, 30, 220)
    return Image.fromarray(pixels)


@pytest.mark.parametrize("ending", [".heic", ".heif", ".avif"])
def test_heic_and_avif_are_read(tmp_path: Path, ending: str) -> None:
    pillow_heif = pytest.importorskip("pillow_heif")
    if ending == ".avif":
        picture().save(tmp_path / "a.avif", quality=95)
    else:
        pillow_heif.from_pillow(picture()).save(tmp_path / f"a{ending}", quality=95)
    assert ending in readable_endings()
    assert sides(tmp_path / f"a{ending}") == (96, 48)
    image = decode(tmp_path / f"a{ending}", 32).transpose(1, 2, 0).astype(int)
    assert np.abs(image[16, 6] - (220, 30, 30)).max() < 12
    assert np.abs(image[16, 25] - (30, 30, 220)).max() < 12


def test_a_rotated_photograph_is_turned_once(tmp_path: Path) -> None:
    pillow_heif = pytest.importorskip("pillow_heif")
    exif = Image.Exif()
    exif[0x112] = 6  # to be rotated by 90 degrees clockwise
    pillow_heif.register_heif_opener()
    picture().save(tmp_path / "a.heic", quality=95, exif=exif.tobytes())
    image = decode(tmp_path / "a.heic", 32).transpose(1, 2, 0).astype(int)
    # What was left is above.
    assert np.abs(image[6, 16] - (220, 30, 30)).max() < 12
    assert np.abs(image[25, 16] - (30, 30, 220)).max() < 12


def test_a_folder_of_a_phone(tmp_path: Path, open_at) -> None:
    pillow_heif = pytest.importorskip("pillow_heif")
    random = np.random.default_rng(0)
    (tmp_path / "phone").mkdir()
    for k in range(12):
        pixels = random.integers(0, 256, (40, 40, 3), dtype=np.uint8)
        pillow_heif.from_pillow(Image.fromarray(pixels)).save(tmp_path / "phone" / f"IMG_{k:04}.HEIC")
    (tmp_path / "phone" / "cut.heic").write_bytes((tmp_path / "phone" / "IMG_0000.HEIC").read_bytes()[:300])
    dataset = open_at(tmp_path / "phone")
    assert len(dataset) == 12
    assert [line.partition(":")[0] for line in dataset.skipped] == ["cut.heic"]
