"""VISReg: LeJEPA's prediction with the centre, the scale and the shape of a standard normal as separate terms."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from engine.config.part import setting
from engine.losses.sigreg import draw_directions
from engine.losses.sliced_wasserstein import visreg_terms
from engine.method import Batch
from engine.methods.mean_prediction import MeanPrediction, MeanPredictionConfig
from engine.pictures.bars import bars, quantile_charts
from engine.pictures.matrix import similarity

SHOWN = 8  # directions in a picture
DIMENSIONS = 64  # dimensions in a picture


class VISRegConfig(MeanPredictionConfig):
    """Hyper-parameters of VISReg."""

    weight: float = setting(
        0.6,
        "Weight lambda of the regulariser, 1 - lambda that of the prediction: .9 for a ViT-B and .8 for a ViT-L on ImageNet, .6 on "
        "ten classes in the official code. With 0 all embeddings collapse, with 1 the views are not compared. Try this first.",
        ge=0,
        le=1,
        title="lambda",
    )
    slices: int = setting(
        256,
        "Random directions on which the embeddings are projected and sorted, new ones at each step; 4,096 in the official code. "
        "Many take more time.",
        ge=1,
        le=16384,
    )
    scale: float = setting(
        1.0,
        "Weight of the deviations' distance from 1 within the regulariser; 1 in the official code. With 0 the embeddings can "
        "shrink to a point, because the shape is measured after division by the deviations.",
        ge=0,
        le=100,
    )
    shape: float = setting(
        1.0,
        "Weight of the distance from a normal distribution within the regulariser; 1 in the official code. With 0 dimensions can "
        "be equal.",
        ge=0,
        le=100,
    )
    centre: float = setting(1.0, "Weight of the squared means within the regulariser; 1 in the official code.", ge=0, le=100)
    hidden_dim: int = setting(512, "Width of the projector; 2,048 in the official code.", ge=1, le=16384)
    out_dim: int = setting(
        64, "Size of the embedding; a third of the encoder's width in the official code, 256 for a ViT-B.", ge=1, le=16384
    )


class VISReg(MeanPrediction[VISRegConfig]):
    """Wu, Balestriero and Levine, VISReg: Variance-Invariance-Sketching Regularization for JEPA training, 2026 (2606.02572).

    Written from the abstract, the project's page and the official code (github.com/HaiyuWu/visreg, visreg/losses/visreg.py and
    train.py), not from the paper's text; the code is followed: the mean of the global views, which all views predict, takes a
    gradient, though a message of the code calls it detached. Any number of views; the code has 4 global and 6 local ones. Different
    from it: two views of SimCLR's recipe, AdamW without a clipped gradient, and a smaller projector with ReLU, there GELU for a
    ViT."""

    Config = VISRegConfig
    recipe = {"views": {"preset": "simclr"}}

    def regulariser(self, z: Tensor, directions: Tensor) -> tuple[Tensor, Mapping[str, Tensor]]:
        """The weighted sum of the three terms; `deviation` is that of a dimension, 1 is the target."""
        config, terms = self.config, visreg_terms(z, directions)
        loss = config.scale * terms.scale + config.shape * terms.shape + config.centre * terms.centre
        return loss, {"scale": terms.scale, "shape": terms.shape, "centre": terms.centre, "deviation": terms.deviation.detach()}

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """Of up to 512 training images: `quantiles`, the sorted projections on eight random directions (up) against the quantiles
        of the standard normal (right), whose target is the green diagonal; `deviation` of the first 64 dimensions, whose target of
        1 is the green line. `similarity`: cosines of view 1 (rows) and view 2 (columns)."""
        first, last = self.both_views(batch)
        spread = self.embedded_sample(batch)
        directions = draw_directions(spread.shape[-1], SHOWN, batch.generator).to(spread.device)
        deviation = spread.std(0, unbiased=False)[:DIMENSIONS]
        return {
            "quantiles": quantile_charts(spread @ directions),
            "deviation": bars(deviation, goal=1.0),
            "similarity": similarity(first, last),
        }


METHOD = VISReg
