"""I-JEPA: predict a momentum teacher's features of masked blocks from the features of visible patches."""

from __future__ import annotations

from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.augment.masking import Blocks, multi_block
from engine.backbones.vit import VisionTransformer, stop_drop_path
from engine.config.errors import complain
from engine.config.part import setting
from engine.distributed.rows import all_count, own_rows
from engine.heads.block_predictor import BlockPredictor
from engine.losses.latent import at as taken
from engine.losses.latent import feature_distance, normalised_features, variance_explained
from engine.memory.teacher import follow, frozen_copy
from engine.method import Batch, Method, MethodConfig, Out, Progress, TaskScore, Views
from engine.pictures.blocks import components, enlarged, framed_blocks
from engine.pictures.heat import heat
from engine.pictures.masked import hide
from engine.pictures.matrix import spaced, strips

TRIES = 20
LEAST_SIDE = 4  # patches across: with fewer, four targets of a sixth leave no context


class IJEPAConfig(MethodConfig):
    """Hyper-parameters of I-JEPA."""

    targets: int = setting(4, "Blocks to predict in each image; 4 in the paper, where 1 is much worse (Table 10).", ge=1, le=16)
    target_min: float = setting(
        0.15,
        "Smallest target, as a share of the image. Try this first: a small block can be predicted from the texture around it, a "
        "large one needs the content of the image (Table 8).",
        gt=0,
        le=1,
    )
    target_max: float = setting(0.2, "Largest target, as a share of the image.", gt=0, le=1)
    aspect_min: float = setting(0.75, "Lowest target: height over width.", gt=0.1, le=10, advanced=True)
    aspect_max: float = setting(1.5, "Highest target: height over width.", gt=0.1, le=10, advanced=True)
    context_min: float = setting(
        0.85, "Smallest context, as a share of the image, before the targets are taken out of it.", gt=0, le=1, advanced=True
    )
    context_max: float = setting(1.0, "Largest context, before the targets are taken out of it.", gt=0, le=1, advanced=True)
    context_least: float = setting(
        0.25,
        "Least share of the patches that is left of a context; other places are drawn where targets would leave less, up to 20 "
        "times. With .05, as in the official code for 196 patches and in runs of older versions, a grid of 4 x 4 is often left "
        "with a single patch.",
        ge=0.05,
        le=0.5,
        advanced=True,
    )
    momentum: float = setting(
        0.996,
        "Where the teacher's momentum starts, rising to 1; .996 as in the paper. With a lower value the teacher follows the "
        "student to features that are easy to predict because they are nearly constant; near 1 the targets stay those of an "
        "untrained network.",
        ge=0,
        le=1,
    )
    loss: Literal["smooth_l1", "l2"] = setting(
        "smooth_l1", "Distance of features: smooth_l1 as in the official code, l2 as in the paper."
    )
    predictor_dim: int = setting(
        64, "Width of the predictor, a multiple of 4: half the encoder's or less, 384 in the paper.", ge=8, le=4096, multiple_of=4
    )
    predictor_depth: int = setting(2, "Blocks of the predictor; 6 to 12 in the paper, deeper is better there.", ge=1, le=24)
    predictor_heads: int = setting(4, "Attention heads of the predictor; must divide its width.", ge=1, le=64)


