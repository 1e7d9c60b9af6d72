"""Jigsaw: classify the permutation of nine shuffled tiles of an image."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.augment.permutations import permutation_set
from engine.augment.puzzle_tiles import cut_tiles, normalise_tiles
from engine.backbones.backbone import Backbone
from engine.backbones.tile_encoder import encode_tiles, fitted_tiling
from engine.config.part import setting
from engine.distributed.rows import all_count, own_rows
from engine.heads.mlp import mlp
from engine.method import Batch, Method, MethodConfig, Out, Progress, TaskScore, Views
from engine.pictures.puzzle import arranged

TILES = 9
GRID = 3


class JigsawConfig(MethodConfig):
    """Hyper-parameters of jigsaw puzzles. Gap, jitter, normalisation and parted colours each close a shortcut: switch one off and
    watch the accuracy climb while the kNN does not."""

    permutations: int = setting(
        100,
        "In how many orders the tiles may lie, chosen as far apart as can be: the classes. 1000 in the paper, which "
        "finds 100 nearly as good; a run of minutes does not get far with more. Try this first: 10 is too easy to teach much.",
        unit="orders",
        ge=2,
        le=5000,
    )
    gap: float = setting(
        0.17,
        "Mean distance between two tiles, as a share of a tile's side; 11 of 64 px in the paper. At 0 the tiles touch, and lines "
        "that run on from one to the next solve the puzzle.",
        ge=0,
        le=2,
    )
    jitter: float = setting(
        0.17,
        "How far a tile may be shifted, as a share of its side; 11 of 64 px in the paper: anywhere in its cell. At 0 all gaps are "
        "alike, and lines can be followed across them. Above the gap, tiles may overlap, which gives them away.",
        ge=0,
        le=1,
    )
    normalise: bool = setting(
        False,
        "Bring each tile to mean 0 and deviation 1 of its own, as the paper does: else neighbours are known by their brightness "
        "and colour. Off here, for the network then never sees colours as whole images have them, on which it is evaluated: in a "
        "run of minutes on CIFAR-10 that costs more than the shortcut does.",
    )
    parted: float = setting(
        0.03,
        "How far the three colours of a tile are moved apart, as a share of its side; 2 of 64 px in the paper. A lens parts the "
        "colours towards the image's edge; at 0 a network can learn to read a tile's place from that. Small images hardly show it.",
        ge=0,
        le=0.5,
    )
    puzzles: int = setting(
        4,
        "Orders of each image's tiles in one step. Tiles are encoded once, so that more puzzles cost little; 1 in the paper, which "
        "comes to some 69 of each image over the run.",
        unit="orders",
        ge=1,
        le=64,
    )
    tile_dim: int = setting(
        64, "Width of what each tile is reduced to before all are joined (fc6); 512 in the paper.", ge=1, le=4096
    )
    hidden_dim: int = setting(512, "Width of the layer that sees all tiles (fc7); 4096 in the paper.", ge=1, le=8192)


class Jigsaw(Method[JigsawConfig]):
    """Noroozi and Favaro, Unsupervised Learning of Visual Representations by Solving Jigsaw Puzzles, ECCV 2016 (1603.09246).

    The context-free network of Fig. 3: each tile is encoded alone and the features are concatenated in the order of the
    permutation, so that shuffling the features is the same as shuffling the tiles. The encoder is evaluated on whole images.
    Different from the paper: batch normalisation in encoder and head, there none; several permutations of each image per step;
    tiles are normalised only with `normalise`. Then, where text and official code differ, both are followed in part: the mean is
    subtracted from each colour as in the code, and one standard deviation is used for all three colours as in the text."""

    Config = JigsawConfig
    views = Views(1, 1)
    recipe = {"views": {"preset": "jigsaw"}, "train": {"batch": 64}}

    def __init__(self, config: JigsawConfig, backbone: Backbone) -> None:
        super().__init__(config, backbone)
        if backbone.size:
            fitted_tiling(backbone, backbone.size, GRID, config.gap, config.jitter)
        self.reduce = nn.Sequential(nn.Linear(backbone.dim, config.tile_dim), nn.ReLU(inplace=True))
        self.join = mlp(TILES * config.tile_dim, config.hidden_dim, config.permutations)
        self.orders: Tensor
        self.register_buffer("orders", permutation_set(config.permutations, TILES))  # (P, 9)

    def forward(self, batch: Batch, at: Progress) -> Out:
        """Cross-entropy over the permutations (Eq. 3)."""
        h = encode_tiles(self.backbone, self._tiles(batch))  # (N, 9, D)
        order = self._draw(batch)  # (N, K)
        logits = self._predict(h, order)  # (N, K, P)
        accuracy = (logits.argmax(2) == order).float().mean()
        per_image = F.cross_entropy(logits.flatten(0, 1), order.flatten(), reduction="none").view_as(order).mean(1)  # (N,)
        return Out(per_image.mean(), features=h.mean(1), terms={"accuracy": accuracy}, per_image=per_image)

    def _tiles(self, batch: Batch) -> Tensor:
        """(N, 3, 3, 3, t, t), row by row, not shuffled."""
        images, config = batch.views[0], self.config
        at = fitted_tiling(self.backbone, images.shape[-1], GRID, config.gap, config.jitter)
        parted = max(1, round(config.parted * at.tile)) if config.parted else 0
        tiles = cut_tiles(images, at, batch.generator, parted)
        return normalise_tiles(tiles) if config.normalise else tiles

    def _draw(self, batch: Batch) -> Tensor:
        """The permutations (N, K) of the tiles of each image, as numbers."""
        shape = (all_count(len(batch.views[0])), self.config.puzzles)
        return own_rows(torch.randint(len(self.orders), shape, generator=batch.generator)).to(self.orders.device)

    def _predict(self, h: Tensor, order: Tensor) -> Tensor:
        """Logits (N, K, P) of the features (N, 9, D) of tiles, shuffled by the permutations (N, K)."""
        z = self.reduce(h)  # (N, 9, d)
        rows = torch.arange(len(z), device=z.device)[:, None, None]
        ordered = z[rows, self.orders[order]]  # (N, K, 9, d)
        logits: Tensor = self.join(ordered.flatten(2).flatten(0, 1)).float()
        return logits.view(*order.shape, -1)

    def chance(self, batch_size: int) -> float:
        """ln of the number of permutations."""
        return math.log(self.config.permutations)

    def inputs(self, batch: Batch) -> dict[str, Tensor]:
        """The shuffled tiles."""
        tiles = self._tiles(batch)
        return {"puzzle": arranged(*self._shuffled(batch, tiles, self._draw(batch)[:, 0]))}

    def _shuffled(self, batch: Batch, tiles: Tensor, order: Tensor) -> tuple[Tensor, Tensor]:
        """Pixels (N, 9, 3, t, t) of the tiles, shuffled by one permutation (N,) each, and their cells (N, 9)."""
        rows = torch.arange(len(tiles), device=tiles.device)[:, None]
        pixels = batch.pixels(tiles.flatten(0, 2)).view(len(tiles), TILES, *tiles.shape[3:])
        return pixels[rows, self.orders[order]], torch.arange(TILES, device=tiles.device).expand(len(tiles), -1)

    def task_score(self, batch: Batch) -> TaskScore:
        """Accuracy of the permutations."""
        h = encode_tiles(self.backbone, self._tiles(batch))
        order = self._draw(batch)
        correct = self._predict(h, order).argmax(2) == order
        return TaskScore("accuracy", correct.float().mean(), 1 / self.config.permutations)

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """The shuffled tiles, and the tiles at their predicted positions, with a green frame where that is correct, else a red
        one."""
        tiles = self._tiles(batch)
        order = self._draw(batch)[:, :1]
        prediction = self._predict(encode_tiles(self.backbone, tiles), order).argmax(2)[:, 0]
        puzzle, cells = self._shuffled(batch, tiles, order[:, 0])
        believed, true = self.orders[prediction], self.orders[order[:, 0]]  # (N, 9): the original cell of the tile in each cell
        return {"puzzle": arranged(puzzle, cells), "put back by the guess": arranged(puzzle, believed, right=believed == true)}


METHOD = Jigsaw
