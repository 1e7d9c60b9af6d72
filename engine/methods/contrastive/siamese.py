"""Siamese network: decrease the distance of two views of an image, increase that of two images up to a margin."""

from __future__ import annotations

import torch
from torch import Tensor

from engine.backbones.backbone import Backbone
from engine.config.part import setting
from engine.distributed.rows import all_rows
from engine.heads.mlp import mlp
from engine.losses.margin import distance, margin_contrast
from engine.method import Batch, Method, MethodConfig, Out, Progress, Views
from engine.pictures.gauges import apart
from engine.pictures.matrix import HIGH, matrix


class SiameseConfig(MethodConfig):
    """Hyper-parameters of the Siamese network."""

    margin: float = setting(
        1.0,
        "Distance m beyond which different images push no more; 1 in most examples. Embeddings have no fixed length, so that m "
        "is their unit: a larger one takes more steps to reach and a larger loss, and shows the same picture.",
        gt=0,
        le=100,
    )
    hidden_dim: int = setting(512, "Width of the projection head's hidden layer; the paper has no head.", ge=1, le=16384)
    out_dim: int = setting(
        128,
        "Size of the embedding in which distances are taken; 2 or 3 in the paper, to look at. In many dimensions different "
        "images are far apart at once and teach less.",
        ge=1,
        le=16384,
    )


class Siamese(Method[SiameseConfig]):
    """Hadsell, Chopra and LeCun, Dimensionality Reduction by Learning an Invariant Mapping, CVPR 2006
    (https://doi.org/10.1109/CVPR.2006.100).

    Similar pairs are two views of an image, dissimilar pairs are views of two images, as many of either; labels are not used. In
    the paper similar pairs are neighbours or known transformations of an image. The paper's Y is 1 - y here, and its factor of one
    half is left out. There is no official code."""

    Config = SiameseConfig
    views = Views(2, 2, one_size=True)
    compares_images = True
    recipe = {"views": {"preset": "simclr"}}

    def __init__(self, config: SiameseConfig, backbone: Backbone) -> None:
        super().__init__(config, backbone)
        self.projector = mlp(backbone.dim, config.hidden_dim, config.out_dim)

    def forward(self, batch: Batch, at: Progress) -> Out:
        """N pairs of views of one image and N pairs of different images through one network (Eq. 4)."""
        h = self.backbone(torch.cat(batch.views[:2]))  # (2N, D)
        z = all_rows(self.projector(h), views=2)  # (2N, P)
        z1, z2 = z.chunk(2)
        other = others(len(z1), batch.generator).to(z.device)
        same, different = distance(z1, z2), distance(z1, z2[other])  # (N,), (N,)
        attract, repel = margin_contrast(same, different, self.config.margin).chunk(2)
        # Each image is in two pairs of different images, once on each side: half of both losses belongs to it.
        per_image = (attract + (repel + repel[other.argsort()]) / 2) / 2  # (N,)
        terms = {"distance of views": same.detach().mean(), "distance of images": different.detach().mean()}
        return Out(per_image.mean(), features=h, embedding=z, views=2, terms=terms, per_image=per_image)

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """`pairs`: above, the two views of each image and their distance as a green bar; below, the first view and another image,
        with a red bar. The mark is the margin, the end of the bar twice the margin. `distances`: distances of view 1 (rows) and
        view 2 (columns); white is 0, red the margin or more. The target is a white diagonal, which is framed, on red."""
        views, margin = batch.views[:2], self.config.margin
        z1, z2 = self.projector(self.backbone(torch.cat(views))).chunk(2)
        other = others(len(z1), batch.generator).to(z1.device)
        x1, x2 = (batch.pixels(view) for view in views)
        same = apart(x1, x2, distance(z1, z2), 2 * margin, margin)
        different = apart(x1, x2[other], distance(z1, z2[other]), 2 * margin, margin, HIGH)
        all_pairs = torch.cdist(z1.float(), z2.float()) / margin
        diagonal = torch.eye(len(z1), dtype=torch.bool, device=z1.device)
        return {"pairs": torch.cat([same, different], dim=2), "distances": matrix(all_pairs, diagonal)}


def others(n: int, generator: torch.Generator) -> Tensor:
    """For each of n images, 2 or more, the index of a different one: the next in a random cyclic order, so that each is used once.
    (n,)."""
    order = torch.randperm(n, generator=generator)
    partner = torch.empty_like(order)
    partner[order] = order.roll(1)
    return partner


METHOD = Siamese
