"""Masks of the objects in photographs from what a run has learned: cells unlike those at the edge of their image.

The loop of background augmentations (Ryali et al., 2103.12719) without labels: a run gives the masks, the masks give other
backgrounds, and these the next run. That the edge of a photograph is mostly background is the prior of Wei et al., Geodesic
Saliency Using Background Priors, 2012; how well objects are told apart by it depends on the run."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from engine.config.errors import complain
from engine.config.small_files import expanded, is_folder
from engine.data.dataset import Dataset
from engine.embed.features import normalised, whole
from engine.evaluate.encoder import data_of, method_at
from engine.execute.progress import ProgressCallback, no_progress
from engine.methods.build_method import input_size

FOLDER = "masks"
_FITTED = 256  # images from which the covariance is computed
_BATCH = 32
_BINS = 256
_RIDGE = 0.1
_CELLS = 16  # least side of a feature map
_ORIENTATION = 0x0112  # the EXIF tag; from 5 on width and height are exchanged


@dataclass(frozen=True)
class Saliency:
    """`inverse` (D, D): of the covariance that features at the edges of images have around the mean of their own image's edge."""

    inverse: Tensor

    def scores(self, maps: Tensor) -> Tensor:
        """Mahalanobis distance (n, s, s) of each cell of feature maps (n, D, s, s) to the edge of its own image."""
        away = _from_edge(maps)
        return torch.einsum("ndhw,de,nehw->nhw", away, self.inverse, away).clamp(min=0).sqrt()

    def masks(self, maps: Tensor, side: int) -> npt.NDArray[np.bool_]:
        """(n, side, side) bool of feature maps (n, D, s, s): the group of larger distances by Otsu's threshold (1979) of each
        image. An image whose cells are all alike has no object."""
        scores = F.interpolate(self.scores(maps).unsqueeze(1), size=(side, side), mode="bilinear", align_corners=False)[:, 0]
        return np.stack([each > otsu(each.ravel()) for each in scores.double().numpy()])


def fit_saliency(maps: Tensor) -> Saliency:
    """The covariance at the edges of feature maps (n, D, s, s), with a tenth of its mean variance added to each feature: few images
    do not fill it."""
    side = maps.shape[-1]
    edge = _from_edge(maps)[:, :, _edge(side)].transpose(1, 2).flatten(0, 1)  # (n edge, D)
    covariance = edge.t() @ edge / len(edge)
    variance = covariance.diagonal().mean().clamp(min=1e-12)
    return Saliency(torch.linalg.inv(covariance + _RIDGE * variance * torch.eye(len(covariance), dtype=edge.dtype)))


def _from_edge(maps: Tensor) -> Tensor:
    """Feature maps (n, D, s, s) less the mean of their outermost cells, in float64."""
    maps = maps.double().cpu()
    return maps - maps[:, :, _edge(maps.shape[-1])].mean(2)[:, :, None, None]


def _edge(side: int) -> Tensor:
    """(side, side) bool, True on the outermost cells."""
    edge = torch.ones(side, side, dtype=torch.bool)
    edge[1:-1, 1:-1] = False
    return edge


def otsu(values: npt.NDArray[np.float64]) -> float:
    """The threshold between two groups of values with the largest variance between them, to a 256th of their range. Where all are
    alike, the largest value."""
    if np.ptp(values) <= 1e-12 * max(1.0, float(np.abs(values).max())):
        return float(values.max())
    counts, edges = np.histogram(values, _BINS)
    middle = (edges[1:] + edges[:-1]) / 2
    below = np.cumsum(counts)[:-1]
    above = len(values) - below
    total = np.cumsum(counts * middle)
    with np.errstate(divide="ignore", invalid="ignore"):
        apart = below * above * np.square(total[:-1] / below - (total[-1] - total[:-1]) / above)
    return float(edges[1:-1][int(np.nanargmax(np.where((below > 0) & (above > 0), apart, -1.0)))])


