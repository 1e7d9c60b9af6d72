"""Short versions of the journeys, offscreen, each in a process of its own. The long ones are programs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.journeys.outliers import files_in
from tests.journeys.pictures import write_photographs, write_unlabelled

ROOT = Path(__file__).resolve().parents[2]


def travel(module: str, out: Path, *words: str) -> dict[str, object]:
    """Run a journey; its counts."""
    home = {name: str(out / "home") for name in ("HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")}
    # Tests before this one can have set PYTHONSAFEPATH, with which Python does not look in the current folder.
    environment = {**os.environ, **home, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", f"tests.journeys.{module}", str(out), *words]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    counts: dict[str, object] = json.loads((out / "count.json").read_text(encoding="utf-8"))
    return counts


@pytest.mark.parametrize("keys", [pytest.param((), marks=pytest.mark.slow), ("--keyboard",)], ids=["mouse", "keyboard"])
def test_from_a_folder_of_photographs_to_the_first_trained_map(tmp_path: Path, keys: tuple[str, ...]) -> None:
    photos = write_photographs(tmp_path / "photos", 90)
    counts = travel("photographs", tmp_path / "out", "--photos", str(photos), "--minutes", "0.05", *keys)
    assert (counts["clicks"] == 0) == bool(keys)
    assert int(str(counts["clicks"])) <= 10
    assert (tmp_path / "out" / "04_the_first_map_of_a_trained_encoder.png").is_file()


def test_from_unlabelled_pictures_to_a_list_of_outlier_files_by_keys_alone(tmp_path: Path) -> None:
    folder, _ = write_unlabelled(tmp_path / "pictures", 150, odd=5)
    counts = travel("outliers", tmp_path / "out", "--pictures", str(folder), "--minutes", "0.05", "--keyboard")
    assert counts["clicks"] == 0
    names = files_in(tmp_path / "out" / "outliers.csv")
    assert names
    assert all((folder / name).is_file() for name in names)
