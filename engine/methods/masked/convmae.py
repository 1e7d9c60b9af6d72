"""ConvMAE: MAE with a hybrid encoder of masked convolutions and a transformer."""

from __future__ import annotations

import torch
from torch import Tensor

from engine.augment.masking import Mask, fold_masks, random_mask
from engine.backbones.convvit import ConvViT
from engine.backbones.vit import initialise
from engine.config.errors import complain
from engine.config.part import setting
from engine.distributed.rows import all_count, own_rows
from engine.heads.fusion import StageFusion
from engine.heads.masked_decoder import MaskedDecoder
from engine.losses.per_image import image_means
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
from engine.pictures.matrix import strips


class ConvMAEConfig(MethodConfig):
    """Hyper-parameters of ConvMAE."""

    folds: int = setting(
        1,
        "Masks per image and step. 1 draws one mask of mask_ratio. 4 splits the patches into four visible sets of 25 %, so that "
        "every patch is encoded once and reconstructed three times: more is learned from an image, in a step that takes up to four "
        "times as long (FastConvMAE's complementary masks); mask_ratio then has no effect. Try this first.",
        title="Complementary masks",
        ge=1,
        le=8,
    )
    mask_ratio: float = setting(
        0.75,
        "Share of the patches that is masked. At 0.9 too little is visible for a reconstruction, at 0.3 it can be copied from the "
        "neighbours; 0.75 as in MAE and in the paper.",
        gt=0,
        lt=1,
    )
    multi_scale: bool = setting(
        True,
        "Give the decoder the features of the convolution stages beside the last stage's. Without them the transformer's tokens "
        "must carry every fine detail, at the cost of meaning (Sec. 3.2).",
        title="Multi-scale decoder",
    )
    decoder_dim: int = setting(64, "Width of the decoder, a multiple of 4; 512 in the paper.", ge=8, le=4096, multiple_of=4)
    decoder_depth: int = setting(
        1, "Blocks of the decoder; 8 in the paper. A deeper one reconstructs better and takes more time.", ge=1, le=24
    )
    decoder_heads: int = setting(4, "Attention heads of the decoder; must divide its width.", ge=1, le=64)
    normalise_pixels: bool = setting(
        True,
        "Reconstruct each patch normalised by its own mean and deviation, as MAE does: structure then counts more than brightness. "
        "Without it the colours are most of the loss.",
    )


