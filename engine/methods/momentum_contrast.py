"""The common part of MoCo and MoCo v2: queries against keys of a momentum encoder and a queue (1911.05722, Alg. 1)."""

from __future__ import annotations

import math

from torch import Tensor, nn
from typing_extensions import TypeVar

from engine.backbones.backbone import Backbone
from engine.config.errors import complain
from engine.config.part import setting
from engine.distributed.rows import all_rows
from engine.losses.info_nce import info_nce, info_nce_logits
from engine.memory.momentum_keys import SMALLEST_PART, in_parts, parts_of, shuffled_keys
from engine.memory.queue import FeatureQueue
from engine.memory.teacher import follow, frozen_copy
from engine.method import Batch, Method, MethodConfig, Out, Progress
from engine.pictures.matrix import ranked, similarity


class MomentumContrastConfig(MethodConfig):
    """Hyper-parameters of both versions; a subclass overrides the defaults that differ."""

    temperature: float = setting(0.2, "Softmax temperature tau.", gt=0, le=5)
    momentum: float = setting(0.99, "How much of the key encoder stays at each step.", ge=0, le=1)
    queue: int = setting(4096, "Keys in the queue.", ge=2, le=1_000_000)
    out_dim: int = setting(128, "Size of queries and keys.", ge=1, le=16384)
    bn_splits: int = setting(
        4,
        "Parts of the batch normalised apart, the keys in shuffled order, in place of the paper's eight GPUs. 1 "
        "lets batch statistics tell a key which batch it came from, the shortcut of Sec. 3.3.",
        ge=1,
        le=64,
    )


C = TypeVar("C", bound=MomentumContrastConfig, covariant=True, default=MomentumContrastConfig)


class MomentumContrast(Method[C]):
    """MoCo with any projection head.

    `projector`: the head of the queries, (N, D) to (N, P); backbone and head are copied as the key encoder. A subclass names its
    `views`, two of them."""

    def __init__(self, config: C, backbone: Backbone, projector: nn.Module) -> None:
        super().__init__(config, backbone)
        self.projector = projector
        self.key = frozen_copy(nn.Sequential(backbone, projector))
        self.queue = FeatureQueue(config.queue, config.out_dim)

    def forward(self, batch: Batch, at: Progress) -> Out:
        """Each query is classified as its key among the keys of the queue (Alg. 1)."""
        x_q, x_k = batch.views[:2]
        h = in_parts(self.backbone, x_q, self.config.bn_splits)  # (N, D)
        q = self.projector(h)  # (N, P)
        k = shuffled_keys(self.key, x_k, self.config.bn_splits, batch.generator)  # (N, P)
        logits = info_nce_logits(q, k, self.queue.vectors.clone(), self.config.temperature)  # (N, 1 + K)
        accuracy = (logits.argmax(1) == 0).float().mean()
        per_image = info_nce(logits)  # (N,)
        terms = {"accuracy": accuracy}
        return Out(per_image.mean(), features=h, embedding=q, terms=terms, per_image=per_image, memory={"keys": all_rows(k)})

    @classmethod
    def check_devices(cls, config: C, batch: int, devices: int) -> None:  # type: ignore[misc]
        """ConfigError where the parts of the batch that are normalised apart cannot be dealt out over the devices."""
        parts = parts_of(batch, config.bn_splits)
        if parts > 1 and parts % devices:
            allowed = f"1, or a multiple of the {devices} devices with at least {SMALLEST_PART} images in each part of the batch"
            remedy = f"The batch of {batch} has {parts} parts. Set method.bn_splits to {devices} or to 1."
            raise complain("method.bn_splits", allowed, config.bn_splits, remedy)

    def after_step(self, at: Progress, *outs: Out) -> None:
        """Momentum update of the key encoder (Eq. 2); the keys are added to the queue."""
        follow(self.key, nn.Sequential(self.backbone, self.projector), self.config.momentum)
        for out in outs:
            self.queue.enqueue(out.memory["keys"])

    def chance(self, batch_size: int) -> float:
        """ln(K + 1)."""
        return math.log(self.config.queue + 1)

    def teachers(self) -> list[nn.Module]:
        """The key encoder."""
        return [self.key]

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """`similarity`: cosines of queries (rows) and keys (columns), the positives on the diagonal. `queue`: one query per row,
        the cosine to its own key first, in a frame, then to its nearest keys in the queue. The contrast is solved where the first
        is the largest."""
        q, k = self.projector(self.backbone(batch.views[0])), self.key(batch.views[1])
        return {"similarity": similarity(q, k), "queue": ranked(q, k, self.queue.vectors)}
