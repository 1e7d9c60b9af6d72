"""More samples than a snapshot has: features of further images, up to all of the data, by the run's checkpoint of that epoch."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from engine.config.errors import complain
from engine.config.small_files import FileError
from engine.embed.features import encode
from engine.embed.map_store import stamp, write_arrays
from engine.evaluate.encoder import data_of, method_at
from engine.execute.devices import resolve_device
from engine.execute.progress import ProgressCallback, no_progress, part_of
from engine.methods.build_method import input_size
from engine.runs.arrays import codes_of, count_of, indices_of, read_arrays, rows_of
from engine.runs.compact import compact
from engine.runs.reader import Snapshot, read_snapshot, snapshots
from engine.study.kept_space import nearest_checkpoint

# The share of the progress for opening the data.
_OPENED = 0.1
# Images that are encoded together: few, so that progress and cancel are not late.
_BATCH = 128
_SEED = 0


def own_checkpoint(folder: Path, epoch: int) -> int | None:
    """The checkpoint of the very epoch of a snapshot, as an argument of `method_at`: 0 for the untrained encoder, None for the
    newest. ConfigError where it was not kept: a later encoder's features would lie in another space."""
    checkpoint, of = nearest_checkpoint(folder, epoch)
    if of != epoch:
        have = [one for one in snapshots(folder) if nearest_checkpoint(folder, one)[1] == one]
        remedy = (
            f"Move to one of these epochs: {', '.join(map(str, have))}." if have else "Set train.keep to keep more of a new run."
        )
        raise complain("epoch", "one whose checkpoint was kept", epoch, remedy)
    return checkpoint


def nearest_embeddable(folder: Path, epoch: int) -> int:
    """The epoch nearest to `epoch` that has both a snapshot and its own checkpoint. ConfigError where there is none."""
    have = [one for one in snapshots(folder) if nearest_checkpoint(folder, one)[1] == one]
    if not have:
        own_checkpoint(folder, epoch)
    return min(have, key=lambda one: (abs(one - epoch), -one))


def read_more(folder: Path, snapshot: Snapshot) -> Snapshot | None:
    """The larger sample that was made of a snapshot; None where there is none, or where it was made of another snapshot of this
    epoch."""
    try:
        arrays = read_arrays(_path(folder, snapshot.epoch), ("stamp", "features", "index", "label"))
        stamped, features, index, label = arrays
        known = indices_of(index)
        if count_of(stamped) != stamp(snapshot.features) or features.shape[1:] != snapshot.features.shape[1:]:
            return None
        codes = codes_of(label)
        if len(codes) != len(known):
            return None
        return Snapshot(rows_of(features, len(known)), known, codes, snapshot.epoch, snapshot.step)
    except (OSError, FileError):
        return None


def embed_more(folder: Path, epoch: int, count: int, progress: ProgressCallback = no_progress) -> Snapshot:
    """The features of `count` images (0: of all that a split has), by the checkpoint of the epoch: those of the snapshot, and then
    others in a random order that is always the same, so that a larger sample contains a smaller one. Encoded as snapshots are:
    whole images without augmentation, half precision.

    Stored in the run's `spaces`; what is stored already is not encoded again. `progress` is called with the fraction done, 0 to 1;
    an error that it raises is passed on, and nothing is stored. ConfigError where there is no snapshot or checkpoint."""
    folder = Path(folder)
    snapshot = read_snapshot(folder, epoch)
    checkpoint = own_checkpoint(folder, epoch)
    known = read_more(folder, snapshot) or snapshot
    method, config = method_at(folder, checkpoint)
    dataset = data_of(folder, config, part_of(progress, 0.0, _OPENED))
    index = chosen(snapshot.index, [members for members in dataset.splits.values() if len(members)], count)
    new = np.setdiff1d(index, known.index)
    size, rest = input_size(config), part_of(progress, _OPENED, 1.0)
    encoded = encode(method.encoder, dataset, new, _BATCH, resolve_device("auto"), size, rest).numpy()
    features = np.empty((len(index), known.features.shape[1]), np.float32)
    features[np.isin(index, new)] = encoded
    _, here, there = np.intersect1d(index, known.index, return_indices=True)
    features[here] = known.features[there]
    features = compact(features)
    inside = index < len(dataset)
    label = np.where(inside, dataset.labels[np.where(inside, index, 0)], -1)
    of = np.int64(stamp(snapshot.features))
    write_arrays(_path(folder, epoch), folder, stamp=of, features=features, index=index, label=label)
    progress(1.0)
    return Snapshot(features, index, label, epoch, snapshot.step)


def chosen(first: np.ndarray, parts: list[np.ndarray], count: int) -> np.ndarray:
    """The indices (m,) int64, rising, of a sample of `count`: those of `first`, then others of the `parts` of a data set, in a
    random order that is always the same. 0 takes all; never fewer than `first`."""
    pool = np.setdiff1d(np.concatenate(parts), first) if parts else np.zeros(0, np.int64)
    order = np.random.default_rng(_SEED).permutation(len(pool))
    more = len(pool) if count <= 0 else max(0, count - len(first))
    return np.sort(np.concatenate([first, pool[order[:more]]])).astype(np.int64)


def _path(folder: Path, epoch: int) -> Path:
    return Path(folder) / "spaces" / f"samples_epoch_{epoch:03d}.npz"
