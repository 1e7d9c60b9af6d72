"""BYOL: predict the output of a momentum encoder for another view, without negatives."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from engine.backbones.backbone import Backbone
from engine.config.part import setting
from engine.heads.mlp import mlp
from engine.losses.regression import normalised_mse
from engine.memory.teacher import cosine_momentum, follow, frozen_copy
from engine.method import Batch, Method, MethodConfig, Out, Progress, Views
from engine.pictures.matrix import similarity


class BYOLConfig(MethodConfig):
    """Hyper-parameters of BYOL."""

    momentum: float = setting(
        0.99,
        "Where the target's momentum starts; it rises to 1 along a cosine. .996 in the paper's long runs, less for short ones. 1 "
        "never updates the target, with 0 it is the online network: both fail (Table 5a).",
        ge=0,
        le=1,
    )
    hidden_dim: int = setting(512, "Width of projector and predictor; 4,096 in the paper.", ge=1, le=16384)
    out_dim: int = setting(128, "Size of projection and prediction; 256 in the paper.", ge=1, le=16384)


class BYOL(Method[BYOLConfig]):
    """Grill et al., Bootstrap Your Own Latent: A New Approach to Self-Supervised Learning, NeurIPS 2020 (2006.07733).

    An online network (backbone, projector, predictor) predicts the projection of the other view by a target network, an exponential
    moving average of the online one without predictor. Differences from the paper: crops are resized bilinearly, there bicubically;
    the optimiser is SGD, there LARS."""

    Config = BYOLConfig
    views = Views(2, 2)
    # In short runs of a small encoder SGD gave a higher kNN accuracy than AdamW (the paper uses LARS). There are no negatives, for
    # which a large batch would matter, so that more steps with smaller batches are better.
    recipe = {
        "views": {"preset": "byol"},
        "optim": {"name": "sgd", "lr": 0.2, "weight_decay": 5e-4},
        "train": {"batch": 128},
    }

    def __init__(self, config: BYOLConfig, backbone: Backbone) -> None:
        super().__init__(config, backbone)
        self.projector = mlp(backbone.dim, config.hidden_dim, config.out_dim)
        self.predictor = mlp(config.out_dim, config.hidden_dim, config.out_dim)
        self.target = frozen_copy(nn.Sequential(backbone, self.projector))

    def forward(self, batch: Batch, at: Progress) -> Out:
        """Each view predicts the target of the other (Eq. 2, made symmetric)."""
        v1, v2 = batch.views[:2]
        h1, h2 = self.backbone(v1), self.backbone(v2)  # (N, D)
        z1, z2 = self.projector(h1), self.projector(h2)  # (N, P)
        with torch.no_grad():
            t1, t2 = self.target(v1), self.target(v2)
        per_image = normalised_mse(self.predictor(z1), t2) + normalised_mse(self.predictor(z2), t1)  # (N,)
        return Out(per_image.mean(), features=torch.cat([h1, h2]), embedding=torch.cat([z1, z2]), views=2, per_image=per_image)

    def after_step(self, at: Progress, *outs: Out) -> None:
        """Momentum update of the target network; the momentum rises to 1 (Sec. 3.3)."""
        online = nn.Sequential(self.backbone, self.projector)
        follow(self.target, online, cosine_momentum(self.config.momentum, at.fraction))

    def chance(self, batch_size: int) -> float:
        """4: a squared distance of 2 for orthogonal unit vectors, in both directions."""
        return 4.0

    def teachers(self) -> list[nn.Module]:
        """The target network."""
        return [self.target]

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """Cosines of predictions (rows) and targets (columns); the loss uses the diagonal only."""
        p = self.predictor(self.projector(self.backbone(batch.views[0])))
        return {"similarity": similarity(p, self.target(batch.views[1]))}


METHOD = BYOL
