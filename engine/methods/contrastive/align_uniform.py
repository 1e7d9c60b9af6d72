"""Alignment and uniformity: minimise the distance of two views on the unit sphere, and distribute the images evenly on it."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.backbones.backbone import Backbone
from engine.config.part import setting
from engine.distributed.rows import all_rows
from engine.heads.mlp import mlp
from engine.losses.hypersphere import alignment, uniformity
from engine.losses.margin import distance
from engine.method import Batch, Method, MethodConfig, Out, Progress, Views
from engine.pictures.gauges import apart
from engine.pictures.plane_points import joined, principal


class AlignUniformConfig(MethodConfig):
    """Hyper-parameters of alignment and uniformity."""

    alpha: float = setting(
        2.0,
        "Power of the distance between two views. 2 in the paper; 1 weights near and far pairs equally, large powers only the "
        "farthest.",
        ge=1,
        le=10,
    )
    t: float = setting(
        2.0,
        "Inverse width of the Gaussian of the distance between images; 2 in the paper. Large values weight only the nearest "
        "images, like a small temperature in SimCLR; small ones weight all equally.",
        gt=0,
        le=50,
    )
    weight: float = setting(
        1.0,
        "Weight lambda of uniformity against alignment, the one to try first; 1 by default in the official code. 0 collapses to "
        "one point, very large values increase the distance of two views of an image.",
        ge=0,
        le=100,
    )
    hidden_dim: int = setting(512, "Width of the projection head's hidden layer, as in SimCLR.", ge=1, le=16384)
    out_dim: int = setting(128, "Size of the embedding; 128 in the official code.", ge=1, le=16384)


class AlignUniform(Method[AlignUniformConfig]):
    """Wang and Isola, Understanding Contrastive Representation Learning through Alignment and Uniformity on the Hypersphere, ICML
    2020 (2005.10242).

    As in the official code, uniformity is computed over the distinct pairs of images in each view and averaged over the two views.
    Different from it: the loss is applied to the output of SimCLR's projection head, there to the encoder's last layer."""

    Config = AlignUniformConfig
    views = Views(2, 2, one_size=True)
    compares_images = True
    recipe = {"views": {"preset": "simclr"}}

    def __init__(self, config: AlignUniformConfig, backbone: Backbone) -> None:
        super().__init__(config, backbone)
        self.projector = mlp(backbone.dim, config.hidden_dim, config.out_dim, last_norm=True)

    def forward(self, batch: Batch, at: Progress) -> Out:
        """L_align + lambda L_uniform (Sec. 4)."""
        h = self.backbone(torch.cat(batch.views[:2]))  # (2N, D)
        z = all_rows(self.projector(h), views=2)  # (2N, P)
        x, y = z.chunk(2)
        align = alignment(x, y, self.config.alpha)
        uniform = (uniformity(x, self.config.t) + uniformity(y, self.config.t)) / 2
        terms = {"alignment": align.detach(), "uniformity": uniform.detach()}
        return Out(align + self.config.weight * uniform, features=h, embedding=z, views=2, terms=terms)

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """`sphere`: the embeddings of the two views of each image, joined by a line and projected on the first two principal
        directions: short lines show alignment, dots all over the disc uniformity. `distances`: the two views of each image and
        their distance, 0 to 2; the mark is the distance of unrelated images on a uniform sphere."""
        views = batch.views[:2]
        x, y = F.normalize(self.projector(self.backbone(torch.cat(views))).float(), dim=1).chunk(2)
        positions, _ = principal(torch.cat([x, y]))
        start, end = positions.chunk(2)
        left, right = (batch.pixels(view) for view in views)
        pairs = apart(left, right, distance(x, y), limit=2.0, tick=math.sqrt(2))
        return {"sphere": joined(start, end), "distances": pairs}


METHOD = AlignUniform
