"""A space of a run at an epoch, for the samples of a snapshot: from the nearest stored checkpoint, computed once and stored."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from engine.config.errors import complain
from engine.config.small_files import FileError
from engine.embed.map_store import write_arrays
from engine.evaluate.encoder import read_checkpoint
from engine.execute.progress import ProgressCallback, no_progress, part_of
from engine.runs.arrays import count_of, read_arrays, rows_of
from engine.runs.compact import compact
from engine.runs.reader import checkpoint_epochs, checkpoint_mark, checkpoint_path, snapshot_path
from engine.study.spaces import EMBEDDING, FEATURES, Spaces


def nearest_checkpoint(folder: Path, epoch: int) -> tuple[int | None, int]:
    """The checkpoint nearest to an epoch, as an argument of `method_at` (0 untrained, None the newest), and its epoch. The later
    one wins a tie; the newest one where it was written during the epoch after a kept one, or during the first."""
    have: list[tuple[int | None, int]] = [(0, 0), *((kept, kept) for kept in checkpoint_epochs(folder))]
    if checkpoint_path(folder).is_file():
        have.append((None, _newest(folder, epoch)))
    return min(have, key=lambda one: (abs(one[1] - epoch), -one[1], one[0] == 0 if epoch else one[0] is None))


def kept_space(
    folder: Path, epoch: int, space: str, index: np.ndarray, tick: ProgressCallback | None = None
) -> tuple[np.ndarray, int]:
    """The rows (n, d) float32 of whole images at `index` (n,) in a space ("features" or "embedding") after an epoch, or after the
    nearest one with a checkpoint, and that epoch. `tick` is called with the fraction done.

    Stored in the run's `spaces`, half precision as snapshots are. ConfigError where the method has no such space."""
    if space not in (FEATURES, EMBEDDING):
        raise complain("space", f"one of {FEATURES}, {EMBEDDING}", space)
    checkpoint, of = nearest_checkpoint(folder, epoch)
    path = Path(folder) / "spaces" / f"{space}_epoch_{of:03d}.npz"
    mark = 0 if checkpoint == 0 else checkpoint_mark(folder, checkpoint)
    known = _read(path, index, mark)
    if known is not None:
        return known, of
    report = tick or no_progress
    opened = Spaces(folder, checkpoint, part_of(report, 0.0, 0.3))
    if space not in opened.names:
        raise complain(
            "space",
            "one that the method has",
            space,
            f"{opened.config.method.id} has no embedding of single views; look at the features of its backbone.",
        )
    rows = opened.whole(index, part_of(report, 0.3, 1.0))
    for name, features in rows.items():
        file = path.with_name(f"{name}_epoch_{of:03d}.npz")
        stored_rows, indices = compact(features), np.asarray(index, np.int64)
        write_arrays(file, Path(folder), rows=stored_rows, index=indices, mark=np.int64(mark))
    return compact(rows[space]).astype(np.float32), of


def _newest(folder: Path, epoch: int) -> int:
    """The epoch of the newest checkpoint; the requested one where its snapshot is of the same step: a run that was stopped during
    an epoch has its last snapshot there. The checkpoint's tensors are not read."""
    try:
        state = read_checkpoint(checkpoint_path(folder), mapped=True)
        of, step = int(state["epoch"]), int(state["step"])
    except Exception:  # a damaged file can raise any exception; opening it reports the damage
        return 0
    try:
        return epoch if count_of(*read_arrays(snapshot_path(folder, epoch), ("step",))) == step else of
    except (OSError, FileError):
        return of


def _read(path: Path, index: np.ndarray, mark: int) -> np.ndarray | None:
    try:
        marked, indices, rows = read_arrays(path, ("mark", "index", "rows"))
        if count_of(marked) != mark or not np.array_equal(indices, index):
            return None
        return np.asarray(rows_of(rows, len(index)), np.float32)
    except (OSError, FileError):
        return None
