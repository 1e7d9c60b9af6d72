"""What a finished run is worth: kNN and linear probe on the test split, for its encoder and for the same encoder untrained.

Every choice is made on the validation split; the test split is read once, for the figures that are reported.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from engine.backbones.backbone import Backbone
from engine.config.errors import complain
from engine.config.run import RunConfig
from engine.data.dataset import Dataset
from engine.data.open import open_dataset
from engine.embed.features import encode
from engine.evaluate.diagnostics import effective_rank
from engine.evaluate.encoder import input_size, load_encoder, untrained_encoder
from engine.evaluate.knn import knn_accuracy
from engine.evaluate.linear import GRID, fit_probe

TEMPERATURE = 0.07


@dataclass(frozen=True)
class Scores:
    """Of one encoder: shares of test images that are right, 0 to 1; `l2` is the strength that validation chose for the probe,
    `linear_validation` what it reached there; `rank` is the effective rank of the test features."""

    knn: float
    linear: float
    linear_validation: float
    l2: float
    rank: float


@dataclass(frozen=True)
class Evaluation:
    """A run's figures. `chance`: share of the test split's most frequent class. `images`: labelled images of each split.
    `protocol`: how the figures came about, in words, so that they can be told from others' and repeated."""

    run: str
    method: str
    data: str
    backbone: str
    trained: Scores
    untrained: Scores
    chance: float
    classes: int
    images: dict[str, int]
    size: int
    protocol: str

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)


def evaluate(
    folder: Path,
    checkpoint: Path | None = None,
    device: str | None = None,
    batch: int = 512,
    progress: Callable[[float, str], None] | None = None,
) -> Evaluation:
    """Evaluates a run folder. `device` is a torch name, None the CPU. `progress` gets 0 to 1 and what is being done.

    ConfigError where there is no run or checkpoint, or where the data has no labels (or a single class) to ask for."""
    tell = progress or (lambda share, text: None)
    tell(0.0, "loading the encoder")
    trained, config = load_encoder(folder, checkpoint)
    tell(0.02, "opening the data")
    dataset = open_dataset(config.data)
    splits = {name: labelled(dataset, name) for name in ("train", "validation", "test")}
    check_labels(config.data.source, dataset, splits)
    scores = []
    for part, (backbone, title) in enumerate(((trained, "trained"), (untrained_encoder(config), "untrained"))):
        begin = 0.05 + 0.475 * part
        scores.append(_score(backbone, config, dataset, splits, device or "cpu", batch, _within(tell, begin, f"encoding, {title}")))
    _, counts = np.unique(dataset.labels[splits["test"]], return_counts=True)
    tell(1.0, "done")
    return Evaluation(
        run=Path(folder).name,
        method=config.method.id,
        data=dataset.name,
        backbone=config.backbone.name,
        trained=scores[0],
        untrained=scores[1],
        chance=float(counts.max() / counts.sum()),
        classes=_classes(dataset),
        images={name: len(index) for name, index in splits.items()},
        size=input_size(config),
        protocol=protocol(config, dataset, splits),
    )


def protocol(config: RunConfig, dataset: Dataset, splits: dict[str, np.ndarray]) -> str:
    """How the figures are made, in words."""
    size, k = input_size(config), min(config.monitor.knn_k, len(splits["train"]))
    stored = "" if dataset.size == size else f", resized from {dataset.size} px with antialiasing"
    grid = ", ".join(f"{value:g}" for value in sorted(GRID))
    return (
        f"Frozen encoder ({config.backbone.name}, features of the backbone, before the projector) in eval mode, float32; "
        f"one whole, centred view of each image without augmentation, {size} px{stored}, "
        f"normalised with the training split's mean and deviation. "
        f"kNN: {k} nearest by cosine of L2-normalised features among all {len(splits['train'])} labelled training images, "
        f"votes weighted exp(cosine / {TEMPERATURE:g}) (1805.01978). "
        f"Linear: multinomial logistic regression (L-BFGS) on the same training images, "
        f"features standardised with training statistics, "
        f"L2 strength of {{{grid}}} chosen on {len(splits['validation'])} validation images. "
        f"Both read {len(splits['test'])} test images once. "
        f"Untrained: the same encoder with this run's own initial weights (seed {config.train.seed}), "
        f"batch-normalisation statistics as initialised."
    )


def labelled(dataset: Dataset, split: str) -> np.ndarray:
    """The images of a split whose class is known."""
    index = dataset.splits.get(split, np.zeros(0, np.int64))
    return index[dataset.labels[index] >= 0]


def check_labels(source: str, dataset: Dataset, splits: dict[str, np.ndarray]) -> None:
    """ConfigError where classes cannot be asked for."""
    remedy = "Give class folders or labels, or use `python -m engine embed`, which needs none."
    for name, index in splits.items():
        if not len(index):
            raise complain(
                "data.source", f"a set with labels in its {name} split, which kNN and linear probe ask for", source, remedy
            )
    if len(np.unique(dataset.labels[splits["train"]])) < 2:
        raise complain("data.source", "a set of at least two classes, which kNN and linear probe tell apart", source, remedy)


def _classes(dataset: Dataset) -> int:
    return max(len(dataset.classes), int(dataset.labels.max()) + 1)


def _within(tell: Callable[[float, str], None], begin: float, text: str) -> Callable[[float], None]:
    """Progress of one encoder's encoding as progress of the whole."""
    return lambda share: tell(begin + 0.4 * share, text)


def _score(
    backbone: Backbone,
    config: RunConfig,
    dataset: Dataset,
    splits: dict[str, np.ndarray],
    device: str,
    batch: int,
    progress: Callable[[float], None],
) -> Scores:
    whole = np.concatenate(list(splits.values()))
    features = encode(backbone, dataset, whole, batch, device, input_size(config), progress)
    edges = np.cumsum([len(index) for index in splits.values()])[:-1].tolist()
    train, validation, test = features.tensor_split(edges)
    classes = _classes(dataset)
    y: dict[str, Tensor] = {name: torch.tensor(dataset.labels[index]) for name, index in splits.items()}
    probe = fit_probe(train, y["train"], validation, y["validation"], classes)
    return Scores(
        knn=knn_accuracy(train, y["train"], test, y["test"], config.monitor.knn_k, TEMPERATURE, classes),
        linear=probe.accuracy(test, y["test"]),
        linear_validation=probe.validation,
        l2=probe.l2,
        rank=effective_rank(test),
    )
