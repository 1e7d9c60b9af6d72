"""MP3: put patches back in their places, from what they show and nothing else."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.augment.masking import random_mask
from engine.augment.patch_grid import patch_grid
from engine.backbones.vit import VisionTransformer
from engine.config.part import setting
from engine.method import Batch, Method, MethodConfig, Out, Progress, TaskScore, Views
from engine.pictures.matrix import weights
from engine.pictures.puzzle import laid, surest_first


class MP3Config(MethodConfig):
    """Hyper-parameters of MP3."""

    mask_ratio: float = setting(
        0.75,
        "Share of the patches that no patch may look at; .75 as in the paper. At 0 all see all, and matching the edges of "
        "neighbours is enough to solve the puzzle; near 1 almost nothing is left to compare with. Try this first.",
        ge=0,
        lt=1,
    )


class MP3(Method[MP3Config]):
    """Zhai et al., Position Prediction as an Effective Pretraining Strategy, ICML 2022 (2207.07611).

    A ViT without position embeddings. In every block all patches ask, but only a random part of them, the context, answers (keys
    and values); a linear layer then says of every patch at which of the T places it belongs. We know of no official code and follow
    the paper; linear layers of a narrow encoder are drawn by their width (backbone.init). The class token, which has no place, is
    always in the context. The frozen encoder is evaluated without positions and with all patches in the context, its patch tokens
    averaged; position embeddings would come with fine-tuning."""

    Config = MP3Config
    views = Views(1, 1)
    backbone: VisionTransformer
    recipe = {
        # Mild crops and flips: in a crop of a fifth of an image, high and low or middle and rim no longer tell things apart.
        "views": {"preset": "simmim"},
        # A piece below 8 px shows too little to be placed within minutes. At 32 px there are then 4 x 4 places, at 96 12 x 12.
        "backbone": {"name": "vit_micro", "pool": "mean", "patch": 8},
        "optim": {"lr": 0.002, "weight_decay": 0.05, "warmup": 0.1},
        # Many small steps: every image brings T questions, so a small batch teaches enough.
        "train": {"batch": 128},
    }

    def __init__(self, config: MP3Config, backbone: VisionTransformer) -> None:
        super().__init__(config, backbone)
        backbone.drop_positions()
        self.places = backbone.side**2  # T
        self.classifier = nn.Linear(backbone.dim, self.places)

    def forward(self, batch: Batch, at: Progress) -> Out:
        """Cross-entropy over the places, of every patch, whether or not it is in the context (Sec. 3)."""
        x = batch.views[0]
        tokens, logits = self._predict(x, self._context(x, batch.generator))
        place = self._truth(x)
        per_image = F.cross_entropy(logits.flatten(0, 1), place.flatten(), reduction="none").view_as(place).mean(1)  # (N,)
        terms = {"accuracy": (logits.argmax(2) == place).float().mean()}
        return Out(per_image.mean(), features=self.backbone.pooled(tokens), terms=terms, per_image=per_image)

    def _context(self, x: Tensor, generator: torch.Generator) -> Tensor | None:
        """(N, K) the patches that may be looked at; None for all."""
        if not self.config.mask_ratio:
            return None
        return random_mask(len(x), self.places, self.config.mask_ratio, generator).keep.to(x.device)

    def _predict(self, x: Tensor, context: Tensor | None) -> tuple[Tensor, Tensor]:
        """Tokens (N, 1 + T, D) and logits (N, T, T): of every patch, over the places."""
        tokens = self.backbone.tokens(x, context=context)
        return tokens, self.classifier(tokens[:, 1:]).float()

    def _truth(self, x: Tensor) -> Tensor:
        """(N, T) where each patch belongs."""
        return torch.arange(self.places, device=x.device).expand(len(x), -1)

    def chance(self, batch_size: int) -> float:
        """ln T."""
        return math.log(self.places)

    def inputs(self, batch: Batch) -> dict[str, Tensor]:
        """The patches as the network gets them, in no order, those outside the context darkened."""
        x = batch.views[0]
        return {"puzzle": self._puzzle(batch, self._context(x, batch.generator))}

    def _puzzle(self, batch: Batch, context: Tensor | None) -> Tensor:
        x = batch.views[0]
        order = torch.rand(len(x), self.places, generator=batch.generator).argsort(1).to(x.device)
        unseen = torch.zeros_like(order, dtype=torch.bool)
        if context is not None:
            unseen = ~unseen.scatter(1, context, True)
        return laid(self._tiles(batch), order, dark=unseen)

    def _tiles(self, batch: Batch) -> Tensor:
        """(N, T, 3, p, p) pixels."""
        return patch_grid(batch.pixels(batch.views[0]), self.backbone.patch, self.backbone.side).flatten(1, 2)

    def task_score(self, batch: Batch) -> TaskScore:
        """Share of the patches whose place is found, beside one in T."""
        x = batch.views[0]
        logits = self._predict(x, self._context(x, batch.generator))[1]
        return TaskScore("accuracy", (logits.argmax(2) == self._truth(x)).float().mean(), 1 / self.places)

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """The patches in no order, then each where the network thinks that it belongs, and which places it finds."""
        x = batch.views[0]
        context = self._context(x, batch.generator)
        logits = self._predict(x, context)[1]
        place = surest_first(logits.log_softmax(2))  # (N, T)
        truth = self._truth(x)
        found = (logits.argmax(2) == truth).float().mean(0).view(self.backbone.side, self.backbone.side)
        return {
            "puzzle": self._puzzle(batch, context),
            "put back by the guess": laid(self._tiles(batch), place, right=place == truth),
            "places found, in red": weights(found),
        }


METHOD = MP3
