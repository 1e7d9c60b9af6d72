"""Rotation: classify by which multiple of 90 degrees an image was rotated."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.backbones.backbone import Backbone
from engine.losses.per_image import image_means
from engine.method import Batch, Method, MethodConfig, Out, Progress, TaskScore, Views


class RotationConfig(MethodConfig):
    """Rotation has no hyper-parameter of its own. It needs images that have an up and a down."""


class Rotation(Method[RotationConfig]):
    """Gidaris et al., Unsupervised Representation Learning by Predicting Image Rotations, ICLR 2018 (1803.07728).

    Every image is in the batch in all four rotations (Sec. 3.1), made by moving pixels, so that no interpolation reveals the
    angle. Images must have an upright orientation: on the default data `shapes`, whose objects have random orientations, the
    accuracy stays at chance level unless they stand upright (`data.upright`). Different from the paper: random resized crops of a
    fifth of the image or more, there CIFAR-10 is padded and cropped by 4 px; AdamW, there SGD."""

    Config = RotationConfig
    asks_angle = True
    views = Views(1, 1)
    recipe = {"views": {"preset": "crop_flip"}}

    def __init__(self, config: RotationConfig, backbone: Backbone) -> None:
        super().__init__(config, backbone)
        self.classifier = nn.Linear(backbone.dim, 4)

    def forward(self, batch: Batch, at: Progress) -> Out:
        """Cross-entropy over four angles (Eq. 3)."""
        turned, angle = four_rotations(batch.views[0])
        h = self.backbone(turned)  # (4N, D)
        logits = self.classifier(h).float()  # (4N, 4)
        accuracy = (logits.argmax(1) == angle).float().mean()
        per_image = image_means(F.cross_entropy(logits, angle, reduction="none"), 4)  # (N,)
        return Out(per_image.mean(), features=h, views=4, terms={"accuracy": accuracy}, per_image=per_image)

    def chance(self, batch_size: int) -> float:
        """ln 4."""
        return math.log(4)

    def inputs(self, batch: Batch) -> dict[str, Tensor]:
        """Each image in one rotation; the network gets all four."""
        return {"turned": batch.pixels(one_rotation(batch.views[0])[0])}

    def task_score(self, batch: Batch) -> TaskScore:
        """Accuracy of the angles, over all four rotations of each image."""
        turned, angle = four_rotations(batch.views[0])
        return TaskScore("accuracy", (self.classifier(self.backbone(turned)).argmax(1) == angle).float().mean(), 1 / 4)

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """Each image rotated by another angle, and the same image rotated back by the predicted angle."""
        puzzle, _ = one_rotation(batch.views[0])
        prediction = self.classifier(self.backbone(puzzle)).argmax(1)
        turned_back = torch.stack([torch.rot90(image, -int(k), (1, 2)) for image, k in zip(puzzle, prediction, strict=True)])
        return {"puzzle": batch.pixels(puzzle), "turned back by the guess": batch.pixels(turned_back)}


def four_rotations(images: Tensor) -> tuple[Tensor, Tensor]:
    """Images (N, 3, S, S) to all rotations (4N, 3, S, S), angle by angle, and the angles (4N,) in quarter turns."""
    turned = torch.cat([torch.rot90(images, k, (2, 3)) for k in range(4)])
    return turned, torch.arange(4, device=images.device).repeat_interleave(len(images))


def one_rotation(images: Tensor) -> tuple[Tensor, Tensor]:
    """Images (N, 3, S, S), each rotated by the next angle in turn, and the angles (N,) in quarter turns."""
    angle = torch.arange(len(images), device=images.device) % 4
    return torch.stack([torch.rot90(image, int(k), (1, 2)) for image, k in zip(images, angle, strict=True)]), angle


METHOD = Rotation
