"""The common part of DINOv2 and DINOv3: iBOT's objective with a head for class tokens and one for patches, targets by
Sinkhorn-Knopp in place of centres, and KoLeo."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from typing_extensions import TypeVar

from engine.backbones.vit import VisionTransformer
from engine.config.part import setting
from engine.heads.prototypes import DinoHead
from engine.losses.koleo import koleo
from engine.losses.swapped import sinkhorn
from engine.method import Progress
from engine.methods.patch_distillation import PatchDistillation, PatchDistillationConfig, Targets


class SinkhornDistillationConfig(PatchDistillationConfig):
    """Hyper-parameters of both."""

    mask_chance: float = setting(
        0.5, "Share of the views in which patches are hidden; .5 in the official code. At 0 no patch is predicted.", ge=0, le=1
    )
    mask_ratio: float = setting(
        0.3, "Share of the patches that is hidden in such a view, in blocks; .1 to .5 in the official code.", gt=0, lt=1
    )
    mask_spread: float = setting(0.2, "The share is drawn anew for each view, up to so much less or more.", ge=0, lt=1)
    patch_weight: float = setting(
        1.0, "Weight of the patches' loss beside the class token's; 1 in the official code.", ge=0, le=100
    )
    teacher_temperature: float = setting(
        0.02,
        "Softmax temperature of the teacher for the class token, after the warm-up; .07 in the official code, less on small sets, "
        "as for DINO: at .07 the targets of a run of minutes are nearly uniform.",
        gt=0,
        le=5,
    )
    patch_temperature: float = setting(0.04, "The same for the patches; in the official code it is the same number.", gt=0, le=5)
    warmup_teacher_temperature: float = setting(
        0.02, "Where both of the teacher's temperatures start; .04 in the official code.", gt=0, le=5
    )
    momentum: float = setting(
        0.98, "Where the teacher's momentum starts, rising to 1; .992 in the official code. At 1 it is not updated.", ge=0, le=1
    )
    iterations: int = setting(
        3, "Iterations of Sinkhorn-Knopp, which shares a batch out evenly over the prototypes; 3 in the paper.", ge=1, le=100
    )
    koleo: float = setting(
        0.1,
        "Weight of KoLeo, which spreads the class tokens of a batch evenly, for each of the two global views; .1 in the paper. "
        "With 0 images can crowd together; with much of it images are pushed apart before their views agree.",
        ge=0,
        le=100,
        title="KoLeo",
    )
    out_dim: int = setting(
        256,
        "Number K of prototypes of each head; 65,536 to 131,072 in the paper. More than there are views in a batch is of no use to "
        "Sinkhorn-Knopp: each view is then shared out over several.",
        ge=2,
        le=262_144,
    )


C = TypeVar("C", bound=SinkhornDistillationConfig, covariant=True, default=SinkhornDistillationConfig)


class SinkhornDistillation(PatchDistillation[C]):
    """L_DINO + weight * L_iBOT + koleo * (KoLeo of both global views) (2304.07193, Sec. 4)."""

    compares_images = True

    def __init__(self, config: C, backbone: VisionTransformer) -> None:
        super().__init__(config, backbone)
        self.head, self.patch_head = (
            DinoHead(backbone.dim, config.hidden_dim, config.bottleneck_dim, config.out_dim, last_layer=config.last_layer)
            for _ in range(2)
        )
        self._make_teacher(self.head, self.patch_head)

    @property
    def student(self) -> nn.Sequential:
        """Backbone and both heads."""
        return nn.Sequential(self.backbone, self.head, self.patch_head)

    def logits(self, classes: Tensor, patches: Tensor) -> tuple[Tensor, Tensor]:
        """Of a head for class tokens and one for patches: untied, as in Sec. 4."""
        return self.head(classes), self.patch_head(patches)

    @torch.no_grad()
    def targets(self, views: Tensor, hidden: Tensor, at: Progress) -> Targets:
        """Sinkhorn-Knopp over the class tokens of both global views, and over the masked patches of the batch."""
        config = self.config
        tokens = self.encoder.tokens(views)
        classes, patches = self.teacher[1](tokens[:, 0]), self.teacher[2](tokens[:, 1:][hidden])
        return Targets(
            sinkhorn(classes, self._temperature(config.teacher_temperature, at), config.iterations),
            sinkhorn(patches, self._temperature(config.patch_temperature, at), config.iterations),
            {},
        )

    @torch.no_grad()
    def assignment(self, views: Tensor) -> Tensor:
        """The prototype that Sinkhorn-Knopp over all patches of these views gives each patch most of."""
        patches = self.encoder.tokens(views)[:, 1:]  # (n, T, D)
        codes = sinkhorn(self.teacher[2](patches.flatten(0, 1)), self.config.patch_temperature, self.config.iterations)
        return codes.argmax(1).view(patches.shape[:2])

    def last_layers(self) -> list[nn.Parameter]:
        """Those of both heads."""
        return [self.head.last, self.patch_head.last]

    def regularisers(self, views: Tensor, tokens: Tensor, at: Progress) -> tuple[Tensor, dict[str, Tensor | float]]:
        """KoLeo of the class tokens of each view by itself, so that the views of an image are not pushed apart."""
        spread = koleo(tokens[: len(tokens) // 2, 0]) + koleo(tokens[len(tokens) // 2 :, 0])  # (N,)
        return self.config.koleo * spread, {"KoLeo": spread.mean() / 2}

    def chance(self, batch_size: int) -> float | None:
        """As of iBOT without KoLeo, which has no value of chance."""
        return super().chance(batch_size) if self.config.koleo == 0 else None
