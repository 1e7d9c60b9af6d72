"""The common part of iBOT, DINOv2 and DINOv3: a student predicts a momentum teacher's output for the class token of the other
global views, and for every masked patch that of the same patch, which the teacher sees."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

import torch
from torch import Tensor, nn
from typing_extensions import TypeVar

from engine.augment.blockwise import block_mask
from engine.backbones.vit import Fill, VisionTransformer, stop_drop_path
from engine.config.part import setting
from engine.distributed.rows import all_count, own_rows
from engine.heads.prototypes import LastLayer
from engine.losses.distillation import cross_view_entropy, entropy, in_use, masked_patch_entropy
from engine.losses.per_image import image_means
from engine.losses.token_usage import commonest
from engine.memory.teacher import cosine_momentum, follow, frozen_copy
from engine.method import Batch, Method, MethodConfig, Out, Progress, TaskScore, Views
from engine.optim.clip import clip_each
from engine.optim.schedule import ramp
from engine.pictures.heat import lit
from engine.pictures.masked import hide
from engine.pictures.token_map import coloured_tokens


class PatchDistillationConfig(MethodConfig):
    """Hyper-parameters of all three; a subclass overrides defaults and help."""

    mask_chance: float = setting(
        0.5,
        "Share of the views in which patches are hidden; the others are whole, as images are when the encoder is used. At 0 iBOT "
        "is DINO; .5 in the paper (Sec. 4).",
        ge=0,
        le=1,
    )
    mask_ratio: float = setting(
        0.3,
        "Try this first. Share of the patches that is hidden in such a view, in blocks; .3 in the paper. With a much smaller share "
        "few patches are predicted; with a much larger one the class token of a masked view has too little input.",
        gt=0,
        lt=1,
    )
    mask_spread: float = setting(
        0.2, "The share is drawn anew for each view, up to so much less or more; .2 in the paper, so .1 to .5.", ge=0, lt=1
    )
    patch_weight: float = setting(
        1.0,
        "Weight of the patches' loss beside the class token's; 1 in the paper. At 0 iBOT is DINO with masked views.",
        ge=0,
        le=100,
    )
    student_temperature: float = setting(0.1, "Softmax temperature of the student.", gt=0, le=5)
    teacher_temperature: float = setting(
        0.02,
        "Softmax temperature of the teacher for the class token, after the warm-up: lower is sharper; near the student's it "
        "becomes uniform. .04 in the official code, .07 in its long runs; less on small sets, as for DINO.",
        gt=0,
        le=5,
    )
    patch_temperature: float = setting(
        0.07, "The same for the patches, which need a softer distribution: .07 in the official code.", gt=0, le=5
    )
    warmup_teacher_temperature: float = setting(
        0.02, "Where both of the teacher's temperatures start; .04 in the paper.", gt=0, le=5
    )
    warmup: float = setting(
        0.1, "Share of the run in which the teacher's temperatures move to their final values; 30 epochs in the paper.", ge=0, le=1
    )
    momentum: float = setting(
        0.98, "Where the teacher's momentum starts, rising to 1; .996 in the paper's long runs. At 1 it is not updated.", ge=0, le=1
    )
    freeze_last: float = setting(
        0.05, "Share of the run in which the last layer is frozen; one epoch in the paper.", ge=0, le=1, advanced=True
    )
    clip: float = setting(
        3.0,
        "Largest norm of each parameter's gradient, clipped parameter by parameter.",
        zero="no limit",
        ge=0,
        le=1000,
        advanced=True,
    )
    hidden_dim: int = setting(256, "Width of the head; 2,048 in the paper.", ge=1, le=16384)
    bottleneck_dim: int = setting(64, "Width of the head's bottleneck; 256 in the paper.", ge=1, le=16384)
    out_dim: int = setting(
        512,
        "Number K of visual tokens, shared by class token and patches; 8,192 in the paper, for millions of images.",
        ge=2,
        le=262_144,
    )
    last_layer: LastLayer = setting(
        "linear",
        "First weights of the last layer. `linear`: as PyTorch draws a linear layer, rows of length .58, as in the official code. "
        "`normal`: rows as long as the root of the bottleneck, as in runs of older versions of this program: they turn some 20 "
        "times too slowly.",
        advanced=True,
    )


C = TypeVar("C", bound=PatchDistillationConfig, covariant=True, default=PatchDistillationConfig)


class Targets(NamedTuple):
    """The teacher's distributions: `classes` (2N, K) of the class tokens, `patches` (M, K) of the masked patches, image by image;
    and what `after_step` stores."""

    classes: Tensor
    patches: Tensor
    memory: Mapping[str, Tensor]


class PatchDistillation(Method[C]):
    """L_class + weight * L_patches, with heads and targets that a subclass gives.

    `heads`: the projection heads, copied with the backbone as the teacher (`teacher_heads`). A subclass gives `logits`, `targets`,
    `assignment` and `last_layers`, and may add terms to the loss."""

    views = Views(2, 2, local=True, one_size=True)
    backbone: VisionTransformer
    recipe = {
        "views": {"preset": "dino_small"},
        # 16 patches for images of 32 px: four times as many images per minute as with 64 patches.
        "backbone": {"name": "vit_micro", "patch": 8},
        # In short runs with a learning rate of .002 the kNN accuracy was below that of the untrained encoder.
        "optim": {"lr": 0.001, "weight_decay": 0.04, "warmup": 0.1},
        "train": {"batch": 64},
    }

    def _make_teacher(self, *heads: nn.Module) -> None:
        """Copy backbone and heads as the teacher; called by a subclass when it has made its heads."""
        self.mask_token = nn.Parameter(torch.zeros(1, 1, self.backbone.dim))
        self.teacher = frozen_copy(nn.Sequential(self.backbone, *heads))
        stop_drop_path(self.teacher)  # stochastic depth in the student only, as in the official codes

    @property
    def student(self) -> nn.Sequential:
        """Backbone and heads, in the order of the teacher's."""
        raise NotImplementedError

    def logits(self, classes: Tensor, patches: Tensor) -> tuple[Tensor, Tensor]:
        """The student's logits (V N, K) of class tokens (V N, D), and (M, K) of masked patches (M, D)."""
        raise NotImplementedError

    def targets(self, views: Tensor, hidden: Tensor, at: Progress) -> Targets:
        """The teacher's distributions for whole views (2N, 3, S, S), of which `hidden` (2N, T) is masked for the student."""
        raise NotImplementedError

    def assignment(self, views: Tensor) -> Tensor:
        """The teacher's visual token of every patch, (n, T), for pictures and scores."""
        raise NotImplementedError

    def last_layers(self) -> list[nn.Parameter]:
        """The last layers of the heads, which are frozen at the start."""
        raise NotImplementedError

    def regularisers(self, views: Tensor, tokens: Tensor, at: Progress) -> tuple[Tensor | float, dict[str, Tensor | float]]:
        """What is added to the loss of each image, (N,), from the student's tokens (2N, 1 + T, D) of the global views; and its
        terms."""
        return 0.0, {}

    def forward(self, batch: Batch, at: Progress) -> Out:
        """The student on all crops, masked where they are global; the teacher on the whole global ones."""
        config, n = self.config, len(batch.index)
        views = torch.cat(batch.views[:2])  # (2N, 3, S, S)
        hidden = own_rows(self._hidden(all_count(len(views)), batch.generator), views=2).to(views.device)  # (2N, T)
        tokens = self._student(views, hidden)  # (2N, 1 + T, D)
        local = [self.backbone.tokens(torch.cat(batch.local))[:, 0]] if batch.local else []
        classes, visual_tokens = self.logits(torch.cat([tokens[:, 0], *local]), tokens[:, 1:][hidden])  # (V N, K), (M, K)
        target = self.targets(views, hidden, at)
        class_loss = cross_view_entropy(classes.split(n), target.classes.split(n), config.student_temperature)  # (N,)
        patch_loss = image_means(masked_patch_entropy(visual_tokens, target.patches, hidden, config.student_temperature))  # (N,)
        own = entropy(target.classes)
        added, more = self.regularisers(views, tokens, at)
        terms = {
            "class-token loss": class_loss.mean(),
            "patch loss": patch_loss.mean(),
            "teacher entropy": own,
            "teacher entropy, patches": entropy(target.patches),
            "KL": class_loss.detach().mean() - own,
            "prototypes used": in_use(target.classes),
            "prototypes used, patches": in_use(target.patches),
            **more,
        }
        per_image = class_loss + config.patch_weight * patch_loss + added
        features = self.backbone.pooled(tokens)
        return Out(
            per_image.mean(),
            features=features,
            embedding=classes[: 2 * n],
            views=2,
            terms=terms,
            per_image=per_image,
            memory=target.memory,
        )

    def _hidden(self, n: int, generator: torch.Generator) -> Tensor:
        """(n, T) bool, the masked patches of n views, in blocks; the masked share is drawn for each view and is 0 in some views."""
        config, patches = self.config, self.backbone.side**2
        drawn = torch.rand(2, n, generator=generator)
        share = config.mask_ratio + (2 * drawn[1] - 1) * config.mask_spread
        share = torch.where(drawn[0] < config.mask_chance, share, 0.0)
        return block_mask((share * patches).long(), self.backbone.side, generator, exact=False)

    def _student(self, views: Tensor, hidden: Tensor) -> Tensor:
        """Tokens (n, 1 + T, D) of views with a learned token in the hidden patches."""
        return self.backbone.tokens(views, fill=Fill(hidden, self.mask_token))

    def _temperature(self, end: float, at: Progress) -> float:
        """A teacher temperature: linear warm-up from the common start to `end`."""
        config = self.config
        return ramp(config.warmup_teacher_temperature, end, config.warmup, at.fraction)

    def after_backward(self, at: Progress) -> None:
        """Gradients are clipped parameter by parameter; the last layers are frozen at the start."""
        clip_each((p for p in self.parameters() if p.requires_grad), self.config.clip)
        if at.fraction < self.config.freeze_last:
            for layer in self.last_layers():
                layer.grad = None

    def after_step(self, at: Progress, *outs: Out) -> None:
        """Momentum update of the teacher."""
        follow(self.teacher, self.student, cosine_momentum(self.config.momentum, at.fraction))

    @property
    def encoder(self) -> VisionTransformer:
        """The teacher's backbone, which the papers evaluate."""
        backbone = self.teacher[0]
        assert isinstance(backbone, VisionTransformer)
        return backbone

    def chance(self, batch_size: int) -> float | None:
        """ln K for the class token, and for the patches of the views that are masked."""
        return float(math.log(self.config.out_dim) * (1 + self.config.patch_weight * self.config.mask_chance))

    def teachers(self) -> list[nn.Module]:
        """The teacher."""
        return [self.teacher]

    def inputs(self, batch: Batch) -> dict[str, Tensor]:
        """The visible patches of both global views, of which about half have no mask."""
        views = torch.cat([batch.pixels(view) for view in batch.views[:2]])
        first, second = hide(views, self._hidden(len(views), batch.generator).to(views.device)).chunk(2)
        return {"first view": first, "second view": second}

    def _patch_tokens(self, batch: Batch) -> tuple[Tensor, Tensor, Tensor]:
        """For the first views, masked with exactly `mask_ratio`: the mask, the teacher's visual token and the student's predicted
        token of each patch, (n, T) each."""
        x, side = batch.views[0], self.backbone.side
        count = torch.full((len(x),), max(1, int(self.config.mask_ratio * side**2)))
        hidden = block_mask(count, side, batch.generator).to(x.device)
        truth = self.assignment(x)
        tokens = self._student(x, hidden)
        prediction = self.logits(tokens[:, 0], tokens[:, 1:].flatten(0, 1))[1].argmax(-1).view_as(truth)
        return hidden, truth, prediction

    def task_score(self, batch: Batch) -> TaskScore:
        """Accuracy of the student's predictions of the teacher's token for masked patches; the baseline predicts the most frequent
        token."""
        hidden, truth, prediction = self._patch_tokens(batch)
        predicted, target = prediction[hidden], truth[hidden]
        return TaskScore("accuracy of words", (predicted == target).float().mean(), commonest(target))

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """The attention of the class token; the teacher's visual token of every patch, in one colour each; and the student's
        predicted token of the masked patches."""
        x = batch.views[0]
        hidden, truth, prediction = self._patch_tokens(batch)
        return {
            "view": batch.pixels(x),
            "attention": lit(self.encoder.attention(x), x.shape[-1]),
            "teacher's words": coloured_tokens(truth),
            "visible": hide(batch.pixels(x), hidden),
            "student's guess": coloured_tokens(prediction, shown=hidden, truth=truth),
        }
