"""Label propagation: the mask of a clip's first frame, carried on to the others by the affinity of dense features. Nothing is
trained.

The protocol is that of DAVIS for self-supervised encoders (Jabri et al., 2006.14613; DINO, 2104.14294, Sec. 4.2.2): each cell of a
frame takes the mean label of the 5 cells most like it, among the cells near its place in the first frame and in the 7 frames
before, weighted by exp(cosine / 0.1). DINO's radius of 12 of 60 rows is a fifth of the side here; its normalisation of each
object's map, which only matters where several objects compete, is left out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from engine.backbones.modes import evaluating
from engine.data.dataset import Dataset, Index
from engine.embed.features import on_device, whole_clips
from engine.evaluate.subject import Subject
from engine.evaluate.tasks.retrieval import spread
from engine.execute.progress import ProgressCallback
from engine.runs.evaluation import Figure

NEAREST = 5
TEMPERATURE = 0.1
BEFORE = 7  # frames before the present one, beside the first
RADIUS = 0.2  # of the side
CLIPS = 128  # test clips at most
_AT_ONCE = 8  # clips
# Clips (b, T, 3, S, S), normalised, to maps of their frames (b, T, D, g, g).
Maps = Callable[[Tensor], Tensor]


def measure(subject: Subject) -> Iterator[Figure]:
    """J of the trained and the untrained encoder, of the pixels alone, and of the first mask copied to every frame."""
    started = time.monotonic()
    index = spread(subject.splits["test"], CLIPS)
    cells = subject.size // 2
    shares, grids = {}, {}
    for name, encoder in subject.encoders.items():
        maps = of_encoder(encoder.dense, cells)
        report = subject.report(name, f"label propagation, {name}")
        with evaluating(encoder), on_device(encoder, torch.device(subject.device)):
            shares[name], grids[name] = jaccard(maps, subject.dataset, index, subject.device, subject.size, report)
    pixels, _ = jaccard(of_pixels(cells), subject.dataset, index, subject.device, subject.size)
    copied = copying(subject.dataset, index)
    grid = grids["trained"]
    protocol = (
        f"Label propagation: {len(index)} test clips; the first frame's mask carried on by the cosine of the frozen encoder's "
        f"dense features ({grid} x {grid} cells of {subject.size} px), {NEAREST} nearest cells within {RADIUS:g} of the side in "
        f"the first and the {BEFORE} frames before, weights exp(cosine / {TEMPERATURE:g}) (2006.14613, 2104.14294); Jaccard "
        "index with the true mask, mean over frames but the first, then over clips. Copying: the first mask for every frame."
    )
    yield Figure(
        "propagation_j",
        float(shares["trained"].mean()),
        float(shares["untrained"].mean()),
        0,
        protocol,
        seconds=time.monotonic() - started,
        error=_error(shares["trained"]),
        untrained_error=_error(shares["untrained"]),
        baselines={"pixels": float(pixels.mean()), "copying": float(copied.mean())},
    )


def of_encoder(dense: Callable[[Tensor, int], Tensor], cells: int) -> Maps:
    """Maps by an encoder's dense features, of at least `cells` cells a side where it can give them."""
    return lambda clips: dense(clips.flatten(0, 1), cells).unflatten(0, clips.shape[:2])


def of_pixels(cells: int) -> Maps:
    """The colours of `cells` x `cells` cells, less their mean over the clip: the baseline without an encoder."""

    def maps(clips: Tensor) -> Tensor:
        small: Tensor = F.adaptive_avg_pool2d(clips.flatten(0, 1), cells).unflatten(0, clips.shape[:2])
        return small - small.mean((1, 3, 4), keepdim=True)

    return maps


