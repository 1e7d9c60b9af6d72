"""Object detection: boxes from an encoder's feature map by an anchor-free detector (FCOS, 1904.01355), torchvision's losses and
selection of boxes. One function for four rows, which differ in the share of the labels and in whether the encoder is frozen.

It departs from the paper in what small images need: one map of 8 to 16 cells a side in place of a pyramid of five, 64 channels and
one convolution in each branch in place of 256 and four. Points lie in the middle of their cells, as in the paper; torchvision's lie
in the corners."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch import Tensor, nn
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.fcos import FCOS, FCOSHead

from engine.config.errors import complain
from engine.config.run import RunConfig
from engine.data.annotations import Boxes, BoxRows
from engine.data.dataset import Dataset, Index
from engine.evaluate.coco_ap import KINDS, MOST, average_precision
from engine.evaluate.dense_figures import dense_figures, trained_heads
from engine.evaluate.dense_training import DenseTraining, Trained
from engine.evaluate.plan import BUDGET
from engine.evaluate.predictions import EXAMPLES, DetectedImages, Predictions
from engine.evaluate.subject import Subject
from engine.evaluate.tasks.retrieval import spread
from engine.runs.evaluation import Figure

CHANNELS = 64
CONVOLUTIONS = 1
CELLS, MOST_CELLS = 8, 16  # bounds of the cells a side of the map
LEAST_SCORE = 0.2  # of a predicted box: the root of class and centre-ness, so about the paper's .05 of their product
OVERLAP = 0.6  # of two boxes of a class, above which the one with the lower score is dropped


class _Neck(nn.Sequential):
    out_channels = CHANNELS  # torchvision reads it of a backbone


class Detector(nn.Module):
    """A detector's head on feature maps (b, dim, s, s) of images of `side` px, for `classes` classes, codes from 0."""

    def __init__(self, dim: int, classes: int, side: int) -> None:
        super().__init__()
        self.side = side
        self.neck = _Neck(nn.BatchNorm2d(dim), nn.Conv2d(dim, CHANNELS, 1), nn.ReLU(inplace=True))
        # Its anchors are not used: points of this module lie in the middle of cells.
        generator = AnchorGenerator(((1,),), ((1.0,),))
        head = FCOSHead(CHANNELS, 1, classes, CONVOLUTIONS)
        self.fcos = FCOS(
            self.neck,
            classes,
            anchor_generator=generator,
            head=head,
            score_thresh=LEAST_SCORE,
            nms_thresh=OVERLAP,
            detections_per_img=MOST,
        )

    def points(self, cells: int, device: torch.device) -> Tensor:
        """A square of the side of a cell around the middle of each of cells x cells cells, row by row: (cells², 4) in px."""
        stride = self.side / cells
        low = torch.arange(cells, device=device, dtype=torch.float32) * stride
        y, x = torch.meshgrid(low, low, indexing="ij")
        corner = torch.stack([x.flatten(), y.flatten()], dim=1)
        return torch.cat([corner, corner + stride], dim=1)

    def loss(self, maps: Tensor, targets: list[dict[str, Tensor]]) -> Tensor:
        """Focal, GIoU and centre-ness losses, added. `targets`: for each image "boxes" (m, 4) in px and "labels" (m,)."""
        points = self.points(maps.shape[-1], maps.device)
        output = self.fcos.head([self.neck(maps)])
        losses = self.fcos.compute_loss(targets, output, [points] * len(maps), [len(points)])
        total: Tensor = losses["classification"] + losses["bbox_regression"] + losses["bbox_ctrness"]
        return total

    def boxes(self, maps: Tensor) -> list[dict[str, Tensor]]:
        """The predicted boxes of each image: "boxes" (m, 4) in px, "labels", "scores" (m,), at most 100."""
        points = self.points(maps.shape[-1], maps.device)
        output = {name: [value] for name, value in self.fcos.head([self.neck(maps)]).items()}
        predicted: list[dict[str, Tensor]] = self.fcos.postprocess_detections(
            output, [[points]] * len(maps), [(self.side, self.side)] * len(maps)
        )
        return predicted


