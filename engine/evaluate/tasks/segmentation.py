"""Semantic segmentation: the class of every pixel from an encoder's feature maps. One function for four rows: a linear map of
frozen features (batch normalisation and a 1x1 convolution, as DINOv2 has it, 2304.07193, Sec. 7.4), and a head of a fully
convolutional network (1411.4038) trained end to end with the encoder, each on a tenth of the class maps or on all. Logits are
brought to the image's side bilinearly."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, interpolate

from engine.backbones.backbone import Backbone
from engine.config.run import RunConfig
from engine.data.annotations import UNKNOWN
from engine.data.dataset import Dataset, Index
from engine.evaluate.dense_figures import dense_figures, trained_heads
from engine.evaluate.dense_training import DenseTraining, Trained
from engine.evaluate.iou import class_pixels, overlap
from engine.evaluate.plan import BUDGET
from engine.evaluate.predictions import EXAMPLES, Predictions, SegmentedImages
from engine.evaluate.subject import Subject
from engine.evaluate.tasks.retrieval import spread
from engine.runs.evaluation import Figure

KINDS = ("mean", "objects", "pixels")  # of `Overlap`, in the order of the figures
_LOGITS = 1 << 25  # computed at once in a prediction
_NARROWER = 4  # the FCN head has a quarter of the encoder's channels


@dataclass(frozen=True)
class Segmented:
    """`counts`: (n, 3, K) pixels, see `class_pixels`; `maps`: predicted class maps (m, S, S) uint8 of a few images, `shown` (m,)
    their indices."""

    counts: npt.NDArray[np.int64]
    maps: npt.NDArray[np.uint8]
    shown: Index


class Segmentation(DenseTraining[Segmented]):
    """Class maps from feature maps. Arguments as in `DenseTraining`; `dataset.class_maps` must be there."""

    def __init__(self, part: str, config: RunConfig, dataset: Dataset, device: str = "cpu", budget: int = BUDGET) -> None:
        super().__init__(part, config, dataset, device, budget)
        assert dataset.class_maps is not None
        self.values, self.names = dataset.class_maps.values, dataset.class_maps.names
        self.background = self.names.index("background") if "background" in self.names else None

    def head(self, dim: int) -> nn.Module:
        """Logits (b, K, s, s) of maps (b, dim, s, s). The last layer starts at 0."""
        last: nn.Module
        if self.task.tuned:
            narrow = max(1, dim // _NARROWER)
            last = nn.Conv2d(narrow, len(self.names), 1)
            net = nn.Sequential(
                nn.Conv2d(dim, narrow, 3, padding=1, bias=False), nn.BatchNorm2d(narrow), nn.ReLU(inplace=True), last
            )
        else:
            last = nn.Conv2d(dim, len(self.names), 1)
            net = nn.Sequential(nn.BatchNorm2d(dim), last)
        nn.init.zeros_(last.weight)
        assert last.bias is not None
        nn.init.zeros_(last.bias)
        return net

    def truth(self, images: Index) -> Tensor:
        """Class maps (b, S, S) int64; a code without a name counts as UNKNOWN."""
        values = torch.from_numpy(np.ascontiguousarray(self.values[images])).long()
        return torch.where(values < len(self.names), values, UNKNOWN).to(self.device)

    def loss(self, head: nn.Module, maps: Tensor, images: Index, flipped: Tensor) -> Tensor:
        """Mean cross-entropy of the known pixels; 0 where there are none."""
        truth = self.truth(images)
        truth = torch.where(flipped.view(-1, 1, 1).to(self.device), truth.flip(2), truth)
        total = cross_entropy(self._logits(head, maps), truth, ignore_index=UNKNOWN, reduction="sum")
        return total / (truth != UNKNOWN).sum().clamp_min(1)

    def predict(self, head: nn.Module, batches: Iterator[tuple[Index, Tensor]], index: Index) -> Segmented:
        """Counts of all images, and the maps of a few."""
        shown = spread(index, EXAMPLES)
        counts, kept = [], []
        for images, maps in batches:
            # The logits of a few images at a time are in memory.
            parts = maps.split(max(1, _LOGITS // (len(self.names) * self.values[0].size)))
            predicted = torch.cat([self._logits(head, part).argmax(1) for part in parts])
            counts.append(class_pixels(predicted, self.truth(images), len(self.names)))
            kept.append(predicted[torch.from_numpy(np.isin(images, shown)).to(predicted.device)].to(torch.uint8).cpu().numpy())
        return Segmented(np.concatenate(counts), np.concatenate(kept), shown)

    def score(self, predictions: Segmented) -> float:
        """The mean IoU."""
        return overlap(predictions.counts, self.background).mean

    def _logits(self, head: nn.Module, maps: Tensor) -> Tensor:
        side = int(self.values.shape[-1])
        return interpolate(head(maps), size=(side, side), mode="bilinear", align_corners=False)

    def protocol(self) -> str:
        """How the figures are made, in words."""
        head = (
            "a 3x3 convolution with batch normalisation and a 1x1 convolution (FCN, 1411.4038)"
            if self.task.tuned
            else "batch normalisation and a 1x1 convolution"
        )
        side, classes = self.values.shape[-1], len(self.names)
        return (
            f"Segmentation: {head} on feature maps, logits brought bilinearly to {side} px, cross-entropy of the known pixels; "
            f"{self.how()} mIoU: over the {classes} classes that occur, intersections and unions added over all images; objects: "
            "the same without the background; pixels: share of pixels that are right. Errors: bootstrap over images."
        )


class Pixels(Backbone):
    """The baseline without an encoder: an image itself and the position of each pixel, from -1 to 1, as a map of 5 channels."""

    dim = 5

    def dense(self, images: Tensor, least: int = 0) -> Tensor:
        """(N, 5, S, S)."""
        y, x = (torch.linspace(-1, 1, side, device=images.device) for side in images.shape[-2:])
        position = torch.stack(torch.meshgrid(y, x, indexing="ij")).expand(len(images), -1, -1, -1)
        return torch.cat([images, position], dim=1)


def measure(subject: Subject) -> Iterator[Figure]:
    """mIoU, mIoU of the objects alone, and pixel accuracy, with the IoU of each class."""
    assert subject.task is not None
    started, part = time.monotonic(), subject.task.id
    task = Segmentation(part, subject.config, subject.dataset, subject.device, subject.budget)
    backbones = {name: Pixels() if name == "pixels" else subject.encoders[name] for name in task.task.encoders}
    results = trained_heads(subject, task, backbones)
    scores = {name: overlap(result.test.counts, task.background) for name, result in results.items()}
    subject.keep_predictions(part, _pictures(task, results))
    by_class = {name: score.iou for name, score in scores.items()}
    yield from dense_figures(subject, task, results, scores, KINDS, task.names, by_class, started)


def _pictures(task: Segmentation, results: dict[str, Trained[Segmented]]) -> Predictions:
    shown = results["trained"].test.shown
    return Predictions(
        np.ascontiguousarray(task.dataset.images[shown]),
        task.names,
        segmented=SegmentedImages(
            np.ascontiguousarray(task.values[shown]), results["trained"].test.maps, results["untrained"].test.maps
        ),
    )
