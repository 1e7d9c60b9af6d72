"""Features as .csv, and as folders for FiftyOne and TensorBoard's projector, read as those programs read them."""

from __future__ import annotations

import base64
import csv
import errno
import io
import json
import os
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.config.errors import ConfigError
from engine.data.dataset import Dataset, Factor
from engine.evaluate import feature_folders
from engine.evaluate.feature_folders import FolderContents, folder_path, write_fiftyone, write_projector
from engine.evaluate.feature_table import class_names, factor_columns, output_path, write_table
from engine.execute.progress import Cancelled

# A line break, a tab, a formula, a name outside ASCII, one that is no UTF-8.
NAMES = ("a\tb.png", "=1+1.png", "图\n像.png", "caf\udce9.png", "plain.png")


@pytest.fixture
def contents(tmp_path: Path) -> FolderContents:
    """Five images in a folder with one file of its own, the last."""
    rng = np.random.default_rng(0)
    data = tmp_path / "data"
    data.mkdir()
    Image.new("RGB", (9, 5), (1, 2, 3)).save(data / "plain.png")
    dataset = Dataset(
        name="d",
        images=rng.integers(0, 256, (5, 3, 8, 8), dtype=np.uint8),
        labels=np.array([0, 1, -1, 0, 1]),
        classes=("cat", "dog"),
        splits={"train": np.arange(5)},
        mean=np.zeros(3, np.float32),
        std=np.ones(3, np.float32),
        names=NAMES,
        source=str(data),
        factors={
            "x": Factor(np.array([0.5, np.nan, 0.25, 1, 2], np.float32), "number"),
            "hue": Factor(np.array([1, 0, -1, 0, 1]), "category", ("red", "blue")),
        },
    )
    index = np.array([4, 0, 1, 2, 3])
    label = dataset.labels[index]
    columns = {
        "index": index,
        "label": label,
        "class": class_names(dataset, label),
        "split": np.array(["train", "test", "", "test", "test"]),
        "name": np.array([NAMES[one] for one in index]),
        **factor_columns(dataset, index),
    }
    features = rng.normal(size=(5, 6)).astype(np.float32) * np.float32(1e-7)
    return FolderContents(dataset, index, columns, features, rng.normal(size=(5, 2)).astype(np.float32))


def test_a_csv_restores_every_number_and_defuses_formulas(contents: FolderContents, tmp_path: Path) -> None:
    path = output_path(tmp_path / "all.csv")
    seen: list[float] = []
    write_table(path, contents.columns, contents.features, contents.xy, ("cat", "dog"), lambda share, text="": seen.append(share))
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    named = ["index", "label", "class", "split", "name", "factor_x", "hue", "x", "y"]
    assert list(rows[0]) == [*named, "f0", "f1", "f2", "f3", "f4", "f5"]
    np.testing.assert_array_equal(np.float32([[row[f"f{k}"] for k in range(6)] for row in rows]), contents.features)
    np.testing.assert_array_equal(np.float32([[row["x"], row["y"]] for row in rows]), contents.xy)
    assert [row["index"] for row in rows] == ["4", "0", "1", "2", "3"]
    assert [row["name"] for row in rows] == ["plain.png", "a\tb.png", "'=1+1.png", "图\n像.png", "caf\\udce9.png"]
    assert [row["class"] for row in rows] == ["dog", "cat", "dog", "", "cat"]
    assert [row["factor_x"] for row in rows] == ["2", "0.5", "", "0.25", "1"]
    assert [row["hue"] for row in rows] == ["blue", "blue", "red", "", "red"]
    assert seen


def vector(field: dict[str, dict[str, str]]) -> np.ndarray:
    """As fiftyone.core.utils.deserialize_numpy_array."""
    return np.load(io.BytesIO(zlib.decompress(base64.b64decode(field["$binary"]["base64"]))), allow_pickle=False)


