"""LeJEPA: every view predicts the mean of the global views, and embeddings are regularised towards a standard normal (SIGReg)."""

from __future__ import annotations

import torch
from torch import Tensor

from engine.backbones.backbone import Backbone
from engine.config.part import setting
from engine.distributed.rows import all_rows
from engine.heads.mlp import mlp
from engine.losses.sigreg import draw_directions, sigreg
from engine.method import Batch, Method, MethodConfig, Out, Progress, Views
from engine.pictures.bars import histograms
from engine.pictures.matrix import similarity

SHOWN = 8  # directions in the picture
SAMPLE = 512  # images in a histogram


class LeJEPAConfig(MethodConfig):
    """Hyper-parameters of LeJEPA."""

    weight: float = setting(
        0.05,
        "Weight lambda of SIGReg, 1 - lambda that of the prediction; the method's one trade-off, .05 in the paper, .02 in its "
        "minimal code. With 0 all embeddings collapse, with 1 the views are not compared. Try this first.",
        ge=0,
        le=1,
        title="lambda",
    )
    slices: int = setting(
        256,
        "Random directions on which the embeddings are projected, new ones at each step; 1,024 in the paper, 256 in its minimal "
        "code. Few are enough, because they change at each step (Sec. 4.3); many take more time.",
        ge=1,
        le=16384,
    )
    hidden_dim: int = setting(512, "Width of the projector; 2,048 in the minimal code.", ge=1, le=16384)
    out_dim: int = setting(
        64,
        "Size of the embedding; 64 to 1,024 in the paper, 16 in the minimal code. Keep it below the batch size.",
        ge=1,
        le=16384,
    )


class LeJEPA(Method[LeJEPAConfig]):
    """Balestriero and LeCun, LeJEPA: Provable and Scalable Self-Supervised Learning Without the Heuristics, 2025 (2511.08544).

    There is no teacher, no stop-gradient and no schedule. Where text and Algorithm 2 differ, the algorithm is followed: the squared
    distance is a mean over dimensions, in the text a sum. Where paper and official package differ, the paper is followed: the
    integral of Algorithm 1 has 17 points over [-5, 5], the package's 17 over [0, 3], doubled. Any number of views: global ones
    only, as in the paper for a ResNet, or also local ones (preset `lejepa`)."""

    Config = LeJEPAConfig
    views = Views(1, None, local=True, one_size=True, together=2)
    compares_images = True
    recipe = {"views": {"preset": "simclr"}}

    def __init__(self, config: LeJEPAConfig, backbone: Backbone) -> None:
        super().__init__(config, backbone)
        self.projector = mlp(backbone.dim, config.hidden_dim, config.hidden_dim, config.out_dim)
        self.sample: Tensor | None = None

    def setup_data(self, images: Tensor, labels: Tensor) -> None:
        """Select the images of the `projections` picture."""
        self.sample = images[:: -(-len(images) // SAMPLE)]

    def forward(self, batch: Batch, at: Progress) -> Out:
        """Algorithm 2."""
        seen, every = len(batch.views), len(batch.views) + len(batch.local)
        h = self.backbone(torch.cat(batch.views))  # (V N, D)
        h_local = [self.backbone(torch.cat(batch.local))] if batch.local else []
        z = all_rows(self.projector(torch.cat([h, *h_local])).float(), every).unflatten(0, (every, -1))  # (all views, N, P)
        centre = z[:seen].mean(0)  # (N, P)
        prediction = (z - centre).square().mean()
        directions = draw_directions(z.shape[-1], self.config.slices, batch.generator)  # the same for every view
        normality = torch.stack([sigreg(view, directions) for view in z]).mean()
        weight = self.config.weight
        loss = (1.0 - weight) * prediction + weight * normality
        terms = {"prediction": prediction, "sigreg": normality}
        return Out(loss, h, z[:seen].flatten(0, 1), views=seen, terms=terms)

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """`projections`: histograms of up to 512 training images on eight random directions, with the density of the standard
        normal in green, the target of SIGReg. `similarity`: cosines of view 1 (rows) and view 2 (columns)."""
        z = self.projector(self.backbone(torch.cat([batch.views[0], batch.views[-1]])))
        images = batch.views[0]
        if self.sample is not None and batch.stored is not None:
            images = batch.normalised(batch.stored(self.sample))
        spread = self.projector(self.backbone(images)).float()
        directions = draw_directions(z.shape[-1], SHOWN, batch.generator).to(z.device)
        return {"projections": histograms(spread @ directions), "similarity": similarity(*z.chunk(2))}


METHOD = LeJEPA
