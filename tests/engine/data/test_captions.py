"""Captions of rendered shapes, and captions in the files of a folder."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.config.run import DataConfig
from engine.data import shapes
from engine.data.captions import Captions, texts_at
from engine.data.open import open_dataset
from engine.data.shape_captions import COUNT, GROUNDS, HUES, PLACES, SIZES, captions


def test_the_first_caption_names_every_attribute_of_the_image() -> None:
    world = shapes.draw(0, np.arange(300))
    described = captions(world)
    factors = shapes.factors(world)
    for row in range(300):
        text = described.texts[row][0]
        words = {name: attribute.words[attribute.codes[row]] for name, attribute in described.attributes.items()}
        assert words["shape"] == factors["shape"].names[world.shape[row]]
        assert words["background"] == GROUNDS[world.background[row]]
        assert f"{words['size']} {words['hue']} {words['shape']} {words['place']} on a {words['background']} background" in text


@pytest.mark.parametrize(
    ("hue", "word"),
    [
        (29, "red"),
        (65, "orange"),
        (105, "yellow"),
        (145, "green"),
        (195, "turquoise"),
        (260, "blue"),
        (305, "purple"),
        (350, "pink"),
        (2, "pink"),
    ],
)
def test_words_of_hues(hue: float, word: str) -> None:
    world = shapes.draw(0, np.arange(1))
    world.hue[:] = hue
    attribute = captions(world).attributes["hue"]
    assert attribute.words[attribute.codes[0]] == word


@pytest.mark.parametrize(
    ("x", "y", "radius", "position", "size"),
    [
        (0.36, 0.36, 0.2, "at the upper left", "small"),
        (0.5, 0.5, 0.26, "in the middle", "medium"),
        (0.64, 0.5, 0.33, "at the right", "large"),
        (0.5, 0.64, 0.33, "at the bottom", "large"),
    ],
)
def test_words_of_place_and_size(x: float, y: float, radius: float, position: str, size: str) -> None:
    world = shapes.draw(0, np.arange(1))
    world.x[:], world.y[:], world.size[:] = x, y, radius
    attributes = captions(world).attributes
    assert PLACES[attributes["place"].codes[0]] == position
    assert SIZES[attributes["size"].codes[0]] == size


def test_captions_depend_on_seed_and_image_alone() -> None:
    few, many = captions(shapes.draw(4, np.arange(5))), captions(shapes.draw(4, np.arange(50)))
    assert [few.texts[row] for row in range(5)] == [many.texts[row] for row in range(5)]
    assert few.texts[3] != captions(shapes.draw(5, np.arange(5))).texts[3]
    assert len(few.texts[0]) == COUNT


def test_later_captions_leave_attributes_out() -> None:
    described = captions(shapes.draw(0, np.arange(500)))
    later = [text for row in range(500) for text in described.texts[row][1:]]
    with_hue = np.mean([any(f" {hue} " in f" {text} " for hue in HUES) for text in later])
    with_ground = np.mean(["background" in text for text in later])
    assert 0.70 < with_hue < 0.80
    assert 0.45 < with_ground < 0.55


def test_the_simple_world_names_no_background() -> None:
    described = captions(shapes.draw(0, np.arange(20), simple=True), simple=True)
    assert "background" not in described.attributes
    assert not any("background" in text for row in range(20) for text in described.texts[row])


def test_rows_are_taken_and_unknown_ones_are_empty() -> None:
    part = Captions([("a",), ("b", "c"), ("d",)]).take(np.array([2, -1, 0]))
    assert [part.texts[row] for row in range(3)] == [("d",), (), ("a",)]


def folder_of(tmp_path: Path, count: int = 20) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    pixels = np.random.default_rng(0).integers(0, 255, (count, 16, 16, 3), dtype=np.uint8)
    for number in range(count):
        Image.fromarray(pixels[number]).save(folder / f"{number:02}.png")
    return folder


def opened(folder: Path) -> tuple[dict[str, tuple[str, ...]], str]:
    dataset = open_dataset(DataConfig(source=str(folder), size=16, storage="memory"))
    known = dataset.captions
    texts = {name: known.texts[row] for row, name in enumerate(dataset.names)} if known is not None else {}
    return texts, " ".join(dataset.notes)


def test_a_table_with_several_captions_an_image(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    lines = ["image,caption", "00.png,A dog runs", '00.png,"A dog, brown"', "01.png,Two cats, one black", "./02.png,ein Fuß"]
    (folder / "captions.csv").write_text("\n".join(lines) + "\n", encoding="utf-8-sig")
    texts, notes = opened(folder)
    assert texts["00.png"] == ("A dog runs", "A dog, brown")
    assert texts["01.png"] == ("Two cats, one black",)
    assert texts["02.png"] == ("ein Fuß",)
    assert texts["03.png"] == ()
    assert "17 of 20 images have no caption in captions.csv." in notes


def test_json_lines_as_for_hugging_face(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    rows = [{"file_name": f"{n:02}.png", "text": f"number {n}", "other": 3} for n in range(20)]
    (folder / "metadata.jsonl").write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    texts, notes = opened(folder)
    assert texts["07.png"] == ("number 7",)
    assert "caption" not in notes


def test_what_cannot_be_used_is_said_with_its_line(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    lines = [
        '{"file_name": "00.png", "text": "good"}',
        "not json",
        "[1]",
        '{"file_name": "01.png"}',
        '{"file_name": "gone.png", "text": "x"}',
    ]
    (folder / "metadata.jsonl").write_text("\n".join(lines), encoding="utf-8")
    texts, notes = opened(folder)
    assert texts["00.png"] == ("good",)
    assert "3 lines are left out, line 2 is not JSON; line 3 is not an object; line 4 has no caption." in notes
    assert "1 files that it names are not among the images, gone.png." in notes


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"image,caption\n00.png,\xc3\xa4 \xff\n", "1 lines are left out, line 2 is not UTF-8, it has the byte 0xff."),
        (b"a,b\n1,2\n", "its first line must name a column file_name or filename or file. Got a, b"),
        (b"", "its first line must name a column file_name or filename or file. Got nothing"),
        (b"image,caption\n" + b"x" * (1 << 21), "captions.csv: 1 lines are left out, line 2 has more than 1,048,576 characters."),
        (b"image,caption\nother.png,x\n", "captions.csv has no caption of any of the 20 images."),
    ],
)
def test_a_file_that_cannot_be_used_leaves_the_images_usable(tmp_path: Path, data: bytes, message: str) -> None:
    folder = folder_of(tmp_path)
    (folder / "captions.csv").write_bytes(data)
    texts, notes = opened(folder)
    assert texts == {}
    assert message in notes


def test_a_changed_file_of_captions_is_read_again(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    file = folder / "captions.csv"
    file.write_text("image,caption\n00.png,first\n", encoding="utf-8")
    assert opened(folder)[0]["00.png"] == ("first",)
    file.write_text("image,caption\n00.png,the second\n", encoding="utf-8")
    assert opened(folder)[0]["00.png"] == ("the second",)


@pytest.mark.parametrize("simple", [False, True])
def test_captions_of_many_images_at_once_are_those_of_each(simple: bool) -> None:
    described = captions(shapes.draw(3, np.arange(400), simple), simple)
    rows = np.array([5, 399, 0, 17, 5])
    taken = described.take(np.array([7, -1, 250, 0]))
    assert texts_at(described.texts, rows) == [described.texts[row] for row in rows.tolist()]
    assert texts_at(taken.texts, np.arange(4)) == [described.texts[7], (), described.texts[250], described.texts[0]]
    assert texts_at(described.texts, rows[:0]) == []


def test_captions_of_shapes_have_not_changed() -> None:
    """A run that was trained with captions can be continued and evaluated with the same ones. The digest is of the captions as they
    were written before many could be made at once."""
    described = captions(shapes.draw(3, np.arange(400)))
    text = "\n".join(caption for row in range(400) for caption in described.texts[row])
    assert hashlib.sha256(text.encode()).hexdigest() == "add29eda77752bf91526daf93e38bde7fb631bcf87dd96ecef64a196ec06fa90"
