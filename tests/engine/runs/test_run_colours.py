"""The file of colour numbers in the runs folder."""

from pathlib import Path

import pytest

from engine.runs.run_colours import FILE, keep_colours, read_colours
from engine.runs.run_store import RunStore


def test_numbers_are_added_to_those_of_others_and_removed_with_the_run(tmp_path: Path) -> None:
    for name in ("a", "b", "gone", "caf\udce9"):
        try:
            (tmp_path / name).mkdir()
        except (OSError, UnicodeEncodeError):
            continue
    keep_colours(tmp_path, {"a": 3, "gone": 1})
    (tmp_path / "gone").rmdir()
    keep_colours(tmp_path, {"b": 4, "caf\udce9": 5})
    assert {"a": 3, "b": 4}.items() <= read_colours(tmp_path).items()
    assert "gone" not in read_colours(tmp_path)
    assert RunStore(tmp_path).refresh().added == ()


@pytest.mark.parametrize("text", ["", "[]", "{", "[" * 100_000, '{"a": NaN}', '{"a": "1", "b": -1, "c": true, "d": 1e400}', "\x00"])
def test_an_invalid_file_gives_no_numbers(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    assert read_colours(tmp_path) == {}


def test_a_missing_folder_gives_no_numbers(tmp_path: Path) -> None:
    assert read_colours(tmp_path / "absent") == {}
    with pytest.raises(OSError, match="absent"):
        keep_colours(tmp_path / "absent", {})
