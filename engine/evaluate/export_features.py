"""Export a run's features of images to one file."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from engine.config.errors import complain, unwritten
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
from engine.execute.progress import ProgressCallback, no_progress, part_of
from engine.methods.build_method import input_size
from engine.runs.atomic_write import atomic_write
from engine.runs.csv_rows import readable

SPLITS = ("train", "validation", "test")
SUFFIXES = (".npz", ".parquet")


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
) -> Path:
    """Write the encoder's features of every image of the run's data, or of those at `images` (a folder, an .npz file, a named set);
    returns the path (".npz" is added unless `out` ends in ".npz" or ".parquet").

    `features` (n, D) float32 (in .parquet a column each, f0 to fD-1), `index` (n,) int64 into the data set, `label` (n,) int64 or
    -1, `class` (n,) its name or "", `split` (n,): "train", "validation" or "test", where the run had the image, "" for other
    images, `name` (n,) the file, where there are names; .npz also has `classes` (C,); with `map` also `xy` (n, 2)
    float32 (columns x and y), made with the parameters halfway between local and global (engine.embed.scale). Other images, also a
    single one, are resized to the size of the run's own; the run's data are not required then.
    All are normalised with the mean and deviation that the run was trained with. `epoch`: see `method_at`. `note` is called with a
    sentence for every change of the data since the run was made.
    ConfigError where there is no run, no image, or no file can be made."""
    if map is not None and map not in KINDS:
        raise complain("map", f"one of {', '.join(KINDS)}", map)
    report = progress or no_progress
    path = output_path(Path(out))
    method, config = method_at(folder, epoch)
    report(0.0, "opening the data")
    dataset = images_for(Path(folder), config, images, trained_on(folder, epoch))
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
    share = 0.95 if map in (None, "pca") else 0.5
    size = input_size(config)
    features = encode(method.encoder, dataset, index, batch, device, size, part_of(report, 0.0, share, "encoding")).numpy()
    label = dataset.labels[index]
    columns: dict[str, Any] = {
        "index": index,
        "label": label,
        "class": class_names(dataset, label),
        "split": split,
    }
    if dataset.names:
        columns["name"] = np.array([dataset.names[one] for one in index], dtype=np.str_)
    xy = None
    if map is not None:
        with MapWorkers() as workers:
            settings = MapSettings.of_scale(map, 0.5)
            xy, _ = workers.make(features, map, **settings.own, progress=part_of(report, share, share + 0.45, "mapping"))
    write_table(path, columns, features, xy, dataset.classes)
    report(1.0, "done")
    return path


def output_path(out: Path) -> Path:
    """The file to write: `out`, with ".npz" added unless it ends in ".npz" or ".parquet". ConfigError where it cannot be
    written."""
    path = out if out.suffix in SUFFIXES else out.with_name(out.name + ".npz")
    if not path.absolute().parent.is_dir():
        raise complain("out", "in a folder that exists", str(path), "Make the folder first.")
    if path.suffix == ".parquet" and importlib.util.find_spec("pyarrow") is None:
        raise complain("out", "an .npz file on this machine", str(path), "For .parquet: pip install pyarrow.")
    return path


def class_names(dataset: Dataset, label: np.ndarray) -> np.ndarray:
    """The names of labels (n,), "" where one is unknown."""
    return np.array([dataset.classes[one] if 0 <= one < len(dataset.classes) else "" for one in label], dtype=np.str_)


def images_for(folder: Path, config: RunConfig, images: str, seen: TrainedOn | None) -> Dataset:
    """A run's own images, or those at `images` (a folder, an .npz file, a named set) at the same size, in both cases with the mean
    and deviation of `seen`, the normalisation of training. ConfigError where there are none."""
    size = config.data.size
    if not images or seen is None or not size:
        own = as_trained(folder, config, open_dataset(config.data), seen)
        size, seen = own.size, seen or TrainedOn(own.name, own.mean, own.std)
        if not images:
            return own
    other = open_images(parse(DataConfig, {"source": images, "size": size, "root": config.data.root}, "data"))
    return replace(other, mean=seen.mean, std=seen.std)


def write_table(
    path: Path, columns: Mapping[str, Any], features: np.ndarray, xy: np.ndarray | None, classes: tuple[str, ...]
) -> None:
    """Write columns (n,), `features` (n, D) and coordinates `xy` (n, 2), atomically."""
    try:
        with atomic_write(path) as part, part.open("wb") as file:
            if path.suffix == ".parquet":
                import pyarrow
                import pyarrow.parquet

                worded = {name: values.tolist() for name, values in columns.items() if values.dtype.kind == "U"}
                texts = {name: [readable(text) for text in values] for name, values in worded.items()}
                flat = {**columns, **texts, **({} if xy is None else {"x": xy[:, 0], "y": xy[:, 1]})}
                flat |= {f"f{column}": np.ascontiguousarray(features[:, column]) for column in range(features.shape[1])}
                pyarrow.parquet.write_table(pyarrow.table({name: pyarrow.array(values) for name, values in flat.items()}), file)
            else:
                more: dict[str, Any] = {} if xy is None else {"xy": xy}
                np.savez(file, features=features, classes=np.array(classes, dtype=np.str_), **columns, **more)
    except ImportError as error:  # pyarrow is installed, and cannot be loaded
        remedy = f"{str(error).rstrip('.')}. For .parquet: pip install --force-reinstall pyarrow."
        raise complain("out", "an .npz file on this machine", str(path), remedy) from None
    except OSError as error:
        raise unwritten("out", "a file that can be written", path, error) from None
