"""CMC: contrast the lightness channel of an image with its two colour channels, each with an encoder of its own."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from engine.augment.lab import lab_to_rgb, rgb_to_lab
from engine.backbones.backbone import Backbone
from engine.backbones.lab_encoders import LabBackbone
from engine.config.part import setting
from engine.distributed.rows import all_rows
from engine.heads.mlp import mlp
from engine.losses.in_batch import in_batch_logits, in_batch_nce
from engine.method import Batch, Method, MethodConfig, Out, Progress, Views
from engine.pictures.matrix import similarity, spaced, strips

GREY = 60.0  # L at which colour alone is shown


class CMCConfig(MethodConfig):
    """Hyper-parameters of CMC."""

    temperature: float = setting(
        0.1,
        "Softmax temperature tau: small values weight only the most similar images, large ones weight all equally. .07 in the "
        "official code, with thousands of negatives. Try this first.",
        gt=0,
        le=5,
    )
    hidden_dim: int = setting(
        512,
        "Width of the hidden layer of each head; without one a head is one linear map, as in the paper, which is older than hidden "
        "ones.",
        zero="none",
        ge=0,
        le=16384,
    )
    out_dim: int = setting(128, "Size of the embeddings that are compared; 128 in the paper.", ge=1, le=16384)


class CMC(Method[CMCConfig]):
    """Tian et al., Contrastive Multiview Coding, ECCV 2020 (1906.05849), with two views: L and ab of one crop.

    The features are the concatenated outputs of both encoders. As in the official code, the colour channels are scaled. Different
    from paper and code: the negatives are the other images of the batch and the softmax is exact (Eq. 2), there thousands of
    negatives are drawn from a memory bank and the softmax is estimated by NCE; both encoders have full width, in the paper half of
    it, so that a step costs as much as SimCLR's two crops. There is no colour jitter, because the colours are one of the views."""

    Config = CMCConfig
    views = Views(1, 1)
    compares_images = True
    backbone: LabBackbone
    recipe = {"views": {"preset": "crop_flip"}}

    def __init__(self, config: CMCConfig, backbone: Backbone) -> None:
        super().__init__(config, LabBackbone(backbone))
        dims = [backbone.dim, *([config.hidden_dim] if config.hidden_dim else []), config.out_dim]
        self.head_l, self.head_ab = mlp(*dims), mlp(*dims)

    def forward(self, batch: Batch, at: Progress) -> Out:
        """One crop, two encoders, the contrast in both directions."""
        h_l, h_ab = self.backbone.split(batch.pixels(batch.views[0]))  # (N, D / 2) each
        z_l, z_ab = all_rows(self.head_l(h_l)), all_rows(self.head_ab(h_ab))  # (N, P) each
        logits = in_batch_logits(z_l, z_ab, self.config.temperature)  # (N, N)
        from_l, from_ab = in_batch_nce(logits), in_batch_nce(logits.t())  # (N,) each
        per_image = from_l + from_ab  # Eq. 4
        accuracy = (logits.argmax(1) == torch.arange(len(logits), device=logits.device)).float().mean()
        return Out(
            per_image.mean(),
            features=torch.cat([h_l, h_ab], dim=1),
            embedding=torch.cat([z_l, z_ab], dim=1),
            terms={"lightness": from_l.mean(), "colour": from_ab.mean(), "accuracy": accuracy},
            per_image=per_image,
            memory={"mean": batch.mean, "std": batch.std},
        )

    def after_step(self, at: Progress, *outs: Out) -> None:
        """Store the normalisation of the data in the encoder, which gets normalised images in evaluation."""
        for out in outs:
            self.backbone.set_normalisation(out.memory["mean"], out.memory["std"])

    def chance(self, batch_size: int) -> float:
        """2 ln N: N candidates in both directions."""
        return 2 * math.log(batch_size)

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """`views`: each crop, its L and its ab (at a constant lightness). `similarity`: cosines of L (rows) and ab (columns), the
        positives on the diagonal."""
        pixels = batch.pixels(batch.views[0])
        lightness, colour = rgb_to_lab(pixels), rgb_to_lab(pixels)
        lightness[:, 1:], colour[:, 0] = 0, GREY
        h_l, h_ab = self.backbone.split(pixels)
        return {
            "views": spaced(strips(pixels, lab_to_rgb(lightness), lab_to_rgb(colour)), 1),
            "similarity": similarity(self.head_l(h_l), self.head_ab(h_ab)),
        }


METHOD = CMC
