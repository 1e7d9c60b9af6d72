"""YOLO's text files, in the layouts of Ultralytics, Roboflow and darknet."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from engine.data.dataset import Dataset
from tests.engine.data.formats.conftest import boxes_by_name, save_image

WHOLE = "0.5 0.5 0.75 1"  # the middle square of 40 x 30 pixels


def _label(path: Path, *lines: str, **how: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines), **{"encoding": "utf-8", **how})


def test_layout_of_ultralytics(folder: Path, opened: Callable[..., Dataset]) -> None:
    for name in ("train/a", "train/b", "train/c", "val/a"):
        save_image(folder / f"images/{name}.jpg")
    _label(folder / "labels/train/a.txt", f"0 {WHOLE}", "45 0.3125 0.25 0.375 0.5")
    _label(folder / "labels/train/b.txt", f"45 {WHOLE}")
    _label(folder / "labels/val/a.txt", f"0 {WHOLE}")
    names = "\n".join(f"  {code}: thing {code}" for code in range(80))
    (folder / "coco8.yaml").write_text(
        f"path: ../datasets/coco8 # dataset root\ntrain: images/train\nval: images/val\ntest: # optional\nnames:\n{names}\n"
    )
    data = opened(split=True)
    assert boxes_by_name(data) == {
        "images/train/a.jpg": [([0, 0, 1, 1], "thing 0"), ([0, 0, 0.5, 0.5], "thing 45")],
        "images/train/b.jpg": [([0, 0, 1, 1], "thing 45")],
        # An empty file says that there is no object; without a file that is not known.
        "images/train/c.jpg": None,
        "images/val/a.jpg": [([0, 0, 1, 1], "thing 0")],
    }
    assert [data.names[row] for row in data.splits["validation"]] == ["images/val/a.jpg"]
    assert data.labels.tolist() == [-1, 45, -1, 0]
    assert "YOLO: 3 of 4 images are annotated, 4 objects of 80 categories." in data.notes


def test_layout_of_roboflow_with_polygons(folder: Path, opened: Callable[..., Dataset]) -> None:
    for split in ("train", "valid", "test"):
        save_image(folder / split / "images/a_jpg.rf.0.jpg")
        # The polygon of the upper left quarter of the middle square.
        _label(folder / split / "labels/a_jpg.rf.0.txt", "1 0.125 0 0.5 0 0.5 0.5 0.125 0.5")
    (folder / "data.yaml").write_text(
        "train: ../train/images\nval: ../valid/images\ntest: ../test/images\n\nnc: 2\nnames: ['cup', 'plate']\n"
    )
    data = opened(split=True)
    assert boxes_by_name(data)["valid/images/a_jpg.rf.0.jpg"] == [([0, 0, 0.5, 0.5], "plate")]
    assert data.own_splits == ("train", "validation", "test")
    assert data.classes == ()


def test_layout_of_darknet_as_cvat_writes_it(folder: Path, opened: Callable[..., Dataset]) -> None:
    for name in ("a", "b", "c"):
        save_image(folder / f"obj_train_data/{name}.png")
        _label(folder / f"obj_train_data/{name}.txt", f"0 {WHOLE}")
    (folder / "obj.names").write_text("Löwe\nbear\n", encoding="utf-8")
    (folder / "obj.data").write_text("classes = 2\ntrain = data/train.txt\nnames = data/obj.names\nbackup = backup/\n")
    (folder / "train.txt").write_text("data/obj_train_data/a.png\ndata/obj_train_data/b.png\ndata/obj_train_data/gone.png\n")
    (folder / "valid.txt").write_text("data/obj_train_data/c.png\n")
    data = opened(split=True)
    assert boxes_by_name(data)["obj_train_data/a.png"] == [([0, 0, 1, 1], "Löwe")]
    assert [data.names[row] for row in data.splits["validation"]] == ["obj_train_data/c.png"]
    assert "train.txt: images that it lists are not in the folder: data/obj_train_data/gone.png." in data.notes


def test_bad_lines_are_named_and_the_rest_is_read(folder: Path, opened: Callable[..., Dataset]) -> None:
    for name in ("a", "b", "c", "d"):
        save_image(folder / f"images/{name}.jpg")
    _label(
        folder / "labels/a.txt",
        f"0 {WHOLE}",  # 1
        "",  # 2
        "0 0.5 0.5",  # 3: ragged
        "0 0.5 0.5 0.1 0.1 0.9",  # 4: a confidence
        "cat 0.5 0.5 0.1 0.1",  # 5
        "7 0.5 0.5 0.1 0.1",  # 6: no such class
        "-1 0.5 0.5 0.1 0.1",  # 7
        "0.5 0.5 0.5 0.1 0.1",  # 8
        "0 320 240 100 100",  # 9: pixels
        "0 nan 0.5 0.1 0.1",  # 10
        "0 0.5 0.5 0 0.1",  # 11
        "0 0.5 0.5 -0.1 0.1",  # 12
        f"0 {WHOLE}",  # 13: again
        "1 0.9 0.5 0.4 1",  # 14: beyond the right edge
    )
    (folder / "labels/b.txt").write_bytes(b"\0\0\0\xff\xfe")
    (folder / "labels/c.txt").write_bytes(b"")
    _label(folder / "labels/gone.txt", f"0 {WHOLE}")
    _label(folder / "labels/classes.txt", "cat", "dog")
    data = opened()
    assert boxes_by_name(data) == {
        "images/a.jpg": [([0, 0, 1, 1], "cat"), ([0.7667, 0, 1, 1], "dog")],
        "images/b.jpg": [],
        "images/c.jpg": [],
        "images/d.jpg": None,
    }
    text = "\n".join(data.notes)
    for kind, lines in {
        "lines must have a class and 4 numbers, or 3 and more points; others are left out": (3, 4),
        "lines of a class beyond the 2 that have a name are left out": (6,),
        "lines whose class is no whole number from 0 are left out": (7, 8, 10),
        "lines whose coordinates are no shares of the image, 0 to 1, are left out": (9, 12),
        "boxes without an area are left out": (11,),
        "lines that repeat another one are left out": (13,),
        "boxes that reach beyond the image are cut at its edge": (14,),
    }.items():
        where = ", ".join(f"labels/a.txt line {number}" for number in lines)
        assert f"Label files: {kind}: {where}." in text
    assert "lines with words that are no numbers are left out: labels/a.txt line 5, labels/b.txt line 1." in text


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_encodings(folder: Path, opened: Callable[..., Dataset], encoding: str) -> None:
    save_image(folder / "images/a.jpg")
    _label(folder / "labels/a.txt", f"0 {WHOLE}", encoding=encoding)
    _label(folder / "classes.txt", "Löwe", encoding=encoding)
    assert boxes_by_name(opened()) == {"images/a.jpg": [([0, 0, 1, 1], "Löwe")]}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("names: [a, b", "data.yaml is not used: it is not YAML"),
        ("a: &a [x, x]\nb: &b [*a, *a]\nnames: [*b, *b]\n", "data.yaml is not used: it has YAML aliases"),
        ("names: {x: cat}\n", "data.yaml: its names must have whole numbers from 0"),
        ("[" * 5000, "data.yaml is not used: it is not YAML"),
    ],
)
def test_bad_names_leave_numbers(folder: Path, opened: Callable[..., Dataset], text: str, message: str) -> None:
    save_image(folder / "images/a.jpg")
    _label(folder / "labels/a.txt", f"1 {WHOLE}")
    (folder / "data.yaml").write_text(text)
    data = opened()
    assert boxes_by_name(data) == {"images/a.jpg": [([0, 0, 1, 1], "class 1")]}
    assert any(note.startswith(message) for note in data.notes)


def test_keypoints_after_a_box_are_not_read(folder: Path, opened: Callable[..., Dataset]) -> None:
    save_image(folder / "images/a.jpg")
    _label(folder / "labels/a.txt", f"0 {WHOLE} 0.1 0.2 2 0.3 0.4 2")
    (folder / "data.yaml").write_text("kpt_shape: [2, 3]\nnames: [person]\n")
    assert boxes_by_name(opened()) == {"images/a.jpg": [([0, 0, 1, 1], "person")]}


def test_captions_in_text_files_are_no_boxes(folder: Path, opened: Callable[..., Dataset]) -> None:
    save_image(folder / "a.jpg")
    (folder / "a.txt").write_text("5 cats on a mat in the sun\n")
    data = opened()
    assert data.boxes is None
    assert data.notes == ()
