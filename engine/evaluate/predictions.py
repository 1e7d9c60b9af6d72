"""Predictions for a few test images beside the truth, stored in the run's folder as predictions-PART.npz. Does not import torch."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.config.small_files import FileError, read_small
from engine.data.annotations import BoxRows
from engine.runs.atomic_write import atomic_write

EXAMPLES = 6
_MOST_BYTES = 64 << 20
_NAMES = 1000

Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class SegmentedImages:
    """Class maps (m, S, S) uint8: true ones, 255 where the class is not known, and those predicted from the trained and from the
    untrained encoder."""

    truth: Bytes
    trained: Bytes
    untrained: Bytes


@dataclass(frozen=True, eq=False)
class DetectedImages:
    """True boxes, with scores of 1, and those predicted from the trained and from the untrained encoder."""

    truth: BoxRows
    trained: BoxRows
    untrained: BoxRows


@dataclass(frozen=True, eq=False)
class Predictions:
    """images: (m, 3, S, S) uint8 test images; names: of the classes; one of the two kinds of predictions for them."""

    images: Bytes
    names: tuple[str, ...]
    segmented: SegmentedImages | None = None
    detected: DetectedImages | None = None


def predictions_path(folder: Path, part: str, epoch: int | None) -> Path:
    """Where those of a part of an evaluation are, of the last checkpoint or of an epoch's."""
    return Path(folder) / f"predictions-{part}{'' if epoch is None else f'-{epoch}'}.npz"


def write_predictions(path: Path, predictions: Predictions) -> None:
    """Replace the file atomically. OSError on failure."""
    arrays: dict[str, np.ndarray] = {"images": predictions.images, "names": np.array(predictions.names, dtype=np.str_)}
    if predictions.segmented is not None:
        arrays |= {f"map_{name}": value for name, value in vars(predictions.segmented).items()}
    if predictions.detected is not None:
        for name, rows in vars(predictions.detected).items():
            arrays |= {f"box_{name}_{key}": value for key, value in vars(rows).items()}
    with atomic_write(path) as part, zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w") as file:
                np.lib.format.write_array(file, array, allow_pickle=False)


def read_predictions(path: Path) -> Predictions | None:
    """The predictions in a file; None where there are none that can be read."""
    try:
        data = read_small(path, _MOST_BYTES)
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > _MOST_BYTES:
                raise FileError("it unpacks to too many bytes")
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            return _checked(dict(arrays))
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        return None


def _checked(arrays: dict[str, np.ndarray]) -> Predictions:
    """FileError where shapes or types are not as written."""
    images, names = arrays["images"], tuple(str(name) for name in arrays["names"].reshape(-1)[:_NAMES])
    count = len(images) if images.ndim else 0
    if images.dtype != np.uint8 or images.ndim != 4 or images.shape[1] != 3 or not count:
        raise FileError("its images are none")
    if "map_truth" in arrays:
        maps = [arrays[f"map_{name}"] for name in ("truth", "trained", "untrained")]
        if any(each.dtype != np.uint8 or each.ndim != 3 or len(each) != count for each in maps):
            raise FileError("its class maps are none")
        return Predictions(images, names, segmented=SegmentedImages(*maps))
    rows = []
    for name in ("truth", "trained", "untrained"):
        image, corners, classes, scores = (arrays[f"box_{name}_{key}"] for key in ("image", "corners", "classes", "scores"))
        if image.ndim != 1 or corners.shape != (len(image), 4) or classes.shape != image.shape or scores.shape != image.shape:
            raise FileError("its boxes are none")
        if not np.isfinite(corners).all() or (image < 0).any() or (image >= count).any():
            raise FileError("its boxes are none")
        rows.append(
            BoxRows(image.astype(np.int64), corners.astype(np.float32), classes.astype(np.int64), scores.astype(np.float32))
        )
    return Predictions(images, names, detected=DetectedImages(*rows))
