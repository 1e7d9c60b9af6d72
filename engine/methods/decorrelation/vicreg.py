"""VICReg: the invariance of two views, with regularisers for the variance of each dimension and the covariances between them."""

from __future__ import annotations

import torch
from torch import Tensor

from engine.backbones.backbone import Backbone
from engine.config.part import setting
from engine.distributed.rows import all_rows
from engine.heads.mlp import mlp
from engine.losses.variance_covariance import covariance_matrix, vicreg_terms
from engine.method import Batch, Method, MethodConfig, Out, Progress, Views
from engine.pictures.bars import bars
from engine.pictures.matrix import matrix

SHOWN = 64  # dimensions in a picture
SAMPLE = 512  # images over which the pictures' statistics are taken


class VICRegConfig(MethodConfig):
    """Hyper-parameters of VICReg."""

    invariance: float = setting(
        25.0, "Weight lambda of the views' distance, Eq. 6; 25 in the paper. 0 does not train invariance.", ge=0, le=1000
    )
    variance: float = setting(
        25.0,
        "Weight mu of the hinge loss that keeps the standard deviation of every dimension at 1; 25 in the paper. With 0 the "
        "network collapses: all embeddings become equal. Keep it equal to the invariance.",
        ge=0,
        le=1000,
    )
    covariance: float = setting(
        1.0,
        "Weight nu of the squared covariances between dimensions; 1 in the paper. With 0 dimensions can be equal. Try this first.",
        ge=0,
        le=1000,
    )
    out_dim: int = setting(
        512,
        "Width of the expander's three layers and size of the embedding. 8,192 in the paper, where larger is better.",
        ge=2,
        le=16384,
    )


class VICReg(Method[VICRegConfig]):
    """Bardes, Ponce and LeCun, VICReg: Variance-Invariance-Covariance Regularization, ICLR 2022 (2105.04906).

    Followed where paper and official code differ: the code, in the scaling of the three terms (see `vicreg_terms`). Different from
    both: SimCLR's views, there BYOL's with bicubic crops; AdamW, there LARS."""

    Config = VICRegConfig
    views = Views(2, 2)
    compares_images = True
    recipe = {"views": {"preset": "simclr"}}

    def __init__(self, config: VICRegConfig, backbone: Backbone) -> None:
        super().__init__(config, backbone)
        self.expander = mlp(backbone.dim, config.out_dim, config.out_dim, config.out_dim, bias=False)
        self.sample: Tensor | None = None

    def setup_data(self, images: Tensor, labels: Tensor) -> None:
        """Select the images of the pictures."""
        self.sample = images[:: -(-len(images) // SAMPLE)]

    def forward(self, batch: Batch, at: Progress) -> Out:
        """Eq. 6. The terms include their weights, so that they add up to the loss."""
        h1, h2 = (self.backbone(view) for view in batch.views[:2])  # (N, D)
        z1, z2 = all_rows(self.expander(h1)), all_rows(self.expander(h2))  # (N, P)
        invariance, variance, covariance = vicreg_terms(z1, z2)
        terms = {
            "invariance": self.config.invariance * invariance,
            "variance": self.config.variance * variance,
            "covariance": self.config.covariance * covariance,
        }
        return Out(sum(terms.values(), torch.zeros_like(invariance)), torch.cat([h1, h2]), torch.cat([z1, z2]), 2, terms)

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """Of the first 64 dimensions, over up to 512 training images: `correlation`, whose target is a red diagonal on white, and
        `deviation`, the standard deviations, whose target of 1 is the green line."""
        images = batch.views[0]
        if self.sample is not None and batch.stored is not None:
            images = batch.normalised(batch.stored(self.sample))
        c = covariance_matrix(self.expander(self.backbone(images)))[:SHOWN, :SHOWN]
        deviation = torch.diagonal(c).sqrt()
        correlation = c / (deviation[:, None] * deviation).clamp(min=1e-12)
        return {"correlation": matrix(correlation, side=256), "deviation": bars(deviation, goal=1.0)}


METHOD = VICReg
