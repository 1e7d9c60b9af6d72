"""MMCR: the centroids of an image's views fill the space, measured by a nuclear norm."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import normalize

from engine.backbones.backbone import Backbone
from engine.config.part import setting
from engine.heads.mlp import mlp
from engine.method import Batch, Method, MethodConfig, Out, Progress, Views


class MMCRConfig(MethodConfig):
    """Hyper-parameters of MMCR."""

    compression: float = setting(
        0.0,
        "Weight lambda of the nuclear norm of each image's own views. 0: the views are pulled together by the centroids alone, "
        "which is enough in the paper; large values let all embeddings collapse.",
        ge=0,
        le=1,
    )
    hidden_dim: int = setting(512, "Width of the projection head.", ge=1, le=16384)
    out_dim: int = setting(128, "Size of z; a batch can fill no more directions than it has images.", ge=2, le=16384)


class MMCR(Method[MMCRConfig]):
    """Yerxa et al., Learning Efficient Coding of Natural Images with Maximum Manifold Capacity Representations, NeurIPS 2023
    (2303.03307).

    Different here: two views in place of up to eight, and no momentum encoder."""

    Config = MMCRConfig
    views = Views(2, None, one_size=True)
    compares_images = True
    recipe = {"views": {"preset": "simclr"}}

    def __init__(self, config: MMCRConfig, backbone: Backbone) -> None:
        super().__init__(config, backbone)
        self.projector = mlp(backbone.dim, config.hidden_dim, config.out_dim)

    def forward(self, batch: Batch, at: Progress) -> Out:
        """lambda / N sum_n |Z_n|_* - |C|_*, where the rows of C are the means of each image's views on the sphere."""
        count = len(batch.views)
        h = self.backbone(torch.cat(batch.views))  # (VN, D)
        z = self.projector(h)  # (VN, P)
        views = torch.stack(normalize(z.float(), dim=1).chunk(count), dim=1)  # (N, V, P)
        loss, terms = mmcr_loss(views, self.config.compression)
        return Out(loss, features=h, embedding=z, views=count, terms=terms)


def mmcr_loss(views: Tensor, compression: float) -> tuple[Tensor, dict[str, Tensor]]:
    """The loss of N images with V views each.

    Args:
        views: (N, V, P), rows of length 1.
        compression: lambda, at least 0.

    Returns:
        A scalar, at least -sqrt(N min(N, P)), and its two terms by name.

    Example:
        >>> import torch
        >>> views = torch.eye(4)[:, None].repeat(1, 2, 1)  # four images in four directions, two equal views each
        >>> round(float(mmcr_loss(views, 0.0)[0]), 4)
        -4.0
    """
    spread = torch.linalg.matrix_norm(views.mean(1), ord="nuc")
    within = torch.linalg.matrix_norm(views, ord="nuc").mean() if compression else views.new_zeros(())
    return compression * within - spread, {"centroids": spread.detach(), "within": within.detach()}


METHOD = MMCR
