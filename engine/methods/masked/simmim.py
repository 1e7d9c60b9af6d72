"""SimMIM: replace masked squares of the image by a learned token, and predict their pixels with one linear layer."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor, nn

from engine.augment.masking import unit_mask, unit_side
from engine.backbones.vit import Fill, VisionTransformer, initialise
from engine.config.part import setting
from engine.distributed.rows import all_count, own_rows
from engine.losses.reconstruction import fill_mean, masked_l1, patchify, unpatchify
from engine.method import Batch, Method, MethodConfig, Out, Progress, TaskScore, Views
from engine.pictures.masked import hide, reconstruction


class SimMIMConfig(MethodConfig):
    """Hyper-parameters of SimMIM."""

    mask_ratio: float = setting(
        0.6,
        "Share of the squares that is masked, rounded up to whole squares. With the paper's large squares all values from .1 to .7 "
        "are about equally good; small squares need more (Table 1). Near 1 too little is visible for a reconstruction.",
        gt=0,
        lt=1,
    )
    mask_unit: float = setting(
        0.167,
        "Try this first. Side of a hidden square, as a share of the image's: a sixth, the paper's 32 of 192 px. It becomes "
        "whole patches that divide the image, one of 4 px at 32 px. If it is too small, masked pixels can be "
        "interpolated from their neighbours; if it is too large, they cannot be predicted.",
        gt=0,
        le=0.5,
    )
    loss_on: Literal["hidden", "all"] = setting(
        "hidden",
        "Which pixels are compared. With `all` the network also learns to copy visible pixels: 1.1 points of accuracy less in the "
        "paper (Sec. 4.1).",
    )


class SimMIM(Method[SimMIMConfig]):
    """Xie et al., SimMIM: a Simple Framework for Masked Image Modeling, CVPR 2022 (2111.09886).

    The encoder gets all patches, with a learned token in place of the masked ones (Sec. 3.2); one linear layer predicts raw pixels
    (Sec. 3.3); the loss is L1 on the masked pixels (Sec. 3.4). As in the official code, the number of masked squares is rounded up.
    Different from both: their ViT has relative position biases and layer scale; here it is the plain one, with the fixed position
    embeddings and the initialisation of MAE."""

    Config = SimMIMConfig
    views = Views(1, 1)
    backbone: VisionTransformer
    recipe = {
        "views": {"preset": "simmim"},
        "backbone": {"name": "vit_micro", "pool": "mean"},
        "optim": {"lr": 0.0015, "weight_decay": 0.05, "warmup": 0.1},
        # More steps with smaller batches: masked patches are encoded too, so that a step takes three times as long as MAE's.
        "train": {"batch": 32},
    }

    def __init__(self, config: SimMIMConfig, backbone: VisionTransformer) -> None:
        super().__init__(config, backbone)
        self.backbone.fix_positions()
        initialise(self.backbone, "xavier")
        self.mask_token = nn.Parameter(torch.zeros(1, 1, backbone.dim))
        self.output = nn.Linear(backbone.dim, self.backbone.patch**2 * 3)
        initialise(self.output)
        nn.init.trunc_normal_(self.mask_token, std=0.02)

    def forward(self, batch: Batch, at: Progress) -> Out:
        """Replace masked patches by tokens, encode all patches and predict their pixels; L1 on the masked ones."""
        x = batch.views[0]
        hidden = self._hidden(x, batch.generator)
        tokens, predicted = self._predict(x, hidden)
        counted = hidden if self.config.loss_on == "hidden" else torch.ones_like(hidden)
        per_image = masked_l1(predicted, patchify(x, self.backbone.patch), counted.float())  # (N,)
        return Out(per_image.mean(), features=self.backbone.pooled(tokens), per_image=per_image)

    def _hidden(self, x: Tensor, generator: torch.Generator) -> Tensor:
        """(N, T) bool, True in masked squares."""
        side = self.backbone.side
        unit = unit_side(side, self.config.mask_unit)
        return own_rows(unit_mask(all_count(len(x)), side, unit, self.config.mask_ratio, generator)).hidden.to(x.device)

    def _predict(self, x: Tensor, hidden: Tensor) -> tuple[Tensor, Tensor]:
        """Encoder tokens (N, 1 + T, D) and predicted patches (N, T, p*p*3)."""
        tokens = self.backbone.tokens(x, fill=Fill(hidden, self.mask_token))
        return tokens, self.output(tokens[:, 1:])

    def inputs(self, batch: Batch) -> dict[str, Tensor]:
        """The visible patches; the grey ones are replaced by the learned mask token."""
        x = batch.views[0]
        return {"visible": hide(batch.pixels(x), self._hidden(x, batch.generator))}

    def task_score(self, batch: Batch) -> TaskScore:
        """Mean absolute error of the masked pixels, in standard deviations of the data. The baseline predicts the mean colour of
        the visible pixels."""
        x, patch = batch.views[0], self.backbone.patch
        hidden = self._hidden(x, batch.generator)
        target, mask = patchify(x, patch), hidden.float()
        flat = patchify(fill_mean(x, hidden, patch), patch)
        error, baseline = (masked_l1(predicted, target, mask).mean() for predicted in (self._predict(x, hidden)[1], flat))
        return TaskScore("reconstruction error", error, baseline, higher=False)

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """Image, visible part, reconstruction, and its error."""
        x = batch.views[0]
        hidden = self._hidden(x, batch.generator)
        predicted = unpatchify(self._predict(x, hidden)[1].float(), self.backbone.patch)
        return reconstruction(batch.pixels(x), batch.pixels(predicted), hidden)


METHOD = SimMIM
