"""The start of the window: no heavy library before the first paint, one clear message without a display."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from engine.runs.reader import checkpoint_path, read_metrics, read_status

HEAVY = ("torch", "torchvision", "umap", "numba", "sklearn")
# Imported by the module that draws figures, which the window does not import.
DRAWING = ("matplotlib", "fontTools")


def fresh(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {key: value for key, value in os.environ.items() if key not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env={**kept, **environment}, check=False)


def test_the_order_of_imports_of_the_command_is_one_that_pyside_bears() -> None:
    """`workbench` reads its words, then imports PySide6, then what opens the folder of runs. In a process of its own, because here
    all of it is imported already."""
    code = "import workbench.app, workbench.figure_command, PySide6.QtWidgets, engine.runs.run_store, engine.config.run"
    result = fresh(code)
    assert result.returncode == 0, result.stderr


def test_no_heavy_library_is_imported_before_the_first_paint(tmp_path: object) -> None:
    code = f"""
import sys
from pathlib import Path
from PySide6.QtCore import QSettings
from workbench.app import App
app = App("dark", "en", {str(tmp_path)!r}, QSettings({str(tmp_path)!r} + "/window.ini", QSettings.Format.IniFormat))
app.window.show()
app.window.grab()
print([name for name in {HEAVY + DRAWING!r} if name in sys.modules])
app.window.close()
app.bridge.close()
"""
    done = fresh(code, QT_QPA_PLATFORM="offscreen")
    assert done.stdout.strip() == "[]", done.stderr


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="signals of POSIX")
def test_sigterm_stops_the_run_with_a_checkpoint_without_a_question(tmp_path: Path) -> None:
    code = f"""
from PySide6.QtCore import QSettings
from workbench.app import App
app = App("dark", "en", {str(tmp_path / "runs")!r}, QSettings({str(tmp_path / "window.ini")!r}, QSettings.Format.IniFormat))
app.bridge.start({{
    "method": {{"id": "simclr"}}, "data": {{"source": "shapes", "count": 60}},
    "train": {{"batch": 8, "steps": 100000, "threads": 1, "device": "cpu"}},
    "monitor": {{"knn_images": 20, "embed_images": 0, "pictures": False}},
}})
raise SystemExit(app.run())
"""
    # A temporary home folder, so that no settings of the user are read.
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "HOME": str(tmp_path), "OMP_NUM_THREADS": "1"}
    with subprocess.Popen([sys.executable, "-c", code], env=environment, stderr=subprocess.PIPE, text=True) as child:
        try:
            while not any(read_status(path.parent).step > 2 for path in tmp_path.glob("runs/*/status.json")):
                assert child.poll() is None
                time.sleep(0.05)
            child.send_signal(signal.SIGTERM)
            assert child.wait(60) == 143, child.stderr and child.stderr.read()
        finally:
            child.kill()
    [folder] = [path.parent for path in tmp_path.glob("runs/*/config.yaml")]
    status = read_status(folder)
    assert status.state == "stopped"
    assert checkpoint_path(folder).exists()
    steps = [line["step"] for line in read_metrics(folder)[0] if line["event"] == "StepDone"]
    assert max(steps) == status.step


def test_importing_every_module_of_the_window_imports_no_heavy_library() -> None:
    code = f"""
import importlib, pkgutil, sys, workbench
for module in pkgutil.walk_packages(workbench.__path__, "workbench."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
print([name for name in {HEAVY!r} if name in sys.modules])
"""
    done = fresh(code, QT_QPA_PLATFORM="offscreen")
    assert done.stdout.strip() == "[]", done.stderr


def test_without_a_display_one_line_tells_what_to_do() -> None:
    done = fresh("from workbench.app import main; raise SystemExit(main([]))")
    if sys.platform in ("win32", "darwin"):
        return
    assert done.returncode == 2
    assert done.stdout == ""
    [line] = done.stderr.splitlines()
    assert "workbench --demo" in line
    assert "python -m engine train" in line


def test_a_demo_in_an_unwritable_folder_fails_with_a_message(tmp_path: object) -> None:
    blocked = f"{tmp_path}/file"
    arguments = ["--demo", f"{blocked}/demo"]
    code = f"open({blocked!r}, 'w').close(); from workbench.app import main; raise SystemExit(main({arguments!r}))"
    done = fresh(code, QT_QPA_PLATFORM="offscreen")
    assert done.returncode == 2
    assert "must name a folder" in done.stderr
    assert "Traceback" not in done.stderr
