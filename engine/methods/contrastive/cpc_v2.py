"""CPC v2: CPC with predictions in four directions, augmentation of each patch, and layer normalisation."""

from __future__ import annotations

import math
from typing import Literal

import torch
from torch import Tensor, nn

from engine.augment.patch_grid import vary_patches
from engine.backbones.backbone import Backbone
from engine.backbones.patch_encoder import PatchBackbone
from engine.config.part import setting
from engine.distributed.rows import all_rows
from engine.heads.context import DIRECTIONS, RowPredictor, match_patches, offsets_of, turned
from engine.losses.patch_contrast import patch_info_nce
from engine.method import Batch, Method, MethodConfig, Out, Progress, Views
from engine.pictures.matrix import weights
from engine.pictures.patch_matches import mosaic, predictions


class CPCV2Config(MethodConfig):
    """Hyper-parameters of CPC v2."""

    grid: int = setting(
        6,
        "Patches across and down. Each is encoded alone, so that time grows with the square.",
        unit="patches",
        ge=3,
        le=16,
    )
    patch: float = setting(
        0.28,
        "Side of a patch as a share of the image's: about 80 of 260 px in the paper, larger than CPC's 64 of 256 (Fig. 3, LP). "
        "Large patches show more and overlap more; .28 is the largest at which rows two apart share no pixel in a grid of 6.",
        ge=0.1,
        le=0.6,
    )
    directions: int = setting(
        4,
        "From how many sides patches are predicted: 1 from above as in CPC, 2 also from below, 4 also from left and right. "
        "Each has a context network of its own (Fig. 3, BU and HP).",
        ge=1,
        le=4,
    )
    drop: float = setting(
        0.25,
        "Share of the patches that lose two of their three colours. Try this first: at 0 patches of one image know each other "
        "by their colour, at 1 the encoder never sees a coloured patch.",
        ge=0,
        le=1,
    )
    jitter: float = setting(
        0.1,
        "Largest change of a patch's contrast and brightness, each patch on its own, in place of the paper's longer list of "
        "changes (Fig. 3, PA). At 0 patches of one image also know each other by their light.",
        ge=0,
        le=1,
    )
    flip: float = setting(0.5, "Probability that a patch is mirrored, each on its own.", ge=0, le=1)
    skip: int = setting(
        1,
        "Nearest rows that are not predicted: 2 in the paper's code, for its larger patches overlap further. With 0 the task is "
        "solved by comparing the pixels that rows share.",
        unit="rows",
        ge=0,
        le=14,
    )
    steps: int = setting(
        3,
        "How many rows are predicted after the skipped ones; 3 in the paper's code. Far rows are harder and ask for what the "
        "whole image shows; grid must be above skip and steps together.",
        unit="rows",
        ge=1,
        le=15,
    )
    together: int = setting(
        16,
        "Images whose patches are compared with one another, a worker's batch in the paper; here as many as in CPC. "
        "With 1 only other places of the same image are negatives; more costs memory by the square.",
        unit="images",
        ge=1,
        le=256,
    )
    scale: float = setting(
        0.3, "Factor of the predictions before the dot product; .1 in the paper's code, where few steps learn slower.", gt=0, le=10
    )
    out_dim: int = setting(64, "Size of predictions and targets; 64 in the paper's code.", ge=1, le=4096)
    hidden_dim: int = setting(64, "Width of the context networks' blocks; 256 in the paper's code.", ge=1, le=4096)
    blocks: int = setting(
        3, "Residual blocks of each context network, 5 in the paper's code: each lets it look one row further.", ge=1, le=16
    )
    norm: Literal["batch", "layer"] = setting(
        "layer",
        "Normalisation in a ResNet. The paper found that patches know of each other through batch statistics and took layer "
        "normalisation (Fig. 3, LN). Small encoders learn faster with batch. A ViT has layer normalisation in any case.",
    )


