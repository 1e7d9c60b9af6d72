"""InvaSpread: features that are invariant to augmentation and different for the images of a batch."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from engine.backbones.backbone import Backbone
from engine.config.part import setting
from engine.distributed.rows import all_rows
from engine.losses.instance_softmax import invariant_and_spread
from engine.method import Batch, Method, MethodConfig, Out, Progress, Views
from engine.pictures.matrix import similarity, weights


class InvaSpreadConfig(MethodConfig):
    """Hyper-parameters of InvaSpread."""

    temperature: float = setting(
        0.1,
        "Softmax temperature tau; .1 in the paper. Small values increase only the distance of the nearest images; with large ones "
        "all probabilities are equal. Try this first.",
        gt=0,
        le=5,
    )
    spread: float = setting(
        1.0,
        "Weight of the spreading term; 1 in the paper. 0 leaves only the softmax, which also spreads, but less; large values "
        "outweigh the invariance of two views.",
        ge=0,
        le=100,
    )
    out_dim: int = setting(128, "Size of the embedding, one linear layer from the features; 128 in the paper.", ge=1, le=16384)


class InvaSpread(Method[InvaSpreadConfig]):
    """Ye et al., Unsupervised Embedding Learning via Invariant and Spreading Instance Feature, CVPR 2019 (1904.03436).

    An image is classified among the images of its batch by their present features, without a memory bank. Where paper and official
    code differ in the loss, the paper is followed: the gradient flows through all features, while the code detaches the candidates
    and also spreads the augmented views. In the views the code is followed: both are random views, while the paper has an original
    and an augmented image, as in the preset `invaspread_original`."""

    Config = InvaSpreadConfig
    views = Views(2, 2, one_size=True)
    compares_images = True
    recipe = {"views": {"preset": "invaspread"}}

    def __init__(self, config: InvaSpreadConfig, backbone: Backbone) -> None:
        super().__init__(config, backbone)
        self.projector = nn.Linear(backbone.dim, config.out_dim)

    def forward(self, batch: Batch, at: Progress) -> Out:
        """Each augmented view is classified as its image (invariance), and no image as another (spread)."""
        h = self.backbone(torch.cat(batch.views[:2]))  # (2N, D)
        f = all_rows(self.projector(h), views=2)  # (2N, P), originals first
        original, augmented = f.chunk(2)
        invariance, spread, _ = invariant_and_spread(original, augmented, self.config.temperature)
        per_image = invariance + self.config.spread * spread  # (N,)
        terms = {"invariance": invariance.mean(), "spread": spread.mean()}
        return Out(per_image.mean(), features=h, embedding=f, views=2, terms=terms, per_image=per_image)

    def chance(self, batch_size: int) -> float:
        """ln N: the invariance term at chance level with a spread term of 0. For identical features the spread term adds about
        1."""
        return math.log(batch_size)

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """`similarity`: cosines of originals (rows) and augmented views (columns). `taken for`: the probability that each original
        (column) is classified as each image (row); the spreading term decreases the entries off the diagonal."""
        f, augmented = self.projector(self.backbone(torch.cat(batch.views[:2]))).chunk(2)
        mistaken = invariant_and_spread(f, augmented, self.config.temperature).mistaken
        itself = torch.eye(len(f), dtype=torch.bool, device=f.device)
        return {"similarity": similarity(f, augmented), "taken for": weights(mistaken, itself)}


METHOD = InvaSpread
