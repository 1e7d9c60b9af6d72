"""Counting: the sum of the counts of visual primitives in the four tiles of an image equals the count in the whole image."""

from __future__ import annotations

from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.augment.downsample import KERNELS, downsample, halves, least_halved
from engine.augment.patch_grid import LEAST_PATCH, patch_grid
from engine.backbones.backbone import Backbone
from engine.config.errors import complain
from engine.config.part import setting
from engine.distributed.rows import all_count, all_rows, own_rows
from engine.heads.mlp import mlp
from engine.losses.counting_loss import counting_terms, squared_distance, unexplained
from engine.method import Batch, Method, MethodConfig, Out, Progress, TaskScore, Views
from engine.pictures.counts import counted, ranking
from engine.pictures.matrix import matrix
from engine.pictures.patch_matches import mosaic

TILES = 2  # across and down
SHOWN = 10  # counts drawn in a picture


class CountingConfig(MethodConfig):
    """Hyper-parameters of counting."""

    margin: float = setting(
        10.0,
        "M, Eq. 3: how far, squared, the tiles' sum must stay from the count of another image; 10 in the paper. Near 0 nothing "
        "need be counted and all counts fall to 0; large asks for many counts, so that images differ. Try this first.",
        gt=0,
        le=10_000,
    )
    counts: int = setting(256, "How many kinds of things are counted, the length of phi; 1,000 in the paper.", ge=1, le=16384)
    hidden_dim: int = setting(512, "Width of the layer between encoder and counts; 4,096 in the paper's AlexNet.", ge=1, le=16384)
    downsampling: Literal["random", "area", "bilinear", "bicubic", "lanczos"] = setting(
        "random",
        "How the whole image is made as small as a tile. Random draws one of the four for each image, as in the paper. With one "
        "alone the network can tell a whole from a tile by its sharpness and answer by that, without counting.",
    )


class Counting(Method[CountingConfig]):
    """Noroozi, Pirsiavash and Favaro, Representation Learning by Learning to Count, ICCV 2017 (1708.06734).

    D downsamples an image by 2 and T_j cuts its four quarters, so that all inputs have the same size; phi is a vector of counts.
    The loss makes phi(D x) equal to the sum of phi(T_j x), and different from phi(D y) of another image (Eq. 3); y is the next
    image of the batch. As in the paper, two thirds of the views are grey, because chromatic aberration reveals the position of a
    tile. We know of no official code. Different from the paper: the encoder is followed by one hidden layer, in AlexNet by two;
    the resampling kernels are those of PIL, there of OpenCV."""

    Config = CountingConfig
    views = Views(1, 1, multiple=2)
    # At a higher learning rate most counts become 0 for all images within a few steps, and stay 0.
    recipe = {"views": {"preset": "counting"}, "optim": {"lr": 0.0005}, "train": {"batch": 64}}

    def __init__(self, config: CountingConfig, backbone: Backbone) -> None:
        super().__init__(config, backbone)
        if backbone.size and not halves(backbone.size, backbone.multiple, LEAST_PATCH):
            step = 2 * backbone.multiple
            raise complain(
                "views.groups.0.size",
                f"a multiple of {step} px, at least {least_halved(backbone.multiple, LEAST_PATCH)}, so that it can be halved",
                backbone.size,
                f"Take {max(least_halved(backbone.multiple, LEAST_PATCH), round(backbone.size / step) * step)} px.",
            )
        self.head = mlp(backbone.dim, config.hidden_dim, config.counts, norm=False)
        # Small initial counts, as with AlexNet's standard deviation of .01.
        last = self.head[-1]
        assert isinstance(last, nn.Linear)
        nn.init.normal_(last.weight, std=0.01)
        nn.init.zeros_(last.bias)

    def forward(self, batch: Batch, at: Progress) -> Out:
        """phi(D x) is trained towards the sum of phi(T_j x), phi(D y) away from it (Eq. 3)."""
        small, tiles = self._cut(batch)
        h, whole, parts = self._count(small, tiles)
        terms = counting_terms(whole, parts, own_rows(all_rows(whole).roll(1, 0)), self.config.margin)
        per_image = terms.equal + terms.different  # (N,)
        terms_shown = {
            "parts against whole": terms.equal.mean(),
            "against another": terms.different.mean(),
            "counted": whole.sum(1).mean(),
            "kinds in use": (whole > 0).any(0).float().mean(),
        }
        return Out(per_image.mean(), features=h[: len(small)], embedding=whole, terms=terms_shown, per_image=per_image)

    def _cut(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """D x (N, 3, s, s) and T x (N, 2, 2, 3, s, s), s half of the view."""
        x = batch.views[0]
        side = x.shape[-1] // TILES
        if self.config.downsampling == "random":
            kernel = own_rows(torch.randint(len(KERNELS), (all_count(len(x)),), generator=batch.generator))
        else:
            kernel = torch.full((len(x),), KERNELS.index(self.config.downsampling))
        return downsample(x, side, kernel), patch_grid(x, side, TILES)

    def _count(self, small: Tensor, tiles: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Features (5N, D), whole images first, and the counts of whole images (N, C) and of tiles (N, 4, C), 0 or more."""
        h = self.backbone(torch.cat([small, tiles.flatten(0, 2)]))
        phi = F.relu(self.head(h).float())
        return h, phi[: len(small)], phi[len(small) :].view(len(small), TILES**2, -1)

    def chance(self, batch_size: int) -> float:
        """M, the loss where all counts are 0."""
        margin: float = self.config.margin
        return margin

    def inputs(self, batch: Batch) -> dict[str, Tensor]:
        """The downsampled image and its four tiles, all of the same size."""
        small, tiles = self._cut(batch)
        pixels = batch.pixels(tiles.flatten(0, 2)).view_as(tiles)
        return {"halved": batch.pixels(small), "tiles": mosaic(pixels)}

    def task_score(self, batch: Batch) -> TaskScore:
        """Squared error of the sum over the tiles, relative to that of the mean count of all images, which is the baseline."""
        _, whole, parts = self._count(*self._cut(batch))
        return TaskScore("relative error of the sum", unexplained(whole, parts), 1.0, higher=False)

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """`whole and parts`: the whole image, its tiles, and bars of the counts that vary most, of the whole (blue) and of the
        tiles (in their colours, stacked). `least to most`: the images sorted by their total count. `which whole`: distances
        between the sums over the tiles (rows) and the counts of whole images (columns); red is near, white the margin, blue
        further; the image's own count is framed."""
        small, tiles = self._cut(batch)
        _, whole, parts = self._count(small, tiles)
        shown = whole.std(0, unbiased=False).topk(min(SHOWN, whole.shape[1])).indices.sort().values
        near = 1 - squared_distance(parts.sum(1)[:, None], whole[None]) / self.config.margin  # (n, n)
        pixels = batch.pixels(tiles.flatten(0, 2)).view_as(tiles)
        return {
            "whole and parts": counted(batch.pixels(small), pixels, whole[:, shown], parts[..., shown]),
            "least to most": ranking(batch.pixels(batch.views[0]), whole.sum(1)),
            "which whole": matrix(near, torch.eye(len(near), dtype=torch.bool, device=near.device)),
        }


METHOD = Counting
