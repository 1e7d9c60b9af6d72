"""DCL: the loss of SimCLR without the positive in the denominator."""

from __future__ import annotations

import math
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.backbones.backbone import Backbone
from engine.config.part import setting
from engine.distributed.rows import all_rows
from engine.heads.mlp import mlp
from engine.losses.candidates import candidates, in_place, partners
from engine.losses.decoupled import coupling, decoupled, von_mises_fisher_weight
from engine.method import Batch, Method, MethodConfig, Out, Progress, Views
from engine.pictures.matrix import similarity, weights


class DCLConfig(MethodConfig):
    """Hyper-parameters of DCL."""

    temperature: float = setting(
        0.2,
        "Softmax temperature tau. Small values weight only the nearest negatives, large ones weight all equally. Here as in "
        "SimCLR, so that the two differ only in the loss; .1 in common implementations.",
        gt=0,
        le=5,
    )
    weighting: Literal["none", "von_mises_fisher"] = setting(
        "none",
        "With none it is DCL: all positive pairs have the same weight. With von_mises_fisher it is DCLW: less similar pairs "
        "have a larger weight, similar ones a smaller one.",
    )
    sigma: float = setting(
        0.5,
        "How evenly DCLW weights the pairs; .5 in the paper. Small values leave the nearest pairs out or even push them apart, "
        "large ones come back to DCL. Without effect where weighting is none.",
        gt=0,
        le=100,
    )
    hidden_dim: int = setting(512, "Width of the projection head's hidden layer, as in SimCLR.", ge=1, le=16384)
    out_dim: int = setting(128, "Size of z, on which the contrast acts; 128 in the paper.", ge=1, le=16384)


class DCL(Method[DCLConfig]):
    """Yeh et al., Decoupled Contrastive Learning, ECCV 2022 (2110.06848).

    The gradient of NT-Xent has a factor of 1 - p, where p is the softmax probability of the positive: it is small for small batches
    with easy positives. Without the positive in the denominator the factor is 1. Everything except the loss is as in SimCLR. The
    weight of DCLW has no gradient, as in lightly; the paper does not specify this. FlatNCE (2107.01152) has the same gradient."""

    Config = DCLConfig
    views = Views(2, 2, one_size=True)
    compares_images = True
    recipe = {"views": {"preset": "simclr"}}

    def __init__(self, config: DCLConfig, backbone: Backbone) -> None:
        super().__init__(config, backbone)
        self.projector = mlp(backbone.dim, config.hidden_dim, config.out_dim, last_norm=True)

    def forward(self, batch: Batch, at: Progress) -> Out:
        """Two views through one network; each view has one positive and 2N - 2 negatives (Eq. 6)."""
        tau = self.config.temperature
        h = self.backbone(torch.cat(batch.views[:2]))  # (2N, D)
        z = all_rows(self.projector(h), views=2)  # (2N, P)
        z1, z2 = z.chunk(2)
        positive, negative = candidates(z1, z2, tau)  # (2N,), (2N, 2N - 2)
        weighted = self.config.weighting == "von_mises_fisher"
        weight = von_mises_fisher_weight(positive * tau, self.config.sigma) if weighted else None
        per_image = decoupled(positive, negative, weight)  # (N,), Eq. 6
        terms = {"coupling": coupling(positive, negative).mean().detach()}
        return Out(per_image.mean(), features=h, embedding=z, views=2, terms=terms, per_image=per_image)

    def chance(self, batch_size: int) -> float:
        """ln(2N - 2): one fewer than in NT-Xent."""
        return math.log(2 * batch_size - 2)

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """`similarity`: cosines of view 1 (rows) and view 2 (columns). `push`: the weight of each view (column) in the gradient of
        each other view (row), positives framed; every row sums to 1 for any similarity of the positive, which is the
        decoupling."""
        z1, z2 = self.projector(self.backbone(torch.cat(batch.views[:2]))).chunk(2)
        share = F.softmax(candidates(z1, z2, self.config.temperature).negative, dim=1)
        return {"similarity": similarity(z1, z2), "push": weights(in_place(share), partners(len(z1), z1.device))}


METHOD = DCL
