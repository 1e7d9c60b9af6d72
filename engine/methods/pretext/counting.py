"""Counting: what is counted in the four quarters of an image must add up to what is counted in the whole."""

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

    D halves the image, T_j cuts its four quarters, so that the network always sees images of one size. Two thirds of the views
    are grey, so that colour fringes of a lens do not tell where a tile lay. y is the next image of the batch. We know of no code by
    the authors. Different here: the encoder is followed by one hidden layer instead of AlexNet's two; kernels are PIL's, not
    OpenCV's."""

    Config = CountingConfig
    views = Views(1, 1, multiple=2)
    # At a higher rate most counts fall to 0 for every image within a few steps and never come back.
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
        # Nearly nothing is counted at first, as with AlexNet's deviation of .01: large counts would only have to be unlearned.
        last = self.head[-1]
        assert isinstance(last, nn.Linear)
        nn.init.normal_(last.weight, std=0.01)
        nn.init.zeros_(last.bias)

    def forward(self, batch: Batch, at: Progress) -> Out:
        """phi(D x) against the sum of phi(T_j x), and phi(D y) away from it (Eq. 3)."""
        small, tiles = self._cut(batch)
        h, whole, parts = self._count(small, tiles)
        terms = counting_terms(whole, parts, whole.roll(1, 0), self.config.margin)
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
            kernel = torch.randint(len(KERNELS), (len(x),), generator=batch.generator)
        else:
            kernel = torch.full((len(x),), KERNELS.index(self.config.downsampling))
        return downsample(x, side, kernel), patch_grid(x, side, TILES)

    def _count(self, small: Tensor, tiles: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Features (5N, D), wholes first, and the counts of wholes (N, C) and of tiles (N, 4, C), none below 0."""
        h = self.backbone(torch.cat([small, tiles.flatten(0, 2)]))
        phi = F.relu(self.head(h).float())
        return h, phi[: len(small)], phi[len(small) :].view(len(small), TILES**2, -1)

    def chance(self, batch_size: int) -> float:
        """M: nothing is counted, so that all parts add up and no image differs from another."""
        margin: float = self.config.margin
        return margin

    def inputs(self, batch: Batch) -> dict[str, Tensor]:
        """The image halved, and its four tiles, all of the same size."""
        small, tiles = self._cut(batch)
        pixels = batch.pixels(tiles.flatten(0, 2)).view_as(tiles)
        return {"halved": batch.pixels(small), "tiles": mosaic(pixels)}

    def task_score(self, batch: Batch) -> TaskScore:
        """How far the tiles' sum misses the whole's count, as a share of how far the mean count of all images misses it."""
        _, whole, parts = self._count(*self._cut(batch))
        return TaskScore("relative error of the sum", unexplained(whole, parts), 1.0, higher=False)

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """`whole and parts`: the whole, its tiles, and of those counts that vary most the whole's (blue) beside the tiles' (their
        colours, stacked). `least to most`: images by how much is counted in them. `which whole`: tiles' sums down, wholes across;
        red is near, white a margin away, blue further; each image's own whole is framed."""
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
