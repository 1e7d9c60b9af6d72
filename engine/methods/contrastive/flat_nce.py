"""FlatNCE: a contrastive loss with a constant value, whose gradient does not vanish for similar positives."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.backbones.backbone import Backbone
from engine.config.part import setting
from engine.distributed.rows import all_rows
from engine.heads.mlp import mlp
from engine.losses.candidates import candidates, in_place, partners
from engine.losses.decoupled import flat_nce
from engine.method import Batch, Method, MethodConfig, Out, Progress, Views
from engine.pictures.matrix import similarity, weights


class FlatNCEConfig(MethodConfig):
    """Hyper-parameters of FlatNCE."""

    temperature: float = setting(
        0.2,
        "Softmax temperature tau, the one to try first. Small values leave the gradient to a few negatives (watch `effective "
        "negatives`), large ones spread it over all; .1 in the official code, here as in SimCLR.",
        gt=0,
        le=5,
    )
    hidden_dim: int = setting(512, "Width of the projection head's hidden layer, as in SimCLR.", ge=1, le=16384)
    out_dim: int = setting(128, "Size of z, on which the contrast acts; 128 in the official code.", ge=1, le=16384)


class FlatNCE(Method[FlatNCEConfig]):
    """Chen et al., Simpler, Faster, Stronger: Breaking the log-K Curse on Contrastive Learners with FlatNCE, 2021 (2107.01152).

    The objective exp(v - stopgrad(v)) has the value 1 at every step. As in the official code, the reported loss has the value of
    InfoNCE and the gradient of FlatNCE; the term `contrast` is v. Everything except the loss is as in SimCLR, with batch
    normalisation in the head. The gradient is the same as that of DCL (2110.06848)."""

    Config = FlatNCEConfig
    views = Views(2, 2, one_size=True)
    compares_images = True
    recipe = {"views": {"preset": "simclr"}}

    def __init__(self, config: FlatNCEConfig, backbone: Backbone) -> None:
        super().__init__(config, backbone)
        self.projector = mlp(backbone.dim, config.hidden_dim, config.out_dim, last_norm=True)

    def forward(self, batch: Batch, at: Progress) -> Out:
        """Two views through one network; each view has one positive and 2N - 2 negatives."""
        h = self.backbone(torch.cat(batch.views[:2]))  # (2N, D)
        z = all_rows(self.projector(h), views=2)  # (2N, P)
        z1, z2 = z.chunk(2)
        flat = flat_nce(*candidates(z1, z2, self.config.temperature))
        per_image = flat.loss - 1.0 + flat.info_nce  # (N,)
        terms = {"contrast": flat.contrast, "effective negatives": flat.effective}
        return Out(per_image.mean(), features=h, embedding=z, views=2, terms=terms, per_image=per_image)

    def chance(self, batch_size: int) -> float:
        """ln(2N - 1), of the reported InfoNCE."""
        return math.log(2 * batch_size - 1)

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """`similarity`: cosines of view 1 (rows) and view 2 (columns). `push`: the self-normalised weight of each view (column) in
        the gradient of each other view (row), positives framed."""
        z1, z2 = self.projector(self.backbone(torch.cat(batch.views[:2]))).chunk(2)
        share = F.softmax(candidates(z1, z2, self.config.temperature).negative, dim=1)
        return {"similarity": similarity(z1, z2), "push": weights(in_place(share), partners(len(z1), z1.device))}


METHOD = FlatNCE