class IJEPA(Method[IJEPAConfig]):
    """Assran et al., Self-Supervised Learning from Images with a Joint-Embedding Predictive Architecture, CVPR 2023 (2301.08243).

    The encoder gets a block of visible patches, the context, and a predictor gives the features of several target blocks. The
    teacher gets the whole image; its patch features are the targets. It is evaluated by the mean of its patch tokens, as in the
    paper. Followed where paper and official code differ: the code, with layer normalisation of the targets, a smooth L1 loss (in
    the paper a squared distance) and a linear momentum schedule. Different from the code: at least a quarter of the patches stays
    in a context (see `multi_block`); weight decay is constant, there it rises from .04 to .4; encoder and predictor are
    initialised by width (backbone.init), there with .02 at widths of 768 and more and output layers divided by their depth; the
    ViT has a class token, which is not given to the predictor."""

    Config = IJEPAConfig
    views = Views(1, 1)
    backbone: VisionTransformer
    recipe = {
        # Crops only: the paper uses no flips and no colour changes.
        "views": {"preset": "ijepa"},
        # 16 patches for images of 32 px: four times as many images per minute as with 64 patches.
        "backbone": {"name": "vit_micro", "pool": "mean", "patch": 8},
        "optim": {"lr": 0.001, "weight_decay": 0.05, "warmup": 0.1},
        # More steps with smaller batches: the teacher is updated once per step, and all contexts of a batch are cut to the
        # shortest.
        "train": {"batch": 64},
    }

    def __init__(self, config: IJEPAConfig, backbone: VisionTransformer) -> None:
        super().__init__(config, backbone)
        if backbone.side < LEAST_SIDE:
            least = LEAST_SIDE * backbone.patch
            remedy = f"I-JEPA needs {LEAST_SIDE} x {LEAST_SIDE} patches. Take larger views, or lower backbone.patch."
            raise complain("views.groups.0.size", f"at least {least} px with patches of {backbone.patch} px", backbone.size, remedy)
        for name in ("target", "aspect", "context"):
            low, high = getattr(config, f"{name}_min"), getattr(config, f"{name}_max")
            if low > high:
                raise complain(f"method.{name}_min", f"at most method.{name}_max ({high:g})", low)
        backbone.fix_positions()
        self.teacher = frozen_copy(backbone)
        stop_drop_path(self.teacher)  # stochastic depth in the student only, as in the official code
        self.predictor = BlockPredictor(
            backbone.dim,
            backbone.side,
            width=config.predictor_dim,
            depth=config.predictor_depth,
            heads=config.predictor_heads,
            init=backbone.init,
        )

    def forward(self, batch: Batch, at: Progress) -> Out:
        """Distance between the predicted and the teacher's features of the target blocks (Sec. 3)."""
        x = batch.views[0]
        blocks = self._blocks(x, batch.generator)
        tokens, predicted = self._predict(x, blocks)
        h = self._features(x)
        per_image = feature_distance(predicted, taken(h, blocks.targets), self.config.loss)  # (N,)
        # The deviation of the features over the patches of an image: 0 where the teacher has collapsed.
        spread = h.var(1, unbiased=False).mean().sqrt()
        share = blocks.context.shape[1] / self.backbone.side**2
        terms: dict[str, Tensor | float] = {"teacher spread": spread, "context": share}
        return Out(per_image.mean(), features=self.backbone.pooled(tokens), terms=terms, per_image=per_image)

    def _blocks(self, x: Tensor, generator: torch.Generator) -> Blocks:
        c = self.config
        drawn = multi_block(
            all_count(len(x)),
            self.backbone.side,
            generator,
            targets=c.targets,
            target_share=(c.target_min, c.target_max),
            aspect=(c.aspect_min, c.aspect_max),
            context_share=(c.context_min, c.context_max),
            context_least=c.context_least,
            # Runs of older versions have the least share of the official code, and a single draw.
            tries=TRIES if c.context_least > 0.05 else 0,
        )
        return own_rows(drawn).to(x.device)

    def _predict(self, x: Tensor, blocks: Blocks) -> tuple[Tensor, Tensor]:
        """Tokens of the context (N, 1 + K, D), and features of the targets (N, M, t, D)."""
        tokens = self.backbone.tokens(x, blocks.context)
        return tokens, self.predictor(tokens[:, 1:], blocks.context, blocks.targets)

    @torch.no_grad()
    def _features(self, x: Tensor) -> Tensor:
        """The teacher's features of all patches (N, T, D)."""
        return normalised_features(self.encoder.tokens(x)[:, 1:])

    def after_step(self, at: Progress, *outs: Out) -> None:
        """Momentum update of the teacher; the momentum rises to 1."""
        start = self.config.momentum
        follow(self.teacher, self.backbone, start + (1 - start) * at.fraction)

    @property
    def encoder(self) -> VisionTransformer:
        """The teacher."""
        return self.teacher

    def teachers(self) -> list[nn.Module]:
        """The teacher."""
        return [self.teacher]

    def inputs(self, batch: Batch) -> dict[str, Tensor]:
        """The context, the rest grey, with a frame around each target block."""
        blocks = self._blocks(batch.views[0], batch.generator)
        return {"context and targets": self._drawn(batch, blocks)}

    def _drawn(self, batch: Batch, blocks: Blocks) -> Tensor:
        pixels = batch.pixels(batch.views[0])
        hidden = torch.ones(len(pixels), self.backbone.side**2, dtype=torch.bool, device=pixels.device)
        context = enlarged(hide(pixels, hidden.scatter(1, blocks.context, False)))
        return spaced(framed_blocks(context, blocks.targets, self.backbone.side))

    def task_score(self, batch: Batch) -> TaskScore:
        """The explained variance of the teacher's features (R^2). The baseline, 0, predicts the mean feature at the position."""
        x = batch.views[0]
        blocks = self._blocks(x, batch.generator)
        predicted = self._predict(x, blocks)[1]
        return TaskScore("variance explained", variance_explained(predicted, self._features(x), blocks.targets), 0.0)

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """Context and targets; for each target the similarity of the teacher's features to the predicted ones, as a heat map; and
        the principal components of the teacher's features as colours."""
        x = batch.views[0]
        blocks = self._blocks(x, batch.generator)
        predicted, h = self._predict(x, blocks)[1], self._features(x)
        pixels, side, count = enlarged(batch.pixels(x)), self.backbone.side, blocks.targets.shape[1]
        mean = h.mean(1, keepdim=True)  # subtracted, because it is common to all patches of the image
        queries = F.normalize(predicted.mean(2) - mean, dim=2)  # (n, M, D), a block as a whole
        alike = queries @ F.normalize(h - mean, dim=2).transpose(1, 2)  # (n, M, T)
        maps = alike.view(len(x), count, side, side)
        columns = [
            framed_blocks(heat(pixels, maps[:, m]), blocks.targets[:, m : m + 1], side, first=m, count=count) for m in range(count)
        ]
        features = h.transpose(1, 2).reshape(len(x), -1, side, side)
        return {
            "context and targets": self._drawn(batch, blocks),
            "where the teacher sees the foretold": spaced(strips(*columns)),
            "what the teacher sees": spaced(enlarged(components(features))),
        }


METHOD = IJEPA
