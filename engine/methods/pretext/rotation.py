"""Rotation: tell by which of four right angles an image was turned."""

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

    Every image comes in all four rotations at once (Sec. 3.1). Right angles by moving pixels, so that no trace of an
    interpolation gives the answer away. Images must have an up and a down: on the default data, `shapes`, whose objects lie at any
    angle, the task stays at chance level by construction. Different here: views are cropped from a fifth of the image on (the paper
    pads and crops CIFAR-10 by 4 px); AdamW in place of SGD."""

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
        """Each image turned; the network gets all four."""
        return {"turned": batch.pixels(one_rotation(batch.views[0])[0])}

    def task_score(self, batch: Batch) -> TaskScore:
        """Share of the angles that are found, over all four of each image."""
        turned, angle = four_rotations(batch.views[0])
        return TaskScore("accuracy", (self.classifier(self.backbone(turned)).argmax(1) == angle).float().mean(), 1 / 4)

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """The puzzle, each image turned by another angle, and the same image turned back by the network's guess."""
        puzzle, _ = one_rotation(batch.views[0])
        prediction = self.classifier(self.backbone(puzzle)).argmax(1)
        turned_back = torch.stack([torch.rot90(image, -int(k), (1, 2)) for image, k in zip(puzzle, prediction, strict=True)])
        return {"puzzle": batch.pixels(puzzle), "turned back by the guess": batch.pixels(turned_back)}


def four_rotations(images: Tensor) -> tuple[Tensor, Tensor]:
    """(N, 3, S, S) to all rotations (4N, 3, S, S), angle by angle, and which one (4N,), in quarter turns."""
    turned = torch.cat([torch.rot90(images, k, (2, 3)) for k in range(4)])
    return turned, torch.arange(4, device=images.device).repeat_interleave(len(images))


def one_rotation(images: Tensor) -> tuple[Tensor, Tensor]:
    """(N, 3, S, S), each image turned by the next angle, and which one (N,)."""
    angle = torch.arange(len(images), device=images.device) % 4
    return torch.stack([torch.rot90(image, int(k), (1, 2)) for image, k in zip(images, angle, strict=True)]), angle


METHOD = Rotation
