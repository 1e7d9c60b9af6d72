"""SimSiam: predict one view from the other, with a stop-gradient in place of a momentum encoder."""

from __future__ import annotations

import torch
from torch import Tensor

from engine.backbones.backbone import Backbone
from engine.config.part import setting
from engine.heads.mlp import mlp
from engine.losses.regression import negative_cosine
from engine.method import Batch, Method, MethodConfig, Out, ParameterGroup, Progress, Views
from engine.pictures.matrix import similarity


class SimSiamConfig(MethodConfig):
    """Hyper-parameters of SimSiam."""

    out_dim: int = setting(512, "Width of the projector's three layers and size of z; 2,048 in the paper.", ge=1, le=16384)
    predictor_dim: int = setting(128, "Width of the predictor's bottleneck, a quarter of z in the paper.", ge=1, le=16384)
    stop_gradient: bool = setting(
        True, "Stop the gradient on the side of the target. Without it the network collapses at once (Fig. 2)."
    )


class SimSiam(Method[SimSiamConfig]):
    """Chen and He, Exploring Simple Siamese Representation Learning, CVPR 2021 (2011.10566).

    Both views pass through one encoder; a predictor on one side is trained towards the other side, which has a stop-gradient
    (Alg. 1). Followed where the paper leaves it open: the official code, whose projector ends in a batch normalisation without
    scale and shift. Different from the paper: AdamW, there SGD with a learning rate of .05 times batch / 256, a momentum of .9 and
    a weight decay of 1e-4; blur also for small images, which the paper's CIFAR-10 runs do not use."""

    Config = SimSiamConfig
    views = Views(2, 2)
    recipe = {"views": {"preset": "moco_v2"}}

    def __init__(self, config: SimSiamConfig, backbone: Backbone) -> None:
        super().__init__(config, backbone)
        width = config.out_dim
        # The last normalisation of the projector has no scale and shift, as in the official code.
        self.projector = mlp(backbone.dim, width, width, width, last_norm=True, last_affine=False)
        self.predictor = mlp(width, config.predictor_dim, width)

    def forward(self, batch: Batch, at: Progress) -> Out:
        """D(p1, stopgrad(z2)) / 2 + D(p2, stopgrad(z1)) / 2 (Eq. 4)."""
        h1, h2 = (self.backbone(view) for view in batch.views[:2])  # (N, D)
        z1, z2 = self.projector(h1), self.projector(h2)  # (N, P)
        t1, t2 = (z1.detach(), z2.detach()) if self.config.stop_gradient else (z1, z2)
        per_image = (negative_cosine(self.predictor(z1), t2) + negative_cosine(self.predictor(z2), t1)) / 2  # (N,)
        return Out(per_image.mean(), features=torch.cat([h1, h2]), embedding=torch.cat([z1, z2]), views=2, per_image=per_image)

    def parameter_groups(self) -> list[ParameterGroup]:
        """The predictor's learning rate stays at its peak (Sec. 4.2)."""
        encoder = [*self.backbone.parameters(), *self.projector.parameters()]
        return [ParameterGroup(encoder), ParameterGroup(list(self.predictor.parameters()), fixed_lr=True)]

    def chance(self, batch_size: int) -> float:
        """0: the cosine of orthogonal vectors."""
        return 0.0

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """Cosines of predictions (rows) and targets (columns); the loss uses the diagonal only."""
        p = self.predictor(self.projector(self.backbone(batch.views[0])))
        return {"similarity": similarity(p, self.projector(self.backbone(batch.views[1])))}


METHOD = SimSiam
