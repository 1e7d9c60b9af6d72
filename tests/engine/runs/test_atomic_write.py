"""Files are written completely or not at all, also on a full disk, and the error messages."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.config.errors import ConfigError, unwritten
from engine.evaluate import export_encoder, feature_table
from engine.runs.atomic_write import atomic_write, set_aside
from engine.runs.evaluation import Evaluated, Figure, keep_figure, read_evaluation
from engine.runs.export_rows import Rows, write_rows
from engine.runs.invariance_file import Invariance, write_invariance
from engine.runs.run_store import annotate, list_runs
from engine.runs.tags import change_tags

HEAD = Evaluated("run", "simclr", "world", "d", "resnet10_narrow", 3, 0.4, {"test": 24}, 16)
KEPT = Invariance("r", "m", "d", ("features",), (0,), 0, (), {0: 0}, {}, "words")
ROWS = Rows(np.arange(3), np.zeros(3, int), ("a",) * 3, ("",) * 3, np.zeros((3, 2)), np.zeros((3, 8)))

WRITERS: dict[str, Callable[[Path], object]] = {
    "rows.csv": lambda run: write_rows(run / "rows.csv", ROWS),
    "rows.npz": lambda run: write_rows(run / "rows.npz", ROWS),
    "rows.parquet": lambda run: write_rows(run / "rows.parquet", ROWS),
    "tags.json": lambda run: change_tags(run, "odd", [1, 3]),
    "about.yaml": lambda run: annotate(run, notes="seen"),
    "evaluation.json": lambda run: keep_figure(run, HEAD, None, Figure("knn", 0.5, 0.3, 7, "words")),
    "invariance.json": lambda run: write_invariance(run, KEPT),
    "all.npz": lambda run: feature_table.write_table(run / "all.npz", {"index": np.arange(3)}, np.zeros((3, 8)), None, ("a",)),
    "encoder.safetensors": lambda run: export_encoder._written(
        run / "encoder.safetensors", lambda part: part.write_bytes(b"x" * 9)
    ),
}


@pytest.fixture
def run(tmp_path: Path) -> Path:
    (tmp_path / "config.yaml").write_text("method: {id: simclr}\n", encoding="utf-8")
    return tmp_path


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file accepts the beginning of its content and then raises "No space left on device"."""
    whole_open = Path.open

    class Full:
        def __init__(self, file: Any) -> None:
            self.file = file

        def write(self, data: Any) -> int:
            self.file.write(data[:1])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        def __getattr__(self, name: str) -> Any:
            return getattr(self.file, name)

        def __enter__(self) -> Full:
            return self

        def __exit__(self, *_: object) -> None:
            self.file.close()

    def opened(path: Path, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
        file = whole_open(path, mode, *args, **kwargs)
        return Full(file) if "w" in mode else file

    monkeypatch.setattr(Path, "open", opened)


@pytest.mark.parametrize("name", WRITERS)
def test_on_a_full_disk_the_old_file_stays_and_no_temporary_file_remains(name: str, run: Path, full: None) -> None:
    if name.endswith("parquet"):
        pytest.importorskip("pyarrow")
    old = b'{"tags": {"old": [2]}}' if name == "tags.json" else b"notes: old\n" if name == "about.yaml" else b"{}"
    fd = os.open(run / name, os.O_WRONLY | os.O_CREAT)
    os.write(fd, old)
    os.close(fd)
    before = sorted(path.name for path in run.iterdir())
    with pytest.raises((ConfigError, OSError), match="No space left on device") as caught:
        WRITERS[name](run)
    # Results that cannot be read are renamed first, and kept.
    kept = "evaluation.broken.json" if name == "evaluation.json" else name
    assert (run / kept).read_bytes() == old
    assert sorted(path.name for path in run.iterdir()) == sorted({*before, kept} - ({name} - {kept}))
    if isinstance(caught.value, ConfigError):
        assert "Free some space on that disk" in str(caught.value)


def test_a_temporary_file_does_not_overwrite_other_files(tmp_path: Path) -> None:
    for name in ("all.tmp", "all.npz.part", "all.part", ".all.npz.part"):
        (tmp_path / name).write_text("mine")
    feature_table.write_table(tmp_path / "all.npz", {"index": np.arange(3)}, np.zeros((3, 8)), None, ("a",))
    assert {path.read_text() for path in tmp_path.iterdir() if path.name != "all.npz"} == {"mine"}
    with atomic_write(tmp_path / "all.npz") as one, atomic_write(tmp_path / "all.npz") as other:
        assert one != other  # two writers of the same file
        one.write_text("1")
        other.write_text("2")
    assert (tmp_path / "all.npz").read_text() == "1"
    assert len(list(tmp_path.iterdir())) == 5


def test_a_file_name_of_the_maximum_length_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / ("图" * 80 + ".csv")
    write_rows(path, ROWS)
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


def test_error_messages_name_the_remedy() -> None:
    def message(code: int) -> str:
        return str(unwritten("file", "one that can be written", "x", OSError(code, os.strerror(code))))

    assert "choose another" in message(errno.ENOSPC)
    assert "Allow this program to write there" in message(errno.EACCES)
    assert message(errno.EROFS).endswith(message(errno.EACCES).partition("Permission denied.")[2])
    assert "moved, renamed or deleted" in message(errno.ENOENT)
    assert "Choose another place" in message(errno.EISDIR)


def test_unreadable_results_are_renamed_and_not_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "evaluation.json"
    for number, text in enumerate(("torn {", "torn again")):
        file.write_text(text)
        keep_figure(tmp_path, HEAD, None, Figure("knn", 0.5, 0.3, 7, "words"))
        evaluation = read_evaluation(tmp_path)
        assert evaluation is not None
        assert evaluation.at(None)["knn"].trained == 0.5
        aside = tmp_path / ("evaluation.broken.json", "evaluation.broken-2.json")[number]
        assert aside.read_text() == text
    assert set_aside(file).name == "evaluation.broken-3.json"


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_an_invalid_entry_in_the_runs_folder_hides_no_run(tmp_path: Path) -> None:
    (tmp_path / "good").mkdir()
    (tmp_path / "good" / "config.yaml").write_text("method: {id: simclr}\n", encoding="utf-8")
    (tmp_path / "circle").symlink_to("circle")
    assert [run.id for run in list_runs(tmp_path)] == ["good"]
