"""SupCon: contrastive learning with labels, where all views of a class are positives."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.backbones.backbone import Backbone
from engine.config.part import setting
from engine.distributed.rows import all_rows
from engine.heads.classifier import class_count
from engine.heads.mlp import mlp
from engine.losses.sup_con import same_class, sup_con
from engine.method import Batch, Method, MethodConfig, Out, Progress, Views
from engine.pictures.matrix import matrix


class SupConConfig(MethodConfig):
    """Hyper-parameters of SupCon."""

    temperature: float = setting(
        0.1,
        "Softmax temperature tau; .1 in the paper. Small values weight only the most similar images of other classes "
        "and can diverge, large ones weight all equally. Try this first.",
        gt=0,
        le=5,
    )
    hidden_dim: int = setting(
        512, "Width of the projection head's one hidden layer; 2,048 for the paper's ResNet-50.", ge=1, le=16384
    )
    out_dim: int = setting(128, "Size of z, on which the contrast acts; 128 in the paper (Sec. 3.1).", ge=1, le=16384)


class SupCon(Method[SupConConfig]):
    """Khosla et al., Supervised Contrastive Learning, NeurIPS 2020 (2004.11362).

    A baseline that uses labels. An image without a label is a class of its own, so that the loss without any labels is that of
    SimCLR. As in the authors' PyTorch code, the head has no batch normalisation. That code also multiplies the loss by tau / .07;
    here the loss is the paper's Eq. 2. The paper then trains a classifier on the frozen encoder: here, the linear probe."""

    Config = SupConConfig
    views = Views(2, 2, one_size=True)
    compares_images = True
    recipe = {"views": {"preset": "simclr"}}

    def __init__(self, config: SupConConfig, backbone: Backbone) -> None:
        super().__init__(config, backbone)
        self.projector = mlp(backbone.dim, config.hidden_dim, config.out_dim, norm=False)

    def setup_data(self, images: Tensor, labels: Tensor) -> None:
        """ConfigError for data of fewer than two classes, on which all features would collapse to one point."""
        class_count(labels, "supcon")

    def forward(self, batch: Batch, at: Progress) -> Out:
        """Two views through one network; the positives are all other views of the class (Eq. 2)."""
        assert batch.label is not None, "a supervised method is given labels"
        h = self.backbone(torch.cat(batch.views[:2]))  # (2N, D)
        z = all_rows(self.projector(h), views=2)  # (2N, P)
        z1, z2 = z.chunk(2)
        per_image = sup_con(z1, z2, all_rows(batch.label), self.config.temperature)  # (N,), Eq. 2
        return Out(per_image.mean(), features=h, embedding=z, views=2, per_image=per_image)

    def chance(self, batch_size: int) -> float:
        """ln(2N - 1)."""
        return math.log(2 * batch_size - 1)

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """Cosines of view 1 (rows) and view 2 (columns), with the images sorted by class; positives have a frame."""
        assert batch.label is not None, "a supervised method is given labels"
        z = F.normalize(self.projector(self.backbone(torch.cat(batch.views[:2]))).float(), dim=1)  # (2n, P)
        order = batch.label.argsort(stable=True)
        z1, z2 = (half[order] for half in z.chunk(2))
        return {"similarity": matrix(z1 @ z2.t(), same_class(batch.label[order]))}


METHOD = SupCon
