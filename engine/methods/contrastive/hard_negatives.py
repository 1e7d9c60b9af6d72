"""Contrastive learning with hard negatives: more similar negatives have a larger weight."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from engine.backbones.backbone import Backbone
from engine.config.part import setting
from engine.distributed.rows import all_rows
from engine.heads.mlp import mlp
from engine.losses.candidates import candidates, in_place, partners
from engine.losses.debiased_nt_xent import debiased, hardness
from engine.method import Batch, Method, MethodConfig, Out, Progress, Views
from engine.pictures.matrix import similarity, weights


class HardNegativesConfig(MethodConfig):
    """Hyper-parameters of contrastive learning with hard negatives."""

    temperature: float = setting(
        0.5,
        "Softmax temperature tau; .5 in the paper. beta multiplies cosine / tau, so that a smaller tau makes the weights harder "
        "too.",
        gt=0,
        le=5,
    )
    beta: float = setting(
        1.0,
        "Hardness of the negatives, the one to try first: .5 to 2 in the paper, 1 best on STL-10 (official code). 0 weights all "
        "alike and is the debiased contrast; very large leaves the single nearest negative, which is often of the same class.",
        ge=0,
        le=50,
    )
    tau_plus: float = setting(
        0.1,
        "Assumed share of negatives of the anchor's own class; .1 in the paper. Hard negatives hold more of them, so that the "
        "correction matters more here; 0 leaves it out, and with beta 0 is SimCLR exactly.",
        ge=0,
        le=0.9,
    )
    hidden_dim: int = setting(512, "Width of the projection head's hidden layer, as in the debiased contrast.", ge=1, le=16384)
    out_dim: int = setting(128, "Size of z, on which the contrast acts; 128 in the official code.", ge=1, le=16384)


class HardNegatives(Method[HardNegativesConfig]):
    """Robinson et al., Contrastive Learning with Hard Negative Samples, ICLR 2021 (2010.04592).

    The weights are e^(beta s) over their mean, as in the paper and the official code. Followed where the paper leaves it open: the
    code, where s = cosine / tau and the weights have a gradient. Everything except the loss is as in SimCLR, with batch
    normalisation in the head."""

    Config = HardNegativesConfig
    views = Views(2, 2, one_size=True)
    compares_images = True
    recipe = {"views": {"preset": "simclr"}}

    def __init__(self, config: HardNegativesConfig, backbone: Backbone) -> None:
        super().__init__(config, backbone)
        self.projector = mlp(backbone.dim, config.hidden_dim, config.out_dim, last_norm=True)

    def forward(self, batch: Batch, at: Progress) -> Out:
        """Two views through one network; 2N - 2 negatives weighted by their hardness, with the debiased estimator."""
        h = self.backbone(torch.cat(batch.views[:2]))  # (2N, D)
        z = all_rows(self.projector(h), views=2)  # (2N, P)
        tau = self.config.temperature
        z1, z2 = z.chunk(2)
        positive, negative = candidates(z1, z2, tau)  # (2N,), (2N, 2N - 2)
        weight = hardness(negative, self.config.beta)
        result = debiased(positive, negative, tau, self.config.tau_plus, weight)
        terms = {"largest weight": weight.detach().amax(1).mean(), "at the floor": result.floored.float().mean()}
        return Out(result.loss.mean(), features=h, embedding=z, views=2, terms=terms, per_image=result.loss)

    def chance(self, batch_size: int) -> float:
        """ln(2N - 1): identical embeddings have equal weights."""
        return math.log(2 * batch_size - 1)

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """`similarity`: cosines of view 1 (rows) and view 2 (columns). `weights`: the weight of each negative (column) for each
        view (row); red is the largest, positives framed."""
        z1, z2 = self.projector(self.backbone(torch.cat(batch.views[:2]))).chunk(2)
        if len(z1) < 2:  # one image has no negatives
            return {"similarity": similarity(z1, z2)}
        weight = hardness(candidates(z1, z2, self.config.temperature).negative, self.config.beta)
        return {"similarity": similarity(z1, z2), "weights": weights(in_place(weight), partners(len(z1), z1.device))}


METHOD = HardNegatives
