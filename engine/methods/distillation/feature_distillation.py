"""Feature distillation: an encoder learns the whitened features of a trained one, and then fine-tunes better than it."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from engine.backbones.attention_figures import attention_distance, even_distance, head_similarity
from engine.backbones.backbone import Backbone
from engine.backbones.frozen_teacher import FrozenTeacher
from engine.backbones.modes import evaluating
from engine.backbones.vit import VisionTransformer
from engine.config.errors import complain
from engine.config.part import setting
from engine.config.run import BackboneConfig
from engine.config.teacher import TeacherConfig
from engine.losses.feature_targets import BETA, feature_loss, whiten
from engine.method import Batch, Method, MethodConfig, Out, Progress, TaskScore, Views
from engine.pictures.feature_maps import FeatureColours, loss_map
from engine.pictures.layer_chart import layer_chart


class FeatureDistillationConfig(MethodConfig):
    """Hyper-parameters of feature distillation."""

    teacher: TeacherConfig = TeacherConfig()
    whitening: bool = setting(
        True,
        "Normalise each target token to mean 0 and variance 1. Without it the size of the targets, and with it the loss, is that "
        "of the teacher's features, and each teacher needs a learning rate of its own.",
    )
    beta: float = setting(
        BETA,
        "Where the loss turns from a square into a line, in deviations of the target; 2 in the paper. Small values make it an "
        "absolute error, large ones a squared error.",
        gt=0,
        le=100,
        advanced=True,
    )


class FeatureDistillation(Method[FeatureDistillationConfig]):
    """Wei et al., Contrastive Learning Rivals Masked Image Modeling in Fine-tuning via Feature Distillation, 2022 (2205.14141).

    A student that starts from random weights predicts, from the same view, every token of a trained and frozen teacher, the class
    token included, through one linear map (a 1 x 1 convolution). Targets are the teacher's tokens after its last norm, whitened
    by a layer normalisation without scale and shift; the loss is smooth L1. The student has one relative position bias,
    shared by all blocks, in place of position embeddings, and stochastic depth; the teacher has none. The student is
    evaluated, as the mean of its patch tokens.

    The teacher is a run or published weights of a foundation model (DINOv2, DINOv3, CLIP, ...). Where these have patches, its
    images are resized so that it has as many as the student. A student that is no ViT predicts by the same linear map, from each
    cell of its last map, the teacher's patch there.

    Followed where the paper leaves it open: the official code, with AdamW, gradients clipped to a norm of 3, and crops and flips
    alone. Different from it: the run is shorter, with a larger learning rate; a teacher without a class token, such as a ResNet,
    teaches its last map, resized to the student's patches. Left out: Swin students and teachers."""

    Config = FeatureDistillationConfig
    views = Views(1, 1)
    recipe = {
        "views": {"preset": "feature_distillation"},
        "backbone": {"name": "vit_micro", "pool": "mean", "rel_pos": "shared", "drop_path": 0.1},
        "optim": {"lr": 0.002, "weight_decay": 0.05, "clip": 3.0, "warmup": 0.05},
        # More steps with smaller batches: better than large batches in a short run.
        "train": {"batch": 128},
    }

    def __init__(self, config: FeatureDistillationConfig, backbone: Backbone) -> None:
        super().__init__(config, backbone)
        vit = backbone if isinstance(backbone, VisionTransformer) else None
        # Cells of the student's map, or patches, a side.
        self.side = vit.side if vit is not None else _map_side(backbone)
        own = BackboneConfig(name="vit_micro", patch=vit.patch) if vit is not None else BackboneConfig()
        teacher = FrozenTeacher(config.teacher, own, backbone.size, self.side)
        if vit is not None and isinstance(teacher.net, VisionTransformer) and teacher.net.side != vit.side:
            side = teacher.net.side
            remedy = "Each token of the student learns one of the teacher: choose an encoder with the teacher's patches."
            raise complain("backbone.name", f"a ViT that cuts its views into {side} x {side} patches", vit.side, remedy)
        self.head = nn.Linear(backbone.dim, teacher.net.dim)
        self.teacher = teacher

    def setup_teacher(self, encoder: Backbone, mean: Tensor, std: Tensor, own_mean: Tensor, own_std: Tensor) -> None:
        """Copy the teacher's weights into this method."""
        self.teacher.load(encoder, mean, std, own_mean, own_std)

    def forward(self, batch: Batch, at: Progress) -> Out:
        """The student's tokens against the teacher's, of one view."""
        pooled, predicted, target = self._predict(batch.views[0])
        per_image = feature_loss(predicted, target, self.config.beta).mean(1)  # (N,)
        cosine = nn.functional.cosine_similarity(predicted.detach().float(), target, dim=-1).mean()
        return Out(
            per_image.mean(),
            features=pooled,
            terms={"cosine with the teacher": cosine},
            per_image=per_image,
        )

    def _predict(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The student's features (N, D), its prediction and the target (N, 1 + T or T, D of the teacher)."""
        if isinstance(self.backbone, VisionTransformer):
            target = self.teacher.tokens(x, x.shape[-1] // self.backbone.patch)
            tokens = self.backbone.tokens(x)  # (N, 1 + T, D)
            pooled = self.backbone.pooled(tokens)
            tokens = tokens if self.class_token else tokens[:, 1:]
        else:
            tokens = self.backbone.dense(x).flatten(2).transpose(1, 2)  # (N, T, D)
            target, pooled = self.teacher.cells(x, math.isqrt(tokens.shape[1])), tokens.mean(1)
        target = whiten(target) if self.config.whitening else target.float()
        return pooled, self.head(tokens), target

    @property
    def class_token(self) -> bool:
        """Whether the student also predicts a class token: where both have one."""
        return self.teacher.class_token and isinstance(self.backbone, VisionTransformer)

    def teachers(self) -> list[nn.Module]:
        """The frozen encoder."""
        return [self.teacher]

    def task_score(self, batch: Batch) -> TaskScore:
        """The loss on held-out images. The baseline predicts each token's own mean, 0 with whitening."""
        _, predicted, target = self._predict(batch.views[0])
        constant = target.mean(-1, keepdim=True).expand_as(target)
        error, baseline = (feature_loss(one, target, self.config.beta).mean() for one in (predicted, constant))
        return TaskScore("distillation error", error, baseline, higher=False)

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """`view`: the input. `teacher's features`, `student's features`, `difference`: the target of each patch, its prediction,
        and prediction less target, by colours: red, green and blue are the first three principal components of the targets; a grey
        difference is none. `attention distance`: how far each head looks, in patches, a dot a head, layer by layer from the left;
        the grey line is a head that looks at all patches alike. `alike heads`: the cosine of what two heads of a layer attend to;
        lower is more diverse. The teacher, before distillation, is blue, the student, after it, red; both of ViTs alone.
        `loss by position`: the mean loss at each patch."""
        x = batch.views[0]
        _, predicted, target = self._predict(x)
        first = 1 if self.class_token else 0
        predicted, target = predicted[:, first:].float(), target[:, first:]
        colours = FeatureColours.of(target)
        return {
            "view": batch.pixels(x),
            "teacher's features": colours(target),
            "student's features": colours(predicted),
            "difference": colours(predicted - target, difference=True),
            **self._attention(x),
            "loss by position": loss_map(feature_loss(predicted, target, self.config.beta).mean(0)),
        }

    def _attention(self, x: Tensor) -> dict[str, Tensor]:
        networks = [("Teacher", self.teacher.net, self.teacher.seen(x)), ("Student", self.backbone, x)]
        maps = [(title, net.attentions(seen)) for title, net, seen in networks if isinstance(net, VisionTransformer)]
        if not maps:
            return {}
        far = [(title, torch.stack([attention_distance(layer) for layer in layers])) for title, layers in maps]
        alike = [(title, torch.stack([head_similarity(layer) for layer in layers])[:, None]) for title, layers in maps]
        even = even_distance(self.side)
        return {
            "attention distance": layer_chart(far, 1.5 * even, even, " patches"),
            "alike heads": layer_chart(alike, 1.0),
        }


def _map_side(backbone: Backbone) -> int:
    """The side of an encoder's last map, in cells. ConfigError for one without a map."""
    with torch.no_grad(), evaluating(backbone):
        return int(backbone.dense(torch.zeros(1, 3, backbone.size, backbone.size)).shape[-1])


METHOD = FeatureDistillation
