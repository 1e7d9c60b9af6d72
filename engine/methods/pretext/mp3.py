"""MP3: predict the position of each patch in the image from its content, without position embeddings."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.augment.masking import random_mask
from engine.augment.patch_grid import patch_grid
from engine.backbones.vit import VisionTransformer
from engine.config.part import setting
from engine.distributed.rows import all_count, own_rows
from engine.method import Batch, Method, MethodConfig, Out, Progress, TaskScore, Views
from engine.pictures.matrix import weights
from engine.pictures.puzzle import arranged, surest_first


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

    A ViT without position embeddings. In every block all patches are queries, but only a random part of them, the context, are
    keys and values; a linear layer then classifies the position of every patch among T. We know of no official code. Different
    from the paper, or where it leaves it open: linear layers are initialised by width (backbone.init); the class token, which has
    no position, is always in the context; the frozen encoder is evaluated without position embeddings and with all patches in the
    context, by the mean of its patch tokens (the paper adds position embeddings for fine-tuning)."""

    Config = MP3Config
    views = Views(1, 1)
    backbone: VisionTransformer
    recipe = {
        # Large crops and flips: in small crops the position in the crop depends little on the content.
        "views": {"preset": "simmim"},
        # Patches below 8 px have too little content for short training. An image of 32 px has 4 x 4 positions, one of 96 px 12 x
        # 12.
        "backbone": {"name": "vit_micro", "pool": "mean", "patch": 8},
        "optim": {"lr": 0.002, "weight_decay": 0.05, "warmup": 0.1},
        # More steps with smaller batches: every image has T predictions.
        "train": {"batch": 128},
    }

    def __init__(self, config: MP3Config, backbone: VisionTransformer) -> None:
        super().__init__(config, backbone)
        backbone.drop_positions()
        self.positions = backbone.side**2  # T
        self.classifier = nn.Linear(backbone.dim, self.positions)

    def forward(self, batch: Batch, at: Progress) -> Out:
        """Cross-entropy over the positions, for every patch, in the context or not (Sec. 3)."""
        x = batch.views[0]
        tokens, logits = self._predict(x, self._context(x, batch.generator))
        position = self._truth(x)
        per_image = F.cross_entropy(logits.flatten(0, 1), position.flatten(), reduction="none").view_as(position).mean(1)  # (N,)
        terms = {"accuracy": (logits.argmax(2) == position).float().mean()}
        return Out(per_image.mean(), features=self.backbone.pooled(tokens), terms=terms, per_image=per_image)

    def _context(self, x: Tensor, generator: torch.Generator) -> Tensor | None:
        """The patches of the context (N, K); None for all."""
        if not self.config.mask_ratio:
            return None
        return own_rows(random_mask(all_count(len(x)), self.positions, self.config.mask_ratio, generator)).keep.to(x.device)

    def _predict(self, x: Tensor, context: Tensor | None) -> tuple[Tensor, Tensor]:
        """Tokens (N, 1 + T, D) and the logits (N, T, T) of every patch over the positions."""
        tokens = self.backbone.tokens(x, context=context)
        return tokens, self.classifier(tokens[:, 1:]).float()

    def _truth(self, x: Tensor) -> Tensor:
        """The true position of each patch (N, T)."""
        return torch.arange(self.positions, device=x.device).expand(len(x), -1)

    def chance(self, batch_size: int) -> float:
        """ln T."""
        return math.log(self.positions)

    def inputs(self, batch: Batch) -> dict[str, Tensor]:
        """The patches in random order, those outside the context darkened."""
        x = batch.views[0]
        return {"puzzle": self._puzzle(batch, self._context(x, batch.generator))}

    def _puzzle(self, batch: Batch, context: Tensor | None) -> Tensor:
        x = batch.views[0]
        order = torch.rand(len(x), self.positions, generator=batch.generator).argsort(1).to(x.device)
        unseen = torch.zeros_like(order, dtype=torch.bool)
        if context is not None:
            unseen = ~unseen.scatter(1, context, True)
        return arranged(self._tiles(batch), order, dark=unseen)

    def _tiles(self, batch: Batch) -> Tensor:
        """(N, T, 3, p, p) pixels."""
        return patch_grid(batch.pixels(batch.views[0]), self.backbone.patch, self.backbone.side).flatten(1, 2)

    def task_score(self, batch: Batch) -> TaskScore:
        """Accuracy of the positions; chance level is 1 / T."""
        x = batch.views[0]
        logits = self._predict(x, self._context(x, batch.generator))[1]
        return TaskScore("accuracy", (logits.argmax(2) == self._truth(x)).float().mean(), 1 / self.positions)

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """The patches in random order; each patch at its predicted position, framed green where that is correct; and the accuracy
        at each position."""
        x = batch.views[0]
        context = self._context(x, batch.generator)
        logits = self._predict(x, context)[1]
        position = surest_first(logits.log_softmax(2))  # (N, T)
        truth = self._truth(x)
        correct = (logits.argmax(2) == truth).float().mean(0).view(self.backbone.side, self.backbone.side)
        return {
            "puzzle": self._puzzle(batch, context),
            "put back by the guess": arranged(self._tiles(batch), position, right=position == truth),
            "places found, in red": weights(correct),
        }


METHOD = MP3
