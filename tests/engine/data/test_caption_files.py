"""Files of captions as damaged, or as strangely written, as people have them: a bad line costs itself alone and is named."""

from __future__ import annotations

import csv
import json
import os
import tracemalloc
from pathlib import Path

import pytest

from engine.data.caption_files import MOST_AN_IMAGE, read_captions

NAMES = [f"{number:02}.png" for number in range(6)]


def read(
    folder: Path, data: bytes | str, file: str = "captions.csv", names: list[str] = NAMES
) -> tuple[dict[str, tuple[str, ...]], str]:
    (folder / file).write_bytes(data if isinstance(data, bytes) else data.encode())
    notes: list[str] = []
    captions = read_captions(folder, names, notes)
    known = {name: captions.texts[row] for row, name in enumerate(names) if captions.texts[row]} if captions is not None else {}
    return known, " ".join(notes)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_encoding_and_line_end_that_programs_write(tmp_path: Path, encoding: str, end: str) -> None:
    data = end.join(["image,caption", "00.png,ein Fuß", '01.png,"Käse, alt"', "02.png,plain"]).encode(encoding)
    known, notes = read(tmp_path, data)
    assert known == {"00.png": ("ein Fuß",), "01.png": ("Käse, alt",), "02.png": ("plain",)}
    assert ("2 lines are not UTF-8 and are read as Windows-1252, the first is line 2." in notes) == (encoding == "cp1252")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"00.png", "line 3 has no caption"),
        (b"00.png,  ", "line 3 has no caption"),
        (b",a cat", "line 3 names no file"),
        (b"00.png,a \0 cat", "line 3 has NUL bytes"),
        (b"00.png,\xc3\xa4 \xff", "line 3 is not UTF-8, it has the byte 0xff"),
        (b"00.png,\x81", "line 3 is not UTF-8, it has the byte 0x81"),
        (b'00.png,"a cat', "line 3 has a quote that is not closed, or a field that is too long"),
        (b'00.png,"' + b"x" * 200_000 + b'"', "line 3 has a quote that is not closed, or a field that is too long"),
        (b"00.png," + b"x" * 10_000_000, "line 3 has more than 1,048,576 characters"),
        (b"00.png," + "ü".encode() * 1_100_000, "line 3 has more than 1,048,576 characters"),
        (b"x" * 1001 + b",a cat", "line 3 names a file with more than 1,000 characters"),
    ],
    ids=lambda value: value if isinstance(value, str) else value[:12].hex(),
)
def test_a_bad_line_of_a_table_costs_itself_alone(tmp_path: Path, line: bytes, reason: str) -> None:
    before, after = b'image,caption\n01.png,"one, two"\n', b'\n02.png,"three, four"\n03.png,five\n'
    known, notes = read(tmp_path, before + line + after)
    assert known == {"01.png": ("one, two",), "02.png": ("three, four",), "03.png": ("five",)}
    assert f"captions.csv: 1 lines are left out, {reason}." in notes


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"file_name": "00.png", "text": "x"', "line 2 is not JSON"),
        ("[" * 100_000, "line 2 is not JSON"),
        ('"text"', "line 2 is not an object"),
        ('{"file_name": "00.png"}', "line 2 has no caption"),
        ('{"file_name": "00.png", "text": []}', "line 2 has no caption"),
        ('{"file_name": "00.png", "text": 3}', "line 2 has no caption"),
        ('{"file_name": "00.png", "text": "\\ud800"}', "line 2 has no caption"),
        ('{"file_name": 3, "text": "x"}', "line 2 names no file"),
        ('{"file_name": "00.png", "text": "' + "x" * 10_000_000 + '"}', "line 2 has more than 1,048,576 characters"),
    ],
    ids=lambda value: value[:40],
)
def test_a_bad_line_of_json_costs_itself_alone(tmp_path: Path, line: str, reason: str) -> None:
    first, last = json.dumps({"file_name": "01.png", "text": ["a", "b"]}), json.dumps({"file_name": "02.png", "text": "c"})
    known, notes = read(tmp_path, f"{first}\n{line}\n{last}", "metadata.jsonl")
    assert known == {"01.png": ("a", "b"), "02.png": ("c",)}
    assert f"metadata.jsonl: 1 lines are left out, {reason}." in notes


def test_a_bad_line_of_utf_16_costs_itself_alone(tmp_path: Path) -> None:
    good, bad = "\ufeffimage,caption\n00.png,one\n", b"0\x001\x00,\x00\x00\xdc\n\x00"  # half of a pair of surrogates
    known, notes = read(tmp_path, good.encode("utf-16-le") + bad + "02.png,two\n".encode("utf-16-le"))
    assert known == {"00.png": ("one",), "02.png": ("two",)}
    assert "1 lines are left out, line 3 is not UTF-16." in notes


