"""MoCo v3: contrast the prediction from one view with the momentum encoder's keys of the other view, in the batch."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from engine.backbones.backbone import Backbone
from engine.backbones.vit import VisionTransformer
from engine.config.part import setting
from engine.distributed.rows import all_rows
from engine.heads.mlp import mlp
from engine.losses.in_batch import in_batch_logits, in_batch_nce
from engine.memory.teacher import cosine_momentum, follow, frozen_copy
from engine.method import Batch, Method, MethodConfig, Out, Progress, Views
from engine.pictures.matrix import similarity


class MoCoV3Config(MethodConfig):
    """Hyper-parameters of MoCo v3."""

    temperature: float = setting(
        0.2,
        "Softmax temperature tau, Eq. 1; .2 for ViTs in the paper, 1 for a ResNet-50 in the official code. Small values weight "
        "only the nearest negatives. Try this first.",
        gt=0,
        le=5,
    )
    momentum: float = setting(
        0.99,
        "Where the key encoder's momentum starts; it rises to 1 along a cosine. .99 in the paper. 1 never moves the key encoder, 0 "
        "makes it the query encoder.",
        ge=0,
        le=1,
    )
    freeze_patch: bool = setting(
        True,
        "Freeze the initial patch projection of a ViT: training it makes large ViTs unstable (Sec. 4.2). No effect for a "
        "convolutional network.",
    )
    hidden_dim: int = setting(512, "Width of projector and predictor; 4,096 in the paper.", ge=1, le=16384)
    out_dim: int = setting(128, "Size of queries and keys; 256 in the paper.", ge=1, le=16384)


class MoCoV3(Method[MoCoV3Config]):
    """Chen, Xie and He, An Empirical Study of Training Self-Supervised Vision Transformers, ICCV 2021 (2104.02057).

    For every encoder the heads are the paper's for a ViT (Sec. 5): three and two layers, each with batch normalisation, the last
    one without scale and shift as in the official code. For a ResNet that code has a projector of two layers, and no normalisation
    at the end of the predictor. As in the code, a ViT has fixed sine-cosine position embeddings. Different from it: linear layers
    are initialised by `backbone.init`, there by Xavier's uniform distribution with queries, keys and values as separate layers."""

    Config = MoCoV3Config
    views = Views(2, 2)
    compares_images = True
    recipe = {"views": {"preset": "byol"}}

    def __init__(self, config: MoCoV3Config, backbone: Backbone) -> None:
        super().__init__(config, backbone)
        hidden, out = config.hidden_dim, config.out_dim
        if isinstance(backbone, VisionTransformer):
            backbone.fix_positions()
            backbone.patch_embed.requires_grad_(not config.freeze_patch)
        self.projector = mlp(backbone.dim, hidden, hidden, out, last_norm=True, last_affine=False)
        self.predictor = mlp(out, hidden, out, last_norm=True, last_affine=False)
        self.key = frozen_copy(nn.Sequential(backbone, self.projector))

    def forward(self, batch: Batch, at: Progress) -> Out:
        """The query of each view against the keys of the other view (Alg. 1)."""
        v1, v2 = batch.views[:2]
        h1, h2 = self.backbone(v1), self.backbone(v2)  # (N, D)
        z1, z2 = self.projector(h1), self.projector(h2)  # (N, P)
        with torch.no_grad():
            k1, k2 = self.key(v1), self.key(v2)  # (N, P)
        tau = self.config.temperature
        logits = [in_batch_logits(all_rows(self.predictor(z)), all_rows(k), tau) for z, k in ((z1, k2), (z2, k1))]  # two of (N, N)
        # The factor 2 tau (Alg. 1) compensates the 1 / tau of the gradient, so that one learning rate fits all temperatures.
        per_image = 2.0 * tau * (in_batch_nce(logits[0]) + in_batch_nce(logits[1]))  # (N,)
        return Out(per_image.mean(), features=torch.cat([h1, h2]), embedding=torch.cat([z1, z2]), views=2, per_image=per_image)

    def after_step(self, at: Progress, *outs: Out) -> None:
        """Momentum update of the key encoder; the momentum rises to 1."""
        follow(self.key, nn.Sequential(self.backbone, self.projector), cosine_momentum(self.config.momentum, at.fraction))

    def chance(self, batch_size: int) -> float:
        """2 tau ln N in each of the two directions."""
        return 4.0 * self.config.temperature * math.log(batch_size)

    def teachers(self) -> list[nn.Module]:
        """The key encoder."""
        return [self.key]

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """Cosines of queries (rows) and keys (columns): the positives on the diagonal, the rest of a row are its negatives."""
        q = self.predictor(self.projector(self.backbone(batch.views[0])))
        return {"similarity": similarity(q, self.key(batch.views[1]))}


METHOD = MoCoV3
