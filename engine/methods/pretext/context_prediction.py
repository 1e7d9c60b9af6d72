"""Context prediction: classify the relative position of two neighbouring patches."""

from __future__ import annotations

import math
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.augment.patch_grid import vary_patches
from engine.augment.puzzle_tiles import cut_tiles, normalise_tiles, without_green_magenta
from engine.backbones.backbone import Backbone
from engine.backbones.tile_encoder import encode_tiles, fitted_tiling
from engine.config.part import setting
from engine.heads.mlp import mlp
from engine.method import Batch, Method, MethodConfig, Out, Progress, TaskScore, Views
from engine.pictures.patch_matches import mosaic, neighbour_prediction

# The 8 relative positions around a patch, row by row, as steps down and across.
AROUND = [(down, across) for down in (-1, 0, 1) for across in (-1, 0, 1) if (down, across) != (0, 0)]


class ContextPredictionConfig(MethodConfig):
    """Hyper-parameters of context prediction. Gap, jitter, colours and normalisation each close a shortcut: switch one off and
    watch the accuracy climb while the kNN does not."""

    grid: int = setting(
        2,
        "Patches across and down. 2 x 2 hold all 8 sides and leave each patch as large as can be, which a small image needs: at 3, "
        "those of a 32 px image show some 7 of its pixels, too few to know a thing by. 3 surround one patch, as in the paper.",
        unit="patches",
        ge=2,
        le=5,
    )
    gap: float = setting(
        0.5,
        "Distance between two patches, as a share of a patch's side: about half in the paper. At 0 they touch, and lines that run "
        "on from one to the other give the place away. Wider gaps leave less of a small image for the patches.",
        ge=0,
        le=2,
    )
    jitter: float = setting(
        0.15,
        "How far a patch may be shifted in all, as a share of its side; 7 of 96 px to either side in the paper. At 0 lines can be "
        "followed across a gap that is always the same.",
        ge=0,
        le=1,
    )
    colours: Literal["drop", "project", "keep"] = setting(
        "drop",
        "A lens bends colours apart towards the image's edge, and a network can read a patch's place from that alone. `drop` "
        "leaves one of the three colours, drawn for each patch; `project` takes green against magenta out of the image; `keep` "
        "leaves the shortcut open. The paper finds drop and project equally good.",
    )
    dropped: float = setting(
        0.5,
        "Share of the patches whose colours are dropped: all in the paper. Half here, so that the network also learns from colours "
        "as whole images have them, on which it is evaluated. At 0 the shortcut is open.",
        ge=0,
        le=1,
    )
    normalise: bool = setting(
        False,
        "Bring each patch to mean 0 and deviation 1 of its own, as the official code does: else patches are joined by their "
        "brightness. Off here, for whole images, on which the network is evaluated, are not seen in that way.",
    )
    hidden_dim: int = setting(256, "Width of the two layers that see both patches (fc7, fc8); 4096 in the paper.", ge=1, le=8192)


