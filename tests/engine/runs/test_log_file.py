"""The log of a run: entries with levels, reading on, and rotation."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from engine.events import CheckpointSaved, RunFailed, RunStarted, Warned
from engine.runs import log_file
from engine.runs.log_file import parse_log, read_log
from engine.runs.writer import RunWriter


def test_events_become_entries_with_their_level_and_traceback(tmp_path: Path) -> None:
    with RunWriter(tmp_path) as writer:
        writer(CheckpointSaved(3, 1, "last.pt"))
        writer(Warned("2 images could not be read"))
        writer(RunFailed("out of memory.", "Lower train.batch.", "Traceback (most recent call last):\n  File x\nError", 7))
    entries = parse_log(read_log(tmp_path)[0])
    assert [entry.level for entry in entries] == ["info", "warning", "error"]
    assert entries[1].text == "warning: 2 images could not be read"
    assert entries[2].text.splitlines()[1:] == ["Traceback (most recent call last):", "  File x", "Error"]
    assert all(len(entry.time) == len("2026-11-29 00:43:56") for entry in entries)


def test_an_exception_outside_of_the_events_is_in_the_log(tmp_path: Path) -> None:
    with contextlib.suppress(ValueError), RunWriter(tmp_path) as writer:
        writer(RunStarted("r", "simclr", "shapes", "cpu", "fp32", 0, 8, 4, 64, 256, 1000, {}))
        raise ValueError("no room")
    last = parse_log(read_log(tmp_path)[0])[-1]
    assert (last.level, last.text) == ("error", "failed: no room")


def test_only_complete_new_lines_are_read(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    path.write_text("2026-11-29 00:43:56 one\n2026-11-29 00:43:57 tw")
    text, after, anew = read_log(tmp_path)
    assert (text, anew) == ("2026-11-29 00:43:56 one\n", True)
    path.write_text("2026-11-29 00:43:56 one\n2026-11-29 00:43:57 two\n")
    text, after, anew = read_log(tmp_path, after)
    assert (text, anew) == ("2026-11-29 00:43:57 two\n", False)
    assert read_log(tmp_path, after) == ("", after, False)
    assert read_log(tmp_path / "absent") == ("", 0, True)


def test_a_long_log_is_begun_anew_and_read_with_the_file_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_file, "MOST_BYTES", 300)
    with RunWriter(tmp_path) as writer:
        for step in range(12):
            writer(CheckpointSaved(step, 1, "last.pt"))
        _, after, _ = read_log(tmp_path)
        writer(Warned("after the rotation"))
    sizes = [(tmp_path / name).stat().st_size for name in ("log.txt", "log.1.txt")]
    assert all(0 < size < 500 for size in sizes)
    text, _, anew = read_log(tmp_path)
    entries = parse_log(text)
    assert anew
    assert entries[-1].text == "warning: after the rotation"
    assert len(entries) >= 6
    assert after <= 500
