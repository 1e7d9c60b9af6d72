"""Features of images as a folder that another program opens: FiftyOne, or TensorBoard's projector. Neither is needed to write it.
Does not import torch.

FiftyOne's form is the one that its importer of `fiftyone.types.FiftyOneDataset` reads where a folder has `samples.json` alone:
each sample as JSON, with arrays as compressed .npy bytes in base64. The projector's form is `projector_config.pbtxt` beside the
files that it names, as tensorboard/plugins/projector reads it from a log directory."""

from __future__ import annotations

import base64
import io
import json
import math
import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from PIL import Image

from engine.config.errors import complain, unwritten
from engine.data.dataset import Dataset
from engine.data.image_files import file_of
from engine.evaluate.feature_table import STEP, digits
from engine.execute.progress import ProgressCallback, no_progress
from engine.runs.atomic_write import atomic_folder
from engine.runs.csv_rows import readable

# The projector refuses a larger picture of all images (vz_projector/data-provider.ts).
_SPRITE = 8192
_THUMBNAIL = 64  # the largest side of an image in it
_LEAST = 8  # the smallest: a sprite of more images is left out
# What breaks a line or a cell of a table of tabs, and other control characters.
_BREAKS = re.compile("[\x00-\x1f\x7f\x85\u2028\u2029]+")
# Fields that every sample of FiftyOne has.
_FIELDS = frozenset(
    ("id", "filepath", "tags", "metadata", "created_at", "last_modified_at", "ground_truth", "features", "xy", "media_type")
)


@dataclass(frozen=True, eq=False)
class FolderContents:
    """n images of a data set, at `index` (n,), with `columns` (n,) as in a table, `features` (n, D) float32 and coordinates `xy`
    (n, 2)."""

    dataset: Dataset
    index: np.ndarray
    columns: Mapping[str, Any]
    features: np.ndarray
    xy: np.ndarray | None = None


def write_fiftyone(path: Path, contents: FolderContents, progress: ProgressCallback = no_progress) -> None:
    """Write the folder `path`, atomically: `samples.json`, and in `images/` a PNG of each image that has no file of its own.

    A sample has `filepath` (of its own file, or of the PNG, from the folder), `tags` (its split), `ground_truth` (a
    Classification), the other columns, `features` and `xy` as vectors. ConfigError where it cannot be written."""
    dataset, index = contents.dataset, contents.index

    def write(folder: Path) -> None:
        with (folder / "samples.json").open("w", encoding="utf-8", newline="\n") as file:
            file.write('{"samples": [')
            for row, one in enumerate(index.tolist()):
                if row % STEP == 0:
                    progress(row / len(index), "writing")
                name = dataset.names[one] if dataset.names else ""
                path = _own_file(dataset.source, name) or _written(folder, dataset.images[one], one)
                file.write("\n" if row == 0 else ",\n")
                file.write(json.dumps(_sample(path, contents, row), ensure_ascii=False))
            file.write("\n]}\n")

    _in_folder(path, write)


def _own_file(source: str, name: str) -> str | None:
    """The absolute path of an image's file; None where there is none, or its name is no text that JSON can hold."""
    path = file_of(source, name)
    return str(path) if path is not None and readable(str(path)) == str(path) and path.is_file() else None


def _written(folder: Path, image: np.ndarray, index: int) -> str:
    (folder / "images").mkdir(exist_ok=True)
    name = f"images/{index:08d}.png"
    Image.fromarray(np.ascontiguousarray(image.transpose(1, 2, 0))).save(folder / name, compress_level=1)
    return name


def _sample(path: str, contents: FolderContents, row: int) -> dict[str, Any]:
    sample: dict[str, Any] = {"filepath": path, "tags": []}
    for name, values in contents.columns.items():
        value = values[row].item()
        if isinstance(value, str):
            value = readable(value)
        # A field of FiftyOne is missing, not empty, where its value is not known.
        if value == "" or (isinstance(value, float) and math.isnan(value)):
            continue
        if name == "split":
            sample["tags"] = [value]
        elif name == "class":
            sample["ground_truth"] = {"_cls": "Classification", "label": value}
        elif name != "label" or value >= 0:
            sample[field_name(name)] = value
    sample["features"] = _vector(contents.features[row])
    if contents.xy is not None:
        sample["xy"] = _vector(contents.xy[row])
    return sample


def field_name(column: str) -> str:
    """The field of a column: without the dots and leading underscores that FiftyOne refuses, and none of its own fields."""
    name = _BREAKS.sub(" ", readable(column)).replace(".", "_").replace("$", "_").lstrip("_") or "column"
    return f"factor_{name}" if name in _FIELDS else name


