"""LeJEPA: every view predicts the mean of the global views, and embeddings are regularised towards a standard normal (SIGReg)."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from engine.config.part import setting
from engine.losses.sigreg import draw_directions, sigreg
from engine.method import Batch
from engine.methods.mean_prediction import MeanPrediction, MeanPredictionConfig
from engine.pictures.bars import histograms
from engine.pictures.matrix import similarity

SHOWN = 8  # directions in the picture


class LeJEPAConfig(MeanPredictionConfig):
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


class LeJEPA(MeanPrediction[LeJEPAConfig]):
    """Balestriero and LeCun, LeJEPA: Provable and Scalable Self-Supervised Learning Without the Heuristics, 2025 (2511.08544).

    There is no teacher, no stop-gradient and no schedule. Where text and Algorithm 2 differ, the algorithm is followed: the squared
    distance is a mean over dimensions, in the text a sum. Where paper and official package differ, the paper is followed: the
    integral of Algorithm 1 has 17 points over [-5, 5], the package's 17 over [0, 3], doubled. Any number of views: global ones
    only, as in the paper for a ResNet, or also local ones (preset `lejepa`)."""

    Config = LeJEPAConfig
    recipe = {"views": {"preset": "simclr"}}

    def regulariser(self, z: Tensor, directions: Tensor) -> tuple[Tensor, Mapping[str, Tensor]]:
        """SIGReg, the mean over the views (Algorithm 2)."""
        normality = torch.stack([sigreg(view, directions) for view in z]).mean()
        return normality, {"sigreg": normality}

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """`projections`: histograms of up to 512 training images on eight random directions, with the density of the standard
        normal in green, the target of SIGReg. `similarity`: cosines of view 1 (rows) and view 2 (columns)."""
        first, last = self.both_views(batch)
        spread = self.embedded_sample(batch)
        directions = draw_directions(spread.shape[-1], SHOWN, batch.generator).to(spread.device)
        return {"projections": histograms(spread @ directions), "similarity": similarity(first, last)}


METHOD = LeJEPA
