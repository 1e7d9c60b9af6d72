"""The encoder of another run, or of published weights, as a frozen teacher, whose weights are part of the method that holds it."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.backbones.backbone import Backbone
from engine.backbones.build import build_backbone, patch_step
from engine.backbones.vit import VisionTransformer
from engine.config.run import BackboneConfig
from engine.config.teacher import TeacherConfig


class FrozenTeacher(nn.Module):
    """Takes images normalised as those of the run that holds it, and gives the teacher those that it was trained on.

    Always in eval mode, without gradient: no stochastic depth, and the running statistics of its batch normalisation stay. Until
    `load` is called its weights are random and its normalisation is that of the run. `mean`, `std` (3,) are the teacher's,
    `own_mean`, `own_std` the run's."""

    mean: Tensor
    std: Tensor
    own_mean: Tensor
    own_std: Tensor

    def __init__(self, config: TeacherConfig, own: BackboneConfig, size: int, side: int = 0) -> None:
        """`own`: encoder in place of that of a teacher that is not chosen yet; `size`: side of the views in px. `side`: of the
        student's map, in cells: weights of a network with patches get images of so many of them."""
        super().__init__()
        backbone = config.backbone or own
        step = patch_step(backbone, (), 0) if config.weights and config.backbone else 0
        # The side of the teacher's images.
        self.size = config.size or (side * step if step and side else size)
        self.net: Backbone = build_backbone(backbone, self.size)
        self.requires_grad_(False)
        for name, value in (("mean", 0.0), ("std", 1.0), ("own_mean", 0.0), ("own_std", 1.0)):
            self.register_buffer(name, torch.full((3,), value))
        self.eval()

    @torch.no_grad()
    def load(self, net: Backbone, mean: Tensor, std: Tensor, own_mean: Tensor, own_std: Tensor) -> None:
        """Copy the weights of `net`, and the mean and deviation (3,) by which its images were normalised, and those of this run.
        RuntimeError where the network is another."""
        self.net.load_state_dict(net.state_dict())
        for buffer, value in zip((self.mean, self.std, self.own_mean, self.own_std), (mean, std, own_mean, own_std), strict=True):
            buffer.copy_(value)

    def train(self, mode: bool = True) -> FrozenTeacher:
        """Stays in eval mode."""
        return super().train(False)

    @property
    def class_token(self) -> bool:
        """Whether its tokens begin with a class token, as those of a ViT do."""
        return isinstance(self.net, VisionTransformer)

    def seen(self, images: Tensor) -> Tensor:
        """Images (N, 3, S, S), normalised as this run's, as the teacher's, of its size."""
        scale = (self.own_std / self.std).view(1, 3, 1, 1)
        if images.shape[-1] != self.size:
            images = F.interpolate(images, size=self.size, mode="bilinear", antialias=True)
        return images * scale + ((self.own_mean - self.mean) / self.std).view(1, 3, 1, 1)

    def tokens(self, images: Tensor, side: int) -> Tensor:
        """What the teacher gives for images (N, 3, S, S): of a ViT the tokens of the last block after its norm, (N, 1 + T, D), the
        class token first; of any other encoder the cells of its last map, resized to side x side, (N, side^2, D)."""
        with torch.no_grad():
            x = self.seen(images)
            if isinstance(self.net, VisionTransformer):
                return self.net.tokens(x)
            return _cells(self.net.dense(x, side), side)

    def cells(self, images: Tensor, side: int) -> Tensor:
        """The teacher's last map for images (N, 3, S, S), of a ViT its patch tokens after its norm, resized to side x side:
        (N, side^2, D)."""
        with torch.no_grad():
            x = self.seen(images)
            if not isinstance(self.net, VisionTransformer):
                return _cells(self.net.dense(x, side), side)
            tokens = self.net.tokens(x)[:, 1:]
            own = math.isqrt(tokens.shape[1])
            return _cells(tokens.transpose(1, 2).unflatten(2, (own, own)), side)


def _cells(features: Tensor, side: int) -> Tensor:
    """A map (N, D, s, s), resized to side x side, as tokens (N, side^2, D)."""
    if features.shape[-1] > side:
        features = F.adaptive_avg_pool2d(features, side)
    elif features.shape[-1] < side:
        features = F.interpolate(features.float(), (side, side), mode="bilinear", align_corners=False)
    return features.flatten(2).transpose(1, 2)
