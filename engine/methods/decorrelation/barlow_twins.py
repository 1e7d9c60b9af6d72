"""Barlow Twins: the cross-correlation matrix of the embeddings of two views is trained towards the identity."""

from __future__ import annotations

import torch
from torch import Tensor

from engine.backbones.backbone import Backbone
from engine.config.part import setting
from engine.distributed.rows import all_rows
from engine.heads.mlp import mlp
from engine.losses.cross_correlation import cross_correlation
from engine.method import Batch, Method, MethodConfig, Out, Progress, Views
from engine.pictures.matrix import matrix


class BarlowTwinsConfig(MethodConfig):
    """Hyper-parameters of Barlow Twins."""

    redundancy: float = setting(
        0.005,
        "Weight lambda of the off-diagonal terms, Eq. 1; 5e-3 in the paper, flat around it (Fig. 5).",
        ge=0,
        le=1,
        title="lambda",
    )
    out_dim: int = setting(
        512,
        "Width of the projector's three layers and size of the embedding. 8,192 in the paper: it gains from width (Fig. 4).",
        ge=1,
        le=16384,
    )
    scale: float = setting(
        0.02,
        "Factor on the whole loss, so that one learning rate serves all methods; .024 in the official code.",
        gt=0,
        le=10,
        advanced=True,
    )


class BarlowTwins(Method[BarlowTwinsConfig]):
    """Zbontar et al., Barlow Twins: Self-Supervised Learning via Redundancy Reduction, ICML 2021 (2103.03230).

    Diagonal entries of the matrix are trained towards 1 (invariance), the others towards 0 (redundancy reduction). As in the
    official code, each view is normalised with its own batch statistics, in the network and in the loss, and the loss has a
    constant factor. Different from paper and code: SimCLR's views, there BYOL's, with blur, solarisation and bicubic crops; AdamW,
    there LARS."""

    Config = BarlowTwinsConfig
    views = Views(2, 2)
    compares_images = True
    recipe = {"views": {"preset": "simclr"}}

    def __init__(self, config: BarlowTwinsConfig, backbone: Backbone) -> None:
        super().__init__(config, backbone)
        self.projector = mlp(backbone.dim, config.out_dim, config.out_dim, config.out_dim, bias=False)

    def forward(self, batch: Batch, at: Progress) -> Out:
        """Eq. 1."""
        h1, h2 = (self.backbone(view) for view in batch.views[:2])  # (N, D)
        z1, z2 = all_rows(self.projector(h1)), all_rows(self.projector(h2))  # (N, P)
        invariance, redundancy, _ = cross_correlation(z1, z2)
        loss = self.config.scale * (invariance + self.config.redundancy * redundancy)
        terms = {"invariance": invariance, "redundancy": self.config.redundancy * redundancy}
        return Out(loss, features=torch.cat([h1, h2]), embedding=torch.cat([z1, z2]), views=2, terms=terms)

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """The first 64 dimensions of the cross-correlation matrix: blue is -1, near-white 0, red 1; the goal is the identity."""
        z = self.projector(self.backbone(torch.cat(batch.views[:2])))
        c = cross_correlation(*z.chunk(2)).correlation[:64, :64]
        return {"cross-correlation": matrix(c)}


METHOD = BarlowTwins
