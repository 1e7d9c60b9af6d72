"""Background augmentations: MoCo v2 on objects before other backgrounds, and against other objects before the same background."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.backbones.backbone import Backbone
from engine.config.part import setting
from engine.distributed.rows import all_rows
from engine.heads.mlp import mlp
from engine.losses.info_nce import info_nce, info_nce_logits
from engine.memory.momentum_keys import in_parts, shuffled_keys
from engine.method import Batch, Out, Progress, Views
from engine.methods.momentum_contrast import MomentumContrast, MomentumContrastConfig
from engine.pictures.bars import cosine_bars
from engine.pictures.blocks import enlarged
from engine.pictures.mask_outline import outlined
from engine.pictures.matrix import similarity, strips


class BackgroundAugmentationConfig(MomentumContrastConfig):
    """Hyper-parameters of background augmentation."""

    swaps: bool = setting(
        True,
        "BG_Swaps: one more negative for each query, another image's object before the query's own background. Off leaves MoCo v2 "
        "with the backgrounds that its views are given.",
        title="Background swaps",
    )
    temperature: float = setting(0.2, "Softmax temperature tau, as in MoCo v2.", gt=0, le=5)
    momentum: float = setting(
        0.99,
        "How much of the key encoder stays at each step. .999 in MoCo's long runs; 0 copies the query encoder, 1 never moves.",
        ge=0,
        le=1,
    )
    queue: int = setting(
        4096,
        "Keys in the queue. A queue longer than the data contains old keys of the same image.",
        ge=2,
        le=1_000_000,
    )
    hidden_dim: int = setting(512, "Width of the MLP head; 2,048 for a ResNet-50.", ge=1, le=16384)


class BackgroundAugmentation(MomentumContrast[BackgroundAugmentationConfig]):
    """Ryali, Schwab and Morcos, Characterizing and Improving the Robustness of Self-Supervised Learning through Background
    Augmentations, 2021 (2103.12719).

    MoCo v2 (2003.04297) whose views have another background with the probability `background` of the views: one grey (BG_RM) or
    another image's (BG_Random). With BG_Swaps each query has one more negative, the key of another image's object before the
    background that the query has, so that the background alone cannot tell which key is its own. The masks of the objects come
    with the data. Different from the paper: masks of the data set, there of a saliency network trained without labels; another
    image's background is continued smoothly where its object was; AdamW, there SGD. There is no official code."""

    Config = BackgroundAugmentationConfig
    views = Views(2, 2)
    recipe = {"views": {"preset": "backgrounds"}}

    def __init__(self, config: BackgroundAugmentationConfig, backbone: Backbone) -> None:
        super().__init__(config, backbone, mlp(backbone.dim, config.hidden_dim, config.out_dim, norm=False))

    def forward(self, batch: Batch, at: Progress) -> Out:
        """Each query is classified as its key among the keys of the queue and, with swaps, the key of another object before the
        query's background."""
        splits = self.config.bn_splits
        h = in_parts(self.backbone, batch.views[0], splits)  # (N, D)
        q = self.projector(h)  # (N, P)
        k = shuffled_keys(self.key, batch.views[1], splits, batch.generator)  # (N, P)
        logits = info_nce_logits(q, k, self.queue.vectors.clone(), self.config.temperature)  # (N, 1 + K)
        terms = {}
        if self.config.swaps:
            assert batch.negatives is not None, "swaps need the batch's negatives"
            swapped = shuffled_keys(self.key, batch.negatives, splits, batch.generator)  # (N, P)
            cosine = (F.normalize(q.float(), dim=1) * swapped).sum(1, keepdim=True)  # (N, 1)
            logits = torch.cat([logits, cosine / self.config.temperature], dim=1)  # (N, 1 + K + 1)
            terms["background taken for object"] = (logits[:, -1] > logits[:, 0]).float().mean()
        terms["accuracy"] = (logits.argmax(1) == 0).float().mean()
        per_image = info_nce(logits)  # (N,)
        return Out(per_image.mean(), features=h, embedding=q, terms=terms, per_image=per_image, memory={"keys": all_rows(k)})

    def chance(self, batch_size: int) -> float:
        """ln(K + 1), of one key more with swaps."""
        return math.log(self.config.queue + 1 + self.config.swaps)

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """`similarity`: cosines of queries (rows) and keys (columns), the positives on the diagonal. `backgrounds`: the query and
        its key with the outlines of their objects, the negative with the query's background, and three bars of cosines, from -1 at
        the bottom to 1 at the top: to the key of the same object (green), to another object before the same background (red), and
        the mean to the queue (blue)."""
        q, k = (F.normalize(z.float(), dim=1) for z in (self.projector(self.backbone(batch.views[0])), self.key(batch.views[1])))
        views = [batch.pixels(view) for view in batch.views[:2]]
        if batch.masks is not None:
            views = [outlined(view, mask) for view, mask in zip(views, batch.masks(), strict=False)]
        columns = [enlarged(view) for view in views]
        cosines = [(q * k).sum(1), (q @ self.queue.vectors.t()).mean(1)]
        if batch.negatives is not None:
            columns.append(enlarged(batch.pixels(batch.negatives)))
            cosines.insert(1, (q * F.normalize(self.key(batch.negatives).float(), dim=1)).sum(1))
        columns.append(cosine_bars(torch.stack(cosines, dim=1), columns[0].shape[-1]))
        return {"similarity": similarity(q, k), "backgrounds": strips(*columns)}

    def inputs(self, batch: Batch) -> dict[str, Tensor]:
        """Another image's object before the background of the first view."""
        return {"negative": batch.pixels(batch.negatives)} if batch.negatives is not None else {}


METHOD = BackgroundAugmentation
