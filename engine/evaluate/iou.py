"""Intersection over union of predicted and true class maps."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from engine.data.annotations import UNKNOWN

RESAMPLES = 200


def class_pixels(predicted: Tensor, truth: Tensor, classes: int) -> npt.NDArray[np.int64]:
    """Counts (b, 3, classes) for class maps (b, S, S) of each image: pixels of a class that are predicted as it, predicted pixels,
    true pixels. Pixels whose true class is UNKNOWN count in none."""
    images = len(truth)
    known = truth != UNKNOWN
    number = torch.arange(images, device=truth.device).view(-1, 1, 1).expand_as(truth)
    code = (number * classes + truth.long()) * classes + predicted.long()
    confusion = torch.bincount(code[known], minlength=images * classes * classes).view(images, classes, classes)
    counts = torch.stack([confusion.diagonal(dim1=1, dim2=2), confusion.sum(1), confusion.sum(2)], dim=1)
    return counts.cpu().numpy()


@dataclass(frozen=True)
class Overlap:
    """`iou` (K,): of each class over all images, NaN for a class that is neither there nor predicted; `mean`: over the others;
    `objects`: the same without the background; `pixels`: share of known pixels that are right. `errors`: standard errors of
    `mean`, `objects` and `pixels`."""

    iou: npt.NDArray[np.float64]
    mean: float
    objects: float
    pixels: float
    errors: tuple[float, float, float] = (0.0, 0.0, 0.0)


def overlap(counts: npt.NDArray[np.int64], background: int | None = 0) -> Overlap:
    """The figures of counts (n, 3, K), see `class_pixels`. The classes' pixels of all images are added before they are divided, as
    in Pascal VOC's segmentation. `background`: its code, None where no class is. Errors: bootstrap over images."""
    iou, figures = _figures(counts.sum(0, keepdims=True).astype(np.float64), background)
    draws = np.random.Generator(np.random.PCG64(0)).multinomial(len(counts), np.full(len(counts), 1 / len(counts)), RESAMPLES)
    sums = (draws @ counts.reshape(len(counts), -1)).reshape(RESAMPLES, *counts.shape[1:])
    _, resampled = _figures(sums.astype(np.float64), background)
    errors = resampled.std(axis=1)
    mean, objects, pixels = figures[:, 0].tolist()
    return Overlap(iou[0], mean, objects, pixels, (float(errors[0]), float(errors[1]), float(errors[2])))


def _figures(sums: npt.NDArray[np.float64], background: int | None) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """IoU (R, K) of R sums of counts (R, 3, K), and mean, mean without background, and pixel accuracy: (3, R)."""
    right, predicted, true = sums[:, 0], sums[:, 1], sums[:, 2]
    union = predicted + true - right
    iou = np.divide(right, union, out=np.full_like(right, np.nan), where=union > 0)
    objects = iou if background is None else np.delete(iou, background, axis=1)
    pixels = true.sum(1)
    accuracy = np.divide(right.sum(1), pixels, out=np.zeros_like(pixels), where=pixels > 0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # the mean of no class
        return iou, np.nan_to_num(np.stack([np.nanmean(iou, 1), np.nanmean(objects, 1), accuracy]))
