"""WebDataset shards are read like a folder of images, and what is damaged in them is named."""

import json
import tarfile

import numpy as np
import pytest

from engine.config.errors import ConfigError
from engine.config.run import DataConfig
from engine.data.describe import survey
from engine.data.image_files import file_of
from engine.data.recognise import recognise
from engine.data.shard_paths import files_of_pattern
from engine.data.source_table import absolute_source
from tests.engine.data.shard_files import picture, write_tar


def samples(first, count, **files):
    """The files of samples: an image each, and what `files` gives by its ending for a number."""
    members = {}
    for number in range(first, first + count):
        members[f"{number:06}.png"] = picture(number)
        for ending, make in files.items():
            members[f"{number:06}.{ending}"] = make(number)
    return members


@pytest.fixture
def shards(tmp_path):
    """Three shards of twelve samples of three classes, with two captions each."""
    for shard in range(3):
        texts = {"cls": lambda number: str(number % 3), "txt": lambda number: f"picture {number}\nrandom  pixels\n"}
        write_tar(tmp_path / "set" / f"set-{shard:03}.tar", samples(12 * shard, 12, **texts))
    return tmp_path / "set"


def test_shards_give_the_images_of_their_files_with_classes_and_captions(tmp_path, shards, open_at):
    for number in range(36):
        folder = tmp_path / "files" / str(number % 3)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{number:06}.png").write_bytes(picture(number))
    data, files = open_at(shards), open_at(tmp_path / "files")
    assert data.classes == files.classes == ("0", "1", "2")
    assert [name.rpartition("/")[2] for name in data.names] == [f"{number:06}.png" for number in range(36)]
    rows = [[name.rpartition("/")[2] for name in files.names].index(name.rpartition("/")[2]) for name in data.names]
    assert np.array_equal(data.images, files.images[rows])
    assert np.array_equal(data.labels, files.labels[rows])
    assert np.array_equal(data.digests, files.digests[rows])
    assert data.captions.texts[7] == ("picture 7", "random pixels")
    assert data.skipped == () == data.notes


def test_a_pattern_names_the_shards_and_those_that_are_missing(shards, open_at):
    data = open_at(f"{shards}/set-{{001..003}}.tar")
    assert len(data) == 24
    assert data.skipped == ("set-003.tar: No such file or directory",)
    assert [file.name for file in files_of_pattern(f"{shards}/set-{{002,000}}.tar")[0]] == ["set-002.tar", "set-000.tar"]
    with pytest.raises(ConfigError, match="a pattern of tar files that exist"):
        open_at(f"{shards}/other-{{000..002}}.tar")


def test_a_relative_pattern_becomes_absolute(shards, monkeypatch):
    monkeypatch.chdir(shards)
    assert absolute_source("set-{000..002}.tar") == f"{shards}/set-{{000..002}}.tar"


def test_splits_are_told_by_the_names_of_shards_or_of_their_folders(tmp_path, open_at):
    write_tar(tmp_path / "a" / "set-train-000.tar", samples(0, 20))
    write_tar(tmp_path / "a" / "set-val-000.tar", samples(20, 5))
    write_tar(tmp_path / "a" / "set-test-000.tar", samples(25, 6))
    write_tar(tmp_path / "b" / "train" / "0.tar", samples(0, 20))
    write_tar(tmp_path / "b" / "test" / "0.tar", samples(20, 8))
    one, other = open_at(tmp_path / "a"), open_at(tmp_path / "b")
    assert {name: len(index) for name, index in one.splits.items()} == {"train": 20, "validation": 5, "test": 6}
    assert one.own_splits == ("train", "validation", "test")
    assert len(other.splits["test"]) == 8
    assert all(name.startswith("test/") for name in (other.names[row] for row in other.splits["test"]))


def test_labels_and_captions_of_json(tmp_path, open_at):
    def about(number):
        return json.dumps({"label": number % 2, "class_name": ["cat", "dog"][number % 2], "caption": f"animal {number}"})

    data = open_at(write_tar(tmp_path / "set.tar", samples(0, 12, json=about)))
    assert data.classes == ("cat", "dog")
    assert data.labels.tolist() == [0, 1] * 6
    assert data.captions.texts[5] == ("animal 5",)


def test_classes_are_words_or_have_names_beside_the_shards(tmp_path, open_at):
    words = open_at(write_tar(tmp_path / "words.tar", samples(0, 12, cls=lambda number: ["dog", "cat"][number % 2] + "\n")))
    assert words.classes == ("cat", "dog")
    assert words.labels.tolist() == [1, 0] * 6
    (tmp_path / "n").mkdir()
    (tmp_path / "n" / "classnames.txt").write_text("tench\ngoldfish\n")
    write_tar(tmp_path / "n" / "train" / "0.tar", samples(0, 12, cls=lambda number: str(number % 2)))
    assert open_at(tmp_path / "n").classes == ("tench", "goldfish")


