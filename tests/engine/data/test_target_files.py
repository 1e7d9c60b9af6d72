"""targets.csv in a folder of images: labels that an image has or has not, and numbers."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.config.run import DataConfig
from engine.data.dataset import Factor
from engine.data.describe import describe, survey
from engine.data.image_folder import state_of
from engine.data.open import open_dataset
from engine.data.target_files import read_targets
from engine.evaluate.protocol import data_digest

NAMES = ("a.png", "b.png", "c.png", "sub/d.png")


def read(folder: Path, text: str | bytes, file: str = "targets.csv") -> tuple[dict[str, Factor], list[str]]:
    (folder / file).write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    notes: list[str] = []
    return dict(read_targets(folder, NAMES, notes)), notes


def test_columns_of_0_and_1_are_labels_and_others_numbers(tmp_path: Path) -> None:
    factors, notes = read(tmp_path, "age,File,glasses,hat\n31.5,b.png,1,True\n-2e1,./sub\\d.png,0,\n,a.png,?,false\n")
    assert list(factors) == ["age", "glasses", "hat"]
    assert [factor.yes_or_no for factor in factors.values()] == [False, True, True]
    np.testing.assert_array_equal(factors["age"].values, np.array([np.nan, 31.5, np.nan, -20], np.float32))
    assert factors["age"].kind == "number"
    assert factors["glasses"].values.tolist() == [-1, 1, -1, 0]
    assert factors["hat"].values.tolist() == [0, 1, -1, -1]
    assert notes == ["1 of 4 images have no target in targets.csv."]


def test_lines_in_another_encoding_or_that_cannot_be_read_cost_themselves_alone(tmp_path: Path) -> None:
    latin = "file,größe\na.png,1.5\n".encode("latin-1")
    factors, notes = read(tmp_path, latin)
    assert factors["größe"].values[0] == 1.5
    assert notes[0].startswith("targets.csv: 1 lines are not UTF-8 and are read as Windows-1252, the first is line 1.")

    factors, _ = read(tmp_path, "file,größe\na.png,1.5\n".encode("utf-16"))
    assert factors["größe"].values[0] == 1.5

    bad = b"file,size\na.png," + b"1" * (1 << 20) + b'\nb.png,2\0\nsub/d.png,"4\n c.png,3\n'
    factors, notes = read(tmp_path, bad)
    np.testing.assert_array_equal(factors["size"].values, np.array([np.nan, np.nan, 3, np.nan], np.float32))
    assert notes[0] == (
        "targets.csv: 3 lines or cells are left out, line 2 has more than 1,048,576 characters; line 3 has NUL bytes; "
        "line 4 has a quote that is not closed, or a field that is too long."
    )


def test_every_line_and_cell_that_cannot_be_used_is_named_and_no_other_is_lost(tmp_path: Path) -> None:
    lines = ["image,size,why", "a.png,1.5,blurred", "b.png,two,", "c.png,3", ",4,", "a.png,5,", "z.png,6,", "", "sub/d.png,1e99,"]
    factors, notes = read(tmp_path, "\n".join(lines))
    assert list(factors) == ["size"]
    np.testing.assert_array_equal(factors["size"].values, np.array([1.5, np.nan, np.nan, np.nan], np.float32))
    text = " ".join(notes)
    assert "the column 'why' is left out: it has no number, line 2 has 'blurred'" in text
    assert "5 lines or cells are left out, line 4 has 2 cells and not 3; line 5 names no file; line 6 names a.png again" in text
    assert "1 files that it names are not among the images, z.png" in text
    _, notes = read(tmp_path, "image,size\na.png,1\nb.png,two\nsub/d.png,1e99\n")
    assert "line 3 has 'two' in the column 'size', which is no number; line 4 has '1e99'" in " ".join(notes)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "its first line must name a column file_name or filename or file. Got nothing"),
        ("name,size\na.png,1\n", "Got name, size"),
        ("file\na.png\n", "must name a column beside the file's"),
        (b"file,size\0\na.png,1\n", "its first line has NUL bytes"),
        (b"file," + b"s" * (1 << 20) + b"\na.png,1\n", "its first line has more than 1,048,576 characters"),
        ("file,size\na.png,\n", "'size' is left out: it is empty"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(tmp_path: Path, text: str | bytes, message: str) -> None:
    factors, notes = read(tmp_path, text)
    assert not factors
    assert message in " ".join(notes)


def test_odd_columns_are_told_apart(tmp_path: Path) -> None:
    factors, notes = read(tmp_path, 'file;class;x;x;;"a;b"\na.png;0,5;1;2;3;-1\nb.png;1,5;2;2;3;1\n')
    assert list(factors) == ["target class", "x", "a;b"]
    assert factors["target class"].values[:2].tolist() == [0.5, 1.5]
    text = " ".join(notes)
    assert "2 columns are left out, x, number 5" in text
    assert "the column 'a;b' of -1 and 1 is read as numbers" in text
    factors, _ = read(tmp_path, "file\tage\na.png\t3\n", "targets.tsv")
    assert "age" not in factors  # targets.csv is first
    (tmp_path / "targets.csv").unlink()
    assert "age" in read_targets(tmp_path, NAMES, [])


def test_targets_belong_to_the_open_data_and_to_the_digest_of_figures(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for number in range(12):
        Image.fromarray(rng.integers(0, 256, (8, 8, 3), dtype=np.uint8)).save(tmp_path / f"{number}.png")
    (tmp_path / "targets.csv").write_text("file,v\n" + "".join(f"{number}.png,{number * 1.5}\n" for number in range(11)))
    before = state_of(tmp_path)
    config = DataConfig(source=str(tmp_path), size=8)
    data = open_dataset(config)
    assert describe(data).targets == {"v": False}
    before_it_is_decoded = survey(config)
    assert before_it_is_decoded is not None
    assert before_it_is_decoded.targets == {"v": False}
    values = {Path(name).stem: value for name, value in zip(data.names, data.factors["v"].values.tolist(), strict=True)}
    assert values.pop("11") != values["0"]
    assert values == {str(number): number * 1.5 for number in range(11)}
    (tmp_path / "targets.csv").write_text("file,v\n0.png,70\n1.png,3.25\n")
    assert state_of(tmp_path) != before
    again = open_dataset(config)
    assert again is not data
    assert data_digest(again) != data_digest(data)
    assert data_digest(dataclasses.replace(data, factors={})) != data_digest(data)
    # Of a named set they follow from the images.
    named = dataclasses.replace(data, source="shapes")
    assert data_digest(dataclasses.replace(named, factors={})) == data_digest(named)
