"""FlatNCE: a contrast that is 1 by value and whose gradient does not fade as the positive wins."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.backbones.backbone import Backbone
from engine.config.part import setting
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

    The objective exp(v - stopgrad(v)) is 1 at every step. As in the official code the curve shows InfoNCE's value instead, with
    FlatNCE's gradient; `contrast` is v. All but the loss is SimCLR, with its normalisation in the head. The gradient is that of
    DCL (2110.06848): two papers, one update, by two roads."""

    Config = FlatNCEConfig
    views = Views(2, 2, one_size=True)
    compares_images = True
    recipe = {"views": {"preset": "simclr"}}

    def __init__(self, config: FlatNCEConfig, backbone: Backbone) -> None:
        super().__init__(config, backbone)
        self.projector = mlp(backbone.dim, config.hidden_dim, config.out_dim, last_norm=True)

    def forward(self, batch: Batch, at: Progress) -> Out:
        """Two views, one network; every negative against the positive."""
        h = self.backbone(torch.cat(batch.views[:2]))  # (2N, D)
        z = self.projector(h)  # (2N, P)
        z1, z2 = z.chunk(2)
        flat = flat_nce(*candidates(z1, z2, self.config.temperature))
        per_image = flat.loss - 1.0 + flat.info_nce  # (N,)
        terms = {"contrast": flat.contrast, "effective negatives": flat.effective}
        return Out(per_image.mean(), features=h, embedding=z, views=2, terms=terms, per_image=per_image)

    def chance(self, batch_size: int) -> float:
        """ln(2N - 1), of the InfoNCE that is shown."""
        return math.log(2 * batch_size - 1)

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """The similarity of view 1, down, and view 2, across. The self-normalised weights with which each view, a row, pushes the
        others: red is heaviest, partners are framed."""
        z1, z2 = self.projector(self.backbone(torch.cat(batch.views[:2]))).chunk(2)
        share = F.softmax(candidates(z1, z2, self.config.temperature).negative, dim=1)
        return {"similarity": similarity(z1, z2), "push": weights(in_place(share), partners(len(z1), z1.device))}


METHOD = FlatNCE
