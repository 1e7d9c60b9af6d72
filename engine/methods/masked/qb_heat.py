"""QB-Heat: encode one quarter of the image and extrapolate its features linearly over the rest (a heat equation)."""

from __future__ import annotations

from dataclasses import replace

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.augment.masking import Quarter, cut_quarter, quarter_distance, quarter_mask
from engine.backbones.backbone import Backbone
from engine.backbones.convvit import ConvViT
from engine.backbones.vit import VisionTransformer
from engine.config.errors import complain
from engine.config.part import setting
from engine.distributed.rows import all_count, own_rows
from engine.heads.extrapolation import CellDecoder, LinearExtrapolation
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
from engine.pictures.masked import hide, reconstruction, spreading

LEAST_CELL = 4  # px; the finest feature map of a convolutional network


class QBHeatConfig(MethodConfig):
    """Hyper-parameters of QB-Heat."""

    cells: int = setting(
        4,
        "Cells across the visible block, and steps from it to the image's edge. More cells give a finer reconstruction and more "
        "steps, over which errors grow; 1 is a single step. The size of a cell is relative to the image, with 4 an eighth: 4 px of "
        "32, 28 px of 224. The cells of a ViT are its patches, whatever is set here.",
        unit="cells",
        ge=1,
        le=16,
    )
    both_ways: bool = setting(
        True,
        "One matrix A for steps to the right and to the left, where it counts negative, and one B for down and up, as the "
        "equations have it. Without it each of the four directions learns its own: easier to fit, and no longer one law.",
        title="One law for both ways",
    )
    decoder_width: int = setting(
        128, "Channels of the decoder's convolutions. A narrow one leaves more to the features.", ge=8, le=2048
    )
    decoder_depth: int = setting(
        1,
        "3x3 convolutions of the decoder. Each enlarges its receptive field by one cell, so that with many the decoder "
        "reconstructs the image without the extrapolation; 0 reconstructs each cell on its own.",
        ge=0,
        le=8,
    )
    normalise_pixels: bool = setting(
        False,
        "Reconstruct each cell normalised by its own mean and deviation, as MAE does. Far from the visible block only colours and "
        "large shapes can be predicted, and this removes the colours: leave it off first.",
    )


