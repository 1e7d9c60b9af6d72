"""MAE: encode the visible quarter of the patches and reconstruct the masked ones."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor

from engine.augment.blockwise import block_mask
from engine.augment.masking import Mask, grid_mask, mask_of, random_mask
from engine.backbones.vit import VisionTransformer, initialise
from engine.config.errors import complain
from engine.config.part import setting
from engine.distributed.rows import all_count, own_rows
from engine.heads.masked_decoder import MaskedDecoder
from engine.losses.reconstruction import (
    fill_mean,
    masked_mse,
    mean_filled,
    normalise_patches,
    patchify,
    unnormalise_patches,
    unpatchify,
)
from engine.method import Batch, Method, MethodConfig, Out, Progress, TaskScore, Views
from engine.pictures.masked import hide, reconstruction

GRID_RATIO = 0.75  # masked share of a grid: all but one of 2 x 2 patches


class MAEConfig(MethodConfig):
    """Hyper-parameters of MAE."""

    mask_ratio: float = setting(
        0.75,
        "Share of the patches that is hidden; .75 is best in the paper; a linear probe falls off below .6 (Fig. 5).",
        gt=0,
        lt=1,
    )
    masking: Literal["random", "block", "grid"] = setting(
        "random",
        "How the masked patches are arranged. `random` as in the paper. `block` masks rectangles, as BEiT does: a harder task with "
        "blurred reconstructions. `grid` keeps one of every 2 x 2 patches (mask_ratio .75): an easy task with sharper "
        "reconstructions, but worse features (Table 1f, Fig. 6).",
    )
    decoder_dim: int = setting(64, "Width of the decoder, a multiple of 4; 512 in the paper.", ge=8, le=4096, multiple_of=4)
    decoder_depth: int = setting(1, "Blocks of the decoder; 8 in the paper, 1 is enough for fine-tuning (Table 1a).", ge=1, le=24)
    decoder_heads: int = setting(4, "Attention heads of the decoder; must divide its width.", ge=1, le=64)
    normalise_pixels: bool = setting(True, "Reconstruct each patch normalised by its own mean and deviation (Table 1d).")


class MAE(Method[MAEConfig]):
    """He et al., Masked Autoencoders Are Scalable Vision Learners, CVPR 2022 (2111.06377).

    The encoder gets the visible patches only; a small decoder gets their tokens with a learned token at every masked position, and
    predicts the pixels of all patches; the loss is the squared error of the masked ones (Sec. 3). Followed where the paper leaves
    it open: the official code, with fixed sine-cosine position embeddings, Xavier's initialisation, and patches normalised by the
    unbiased deviation. Different from both: the features are the mean of the patch tokens by default, in the paper's linear probe
    the class token."""

    Config = MAEConfig
    views = Views(1, 1)
    backbone: VisionTransformer
    recipe = {
        "views": {"preset": "mae"},
        "backbone": {"name": "vit_micro", "pool": "mean"},
        "optim": {"lr": 0.002, "weight_decay": 0.05, "beta2": 0.95, "warmup": 0.1},
        # More steps with smaller batches: better than large batches in a short run.
        "train": {"batch": 128},
    }

    def __init__(self, config: MAEConfig, backbone: VisionTransformer) -> None:
        super().__init__(config, backbone)
        if config.masking == "grid" and config.mask_ratio != GRID_RATIO:
            raise complain("method.mask_ratio", f"{GRID_RATIO} with a grid", config.mask_ratio, "Or choose another method.masking.")
        backbone.fix_positions()
        initialise(backbone, "xavier")
        self.decoder = MaskedDecoder(
            backbone.dim,
            backbone.side,
            backbone.patch**2 * 3,
            width=config.decoder_dim,
            depth=config.decoder_depth,
            heads=config.decoder_heads,
        )

    def forward(self, batch: Batch, at: Progress) -> Out:
        """Encode the visible patches and reconstruct the masked ones; the loss is on those only."""
        x = batch.views[0]
        mask = self._mask(x, batch.generator)
        tokens, predicted = self._predict(x, mask)
        per_image = masked_mse(predicted, self._target(x), mask.hidden.float())  # (N,)
        return Out(per_image.mean(), features=self.backbone.pooled(tokens), per_image=per_image)

    def _target(self, x: Tensor) -> Tensor:
        patches = patchify(x, self.backbone.patch)  # (N, T, p*p*3)
        return normalise_patches(patches)[0] if self.config.normalise_pixels else patches

    def _mask(self, x: Tensor, generator: torch.Generator) -> Mask:
        n, side, ratio = all_count(len(x)), self.backbone.side, self.config.mask_ratio
        if self.config.masking == "block":
            drawn = mask_of(block_mask(torch.full((n,), round(side**2 * ratio)).clamp(min=1), side, generator))
        elif self.config.masking == "grid":
            drawn = grid_mask(n, side, 2, generator)
        else:
            drawn = random_mask(n, side**2, ratio, generator)
        return own_rows(drawn).to(x.device)

    def _predict(self, x: Tensor, mask: Mask) -> tuple[Tensor, Tensor]:
        """Encoder tokens (N, 1 + K, D) and predicted patches (N, T, p*p*3)."""
        tokens = self.backbone.tokens(x, mask.keep)
        return tokens, self.decoder(tokens, mask)

    def chance(self, batch_size: int) -> float | None:
        """Predicting the mean of each patch leaves a variance of 1 (p*p*3 - 1 over p*p*3 with the unbiased deviation)."""
        size = self.backbone.patch**2 * 3
        return mean_filled(size) if self.config.normalise_pixels else None

    def inputs(self, batch: Batch) -> dict[str, Tensor]:
        """The visible patches, the rest grey."""
        x = batch.views[0]
        return {"visible": hide(batch.pixels(x), self._mask(x, batch.generator).hidden)}

    def task_score(self, batch: Batch) -> TaskScore:
        """Error of the masked patches. The baseline predicts a constant: the mean of the patch where patches are normalised, else
        the mean colour of the visible patches."""
        x = batch.views[0]
        mask = self._mask(x, batch.generator)
        hidden, target = mask.hidden.float(), self._target(x)
        mean = torch.zeros_like(x) if self.config.normalise_pixels else fill_mean(x, mask.hidden, self.backbone.patch)
        flat = patchify(mean, self.backbone.patch)
        error, baseline = (masked_mse(predicted, target, hidden).mean() for predicted in (self._predict(x, mask)[1], flat))
        return TaskScore("reconstruction error", error, baseline, higher=False)

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """Image, visible part, reconstruction, and its error."""
        x = batch.views[0]
        mask = self._mask(x, batch.generator)
        predicted = self._predict(x, mask)[1].float()
        if self.config.normalise_pixels:
            predicted = unnormalise_patches(predicted, patchify(x, self.backbone.patch))
        return reconstruction(batch.pixels(x), batch.pixels(unpatchify(predicted, self.backbone.patch)), mask.hidden)


METHOD = MAE