def jaccard(
    maps: Maps,
    dataset: Dataset,
    index: Index,
    device: str = "cpu",
    size: int | None = None,
    progress: ProgressCallback | None = None,
) -> tuple[np.ndarray, int]:
    """J of each clip at `index`, (n,), with frames of `size` px, and the cells a side of the maps. `progress`: 0 to 1."""
    assert dataset.clip_masks is not None, "checked before"
    shares, grid = [], 0
    for start in range(0, len(index), _AT_ONCE):
        rows = index[start : start + _AT_ONCE]
        truth = torch.from_numpy(np.ascontiguousarray(dataset.clip_masks[rows]))
        with torch.no_grad():
            features = maps(whole_clips(dataset, rows, torch.device(device), size)).float().cpu()
            grid = features.shape[-1]
            shares.append(overlaps(propagate(features, truth[:, 0]), truth))
        if progress is not None:
            progress(min(1.0, (start + len(rows)) / len(index)))
    return torch.cat(shares).numpy(), grid


def copying(dataset: Dataset, index: Index) -> np.ndarray:
    """J of each clip where every frame gets the mask of the first, (n,)."""
    assert dataset.clip_masks is not None, "checked before"
    truth = torch.from_numpy(np.ascontiguousarray(dataset.clip_masks[index]))
    return overlaps(truth[:, :1].expand_as(truth), truth).numpy()


def propagate(features: Tensor, first: Tensor) -> Tensor:
    """Masks (b, T, S, S) bool of every frame, from features (b, T, D, g, g) and the mask of the first frame (b, S, S) bool, which
    the result begins with."""
    clips, frames, _, grid, _ = features.shape
    unit = F.normalize(features.flatten(3).transpose(2, 3), dim=3)  # (b, T, g², D)
    labels = [F.adaptive_avg_pool2d(first[:, None].float(), grid).flatten(1)]  # (b, g²) shares of the mask in a cell
    near = neighbours(grid, radius(grid))
    for now in range(1, frames):
        known = [0, *range(max(1, now - BEFORE), now)]
        cosine = torch.einsum("bpd,bkqd->bpkq", unit[:, now], unit[:, known])  # (b, g², k, g²)
        cosine = cosine.masked_fill(~near[:, None], -torch.inf).flatten(2)
        best, at = cosine.topk(min(NEAREST, cosine.shape[2]), dim=2)
        weights = (best / TEMPERATURE).softmax(2)
        values = torch.cat([labels[frame] for frame in known], dim=1)  # (b, k g²)
        taken = values.gather(1, at.flatten(1)).view_as(at)
        labels.append((weights * taken).sum(2))
    carried = torch.stack(labels[1:], dim=1).view(clips, frames - 1, grid, grid)
    large = F.interpolate(carried, size=tuple(first.shape[-2:]), mode="bilinear", align_corners=False)
    return torch.cat([first[:, None], large > 0.5], dim=1)


def radius(grid: int) -> int:
    """How many cells the neighbourhood reaches in a map of `grid` cells a side; at least one."""
    return max(1, round(RADIUS * grid))


def neighbours(grid: int, reach: int) -> Tensor:
    """Which cells of a map are at most `reach` rows and columns apart: (g², g²) bool."""
    at = torch.arange(grid)
    close = (at[:, None] - at[None, :]).abs() <= reach
    return (close[:, None, :, None] & close[None, :, None, :]).reshape(grid * grid, grid * grid)


def overlaps(masks: Tensor, truth: Tensor) -> Tensor:
    """J of each clip, (b,): the Jaccard index of masks (b, T, S, S) with the true ones, mean over all frames but the first. A frame
    without the object, where none is found, has 1."""
    masks, truth = masks[:, 1:], truth[:, 1:]
    both = (masks & truth).sum((2, 3)).double()
    either = (masks | truth).sum((2, 3)).double()
    return torch.where(either > 0, both / either.clamp(min=1), torch.ones_like(either)).mean(1)


def _error(shares: np.ndarray) -> float:
    return float(shares.std(ddof=1) / np.sqrt(len(shares))) if len(shares) > 1 else 0.0
