"""LocalMIM: lower layers reconstruct fine cells and higher layers coarse cells, each with its own decoder."""

from __future__ import annotations

from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.augment.masking import Mask, random_mask
from engine.backbones.vit import VisionTransformer, initialise
from engine.config.part import setting
from engine.distributed.rows import all_count, own_rows
from engine.heads.masked_decoder import MaskedDecoder
from engine.heads.rescale import Rescale
from engine.losses.hog import hog, oriented_gradients
from engine.losses.reconstruction import masked_mse, mean_filled, normalise_patches, patchify, unnormalise_patches, unpatchify
from engine.method import Batch, Method, MethodConfig, Out, Progress, TaskScore, Views
from engine.pictures.gradient_needles import needles
from engine.pictures.heat import heat
from engine.pictures.masked import hide, pixels_of, reconstruction
from engine.pictures.matrix import spaced, strips

# The reconstructing layers as shares of the encoder's depth: 2, 4, 10 and 12 of ViT-B's 12 (Sec. 4.1), 1, 2, 5 and 6 of 6.
DEPTHS = (1 / 6, 1 / 3, 5 / 6, 1.0)
LEAST_CELL = 2  # px; a histogram of one pixel has no meaning


class LocalMIMConfig(MethodConfig):
    """Hyper-parameters of LocalMIM."""

    target: Literal["pixels", "hog"] = setting(
        "pixels",
        "Try this first. The target of each cell: its pixels, normalised by their mean and deviation, or histograms of oriented "
        "gradients (HOG). The paper's ViTs predict histograms, which do not depend on the exact position of an edge or on colour; "
        "they need long training to be better. On Swin both are equally good.",
    )
    bins: int = setting(
        9, "Directions of the histograms over half a turn; 9 in the paper. 1 leaves the strength alone.", ge=1, le=36
    )
    multi_scale: bool = setting(
        True,
        "Lower layers reconstruct fine cells and higher layers coarse ones: a quarter of a patch (but at least 2 px), then twice "
        "as large from layer to layer. Off, all layers reconstruct cells of one patch, to show the effect of the scales (Table 6).",
    )
    mask_ratio: float = setting(
        0.75, "Share of the patches that is hidden; .75 as in MAE. Little is learned where little is hidden.", gt=0, lt=1
    )
    decoder_dim: int = setting(64, "Width of the decoders, a multiple of 4; 256 in the paper.", ge=8, le=4096, multiple_of=4)
    decoder_depth: int = setting(
        1, "Blocks of each decoder; 1 in the paper, so that the reconstruction takes little time.", ge=1, le=24
    )
    decoder_heads: int = setting(4, "Attention heads of the decoders; must divide their width.", ge=1, le=64)


