"""Jigsaw clustering: shuffle the patches of a batch into montages, then cluster the patches by image and predict their
positions."""

from __future__ import annotations

import math
from dataclasses import replace

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.augment.montage import Montage, cells_of, cut_patches, make_montage
from engine.augment.patch_grid import LEAST_PATCH
from engine.backbones.backbone import Backbone
from engine.config.errors import complain
from engine.config.part import setting
from engine.heads.mlp import mlp
from engine.losses.per_image import image_means
from engine.losses.products import exact_product
from engine.losses.sup_con import class_contrast
from engine.method import Batch, Method, MethodConfig, Out, Progress, TaskScore, Views
from engine.pictures.cells import coloured_cells
from engine.pictures.matrix import spaced
from engine.pictures.plane_points import hues
from engine.pictures.restored_montage import assign_cells, beside_matches, put_together


class JigsawClusteringConfig(MethodConfig):
    """Hyper-parameters of jigsaw clustering."""

    grid: int = setting(
        2,
        "Patches across and down, m: an image is cut into m x m, and a montage holds as many; 2 in the paper. A patch becomes 1/m "
        "of the image's side, which small images bear only for 2 or 4. Set the count of the views' first group to m x m, so that "
        "each patch has colours of its own.",
        ge=2,
        le=8,
    )
    overlap: float = setting(
        0.3,
        "How much wider than 1/m of the image's side a patch is; .3 in the official recipe. At 0 patches of an image may show "
        "nothing in common; the larger, the less can it be told where a patch lay. Try this first.",
        ge=0,
        le=0.5,
    )
    crop_min: float = setting(
        0.2,
        "Smallest area of the random crop of each patch, as a share of the patch; .2 in the official code. 1 takes patches as they "
        "are: what overlaps is then the same pixel for pixel, and can be found by comparing corners.",
        gt=0,
        le=1,
    )
    flip: float = setting(0.5, "Probability that a patch is mirrored, each on its own, as in the official code.", ge=0, le=1)
    shuffle: bool = setting(
        True,
        "Mix the patches of the whole batch, any patch to any place. Off, each image's patches stay where they were, and both "
        "questions are answered by where a patch lies, not by what it shows: a shortcut.",
    )
    temperature: float = setting(
        0.3,
        "Softmax temperature tau of the clustering, Eq. 1; .3 in the official recipe. Small values look at the nearest alone.",
        gt=0,
        le=5,
    )
    clustering: float = setting(1.0, "Weight alpha of the clustering of patches by image; 1 in the paper (Eq. 3).", ge=0, le=100)
    location: float = setting(1.0, "Weight beta of the position of each patch in its image; 1 in the paper (Eq. 3).", ge=0, le=100)
    hidden_dim: int = setting(
        512, "Width of the clustering head's one hidden layer; 2,048 for the paper's ResNet-50.", ge=1, le=16384
    )
    out_dim: int = setting(128, "Size of the clustering head's output; 128 in the official code.", ge=1, le=16384)


