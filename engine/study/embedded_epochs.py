"""Export the embedding snapshots of a run and their maps to one file."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np

from engine.config.errors import complain
from engine.config.run import RunConfig
from engine.config.text import parse
from engine.data.dataset import Dataset
from engine.embed.map_settings import MapSettings
from engine.evaluate.encoder import data_of
from engine.evaluate.feature_table import class_names, factor_columns, output_path, write_table
from engine.execute.progress import ProgressCallback, no_progress, part_of
from engine.runs.reader import read_config, snapshots
from engine.study.aligned_maps import AlignedMaps
from engine.study.snapshot_spaces import SnapshotSpaces

# The share of the progress for opening the data.
_OPENED = 0.1


def embed_epochs(
    folder: Path,
    out: Path,
    map: str | None = None,
    progress: ProgressCallback = no_progress,
    note: Callable[[str], None] | None = None,
) -> Path:
    """Write the features of a run's snapshots, a row for each sample of each epoch, and the maps that the window shows: they are
    aligned, and those that are stored with the run are read. Returns the file's path (".npz" is added unless `out` ends in ".npz",
    ".parquet" or ".csv").

    Columns: `epoch` (n,) int64, and those of `engine.evaluate.export_features.embed_run`.

    Args:
        folder: of the run.
        out: the file.
        map: one of engine.embed.map_kinds.KINDS adds coordinates, by the parameters halfway between local and global; None adds
            none.
        progress: called with the fraction done, 0 to 1, and a text; an error that it raises ends the work and is passed on.
        note: called with a sentence for every change of the data since the run was made.

    Raises:
        ConfigError: there is no run or no snapshot, its data cannot be opened, or no file can be made.
    """
    folder, path = Path(folder), output_path(Path(out))
    epochs = snapshots(folder)
    if not epochs:
        remedy = "Train one with monitor.embed_images above 0, or name an epoch."
        raise complain("epoch", "all of a run that stored embedding snapshots", "all", remedy)
    config = parse(RunConfig, read_config(folder))
    dataset = data_of(folder, config, part_of(progress, 0.0, _OPENED))
    if note is not None and dataset.changes is not None:
        for line in dataset.changes.lines():
            note(line)
    settings = None
    if map is not None:
        settings = MapSettings.of_scale(map, 0.5)
    spaces = SnapshotSpaces()
    parts: list[dict[str, np.ndarray]] = []
    with closing(AlignedMaps(spaces)) as maps:
        for done, epoch in enumerate(epochs):
            begin, end = (_OPENED + (1 - _OPENED) * number / len(epochs) for number in (done, done + 1))
            share = part_of(progress, begin, end, f"epoch {epoch}")
            share(0.0)
            snapshot = spaces.snapshot(folder, epoch)
            part: dict[str, np.ndarray] = {
                "epoch": np.full(len(snapshot.index), epoch, np.int64),
                "index": snapshot.index.astype(np.int64),
                "label": snapshot.label.astype(np.int64),
                "features": snapshot.features.astype(np.float32),
            }
            if settings is not None:
                part["xy"] = maps.make(folder, epoch, settings, share).xy
            parts.append(part)
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    features, xy = columns.pop("features"), columns.pop("xy", None)
    columns |= _known(dataset, columns["index"], columns["label"])
    columns |= factor_columns(dataset, columns["index"])
    write_table(path, columns, features, xy, dataset.classes)
    progress(1.0, "done")
    return path


def _known(dataset: Dataset, index: np.ndarray, label: np.ndarray) -> dict[str, np.ndarray]:
    """Class, split and file of samples at `index` (n,), "" where one is unknown."""
    split = np.full(len(dataset), "", dtype="<U10")
    for name, members in dataset.splits.items():
        split[members] = name
    known = (index >= 0) & (index < len(dataset))
    columns = {"class": class_names(dataset, label), "split": np.where(known, split[np.where(known, index, 0)], "")}
    if dataset.names:
        names = np.array(dataset.names, dtype=np.str_)
        columns["name"] = np.where(known, names[np.where(known, index, 0)], "")
    return columns
