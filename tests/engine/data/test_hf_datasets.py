"""Folders of Hugging Face datasets are read like a folder of images, without the package `datasets`."""

import json
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from engine.config.errors import ConfigError
from engine.config.run import DataConfig
from engine.data.describe import survey
from engine.data.image_files import file_of
from engine.data.recognise import recognise
from tests.engine.data.shard_files import picture

FEATURES = {
    "img": {"_type": "Image"},
    "label": {"names": ["cat", "dog"], "_type": "ClassLabel"},
    "pose": {"names": ["lying", "standing", "running"], "_type": "ClassLabel"},
    "weight": {"dtype": "float32", "_type": "Value"},
}


def table(first, count, **columns):
    """Rows of a set: an image, a class, another class and a number each."""
    rows = range(first, first + count)
    known = {
        "img": [{"bytes": picture(row), "path": f"{row}.png"} for row in rows],
        "label": [row % 2 for row in rows],
        "pose": [row % 3 for row in rows],
        "weight": pa.array([row / 2 if row % 5 else None for row in rows], pa.float32()),
    }
    made = pa.table({**known, **columns})
    return made.replace_schema_metadata({"huggingface": json.dumps({"info": {"features": FEATURES}})})


def save_to_disk(folder, made, batch=5):
    """As Dataset.save_to_disk writes it: a stream of Arrow with its state."""
    folder.mkdir(parents=True)
    name = "data-00000-of-00001.arrow"
    with pa.OSFile(str(folder / name), "wb") as file, pa.ipc.new_stream(file, made.schema) as writer:
        writer.write_table(made, max_chunksize=batch)
    (folder / "state.json").write_text(json.dumps({"_data_files": [{"filename": name}], "_split": folder.name}))
    (folder / "dataset_info.json").write_text(json.dumps({"features": FEATURES}))
    return folder


@pytest.fixture
def saved(tmp_path):
    """A DatasetDict of a training and a test split."""
    save_to_disk(tmp_path / "pets" / "train", table(0, 24))
    save_to_disk(tmp_path / "pets" / "test", table(24, 9))
    (tmp_path / "pets" / "dataset_dict.json").write_text('{"splits": ["train", "test"]}')
    # Left by datasets.map: rows of the same images.
    (tmp_path / "pets" / "train" / "cache-1234.arrow").write_bytes((tmp_path / "pets/train/data-00000-of-00001.arrow").read_bytes())
    return tmp_path / "pets"


def as_files(folder, rows):
    for row in rows:
        (folder / ["cat", "dog"][row % 2]).mkdir(parents=True, exist_ok=True)
        (folder / ["cat", "dog"][row % 2] / f"{row:04}.png").write_bytes(picture(row))
    return folder


def test_a_saved_dict_gives_the_images_of_its_files_with_splits_classes_and_factors(tmp_path, saved, open_at):
    data, files = open_at(saved), open_at(as_files(tmp_path / "files", range(33)))
    assert data.classes == ("cat", "dog")
    assert len(data) == 33
    assert {data.names[row].partition("/")[0] for row in data.splits["test"]} == {"test"}
    assert len(data.splits["test"]) == 9
    # The order of the folders: test, then train.
    rows = [*range(24, 33), *range(24)]
    of_files = {int(name[-8:-4]): at for at, name in enumerate(files.names)}
    same = [of_files[row] for row in rows]
    assert np.array_equal(data.images, files.images[same])
    assert np.array_equal(data.digests, files.digests[same])
    assert data.labels.tolist() == [row % 2 for row in rows]
    assert data.factors["pose"].names == ("lying", "standing", "running")
    assert data.factors["pose"].values.tolist() == [row % 3 for row in rows]
    expected = [row / 2 if row % 5 else np.nan for row in rows]
    assert np.array_equal(data.factors["weight"].values, np.array(expected, np.float32), equal_nan=True)
    assert data.skipped == ()
    assert file_of(str(saved), data.names[0]) is None


