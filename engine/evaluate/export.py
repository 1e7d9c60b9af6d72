"""A run's features of all its images, in one file for any other program."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import numpy as np

from engine.config.errors import complain
from engine.data.open import open_dataset
from engine.embed.features import encode
from engine.embed.pca import pca
from engine.embed.umap import UmapJob
from engine.evaluate.encoder import input_size, load_encoder

SPLITS = ("train", "validation", "test")


def embed_run(
    folder: Path,
    out: Path,
    map: Literal["pca", "umap"] | None = None,
    device: str | None = None,
    batch: int = 512,
    progress: Callable[[float, str], None] | None = None,
) -> Path:
    """Writes an .npz with what a run's encoder says of every image of its data; returns where it lies (".npz" is added).

    `features` (n, D) float32, `index` (n,) int64 into the data set, `label` (n,) int64 or -1, `split` (n,) "train", "validation" or
    "test", `classes` (C,) names; with `map` also `xy` (n, 2) float32. ConfigError where there is no run, or no file can be made."""
    if map not in (None, "pca", "umap"):
        raise complain("map", "pca or umap", map)
    tell = progress or (lambda share, text: None)
    out = Path(out)
    path = out if out.suffix == ".npz" else out.with_name(out.name + ".npz")
    if not path.absolute().parent.is_dir():
        raise complain("out", "in a folder that exists", str(path), "Make the folder first.")
    backbone, config = load_encoder(folder)
    tell(0.0, "opening the data")
    dataset = open_dataset(config.data)
    parts = {name: dataset.splits[name] for name in SPLITS if name in dataset.splits}
    index = np.concatenate(list(parts.values()))
    split = np.repeat(list(parts), [len(part) for part in parts.values()])
    share = 0.95 if map != "umap" else 0.5
    features = encode(backbone, dataset, index, batch, device, input_size(config), lambda s: tell(share * s, "encoding")).numpy()
    arrays = {
        "features": features,
        "index": index,
        "label": dataset.labels[index],
        "split": split,
        "classes": np.array(dataset.classes, dtype=np.str_),
    }
    if map == "pca":
        arrays["xy"] = pca(features)
    elif map == "umap":
        with UmapJob() as job:
            arrays["xy"] = job.run(features, progress=lambda s: tell(share + 0.45 * s, "mapping"))
    temporary = path.with_suffix(".tmp")
    try:
        with temporary.open("wb") as file:
            np.savez(file, **arrays)
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise complain("out", "a file that can be written", str(path), f"{error.strerror or error}.") from None
    tell(1.0, "done")
    return path
