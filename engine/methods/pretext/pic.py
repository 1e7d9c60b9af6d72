"""PIC: every image is its own class, with a learned weight vector in a softmax classifier."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.backbones.backbone import Backbone
from engine.config.part import setting
from engine.distributed.rows import all_rows
from engine.heads.mlp import mlp
from engine.losses.instance_softmax import bank_logits, instance_softmax
from engine.losses.per_image import image_means
from engine.memory.instances import InstanceClasses
from engine.method import Batch, Method, MethodConfig, Out, Progress, TaskScore, Views
from engine.pictures.neighbour_rows import neighbours

SHOWN = 5  # classes per row of a picture


class PICConfig(MethodConfig):
    """Hyper-parameters of PIC."""

    temperature: float = setting(
        0.2,
        "Softmax temperature tau of the cosines, .2 in the paper. Small values push away the most similar classes alone, large "
        "ones all alike, and near 5 hardly anything is learned. Try this first.",
        gt=0,
        le=5,
    )
    negatives: int = setting(
        65_536,
        "With how many classes a view is compared: those of its batch and the ones met last, as in the paper. "
        "More than there are images means all of them. Few save time on millions of images, and are easier to tell apart.",
        unit="classes",
        ge=1,
        le=10_000_000,
    )
    hidden_dim: int = setting(
        512,
        "Width of the two-layer projection head, which may forget what the encoder should keep; the paper takes the backbone's.",
        ge=1,
        le=16384,
    )
    out_dim: int = setting(128, "Size of a class vector and of the features compared with it; 128 in the paper.", ge=1, le=4096)
    norm: bool = setting(
        True,
        "Batch normalisation after the head's layers. The official code has none: then all features of a fresh network point one "
        "way, and a short run spends its first epochs on spreading them.",
        advanced=True,
    )


class PIC(Method[PICConfig]):
    """Cao et al., Parametric Instance Classification for Unsupervised Visual Feature Learning, NeurIPS 2020 (2006.14618).

    One branch, one view per image and no teacher: classification with the index of the image as its label. Where paper and
    official code differ, the paper is followed: the softmax is over the classes of recent images (recent negatives), which the
    code does not have. The correction of the weights that were left out is made by the optimiser (see engine.memory.instances).
    The paper's sliding window is the setting `train.order`. Different from both: images are shuffled by default, because in a few
    epochs the window does not reach every image; batch normalisation in the head; all class weights are in memory."""

    Config = PICConfig
    views = Views(1, None, one_size=True)
    recipe = {"views": {"preset": "pic"}}

    def __init__(self, config: PICConfig, backbone: Backbone) -> None:
        super().__init__(config, backbone)
        self.projector = mlp(backbone.dim, config.hidden_dim, config.out_dim, norm=config.norm, last_norm=config.norm)
        self.classes = InstanceClasses(config.out_dim)

    def setup_data(self, images: Tensor, labels: Tensor) -> None:
        """Create a class for every training image."""
        self.classes.setup_data(images)

    def forward(self, batch: Batch, at: Progress) -> Out:
        """Classification of each view among the most recently seen training images."""
        h = self.backbone(torch.cat(batch.views))  # (VN, D)
        z = all_rows(self.projector(h), views=len(batch.views))  # (VN, P)
        own = self.classes.find(all_rows(batch.index))  # (N,) rows of the table
        compared = self.classes.candidates(own, self.config.negatives)  # (K,), the batch's own first
        logits = self._logits(z, self.classes.weight[compared])  # (VN, K): cos(w_j, z_i) / tau
        target = torch.arange(len(own), device=logits.device).repeat(len(batch.views))
        accuracy = (logits.argmax(1) == target).float().mean()
        views = len(batch.views)
        per_image = image_means(instance_softmax(logits, target), views)  # (N,)
        return Out(
            per_image.mean(),
            features=h,
            embedding=z,
            views=views,
            terms={"accuracy": accuracy},
            per_image=per_image,
            memory={"rows": own},
        )

    def _logits(self, z: Tensor, weight: Tensor) -> Tensor:
        """Cosines over tau, (N, K), of z (N, P) with class vectors (K, P)."""
        return bank_logits(z, F.normalize(weight, dim=1), self.config.temperature)

    def after_step(self, at: Progress, *outs: Out) -> None:
        """Mark the classes of this step as the most recently seen."""
        for out in outs:
            self.classes.mark_seen(out.memory["rows"])

    def chance(self, batch_size: int) -> float | None:
        """ln of the number of classes in the softmax."""
        known = min(len(self.classes), max(batch_size, self.config.negatives))
        return math.log(known) if known else None

    def inputs(self, batch: Batch) -> dict[str, Tensor]:
        """One view of each image, without further changes."""
        return {"view": batch.pixels(batch.views[0])}

    def task_score(self, batch: Batch) -> TaskScore | None:
        """Retrieval, because held-out images have no class: the share of views whose nearest stored image, among those of all these
        images, is their own."""
        if batch.stored is None:
            return None
        view, whole = (self.projector(self.backbone(x)) for x in (batch.views[0], self._whole(batch, batch.index)))
        closest = self._logits(view, whole).argmax(1)
        right = closest == torch.arange(len(closest), device=closest.device)
        return TaskScore("images found again", right.float().mean(), 1 / len(closest))

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """`taken for`: each view and the training images of its most likely classes in order; a held-out image has no class of its
        own, so that none is correct. `training images`: the same for stored training images, evenly selected, with a green frame
        around their own class."""
        if batch.stored is None or not len(self.classes):
            return {}
        indices = self.classes.images.indices
        some = indices[torch.linspace(0, len(indices) - 1, len(batch.index)).long().to(indices.device)]
        return {
            "taken for": self._taken_for(batch, batch.views[0], batch.index),
            "training images": self._taken_for(batch, self._whole(batch, some), some),
        }

    def _taken_for(self, batch: Batch, images: Tensor, index: Tensor) -> Tensor:
        assert batch.stored is not None
        logits = self._logits(self.projector(self.backbone(images)), self.classes.weight)
        best = self.classes.images.indices[logits.topk(min(SHOWN, len(self.classes)), dim=1).indices]  # (n, k) indices
        stored = batch.stored(best.flatten()).unflatten(0, best.shape)
        own = best == index[:, None].to(best.device)
        return neighbours(batch.pixels(images), stored, torch.zeros_like(own), own)

    def _whole(self, batch: Batch, indices: Tensor) -> Tensor:
        """Stored images, normalised, at the size of the views."""
        assert batch.stored is not None
        images, size = batch.normalised(batch.stored(indices)), batch.views[0].shape[-1]
        return images if images.shape[-1] == size else F.interpolate(images, (size, size), mode="bilinear", antialias=True)


METHOD = PIC
