"""SimMIM: hide squares of the image behind a learned token, and reconstruct them with one linear layer."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor, nn

from engine.augment.masking import unit_mask, unit_side
from engine.backbones.vit import Fill, VisionTransformer, initialise
from engine.config.part import setting
from engine.losses.reconstruction import fill_mean, masked_l1, patchify, unpatchify
from engine.method import Batch, Method, MethodConfig, Out, Progress, TaskScore, Views
from engine.pictures.masked import hide, reconstruction


class SimMIMConfig(MethodConfig):
    """Hyper-parameters of SimMIM."""

    mask_ratio: float = setting(
        0.6,
        "Share of the squares that is hidden, rounded up to whole squares. With the paper's large squares all from .1 to .7 does "
        "about as well; small squares need more (Table 1). Near 1 there is nothing left to paint from.",
        gt=0,
        lt=1,
    )
    mask_unit: float = setting(
        0.167,
        "Try this first. Side of a hidden square, as a share of the image's: a sixth, the paper's 32 of 192 px. It becomes "
        "whole patches that divide the image, one of 4 px at 32 px. Too small, and a hole is filled from its edge without "
        "understanding anything; too large, and it is guesswork, slow to learn.",
        gt=0,
        le=0.5,
    )
    loss_on: Literal["hidden", "all"] = setting(
        "hidden",
        "Which pixels are compared. With `all` the network spends itself on copying what it sees: 1.1 points of accuracy less "
        "in the paper (Sec. 4.1).",
    )


class SimMIM(Method[SimMIMConfig]):
    """Xie et al., SimMIM: a Simple Framework for Masked Image Modeling, CVPR 2022 (2111.09886).

    The encoder sees all patches, a learned token in the hidden ones (Sec. 3.2); one linear layer predicts raw pixels (Sec. 3.3); L1
    on the hidden pixels (Sec. 3.4). As in the official code the number of hidden squares is rounded up. The paper's ViT has
    relative position biases and a layer scale; ours is the plain one with fixed positions, begun like MAE's."""

    Config = SimMIMConfig
    views = Views(1, 1)
    backbone: VisionTransformer
    recipe = {
        "views": {"preset": "simmim"},
        "backbone": {"name": "vit_micro", "pool": "mean"},
        "optim": {"lr": 0.0015, "weight_decay": 0.05, "warmup": 0.1},
        # Many small steps: all patches are encoded, the hidden ones too, and a step costs three times MAE's.
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
        """Put tokens in the holes, encode everything, predict every patch, compare the hidden ones."""
        x = batch.views[0]
        hidden = self._hidden(x, batch.generator)
        tokens, predicted = self._predict(x, hidden)
        counted = hidden if self.config.loss_on == "hidden" else torch.ones_like(hidden)
        per_image = masked_l1(predicted, patchify(x, self.backbone.patch), counted.float())  # (N,)
        return Out(per_image.mean(), features=self.backbone.pooled(tokens), per_image=per_image)

    def _hidden(self, x: Tensor, generator: torch.Generator) -> Tensor:
        """(N, T) bool, true in the hidden squares."""
        side = self.backbone.side
        return unit_mask(len(x), side, unit_side(side, self.config.mask_unit), self.config.mask_ratio, generator).hidden.to(
            x.device
        )

    def _predict(self, x: Tensor, hidden: Tensor) -> tuple[Tensor, Tensor]:
        """Encoder tokens (N, 1 + T, D) and predicted patches (N, T, p*p*3)."""
        tokens = self.backbone.tokens(x, fill=Fill(hidden, self.mask_token))
        return tokens, self.output(tokens[:, 1:])

    def inputs(self, batch: Batch) -> dict[str, Tensor]:
        """What is left to see; in place of the grey squares the network gets its learned token."""
        x = batch.views[0]
        return {"visible": hide(batch.pixels(x), self._hidden(x, batch.generator))}

    def task_score(self, batch: Batch) -> TaskScore:
        """Mean absolute error of the hidden pixels, in deviations of the data, beside that of the visible pixels' mean colour."""
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
