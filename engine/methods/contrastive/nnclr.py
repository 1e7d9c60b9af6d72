"""NNCLR: the positive is the nearest neighbour of the other view among earlier embeddings."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.backbones.backbone import Backbone
from engine.config.part import setting
from engine.distributed.rows import all_rows
from engine.heads.mlp import mlp
from engine.losses.in_batch import in_batch_logits, in_batch_nce
from engine.memory.neighbours import nearest
from engine.memory.queue import IndexedQueue
from engine.method import Batch, Method, MethodConfig, Out, Progress, Views
from engine.pictures.matrix import similarity
from engine.pictures.neighbour_rows import neighbours

SHOWN = 5  # neighbours in a picture


class NNCLRConfig(MethodConfig):
    """Hyper-parameters of NNCLR."""

    temperature: float = setting(
        0.1,
        "Softmax temperature tau, Eq. 3; .1 in the paper. Smaller values weight only the most similar of the other images, "
        "larger ones weight all equally.",
        gt=0,
        le=5,
    )
    queue: int = setting(
        4096,
        "Earlier embeddings among which the neighbour is looked for; 98,304 in the paper, which gains with size. On a small set, "
        "a queue as long as the data mostly finds the image's own old view, a short one finds poor neighbours. Try this first.",
        ge=2,
        le=1_000_000,
    )
    hidden_dim: int = setting(512, "Width of the projection head's two hidden layers; 2,048 in the paper.", ge=1, le=16384)
    out_dim: int = setting(128, "Size of the embeddings and of the queue's vectors; 256 in the paper.", ge=1, le=16384)
    prediction_dim: int = setting(512, "Width of the prediction head's hidden layer; 4,096 in the paper.", ge=1, le=16384)


class NNCLR(Method[NNCLRConfig]):
    """Dwibedi et al., With a Little Help from My Friends: Nearest-Neighbor Contrastive Learning of Visual Representations, ICCV
    2021 (2104.14548).

    The negatives are the predictions of the other images of the batch, N - 1 as in Eq. 3 (2N - 2 in lightly). As in the paper's
    pseudo-code, the loss is symmetric, and the embeddings of the first view are added to the queue. We know of no official code.
    Different from the paper: AdamW, there LARS."""

    Config = NNCLRConfig
    views = Views(2, 2, one_size=True)
    compares_images = True
    recipe = {"views": {"preset": "simclr"}}

    def __init__(self, config: NNCLRConfig, backbone: Backbone) -> None:
        super().__init__(config, backbone)
        hidden = config.hidden_dim
        self.projector = mlp(backbone.dim, hidden, hidden, config.out_dim, last_norm=True)
        self.predictor = mlp(config.out_dim, config.prediction_dim, config.out_dim)
        self.queue = IndexedQueue(config.queue, config.out_dim)

    def forward(self, batch: Batch, at: Progress) -> Out:
        """The nearest neighbour of one view is contrasted with the predictions from the other view (Eq. 3)."""
        h = self.backbone(torch.cat(batch.views[:2]))  # (2N, D)
        z = self.projector(h)  # (2N, P)
        (z1, z2), (p1, p2) = (all_rows(rows, views=2).chunk(2) for rows in (z, self.predictor(z)))
        neighbour1, neighbour2 = self._neighbours(z1), self._neighbours(z2)  # (N,) indices in the queue
        logits = in_batch_logits(self.queue.vectors[neighbour1], p2, self.config.temperature)  # (N, N)
        back = in_batch_logits(self.queue.vectors[neighbour2], p1, self.config.temperature)
        per_image = (in_batch_nce(logits) + in_batch_nce(back)) / 2  # (N,), Eq. 3, in both directions
        index = all_rows(batch.index).to(z.device)
        terms = {
            "accuracy": (logits.argmax(1) == torch.arange(len(logits), device=z.device)).float().mean(),
            "neighbour is itself": (self.queue.indices[neighbour1] == index).float().mean(),
        }
        memory = {"embeddings": F.normalize(z1.detach().float(), dim=1), "index": all_rows(batch.index)}
        return Out(per_image.mean(), features=h, embedding=z, views=2, terms=terms, per_image=per_image, memory=memory)

    def _neighbours(self, z: Tensor) -> Tensor:
        """NN(z, Q), Eq. 4: the index (N,) of the nearest vector of the queue."""
        return nearest(z, self.queue.vectors)[:, 0]

    def after_step(self, at: Progress, *outs: Out) -> None:
        """Add the embeddings of the first view to the queue."""
        for out in outs:
            self.queue.enqueue_images(out.memory["embeddings"], out.memory["index"])

    def chance(self, batch_size: int) -> float:
        """ln N."""
        return math.log(batch_size)

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """`neighbours`: each first view and the images of its nearest neighbours, of which training uses the first (its own image
        framed, blank where the queue has no entry yet). `similarity`: cosines of the neighbours of view 1 (rows) and the
        predictions from view 2 (columns)."""
        z = self.projector(self.backbone(torch.cat(batch.views[:2])))
        z1, p2 = z.chunk(2)[0], self.predictor(z).chunk(2)[1]
        pictures = {"similarity": similarity(self.queue.vectors[self._neighbours(z1)], p2)}
        if batch.stored is not None:
            rows = nearest(z1, self.queue.vectors, SHOWN, real=self.queue.indices >= 0)  # (n, k)
            indices = torch.where(rows < 0, rows, self.queue.indices[rows])
            stored = batch.stored(indices.clamp(min=0).flatten()).unflatten(0, indices.shape)
            own = indices == batch.index[:, None].to(indices.device)
            pictures["neighbours"] = neighbours(batch.pixels(batch.views[0]), stored, indices < 0, own)
        return pictures


METHOD = NNCLR
