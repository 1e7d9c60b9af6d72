"""InstDisc: every image is its own class, and the class weights are features stored in a memory bank."""

from __future__ import annotations

import math
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.backbones.backbone import Backbone
from engine.config.part import setting
from engine.distributed.rows import all_rows
from engine.heads.mlp import mlp
from engine.losses.instance_softmax import bank_logits, instance_softmax
from engine.losses.noise_contrast import chance_loss, log_ratio, noise_contrast
from engine.memory.bank import MemoryBank
from engine.method import Batch, Method, MethodConfig, Out, Progress, Views
from engine.pictures.matrix import similarity
from engine.pictures.neighbour_rows import neighbours

SHOWN = 5  # neighbours in a picture


class InstDiscConfig(MethodConfig):
    """Hyper-parameters of InstDisc."""

    objective: Literal["softmax", "nce"] = setting(
        "softmax",
        "How an image is discriminated from all others. softmax compares it with every row of the bank: exact, and the official "
        "code's choice on CIFAR-10. nce compares it with a few drawn rows (Sec. 3.2), for hundreds of thousands of images.",
    )
    temperature: float = setting(
        0.2,
        "Softmax temperature tau, Eq. 2; .07 in the paper on ImageNet, .1 in the official CIFAR-10 script. Smaller values weight "
        "only the most similar rows, which in a short run are the newest; larger ones weight all equally. Try this first.",
        gt=0,
        le=5,
    )
    momentum: float = setting(
        0.5,
        "How much of an image's old row stays when the image is seen again, once an epoch; .5 in the official code. 0 keeps only "
        "the last view, 1 keeps the initial random vector.",
        ge=0,
        le=1,
    )
    out_dim: int = setting(
        128, "Size of a row of the bank; 128 in the paper, where twice as many bring little more.", ge=1, le=4096
    )
    norm: bool = setting(
        True,
        "Batch normalisation after the linear layer. The paper has none: then all features of an untrained network have one "
        "direction, which changes faster than the bank, where each row is updated once per epoch, and the first epochs are lost.",
        advanced=True,
    )
    negatives: int = setting(
        1024,
        "Rows m drawn as noise at each step (nce alone); 4,096 in the paper. Few make a coarse estimate: with m = 1 the paper's "
        "CIFAR-10 result nearly halves (Table 1).",
        ge=1,
        le=1_000_000,
        advanced=True,
    )
    proximal: float = setting(
        0.0,
        "Weight lambda of the proximal term (nce alone, Eq. 10), which holds a feature near its own last one: larger is smoother "
        "and slower. 0 as in the official code, where the momentum of the bank does that work.",
        ge=0,
        le=1000,
        advanced=True,
    )


class InstDisc(Method[InstDiscConfig]):
    """Wu et al., Unsupervised Feature Learning via Non-Parametric Instance Discrimination, CVPR 2018 (1805.01978).

    One view per image, compared with the features of all images from earlier epochs. Followed where paper and official code differ:
    the code, in which rows of the bank are updated with momentum (in the paper they are replaced). Different from both: the noise
    rows of nce are drawn once per step for the whole batch, with replacement, there for each image, which is the same in
    expectation and needs one matrix product; a batch normalisation after the linear layer by default, there none."""

    Config = InstDiscConfig
    views = Views(1, 1)
    # A row is one epoch old when it is used: the more slowly the features change, the better it still fits its image.
    recipe = {"views": {"preset": "instdisc"}, "optim": {"lr": 0.001}}
    log_z: Tensor

    def __init__(self, config: InstDiscConfig, backbone: Backbone) -> None:
        super().__init__(config, backbone)
        self.projector = mlp(backbone.dim, config.out_dim, last_norm=config.norm)
        self.bank = MemoryBank(config.out_dim, config.momentum)
        self.register_buffer("log_z", torch.tensor(-math.inf))  # not measured yet

    def setup_data(self, images: Tensor, labels: Tensor) -> None:
        """Allocate the bank, with one row per training image."""
        self.bank.setup_data(images)

    def forward(self, batch: Batch, at: Progress) -> Out:
        """Classification of each view among all training images (Eq. 2, 3), or its estimate by NCE (Sec. 3.2)."""
        h = self.backbone(batch.views[0])  # (N, D)
        v, index = all_rows(F.normalize(self.projector(h).float(), dim=1)), all_rows(batch.index)  # (N, P), (N,)
        own = self.bank.find(index)  # (N,) among the M rows
        memory = {"index": index, "features": v.detach()}
        if self.config.objective == "nce":
            per_image, log_z = self._nce(v, own, batch.generator)
            return Out(per_image.mean(), features=h, embedding=v, per_image=per_image, memory={**memory, "log_z": log_z})
        logits = bank_logits(v, self.bank.rows.to(v.device), self.config.temperature)  # (N, M)
        own = own.to(v.device)
        accuracy = (logits.argmax(1) == own).float().mean()
        per_image = instance_softmax(logits, own)  # (N,)
        return Out(per_image.mean(), features=h, embedding=v, terms={"accuracy": accuracy}, per_image=per_image, memory=memory)

    def _nce(self, v: Tensor, own: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Eq. 5-7 and 10: logistic regression between the own row of a view (data) and rows drawn at random (noise), P_n = 1/M. The
        losses (N,) and the logarithm of Z."""
        m, rows = self.config.negatives, self.bank.rows
        drawn = torch.randint(len(rows), (m,), generator=generator).to(rows.device)
        row = rows[own].to(v.device)  # (N, P)
        data = (v * row).sum(1) / self.config.temperature  # (N,)
        noise = bank_logits(v, rows[drawn].to(v.device), self.config.temperature)  # (N, m)
        log_z = self.log_z
        if log_z.isinf():
            # Z = M / m sum_k exp(v_k . f / tau), estimated from the first batch and constant afterwards (Eq. 8).
            log_z = noise.detach().flatten().logsumexp(0) - math.log(noise.numel()) + math.log(len(rows))
        ratios = [log_ratio(score - log_z, -math.log(len(rows)), m) for score in (data, noise)]
        per_image = noise_contrast(ratios[0], ratios[1])
        if self.config.proximal:
            # A row that was never updated is random, not an earlier feature.
            seen = (self.bank.visits[own] > 0).to(v)
            per_image = per_image + self.config.proximal * (v - row).square().sum(1) * seen
        return per_image, log_z

    def after_step(self, at: Progress, *outs: Out) -> None:
        """Update the rows of the images of this step."""
        for out in outs:
            self.bank.update(out.memory["index"], out.memory["features"])
            if "log_z" in out.memory and self.log_z.isinf():
                self.log_z.copy_(out.memory["log_z"])

    def chance(self, batch_size: int) -> float | None:
        """ln M for M training images; for nce the loss where all rows have the same probability."""
        if self.config.objective == "nce":
            return chance_loss(self.config.negatives)
        return math.log(len(self.bank)) if len(self.bank) else None

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """`neighbours`: each view and the training images with the nearest rows, its own image framed (blank before the first
        step). `similarity`: the cosines between the views of these images."""
        v = self.projector(self.backbone(batch.views[0]))
        pictures = {"similarity": similarity(v, v)}
        if batch.stored is not None and len(self.bank):
            indices = self.bank.nearest(v, SHOWN)  # (n, k)
            stored = batch.stored(indices.clamp(min=0).flatten()).unflatten(0, indices.shape)
            own = (indices == batch.index[:, None].cpu()).to(v.device)
            pictures["neighbours"] = neighbours(batch.pixels(batch.views[0]), stored, (indices < 0).to(v.device), own)
        return pictures


METHOD = InstDisc
