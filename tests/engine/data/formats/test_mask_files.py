"""Files whose pixels are classes: VOC's SegmentationClass, the trimaps of Oxford Pets, a folder of masks, regions of COCO."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.data.annotations import UNKNOWN
from engine.data.dataset import Dataset
from tests.engine.data.formats.conftest import save_image

SIDE = 16
Opened = Callable[..., Dataset]


def halves(left: int, right: int, other: int | None = None) -> np.ndarray:
    """Values (16, 16): one in the left half, one in the right, `other` in the last row."""
    values = np.full((SIDE, SIDE), left, np.uint8)
    values[:, SIDE // 2 :] = right
    if other is not None:
        values[-1] = other
    return values


def save_values(path: Path, values: np.ndarray, palette: bool = False) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    picture = Image.fromarray(values)
    if palette:
        picture = picture.convert("P")
        picture.putdata(values.flatten().tolist())
    picture.save(path)


def only_map(data: Dataset) -> tuple[np.ndarray, tuple[str, ...]]:
    assert data.class_maps is not None
    return np.asarray(data.class_maps.values[0]), data.class_maps.names


def test_masks_beside_the_images_are_foreground_where_they_are_not_0(folder: Path, opened: Opened) -> None:
    save_image(folder / "images/a.png", SIDE, SIDE)
    save_values(folder / "masks/a.png", halves(0, 255))
    data = opened(size=SIDE)
    values, names = only_map(data)
    np.testing.assert_array_equal(values, halves(0, 1))
    assert names == ("background", "foreground")
    assert data.masks is not None
    np.testing.assert_array_equal(data.masks[0], halves(0, 1).astype(bool))


def test_masks_with_a_list_of_names_are_classes(folder: Path, opened: Opened) -> None:
    save_image(folder / "images/a.png", SIDE, SIDE)
    save_values(folder / "masks/a.png", halves(1, 2, 200))
    (folder / "masks/classes.txt").write_text("background\ncat\ndog\n")
    values, names = only_map(opened(size=SIDE))
    np.testing.assert_array_equal(values, halves(1, 2, UNKNOWN))
    assert names == ("background", "cat", "dog")


def test_segmentation_class_has_vocs_classes_and_255_is_unknown(folder: Path, opened: Opened) -> None:
    save_image(folder / "JPEGImages/a.png", SIDE, SIDE)
    save_values(folder / "SegmentationClass/a.png", halves(0, 15, 255), palette=True)
    values, names = only_map(opened(size=SIDE))
    np.testing.assert_array_equal(values, halves(0, 15, UNKNOWN))
    assert (len(names), names[0], names[15]) == (21, "background", "person")


def test_trimaps_are_1_for_the_pet_2_for_the_background_and_3_undecided(folder: Path, opened: Opened) -> None:
    save_image(folder / "images/Abyssinian_1.jpg", SIDE, SIDE)
    save_values(folder / "annotations/trimaps/Abyssinian_1.png", halves(1, 2, 3))
    values, names = only_map(opened(size=SIDE))
    np.testing.assert_array_equal(values, halves(1, 0, UNKNOWN))
    assert names == ("background", "pet")


def test_polygons_of_coco_are_classes(folder: Path, opened: Opened) -> None:
    save_image(folder / "images/a.png", SIDE, SIDE)
    corners = [[8, 0, 16, 0, 16, 16, 8, 16]]
    thing = {"id": 1, "image_id": 7, "category_id": 9, "bbox": [8, 0, 8, 16], "area": 128, "iscrowd": 0, "segmentation": corners}
    coco = {
        "images": [{"id": 7, "file_name": "a.png", "width": SIDE, "height": SIDE}],
        "categories": [{"id": 3, "name": "cat"}, {"id": 9, "name": "dog"}],
        "annotations": [thing],
    }
    (folder / "annotations").mkdir()
    (folder / "annotations/instances_train2017.json").write_text(json.dumps(coco))
    values, names = only_map(opened(size=SIDE))
    np.testing.assert_array_equal(values, halves(0, names.index("dog")))


@pytest.mark.parametrize("storage", ["memory", "disk"])
def test_masks_and_class_maps_are_those_of_their_image(folder: Path, opened: Opened, storage: str) -> None:
    """One mask is missing, one is damaged: their images are unknown, and all foreground, and the others keep theirs."""
    for number in range(6):
        save_image(folder / f"images/{number}.png", SIDE, SIDE)
        save_values(folder / f"masks/{number}.png", np.full((SIDE, SIDE), 255 * (number % 2), np.uint8))
    (folder / "masks/1.png").unlink()
    (folder / "masks/2.png").write_bytes(b"damaged")
    for _ in range(2):  # the second time from the store
        data = opened(size=SIDE, storage=storage)
        assert data.class_maps is not None
        assert data.masks is not None
        values = {name: np.unique(one).tolist() for name, one in zip(data.names, data.class_maps.values, strict=True)}
        assert values == {f"images/{k}.png": [UNKNOWN] if k in (1, 2) else [k % 2] for k in range(6)}
        whole = {name for name, mask in zip(data.names, data.masks, strict=True) if mask.all()}
        assert whole == {f"images/{k}.png" for k in (1, 2, 3, 5)}
        assert any("masks/2.png" in line for line in data.skipped)
