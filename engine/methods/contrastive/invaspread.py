"""InvaSpread: features that do not change with augmentation and spread out over the images of the batch."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from engine.backbones.backbone import Backbone
from engine.config.part import setting
from engine.losses.instance_softmax import invariant_and_spread
from engine.method import Batch, Method, MethodConfig, Out, Progress, Views
from engine.pictures.matrix import similarity, weights


class InvaSpreadConfig(MethodConfig):
    """Hyper-parameters of InvaSpread."""

    temperature: float = setting(
        0.1,
        "Softmax temperature tau; .1 in the paper. Small values spread only the nearest images apart, and large ones cannot call "
        "any image wrong. Try this first.",
        gt=0,
        le=5,
    )
    spread: float = setting(
        1.0,
        "Weight of the spreading term; 1 in the paper. 0 leaves the softmax alone, which spreads too, only less; large values "
        "forget that two views of one image belong together.",
        ge=0,
        le=100,
    )
    out_dim: int = setting(128, "Size of the embedding, one linear layer from the features; 128 in the paper.", ge=1, le=16384)


class InvaSpread(Method[InvaSpreadConfig]):
    """Ye et al., Unsupervised Embedding Learning via Invariant and Spreading Instance Feature, CVPR 2019 (1904.03436).

    No memory: an image is told from the others of its batch by features of this very moment. The loss is the paper's, with its
    gradient through every feature; the official code holds the candidates fixed and also spreads the augmented views. The paper
    speaks of original and augmented images; in its official code both are random views, which we follow. The preset
    `invaspread_original` leaves the original as it is."""

    Config = InvaSpreadConfig
    views = Views(2, 2, one_size=True)
    compares_images = True
    recipe = {"views": {"preset": "invaspread"}}

    def __init__(self, config: InvaSpreadConfig, backbone: Backbone) -> None:
        super().__init__(config, backbone)
        self.projector = nn.Linear(backbone.dim, config.out_dim)

    def forward(self, batch: Batch, at: Progress) -> Out:
        """The augmented view is recognised as its image (invariance), no image as another (spread)."""
        h = self.backbone(torch.cat(batch.views[:2]))  # (2N, D)
        f = self.projector(h)  # (2N, P), originals first
        original, augmented = f.chunk(2)
        invariance, spread, _ = invariant_and_spread(original, augmented, self.config.temperature)
        per_image = invariance + self.config.spread * spread  # (N,)
        terms = {"invariance": invariance.mean(), "spread": spread.mean()}
        return Out(per_image.mean(), features=h, embedding=f, views=2, terms=terms, per_image=per_image)

    def chance(self, batch_size: int) -> float:
        """ln N: views are recognised by luck, features are spread out. Were they all one, it would be near 1 more."""
        return math.log(batch_size)

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """Cosines, originals down and augmented views across; and for what each original, a column, is taken: the diagonal for
        itself, redder off it is what the spreading term pushes away."""
        f, augmented = self.projector(self.backbone(torch.cat(batch.views[:2]))).chunk(2)
        mistaken = invariant_and_spread(f, augmented, self.config.temperature).mistaken
        itself = torch.eye(len(f), dtype=torch.bool, device=f.device)
        return {"similarity": similarity(f, augmented), "taken for": weights(mistaken, itself)}


METHOD = InvaSpread
