"""SwAV: predict the cluster assignment of one view from another view."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.backbones.backbone import Backbone
from engine.config.part import setting
from engine.distributed.rows import all_count, all_rows
from engine.heads.mlp import mlp
from engine.heads.prototypes import Prototypes
from engine.losses.distillation import entropy, in_use
from engine.losses.swapped import sinkhorn, swapped_prediction
from engine.memory.queue import FeatureQueue
from engine.method import Batch, Method, MethodConfig, Out, Progress, Views


class SwAVConfig(MethodConfig):
    """Hyper-parameters of SwAV."""

    prototypes: int = setting(300, "Number K of prototypes; 3,000 on ImageNet, some tens of times the classes.", ge=2, le=100_000)
    temperature: float = setting(0.1, "Softmax temperature of the prediction.", gt=0, le=5)
    epsilon: float = setting(
        0.05, "Smoothness of the codes: with large values they are all equal and the network collapses (App. D.1).", gt=0, le=1
    )
    sinkhorn_iterations: int = setting(3, "Rounds of the Sinkhorn-Knopp algorithm.", ge=1, le=100)
    queue: int = setting(
        1024,
        "Earlier embeddings that join the batch when codes are made, for batches smaller than a few times K.",
        zero="none",
        ge=0,
        le=100_000,
    )
    queue_from: float = setting(0.1, "Share of the run after which the queue is used.", ge=0, le=1)
    freeze: float = setting(0.03, "Share of the run in which the prototypes are frozen.", ge=0, le=1)
    hidden_dim: int = setting(512, "Width of the projection head; 2,048 in the paper.", ge=1, le=16384)
    out_dim: int = setting(128, "Size of the embedding.", ge=1, le=16384)


class SwAV(Method[SwAVConfig]):
    """Caron et al., Unsupervised Learning of Visual Features by Contrasting Cluster Assignments, NeurIPS 2020 (2006.09882).

    The scores of a view are the cosines of its embedding with K prototypes. Codes of the global views are computed from the scores
    by the Sinkhorn-Knopp algorithm, which assigns the batch evenly to the prototypes (Eq. 3-5); every other view is trained to
    predict them (Eq. 2). As in the official code, the loss is the mean over the pairs of views, each global view has a queue of
    its own, and the prototypes are frozen at the start. Different from both: the optimiser is SGD, there LARS."""

    Config = SwAVConfig
    views = Views(2, 2, local=True, one_size=True)
    compares_images = True
    # In short runs of a small encoder SGD gave a higher kNN accuracy than AdamW; the paper uses LARS.
    recipe = {"views": {"preset": "swav_small"}, "optim": {"name": "sgd", "lr": 0.2, "weight_decay": 5e-4}}

    def __init__(self, config: SwAVConfig, backbone: Backbone) -> None:
        super().__init__(config, backbone)
        self.projector = mlp(backbone.dim, config.hidden_dim, config.out_dim)
        self.prototypes = Prototypes(config.out_dim, config.prototypes)
        # One queue per global view, as in the official code: codes of view v are computed with earlier batches of view v.
        self.queues = torch.nn.ModuleList(FeatureQueue(config.queue, config.out_dim) for _ in range(2) if config.queue)

    def forward(self, batch: Batch, at: Progress) -> Out:
        """Codes of the two global views, predicted from every other view (Eq. 1-5)."""
        n, views = all_count(len(batch.index)), batch.views[:2]
        h = self.backbone(torch.cat(views))  # (2N, D)
        h_local = [self.backbone(torch.cat(batch.local))] if batch.local else []
        z = F.normalize(self.projector(torch.cat([h, *h_local])).float(), dim=1)  # (V N, P)
        z = all_rows(z, views=len(views) + len(batch.local))
        scores = self.prototypes(z).split(n)  # V times (N, K)
        codes = [self._code(z[v * n : (v + 1) * n], v, at) for v in range(2)]
        losses = [
            swapped_prediction(score, codes[v], self.config.temperature)
            for v in range(2)
            for w, score in enumerate(scores)
            if w != v
        ]
        per_image, code = torch.stack(losses).mean(0), torch.cat(codes)  # (N,), (2N, K)
        own = entropy(code)
        terms = {"code entropy": own, "KL": per_image.detach().mean() - own, "prototypes used": in_use(code)}
        embedding = z[: 2 * n]
        memory = {"embedding": embedding.detach()}
        return Out(per_image.mean(), features=h, embedding=embedding, views=2, terms=terms, per_image=per_image, memory=memory)

    @torch.no_grad()
    def _code(self, z: Tensor, view: int, at: Progress) -> Tensor:
        """Codes (N, K) of the embeddings (N, P) of one view, computed together with the queue of that view."""
        scores = self.prototypes(z)
        if self.queues and at.fraction >= self.config.queue_from:
            queue = self.queues[view]
            assert isinstance(queue, FeatureQueue)
            # A queue is used once it is full: its initial vectors are random.
            if int(queue.filled) == len(queue.vectors):
                scores = torch.cat([scores, self.prototypes(queue.vectors)])
        return sinkhorn(scores, self.config.epsilon, self.config.sinkhorn_iterations)[: len(z)]

    def after_backward(self, at: Progress) -> None:
        """The prototypes are frozen at the start of the run (App. A.1)."""
        if at.fraction < self.config.freeze:
            self.prototypes.weight.grad = None

    def after_step(self, at: Progress, *outs: Out) -> None:
        """Normalise the prototypes and add the embeddings to the queues."""
        self.prototypes.normalise()
        for out in outs:
            for queue, embeddings in zip(self.queues, out.memory["embedding"].chunk(2), strict=False):
                assert isinstance(queue, FeatureQueue)
                queue.enqueue(embeddings)

    def chance(self, batch_size: int) -> float:
        """ln K."""
        return math.log(self.config.prototypes)

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """The assignment of each image (row) to the 64 prototypes that these images use most (columns): brighter is more."""
        z = F.normalize(self.projector(self.backbone(batch.views[0])).float(), dim=1)
        share = F.softmax(self.prototypes(z) / self.config.temperature, dim=1)  # (n, K)
        most = share.sum(0).topk(min(64, share.shape[1])).indices.sort().values
        rows = share[:, most].repeat_interleave(4, dim=0)
        return {"assignments": (rows / rows.amax().clamp(min=1e-6)).sqrt()[None, None].expand(1, 3, -1, -1)}


METHOD = SwAV
