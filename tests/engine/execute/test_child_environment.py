"""Child processes import the engine, and no module from the current folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine.execute.child_environment import child_environment, forbid_current_folder
from workbench.bridge.evaluate_process import follow


@pytest.fixture
def trap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with modules that write a file when they are imported."""
    for name in ("queue", "numpy", "yaml", "multiprocessing"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'executed')!r}, 'a').write('{name} ')\nraise ImportError\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", f"{os.pathsep}{os.environ.get('PYTHONPATH', '')}{os.pathsep}")
    monkeypatch.delenv("PYTHONSAFEPATH", raising=False)
    return tmp_path / "executed"


def test_a_child_process_imports_no_module_of_the_current_folder(trap: Path) -> None:
    for env in (child_environment(), child_environment(1)):
        completed = subprocess.run(
            [sys.executable, "-m", "engine.embed.worker"], env=env, input=b"", capture_output=True, timeout=60, check=False
        )
        assert completed.returncode == 0
    follow([sys.executable, "-m", "engine", "datasets"], lambda share: None, lambda: True)
    assert not trap.exists()


def test_the_trap_detects_an_import_from_the_current_folder(trap: Path) -> None:
    subprocess.run([sys.executable, "-c", "import queue"], capture_output=True, timeout=60, check=False)
    assert trap.read_text() == "queue "


def test_processes_started_by_a_library_are_safe_too(trap: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", os.environ["PYTHONPATH"].strip(os.pathsep))
    monkeypatch.setattr(os, "environ", dict(os.environ))
    forbid_current_folder()
    subprocess.run([sys.executable, "-c", "import queue"], env=os.environ, timeout=60, check=True)
    assert not trap.exists()


def test_the_number_of_threads_is_the_given_one() -> None:
    assert child_environment(3)["NUMBA_NUM_THREADS"] == "3"
    assert child_environment().get("NUMBA_NUM_THREADS") == os.environ.get("NUMBA_NUM_THREADS")