class ContextPrediction(Method[ContextPredictionConfig]):
    """Doersch et al., Unsupervised Visual Representation Learning by Context Prediction, ICCV 2015 (1505.05192).

    Late fusion (Fig. 3): each patch is encoded alone by the same network, and a small head gets both features. Followed where
    paper and official code differ: the code, in which a grid of patches is encoded once and all neighbours are paired in both
    orders (the paper samples pairs). In a grid of 3 x 3 or more the patch in the middle has neighbours in all 8 positions; in the
    default grid of 2 x 2 every patch is in a corner, so that a network that recognises the corner has 3 positions left. A grid has
    fewer diagonal pairs, so that loss and accuracy weight the 8 positions equally. Different from the paper: dropped colours are
    set to 0, the mean of the data, there to noise, and only in half of the patches; patches are normalised only with `normalise`;
    patches are not downsampled and upsampled at random; batch normalisation has a learned scale and shift."""

    Config = ContextPredictionConfig
    views = Views(1, 1)
    recipe = {"views": {"preset": "context_prediction"}, "train": {"batch": 64}}

    def __init__(self, config: ContextPredictionConfig, backbone: Backbone) -> None:
        super().__init__(config, backbone)
        if backbone.size:
            fitted_tiling(backbone, backbone.size, config.grid, config.gap, config.jitter)
        self.fuse = mlp(2 * backbone.dim, config.hidden_dim, config.hidden_dim, len(AROUND))
        first, second, side = neighbours(config.grid)
        self.first: Tensor
        self.second: Tensor
        self.side: Tensor
        self.register_buffer("first", first, persistent=False)  # (pairs,)
        self.register_buffer("second", second, persistent=False)
        self.register_buffer("side", side, persistent=False)

    def forward(self, batch: Batch, at: Progress) -> Out:
        """Cross-entropy over the 8 relative positions, for all neighbours of the grid."""
        h = encode_tiles(self.backbone, self._patches(batch))  # (N, T, D)
        per_image, accuracy = self._compare(h)
        return Out(per_image.mean(), features=h.mean(1), terms={"accuracy": accuracy}, per_image=per_image)

    def _patches(self, batch: Batch) -> Tensor:
        """The input patches of the network (N, G, G, 3, p, p)."""
        images, config = batch.views[0], self.config
        if config.colours == "project":
            images = without_green_magenta(images, batch.std)
        at = fitted_tiling(self.backbone, images.shape[-1], config.grid, config.gap, config.jitter)
        patches = cut_tiles(images, at, batch.generator)
        if config.normalise:
            patches = normalise_tiles(patches)
        if config.colours == "drop":
            patches = vary_patches(patches, batch.generator, drop=config.dropped, jitter=0.0, flip=0.0)
        return patches

    def _predict(self, h: Tensor, first: Tensor, second: Tensor) -> Tensor:
        """Logits (N, K, 8) of the pairs (K,) of patches (N, T, D)."""
        both = torch.cat([h[:, first], h[:, second]], dim=2)  # (N, K, 2D)
        logits: Tensor = self.fuse(both.flatten(0, 1)).float()
        return logits.view(len(h), len(first), -1)

    def _compare(self, h: Tensor) -> tuple[Tensor, Tensor]:
        """The loss of each image (N,), and the accuracy, over all pairs, with equal weights for the 8 relative positions."""
        logits = self._predict(h, self.first, self.second)  # (N, K, 8)
        weight = 1.0 / self.side.bincount().float()  # (8,)
        loss = F.cross_entropy(logits.flatten(0, 1), self.side.repeat(len(h)), weight, reduction="none").view(len(h), -1)
        right = (logits.argmax(2) == self.side).float().mean(0)  # (K,)
        return loss.sum(1) / len(weight), (right * weight[self.side]).sum() / len(weight)

    def chance(self, batch_size: int) -> float:
        """ln 8."""
        return math.log(len(AROUND))

    def inputs(self, batch: Batch) -> dict[str, Tensor]:
        """The patches, which are encoded one by one."""
        return {"patches": mosaic(self._pixels(batch, self._patches(batch)))}

    def _pixels(self, batch: Batch, patches: Tensor) -> Tensor:
        return batch.pixels(patches.flatten(0, 2)).view_as(patches)

    def task_score(self, batch: Batch) -> TaskScore:
        """Accuracy of the relative positions."""
        _, accuracy = self._compare(encode_tiles(self.backbone, self._patches(batch)))
        return TaskScore("accuracy", accuracy, 1 / len(AROUND))

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """`image`: the view. `question`: a patch and one of its neighbours, in another relative position for each image. `answer`:
        the neighbour at its predicted position, with a green frame where that is correct, else with a red one and the true
        position in green; darker positions have a higher probability."""
        patches = self._patches(batch)
        side = torch.arange(len(patches), device=patches.device) % len(AROUND)
        pair = (self.side == side[:, None]).int().argmax(1)  # (N,) the first of its side
        rows = torch.arange(len(patches), device=patches.device)
        likely = self._predict(encode_tiles(self.backbone, patches), self.first, self.second)[rows, pair].softmax(1)  # (N, 8)
        pixels = self._pixels(batch, patches).flatten(1, 2)  # (N, T, 3, p, p)
        question, answer = neighbour_prediction(pixels[rows, self.first[pair]], pixels[rows, self.second[pair]], likely, side)
        return {"image": batch.pixels(batch.views[0]), "question": question, "answer": answer}


def neighbours(grid: int) -> tuple[Tensor, Tensor, Tensor]:
    """All pairs of horizontally, vertically or diagonally adjacent patches of a grid x grid, in both orders: the indices of the
    first and the second patch in the grid, and the position of the second relative to the first (0 to 7, row by row). Each
    (pairs,)."""
    pairs = [
        (row * grid + column, (row + down) * grid + column + across, side)
        for row in range(grid)
        for column in range(grid)
        for side, (down, across) in enumerate(AROUND)
        if 0 <= row + down < grid and 0 <= column + across < grid
    ]
    first, second, side = torch.tensor(pairs).unbind(1)
    return first, second, side


METHOD = ContextPrediction