@dataclass(frozen=True)
class Written:
    """folder: of the masks; count: how many; empty: of these without object; share: mean share of the pixels that are object;
    skipped: files that could not be written, as "name: reason"."""

    folder: Path
    count: int
    empty: int
    share: float
    skipped: tuple[str, ...]


@torch.no_grad()
def write_masks(run: Path, out: Path | None = None, epoch: int | None = None, progress: ProgressCallback = no_progress) -> Written:
    """Write a mask for each photograph of a run's folder of images, at the photograph's size: `masks/<its path>.png` in the folder
    of images, or in `out`; 255 is object. Outside of the middle square that a run sees, all is background.

    epoch: whose checkpoint, by default the last. ConfigError where the images of the run are no folder, or where the masks' folder
    exists and is not empty."""
    method, config = method_at(run, epoch)
    source = expanded(config.data.source)
    if not is_folder(source):
        raise complain("data.source", "a folder of images for masks to be beside them", config.data.source, "Train on a folder.")
    folder = out or source / FOLDER
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise complain("--out", "a folder that is new or empty", str(folder), "Move its masks away, or name another folder.")
    dataset = data_of(run, config, progress)
    encoder, size = method.encoder.eval(), input_size(config)
    chosen = np.unique(np.linspace(0, len(dataset) - 1, min(_FITTED, len(dataset))).astype(np.int64))
    saliency = fit_saliency(torch.cat([_maps(encoder.dense, dataset, part, size) for part in _batches(chosen)]))
    empty, shares, skipped, done = 0, 0.0, [], 0
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Whole or not at all: a folder of half the masks would be taken for all of them.
    unfinished = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for part in _batches(np.arange(len(dataset))):
            masks = saliency.masks(_maps(encoder.dense, dataset, part, size), dataset.size)
            for row, mask in zip(part.tolist(), masks, strict=True):
                name = dataset.names[row]
                try:
                    placed = _placed(mask, source / name)
                except (OSError, ValueError, Image.DecompressionBombError) as error:
                    skipped.append(f"{name}: {error}")
                    continue
                path = (unfinished / name).with_suffix(".png")
                if path.exists():
                    skipped.append(f"{name}: another image has its mask in {path.name}")
                    continue
                path.parent.mkdir(parents=True, exist_ok=True)
                placed.save(path)
                done, empty, shares = done + 1, empty + (not mask.any()), shares + float(mask.mean())
            progress((int(part[-1]) + 1) / len(dataset), f"Masks: {int(part[-1]) + 1:,} of {len(dataset):,}")
        unfinished.chmod(0o755)  # mkdtemp's folder is its owner's alone
        unfinished.replace(folder)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    return Written(folder, done, empty, shares / max(1, done), tuple(skipped))


def _batches(index: npt.NDArray[np.int64]) -> list[npt.NDArray[np.int64]]:
    return [index[start : start + _BATCH] for start in range(0, len(index), _BATCH)]


def _maps(dense: Callable[[Tensor, int], Tensor], dataset: Dataset, index: npt.NDArray[np.int64], size: int) -> Tensor:
    maps = dense(normalised(dataset, whole(dataset, index, torch.device("cpu"), size)), max(_CELLS, size // 4))
    return maps.float().cpu()


def _placed(mask: npt.NDArray[np.bool_], photograph: Path) -> Image.Image:
    """The mask of the middle square of a photograph, as the whole photograph is seen: EXIF's rotation applied."""
    with Image.open(photograph) as picture:
        width, height = picture.size
        if picture.getexif().get(_ORIENTATION, 1) >= 5:
            width, height = height, width
    side = min(width, height)
    square = Image.fromarray(mask.astype(np.uint8) * 255).resize((side, side), Image.Resampling.NEAREST)
    seen = Image.new("L", (width, height))
    seen.paste(square, ((width - side) // 2, (height - side) // 2))
    return seen
