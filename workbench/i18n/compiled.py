"""The compiled translations: .qm files that Qt reads, made from the .ts files by Qt's lrelease and kept out of version control.

A wheel contains them (workbench.i18n.build_backend). In a checkout they are compiled when a language is first loaded, and again
when its .ts file has changed: the digest of the source is part of the compiled file's name.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import assets

DIRECTORY = Path(assets.__file__).parent / "translations"


class ToolError(Exception):
    """One of Qt's translation tools is missing or failed."""


def compiled(language: str, directory: Path = DIRECTORY, cache: Path | None = None) -> Path | None:
    """The .qm file of a language ("zh_CN"), compiled first if it is missing: beside the .ts file if that directory is writable,
    else in the user's cache directory (or `cache`). None, with a warning in the log, if that fails."""
    import platformdirs  # not installed where pip builds a wheel

    ts = directory / f"parallax_{language}.ts"
    try:
        name = compiled_name(ts)
        cache = cache or Path(platformdirs.user_cache_dir("parallax", appauthor=False)) / "translations"
        for candidate in (directory / name, cache / name):
            if candidate.is_file():
                return candidate
        return compile_ts(ts, (directory if os.access(directory, os.W_OK) else cache) / name)
    except (OSError, ToolError) as error:
        logging.getLogger(__name__).warning("The window's texts stay English: %s", error)
        return None


def compiled_name(ts: Path) -> str:
    """The name of the .qm file for the current contents of a .ts file."""
    return f"{ts.stem}.{hashlib.sha256(ts.read_bytes()).hexdigest()[:12]}.qm"


def compile_ts(ts: Path, qm: Path | None = None) -> Path:
    """Compile a .ts file, by default into its own directory. Files compiled from earlier contents are removed.
    ToolError where lrelease is missing or fails; OSError where the directory cannot be written to."""
    qm = qm or ts.with_name(compiled_name(ts))
    qm.parent.mkdir(parents=True, exist_ok=True)
    # Two processes may compile the same file: each writes to its own directory, and the last rename wins.
    with tempfile.TemporaryDirectory(prefix=".compile-", dir=qm.parent) as directory:
        part = Path(directory) / "part.qm"
        run_tool("lrelease", "-silent", "-nounfinished", str(ts), "-qm", str(part))
        part.replace(qm)
    for old in qm.parent.glob(f"{ts.stem}*.qm"):
        if old != qm:
            with contextlib.suppress(OSError):
                old.unlink()
    return qm


def run_tool(tool: str, *arguments: str) -> None:
    """Run pyside6-lupdate or pyside6-lrelease. ToolError where it is missing or fails."""
    name = f"pyside6-{tool}"
    program = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    if program is None:
        raise ToolError(f"{name} must be installed. It is missing. Install PySide6-Essentials into this environment.")
    done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise ToolError(f"{name} failed:\n{done.stdout}{done.stderr}")
