"""DINO: the student predicts, from every crop, a momentum teacher's centred and sharpened output for the large crops."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from engine.backbones.backbone import Backbone
from engine.backbones.vit import VisionTransformer, stop_drop_path
from engine.config.part import setting
from engine.distributed.rows import all_rows
from engine.heads.prototypes import DinoHead, LastLayer
from engine.losses.distillation import cross_view_entropy, entropy, in_use, teacher_distribution
from engine.memory.centre import Centre
from engine.memory.teacher import cosine_momentum, follow, frozen_copy
from engine.method import Batch, Method, MethodConfig, Out, Progress, Views
from engine.optim.clip import clip_each
from engine.optim.schedule import ramp
from engine.pictures.heat import lit


class DINOConfig(MethodConfig):
    """Hyper-parameters of DINO."""

    student_temperature: float = setting(0.1, "Softmax temperature of the student.", gt=0, le=5)
    teacher_temperature: float = setting(
        0.02,
        "Softmax temperature of the teacher after its warm-up, .04 to .07 in the paper, less on small sets: lower is sharper; near "
        "the student's the output becomes uniform (Table 13).",
        gt=0,
        le=5,
    )
    warmup_teacher_temperature: float = setting(0.02, "Where the teacher's temperature starts; .04 in the paper.", gt=0, le=5)
    warmup: float = setting(0.1, "Share of the run in which the teacher's temperature moves to its final value.", ge=0, le=1)
    momentum: float = setting(0.98, "Where the teacher's momentum starts, rising to 1; .996 in the paper's long runs.", ge=0, le=1)
    centre_momentum: float = setting(0.9, "Momentum of the centre; 1 disables centring: one dimension then dominates.", ge=0, le=1)
    freeze_last: float = setting(
        0.05, "Share of the run in which the last layer is frozen; one epoch of 100 in the paper.", ge=0, le=1
    )
    clip: float = setting(
        3.0,
        "Largest norm of each parameter's gradient, clipped parameter by parameter.",
        zero="no limit",
        ge=0,
        le=1000,
        advanced=True,
    )
    head_norm: bool = setting(
        True,
        "Batch normalisation in the head's hidden layers: off in the paper; with it a short run leaves the uniform output sooner.",
    )
    hidden_dim: int = setting(512, "Width of the head; 2,048 in the paper.", ge=1, le=16384)
    bottleneck_dim: int = setting(128, "Width of the head's bottleneck; 256 in the paper.", ge=1, le=16384)
    out_dim: int = setting(1024, "Size K of the distribution; 65,536 in the paper.", ge=2, le=262_144)
    last_layer: LastLayer = setting(
        "linear",
        "First weights of the last layer. `linear`: as PyTorch draws a linear layer, rows of length .58, as in the official code. "
        "`normal`: rows as long as the root of the bottleneck, as in runs of older versions of this program: they turn some 20 "
        "times too slowly.",
        advanced=True,
    )


class DINO(Method[DINOConfig]):
    """Caron et al., Emerging Properties in Self-Supervised Vision Transformers, ICCV 2021 (2104.14294).

    The student gets all crops, the teacher the two global ones; the loss is the cross-entropy between each teacher output and the
    student outputs for all other crops. Centring and sharpening of the teacher prevent collapse. The teacher is evaluated, as in
    the paper. Followed where the paper leaves it open: the official code, with gradients clipped parameter by parameter and
    stochastic depth in the student only. Different from it: weight decay is constant, there it rises from .04 to .4; the head has
    batch normalisation by default."""

    Config = DINOConfig
    views = Views(2, 2, local=True, one_size=True)
    recipe = {"views": {"preset": "dino_small"}}

    def __init__(self, config: DINOConfig, backbone: Backbone) -> None:
        super().__init__(config, backbone)
        self.head = DinoHead(
            backbone.dim, config.hidden_dim, config.bottleneck_dim, config.out_dim, config.head_norm, config.last_layer
        )
        self.teacher = frozen_copy(nn.Sequential(backbone, self.head))
        stop_drop_path(self.teacher)  # stochastic depth in the student only, as in the official code
        self.centre = Centre(config.out_dim, config.centre_momentum)

    def forward(self, batch: Batch, at: Progress) -> Out:
        """Student on all crops, teacher on the global ones (Alg. 1)."""
        n = len(batch.index)
        globals_ = torch.cat(batch.views[:2])
        h = self.backbone(globals_)  # (2N, D)
        h_local = [self.backbone(torch.cat(batch.local))] if batch.local else []
        logits = self.head(torch.cat([h, *h_local]))  # (V N, K)
        with torch.no_grad():
            teacher_logits = self.teacher(globals_)  # (2N, K)
        targets = teacher_distribution(teacher_logits, self.centre.value, self.temperature(at))
        per_image = cross_view_entropy(logits.split(n), targets.split(n), self.config.student_temperature)
        own = entropy(targets)
        terms = {"teacher entropy": own, "KL": per_image.detach().mean() - own, "prototypes used": in_use(targets)}
        return Out(
            per_image.mean(),
            features=h,
            embedding=logits[: 2 * n],
            views=2,
            terms=terms,
            per_image=per_image,
            memory={"teacher_logits": all_rows(teacher_logits, views=2)},
        )

    def temperature(self, at: Progress) -> float:
        """The teacher's temperature, with a linear warm-up."""
        config = self.config
        return ramp(config.warmup_teacher_temperature, config.teacher_temperature, config.warmup, at.fraction)

    def after_backward(self, at: Progress) -> None:
        """Gradients are clipped parameter by parameter; the last layer is frozen at the start (App. C: against divergence)."""
        clip_each((*self.backbone.parameters(), *self.head.parameters()), self.config.clip)
        if at.fraction < self.config.freeze_last:
            self.head.last.grad = None

    def after_step(self, at: Progress, *outs: Out) -> None:
        """Momentum updates of the teacher and of the centre."""
        student = nn.Sequential(self.backbone, self.head)
        follow(self.teacher, student, cosine_momentum(self.config.momentum, at.fraction))
        for out in outs:
            self.centre.update(out.memory["teacher_logits"])

    @property
    def encoder(self) -> Backbone:
        """The teacher's backbone."""
        backbone: Backbone = self.teacher[0]  # type: ignore[assignment]
        return backbone

    def chance(self, batch_size: int) -> float:
        """ln K: a uniform distribution."""
        return math.log(self.config.out_dim)

    def teachers(self) -> list[nn.Module]:
        """The teacher."""
        return [self.teacher]

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """`view`: the first crop. `attention`: for a ViT, the attention of the class token, averaged over the heads."""
        crops = batch.pixels(batch.views[0])
        pictures = {"view": crops}
        if isinstance(self.encoder, VisionTransformer):
            pictures["attention"] = lit(self.encoder.attention(batch.views[0]), crops.shape[-1])
        return pictures


METHOD = DINO
