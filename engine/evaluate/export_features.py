"""Export a run's features of images to one file, or to a folder for another program."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from engine.config.errors import complain
from engine.config.run import DataConfig, RunConfig
from engine.config.text import parse
from engine.data.dataset import Dataset
from engine.data.open import open_dataset, open_images
from engine.data.run_images import known_splits
from engine.embed.features import encode
from engine.embed.map_kinds import KINDS
from engine.embed.map_settings import MapSettings
from engine.embed.map_workers import MapWorkers
from engine.evaluate.encoder import TrainedOn, as_trained, method_at, trained_on
from engine.evaluate.feature_folders import FOLDERS, FolderContents, folder_path
from engine.evaluate.feature_table import class_names, factor_columns, output_path, write_table
from engine.execute.progress import ProgressCallback, no_progress, part_of
from engine.methods.build_method import input_size

SPLITS = ("train", "validation", "test")


def embed_run(
    folder: Path,
    out: Path,
    map: str | None = None,
    device: str | None = None,
    batch: int = 512,
    progress: ProgressCallback | None = None,
    images: str = "",
    epoch: int | None = None,
    note: Callable[[str], None] | None = None,
    format: str = "",
) -> Path:
    """Write the encoder's features of every image of the run's data, or of those at `images` (a folder, an .npz file, a named set);
    returns the path (".npz" is added unless `out` ends in ".npz", ".parquet" or ".csv"). `format`: "" a file; "fiftyone" or
    "projector" a new folder for FiftyOne or TensorBoard's projector (engine.evaluate.feature_folders).

    `features` (n, D) float32 (in .parquet and .csv a column each, f0 to fD-1), `index` (n,) int64 into the data set, `label` (n,)
    int64 or -1, `class` (n,) its name or "", `split` (n,): "train", "validation" or "test", where the run had the image, "" for
    other images, `name` (n,) the file, where there are names, and a column for each factor; .npz also has `classes` (C,); with
    `map` also `xy` (n, 2) float32 (columns x and y), made with the parameters halfway between local and global
    (engine.embed.scale). Other images, also a single one, are resized to the size of the run's own; the run's data are not
    required then.
    All are normalised with the mean and deviation that the run was trained with. `epoch`: see `method_at`. `note` is called with a
    sentence for every change of the data since the run was made.
    ConfigError where there is no run, no image, or no file can be made."""
    if map is not None and map not in KINDS:
        raise complain("map", f"one of {', '.join(KINDS)}", map)
    report = progress or no_progress
    if format not in ("", *FOLDERS):
        raise complain("format", f"one of {', '.join(FOLDERS)}", format)
    path = folder_path(Path(out)) if format else output_path(Path(out))
    method, config = method_at(folder, epoch)
    opening = 0.2
    report(0.0, "opening the data")
    dataset = images_for(Path(folder), config, images, trained_on(folder, epoch), part_of(report, 0.0, opening))
    if note is not None and dataset.changes is not None:
        for line in dataset.changes.lines():
            note(line)
    if images:
        index = np.arange(len(dataset), dtype=np.int64)
        split = np.array(known_splits(Path(folder), dataset), dtype=np.str_)
    else:
        parts = {name: dataset.splits[name] for name in SPLITS if name in dataset.splits}
        index = np.concatenate(list(parts.values()))
        split = np.repeat(list(parts), [len(part) for part in parts.values()])
    if not len(index):
        message = " ".join(dataset.changes.lines()) if dataset.changes is not None else ""
        raise complain(
            "data.source", "a set that still holds images of the run", config.data.source, f"{message} Name others: --images."
        )
    share, written = 0.75 if map in (None, "pca") else 0.4, 0.8
    size = input_size(config)
    features = encode(method.encoder, dataset, index, batch, device, size, part_of(report, opening, share, "encoding")).numpy()
    label = dataset.labels[index]
    columns: dict[str, Any] = {
        "index": index,
        "label": label,
        "class": class_names(dataset, label),
        "split": split,
    }
    if dataset.names:
        columns["name"] = np.array([dataset.names[one] for one in index], dtype=np.str_)
    columns |= factor_columns(dataset, index)
    xy = None
    if map is not None:
        with MapWorkers() as workers:
            settings = MapSettings.of_scale(map, 0.5)
            xy, _ = workers.make(features, map, **settings.own, progress=part_of(report, share, written, "mapping"))
    writing = part_of(report, written, 1.0)
    if format:
        FOLDERS[format](path, FolderContents(dataset, index, columns, features, xy), writing)
    else:
        write_table(path, columns, features, xy, dataset.classes, writing)
    report(1.0, "done")
    return path


def images_for(
    folder: Path, config: RunConfig, images: str, seen: TrainedOn | None, progress: ProgressCallback = no_progress
) -> Dataset:
    """A run's own images, or those at `images` (a folder, an .npz file, a named set) at the same size, in both cases with the mean
    and deviation of `seen`, the normalisation of training. ConfigError where there are none."""
    size = config.data.size
    if not images or seen is None or not size:
        own = as_trained(folder, config, open_dataset(config.data, progress), seen)
        size, seen = own.size, seen or TrainedOn(own.name, own.mean, own.std)
        if not images:
            return own
    other = open_images(parse(DataConfig, {"source": images, "size": size, "root": config.data.root}, "data"), progress)
    return replace(other, mean=seen.mean, std=seen.std)
