"""Samples exported as a table and read with common readers."""

import csv
import dataclasses
import sys

import numpy as np
import pytest

from engine.config.errors import ConfigError
from engine.runs.export_rows import Rows, write_rows


@pytest.fixture
def rows():
    rng = np.random.default_rng(0)
    return Rows(
        index=np.array([4, 9, 31]),
        label=np.array([1, -1, 0]),
        classes=("pickup, truck", "", 'the "car"'),
        tags=("odd;very odd", "", "奇"),
        xy=rng.normal(size=(3, 2)).astype(np.float32),
        features=rng.normal(size=(3, 5)).astype(np.float16),
    )


def test_csv_keeps_every_number(tmp_path, rows):
    path = write_rows(tmp_path / "a.csv", rows)
    with path.open(encoding="utf-8", newline="") as file:
        read = list(csv.DictReader(file))
    assert list(read[0]) == ["index", "label", "class", "tags", "x", "y", "f0", "f1", "f2", "f3", "f4"]
    assert [int(row["index"]) for row in read] == [4, 9, 31]
    assert [row["class"] for row in read] == list(rows.classes)
    assert [row["tags"] for row in read] == list(rows.tags)
    np.testing.assert_array_equal(np.float32([[row["x"], row["y"]] for row in read]), rows.xy)
    np.testing.assert_array_equal(np.float16([[row[f"f{column}"] for column in range(5)] for row in read]), rows.features)


def test_npz_holds_features_as_one_array(tmp_path, rows):
    with np.load(write_rows(tmp_path / "a.npz", rows), allow_pickle=False) as file:
        assert sorted(file) == ["class", "features", "index", "label", "tags", "x", "y"]
        np.testing.assert_array_equal(file["features"], rows.features)
        np.testing.assert_array_equal(file["y"], rows.xy[:, 1])
        assert file["class"].tolist() == list(rows.classes)


@pytest.mark.parametrize("kind", ["csv", "npz", "parquet"])
def test_computed_scores_are_additional_columns(tmp_path, rows, kind):
    loss = np.float32([0.1, np.nan, 7])
    path = write_rows(tmp_path / f"a.{kind}", dataclasses.replace(rows, numbers={"loss": loss}))
    if kind == "csv":
        with path.open(encoding="utf-8", newline="") as file:
            read = list(csv.DictReader(file))
        assert list(read[0])[5:8] == ["y", "loss", "f0"]
        assert read[1]["loss"] == ""
        loss_column = np.float32([row["loss"] or "nan" for row in read])
    elif kind == "npz":
        with np.load(path, allow_pickle=False) as file:
            loss_column = file["loss"]
    else:
        loss_column = pytest.importorskip("pyarrow.parquet").read_table(path).to_pydict()["loss"]
    np.testing.assert_array_equal(np.float32(loss_column), loss)


def test_parquet(tmp_path, rows):
    parquet = pytest.importorskip("pyarrow.parquet")
    table = parquet.read_table(write_rows(tmp_path / "a.PARQUET", rows)).to_pydict()
    assert list(table) == ["index", "label", "class", "tags", "x", "y", "f0", "f1", "f2", "f3", "f4"]
    assert table["tags"] == list(rows.tags)
    np.testing.assert_array_equal(np.float32(table["x"]), rows.xy[:, 0])
    np.testing.assert_array_equal(np.float16(table["f4"]), rows.features[:, 4])


def test_missing_pyarrow_gives_an_error_with_the_remedy(tmp_path, rows, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ConfigError, match="pip install pyarrow"):
        write_rows(tmp_path / "a.parquet", rows)
    assert not list(tmp_path.iterdir())


def test_features_can_be_left_out_and_the_table_may_be_empty(tmp_path):
    empty = Rows(np.empty(0, int), np.empty(0, int), (), (), np.empty((0, 2), np.float32))
    assert write_rows(tmp_path / "a.csv", empty).read_text() == "index,label,class,tags,x,y\n"
    with np.load(write_rows(tmp_path / "a.npz", empty)) as file:
        assert "features" not in file
        assert file["x"].shape == (0,)


def test_other_file_endings_and_missing_folders_are_refused(tmp_path, rows):
    with pytest.raises(ConfigError, match=r"ends in \.csv"):
        write_rows(tmp_path / "a.txt", rows)
    with pytest.raises(ConfigError, match="can be written"):
        write_rows(tmp_path / "gone" / "a.csv", rows)


def test_a_cancelled_export_keeps_the_old_file(tmp_path, rows):
    path = tmp_path / "a.csv"
    path.write_text("before")

    def off(share):
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_rows(path, rows, off)
    assert path.read_text() == "before"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.csv"]


@pytest.mark.parametrize("ending", [".csv", ".npz", ".parquet"])
def test_file_names_that_are_no_valid_text_are_written(tmp_path, rows, ending):
    """A folder from an archive in another code page may have undecodable bytes in its name."""
    if ending == ".parquet":
        parquet = pytest.importorskip("pyarrow.parquet")
    odd = "caf\udce9"
    many = 'line one\nline two, "three"; 图'
    path = write_rows(tmp_path / f"a{ending}", dataclasses.replace(rows, classes=(odd, many, "")))
    if ending == ".csv":
        with path.open(encoding="utf-8", newline="") as file:
            read = [row["class"] for row in csv.DictReader(file)]
    elif ending == ".npz":
        with np.load(path) as file:
            read = [name.replace("\udce9", "\\udce9") for name in file["class"].tolist()]
    else:
        read = parquet.read_table(path)["class"].to_pylist()
    assert read == ["caf\\udce9", many, ""]


def test_files_are_a_column_where_they_are_known(rows, tmp_path):
    named = dataclasses.replace(rows, files=("a/1.jpg", "=b.png", "c 3.jpg"), features=None)
    with write_rows(tmp_path / "rows.csv", named).open(newline="", encoding="utf-8") as file:
        table = list(csv.DictReader(file))
    assert [line["file"] for line in table] == ["a/1.jpg", "'=b.png", "c 3.jpg"]
    assert list(np.load(write_rows(tmp_path / "rows.npz", named))["files"]) == ["a/1.jpg", "=b.png", "c 3.jpg"]
