"""SimCLR: two views of an image are positives, all views of other images in the batch are negatives."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from engine.backbones.backbone import Backbone
from engine.config.part import setting
from engine.distributed.rows import all_rows
from engine.heads.mlp import mlp
from engine.losses.nt_xent import nt_xent
from engine.method import Batch, Method, MethodConfig, Out, Progress, Views
from engine.pictures.matrix import similarity


class SimCLRConfig(MethodConfig):
    """Hyper-parameters of SimCLR."""

    temperature: float = setting(
        0.2,
        "Softmax temperature tau, Eq. 1. Small values weight only the hardest negatives, large ones weight all equally; "
        "the paper finds .5 best on CIFAR-10 after long training, .1 on ImageNet.",
        gt=0,
        le=5,
    )
    hidden_dim: int = setting(512, "Width of the projection head g; the paper takes the backbone's.", ge=1, le=16384)
    out_dim: int = setting(
        128, "Size of z, on which the contrast acts; 128 in the paper, and it hardly matters (Fig. 8).", ge=1, le=16384
    )


class SimCLR(Method[SimCLRConfig]):
    """Chen et al., A Simple Framework for Contrastive Learning of Visual Representations, ICML 2020 (2002.05709).

    The encoder and a projection head g are trained with NT-Xent (Eq. 1) on the output z of the head; the features h before the head
    are evaluated. Followed where the paper leaves it open: the official code, with batch normalisation after both layers of the
    head. Different from the paper: AdamW, there LARS."""

    Config = SimCLRConfig
    views = Views(2, 2, one_size=True)
    compares_images = True
    recipe = {"views": {"preset": "simclr"}}

    def __init__(self, config: SimCLRConfig, backbone: Backbone) -> None:
        super().__init__(config, backbone)
        self.projector = mlp(backbone.dim, config.hidden_dim, config.out_dim, last_norm=True)

    def forward(self, batch: Batch, at: Progress) -> Out:
        """Two views through one network; each view has 2N - 1 candidates (Eq. 1)."""
        h = self.backbone(torch.cat(batch.views[:2]))  # (2N, D)
        z = all_rows(self.projector(h), views=2)  # (2N, P)
        z1, z2 = z.chunk(2)
        per_image = nt_xent(z1, z2, self.config.temperature)  # (N,), Eq. 1
        return Out(per_image.mean(), features=h, embedding=z, views=2, per_image=per_image)

    def chance(self, batch_size: int) -> float:
        """ln(2N - 1)."""
        return math.log(2 * batch_size - 1)

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """Cosines of view 1 (rows) and view 2 (columns) of every image, the positives on the diagonal."""
        z = self.projector(self.backbone(torch.cat(batch.views[:2])))
        return {"similarity": similarity(*z.chunk(2))}


METHOD = SimCLR