def _vector(values: np.ndarray) -> dict[str, Any]:
    data = io.BytesIO()
    np.save(data, values.astype(np.float32), allow_pickle=False)
    return {"$binary": {"base64": base64.b64encode(zlib.compress(data.getvalue(), 1)).decode("ascii"), "subType": "00"}}


def write_projector(path: Path, contents: FolderContents, progress: ProgressCallback = no_progress) -> None:
    """Write the folder `path`, atomically: `projector_config.pbtxt`, `vectors.tsv`, `metadata.tsv` with the columns, and
    `sprite.png`, small images of all in a square grid, where they can be drawn (up to a million).

    Line breaks, tabs and control characters in names become spaces. ConfigError where it cannot be written."""
    features = contents.features
    # One number a row would be taken for a name.
    if features.shape[1] < 2:
        features = np.column_stack([features, np.zeros(len(features), features.dtype)])
    columns = [*contents.columns.values(), *([] if contents.xy is None else [contents.xy[:, 0], contents.xy[:, 1]])]
    names = [*contents.columns, *([] if contents.xy is None else ["x", "y"])]

    def write(folder: Path) -> None:
        with (
            (folder / "vectors.tsv").open("w", encoding="utf-8", newline="\n") as vectors,
            (folder / "metadata.tsv").open("w", encoding="utf-8", newline="\n") as metadata,
        ):
            metadata.write("\t".join(_BREAKS.sub(" ", readable(name)) for name in names) + "\n")
            for row in range(len(features)):
                if row % STEP == 0:
                    progress(0.9 * row / len(features), "writing")
                vectors.write(digits(features[row], "\t") + "\n")
                metadata.write("\t".join(_text(values[row]) for values in columns) + "\n")
        side = _sprite(folder, contents, lambda share: progress(0.9 + 0.1 * share, "writing"))
        sprite = f'  sprite {{\n    image_path: "sprite.png"\n    single_image_dim: {side}\n    single_image_dim: {side}\n  }}\n'
        config = '  tensor_name: "features"\n  tensor_path: "vectors.tsv"\n  metadata_path: "metadata.tsv"\n'
        text = f"embeddings {{\n{config}{sprite if side else ''}}}\n"
        (folder / "projector_config.pbtxt").write_text(text, encoding="utf-8", newline="\n")

    _in_folder(path, write)


def _text(value: Any) -> str:
    if isinstance(value, np.floating):
        return "" if np.isnan(value) else f"{value:.9g}"
    return _BREAKS.sub(" ", readable(str(value)))


def _sprite(folder: Path, contents: FolderContents, progress: Callable[[float], None]) -> int:
    """Write the images in rows, in a grid of as many columns as rows; returns the side of one, 0 where they are too many.

    The projector's shader divides by the number of rows where it means columns, so that only a square grid is drawn right."""
    count = max(math.isqrt(max(len(contents.index) - 1, 0)) + 1, 1)
    side = min(_THUMBNAIL, contents.dataset.size, _SPRITE // count)
    if side < min(_LEAST, contents.dataset.size):
        return 0
    grid = np.zeros((count * side, count * side, 3), np.uint8)
    for row, one in enumerate(contents.index.tolist()):
        if row % STEP == 0:
            progress(row / len(contents.index))
        image = np.ascontiguousarray(contents.dataset.images[one].transpose(1, 2, 0))
        if len(image) != side:
            image = np.asarray(Image.fromarray(image).resize((side, side), Image.Resampling.BOX))
        top, left = side * (row // count), side * (row % count)
        grid[top : top + side, left : left + side] = image
    Image.fromarray(grid).save(folder / "sprite.png", compress_level=1)
    return side


class Write(Protocol):
    """Writes a folder for one program."""

    def __call__(self, path: Path, contents: FolderContents, progress: ProgressCallback = ..., /) -> None: ...


FOLDERS: Mapping[str, Write] = {
    "fiftyone": write_fiftyone,
    "projector": write_projector,
}


def folder_path(out: Path) -> Path:
    """The folder to write: `out`, which must be new or empty, so that nothing is deleted. ConfigError where it cannot be."""
    if not out.absolute().parent.is_dir():
        raise complain("out", "in a folder that exists", str(out), "Make the folder first.")
    if out.is_symlink() or (out.exists() and (not out.is_dir() or any(out.iterdir()))):
        raise complain("out", "a new or an empty folder", str(out), "It is there already: choose another name, or delete it first.")
    return out


def _in_folder(path: Path, write: Callable[[Path], None]) -> None:
    try:
        with atomic_folder(path) as folder:
            write(folder)
    except OSError as error:
        raise unwritten("out", "a folder that can be written", path, error) from None
