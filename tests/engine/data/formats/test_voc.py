"""Pascal VOC's files, and those of the tools that write its format."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.data.dataset import Dataset
from tests.engine.data.formats.conftest import boxes_by_name, save_image

DEVKIT = """<annotation>
	<folder>VOC2012</folder>
	<filename>{name}.jpg</filename>
	<source>
		<database>{database}</database>
		<annotation>PASCAL VOC2012</annotation>
		<image>flickr</image>
	</source>
	<size>
		<width>{width}</width>
		<height>30</height>
		<depth>3</depth>
	</size>
	<segmented>1</segmented>
{objects}</annotation>
"""
OBJECT = """	<object>
		<name>{name}</name>
		<pose>Rear</pose>
		<truncated>0</truncated>
		<difficult>{difficult}</difficult>
		<bndbox>
			<xmin>{box[0]}</xmin>
			<ymin>{box[1]}</ymin>
			<xmax>{box[2]}</xmax>
			<ymax>{box[3]}</ymax>
		</bndbox>
		<part>
			<name>head</name>
			<bndbox>
				<xmin>1</xmin>
				<ymin>1</ymin>
				<xmax>2</xmax>
				<ymax>2</ymax>
			</bndbox>
		</part>
	</object>
"""


def write_xml(path: Path, objects: list[tuple[object, ...]], database: str = "Unknown", width: object = 40, **how: str) -> None:
    """An XML file with objects (name, x0, y0, x1, y1) and a sixth value "1" for a difficult one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(OBJECT.format(name=name, box=box, difficult=more[0] if more else 0) for name, *(box), more in _parts(objects))
    path.write_text(DEVKIT.format(name=path.stem, database=database, objects=text, width=width), **{"encoding": "utf-8", **how})


