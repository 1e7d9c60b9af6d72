"""The environment of a child process: it imports this engine, and nothing from its working directory.

`python -m` puts the current directory first in `sys.path`. The window may be started in a folder of downloaded data, whose queue.py
or numpy.py would be executed."""

from __future__ import annotations

import os
from pathlib import Path

import engine

_THREADS = ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def child_environment(threads: int | None = None) -> dict[str, str]:
    """The environment for a `python -m engine...` child, from that of this process. `threads`: most threads of the child's
    libraries; None leaves them as they are."""
    share = {} if threads is None else dict.fromkeys(_THREADS, str(threads))
    own = {"PYTHONPATH": _module_path(), "PYTHONSAFEPATH": "1", "PYTHONIOENCODING": "utf-8"}
    return {**os.environ, **share, **own}


def forbid_current_folder() -> None:
    """Keep every Python that this process starts later, also through libraries, from importing from the current directory. This
    process's own `sys.path` does not change."""
    os.environ["PYTHONSAFEPATH"] = "1"


def share_module_path() -> None:
    """Let every Python that is started later from this environment, also through libraries and job systems, import this engine."""
    os.environ["PYTHONPATH"] = _module_path()


def _module_path() -> str:
    """The engine's own folder, then the entries of PYTHONPATH. An empty entry, as in `PYTHONPATH=$PYTHONPATH:/x`, means the current
    directory, and is left out."""
    root = str(Path(next(iter(engine.__path__))).parent)
    return os.pathsep.join([root, *(path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path)])
