"""Random: the encoder as it was drawn, which every method must beat."""

from __future__ import annotations

import torch
from torch import Tensor

from engine.backbones.backbone import Backbone
from engine.method import Batch, Method, MethodConfig, Out, Progress, Views
from engine.pictures.matrix import similarity


class RandomConfig(MethodConfig):
    """It has no hyper-parameters: nothing is learned."""


class Random(Method[RandomConfig]):
    """The untrained encoder, a baseline without a paper.

    Every weight is frozen and the encoder stays in eval mode, so that batch-normalisation statistics stay as initialised too: at
    the end of the run it is the encoder of the beginning, bit by bit. Its kNN is the floor that the architecture alone gives."""

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
        nothing = torch.zeros((), device=h.device, requires_grad=True)  # so that the loop can ask it for gradients
        return Out(nothing, features=h, views=len(batch.views[:2]))

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """How alike the features of view 1 (down) and view 2 (across) are. Random features all point nearly the same way; with
        their mean taken away one sees what an untrained network tells apart already."""
        h = self.backbone(torch.cat(batch.views[:2]))  # (2n, D)
        return {
            "similarity": similarity(*_halves(h)),
            "similarity, mean removed": similarity(*_halves(h - h.mean(0, keepdim=True))),
        }


def _halves(h: Tensor) -> tuple[Tensor, Tensor]:
    half = len(h) // 2
    return h[:half], h[half:]


METHOD = Random