def _parts(objects: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    return [(thing[0], *thing[1:5], thing[5:]) for thing in objects]


def test_the_development_kit(folder: Path, opened: Callable[..., Dataset]) -> None:
    base = folder / "VOCdevkit/VOC2012"
    for name in ("2007_000027", "2007_000032", "2007_000033", "2007_000039"):
        save_image(base / f"JPEGImages/{name}.jpg")
    own = "The VOC2007 Database"
    # Pixels from 1, the last one included: 6 to 35 is the whole middle square, 5 to 35.
    write_xml(base / "Annotations/2007_000027.xml", [("person", 6, 1, 35, 30)], own)
    write_xml(base / "Annotations/2007_000032.xml", [("aeroplane", 6, 1, 20, 15), ("aeroplane", 21, 16, 35, 30, "1")], own)
    write_xml(base / "Annotations/2007_000033.xml", [("aeroplane", 6, 1, 35, 30), ("person", 6, 1, 20, 15)], own)
    for kind, lists in {
        "Main": {
            "train": ["2007_000027"],
            "val": ["2007_000032", "2007_000033"],
            "trainval": ["2007_000027", "2007_000032", "2007_000033"],
            "aeroplane_train": ["2007_000032  1"],
        },
        "Segmentation": {"train": ["2007_000032", "2007_000099"]},
    }.items():
        (base / "ImageSets" / kind).mkdir(parents=True)
        for name, rows in lists.items():
            (base / "ImageSets" / kind / f"{name}.txt").write_text("\n".join(rows) + "\n")
    palette = Image.fromarray(np.zeros((30, 40), np.uint8), "P")
    values = np.zeros((30, 40), np.uint8)
    values[:15, 5:20], values[15:, 20:35], values[15, :] = 1, 15, 255
    palette.putdata(values.ravel().tolist())
    palette.putpalette([0, 0, 0, 128, 0, 0, 0, 128, 0])
    for part in ("SegmentationClass", "SegmentationObject"):
        (base / part).mkdir()
        palette.save(base / part / "2007_000032.png")
    data = opened(split=True)
    names = [f"VOCdevkit/VOC2012/JPEGImages/{name}.jpg" for name in ("2007_000027", "2007_000032", "2007_000033", "2007_000039")]
    assert boxes_by_name(data) == {
        names[0]: [([0, 0, 1, 1], "person")],
        names[1]: [([0, 0, 0.5, 0.5], "aeroplane"), ([0.5, 0.5, 1, 1], "aeroplane")],
        names[2]: [([0, 0, 1, 1], "aeroplane"), ([0, 0, 0.5, 0.5], "person")],
        names[3]: None,
    }
    assert data.boxes is not None
    assert data.boxes.crowd.tolist() == [False, False, True, False, False]
    # The twenty classes in VOC's order, which the values of SegmentationClass follow.
    assert data.classes[0] == "aeroplane"
    assert data.classes[14] == "person"
    assert len(data.classes) == 20
    assert data.labels.tolist() == [14, 0, -1, -1]
    assert [names.index(data.names[row]) for row in data.splits["validation"]] == [1, 2]
    file = "VOCdevkit/VOC2012/ImageSets/Segmentation/train.txt"
    assert f"{file}: images that it lists are not in the folder: 2007_000099." in data.notes
    assert "VOC: 3 of 4 images are annotated, 5 objects of 20 categories." in data.notes


def test_files_beside_the_images_count_from_zero(folder: Path, opened: Callable[..., Dataset]) -> None:
    # As labelImg and Roboflow write them; in sets of Roboflow below train, valid and test.
    for split in ("train", "valid", "test"):
        save_image(folder / split / "1.jpg")
        write_xml(folder / split / "1.xml", [("cup", 5, 0, 35, 30)])
    data = opened(split=True)
    assert boxes_by_name(data) == {f"{split}/1.jpg": [([0, 0, 1, 1], "cup")] for split in ("train", "valid", "test")}
    assert data.own_splits == ("train", "validation", "test")


def test_bad_files_are_named_and_the_rest_is_read(folder: Path, opened: Callable[..., Dataset]) -> None:
    for k in range(12):
        save_image(folder / f"JPEGImages/{k}.jpg")
    notes = folder / "Annotations"
    write_xml(notes / "0.xml", [("cat", 5, 0, 35, 30)])
    write_xml(
        notes / "1.xml",
        [("cat", 50, 0, 60, 30), ("cat", "nan", 0, 1, 1), ("cat", "x", 0, 1, 1), ("", 5, 0, 35, 30), ("dog", -9, 0, 35, 30)],
    )
    bomb = '<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><annotation>&b;</annotation>'
    outside = (
        '<!DOCTYPE annotation [<!ENTITY secret SYSTEM "file:///etc/passwd">]><annotation><filename>&secret;</filename></annotation>'
    )
    for k, text in enumerate((bomb, outside, "<annotation><object></annotation>", "<a>" * 1000, "<html/>", "", "\0\1"), 2):
        (notes / f"{k}.xml").write_text(text)
    (notes / "9.xml").write_bytes(b'<?xml version="1.0" encoding="latin-1"?><annotation><size/></annotation>')
    (notes / "10.xml").write_bytes("<annotation><filename>Straße</filename></annotation>".encode("latin-1"))
    (notes / "11.xml").mkdir()
    (notes / "12.xml").write_text("<annotation/>")
    data = opened()
    by_name = boxes_by_name(data)
    assert by_name["JPEGImages/0.jpg"] == [([0, 0, 1, 1], "cat")]
    assert by_name["JPEGImages/1.jpg"] == [([0, 0, 1, 1], "dog")]
    assert by_name["JPEGImages/9.jpg"] == []
    assert [name for name, boxes in by_name.items() if boxes is None] == [
        f"JPEGImages/{k}.jpg" for k in (10, 11, 2, 3, 4, 5, 6, 7, 8)
    ]
    text = "\n".join(data.notes)
    assert "XML files: files that cannot be used: " in text
    assert "Annotations/2.xml, it declares a document type or entities, which are not read" in text
    for line in (
        "boxes outside the image are left out: Annotations/1.xml object 1.",
        "boxes with values that are no numbers are left out: Annotations/1.xml object 2.",
        "objects without a box of four numbers are left out: Annotations/1.xml object 3.",
        "objects without a name are left out: Annotations/1.xml object 4.",
        "boxes that reach beyond the image are cut at its edge: Annotations/1.xml object 5.",
        "Folders with the ending of a file of annotations are not read as such: Annotations/11.xml.",
    ):
        assert line in text


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_encodings(folder: Path, opened: Callable[..., Dataset], encoding: str) -> None:
    save_image(folder / "JPEGImages/a.jpg")
    write_xml(folder / "Annotations/a.xml", [("Löwe", 5, 0, 35, 30)], encoding=encoding)
    assert boxes_by_name(opened()) == {"JPEGImages/a.jpg": [([0, 0, 1, 1], "Löwe")]}


def test_xml_files_that_are_no_annotations_are_left_alone(folder: Path, opened: Callable[..., Dataset]) -> None:
    save_image(folder / "a.jpg")
    (folder / "a.xml").write_text("<xmpmeta/>")
    data = opened()
    assert data.boxes is None
    assert data.notes == ()
