"""COCO's JSON, in folders as COCO and other tools lay them out."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.config.run import DataConfig
from engine.data.dataset import Dataset
from engine.data.describe import survey
from engine.data.open import open_images
from engine.execute.progress import Cancelled
from tests.engine.data.formats.conftest import boxes_by_name, save_image

CATEGORIES = [
    {"supercategory": "person", "id": 1, "name": "person"},
    {"supercategory": "animal", "id": 18, "name": "dog"},
    {"supercategory": "animal", "id": 17, "name": "cat"},
]


def _image(id: Any, name: str, width: int = 40, height: int = 30) -> dict[str, Any]:
    return {
        "license": 4,
        "file_name": name,
        "coco_url": f"http://images.cocodataset.org/val2017/{name}",
        "height": height,
        "width": width,
        "date_captured": "2013-11-14 17:02:52",
        "flickr_url": "http://farm7.staticflickr.com/6116/6255196340_da26cf2c9e_z.jpg",
        "id": id,
    }


def _thing(id: Any, image: Any, box: list[float], category: Any = 17, **more: Any) -> dict[str, Any]:
    x, y, w, h = box
    polygon = [x, y, x + w, y, x + w, y + h, x, y + h]
    return {
        "segmentation": [polygon],
        "area": w * h,
        "iscrowd": 0,
        "image_id": image,
        "bbox": box,
        "category_id": category,
        "id": id,
        **more,
    }


def _write(path: Path, images: list[Any], annotations: list[Any], categories: list[Any] | None = CATEGORIES, **how: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {"info": {"description": "COCO 2017 Dataset"}, "licenses": [], "images": images, "annotations": annotations}
    if categories is not None:
        content["categories"] = categories
    path.write_text(json.dumps(content, ensure_ascii=False), **{"encoding": "utf-8", **how})


def _notes(data: Dataset) -> str:
    return "\n".join(data.notes)


def test_coco_as_it_is_downloaded(folder: Path, opened: Callable[..., Dataset]) -> None:
    for name in (
        "train2017/000000000009.jpg",
        "train2017/000000000025.jpg",
        "train2017/000000000030.jpg",
        "val2017/000000000139.jpg",
    ):
        save_image(folder / name)
    # 40 x 30: the middle square goes from x 5 to 35.
    _write(
        folder / "annotations/instances_train2017.json",
        [_image(9, "000000000009.jpg"), _image(25, "000000000025.jpg"), _image(30, "000000000030.jpg")],
        [
            _thing(900, 9, [5, 0, 15, 15]),
            _thing(901, 9, [20, 15, 15, 15]),
            _thing(902, 25, [5, 0, 30, 30], 18),
            _thing(903, 25, [20, 15, 15, 15], 1),
        ],
    )
    _write(
        folder / "annotations/instances_val2017.json",
        [_image(139, "000000000139.jpg")],
        [_thing(904, 139, [5, 0, 30, 30], 18, iscrowd=1, segmentation={"counts": [0, 1200], "size": [30, 40]})],
    )
    captions = [{"image_id": 9, "id": 48, "caption": "A cat \nsleeps."}, {"image_id": 9, "id": 49, "caption": "Two cats."}]
    _write(folder / "annotations/captions_train2017.json", [_image(9, "000000000009.jpg")], captions, None)
    # Keypoints repeat the persons of the instances.
    _write(
        folder / "annotations/person_keypoints_train2017.json", [_image(9, "000000000009.jpg")], [_thing(900, 9, [5, 0, 15, 15], 1)]
    )
    data = opened(split=True)
    assert boxes_by_name(data) == {
        "train2017/000000000009.jpg": [([0, 0, 0.5, 0.5], "cat"), ([0.5, 0.5, 1, 1], "cat")],
        "train2017/000000000025.jpg": [([0, 0, 1, 1], "dog"), ([0.5, 0.5, 1, 1], "person")],
        "train2017/000000000030.jpg": [],
        "val2017/000000000139.jpg": [([0, 0, 1, 1], "dog")],
    }
    assert data.boxes is not None
    assert data.boxes.crowd.tolist() == [False, False, False, False, True]
    assert data.boxes.names == data.classes == ("person", "cat", "dog")
    assert data.labels.tolist() == [1, -1, -1, 2]
    assert {name: list(rows) for name, rows in data.splits.items()}["validation"] == [3]
    assert data.captions is not None
    assert list(data.captions.texts[0]) == ["A cat sleeps.", "Two cats."]
    assert "COCO: 4 of 4 images are annotated, 5 objects of 3 categories, with regions." in data.notes
    assert "COCO: 2 captions of 1 of 4 images." in data.notes
    assert "2 of 4 images have one" in _notes(data)


def test_coco_of_roboflow_has_its_files_beside_the_images(folder: Path, opened: Callable[..., Dataset]) -> None:
    for split in ("train", "valid", "test"):
        save_image(folder / split / "a_jpg.rf.1.jpg", 20, 20)
        content = {
            "info": {"year": "2024"},
            "licenses": [{"id": 1, "url": "", "name": "Public Domain"}],
            "categories": [
                {"id": 0, "name": "things", "supercategory": "none"},
                {"id": 1, "name": "cup", "supercategory": "things"},
            ],
            "images": [{"id": 0, "license": 1, "file_name": "a_jpg.rf.1.jpg", "height": 20, "width": 20, "date_captured": ""}],
            "annotations": [
                {
                    "id": 0,
                    "image_id": 0,
                    "category_id": 1,
                    "bbox": [0, 0, len(split), 10],
                    "area": 1,
                    "segmentation": [],
                    "iscrowd": 0,
                }
            ],
        }
        (folder / split / "_annotations.coco.json").write_text(json.dumps(content))
    data = opened()
    assert boxes_by_name(data) == {
        f"{split}/a_jpg.rf.1.jpg": [([0, 0, len(split) / 20, 0.5], "cup")] for split in ("test", "train", "valid")
    }
    assert opened(split=True).own_splits == ("train", "validation", "test")


def test_flat_images_take_their_splits_from_the_names_of_the_files(folder: Path, opened: Callable[..., Dataset]) -> None:
    for k in range(6):
        save_image(folder / f"images/{k}.png")
    _write(
        folder / "annotations/instances_train.json",
        [_image(k, f"{k}.png") for k in range(4)],
        [_thing(k, k, [5, 5, 5, 5]) for k in range(4)],
    )
    _write(folder / "annotations/instances_val.json", [_image(k, f"images/{k}.png") for k in (4, 5)], [_thing(1, 4, [5, 5, 5, 5])])
    data = opened(split=True)
    assert [data.names[row] for row in data.splits["validation"]] == ["images/4.png", "images/5.png"]
    # One category alone is no label, and a folder "images" is no class.
    assert data.classes == ()


def test_bad_entries_are_named_and_the_rest_is_read(folder: Path, opened: Callable[..., Dataset]) -> None:
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        save_image(folder / "images" / name)
    box = [5, 0, 15, 15]
    _write(
        folder / "annotations/instances_default.json",
        [
            _image("x", "a.jpg"), _image(2, "..\\..\\images\\b.jpg"), _image(3, "missing.jpg"), _image(2, "c.jpg"), {"id": 5}, 7,
            _image(6, "../../../etc/passwd"), _image(7, "/home/somebody/data/images/c.jpg", 400, 300), _image(8, "nul\0.jpg"),
        ],
        [
            _thing(1, "x", box), _thing(1, "2", box, "17"), _thing(3, 2, [50, 0, 5, 5]), _thing(4, 2, [30, 20, 20, 20]),
            _thing(5, 2, [5, 5, 0, 5]), _thing(6, 2, [5, 5, -5, 5]), _thing(7, 2, [float("nan"), 0, 5, 5]), _thing(8, 2, box, 99),
            _thing(9, 77, box), {**_thing(10, 2, box), "bbox": [1, 2]}, {**_thing(11, 2, box), "bbox": "1 2 3 4"}, "text", [],
            _thing(12, 7, [50, 0, 150, 150], 18), _thing(13, None, box), _thing(14, 2, [5, 5, 10, 10], segmentation=[[1, 2, 3]]),
            _thing(15, 2, [5, 5, 10, 10], segmentation={"counts": [3, 4], "size": [30, 40]}),
            _thing(16, 2, [5, 5, 10, 10], segmentation={"counts": "zzz", "size": [30, 40]}),
            _thing(17, 2, [5, 5, 10, 10], segmentation={"counts": [1e300], "size": [10**9, 10**9]}),
        ],
    )  # fmt: skip
    data = opened()
    ten = [0, 0.1667, 0.3333, 0.5]
    assert boxes_by_name(data) == {
        "images/a.jpg": [([0, 0, 0.5, 0.5], "cat")],
        "images/b.jpg": [([0, 0, 0.5, 0.5], "cat"), ([0.8333, 0.6667, 1, 1], "cat"), *[(ten, "cat")] * 4],
        # Ten times as large in the file of annotations as here.
        "images/c.jpg": [([0, 0, 0.5, 0.5], "dog")],
    }
    file = "annotations/instances_default.json"
    for line in (
        f"{file}: images that it lists are not in the folder: missing.jpg, ../../../etc/passwd, nul\N{REPLACEMENT CHARACTER}.jpg.",
        f"{file}: images whose id is used before are left out: c.jpg.",
        f"{file}: images without id or file name are left out: entry 6.",
        f"{file}: images that are no objects are left out: entry 7.",
        f"{file}: annotations whose id is used before are read all the same: annotation 1.",
        f"{file}: boxes outside the image are left out: annotation 3.",
        f"{file}: boxes that reach beyond the image are cut at its edge: annotation 4.",
        f"{file}: boxes without an area are left out: annotation 5.",
        f"{file}: boxes of negative width or height are left out: annotation 6.",
        f"{file}: boxes with values that are no numbers are left out: annotation 7.",
        f"{file}: annotations of a category that the file does not list are left out: annotation 8.",
        f"{file}: annotations of images that the file does not list are left out: image 77.",
        f"{file}: annotations without a box of four numbers are left out: annotation 10, annotation 11.",
        f"{file}: annotations without an image's id are left out: annotation 13.",
        f"{file}: regions that are no polygons of three or more points are left out: annotation 7, annotation 14.",
    ):
        assert line in data.notes
    assert "annotation 15, they have 7 pixels in place of 1,200" in _notes(data)
    assert "annotation 16" in _notes(data)
    assert "annotation 17, their size must be" in _notes(data)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1"])
def test_encodings(folder: Path, opened: Callable[..., Dataset], encoding: str) -> None:
    save_image(folder / "images/größe.png")
    save_image(folder / "images/b.png")
    categories = [{"id": 1, "name": "Löwe"}, {"id": 2, "name": "Bär"}]
    images = [_image(1, "größe.png"), _image(2, "b.png")]
    _write(
        folder / "annotations/instances.json",
        images,
        [_thing(1, 1, [5, 0, 30, 30], 1), _thing(2, 2, [5, 0, 30, 30], 2)],
        categories,
        encoding=encoding,
    )
    assert boxes_by_name(opened()) == {"images/b.png": [([0, 0, 1, 1], "Bär")], "images/größe.png": [([0, 0, 1, 1], "Löwe")]}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"images": [{"id": 1', "ends early"),
        ("[" * 100_000, "an object of lists"),
        ('{"annotations": []}', 'must have a list "images"'),
        ('{"images": [' + '{"a":' * 100_000, "nested too deeply"),
        ("", "ends early"),
    ],
)
def test_an_unusable_file_is_named_and_the_others_are_read(
    folder: Path, opened: Callable[..., Dataset], text: str, message: str
) -> None:
    save_image(folder / "images/a.png")
    (folder / "annotations").mkdir()
    (folder / "annotations/instances_a.json").write_text(text)
    _write(folder / "annotations/instances_b.json", [_image(1, "a.png")], [_thing(1, 1, [5, 0, 30, 30])])
    data = opened()
    assert boxes_by_name(data) == {"images/a.png": [([0, 0, 1, 1], "cat")]}
    assert any(note.startswith("annotations/instances_a.json is not used: ") and message in note for note in data.notes)


def test_a_file_that_takes_too_much_memory_is_refused_in_words(
    folder: Path, opened: Callable[..., Dataset], monkeypatch: pytest.MonkeyPatch
) -> None:
    save_image(folder / "images/a.png")
    box = [5, 0, 30, 30]
    _write(folder / "annotations/instances_a.json", [_image(1, "a.png")], [_thing(k, 1, box) for k in range(2000)])
    _write(folder / "annotations/instances_b.json", [_image(1, "a.png")], [_thing(1, 1, box)])
    monkeypatch.setattr("engine.data.formats.coco.free_memory", lambda: 2_000_000)
    data = opened()
    assert boxes_by_name(data) == {"images/a.png": [([0, 0, 1, 1], "cat")]}
    line = (
        "annotations/instances_a.json is not used: its images and objects take more than 0.0 GB, half of the memory that is free."
    )
    assert f"{line} Split it, or leave objects out." in data.notes


def test_objects_of_images_that_are_not_in_the_folder_take_no_memory(
    folder: Path, opened: Callable[..., Dataset], monkeypatch: pytest.MonkeyPatch
) -> None:
    save_image(folder / "images/a.png")
    save_image(folder / "images/b.png")
    images = [_image(k, f"{name}.png") for k, name in enumerate(("a", "b", "gone"))]
    _write(folder / "annotations/instances_a.json", images, [_thing(k, 2, [5, 0, 30, 30]) for k in range(2000)])
    _write(folder / "annotations/instances_b.json", [_image(1, "a.png")], [_thing(1, 1, [5, 0, 30, 30])])
    monkeypatch.setattr("engine.data.formats.coco.free_memory", lambda: 2_000_000)
    data = opened()
    # The first file says that b shows no object.
    assert boxes_by_name(data) == {"images/a.png": [([0, 0, 1, 1], "cat")], "images/b.png": []}
    assert "annotations/instances_a.json: images that it lists are not in the folder: gone.png." in data.notes


def test_a_folder_called_like_the_file_and_a_link_that_leads_nowhere(folder: Path, opened: Callable[..., Dataset]) -> None:
    save_image(folder / "images/a.png")
    (folder / "annotations/instances_a.json").mkdir(parents=True)
    (folder / "annotations/instances_b.json").symlink_to(folder / "nothing")
    assert "Folders with the ending of a file of annotations are not read as such: annotations/instances_a.json." in opened().notes


def test_a_changed_file_of_annotations_is_read_anew(folder: Path, opened: Callable[..., Dataset]) -> None:
    save_image(folder / "images/a.png")
    path = folder / "annotations/instances_a.json"
    _write(path, [_image(1, "a.png")], [_thing(1, 1, [5, 0, 30, 30])])
    assert boxes_by_name(opened()) == {"images/a.png": [([0, 0, 1, 1], "cat")]}
    _write(path, [_image(1, "a.png")], [_thing(1, 1, [5, 0, 15, 30], 18)])
    assert boxes_by_name(opened()) == {"images/a.png": [([0, 0, 0.5, 1], "dog")]}


def test_classes_of_folders_stay_the_labels(folder: Path, opened: Callable[..., Dataset]) -> None:
    for name in ("indoor/1.png", "indoor/2.png", "outdoor/1.png", "outdoor/3.png"):
        save_image(folder / name)
    images = [_image(1, "indoor/1.png"), _image(2, "outdoor/1.png")]
    _write(folder / "annotations/instances_all.json", images, [_thing(1, 1, [5, 0, 30, 30]), _thing(2, 2, [5, 0, 30, 30], 18)])
    data = opened()
    assert data.classes == ("indoor", "outdoor")
    assert boxes_by_name(data)["outdoor/1.png"] == [([0, 0, 1, 1], "dog")]
    assert boxes_by_name(data)["outdoor/3.png"] is None
    assert opened(folders="nothing").classes == ("person", "cat", "dog")


def _large(folder: Path) -> DataConfig:
    """A set of 40 images with 4,000 objects, and its config."""
    names = [f"images/{number:02}.jpg" for number in range(40)]
    for name in names:
        save_image(folder / name)
    things = [_thing(number, number % 40, [5.0 + number % 7, 2, 10, 10]) for number in range(4000)]
    _write(folder / "annotations/instances.json", [_image(id, name) for id, name in enumerate(names)], things)
    return DataConfig(source=str(folder), root=str(folder.parent / "root"), size=16)


def test_reading_reports_progress_and_can_be_cancelled_anywhere(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.data.formats.json_stream._PIECE", 20_000)
    config = _large(folder)
    reports: list[tuple[float, str]] = []

    for stop in (0.1, 0.2, 0.35, 0.45):

        def cancel(share: float, text: str = "", /, stop: float = stop) -> None:
            if share >= stop:
                raise Cancelled

        with pytest.raises(Cancelled):
            open_images(config, cancel)
    data = open_images(config, lambda share, text="", /: reports.append((share, text)))
    assert data.boxes is not None
    assert len(data.boxes.corners) == 4000
    shares = [share for share, _ in reports]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (pytest.approx(0, abs=0.02), 1.0)
    words = [text for _, text in reports]
    # In this order: the file, its objects, their boxes, the images.
    kinds = ["Reading annotations/instances.json", "Joining the objects", "Placing boxes", "Reading set"]
    first = [next(at for at, text in enumerate(words) if text.startswith(kind)) for kind in kinds]
    assert first == sorted(first)
    assert sum(text.startswith(kinds[0]) for text in words) > 10


def test_a_survey_leaves_large_annotations_to_the_opening(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = _large(folder)
    known = survey(config)
    assert known is not None
    assert set(known.columns) == {"masks", "boxes", "class_maps"}
    monkeypatch.setattr("engine.data.describe.MOST_ANNOTATIONS", 1000)
    known = survey(config)
    assert known is not None
    assert known.images == 40
    assert known.columns == ()
    assert known.samples
    assert any(note.endswith("MB) are read when the images are opened.") for note in known.notes)
    assert not any("are read when" in note for note in open_images(config).notes)