def test_a_folder_for_fiftyone_names_files_and_writes_the_others(contents: FolderContents, tmp_path: Path) -> None:
    write_fiftyone(tmp_path / "out", contents)
    samples = json.loads((tmp_path / "out" / "samples.json").read_text(encoding="utf-8"))["samples"]
    assert [sample["filepath"] for sample in samples] == [
        str(tmp_path / "data" / "plain.png"),
        *[f"images/{number:08d}.png" for number in range(4)],
    ]
    for number in range(4):
        with Image.open(tmp_path / "out" / "images" / f"{number:08d}.png") as image:
            np.testing.assert_array_equal(np.asarray(image).transpose(2, 0, 1), contents.dataset.images[number])
    assert samples[0]["ground_truth"] == {"_cls": "Classification", "label": "dog"}
    assert "ground_truth" not in samples[3]
    assert "label" not in samples[3]
    assert [sample["tags"] for sample in samples] == [["train"], ["test"], [], ["test"], ["test"]]
    assert [sample.get("factor_x") for sample in samples] == [2, 0.5, None, 0.25, 1]
    assert samples[3]["name"] == "图\n像.png"
    np.testing.assert_array_equal(np.stack([vector(sample["features"]) for sample in samples]), contents.features)
    assert contents.xy is not None
    np.testing.assert_array_equal(np.stack([vector(sample["xy"]) for sample in samples]), contents.xy)
    assert feature_folders.field_name("_a.b") == "a_b"
    assert feature_folders.field_name("tags") == "factor_tags"


def test_a_folder_for_the_projector_has_a_row_and_a_cell_for_each_image(contents: FolderContents, tmp_path: Path) -> None:
    write_projector(tmp_path / "out", contents)
    folder = tmp_path / "out"
    vectors = [line.split("\t") for line in (folder / "vectors.tsv").read_text().splitlines()]
    np.testing.assert_array_equal(np.array(vectors, np.float32), contents.features)
    metadata = (folder / "metadata.tsv").read_text(encoding="utf-8").split("\n")
    assert metadata[0].split("\t") == ["index", "label", "class", "split", "name", "factor_x", "hue", "x", "y"]
    assert [line.split("\t")[4] for line in metadata[1:6]] == ["plain.png", "a b.png", "=1+1.png", "图 像.png", "caf\\udce9.png"]
    assert metadata[6:] == [""]
    # Five images lie in a grid of three columns and three rows: the projector's shader needs as many of both.
    with Image.open(folder / "sprite.png") as sprite:
        pixels = np.asarray(sprite)
    assert pixels.shape == (24, 24, 3)
    np.testing.assert_array_equal(pixels[8:16, 0:8].transpose(2, 0, 1), contents.dataset.images[2])
    assert not pixels[16:].any()
    assert 'image_path: "sprite.png"\n    single_image_dim: 8\n    single_image_dim: 8' in (
        folder / "projector_config.pbtxt"
    ).read_text(encoding="utf-8")


def test_a_sprite_of_too_many_images_is_left_out(contents: FolderContents, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feature_folders, "_SPRITE", 20)
    write_projector(tmp_path / "out", contents)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["metadata.tsv", "projector_config.pbtxt", "vectors.tsv"]
    assert "sprite" not in (tmp_path / "out" / "projector_config.pbtxt").read_text(encoding="utf-8")


@pytest.mark.parametrize("write", [write_fiftyone, write_projector])
def test_a_full_disk_or_a_cancellation_leaves_no_folder(
    write: feature_folders.Write, contents: FolderContents, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cancelled(share: float, text: str = "", /) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        write(tmp_path / "out", contents, cancelled)

    def full(self: Image.Image, *_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Image.Image, "save", full)
    with pytest.raises(ConfigError, match="Free some space on that disk"):
        write(tmp_path / "out", contents)
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_a_folder_that_holds_something_is_not_replaced(contents: FolderContents, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="a new or an empty folder"):
        folder_path(tmp_path / "data")
    with pytest.raises(ConfigError, match="folder that exists"):
        folder_path(tmp_path / "no" / "out")
    (tmp_path / "out").mkdir()
    write_projector(folder_path(tmp_path / "out"), contents)
    assert (tmp_path / "out" / "vectors.tsv").is_file()