class Detection(DenseTraining[BoxRows]):
    """Boxes from feature maps. Arguments as in `DenseTraining`; `dataset.boxes` must be there. ConfigError where a split shows no
    object."""

    def __init__(self, part: str, config: RunConfig, dataset: Dataset, device: str = "cpu", budget: int = BUDGET) -> None:
        super().__init__(part, config, dataset, device, budget)
        assert dataset.boxes is not None
        self.truth: Boxes = dataset.boxes
        self.names = self.truth.names
        self.least = min(max(self.least, CELLS), MOST_CELLS)
        for name, index in self.splits.items():
            if self.truth.take(index).crowd.all():
                raise complain("data.source", f"a set with a box in its {name} images", config.data.source, "Leave out this part.")

    def head(self, dim: int) -> nn.Module:
        """A new detector."""
        return Detector(dim, len(self.names), self.size)

    def targets(self, images: Index, flipped: Sequence[bool]) -> list[dict[str, Tensor]]:
        """The boxes of each image in px, without crowds and boxes without an area."""
        targets = []
        for image, mirrored in zip(images.tolist(), flipped, strict=True):
            rows = self.truth.rows(image)
            corners = torch.from_numpy(self.truth.corners[rows]).float()
            kept = ~torch.from_numpy(self.truth.crowd[rows]) & (corners[:, 2:] > corners[:, :2]).all(1)
            if mirrored:
                corners = torch.stack([1 - corners[:, 2], corners[:, 1], 1 - corners[:, 0], corners[:, 3]], dim=1)
            labels = torch.from_numpy(self.truth.classes[rows])
            targets.append({"boxes": (corners[kept] * self.size).to(self.device), "labels": labels[kept].to(self.device)})
        return targets

    def loss(self, head: nn.Module, maps: Tensor, images: Index, flipped: Tensor) -> Tensor:
        """The detector's loss."""
        assert isinstance(head, Detector)
        return head.loss(maps, self.targets(images, flipped.tolist()))

    def predict(self, head: nn.Module, batches: Iterator[tuple[Index, Tensor]], index: Index) -> BoxRows:
        """The boxes that are predicted in the images, numbered from 0 in the order of `index`."""
        assert isinstance(head, Detector)
        image, corners, classes, scores = [], [], [], []
        first = 0
        for images, maps in batches:
            for number, predicted in enumerate(head.boxes(maps), start=first):
                image.append(np.full(len(predicted["labels"]), number, np.int64))
                corners.append((predicted["boxes"] / self.size).cpu().numpy())
                classes.append(predicted["labels"].cpu().numpy())
                scores.append(predicted["scores"].cpu().numpy())
            first += len(images)
        return BoxRows(np.concatenate(image), np.concatenate(corners), np.concatenate(classes), np.concatenate(scores))

    def score(self, predictions: BoxRows) -> float:
        """COCO's AP on validation."""
        return average_precision(self.truth.take(self.splits["validation"]), predictions, self.size, errors=False).ap

    def protocol(self) -> str:
        """How the figures are made, in words."""
        return (
            f"Detection: FCOS (1904.01355) on one feature map, {CHANNELS} channels and {CONVOLUTIONS} convolution a branch; "
            f"{self.how()} COCO's AP (IoU .50 to .95), AP50, AP75 and AR of at most {MOST} boxes an image, mean over "
            f"{len(self.names)} classes, by faster-coco-eval; boxes of crowds are ignored, images without objects count. Errors: "
            "bootstrap over images."
        )


def measure(subject: Subject) -> Iterator[Figure]:
    """AP, AP50, AP75 and AR, with the AP of each class."""
    assert subject.task is not None
    started, part = time.monotonic(), subject.task.id
    task = Detection(part, subject.config, subject.dataset, subject.device, subject.budget)
    results = trained_heads(subject, task, subject.encoders)
    truth = task.truth.take(task.splits["test"])
    scores = {name: average_precision(truth, result.test, task.size) for name, result in results.items()}
    subject.keep_predictions(part, _pictures(task, truth, results))
    by_class = {name: score.by_class for name, score in scores.items()}
    yield from dense_figures(subject, task, results, scores, KINDS, task.names, by_class, started)


def _pictures(task: Detection, truth: Boxes, results: dict[str, Trained[BoxRows]]) -> Predictions:
    shown = spread(np.arange(len(truth)), EXAMPLES)
    images = np.ascontiguousarray(task.dataset.images[task.splits["test"][shown]])
    objects = truth.take(shown)
    of_image = np.repeat(np.arange(len(shown)), np.diff(objects.starts))
    true = BoxRows(of_image, objects.corners, objects.classes, np.ones(len(of_image), np.float32))
    predicted = [_of_images(results[name].test, shown) for name in ("trained", "untrained")]
    return Predictions(images, task.names, detected=DetectedImages(true, *predicted))


def _of_images(rows: BoxRows, shown: Index) -> BoxRows:
    """The boxes of a few images, numbered from 0."""
    at = np.flatnonzero(np.isin(rows.image, shown))
    return BoxRows(np.searchsorted(shown, rows.image[at]), rows.corners[at], rows.classes[at], rows.scores[at])
