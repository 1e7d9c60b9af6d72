"""iBOT: DINO on the class token, and the same loss on every masked patch, with a momentum teacher as the tokenizer."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from engine.backbones.vit import VisionTransformer
from engine.config.part import setting
from engine.distributed.rows import rank_mean
from engine.heads.prototypes import DinoHead
from engine.losses.distillation import teacher_distribution
from engine.memory.centre import Centre
from engine.method import Out, Progress
from engine.methods.patch_distillation import PatchDistillation, PatchDistillationConfig, Targets


class IBOTConfig(PatchDistillationConfig):
    """Hyper-parameters of iBOT."""

    centre_momentum: float = setting(
        0.9,
        "Momentum of both centres; 1 disables centring: all patches and images then soon have the same visual token.",
        ge=0,
        le=1,
    )


class IBOT(PatchDistillation[IBOTConfig]):
    """Zhou et al., iBOT: Image BERT Pre-Training with Online Tokenizer, ICLR 2022 (2111.07832).

    The student gets the global views with masked patches, the teacher gets them without masks; local views pass through the
    student only and are used for the class-token loss only. One head is shared by class token and patches, as in the paper (Sec.
    3.2) and in the published runs; by default the official code has two heads for the student. Each loss is averaged as in the
    official code: views without a masked patch count as 0 in the mean of the patch loss. Different from that code: weight decay is
    constant, there it rises from .04 to .4; linear layers are initialised by width (backbone.init), there with .02 at a width of
    384."""

    Config = IBOTConfig

    def __init__(self, config: IBOTConfig, backbone: VisionTransformer) -> None:
        super().__init__(config, backbone)
        self.head = DinoHead(backbone.dim, config.hidden_dim, config.bottleneck_dim, config.out_dim, last_layer=config.last_layer)
        self._make_teacher(self.head)
        self.centre = Centre(config.out_dim, config.centre_momentum)
        self.patch_centre = Centre(config.out_dim, config.centre_momentum)

    @property
    def student(self) -> nn.Sequential:
        """Backbone and head."""
        return nn.Sequential(self.backbone, self.head)

    def logits(self, classes: Tensor, patches: Tensor) -> tuple[Tensor, Tensor]:
        """Of one head for both (Sec. 3.2)."""
        logits = self.head(torch.cat([classes, patches]))
        one, two = logits.tensor_split([len(classes)])
        return one, two

    def targets(self, views: Tensor, hidden: Tensor, at: Progress) -> Targets:
        """Centred and sharpened outputs, with a centre and a temperature for class tokens and for patches each (Eq. 1 and 2, Fig.
        3)."""
        config = self.config
        logits = self._teacher(views)  # (2N, 1 + T, K)
        temperature = self._temperature(config.teacher_temperature, at)
        patch_temperature = self._temperature(config.patch_temperature, at)
        return Targets(
            teacher_distribution(logits[:, 0], self.centre.value, temperature),
            teacher_distribution(logits[:, 1:][hidden], self.patch_centre.value, patch_temperature),
            {
                "class_mean": rank_mean(logits[:, 0].mean(0, keepdim=True)),
                "patch_mean": rank_mean(logits[:, 1:].mean((0, 1))[None]),
            },
        )

    @torch.no_grad()
    def _teacher(self, views: Tensor) -> Tensor:
        """Logits (n, 1 + T, K) of the teacher for the class token and every patch of whole views."""
        tokens = self.encoder.tokens(views)
        logits: Tensor = self.teacher[1](tokens.flatten(0, 1)).unflatten(0, tokens.shape[:2])
        return logits

    def assignment(self, views: Tensor) -> Tensor:
        """The largest centred logit of each patch."""
        return (self._teacher(views)[:, 1:] - self.patch_centre.value).argmax(-1)

    def last_layers(self) -> list[nn.Parameter]:
        """The head's."""
        return [self.head.last]

    def after_step(self, at: Progress, *outs: Out) -> None:
        """Momentum updates of the teacher and of both centres."""
        super().after_step(at, *outs)
        for out in outs:
            self.centre.update(out.memory["class_mean"])
            self.patch_centre.update(out.memory["patch_mean"])


METHOD = IBOT
