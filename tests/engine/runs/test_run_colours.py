"""The colour numbers beside the runs."""

from pathlib import Path

import pytest

from engine.runs.run_colours import FILE, keep_colours, read_colours
from engine.runs.run_store import RunStore


def test_numbers_are_kept_beside_those_of_others_while_the_run_is_there(tmp_path: Path) -> None:
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
def test_a_file_that_holds_no_numbers_gives_none(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    assert read_colours(tmp_path) == {}


def test_without_a_folder_there_are_none(tmp_path: Path) -> None:
    assert read_colours(tmp_path / "absent") == {}
    with pytest.raises(OSError, match="absent"):
        keep_colours(tmp_path / "absent", {})
