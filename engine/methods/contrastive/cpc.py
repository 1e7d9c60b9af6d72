"""CPC: predict the features of lower patches of an image from those of the upper patches, by a contrast with other patches."""

from __future__ import annotations

import math
from typing import Literal

import torch
from torch import Tensor

from engine.backbones.backbone import Backbone
from engine.backbones.patch_encoder import PatchBackbone
from engine.config.part import setting
from engine.distributed.rows import all_rows
from engine.heads.context import RowPredictor, match_patches, offsets_of
from engine.losses.patch_contrast import patch_info_nce
from engine.method import Batch, Method, MethodConfig, Out, Progress, Views
from engine.pictures.matrix import weights
from engine.pictures.patch_matches import predictions


class CPCConfig(MethodConfig):
    """Hyper-parameters of CPC."""

    grid: int = setting(
        7,
        "Patches across and down, 7 in the paper. Each is encoded alone, so that time grows with the square; "
        "try 5 on a slow machine, with 2 steps.",
        unit="patches",
        ge=3,
        le=16,
    )
    patch: float = setting(
        0.25,
        "Side of a patch as a share of the image's: 64 of 256 px in the paper, where each overlaps the next by half. "
        "Large patches show more and overlap more; of small ones only texture is left.",
        ge=0.1,
        le=0.6,
    )
    skip: int = setting(
        1,
        "Nearest rows that are not predicted. The next row shares half its pixels with the context: with 0 the task is solved by "
        "comparing edges. The paper's Fig. 4 starts two rows down.",
        unit="rows",
        ge=0,
        le=14,
    )
    steps: int = setting(
        3,
        "How many rows are predicted after the skipped ones, each by a W_k of its own; the paper goes down to the fifth row. "
        "Far rows are harder and need the content of the whole image.",
        unit="rows",
        ge=1,
        le=15,
    )
    together: int = setting(
        16,
        "Images whose patches are compared with one another: the paper's 16 on each GPU, so 784 candidates. "
        "With 1 only other places of the same image are negatives; more costs memory by the square.",
        unit="images",
        ge=1,
        le=256,
    )
    scale: float = setting(
        0.1,
        "Factor of the logits z·W c. 1 in Eq. 3; .1 in the code printed in CPC v2, for stable first steps.",
        gt=0,
        le=10,
    )
    hidden_dim: int = setting(128, "Width of the context network's blocks; 256 in the code printed in CPC v2.", ge=1, le=4096)
    blocks: int = setting(3, "Residual blocks of the context network: each lets it look one row further up.", ge=1, le=16)
    norm: Literal["batch", "layer"] = setting(
        "batch",
        "Normalisation in a ResNet. The paper's has none; with batch normalisation patches share information through the batch "
        "statistics, which was harmful for large networks in CPC v2. A ViT has layer normalisation in any case.",
    )


class CPC(Method[CPCConfig]):
    """Van den Oord et al., Representation Learning with Contrastive Predictive Coding, 2018 (1807.03748), its Sec. 3.2 on images.

    Each patch of a grid is encoded alone; an autoregressive network computes a context c from the rows above, and W_k c predicts
    the features k rows further down (Eq. 3, Fig. 4). There is no official code; the context network is the PixelCNN in the
    appendix of CPC v2 (1905.09272) by the same group. Different from the paper: batch normalisation in the encoder, there none;
    half of the views are grey, there all; patches are not shifted at random by up to 4 of 64 px; the loss is the mean over the
    offsets k, there the sum."""

    Config = CPCConfig
    views = Views(1, 1)
    compares_images = True
    # The contrast is among `together` images, whatever the batch size, so that in a short run more steps are better than larger
    # ones.
    recipe = {"views": {"preset": "cpc"}, "train": {"batch": 64}}
    backbone: PatchBackbone

    def __init__(self, config: CPCConfig, backbone: Backbone) -> None:
        patches = PatchBackbone(backbone, config.grid, config.patch, layer_norm=config.norm == "layer")
        super().__init__(config, patches)
        offsets = offsets_of(config.skip, config.steps, config.grid)
        self.predictor = RowPredictor(patches.dim, config.hidden_dim, config.blocks, patches.dim, offsets)

    def forward(self, batch: Batch, at: Progress) -> Out:
        """Every row predicts rows below it (Fig. 4)."""
        z = self.backbone.grid(batch.views[0])  # (N, G, G, D)
        losses, hits = [], []
        for k, predicted in self.predictor(z).items():  # (N, G - k, G, D): W_k c_t
            loss, accuracy = patch_info_nce(all_rows(predicted), all_rows(z), k, self.config.together, self.config.scale)  # Eq. 4
            losses.append(loss)
            hits.append(accuracy)
        per_image, terms = torch.stack(losses).mean(0), {"accuracy": torch.stack(hits).mean()}
        return Out(per_image.mean(), features=z.mean((1, 2)), terms=terms, per_image=per_image)

    def chance(self, batch_size: int) -> float:
        """ln of the number of candidate patches."""
        return math.log(min(batch_size, self.config.together) * self.config.grid**2)

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """First the patches in the context, the true patches below them, and the most similar patches to the predictions among
        those of all images. `choices`: the softmax of each prediction for one row (rows: image by image, column by column) over
        the patches of that row (columns); the true patch has a frame."""
        patches = self.backbone.cut(batch.views[0])
        z = self.backbone.encode(patches)
        matches = match_patches(self.predictor, z, z)
        pixels = batch.pixels(patches.flatten(0, 2)).view_as(patches)
        likely = (matches.logits * self.config.scale).softmax(1)
        return {
            "guesses": predictions(batch.pixels(batch.views[0]), pixels, matches.seen, matches.cells, matches.picked),
            "choices": weights(likely, torch.eye(len(likely), dtype=torch.bool, device=likely.device)),
        }


METHOD = CPC
