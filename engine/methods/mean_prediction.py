"""The common part of LeJEPA and VISReg: all views predict the mean embedding of the global ones, and a regulariser on random
directions keeps the embeddings apart."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor
from typing_extensions import TypeVar

from engine.backbones.backbone import Backbone
from engine.config.part import setting
from engine.distributed.rows import all_rows
from engine.heads.mlp import mlp
from engine.losses.sigreg import draw_directions
from engine.method import Batch, Method, MethodConfig, Out, Progress, Views

SAMPLE = 512  # images in a picture of the distribution


class MeanPredictionConfig(MethodConfig):
    """Hyper-parameters of both methods; a subclass overrides defaults and help."""

    weight: float = setting(
        0.05, "Weight lambda of the regulariser, 1 - lambda that of the prediction.", ge=0, le=1, title="lambda"
    )
    slices: int = setting(256, "Random directions on which the embeddings are projected.", ge=1, le=16384)
    hidden_dim: int = setting(512, "Width of the projector; 2,048 in the official codes.", ge=1, le=16384)
    out_dim: int = setting(64, "Size of the embedding.", ge=1, le=16384)


C = TypeVar("C", bound=MeanPredictionConfig, covariant=True, default=MeanPredictionConfig)


class MeanPrediction(Method[C]):
    """(1 - lambda) * prediction + lambda * regulariser, without teacher, stop-gradient and schedule.

    Any number of views: global ones only, or also local ones, which predict and are not predicted. A subclass gives the
    `regulariser`."""

    views = Views(1, None, local=True, one_size=True, together=2)
    compares_images = True

    def __init__(self, config: C, backbone: Backbone) -> None:
        super().__init__(config, backbone)
        self.projector = mlp(backbone.dim, config.hidden_dim, config.hidden_dim, config.out_dim)
        self.sample: Tensor | None = None

    def setup_data(self, images: Tensor, labels: Tensor) -> None:
        """Select the images of the pictures of the distribution."""
        self.sample = images[:: -(-len(images) // SAMPLE)]

    def regulariser(self, z: Tensor, directions: Tensor) -> tuple[Tensor, Mapping[str, Tensor]]:
        """The scalar by which embeddings z (views, N, P) miss their distribution on `directions` (P, M), and its terms by name."""
        raise NotImplementedError

    def forward(self, batch: Batch, at: Progress) -> Out:
        """Every view predicts the mean embedding of the global views, through which the gradient flows, too."""
        seen, every = len(batch.views), len(batch.views) + len(batch.local)
        h = self.backbone(torch.cat(batch.views))  # (V N, D)
        h_local = [self.backbone(torch.cat(batch.local))] if batch.local else []
        z = all_rows(self.projector(torch.cat([h, *h_local])).float(), every).unflatten(0, (every, -1))  # (all views, N, P)
        centre = z[:seen].mean(0)  # (N, P)
        prediction = (z - centre).square().mean()
        directions = draw_directions(z.shape[-1], self.config.slices, batch.generator)  # the same for every view
        regulariser, terms = self.regulariser(z, directions)
        weight = self.config.weight
        loss = (1.0 - weight) * prediction + weight * regulariser
        return Out(loss, h, z[:seen].flatten(0, 1), views=seen, terms={"prediction": prediction, **terms})

    def both_views(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Embeddings (n, P) of the first and of the last global view, for pictures."""
        first, last = self.projector(self.backbone(torch.cat([batch.views[0], batch.views[-1]]))).chunk(2)
        return first, last

    def embedded_sample(self, batch: Batch) -> Tensor:
        """Embeddings (M, P) of up to 512 training images, of the batch's first views where there are no stored images."""
        images = batch.views[0]
        if self.sample is not None and batch.stored is not None:
            images = batch.normalised(batch.stored(self.sample))
        z: Tensor = self.projector(self.backbone(images)).float()
        return z