def test_captions_with_line_breaks_are_read_as_the_csv_module_writes_them(tmp_path: Path) -> None:
    rows = [["00.png", "one\ntwo"], ["01.png", 'he said "stop"\r\n\r\nand went'], ["02.png", "plain"], ["03.png", '"']]
    with (tmp_path / "captions.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["image", "caption"], *rows])
    known, notes = read(tmp_path, (tmp_path / "captions.csv").read_bytes())
    assert known == {"00.png": ("one two",), "01.png": ('he said "stop" and went',), "02.png": ("plain",), "03.png": ('"',)}
    assert "left out" not in notes


def test_an_open_quote_does_not_reach_to_the_next_one(tmp_path: Path) -> None:
    lines = [
        "image,caption",
        '00.png,"open',
        "01.png,one",
        '02.png,"two, three"',
        '03.png,a 5" wheel',
        '04.png,"again',
        '05.png,"six"',
    ]
    known, notes = read(tmp_path, "\n".join(lines))
    assert known == {"01.png": ("one",), "02.png": ("two, three",), "03.png": ('a 5" wheel',), "05.png": ("six",)}
    assert "2 lines are left out, line 2 has a quote that is not closed" in notes
    assert "line 6 has a quote that is not closed" in notes


def test_an_open_quote_before_thousands_of_lines_costs_one_line(tmp_path: Path) -> None:
    lines = ["image,caption", '00.png,"open', *(f"{1 + k % 5:02}.png,caption {k}" for k in range(400)), '05.png,"last"']
    known, notes = read(tmp_path, "\n".join(lines))
    assert sum(map(len, known.values())) == 401
    assert "1 lines are left out, line 2 has a quote" in notes


def test_a_ragged_table(tmp_path: Path) -> None:
    lines = ["image,caption,split", "00.png,a cat,train", "01.png,a dog, brown,train", "02.png,a fox", "03.png,a hen,test,,"]
    known, notes = read(tmp_path, "\n".join(lines))
    assert known == {"00.png": ("a cat",), "02.png": ("a fox",), "03.png": ("a hen",)}
    assert "1 lines are left out, line 3 has 4 columns where the first line has 3." in notes


def test_what_is_given_twice_is_kept_once_and_an_image_has_so_many(tmp_path: Path) -> None:
    lines = [
        "image\tcaption",
        "00.png\tsame",
        "00.png\tsame",
        "./00.png\tsame",
        *(f"01.png\t{k}" for k in range(MOST_AN_IMAGE + 2)),
    ]
    known, notes = read(tmp_path, "\n".join(lines), "captions.tsv")
    assert known["00.png"] == ("same",)
    assert known["01.png"] == tuple(map(str, range(100)))
    assert "2 captions are given again for the same image, and are kept once." in notes
    assert "2 captions are left out, for an image has at most 100." in notes


def test_a_long_caption_is_cut_and_control_characters_are_spaces(tmp_path: Path) -> None:
    known, notes = read(
        tmp_path, "image,caption\n00.png," + "x" * 2001 + "\n01.png,a\x1b[1m\x07b\n02.png,a\u00a0family 👨\u200d👩\n"
    )
    assert known == {"00.png": ("x" * 2000,), "01.png": ("a [1m b",), "02.png": ("a family 👨\u200d👩",)}
    assert "1 captions are cut after 2,000 characters." in notes


def test_which_image_a_file_means(tmp_path: Path) -> None:
    names = ["a/00.png", "b/00.png", "b/01.png", "c/Käse.JPG"]  # as Linux has it
    lines = [
        "file,text",
        "a/00.png,1",
        "00.png,2",
        "b\\00.png,3",
        "/data/set/b/01.png,4",
        "C/KA\u0308SE.jpg,5",
        "gone.png,6",
        "../x,7",
    ]
    known, notes = read(tmp_path, "\n".join(lines), names=names)
    assert known == {"a/00.png": ("1",), "b/00.png": ("3",), "b/01.png": ("4",), "c/Käse.JPG": ("5",)}
    assert "1 files that it names may be several images, 00.png. Name them by their path in the folder." in notes
    assert "2 files that it names are not among the images, ../x, gone.png." in notes


def test_a_file_that_cannot_be_used_does_not_hide_the_next(tmp_path: Path) -> None:
    (tmp_path / "captions.csv").mkdir()
    (tmp_path / "captions.tsv").symlink_to("/dev/zero")
    os.mkfifo(tmp_path / "captions.txt")
    (tmp_path / "metadata.csv").write_bytes(b"\0" * 5_000_000)
    known, notes = read(tmp_path, '{"file_name": "00.png", "text": "x"}', "metadata.jsonl")
    assert known == {"00.png": ("x",)}
    for file in ("captions.csv", "captions.tsv", "captions.txt"):
        assert f"{file} is not used: it is not a regular file." in notes
    assert "metadata.csv is not used: its first line has more than 1,048,576 characters." in notes


def test_memory_is_bounded_by_the_images(tmp_path: Path) -> None:
    # 22 MB of lines, most of them without an end or for images that are not there.
    lines = ["image,caption"] + [f"gone.png,{'x' * 1000}"] * 2_000 + ["00.png,here", "x" * 20_000_000, "01.png,there"]
    (tmp_path / "captions.csv").write_text("\n".join(lines))
    del lines
    tracemalloc.start()
    captions = read_captions(tmp_path, NAMES, [])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert captions is not None
    assert captions.texts[:2] == [("here",), ("there",)]
    assert peak < 16 << 20
