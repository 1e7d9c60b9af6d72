"""DeepMIM: MAE with deep supervision, where intermediate layers also reconstruct, each with its own decoder."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from engine.augment.masking import Mask, random_mask
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
from engine.pictures.matrix import spaced, strips


class DeepMIMConfig(MethodConfig):
    """Hyper-parameters of DeepMIM."""

    layers: int = setting(
        4,
        "Try this first. Number of layers that reconstruct, evenly from the middle of the encoder to its end: 4 are layers 6, 8, "
        "10 and 12 of 12, as in the paper, or 3, 4, 5 and 6 of 6. With 1, the last layer only, this is MAE.",
        ge=1,
        le=13,
    )
    mask_ratio: float = setting(
        0.75, "Share of the patches that is hidden; .75 as in MAE. Little is learned where little is hidden.", gt=0, lt=1
    )
    decoder_dim: int = setting(64, "Width of the decoders, a multiple of 4; 512 in the paper.", ge=8, le=4096, multiple_of=4)
    decoder_depth: int = setting(
        1,
        "Blocks of each decoder; 4 in the paper, half of MAE's. A deep decoder does the work that the encoder should.",
        ge=1,
        le=24,
    )
    decoder_heads: int = setting(4, "Attention heads of the decoders; must divide their width.", ge=1, le=64)
    normalise_pixels: bool = setting(
        True, "Reconstruct each patch normalised by its own mean and deviation. Off, brightness counts more than edges."
    )


class DeepMIM(Method[DeepMIMConfig]):
    """Ren et al., DeepMIM: Deep Supervision for Masked Image Modeling, WACV 2025 (2303.08817), on MAE.

    As in the official code, every reconstructing layer has its own complete decoder, intermediate layers have no layer
    normalisation before it, and the losses are added with equal weights. Different from that code, which predicts features of
    CLIP: the target is normalised pixels, as in the paper's form for MAE. The paper's hybrid targets, which differ by layer, need
    a trained model and are left out."""

    Config = DeepMIMConfig
    views = Views(1, 1)
    backbone: VisionTransformer
    recipe = {
        "views": {"preset": "mae"},
        "backbone": {"name": "vit_micro", "pool": "mean"},
        "optim": {"lr": 0.002, "weight_decay": 0.05, "beta2": 0.95, "warmup": 0.1},
        # More steps with smaller batches: better than large batches in a short run.
        "train": {"batch": 128},
    }

    def __init__(self, config: DeepMIMConfig, backbone: VisionTransformer) -> None:
        super().__init__(config, backbone)
        vit = self.backbone
        vit.fix_positions()
        initialise(vit, "xavier")
        self.layers = decoded_layers(len(vit.blocks), config.layers)
        self.decoders = nn.ModuleList(self._decoder() for _ in self.layers)

    def _decoder(self) -> MaskedDecoder:
        config, vit = self.config, self.backbone
        decoder = MaskedDecoder(
            vit.dim, vit.side, vit.patch**2 * 3, width=config.decoder_dim, depth=config.decoder_depth, heads=config.decoder_heads
        )
        # Not as published: small weights in the output layers, because random predictions of several decoders dominate the first
        # steps.
        nn.init.trunc_normal_(decoder.output.weight, std=0.02)
        return decoder

    def forward(self, batch: Batch, at: Progress) -> Out:
        """One mask, one encoder, a reconstruction from each of the layers; the losses are added."""
        x = batch.views[0]
        mask = self._mask(x, batch.generator)
        tokens, predictions = self._predict(x, mask)
        target, hidden = self._target(x), mask.hidden.float()
        losses = {f"layer {k}": masked_mse(p, target, hidden) for k, p in zip(self.layers, predictions, strict=True)}  # (N,) each
        per_image = torch.stack([*losses.values()]).sum(0)
        terms = {layer: loss.mean() for layer, loss in losses.items()}
        return Out(per_image.mean(), features=self.backbone.pooled(tokens), terms=terms, per_image=per_image)

    def _target(self, x: Tensor) -> Tensor:
        patches = patchify(x, self.backbone.patch)  # (N, T, p*p*3)
        return normalise_patches(patches)[0] if self.config.normalise_pixels else patches

    def _mask(self, x: Tensor, generator: torch.Generator) -> Mask:
        drawn = random_mask(all_count(len(x)), self.backbone.side**2, self.config.mask_ratio, generator)
        return own_rows(drawn).to(x.device)

    def _predict(self, x: Tensor, mask: Mask) -> tuple[Tensor, list[Tensor]]:
        """The last layer's tokens (N, 1 + K, D), normalised, and the predicted patches (N, T, p*p*3) from each of the layers."""
        depths = self.backbone.depths(x, mask.keep)
        tokens = self.backbone.norm(depths[-1])
        sources = [*(depths[layer - 1] for layer in self.layers[:-1]), tokens]
        return tokens, [decoder(source, mask) for decoder, source in zip(self.decoders, sources, strict=True)]

    def chance(self, batch_size: int) -> float | None:
        """Predicting the mean of each patch, from every layer: see MAE."""
        size = self.backbone.patch**2 * 3
        return len(self.layers) * mean_filled(size) if self.config.normalise_pixels else None

    def inputs(self, batch: Batch) -> dict[str, Tensor]:
        """The visible patches, the rest grey."""
        x = batch.views[0]
        return {"visible": hide(batch.pixels(x), self._mask(x, batch.generator).hidden)}

    def task_score(self, batch: Batch) -> TaskScore:
        """Error of the masked patches as reconstructed by the last layer. The baseline predicts a constant: the mean of the patch
        where patches are normalised, else the mean colour of the visible patches."""
        x = batch.views[0]
        mask = self._mask(x, batch.generator)
        hidden, target = mask.hidden.float(), self._target(x)
        mean = torch.zeros_like(x) if self.config.normalise_pixels else fill_mean(x, mask.hidden, self.backbone.patch)
        flat = patchify(mean, self.backbone.patch)
        error, baseline = (masked_mse(predicted, target, hidden).mean() for predicted in (self._predict(x, mask)[1][-1], flat))
        return TaskScore("reconstruction error", error, baseline, higher=False)

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """Image, visible part, the reconstruction of the last layer and its error; and in one row the visible part, the
        reconstructions of all layers from the lowest, and the image."""
        x, patch = batch.views[0], self.backbone.patch
        mask = self._mask(x, batch.generator)
        shown = []
        for predicted in self._predict(x, mask)[1]:
            patches = predicted.float()
            if self.config.normalise_pixels:
                patches = unnormalise_patches(patches, patchify(x, patch))
            shown.append(reconstruction(batch.pixels(x), batch.pixels(unpatchify(patches, patch)), mask.hidden))
        row = [shown[-1]["visible"], *(one["reconstruction"] for one in shown), shown[-1]["image"]]
        layers = ", ".join(str(layer) for layer in self.layers)
        return {**shown[-1], f"painted by layers {layers}": spaced(strips(*(spaced(one, 1) for one in row)))}


def decoded_layers(depth: int, count: int) -> list[int]:
    """Which layers reconstruct, counted from 1: `count` of them, evenly from the middle to the last; with 1 the last alone.
    ConfigError (method.layers) where the encoder has fewer."""
    most = depth - depth // 2 + 1
    if count > most:
        raise complain("method.layers", f"at most {most} in an encoder of {depth} layers", count)
    if count == 1:
        return [depth]
    return [round(depth // 2 + (depth - depth // 2) * k / (count - 1)) for k in range(count)]


METHOD = DeepMIM
