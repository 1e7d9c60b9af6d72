"""iBOT: DINO on the class token, and the same loss on every masked patch, with a momentum teacher as the tokenizer."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from engine.augment.blockwise import block_mask
from engine.backbones.vit import Fill, VisionTransformer, stop_drop_path
from engine.config.part import setting
from engine.distributed.rows import all_count, own_rows, rank_mean
from engine.heads.prototypes import DinoHead, LastLayer
from engine.losses.distillation import cross_view_entropy, entropy, in_use, masked_patch_entropy, teacher_distribution
from engine.losses.per_image import image_means
from engine.losses.token_usage import commonest
from engine.memory.centre import Centre
from engine.memory.teacher import cosine_momentum, follow, frozen_copy
from engine.method import Batch, Method, MethodConfig, Out, Progress, TaskScore, Views
from engine.optim.clip import clip_each
from engine.optim.schedule import ramp
from engine.pictures.heat import lit
from engine.pictures.masked import hide
from engine.pictures.token_map import coloured_tokens


class IBOTConfig(MethodConfig):
    """Hyper-parameters of iBOT."""

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
    centre_momentum: float = setting(
        0.9,
        "Momentum of both centres; 1 disables centring: all patches and images then soon have the same visual token.",
        ge=0,
        le=1,
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


class IBOT(Method[IBOTConfig]):
    """Zhou et al., iBOT: Image BERT Pre-Training with Online Tokenizer, ICLR 2022 (2111.07832).

    The student gets the global views with masked patches, the teacher gets them without masks; local views pass through the
    student only and are used for the class-token loss only. One head is shared by class token and patches, as in the paper (Sec.
    3.2) and in the published runs; by default the official code has two heads for the student. Each loss is averaged as in the
    official code: views without a masked patch count as 0 in the mean of the patch loss. Different from that code: weight decay is
    constant, there it rises from .04 to .4; linear layers are initialised by width (backbone.init), there with .02 at a width of
    384."""

    Config = IBOTConfig
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

    def __init__(self, config: IBOTConfig, backbone: VisionTransformer) -> None:
        super().__init__(config, backbone)
        self.head = DinoHead(backbone.dim, config.hidden_dim, config.bottleneck_dim, config.out_dim, last_layer=config.last_layer)
        self.mask_token = nn.Parameter(torch.zeros(1, 1, backbone.dim))
        self.teacher = frozen_copy(nn.Sequential(backbone, self.head))
        stop_drop_path(self.teacher)  # stochastic depth in the student only, as in the official code
        self.centre = Centre(config.out_dim, config.centre_momentum)
        self.patch_centre = Centre(config.out_dim, config.centre_momentum)

    @property
    def encoder(self) -> VisionTransformer:
        """The teacher's backbone, which the paper evaluates."""
        backbone = self.teacher[0]
        assert isinstance(backbone, VisionTransformer)
        return backbone

    def forward(self, batch: Batch, at: Progress) -> Out:
        """L_[CLS] + weight * L_MIM (Eq. 1 and 2, Fig. 3)."""
        config, n = self.config, len(batch.index)
        views = torch.cat(batch.views[:2])  # (2N, 3, S, S)
        hidden = own_rows(self._hidden(all_count(len(views)), batch.generator), views=2).to(views.device)  # (2N, T)
        tokens = self._student(views, hidden)  # (2N, 1 + T, D)
        local = [self.backbone.tokens(torch.cat(batch.local))[:, 0]] if batch.local else []
        patches = tokens[:, 1:][hidden]  # (M, D)
        logits = self.head(torch.cat([tokens[:, 0], *local, patches]))
        classes, visual_tokens = logits.tensor_split([len(logits) - len(patches)])  # (V N, K), (M, K)
        teacher_logits = self._teacher(views)  # (2N, 1 + T, K)
        target = teacher_distribution(teacher_logits[:, 0], self.centre.value, self._temperature(config.teacher_temperature, at))
        patch_temperature = self._temperature(config.patch_temperature, at)
        patch_target = teacher_distribution(teacher_logits[:, 1:][hidden], self.patch_centre.value, patch_temperature)
        class_loss = cross_view_entropy(classes.split(n), target.split(n), config.student_temperature)  # (N,)
        patch_loss = image_means(masked_patch_entropy(visual_tokens, patch_target, hidden, config.student_temperature))  # (N,)
        means = {"class_mean": teacher_logits[:, 0].mean(0, keepdim=True), "patch_mean": teacher_logits[:, 1:].mean((0, 1))[None]}
        memory = {name: rank_mean(mean) for name, mean in means.items()}
        own = entropy(target)
        terms = {
            "class-token loss": class_loss.mean(),
            "patch loss": patch_loss.mean(),
            "teacher entropy": own,
            "teacher entropy, patches": entropy(patch_target),
            "KL": class_loss.detach().mean() - own,
            "prototypes used": in_use(target),
            "prototypes used, patches": in_use(patch_target),
        }
        per_image = class_loss + config.patch_weight * patch_loss
        features = self.backbone.pooled(tokens)
        return Out(
            per_image.mean(),
            features=features,
            embedding=classes[: 2 * n],
            views=2,
            terms=terms,
            per_image=per_image,
            memory=memory,
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

    @torch.no_grad()
    def _teacher(self, views: Tensor) -> Tensor:
        """Logits (n, 1 + T, K) of the teacher for the class token and every patch of whole views."""
        tokens = self.encoder.tokens(views)
        logits: Tensor = self.teacher[1](tokens.flatten(0, 1)).unflatten(0, tokens.shape[:2])
        return logits

    def _temperature(self, end: float, at: Progress) -> float:
        """A teacher temperature: linear warm-up from the common start to `end`."""
        config = self.config
        return ramp(config.warmup_teacher_temperature, end, config.warmup, at.fraction)

    def after_backward(self, at: Progress) -> None:
        """Gradients are clipped parameter by parameter; the last layer is frozen at the start."""
        clip_each((p for p in self.parameters() if p.requires_grad), self.config.clip)
        if at.fraction < self.config.freeze_last:
            self.head.last.grad = None

    def after_step(self, at: Progress, *outs: Out) -> None:
        """Momentum updates of the teacher and of both centres."""
        student = nn.Sequential(self.backbone, self.head)
        follow(self.teacher, student, cosine_momentum(self.config.momentum, at.fraction))
        for out in outs:
            self.centre.update(out.memory["class_mean"])
            self.patch_centre.update(out.memory["patch_mean"])

    def chance(self, batch_size: int) -> float:
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
        truth = (self._teacher(x)[:, 1:] - self.patch_centre.value).argmax(-1)
        tokens = self._student(x, hidden)[:, 1:]
        prediction = self.head(tokens.flatten(0, 1)).argmax(-1).view_as(truth)
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


METHOD = IBOT