def test_parquet_gives_the_same_images_as_arrow(tmp_path, saved, open_at):
    folder = tmp_path / "hub" / "data"
    folder.mkdir(parents=True)
    pq.write_table(table(0, 14), folder / "train-00000-of-00002.parquet", row_group_size=4)
    pq.write_table(table(14, 10), folder / "train-00001-of-00002.parquet", row_group_size=4)
    pq.write_table(table(24, 9), folder / "test-00000-of-00001.parquet", row_group_size=4)
    hub, arrow = open_at(tmp_path / "hub"), open_at(saved)
    assert np.array_equal(hub.images, arrow.images)
    assert np.array_equal(hub.labels, arrow.labels)
    assert np.array_equal(hub.splits["test"], arrow.splits["test"])
    assert [name.rpartition("_")[2] for name in hub.names] == [name.rpartition("_")[2] for name in arrow.names]
    assert len(open_at(folder / "train-00000-of-00002.parquet")) == 14


def test_captions_and_labels_without_what_datasets_writes(tmp_path, open_at):
    made = pa.table(
        {
            "image": [picture(row) for row in range(12)],
            "label": ["dog", "cat"] * 6,
            "caption": [[f"first {row}", f"second {row}"] for row in range(12)],
            "id": list(range(12)),
        }
    )
    pq.write_table(made, tmp_path / "set.parquet")
    data = open_at(tmp_path / "set.parquet")
    assert data.classes == ("cat", "dog")
    assert data.labels.tolist() == [1, 0] * 6
    assert data.captions.texts[3] == ("first 3", "second 3")
    assert data.notes == ("Columns that are not read: id.",)


def test_rows_and_files_that_cannot_be_read_are_named(tmp_path, open_at):
    images = [{"bytes": picture(row), "path": None} for row in range(20)]
    images[3] = {"bytes": b"no picture", "path": None}
    images[4] = None
    images[5] = {"bytes": None, "path": "../outside.png"}
    images[6] = {"bytes": None, "path": "inside.png"}
    folder = save_to_disk(tmp_path / "set", table(0, 20, img=images))
    (tmp_path / "outside.png").write_bytes(picture(5))
    (folder / "inside.png.tmp").write_bytes(b"")
    path = folder / "data-00000-of-00001.arrow"
    path.write_bytes(path.read_bytes()[:-9000])
    data = open_at(folder)
    assert len(data) == 15 - 4
    cut, *rows = data.skipped
    assert cut.startswith("data-00000-of-00001.arrow: its rows from 15 on cannot be read: ")
    assert [row.partition(": ")[2] for row in rows] == [
        "not an image, or damaged at its beginning",
        "the row has no image",
        "it is not in the table, and its file '../outside.png' is not in the folder",
        "it is not in the table, and its file 'inside.png' is not in the folder",
    ]


@pytest.mark.parametrize("content", [b"", b"no table" * 200, b"PAR1" + bytes(100) + b"PAR1"])
@pytest.mark.parametrize("ending", ["arrow", "parquet"])
def test_files_that_are_no_tables_are_refused(tmp_path, open_at, content, ending):
    (tmp_path / f"set.{ending}").write_bytes(content)
    with pytest.raises(ConfigError, match=r"data.source must be tables with a column of images\. .* Of 1 tables: set\."):
        open_at(tmp_path / f"set.{ending}")


def test_tables_without_images_are_refused(tmp_path, open_at):
    pq.write_table(pa.table({"a": [1], "b": ["x"]}), tmp_path / "set.parquet")
    with pytest.raises(ConfigError, match=r"it has no column of images among a, b\."):
        open_at(tmp_path / "set.parquet")


def test_without_pyarrow_it_says_what_to_install(saved, open_at, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ConfigError, match=r"pip install 'parallax-workbench\[hf\]'"):
        open_at(saved)


def test_the_survey_shows_samples_before_anything_is_decoded(saved, tmp_path):
    seen = survey(DataConfig(source=str(saved), root=str(tmp_path / "root")))
    assert seen is not None
    assert (seen.images, seen.classes, seen.splits) == (33, ("cat", "dog"), {"train": 24, "test": 9})
    assert len(seen.samples) == 12
    assert "folders" not in seen.traits
    assert recognise(Path(saved)).kind == recognise(saved / "train" / "data-00000-of-00001.arrow").kind == "images"
