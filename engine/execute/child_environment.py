"""The environment of a child process: it finds this very engine, and imports nothing from the folder that it is started in.

`python -m` puts the current folder first on the path of modules. A person may start the window in a folder of data from elsewhere,
where a queue.py or a numpy.py would be executed."""

from __future__ import annotations

import os
from pathlib import Path

import engine

_THREADS = ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def child_environment(threads: int | None = None) -> dict[str, str]:
    """That of this process, for a `python -m engine...` that it starts. `threads`: most threads of the child's libraries; None
    leaves them as they are."""
    share = {} if threads is None else dict.fromkeys(_THREADS, str(threads))
    own = {"PYTHONPATH": _module_path(), "PYTHONSAFEPATH": "1", "PYTHONIOENCODING": "utf-8"}
    return {**os.environ, **share, **own}


def forbid_current_folder() -> None:
    """From now on no Python that this process starts, by whatever library, imports from the current folder. This process's own path
    stays as it is."""
    os.environ["PYTHONSAFEPATH"] = "1"


def _module_path() -> str:
    """The engine's own folder, then what PYTHONPATH names. An empty entry in it, as `PYTHONPATH=$PYTHONPATH:/x` leaves one, means
    the current folder, and is left out."""
    root = str(Path(next(iter(engine.__path__))).parent)
    return os.pathsep.join([root, *(path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path)])
