"""Child processes find the engine, and execute nothing that lies in the folder where the program was started."""

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
    """A folder, the current one, with modules that leave a trace where they are imported."""
    for name in ("queue", "numpy", "yaml", "multiprocessing"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'executed')!r}, 'a').write('{name} ')\nraise ImportError\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", f"{os.pathsep}{os.environ.get('PYTHONPATH', '')}{os.pathsep}")
    monkeypatch.delenv("PYTHONSAFEPATH", raising=False)
    return tmp_path / "executed"


def test_a_child_imports_the_engine_and_nothing_of_the_current_folder(trap: Path) -> None:
    for env in (child_environment(), child_environment(1)):
        told = subprocess.run(
            [sys.executable, "-m", "engine.embed.worker"], env=env, input=b"", capture_output=True, timeout=60, check=False
        )
        assert told.returncode == 0
    follow([sys.executable, "-m", "engine", "datasets"], lambda share: None, lambda: True)
    assert not trap.exists()


def test_the_trap_of_these_tests_works(trap: Path) -> None:
    subprocess.run([sys.executable, "-c", "import queue"], capture_output=True, timeout=60, check=False)
    assert trap.read_text() == "queue "


def test_processes_that_a_library_starts_are_safe_too(trap: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", os.environ["PYTHONPATH"].strip(os.pathsep))
    monkeypatch.setattr(os, "environ", dict(os.environ))
    forbid_current_folder()
    subprocess.run([sys.executable, "-c", "import queue"], env=os.environ, timeout=60, check=True)
    assert not trap.exists()


def test_threads_are_those_that_were_asked_for() -> None:
    assert child_environment(3)["NUMBA_NUM_THREADS"] == "3"
    assert child_environment().get("NUMBA_NUM_THREADS") == os.environ.get("NUMBA_NUM_THREADS")