class LocalMIM(Method[LocalMIMConfig]):
    """Wang et al., Masked Image Modeling with Local Multi-Scale Reconstruction, CVPR 2023 (2303.05251).

    As in MAE, the encoder gets the visible patches only. Four of its layers, each with its own layer normalisation and small
    decoder, reconstruct cells of four sizes. As in the official code, the losses are added with equal weights. A coarse cell that
    is partly masked is weighted by its masked share. Different from the paper: the target is pixels by default (see `target`); the
    sizes of the cells depend on the patch: 4, 8, 16 and 32 px for patches of 16 px, 2, 4, 8 and 16 px for patches of 4 px."""

    Config = LocalMIMConfig
    views = Views(1, 1)
    backbone: VisionTransformer
    recipe = {
        "views": {"preset": "mae"},
        "backbone": {"name": "vit_micro", "pool": "mean"},
        "optim": {"lr": 0.002, "weight_decay": 0.05, "beta2": 0.95, "warmup": 0.1},
        # More steps with smaller batches: better than large batches in a short run.
        "train": {"batch": 64},
    }

    def __init__(self, config: LocalMIMConfig, backbone: VisionTransformer) -> None:
        super().__init__(config, backbone)
        vit = self.backbone
        vit.fix_positions()
        initialise(vit, "xavier")
        self.layers = [max(1, round(share * len(vit.blocks))) for share in DEPTHS]
        self.cells = cell_sides(vit.patch, vit.side, len(DEPTHS)) if config.multi_scale else [vit.patch] * len(DEPTHS)
        # The last layer's is the encoder's own.
        self.norms = nn.ModuleList(nn.LayerNorm(vit.dim, eps=1e-6) for _ in self.layers[:-1])
        width, depth, heads = config.decoder_dim, config.decoder_depth, config.decoder_heads
        self.decoders = nn.ModuleList(
            MaskedDecoder(vit.dim, vit.side, width, width=width, depth=depth, heads=heads) for _ in self.cells
        )
        self.scales = nn.ModuleList(
            Rescale(width, self._numbers(cell), finer=max(1, vit.patch // cell), coarser=max(1, cell // vit.patch))
            for cell in self.cells
        )
        initialise(self.scales)  # small weights: the first predictions are near the mean, as the targets are

    def forward(self, batch: Batch, at: Progress) -> Out:
        """One mask, one encoder, a reconstruction from each of the layers at its own scale; the losses are added (Eq. 3)."""
        x = batch.views[0]
        mask = self._mask(x, batch.generator)
        tokens, predictions = self._predict(x, mask)
        losses = [
            masked_mse(predicted, target, hidden)
            for predicted, target, hidden in zip(predictions, self._targets(x), self._hidden(mask), strict=True)
        ]
        named = {
            f"layer {layer}, {cell} px": loss.mean() for layer, cell, loss in zip(self.layers, self.cells, losses, strict=True)
        }
        per_image = torch.stack(losses).sum(0)  # (N,)
        return Out(per_image.mean(), features=self.backbone.pooled(tokens), terms=named, per_image=per_image)

    def _mask(self, x: Tensor, generator: torch.Generator) -> Mask:
        drawn = random_mask(all_count(len(x)), self.backbone.side**2, self.config.mask_ratio, generator)
        return own_rows(drawn).to(x.device)

    def _hidden(self, mask: Mask) -> list[Tensor]:
        """For each scale, the masked share of each of its cells, (N, cells)."""
        finest = pixels_of(mask.hidden.float(), self.backbone.side * self.backbone.patch)  # (N, 1, S, S)
        return [F.avg_pool2d(finest, cell).flatten(1) for cell in self.cells]

    def _predict(self, x: Tensor, mask: Mask) -> tuple[Tensor, list[Tensor]]:
        """The last layer's tokens (N, 1 + K, D), and for each scale the prediction of its cells (N, cells, numbers)."""
        depths = self.backbone.depths(x, mask.keep)
        norms = [*self.norms, self.backbone.norm]
        tokens = [norm(depths[layer - 1]) for norm, layer in zip(norms, self.layers, strict=True)]
        parts = zip(self.decoders, self.scales, tokens, strict=True)
        return tokens[-1], [scale(decoder(seen, mask)) for decoder, scale, seen in parts]

    def _numbers(self, cell: int) -> int:
        return 3 * self.config.bins if self.config.target == "hog" else 3 * cell**2

    def _targets(self, x: Tensor) -> list[Tensor]:
        """For each scale, the target of its cells (N, cells, numbers)."""
        if self.config.target == "pixels":
            return [normalise_patches(patchify(x, cell))[0] for cell in self.cells]
        gradients = oriented_gradients(x, self.config.bins)
        return [hog(gradients, cell) for cell in self.cells]

    def chance(self, batch_size: int) -> float | None:
        """For normalised pixels, the loss of predicting the mean of each cell, summed over the scales (see MAE); None for
        histograms."""
        sizes = [self._numbers(cell) for cell in self.cells]
        return sum(mean_filled(size) for size in sizes) if self.config.target == "pixels" else None

    def inputs(self, batch: Batch) -> dict[str, Tensor]:
        """The visible patches, the rest grey."""
        x = batch.views[0]
        return {"visible": hide(batch.pixels(x), self._mask(x, batch.generator).hidden)}

    def task_score(self, batch: Batch) -> TaskScore:
        """Error of the masked cells, the mean over the scales. The baseline predicts a constant: for pixels the mean of each cell,
        for histograms the mean histogram of all images."""
        x = batch.views[0]
        mask = self._mask(x, batch.generator)
        error, baseline = [], []
        for predicted, target, hidden in zip(self._predict(x, mask)[1], self._targets(x), self._hidden(mask), strict=True):
            # Not the mean of the visible cells, which include the masked part of partly visible cells.
            mean = target.mean((0, 1)) if self.config.target == "hog" else torch.zeros_like(target)
            error.append(masked_mse(predicted, target, hidden).mean())
            baseline.append(masked_mse(mean.expand_as(target), target, hidden).mean())
        return TaskScore("reconstruction error", torch.stack(error).mean(), torch.stack(baseline).mean(), higher=False)

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """Image and visible part; for pixels the reconstruction by the layer with the largest cells up to a patch, and its error,
        for histograms the mean error of all layers; then the prediction of each layer, the lowest first, and its target."""
        x = batch.views[0]
        mask = self._mask(x, batch.generator)
        outputs, targets, hidden = [one.float() for one in self._predict(x, mask)[1]], self._targets(x), self._hidden(mask)
        scales = list(zip(outputs, targets, hidden, self.cells, strict=True))
        predicted = [self._show(torch.where(part[..., None] > 0, s, t), cell) for s, t, part, cell in scales]
        truth = [self._show(target, cell) for _, target, _, cell in scales]
        layers = ", ".join(str(layer) for layer in self.layers)
        return {
            **self._whole(x, batch, mask, scales),
            f"painted by layers {layers}": spaced(strips(*(spaced(one, 1) for one in predicted))),
            "what each should paint": spaced(strips(*(spaced(one, 1) for one in truth))),
        }

    def _whole(self, x: Tensor, batch: Batch, mask: Mask, scales: list[tuple[Tensor, Tensor, Tensor, int]]) -> dict[str, Tensor]:
        pixels, size = batch.pixels(x), x.shape[-1]
        if self.config.target == "pixels":
            outputs, _, _, cell = [scale for scale in scales if scale[-1] <= self.backbone.patch][-1]
            prediction = unnormalise_patches(outputs, patchify(x, cell))
            return reconstruction(pixels, batch.pixels(unpatchify(prediction, cell)), mask.hidden)
        errors = [pixels_of((outputs - target).square().mean(-1) * hidden, size)[:, 0] for outputs, target, hidden, _ in scales]
        return {"image": pixels, "visible": hide(pixels, mask.hidden), "error": heat(pixels, torch.stack(errors).mean(0))}

    def _show(self, values: Tensor, cell: int) -> Tensor:
        """(N, cells, numbers) as pictures: histograms as oriented lines; for normalised pixels the mean is a middle grey."""
        if self.config.target == "hog":
            return needles(values, self.config.bins)
        return (unpatchify(values, cell) / 4 + 0.5).clamp(0, 1)


def cell_sides(patch: int, side: int, count: int) -> list[int]:
    """Sides in px of the cells of each scale, the finest first: a quarter of the patch, or a half where a quarter is no whole
    number or below 2 px, or the patch; then each is twice the last, as long as the image is divided into 2 x 2 cells or more."""
    sides = [next((patch // part for part in (4, 2) if patch % part == 0 and patch // part >= LEAST_CELL), patch)]
    while len(sides) < count:
        double, size = 2 * sides[-1], patch * side
        sides.append(double if size % double == 0 and size // double >= 2 else sides[-1])
    return sides


METHOD = LocalMIM