class JigsawClustering(Method[JigsawClusteringConfig]):
    """Chen, Liu and Jia, Jigsaw Clustering for Unsupervised Visual Representation Learning, CVPR 2021 (2104.00323).

    Each image is cut into m x m patches; all patches of the batch are shuffled and put together as N montages, which pass through
    the encoder (Sec. 3.1). Two heads on the features of the patches are trained with a clustering loss, where patches of one image
    are positives (Eq. 1), and with the position of a patch in its image (Eq. 2). Where paper and official code differ: the code is
    followed in the shuffle, any permutation of the whole batch, so that a montage may have two patches of one image and a patch
    may keep its cell, and in the augmentation, where each patch is cropped, flipped and coloured on its own; the paper is followed
    in the clustering loss, which the code multiplies by tau / .07."""

    Config = JigsawClusteringConfig
    views = Views(1, None, one_size=True)
    compares_images = True
    # Features of patches are taken from the feature map: a ViT is evaluated by its patch tokens, which are those that were trained.
    recipe = {"views": {"preset": "jigsaw_clustering"}, "backbone": {"pool": "mean"}, "train": {"batch": 128}}

    @classmethod
    def takes(cls, config: JigsawClusteringConfig, patches: bool = False) -> Views:
        """One view for each patch of an image, or fewer, from which patches are then cut in turn."""
        return replace(cls.views, most=config.grid**2, multiple=config.grid)

    def __init__(self, config: JigsawClusteringConfig, backbone: Backbone) -> None:
        super().__init__(config, backbone)
        step, size = math.lcm(config.grid, backbone.multiple), backbone.size
        least = -(-LEAST_PATCH * config.grid // step) * step
        if size and (size % step or size < least):
            allowed = f"a multiple of {step} px, at least {least}, for {config.grid} x {config.grid} patches"
            remedy = f"Take {max(least, round(size / step) * step)} px, or another method.grid."
            raise complain("views.groups.0.size", allowed, size, remedy)
        self.projector = mlp(backbone.dim, config.hidden_dim, config.out_dim, norm=False)
        self.locator = nn.Linear(backbone.dim, config.grid**2)

    def forward(self, batch: Batch, at: Progress) -> Out:
        """alpha L_clu + beta L_loc (Eq. 3)."""
        montage = self._montage(batch)
        h, z, logits = self._encode(montage)
        together = montage.source[:, None] == montage.source
        clustering = class_contrast(z, together, self.config.temperature)  # (P N,), Eq. 1
        location = F.cross_entropy(logits, montage.cell, reduction="none")  # (P N,), Eq. 2
        terms: dict[str, Tensor | float] = {
            "clustering": clustering.mean(),
            "location": location.mean(),
            "place found": (logits.argmax(1) == montage.cell).float().mean(),
        }
        loss = self.config.clustering * clustering + self.config.location * location
        back, views = montage.order.argsort(), self.config.grid**2  # from montages back to images
        per_image = image_means(loss[back], views)  # (N,): the mean over the patches of an image
        return Out(per_image.mean(), features=h[back], embedding=z[back], views=views, terms=terms, per_image=per_image)

    def _patches(self, batch: Batch) -> Tensor:
        """(P, N, 3, p, p)"""
        c = self.config
        return cut_patches(batch.views, c.grid, c.overlap, crop_min=c.crop_min, flip=c.flip, generator=batch.generator)

    def _montage(self, batch: Batch) -> Montage:
        return self._mixed(self._patches(batch), batch)

    def _mixed(self, patches: Tensor, batch: Batch) -> Montage:
        count = patches.shape[0] * patches.shape[1]
        order = torch.randperm(count, generator=batch.generator) if self.config.shuffle else torch.arange(count)
        return make_montage(patches, order.to(patches.device))

    def _encode(self, montage: Montage) -> tuple[Tensor, Tensor, Tensor]:
        """Of each patch, in the order of the montages: features (P N, D), embeddings for the clustering (P N, out), and logits of
        the position (P N, P)."""
        h = cells_of(self.backbone.dense(montage.images, self.config.grid), self.config.grid)
        return h, self.projector(h), self.locator(h).float()

    def chance(self, batch_size: int) -> float:
        """alpha ln(P N - 1) for the clustering and beta ln P for the position."""
        cells = self.config.grid**2
        chance: float = self.config.clustering * math.log(cells * batch_size - 1) + self.config.location * math.log(cells)
        return chance

    def inputs(self, batch: Batch) -> dict[str, Tensor]:
        """The montages, which are the input of the network."""
        return {"montage": batch.pixels(self._montage(batch).images)}

    def task_score(self, batch: Batch) -> TaskScore:
        """Share of the patches whose nearest other patch, among those of all images, comes from the same image."""
        montage = self._montage(batch)
        nearest = _ranked(self._encode(montage)[1])[:, 0]
        right = montage.source[nearest] == montage.source
        cells, n = self.config.grid**2, len(montage.images)
        return TaskScore("accuracy of the nearest patch", right.float().mean(), (cells - 1) / (cells * n - 1))

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """`montage`: the input of the network, with frames of one colour around the patches of one image. `nearest patches`: one
        patch of each image and the nearest other patches, green where they are of the same image. Last, the patches of each image
        at their predicted positions, green where that is correct."""
        patches = self._patches(batch)
        montage = self._mixed(patches, batch)
        _, z, logits = self._encode(montage)
        cells, n = patches.shape[:2]
        device = patches.device
        pixels = batch.pixels(patches.flatten(0, 1))  # (P N, 3, p, p), cell by cell
        colour = torch.tensor(hues(n), device=device)[montage.source].view(cells, n, 3).transpose(0, 1)  # (N, P, 3)
        back = montage.order.argsort()
        nearest = _ranked(z[back])[:n, : cells - 1]  # of each image's first patch, (N, P - 1)
        assigned = assign_cells(logits[back].view(cells, n, cells).transpose(0, 1))  # (N, P)
        shown = torch.ones(n, cells, dtype=torch.bool, device=device)
        return {
            "montage": spaced(coloured_cells(batch.pixels(montage.images), colour, shown, side=96)),
            "nearest patches": beside_matches(pixels[:n], pixels[nearest], nearest % n == torch.arange(n, device=device)[:, None]),
            "put back by the guess": put_together(
                pixels.view(cells, n, *pixels.shape[1:]).transpose(0, 1), assigned, assigned == torch.arange(cells, device=device)
            ),
        }


def _ranked(z: Tensor) -> Tensor:
    """The other rows of z (M, P) from the most to the least similar, by cosine: (M, M - 1)."""
    z = F.normalize(z.float(), dim=1)
    similarity = exact_product(z, z.t()).fill_diagonal_(float("-inf"))
    return similarity.argsort(dim=1, descending=True, stable=True)[:, :-1]


METHOD = JigsawClustering
