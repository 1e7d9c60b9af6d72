"""Lists in JSON files, entry by entry."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

import pytest

from engine.data.formats.annotated import Unusable
from engine.data.formats.json_stream import entries
from engine.execute.progress import Cancelled

CONTENT = {
    "info": {"year": 2017},
    "images": [{"id": 1, "file_name": "ä,]}.jpg"}, {"id": 2}],
    "empty": [],
    "annotations": [[1, [2, 3]], 'text " ]', -1.5e3, None],
    "last": 12345,
}


def _expected() -> list[tuple[str, object]]:
    rows: list[tuple[str, object]] = []
    for key, value in CONTENT.items():
        rows += [(key, one) for one in value] if isinstance(value, list) else [(key, value)]
    return rows


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
@pytest.mark.parametrize("indent", [None, 4])
def test_every_entry_in_every_encoding(tmp_path: Path, encoding: str, indent: int | None) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(CONTENT, indent=indent, ensure_ascii=False), encoding=encoding)
    assert list(entries(path)) == _expected()


def test_entries_across_the_pieces_that_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(CONTENT, ensure_ascii=False), encoding="utf-8")
    for size in (1, 2, 3, 7, 50):
        monkeypatch.setattr("engine.data.formats.json_stream._PIECE", size)
        assert list(entries(path)) == _expected()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "ends early"),
        ("[1, 2]", "an object of lists"),
        ('{"a": [1, 2', "ends early"),
        ('{"a": [{"b": "c', "ends early"),
        ('{"a": [1 2]}', "a comma or the end of the list at character 10"),
        ('{"a": [x]}', "must have JSON at character 8"),
        ("{1: 2}", "a key in quotes"),
        ('{"a" 1}', "a colon"),
        ('{"a": 1 "b": 2}', "a comma or the end of the object"),
        ('{"a": ' + "[" * 200_000 + "]" * 200_000 + "}", "nested too deeply"),
        ('{"a": [' + "9" * 10_000 + "]}", "must have JSON"),
        ('{"a": \0}', "must have JSON"),
    ],
)
def test_a_damaged_file_is_refused_in_words(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(Unusable, match=message):
        list(entries(path))


def test_a_large_file_is_never_in_memory_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    entry = json.dumps({"id": 1, "segmentation": "x" * 2000}) + ","
    with path.open("w") as file:
        file.write('{"annotations": [')
        for _ in range(10_000):
            file.write(entry)
        file.write("0]}")
    assert path.stat().st_size > 20_000_000
    tracemalloc.start()
    try:
        assert sum(1 for _ in entries(path)) == 10_001
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()


def test_progress_follows_the_bytes_and_can_cancel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.data.formats.json_stream._PIECE", 1000)
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"images": [{"id": number} for number in range(1000)]}))
    shares: list[float] = []
    for number, _ in enumerate(entries(path, lambda share, text="", /: shares.append(share)), 1):
        # What is read lies at most one piece, and the head of 4 bytes, before what was reported.
        assert number * len('{"id": 9}') <= shares[-1] * path.stat().st_size + 1000
    assert shares == sorted(shares)
    assert len(shares) >= path.stat().st_size / 1000
    assert shares[-1] == 1.0

    def cancel(share: float, text: str = "", /) -> None:
        if share >= 0.5:
            raise Cancelled

    seen = list[object]()
    with pytest.raises(Cancelled):
        seen.extend(entry for _, entry in entries(path, cancel))
    assert 400 < len(seen) < 600
