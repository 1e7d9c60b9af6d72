"""A run is copied completely or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.execute.progress import Cancelled
from engine.runs.run_store import copy_run


def make(folder: Path) -> Path:
    (folder / "checkpoints").mkdir(parents=True)
    (folder / "config.yaml").write_text("name: x\n")
    (folder / "checkpoints" / "last.pt").write_bytes(b"1234")
    (folder / ".lock").write_bytes(b"")
    return folder


def test_all_files_but_the_lock_are_copied(tmp_path: Path) -> None:
    shares: list[float] = []
    run = copy_run(make(tmp_path / "run"), tmp_path / "runs", shares.append)
    assert run == tmp_path / "runs" / "run"
    assert sorted(str(path.relative_to(run)) for path in run.rglob("*")) == ["checkpoints", "checkpoints/last.pt", "config.yaml"]
    assert shares == sorted(shares)
    assert copy_run(tmp_path / "run", tmp_path / "runs").name == "run_2"


def test_a_copy_that_is_ended_leaves_nothing(tmp_path: Path) -> None:
    def stop(share: float) -> None:
        if share > 0:
            raise Cancelled

    with pytest.raises(Cancelled):
        copy_run(make(tmp_path / "run"), tmp_path / "runs", stop)
    assert list((tmp_path / "runs").iterdir()) == []
