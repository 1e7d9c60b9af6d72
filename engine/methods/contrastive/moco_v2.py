"""MoCo v2: find the partner, encoded by a momentum encoder, among a queue of earlier keys."""

from __future__ import annotations

import math

from torch import Tensor, nn

from engine.backbones.backbone import Backbone
from engine.config.part import setting
from engine.heads.mlp import mlp
from engine.losses.info_nce import info_nce, info_nce_logits
from engine.memory.momentum_keys import in_parts, shuffled_keys
from engine.memory.queue import FeatureQueue
from engine.memory.teacher import follow, frozen_copy
from engine.method import Batch, Method, MethodConfig, Out, Progress, Views
from engine.pictures.matrix import ranked, similarity


class MoCoV2Config(MethodConfig):
    """Hyper-parameters of MoCo v2."""

    temperature: float = setting(0.2, "Softmax temperature tau; .2 in v2 (.07 in v1).", gt=0, le=5)
    momentum: float = setting(
        0.99,
        "How much of the key encoder stays at each step. .999 in the paper's long runs, .99 in its CIFAR recipe; "
        "0 copies the query encoder and fails (1911.05722, Sec. 4.1), 1 never moves.",
        ge=0,
        le=1,
    )
    queue: int = setting(
        4096,
        "Keys in the queue: 65,536 for ImageNet, 4,096 in the CIFAR recipe. Longer than the data, it holds an image's old keys.",
        ge=2,
        le=1_000_000,
    )
    hidden_dim: int = setting(512, "Width of the MLP head, v2's first addition; 2,048 for a ResNet-50.", ge=1, le=16384)
    out_dim: int = setting(128, "Size of queries and keys.", ge=1, le=16384)
    bn_splits: int = setting(
        4,
        "Parts of the batch normalised apart, the keys in shuffled order, in place of the paper's eight GPUs. 1 "
        "lets batch statistics tell a key which batch it came from, the shortcut of Sec. 3.3.",
        ge=1,
        le=64,
    )


class MoCoV2(Method[MoCoV2Config]):
    """Chen et al., Improved Baselines with Momentum Contrastive Learning, 2020 (2003.04297).

    The mechanism is that of He et al., Momentum Contrast, CVPR 2020 (1911.05722)."""

    Config = MoCoV2Config
    views = Views(2, 2)
    recipe = {"views": {"preset": "moco_v2"}}

    def __init__(self, config: MoCoV2Config, backbone: Backbone) -> None:
        super().__init__(config, backbone)
        self.projector = mlp(backbone.dim, config.hidden_dim, config.out_dim, norm=False)
        self.key = frozen_copy(nn.Sequential(backbone, self.projector))
        self.queue = FeatureQueue(config.queue, config.out_dim)

    def forward(self, batch: Batch, at: Progress) -> Out:
        """Query against its key and the queue (Alg. 1)."""
        x_q, x_k = batch.views[:2]
        h = in_parts(self.backbone, x_q, self.config.bn_splits)  # (N, D)
        q = self.projector(h)  # (N, P)
        k = shuffled_keys(self.key, x_k, self.config.bn_splits, batch.generator)  # (N, P)
        logits = info_nce_logits(q, k, self.queue.vectors.clone(), self.config.temperature)  # (N, 1 + K)
        self.queue.hold(k)
        accuracy = (logits.argmax(1) == 0).float().mean()
        per_image = info_nce(logits)  # (N,)
        return Out(per_image.mean(), features=h, embedding=q, terms={"accuracy": accuracy}, per_image=per_image)

    def after_step(self, at: Progress, *outs: Out) -> None:
        """The key encoder follows, the keys enter the queue."""
        follow(self.key, nn.Sequential(self.backbone, self.projector), self.config.momentum)
        self.queue.push_held()

    def chance(self, batch_size: int) -> float:
        """ln(K + 1)."""
        return math.log(self.config.queue + 1)

    def teachers(self) -> list[nn.Module]:
        """The key encoder."""
        return [self.key]

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """`similarity`: queries down, keys across, the diagonal are the positives. `queue`: a query a row, the cosine to its own
        key first and framed, then to its nearest keys in the queue: where they are as red, the positive is lost among them."""
        q, k = self.projector(self.backbone(batch.views[0])), self.key(batch.views[1])
        return {"similarity": similarity(q, k), "queue": ranked(q, k, self.queue.vectors)}


METHOD = MoCoV2
