"""Tags of samples: added, removed, shared with other programs, and not lost in a broken file."""

import json

import pytest

from engine.config.errors import ConfigError
from engine.runs.tags import FILE, change_tags, read_tags, tag_name


def test_a_run_without_tags_has_none(tmp_path):
    assert read_tags(tmp_path) == {}


def test_tags_are_added_and_removed(tmp_path):
    assert change_tags(tmp_path, "odd", [7, 3, 3]) == {"odd": (3, 7)}
    change_tags(tmp_path, " blurred   twice ", [3])
    change_tags(tmp_path, "odd", add=[9], remove=[7])
    assert read_tags(tmp_path) == {"blurred twice": (3,), "odd": (3, 9)}
    assert change_tags(tmp_path, "odd", remove=[3, 9, 100]) == {"blurred twice": (3,)}
    assert [path.name for path in tmp_path.iterdir()] == [FILE], "nothing half-written stays"


def test_tags_of_another_window_and_fields_of_a_newer_version_are_kept(tmp_path):
    (tmp_path / FILE).write_text(json.dumps({"colours": {"odd": "red"}, "tags": {"theirs": [1]}}))
    change_tags(tmp_path, "ours", [2])
    assert json.loads((tmp_path / FILE).read_text()) == {"colours": {"odd": "red"}, "tags": {"theirs": [1], "ours": [2]}}


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"tags": []}', '{"tags": {"a": 3}}', '{"tags": {"a": [-1]}}', '{"tags": {"a": [true]}}', "\0"]
)
def test_a_broken_file_is_reported_and_renamed_only_when_a_tag_is_added(tmp_path, text):
    (tmp_path / FILE).write_text(text)
    with pytest.raises(ConfigError, match=r"tags\.json must be tags.*stays as it is"):
        read_tags(tmp_path)
    assert (tmp_path / FILE).read_text() == text
    assert change_tags(tmp_path, "new", [1]) == {"new": (1,)}
    assert (tmp_path / "tags.broken.json").read_text() == text
    (tmp_path / FILE).write_text("again")
    change_tags(tmp_path, "new", [2])
    assert (tmp_path / "tags.broken.json").read_text() == text
    assert (tmp_path / "tags.broken-2.json").read_text() == "again"


@pytest.mark.parametrize("name", ["", "  ", "a;b", "x" * 61, "a\0b"])
def test_an_invalid_tag_name_is_refused(name):
    with pytest.raises(ConfigError, match="tag must be a name of 1 to 60"):
        tag_name(name)


def test_tag_names_in_any_language(tmp_path):
    change_tags(tmp_path, "奇怪的", [1])
    assert read_tags(tmp_path) == {"奇怪的": (1,)}


def test_indices_start_at_0(tmp_path):
    with pytest.raises(ConfigError, match="sample must be a place"):
        change_tags(tmp_path, "a", [4, -1])


def test_a_missing_folder_is_reported(tmp_path):
    with pytest.raises(ConfigError, match="run folder must be writable"):
        change_tags(tmp_path / "gone", "a", [1])
