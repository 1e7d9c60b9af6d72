"""Tasks that train a head on an encoder's feature maps: which, on how many images, for how long. Does not import torch."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from engine.data.dataset import Dataset, Index

if TYPE_CHECKING:
    from engine.evaluate.dense_training import DenseTraining

# Seed of the shares of images, the order of the images and the weights of the heads, the same for every run.
SEED = 0


@dataclass(frozen=True)
class DenseTask:
    """How a head is trained.

    Attributes:
        training: "module:class" of its `DenseTraining`.
        column: what its targets are made of.
        share: of the annotated training images, 0 to 1.
        tuned: the encoder is trained with the head; else it is frozen.
        epochs: passes through the images; `least` is the fewest steps, `most` the most images seen, repeats counted, at each rate.
        batch: images of a step.
        rates: learning rates that are tried.
        cell: px of the input that a cell of the maps covers at most, where the encoder can give so fine a map. Of half the side, a
            training step of a ResNet takes about three times as long.
    """

    training: str
    column: Literal["class_maps", "boxes"]
    share: float
    tuned: bool
    epochs: int
    least: int
    most: int
    batch: int
    rates: tuple[float, ...]
    cell: int = 4

    @property
    def encoders(self) -> tuple[str, ...]:
        """The encoders that are measured; "pixels" are the colours and the position alone."""
        pixels = self.column == "class_maps" and not self.tuned
        return ("trained", "untrained", "pixels") if pixels else ("trained", "untrained")

    def load(self) -> type[DenseTraining[Any]]:
        """The class that trains it."""
        module, _, name = self.training.partition(":")
        training: type[DenseTraining[Any]] = getattr(importlib.import_module(module), name)
        return training

    def steps(self, images: int, budget: int) -> tuple[int, int]:
        """Images of a step, and steps, for so many annotated images; never more than `budget` images seen."""
        batch = max(1, min(self.batch, images))
        wanted = max(self.epochs * images // batch, self.least)
        return batch, max(1, min(wanted, min(self.most, budget) // batch))


_SEGMENTATION = "engine.evaluate.tasks.segmentation:Segmentation"
_DETECTION = "engine.evaluate.tasks.detection:Detection"

# By the id of the evaluation task.
DENSE = {
    "segmentation_10": DenseTask(_SEGMENTATION, "class_maps", 0.1, False, 15, 400, 12_000, 32, (0.003, 0.01, 0.03)),
    "segmentation": DenseTask(_SEGMENTATION, "class_maps", 1.0, False, 15, 400, 12_000, 32, (0.003, 0.01, 0.03)),
    "segmentation_tuned_10": DenseTask(_SEGMENTATION, "class_maps", 0.1, True, 6, 200, 9_600, 16, (0.001, 0.003), 8),
    "segmentation_tuned": DenseTask(_SEGMENTATION, "class_maps", 1.0, True, 6, 200, 9_600, 16, (0.001, 0.003), 8),
    "detection_10": DenseTask(_DETECTION, "boxes", 0.1, False, 12, 400, 16_000, 16, (0.003, 0.01), 8),
    "detection": DenseTask(_DETECTION, "boxes", 1.0, False, 12, 400, 16_000, 16, (0.003, 0.01), 8),
    "detection_tuned_10": DenseTask(_DETECTION, "boxes", 0.1, True, 12, 400, 9_600, 16, (0.001, 0.003), 8),
    "detection_tuned": DenseTask(_DETECTION, "boxes", 1.0, True, 12, 400, 9_600, 16, (0.001, 0.003), 8),
}


def annotated(dataset: Dataset, column: Literal["class_maps", "boxes"]) -> dict[str, Index]:
    """The images of each split that have a class map or boxes."""
    annotations = dataset.class_maps if column == "class_maps" else dataset.boxes
    splits = {name: dataset.splits.get(name, np.zeros(0, np.int64)) for name in ("train", "validation", "test")}
    return {name: index[annotations.known[index]] if annotations is not None else index[:0] for name, index in splits.items()}


def share_of(index: Index, share: float) -> Index:
    """A fixed random share of images (n,), in rising order, at least one; a larger share contains a smaller one."""
    if share >= 1:
        return np.sort(index)
    order = np.random.Generator(np.random.PCG64([SEED, len(index)])).permutation(len(index))
    return np.sort(index[order[: max(1, round(share * len(index)))]])
