"""Debiased contrastive learning: a correction for negatives of the same, unknown class as the anchor."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from engine.backbones.backbone import Backbone
from engine.config.part import setting
from engine.distributed.rows import all_rows
from engine.heads.mlp import mlp
from engine.losses.candidates import candidates, in_place, partners
from engine.losses.debiased_nt_xent import debiased, push
from engine.method import Batch, Method, MethodConfig, Out, Progress, Views
from engine.pictures.matrix import similarity, weights


class DebiasedConfig(MethodConfig):
    """Hyper-parameters of debiased contrastive learning."""

    temperature: float = setting(
        0.5,
        "Softmax temperature tau; .5 in the paper. With smaller ones lower tau_plus as well: the correction is sound while "
        "tau_plus is below about e^(-1/tau) (.14 at .5, .007 at .2); beyond, the estimate rests on its floor and negatives push "
        "no more.",
        gt=0,
        le=5,
    )
    tau_plus: float = setting(
        0.1,
        "Assumed share of negatives of the anchor's own class, the one to try first: 1 / classes for balanced classes, .1 in the "
        "paper. 0 is SimCLR exactly; too large takes all push away (watch `at the floor`).",
        ge=0,
        le=0.9,
    )
    hidden_dim: int = setting(512, "Width of the projection head's hidden layer; 512 in the official code.", ge=1, le=16384)
    out_dim: int = setting(128, "Size of z, on which the contrast acts; 128 in the official code.", ge=1, le=16384)


class Debiased(Method[DebiasedConfig]):
    """Chuang et al., Debiased Contrastive Learning, NeurIPS 2020 (2007.00224).

    As in the official code, the estimator has M = 1 positive. Everything except the loss is as in SimCLR, with batch normalisation
    in the head."""

    Config = DebiasedConfig
    views = Views(2, 2, one_size=True)
    compares_images = True
    recipe = {"views": {"preset": "simclr"}}

    def __init__(self, config: DebiasedConfig, backbone: Backbone) -> None:
        super().__init__(config, backbone)
        self.projector = mlp(backbone.dim, config.hidden_dim, config.out_dim, last_norm=True)

    def forward(self, batch: Batch, at: Progress) -> Out:
        """Two views through one network; the sum over 2N - 2 negatives is corrected for those of the anchor's class (Eq. 7, 8)."""
        h = self.backbone(torch.cat(batch.views[:2]))  # (2N, D)
        z = all_rows(self.projector(h), views=2)  # (2N, P)
        tau = self.config.temperature
        z1, z2 = z.chunk(2)
        positive, negative = candidates(z1, z2, tau)  # (2N,), (2N, 2N - 2)
        result = debiased(positive, negative, tau, self.config.tau_plus)  # Eq. 7, 8
        terms = {"at the floor": result.floored.float().mean()}
        return Out(result.loss.mean(), features=h, embedding=z, views=2, terms=terms, per_image=result.loss)

    def chance(self, batch_size: int) -> float:
        """ln(2N - 1): for identical embeddings the correction is 0."""
        return math.log(2 * batch_size - 1)

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """`similarity`: cosines of view 1 (rows) and view 2 (columns). `push`: the gradient of each view (row) for each negative
        (column), positives framed; a white row is one whose estimate is clamped to its lower bound."""
        z1, z2 = self.projector(self.backbone(torch.cat(batch.views[:2]))).chunk(2)
        if len(z1) < 2:  # one image has no negatives
            return {"similarity": similarity(z1, z2)}
        tau = self.config.temperature
        positive, negative = candidates(z1, z2, tau)
        force = push(positive, negative, tau, self.config.tau_plus)
        return {"similarity": similarity(z1, z2), "push": weights(in_place(force), partners(len(z1), z1.device))}


METHOD = Debiased