class CPCV2(Method[CPCV2Config]):
    """Hénaff et al., Data-Efficient Image Recognition with Contrastive Predictive Coding, ICML 2020 (1905.09272).

    The official code is that in the paper's appendix, and it is followed: the context network, 64-dimensional targets, and the
    nearest rows left out. Each direction has its own context network. Layer normalisation is over the channels and positions of a
    patch. A larger encoder, the first change of the paper, is set by backbone.name. Different from the paper: fewer kinds of patch
    augmentation; a narrower context network; the loss is the mean over offsets and directions, there the sum."""

    Config = CPCV2Config
    views = Views(1, 1)
    compares_images = True
    # The contrast is among `together` images, whatever the batch size, so that in a short run more steps are better than larger
    # ones.
    recipe = {"views": {"preset": "cpc_v2"}, "train": {"batch": 64}, "optim": {"lr": 0.001}}
    backbone: PatchBackbone

    def __init__(self, config: CPCV2Config, backbone: Backbone) -> None:
        patches = PatchBackbone(backbone, config.grid, config.patch, layer_norm=config.norm == "layer")
        super().__init__(config, patches)
        offsets = offsets_of(config.skip, config.steps, config.grid)
        self.target = nn.Linear(patches.dim, config.out_dim)
        self.predictors = nn.ModuleDict(
            {
                side: RowPredictor(patches.dim, config.hidden_dim, config.blocks, config.out_dim, offsets)
                for side in DIRECTIONS[: config.directions]
            }
        )

    def forward(self, batch: Batch, at: Progress) -> Out:
        """In every direction, every row predicts rows further away."""
        z = self.backbone.encode(self._varied(batch))  # (N, G, G, D)
        target = all_rows(self.target(z))  # (N, G, G, P)
        losses, hits = [], []
        for side, predictor in self.predictors.items():
            truth = turned(target, side)
            for k, predicted in predictor(turned(z, side)).items():  # (N, G - k, G, P)
                loss, accuracy = patch_info_nce(all_rows(predicted), truth, k, self.config.together, self.config.scale)
                losses.append(loss)
                hits.append(accuracy)
        per_image, terms = torch.stack(losses).mean(0), {"accuracy": torch.stack(hits).mean()}
        return Out(per_image.mean(), features=z.mean((1, 2)), embedding=target.mean((1, 2)), terms=terms, per_image=per_image)

    def _varied(self, batch: Batch) -> Tensor:
        """The patches (N, G, G, 3, p, p), each with its own augmentation."""
        c = self.config
        patches = self.backbone.cut(batch.views[0])
        return vary_patches(patches, batch.generator, drop=c.drop, jitter=c.jitter, flip=c.flip)

    def chance(self, batch_size: int) -> float:
        """ln of the number of candidate patches."""
        return math.log(min(batch_size, self.config.together) * self.config.grid**2)

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """`patches`: the augmented patches of a training step. `from_above`, `from_left`, ...: the patches in the context, the true
        patches beyond them, and the most similar patches to the predictions among those of all images. `choices`: the softmax of
        each prediction from above for one row (rows: image by image, column by column) over the patches of that row (columns); the
        true patch has a frame."""
        patches = self.backbone.cut(batch.views[0])
        z = self.backbone.encode(patches)
        target, images = self.target(z), batch.pixels(batch.views[0])
        pixels = batch.pixels(patches.flatten(0, 2)).view_as(patches)
        varied = self._varied(batch)
        shown = {"patches": mosaic(batch.pixels(varied.flatten(0, 2)).view_as(varied))}
        for side, predictor in self.predictors.items():
            assert isinstance(predictor, RowPredictor)
            matches = match_patches(predictor, z, target, side)
            shown[f"from_{side}"] = predictions(images, pixels, matches.seen, matches.cells, matches.picked)
            if side == "above":
                likely = (matches.logits * self.config.scale).softmax(1)
                shown["choices"] = weights(likely, torch.eye(len(likely), dtype=torch.bool, device=likely.device))
        return shown


METHOD = CPCV2
