"""Random: the untrained encoder, a baseline for every method."""

from __future__ import annotations

import torch
from torch import Tensor

from engine.backbones.backbone import Backbone
from engine.method import Batch, Method, MethodConfig, Out, Progress, Views
from engine.pictures.matrix import similarity


class RandomConfig(MethodConfig):
    """No hyper-parameters: nothing is trained."""


class Random(Method[RandomConfig]):
    """The untrained encoder, a baseline without a paper.

    All weights are frozen and the encoder stays in eval mode, so that the statistics of batch normalisation do not change either:
    the encoder is the same, bit for bit, at the start and at the end of the run. Its kNN accuracy is that of the architecture
    without training.

    With weights to begin with (backbone.weights) the run shows a model that exists: the encoder is seen as it was drawn before the
    first step, and with the weights from there on."""

    Config = RandomConfig
    views = Views(1, 2, one_size=True)

    def __init__(self, config: RandomConfig, backbone: Backbone) -> None:
        super().__init__(config, backbone)
        backbone.requires_grad_(False).eval()

    def train(self, mode: bool = True) -> Random:
        """The encoder stays in eval mode."""
        super().train(mode)
        self.backbone.eval()
        return self

    def forward(self, batch: Batch, at: Progress) -> Out:
        """Features of the views; a loss of 0 that depends on no weight."""
        h = self.backbone(torch.cat(batch.views[:2]))  # (2N, D)
        zero = torch.zeros((), device=h.device, requires_grad=True)  # the loop calls its backward
        return Out(zero, features=h, views=len(batch.views[:2]))

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """Cosines of the features of view 1 (rows) and view 2 (columns), unchanged and with their mean subtracted. All features of
        an untrained network have nearly the same direction, so that they differ only in their deviation from the mean."""
        h = self.backbone(torch.cat(batch.views[:2]))  # (2n, D)
        return {
            "similarity": similarity(*_halves(h)),
            "similarity, mean removed": similarity(*_halves(h - h.mean(0, keepdim=True))),
        }


def _halves(h: Tensor) -> tuple[Tensor, Tensor]:
    half = len(h) // 2
    return h[:half], h[half:]


METHOD = Random