class QBHeat(Method[QBHeatConfig]):
    """Chen et al., Self-Supervised Learning based on Heat Equation (2211.13228).

    The steady-state heat equation is split into two linear equations, dz/dx = A z and dz/dy = B z, with A and B learned and the
    same for all images. One quarter of the image is encoded alone; its features are extrapolated step by step over the three other
    quarters, and a small decoder reconstructs their pixels. There are no mask tokens, so that a convolutional network can be
    trained.

    No official code was found. Where the paper leaves it open: the visible block is in any of the four corners; every masked cell
    is extrapolated from the nearest visible one; the two paths to the opposite quarter are averaged, and A and B are not forced to
    commute (a curve shows the norm of their commutator); the loss is the squared error of the masked pixels."""

    Config = QBHeatConfig
    views = Views(1, 1)
    recipe = {
        "views": {"preset": "mae"},
        # For a ViT: its class token is given no target.
        "backbone": {"pool": "mean"},
        # More steps with smaller batches: better than large batches in a short run.
        "train": {"batch": 64},
    }

    @classmethod
    def takes(cls, config: QBHeatConfig, patches: bool = False) -> Views:
        """One view with an even number of patches, or of cells of the feature map, across."""
        return replace(cls.views, multiple=2 if patches else 2 * config.cells)

    def __init__(self, config: QBHeatConfig, backbone: Backbone) -> None:
        super().__init__(config, backbone)
        if isinstance(backbone, VisionTransformer | ConvViT):
            self.cells = backbone.side // 2
            if backbone.side % 2:
                raise complain(
                    "backbone.patch",
                    "such that an even number of patches lies across the image",
                    backbone.patch,
                    f"{backbone.side} patches have no middle.",
                )
        else:
            self.cells = config.cells
            least = 2 * LEAST_CELL * config.cells
            if backbone.size < least or backbone.size % (2 * config.cells):
                raise complain(
                    "views.groups.0.size",
                    f"a multiple of {2 * config.cells} px, at least {least} px",
                    backbone.size,
                    f"It is cut into {2 * config.cells} x {2 * config.cells} cells. Take larger images, or lower method.cells.",
                )
        self.patch = backbone.size // (2 * self.cells)
        self.heat = LinearExtrapolation(backbone.dim, both_ways=config.both_ways)
        self.decoder = CellDecoder(backbone.dim, self.patch**2 * 3, width=config.decoder_width, depth=config.decoder_depth)

    def forward(self, batch: Batch, at: Progress) -> Out:
        """Encode the visible quarter, extrapolate its features, and reconstruct the masked pixels."""
        x = batch.views[0]
        quarter = self._quarter(x, batch.generator)
        z, predicted = self._predict(x, quarter)
        per_image = masked_mse(predicted, self._target(x), quarter.mask.hidden.float())  # (N,)
        return Out(
            per_image.mean(), features=z.mean((1, 2)), terms={"discord of A and B": self.heat.discord()}, per_image=per_image
        )

    def _quarter(self, x: Tensor, generator: torch.Generator) -> Quarter:
        drawn = quarter_mask(all_count(len(x)), 2 * self.cells, generator)
        return own_rows(drawn).to(x.device)

    def _encode(self, x: Tensor, quarter: Quarter) -> Tensor:
        """Features (N, c, c, D) of the visible block, which is the only input of the encoder."""
        if isinstance(self.backbone, VisionTransformer | ConvViT):
            # Patches keep their positions in the whole image. The first token of a ViT is the class token.
            tokens = self.backbone.tokens(x, quarter.mask.keep)[:, -(self.cells**2) :]
            return tokens.reshape(len(x), self.cells, self.cells, -1)
        features = self.backbone.dense(cut_quarter(x, quarter), least=self.cells)  # (N, D, s, s), s >= c
        if features.shape[-1] != self.cells:
            features = F.adaptive_avg_pool2d(features, self.cells)
        return features.permute(0, 2, 3, 1)

    def _predict(self, x: Tensor, quarter: Quarter) -> tuple[Tensor, Tensor]:
        """Features of the visible block (N, c, c, D) and predicted cells (N, 4 c c, p*p*3)."""
        z = self._encode(x, quarter)
        return z, self.decoder(self.heat(z, quarter.lower, quarter.right))

    def _target(self, x: Tensor) -> Tensor:
        patches = patchify(x, self.patch)  # (N, 4 c c, p*p*3)
        return normalise_patches(patches)[0] if self.config.normalise_pixels else patches

    def chance(self, batch_size: int) -> float | None:
        """Predicting the mean of each cell leaves a variance of 1 (p*p*3 - 1 over p*p*3 with the unbiased deviation)."""
        size = self.patch**2 * 3
        return mean_filled(size) if self.config.normalise_pixels else None

    def inputs(self, batch: Batch) -> dict[str, Tensor]:
        """The visible quarter, the rest grey."""
        x = batch.views[0]
        return {"visible": hide(batch.pixels(x), self._quarter(x, batch.generator).mask.hidden)}

    def task_score(self, batch: Batch) -> TaskScore:
        """Error of the masked pixels. The baseline predicts a constant: the mean of the cell where cells are normalised, else the
        mean colour of the visible quarter."""
        x = batch.views[0]
        quarter = self._quarter(x, batch.generator)
        hidden, target = quarter.mask.hidden.float(), self._target(x)
        mean = torch.zeros_like(x) if self.config.normalise_pixels else fill_mean(x, quarter.mask.hidden, self.patch)
        flat = patchify(mean, self.patch)
        error, baseline = (masked_mse(predicted, target, hidden).mean() for predicted in (self._predict(x, quarter)[1], flat))
        return TaskScore("reconstruction error", error, baseline, higher=False)

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """Image, visible quarter, reconstruction and error; and the reconstruction after each step, from left to right."""
        x = batch.views[0]
        quarter = self._quarter(x, batch.generator)
        predicted = self._predict(x, quarter)[1].float()
        if self.config.normalise_pixels:
            predicted = unnormalise_patches(predicted, patchify(x, self.patch))
        image, reconstructed = batch.pixels(x), batch.pixels(unpatchify(predicted, self.patch))
        steps = spreading(image, reconstructed, quarter_distance(quarter))
        return {**reconstruction(image, reconstructed, quarter.mask.hidden), "heat, step by step": steps}


METHOD = QBHeat