class ConvMAE(Method[ConvMAEConfig]):
    """Gao et al., ConvMAE: Masked Convolution Meets Masked Autoencoders, NeurIPS 2022 (2205.03892).

    One mask is drawn on the coarse grid of the last stage and enlarged to the finer grids of the convolution stages, so that all
    stages mask the same pixels (block-wise masking, Sec. 3.2). The decoder gets the sum of the features of all three stages; the
    loss is that of MAE. Complementary masks are those of FastConvMAE's official code, without its mixture of targets. Followed
    where paper and official code differ, or the paper leaves it open: the code, with 5x5 depthwise convolutions on inputs whose
    masked positions are 0, the sum of the stages before the last normalisation, fixed position embeddings, and no class token."""

    Config = ConvMAEConfig
    views = Views(1, 1)
    backbone: ConvViT
    recipe = {
        "views": {"preset": "mae"},
        "backbone": {"name": "convvit_micro"},
        "optim": {"lr": 0.002, "weight_decay": 0.05, "beta2": 0.95, "warmup": 0.1},
        # More steps with smaller batches: better than large batches in a short run.
        "train": {"batch": 64},
    }

    def __init__(self, config: ConvMAEConfig, backbone: ConvViT) -> None:
        super().__init__(config, backbone)
        if backbone.side**2 % config.folds:
            raise complain(
                "method.folds",
                f"a divisor of the number of patches ({backbone.side**2})",
                config.folds,
                "Change backbone.patch too.",
            )
        backbone.fix_positions()
        initialise(backbone, "xavier")
        self.fusion = StageFusion(backbone.dims, backbone.finer) if config.multi_scale else None
        self.decoder = MaskedDecoder(
            backbone.dim,
            backbone.side,
            backbone.patch**2 * 3,
            width=config.decoder_dim,
            depth=config.decoder_depth,
            heads=config.decoder_heads,
            cls=False,
        )
        initialise(self.decoder.output)  # small weights: the first predictions are near the mean

    def forward(self, batch: Batch, at: Progress) -> Out:
        """Encode the visible patches of each mask and reconstruct the masked ones; the loss is on those only."""
        x = batch.views[0]
        masks = self._masks(x, batch.generator)
        tokens, predicted = self._predict(x, masks)
        features = self.backbone.norm(tokens).mean(1)  # (F * N, D)
        per_image = image_means(masked_mse(predicted, self._target(x, masks), _hidden(masks).float()), len(masks))  # (N,)
        return Out(per_image.mean(), features=features, views=len(masks), per_image=per_image)

    def _masks(self, x: Tensor, generator: torch.Generator) -> list[Mask]:
        n, patches = all_count(len(x)), self.backbone.side**2
        folds = self.config.folds
        drawn = (
            [random_mask(n, patches, self.config.mask_ratio, generator)] if folds == 1 else fold_masks(n, patches, folds, generator)
        )
        return [mask.to(x.device) for mask in own_rows(drawn)]

    def _predict(self, x: Tensor, masks: list[Mask]) -> tuple[Tensor, Tensor]:
        """The last stage's tokens (F * N, K, D) and predicted patches (F * N, T, p*p*3), mask by mask."""
        first, second, tokens = self.backbone.stages(x, [mask.keep for mask in masks])
        fused = tokens if self.fusion is None else self.fusion((first, second), tokens)
        every = Mask(*(torch.cat(parts) for parts in zip(*masks, strict=True)))
        return tokens, self.decoder(self.backbone.norm(fused), every)

    def _target(self, x: Tensor, masks: list[Mask]) -> Tensor:
        patches = patchify(x, self.backbone.patch)  # (N, T, p*p*3)
        return (normalise_patches(patches)[0] if self.config.normalise_pixels else patches).repeat(len(masks), 1, 1)

    def chance(self, batch_size: int) -> float | None:
        """Predicting the mean of each patch leaves a variance of 1 (p*p*3 - 1 over p*p*3 with the unbiased deviation)."""
        size = self.backbone.patch**2 * 3
        return mean_filled(size) if self.config.normalise_pixels else None

    def inputs(self, batch: Batch) -> dict[str, Tensor]:
        """The visible patches, the rest grey; for complementary masks all sets, side by side."""
        x = batch.views[0]
        sets = [hide(batch.pixels(x), mask.hidden) for mask in self._masks(x, batch.generator)]
        return {"visible" if len(sets) == 1 else "visible sets": strips(*sets)}

    def task_score(self, batch: Batch) -> TaskScore:
        """Error of the masked patches. The baseline predicts a constant: the mean of the patch where patches are normalised, else
        the mean colour of the visible patches."""
        x, patch = batch.views[0], self.backbone.patch
        masks = self._masks(x, batch.generator)
        hidden, target = _hidden(masks).float(), self._target(x, masks)
        mean = torch.cat([torch.zeros_like(x) if self.config.normalise_pixels else fill_mean(x, m.hidden, patch) for m in masks])
        error, baseline = (masked_mse(p, target, hidden).mean() for p in (self._predict(x, masks)[1], patchify(mean, patch)))
        return TaskScore("reconstruction error", error, baseline, higher=False)

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """Image, visible part in the first mask, reconstruction, and its error."""
        x = batch.views[0]
        masks = self._masks(x, batch.generator)
        predicted = self._predict(x, masks)[1][: len(x)].float()
        if self.config.normalise_pixels:
            predicted = unnormalise_patches(predicted, patchify(x, self.backbone.patch))
        return reconstruction(batch.pixels(x), batch.pixels(unpatchify(predicted, self.backbone.patch)), masks[0].hidden)


def _hidden(masks: list[Mask]) -> Tensor:
    """(F * N, T) bool, mask by mask."""
    return torch.cat([mask.hidden for mask in masks])


METHOD = ConvMAE
