"""The file with the colour number of a run, and that of earlier versions."""

from pathlib import Path

import pytest

from engine.runs.run_colours import FILE, OLD_FILE, read_colour, read_old_colours, write_colour
from engine.runs.run_store import RunStore


def test_the_first_number_stays_until_it_is_replaced(tmp_path: Path) -> None:
    write_colour(tmp_path, 3)
    write_colour(tmp_path, 4)
    assert read_colour(tmp_path) == 3
    write_colour(tmp_path, 5, replace=True)
    assert read_colour(tmp_path) == 5


def test_a_moved_run_keeps_its_number_and_the_list_reads_it(tmp_path: Path) -> None:
    run = tmp_path / "one" / "a"
    run.mkdir(parents=True)
    (run / "config.yaml").write_text("method: {id: simclr}\n")
    write_colour(run, 7)
    (tmp_path / "other").mkdir()
    run.rename(tmp_path / "other" / "a")
    store = RunStore(tmp_path / "other")
    assert [row.colour for row in store.refresh().added] == [7]
    write_colour(tmp_path / "other" / "a", 8, replace=True)
    assert [row.colour for row in store.refresh().changed] == [8]


@pytest.mark.parametrize("text", ["", "-1", "x", "9" * 40, "1e3", "\x00", "1.5"])
def test_an_invalid_file_gives_no_number(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    assert read_colour(tmp_path) is None


@pytest.mark.parametrize("text", ["", "[]", "{", "[" * 100_000, '{"a": NaN}', '{"a": "1", "b": -1, "c": true, "d": 1e400}', "\x00"])
def test_an_invalid_file_of_an_earlier_version_gives_no_numbers(tmp_path: Path, text: str) -> None:
    (tmp_path / OLD_FILE).write_text(text)
    assert read_old_colours(tmp_path) == {}


def test_numbers_of_an_earlier_version_are_read(tmp_path: Path) -> None:
    (tmp_path / OLD_FILE).write_text('{"a": 3, "b": 12}')
    assert read_old_colours(tmp_path) == {"a": 3, "b": 12}
    assert read_old_colours(tmp_path / "absent") == {}