def test_folders_in_a_tar_file_are_classes_where_no_sample_has_one(tmp_path, open_at):
    members = {f"./{name}/IMG.2021.{number}.png": picture(number) for name in ("cat", "dog") for number in range(8)}
    data = open_at(write_tar(tmp_path / "photos.tar", members))
    assert data.classes == ("cat", "dog")
    assert len(data) == 16
    assert not open_at(tmp_path / "photos.tar", folders="nothing").classes


def test_what_is_damaged_is_named_and_the_rest_is_kept(tmp_path, open_at):
    members = samples(0, 12)
    members["000003.png"] = b"no picture"
    path = write_tar(tmp_path / "set.tar", members)
    with tarfile.open(path) as tar:
        header = tar.getmember("000005.png").offset
        last = tar.getmember("000011.png")
    content = bytearray(path.read_bytes())
    content[header : header + 512] = b"\xff" * 512
    path.write_bytes(content[: last.offset_data + 100])
    data = open_at(path)
    assert [name[-10:-4] for name in data.names] == [f"{number:06}" for number in range(11) if number not in (3, 5)]
    damaged, picture_3, cut = data.skipped
    assert damaged.startswith("set.tar: ")
    assert f"from byte {header:,} on are damaged" in damaged
    assert picture_3 == "set.tar/000003.png: not an image, or damaged at its beginning"
    assert cut == "set.tar/000011.png: the shard ends within it"


def test_texts_that_cannot_be_used_are_named(tmp_path, open_at):
    members = samples(0, 8, json=lambda number: "{" if number == 2 else "{}")
    members |= {"000009.txt": "no image", "000001.pyd": b"pickled", "000001.seg.png": picture(1)}
    data = open_at(write_tar(tmp_path / "set.tar", members))
    assert len(data) == 8
    assert data.skipped == ("set.tar/000009: it has no image of a format that is read",)
    notes = " ".join(data.notes)
    assert "set.tar/000002.json: it is not JSON" in notes
    assert "further ones are left out: .seg.png (1)" in notes
    assert "left out: .pyd (1)" in notes


def test_names_of_members_are_never_paths(tmp_path, open_at):
    members = {f"../../{number}.png": picture(number) for number in range(4)} | {f"/x/{n}.png": picture(n) for n in range(4, 8)}
    path = write_tar(tmp_path / "deep" / "set.tar", members)
    with tarfile.open(path, "a") as tar:
        link = tarfile.TarInfo("link.png")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    before = sorted(path.parent.parent.rglob("*"))
    data = open_at(path)
    assert data.names == tuple(f"set.tar/{number}.png" for number in range(4)) + tuple(f"set.tar/x/{n}.png" for n in range(4, 8))
    assert [one for one in sorted(path.parent.parent.rglob("*")) if "root" not in one.parts] == before
    assert "links, devices and sparse files (1)" in " ".join(data.notes)
    assert file_of(str(path), data.names[0]) is None
    assert file_of(str(path.parent), data.names[0]) is None


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "it is empty"),
        (b"\x1f\x8b\x08" + bytes(600), "it is compressed"),
        (b"no tar file" * 100, "it is no tar file, or damaged at its beginning"),
        (bytes(1024), "there is no image in them"),
    ],
)
def test_files_without_an_image_are_refused_in_words(tmp_path, open_at, content, message):
    (tmp_path / "set.tar").write_bytes(content)
    with pytest.raises(ConfigError, match=message):
        open_at(tmp_path / "set.tar")


def test_a_shard_that_changes_is_read_again(shards, open_at):
    pattern = f"{shards}/set-{{000..002}}.tar"
    assert open_at(pattern) is open_at(pattern)
    write_tar(shards / "set-002.tar", samples(24, 10, cls=lambda number: str(number % 3)))
    assert len(open_at(pattern)) == 34
    assert len(open_at(shards)) == 34


def test_the_survey_shows_samples_before_anything_is_decoded(shards, tmp_path):
    seen = survey(DataConfig(source=str(shards), root=str(tmp_path / "root")))
    assert seen is not None
    assert (seen.images, seen.classes, seen.counts.tolist(), seen.columns) == (36, ("0", "1", "2"), [12, 12, 12], ("captions",))
    assert len(seen.samples) == 12
    assert seen.originals.tolist()[0] == [40, 24]
    assert "folders" not in seen.traits


def test_a_tar_file_is_recognised_as_images(shards):
    assert recognise(shards / "set-000.tar").kind == "images"
