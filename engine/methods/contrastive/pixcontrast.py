"""PixContrast: contrast the cells of one view's feature map with those of the other view; cells of the same region are
positives."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from engine.backbones.backbone import Backbone
from engine.config.part import setting
from engine.distributed.rows import all_rows, own_rows
from engine.heads.mlp import mlp
from engine.losses.in_batch import in_batch_logits, in_batch_nce
from engine.losses.pixel_contrast import near_cells, pixel_contrast
from engine.memory.teacher import cosine_momentum, follow, frozen_copy
from engine.method import Batch, Method, MethodConfig, Out, Progress, Views
from engine.pictures.cells import coloured_cells, coloured_matches
from engine.pictures.matrix import matrix, spaced, strips

SHOWN = 5  # matches drawn in a picture


class PixContrastConfig(MethodConfig):
    """Hyper-parameters of PixContrast."""

    temperature: float = setting(
        0.3, "Softmax temperature tau, Eq. 2; .3 in the paper. The candidates are few, the cells of one image.", gt=0, le=5
    )
    threshold: float = setting(
        0.7,
        "How near two cells must be to be positives, in diagonals of a cell; .7 in the paper, a hair less than from a square cell "
        "to the next. Smaller leaves many cells without a partner, larger takes neighbours for the same place.",
        gt=0,
        le=10,
    )
    cells: int = setting(
        4,
        "Least cells a side of the feature map; the paper's has 7. A network that shrinks the image further is moved over it in "
        "smaller steps: 4 costs resnet10_narrow 1.7 times the work on images of 32 px, 8 five times. A ViT's are its patches.",
        ge=1,
        le=64,
    )
    instance: float = setting(
        0.0,
        "Weight of a contrast of whole images beside that of cells, as the paper combines the two. 0 is PixContrast alone, which "
        "never compares two images. Try this first: 1 serves tasks that ask what an image shows.",
        ge=0,
        le=100,
    )
    instance_temperature: float = setting(0.2, "Softmax temperature of the contrast of whole images.", gt=0, le=5, advanced=True)
    momentum: float = setting(
        0.99,
        "How much of the momentum encoder stays at each step; .99 in the official code, rising to 1 at the end of the run.",
        ge=0,
        le=1,
    )
    hidden_dim: int = setting(512, "Width of the projection head; 4,096 in the official code.", ge=1, le=16384)
    out_dim: int = setting(128, "Size of the embedding of a cell; 256 in the official code.", ge=1, le=16384)


class PixContrast(Method[PixContrastConfig]):
    """Xie et al., Propagate Yourself: Exploring Pixel-Level Consistency for Unsupervised Visual Representation Learning, CVPR 2021
    (2011.10043), its contrastive half (the other, PixPro, predicts without negatives).

    Followed where the paper leaves it open: the official code (which contains PixPro only, with the same geometry), where distances
    are measured in diagonals of the larger of the two cells. Different from the paper: MoCo v2's views, there BYOL's; feature maps
    of 4 x 4 cells for small images, there 7 x 7; the instance contrast has the keys of the momentum encoder as its candidates."""

    Config = PixContrastConfig
    views = Views(2, 2, one_size=True)
    # A ViT is evaluated by its patch tokens, which are those that were trained.
    recipe = {"views": {"preset": "moco_v2"}, "backbone": {"pool": "mean"}}

    def __init__(self, config: PixContrastConfig, backbone: Backbone) -> None:
        super().__init__(config, backbone)
        self.projector = mlp(backbone.dim, config.hidden_dim, config.out_dim)
        # Without its loss the head would not be trained.
        self.instance = mlp(backbone.dim, config.hidden_dim, config.out_dim) if config.instance else None
        self.momentum_encoder = frozen_copy(self._student())

    def forward(self, batch: Batch, at: Progress) -> Out:
        """Both views through both encoders; the contrast in both directions (Eq. 2)."""
        both = torch.cat(batch.views[:2])
        maps, h, z = self._encode(self._student(), both)  # (2N, M, P), (2N, D), (2N, P)
        with torch.no_grad():
            keys, _, key = self._encode(self.momentum_encoder, both)
        (x1, x2), (y1, y2) = maps.chunk(2), keys.chunk(2)
        positive = self._positive(batch, x1.shape[1]).to(x1.device)  # (N, M, M)
        tau = self.config.temperature
        per_image = (
            pixel_contrast(x1, y2, positive, tau) + pixel_contrast(x2, y1, positive.transpose(1, 2), tau)
        ) / 2  # (N,), Eq. 2
        terms: dict[str, Tensor | float] = {
            "pairs matched": positive.flatten(1).any(1).float().mean(),
            "cells matched": positive.any(2).float().mean(),
        }
        if self.instance is not None:
            (z1, z2), (k1, k2) = (all_rows(rows, views=2).chunk(2) for rows in (z, key))
            logits = [in_batch_logits(q, k, self.config.instance_temperature) for q, k in ((z1, k2), (z2, k1))]
            instance = own_rows(in_batch_nce(logits[0]) + in_batch_nce(logits[1])) / 2  # (N,)
            terms |= {"pixel": per_image.mean(), "instance": instance.mean()}
            per_image = per_image + self.config.instance * instance
        return Out(per_image.mean(), features=h, embedding=z, views=2, terms=terms, per_image=per_image)

    def after_step(self, at: Progress, *outs: Out) -> None:
        """Momentum update of the momentum encoder."""
        follow(self.momentum_encoder, self._student(), cosine_momentum(self.config.momentum, at.fraction))

    def teachers(self) -> list[nn.Module]:
        """The momentum encoder."""
        return [self.momentum_encoder]

    def _student(self) -> nn.ModuleList:
        return nn.ModuleList([part for part in (self.backbone, self.projector, self.instance) if part is not None])

    def _encode(self, network: nn.ModuleList, images: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Images (N, 3, S, S) to embeddings of cells (N, M, P), features (N, D), and the embedding (N, P) of the image, which is
        the mean over its cells where there is no instance contrast."""
        backbone, projector, *instance = network
        assert isinstance(backbone, Backbone)
        dense = backbone.dense(images, self.config.cells).flatten(2).transpose(1, 2)  # (N, M, D)
        # As with 1 x 1 convolutions, the same MLP for each cell.
        cells = projector(dense.reshape(-1, dense.shape[2])).view(*dense.shape[:2], -1)  # (N, M, P)
        h = dense.mean(1)
        return cells, h, instance[0](h) if instance else cells.mean(1)

    def _positive(self, batch: Batch, cells: int) -> Tensor:
        """Which cells of view 1 (rows) and view 2 (columns) are positives: (N, M, M) bool (Eq. 1)."""
        one, two = batch.draws[:2]
        side = round(cells**0.5)
        return near_cells(one.centres(side), two.centres(side), one.boxes, two.boxes, self.config.threshold)

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """`matches`: both views with some of their positives, each in its own colour, the rest grey. `similarity`: for each image
        the cosines of the cells of view 1 (rows) and view 2 (columns), positives framed."""
        maps, _, _ = self._encode(self._student(), batch.views[0])
        keys, _, _ = self._encode(self.momentum_encoder, batch.views[1])
        positive = self._positive(batch, maps.shape[1])
        colours = coloured_matches(positive, SHOWN)
        views = [
            spaced(coloured_cells(batch.pixels(view), colour, colour.any(2).to(view.device)), 2)
            for view, colour in zip(batch.views[:2], colours, strict=True)
        ]
        unit = [nn.functional.normalize(cells.float(), dim=2) for cells in (maps, keys)]
        cosine = unit[0] @ unit[1].transpose(1, 2)  # (n, M, M)
        return {
            "matches": spaced(strips(*views), 6),
            "similarity": spaced(torch.cat([matrix(c, p.to(c.device)) for c, p in zip(cosine, positive, strict=True)])),
        }


METHOD = PixContrast
