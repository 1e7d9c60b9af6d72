"""Exemplar-CNN: classify strongly augmented patches, where all samples of one seed patch are a surrogate class."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.augment.exemplar import Changes, changed, cut, seed_corners
from engine.augment.patch_grid import patch_side
from engine.backbones.backbone import Backbone
from engine.config.errors import complain
from engine.config.part import setting
from engine.distributed.rows import all_count, own_rows
from engine.heads.classifier import Classifier
from engine.heads.mlp import mlp
from engine.losses.per_image import image_means
from engine.memory.image_rows import ImageRows
from engine.method import Batch, Method, MethodConfig, Out, Progress, TaskScore, Views
from engine.pictures.boxes import outlined, row_of
from engine.pictures.matrix import MARK, bordered

LEAST = 8  # px; the least side of a seed patch
SHOWN = 5  # samples, or classes, in a picture
TALL = 64  # px, at least, of a picture's height


class ExemplarConfig(MethodConfig):
    """Hyper-parameters of Exemplar-CNN."""

    patch: float = setting(
        0.75,
        "Side of a seed patch as a share of the image's; 32 of 96 px in the paper. It is enlarged to the size of the views. Large "
        "ones show whole objects, as the features are used later; small ones parts and textures.",
        gt=0,
        le=0.95,
    )
    classes: int = setting(
        2000,
        "How many surrogate classes at most, each a patch of another image as long as there are images; the rest of the images are "
        "left out. The paper gains up to about 8,000, in long training; in minutes fewer are learned better. Try this first.",
        unit="classes",
        ge=2,
        le=1_000_000,
    )
    patches: int = setting(
        1,
        "Seed patches of an image at most, where there are more classes than images. Large patches of one image overlap and are "
        "hard to tell apart.",
        unit="patches",
        ge=1,
        le=64,
        advanced=True,
    )
    samples: int = setting(
        2,
        "Samples of each patch in a batch. More show the network at once what must not matter, for as much more time a step.",
        unit="samples",
        ge=1,
        le=32,
    )
    hidden_dim: int = setting(512, "Width of the first of the two layers between encoder and softmax.", ge=1, le=16384)
    out_dim: int = setting(
        128,
        "Width of the second, as in the paper's smallest network. Each class has a weight for each, so that the softmax over many "
        "classes soon takes more time than the encoder.",
        ge=1,
        le=4096,
    )
    dropout: float = setting(
        0.0, "Share of the second layer switched off at random; .5 in the paper's long training.", ge=0, lt=1, advanced=True
    )
    translation: float = setting(
        0.2, "Largest shift to either side, as a share of the patch. At 0 the place of an edge gives the class away.", ge=0, le=1
    )
    scale: float = setting(
        1.4, "Largest factor of the patch's side; its inverse is the smallest. 1 is off: then size is a clue.", ge=1, le=4
    )
    rotation: float = setting(20.0, "Largest turn to either side. 0 is off: then direction is a clue.", unit="°", ge=0, le=180)
    contrast: float = setting(
        2.0,
        "Largest factor of the contrast along each principal colour of the pixels. 1 is off: then exact colours are a clue.",
        ge=1,
        le=8,
    )
    power: float = setting(
        4.0, "Largest power to which saturation and value are raised; its inverse is the smallest. 1 is off.", ge=1, le=8
    )
    factor: float = setting(
        1.4, "Largest factor of saturation and value after that; its inverse is the smallest. 1 is off.", ge=1, le=4
    )
    add: float = setting(0.1, "Most that is added to or taken from saturation and value. 0 is off.", ge=0, le=1)
    hue: float = setting(
        0.1,
        "Largest turn of the hue, as a share of the circle. With no colour change at all, colour alone names the patch.",
        ge=0,
        le=0.5,
    )


class ExemplarCNN(Method[ExemplarConfig]):
    """Dosovitskiy et al., Discriminative Unsupervised Feature Learning with Exemplar Convolutional Neural Networks, TPAMI 2016
    (1406.6909); the ranges of the augmentations are those of the paper.

    Different from the paper: samples are drawn at every step, there 100 to 150 are stored for each patch; two layers with batch
    normalisation before the softmax, the second without ReLU, there without batch normalisation; no clustering of classes. Seed
    patches are cut from the stored images: of the views of the run only the size is used, as the input size of the network."""

    Config = ExemplarConfig
    views = Views(1, 1)
    recipe = {"views": {"preset": "none"}, "train": {"batch": 128}}

    def __init__(self, config: ExemplarConfig, backbone: Backbone) -> None:
        super().__init__(config, backbone)
        if backbone.size:
            self._side(backbone.size)
        self.head = nn.Sequential(mlp(backbone.dim, config.hidden_dim, config.out_dim, last_norm=True), nn.Dropout(config.dropout))
        self.classifier = Classifier(config.out_dim)
        self.images = ImageRows()
        self.changes = Changes(**{name: getattr(config, name) for name in Changes.__dataclass_fields__})

    def setup_data(self, images: Tensor, labels: Tensor) -> None:
        """Create the classifier, with one row of weights per surrogate class."""
        self.images.setup_data(images)
        self.classifier.size(min(self.config.classes, self.config.patches * len(images)))

    def forward(self, batch: Batch, at: Progress) -> Out:
        """Cross-entropy over the surrogate classes, for several samples of the seed patch of each image."""
        number, images, corners, side = self._seeds(batch)
        number = number.to(images.device).repeat(self.config.samples)  # (kN,)
        h = self.backbone(self._samples(batch, images, corners, side))  # (kN, D)
        logits = self.classifier(self.head(h))  # (kN, C)
        accuracy = (logits.argmax(1) == number).float().mean()
        per_image = image_means(F.cross_entropy(logits, number, reduction="none"), self.config.samples)  # (N,)
        return Out(per_image.mean(), features=h, views=self.config.samples, terms={"accuracy": accuracy}, per_image=per_image)

    def _seeds(self, batch: Batch) -> tuple[Tensor, Tensor, Tensor, int]:
        """For each image of the batch: its surrogate class (N,), -1 for an image outside the training set; the image of the seed
        patch of that class (N, 3, S, S); the corner (N, 2) and the side of the patch."""
        assert batch.stored is not None, "seed patches are cut from the stored images"
        row = self.images.rows(batch.index).cpu()
        indices = self.images.indices.cpu()
        number = class_of(
            row, len(indices), self.classifier.classes, own_rows(torch.rand(all_count(len(row)), generator=batch.generator))
        )
        if len(indices):
            own = indices[image_of(number.clamp(min=0), len(indices), self.classifier.classes)]
            images = batch.stored(torch.where(number < 0, batch.index, own))
        else:  # a preview before `setup_data`
            images = batch.stored(batch.index)
        side = self._side(images.shape[-1])
        return number, images, seed_corners(images, side, torch.where(number < 0, batch.index, number)), side

    def _samples(self, batch: Batch, images: Tensor, corners: Tensor, side: int, samples: int = 0) -> Tensor:
        """Normalised samples (kN, 3, s, s), of the size of the views."""
        size, k = batch.views[0].shape[-1], samples or self.config.samples
        return batch.normalised(changed(images, corners, side, size, k, self.changes, batch.generator))

    def _side(self, size: int) -> int:
        """Side in px of a patch of images of `size` px. ConfigError where it is too small."""
        side = patch_side(size, self.config.patch)
        if side < LEAST or side >= size:
            least = next(s for s in range(LEAST + 1, 4096) if LEAST <= patch_side(s, self.config.patch) < s)
            remedy = f"A seed patch must have at least {LEAST} px and be smaller than the image. Take larger images"
            raise complain("data.size", f"at least {least} px", size, f"{remedy}, or raise method.patch.")
        return side

    def chance(self, batch_size: int) -> float | None:
        """ln C."""
        return math.log(self.classifier.classes) if self.classifier.classes else None

    def inputs(self, batch: Batch) -> dict[str, Tensor]:
        """The samples of each image's seed patch, side by side."""
        _, images, corners, side = self._seeds(batch)
        samples = batch.pixels(self._samples(batch, images, corners, side)).chunk(self.config.samples)
        return {"samples": torch.cat(samples, dim=3)}

    def task_score(self, batch: Batch) -> TaskScore:
        """Retrieval, because held-out images have no class: two samples of one patch of each image are drawn; the score is the
        share of first samples whose nearest second sample (by cosine, before the softmax) is of the same image."""
        _, images, corners, side = self._seeds(batch)
        one, two = F.normalize(self.head(self.backbone(self._samples(batch, images, corners, side, 2))).float(), dim=1).chunk(2)
        right = (one @ two.t()).argmax(1) == torch.arange(len(one), device=one.device)
        return TaskScore("patches found again", right.float().mean(), 1 / len(one))

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """`samples of a patch`: the position of the seed patch, the patch, and samples of it. `taken for`: a sample of a training
        patch, and the seed patches of its most likely classes in order; the true class has a green frame."""
        _, images, corners, side = self._seeds(batch)
        drawn = batch.pixels(self._samples(batch, images, corners, side, SHOWN)).chunk(SHOWN)
        whole = self._patches(batch, images, corners, side)
        shown = {"samples of a patch": row_of(outlined(images, corners, side, TALL), [whole, *drawn])}
        if batch.stored is not None and self.classifier.classes:
            shown["taken for"] = self._taken_for(batch, side)
        return shown

    def _taken_for(self, batch: Batch, side: int) -> Tensor:
        assert batch.stored is not None
        n, m, c = len(batch.index), len(self.images), self.classifier.classes
        indices = self.images.indices.cpu()
        shown = torch.linspace(0, c - 1, n).long()  # evenly drawn from all classes
        images = batch.stored(indices[image_of(shown, m, c)])
        sample = self._samples(batch, images, seed_corners(images, side, shown), side, 1)
        best = self.classifier(self.head(self.backbone(sample))).topk(min(SHOWN, c), dim=1).indices.cpu()  # (n, k)
        stored = batch.stored(indices[image_of(best.flatten(), m, c)])
        patches = self._patches(batch, stored, seed_corners(stored, side, best.flatten()), side)
        own = (best == shown[:, None]).flatten().to(patches.device)
        patches = torch.where(own.view(-1, 1, 1, 1), bordered(patches, MARK), patches).unflatten(0, best.shape)
        zoom = max(1, TALL // sample.shape[-1])
        return row_of(batch.pixels(sample).repeat_interleave(zoom, 2).repeat_interleave(zoom, 3), list(patches.unbind(1)))

    def _patches(self, batch: Batch, images: Tensor, corners: Tensor, side: int) -> Tensor:
        """Seed patches without augmentation, at the input size of the network."""
        size = batch.views[0].shape[-1]
        return F.interpolate(cut(images, corners, side), (size, size), mode="bilinear", antialias=True).clamp(0, 1)


def class_of(row: Tensor, images: int, classes: int, drawn: Tensor) -> Tensor:
    """The surrogate classes (N,) of images in rows (N,) of M; -1 for a row of -1. With fewer classes than images several images
    share a class, evenly; with more, `drawn` (N,) between 0 and 1 selects one of the classes of an image."""
    if not images:
        return torch.full_like(row, -1)
    if classes <= images:
        number = row * classes // images
    else:
        own = (classes - row - 1) // images + 1  # classes of this image: row, row + M, row + 2 M, ...
        number = row + images * (drawn * own).long().minimum(own - 1)
    return torch.where(row < 0, -1, number)


def image_of(number: Tensor, images: int, classes: int) -> Tensor:
    """The row (N,) of the image from which the seed patch of class `number` (N,) is cut."""
    return -(-number * images // classes) if classes <= images else number % images


METHOD = ExemplarCNN
