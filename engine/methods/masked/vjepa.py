"""V-JEPA: predict a momentum teacher's features of hidden tubes of a clip from the features of what is visible in it."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from engine.augment.tubes import Tubes, through_time, tube_blocks
from engine.backbones.clip_transformer import ClipTransformer
from engine.backbones.vit import VisionTransformer, stop_drop_path
from engine.config.errors import complain
from engine.config.part import setting
from engine.data.clips import spread
from engine.distributed.rows import all_count, own_rows
from engine.heads.clip_predictor import ClipPredictor
from engine.losses.latent import at as taken
from engine.losses.latent import feature_distance, normalised_features, variance_explained
from engine.memory.teacher import follow, frozen_copy
from engine.method import Batch, Method, MethodConfig, Out, Progress, TaskScore, Views
from engine.pictures.blocks import components
from engine.pictures.clip_strip import clip_strip
from engine.pictures.layer_chart import layer_chart
from engine.pictures.masked import HIDDEN, pixels_of
from engine.pictures.matrix import spaced

# The kinds of masks: several small blocks of the frame, a few large ones.
KINDS = ("short-range", "long-range")
SHOWN = 4  # frames of a clip in the picture of its masks


class VJEPAConfig(MethodConfig):
    """Hyper-parameters of V-JEPA."""

    frames: int = setting(
        8,
        "Frames of a clip that are encoded, evenly spaced, a multiple of method.tubelet; 16 in the paper. Few show less of a "
        "motion, many make a step costly.",
        ge=2,
        le=64,
    )
    tubelet: int = setting(
        2,
        "Frames in a token. With 1 a token shows no motion; with more there are fewer tokens.",
        title="Frames of a token",
        ge=1,
        le=16,
    )
    short_blocks: int = setting(
        8, "Blocks of a short-range mask, which hides small parts all over the frame.", title="Short-range blocks", ge=1, le=32
    )
    short_share: float = setting(
        0.15, "Size of each as a share of the frame. Near 0 what is hidden follows from the pixels around it.", gt=0, le=0.9
    )
    long_blocks: int = setting(
        2, "Blocks of a long-range mask, which hides most of the frame at one place.", title="Long-range blocks", ge=1, le=32
    )
    long_share: float = setting(
        0.7, "Size of each as a share of the frame. With the largest hardly anything is left to predict from.", gt=0, le=0.9
    )
    aspect_min: float = setting(0.75, "Lowest block: height over width.", gt=0.1, le=10, advanced=True)
    aspect_max: float = setting(1.5, "Highest block: height over width.", gt=0.1, le=10, advanced=True)
    context_least: float = setting(
        0.1,
        "Least share of the frame that stays visible; other places are drawn where blocks would leave less, up to 20 times. The "
        "official code asks for one patch, on a grid of 14 x 14; a grid of 4 x 4 would often be left with one of 16.",
        ge=0,
        le=0.5,
        advanced=True,
    )
    momentum: float = setting(
        0.998,
        "Where the teacher's momentum starts, rising to 1; .998 as in the paper. With a lower value the teacher follows the "
        "student to features that are easy to predict because they are nearly constant; near 1 the targets stay those of an "
        "untrained network.",
        ge=0,
        le=1,
    )
    predictor_dim: int = setting(
        64, "Width of the predictor: half the encoder's or less; 384 in the paper.", ge=8, le=4096, multiple_of=4
    )
    predictor_depth: int = setting(2, "Blocks of the predictor; 12 in the paper.", ge=1, le=24)
    predictor_heads: int = setting(4, "Attention heads of the predictor; must divide its width.", ge=1, le=64)


class Kind(NamedTuple):
    """What a mask of one kind hides of the batch's clips, as indices of tokens: `context` (N, K) is visible, `targets` (N, M) is
    predicted. `tubes`: the same as patches of a frame."""

    tubes: Tubes
    context: Tensor
    targets: Tensor


class VJEPA(Method[VJEPAConfig]):
    """Bardes et al., Revisiting Feature Prediction for Learning Visual Representations from Video, TMLR 2024 (2404.08471).

    Blocks of a clip's frames are hidden in all of its frames, so that nothing of them can be copied from another moment. The
    encoder gets what is visible, and a predictor gives the features of what is hidden. The teacher gets the whole clip; its
    features are the targets, encoded once for both kinds of masks: small blocks all over the frame, and few large ones (Sec. 3.2).
    The loss is the mean absolute error (Eq. 1), the mean over both kinds. The teacher is evaluated, by the mean of its tokens, in
    the paper by an attentive probe.

    Followed where paper and official code differ: the code, which normalises the targets by layer, has a mask token for each kind
    of mask, starting at 0, predicts all hidden tokens in one pass, and has positions of which time, row and column take a third
    each. Different from the code: contexts have a least size, and what is cut from them is drawn (see `tube_blocks`); the momentum
    rises to 1 at the end of the run, there it would at 1.25 of it; weight decay is constant, there it rises from .04 to .4; clips
    are not mirrored; encoder and predictor are initialised by width (backbone.init), there with .02 and output layers divided by
    their depth; 8 frames, and a frame in 16 patches, in place of 16 frames in 196.

    V-JEPA 2 (2506.09985) has the same masks, loss and targets; its rotary positions, its constant momentum and its longer clips at
    the end of training are left out.

    The encoder sees clips: kNN, maps and evaluation take whole clips, and an image is a clip that stands still. With
    backbone.weights the blocks begin with those of an image encoder, and the tubelets' projection is drawn anew."""

    Config = VJEPAConfig
    views = Views(1, 1)
    recipe = {
        "data": {"source": "moving_shapes", "count": 2000},
        # The same crop for all frames, and no flips, which would turn one motion into another.
        "views": {"preset": "ijepa"},
        # 64 tokens for clips of 8 frames of 32 px.
        "backbone": {"name": "vit_micro", "pool": "mean", "patch": 8},
        "optim": {"lr": 0.001, "weight_decay": 0.05, "warmup": 0.1},
        "train": {"batch": 32},
    }
    backbone: ClipTransformer

    def __init__(self, config: VJEPAConfig, backbone: VisionTransformer) -> None:
        if config.frames % config.tubelet:
            raise complain("method.frames", f"a multiple of method.tubelet ({config.tubelet})", config.frames)
        if config.aspect_min > config.aspect_max:
            raise complain("method.aspect_min", f"at most method.aspect_max ({config.aspect_max:g})", config.aspect_min)
        if backbone.pool != "mean":
            raise complain("backbone.pool", "mean for vjepa, whose encoder has no class token", backbone.pool)
        if backbone.rel_pos != "none":
            raise complain("backbone.rel_pos", "none for vjepa, whose tokens have positions in time and space", backbone.rel_pos)
        super().__init__(config, ClipTransformer(backbone, config.frames, config.tubelet))
        encoder = self.backbone
        self.teacher = frozen_copy(encoder)
        stop_drop_path(self.teacher)  # stochastic depth in the student only
        self.predictor = ClipPredictor(
            encoder.dim,
            encoder.times,
            encoder.side,
            kinds=len(KINDS),
            width=config.predictor_dim,
            depth=config.predictor_depth,
            heads=config.predictor_heads,
            init=encoder.init,
        )

    def forward(self, batch: Batch, at: Progress) -> Out:
        """Mean absolute error of the predicted features of the hidden tokens (Eq. 1)."""
        clips = self._clips(batch)
        kinds = self._masks(batch, len(clips))
        h = self._features(clips)
        contexts, losses = [], []
        for number, kind in enumerate(kinds):
            tokens, predicted = self._predict(clips, kind, number)
            contexts.append(tokens)
            losses.append(feature_distance(predicted, _of(h, kind.targets), "l1"))  # (N,)
        per_image = torch.stack(losses).mean(0)
        # The deviation of the features over the tokens of a clip: 0 where the teacher has collapsed.
        terms: dict[str, Tensor | float] = {"teacher spread": h.var(1, unbiased=False).mean().sqrt()}
        for name, kind, loss in zip(KINDS, kinds, losses, strict=True):
            terms[name] = loss.mean()
            terms[f"{name} context"] = kind.context.shape[1] / h.shape[1]
        return Out(per_image.mean(), features=contexts[0].mean(1), terms=terms, per_image=per_image)

    def _clips(self, batch: Batch) -> Tensor:
        """The frames that are encoded, (N, frames, 3, S, S)."""
        assert batch.clips is not None, "the catalogue says that clips are needed"
        return self.backbone.chosen(batch.clips.frames)

    def _masks(self, batch: Batch, n: int) -> list[Kind]:
        """A mask of each kind, by KINDS."""
        c, kinds = self.config, []
        for blocks, share in ((c.short_blocks, c.short_share), (c.long_blocks, c.long_share)):
            tubes = tube_blocks(
                all_count(n),
                self.backbone.side,
                batch.generator,
                blocks=blocks,
                share=share,
                aspect=(c.aspect_min, c.aspect_max),
                context_least=c.context_least,
            )
            tubes = own_rows(tubes).to(batch.views[0].device)
            times, patches = self.backbone.times, self.backbone.side**2
            kinds.append(Kind(tubes, *(through_time(part, times, patches) for part in tubes)))
        return kinds

    def _predict(self, clips: Tensor, kind: Kind, number: int) -> tuple[Tensor, Tensor]:
        """The tokens of the context (N, K, D), and the predicted features of the targets (N, M, D)."""
        tokens = self.backbone.tokens(clips, kind.context)
        return tokens, self.predictor(tokens, kind.context, kind.targets, number)

    @torch.no_grad()
    def _features(self, clips: Tensor) -> Tensor:
        """The teacher's features of all tokens (N, T, D)."""
        return normalised_features(self.teacher.tokens(clips))

    def after_step(self, at: Progress, *outs: Out) -> None:
        """Momentum update of the teacher; the momentum rises to 1."""
        start = self.config.momentum
        follow(self.teacher, self.backbone, start + (1 - start) * at.fraction)

    @property
    def encoder(self) -> ClipTransformer:
        """The teacher."""
        return self.teacher

    def teachers(self) -> list[nn.Module]:
        """The teacher."""
        return [self.teacher]

    def task_score(self, batch: Batch) -> TaskScore:
        """The explained variance of the teacher's features (R^2), the mean over both kinds of masks. The baseline, 0, predicts the
        mean feature at the position and time."""
        clips = self._clips(batch)
        h, shares = self._features(clips), []
        for number, kind in enumerate(self._masks(batch, len(clips))):
            predicted = self._predict(clips, kind, number)[1]
            shares.append(variance_explained(predicted[:, None], h, kind.targets[:, None]))
        return TaskScore("variance explained", torch.stack(shares).mean(), 0.0)

    def inputs(self, batch: Batch) -> dict[str, Tensor]:
        """`clip and masks`: up to four of the frames, and what each kind of mask leaves of them, the rest grey."""
        clips = self._clips(batch)
        return {"clip and masks": self._masked_frames(batch, clips, self._masks(batch, len(clips)))}

    def _masked_frames(self, batch: Batch, clips: Tensor, kinds: list[Kind]) -> Tensor:
        # What is hidden is hidden in all frames: few show it, and are large enough in the window.
        clips = clips[:, spread(clips.shape[1], min(SHOWN, clips.shape[1])).tolist()]
        frames = batch.pixels(clips.flatten(0, 1)).unflatten(0, clips.shape[:2])
        rows = [frames]
        for kind in kinds:
            hidden = torch.ones(len(clips), self.backbone.side**2, dtype=torch.bool, device=clips.device)
            cover = pixels_of(hidden.scatter(1, kind.tubes.context, False), clips.shape[-1])  # (N, 1, S, S)
            rows.append(torch.where(cover[:, None], HIDDEN, frames))
        return spaced(clip_strip(rows))

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """`clip and masks`: see `inputs`. `target and predicted features`: the first frame of each token, the teacher's features
        there, and the predicted ones behind the short-range and the long-range mask, as the colours of one set of principal
        components; what is not predicted is grey. `error by frame`: the mean absolute error at each time, from left to right, a dot
        a clip, for both kinds of masks; the grey line is that of predicting 0."""
        clips = self._clips(batch)
        kinds = self._masks(batch, len(clips))
        h = self._features(clips)  # (n, T, D)
        predictions = [self._predict(clips, kind, number)[1].float() for number, kind in enumerate(kinds)]
        n, times, side = len(clips), self.backbone.times, self.backbone.side
        frames = batch.pixels(clips[:, :: self.config.tubelet].flatten(0, 1)).unflatten(0, (n, times))

        # What is not predicted has the target's features meanwhile, so that it does not change the components.
        known = [_placed(h, kind.targets, predicted) for kind, predicted in zip(kinds, predictions, strict=True)]
        maps = torch.cat([h, *known]).unflatten(1, (times, side, side)).flatten(0, 1).permute(0, 3, 1, 2)
        target, *coloured = components(maps).unflatten(0, (1 + len(kinds), n, times))  # each (n, times, 3, side, side)
        rows = [frames, target]
        for kind, colours in zip(kinds, coloured, strict=True):
            cover = _placed(h.new_zeros(n, h.shape[1], 1), kind.targets, h.new_ones(n, kind.targets.shape[1], 1))
            rows.append(torch.where(cover.view(n, times, 1, side, side) > 0, colours, HIDDEN))

        errors = []
        for name, kind, predicted in zip(KINDS, kinds, predictions, strict=True):
            error = (predicted - _of(h, kind.targets)).abs().mean(2)  # (n, M)
            errors.append((name, error.view(n, times, -1).mean(2).t()))  # (times, n)
        top = max(1.0, *(float(values.max()) for _, values in errors))
        return {
            "clip and masks": self._masked_frames(batch, clips, kinds),
            "target and predicted features": spaced(clip_strip(rows)),
            "error by frame": spaced(layer_chart(errors, top, float(h.abs().mean()))),
        }


def _of(features: Tensor, indices: Tensor) -> Tensor:
    """The features (N, M, D) of tokens (N, T, D) with indices (N, M)."""
    return taken(features, indices[:, None])[:, 0]


def _placed(features: Tensor, indices: Tensor, values: Tensor) -> Tensor:
    """Features (N, T, D) with values (N, M, D) in place of those with indices (N, M)."""
    return features.scatter(1, indices.unsqueeze(-1).expand(-1, -1, features.shape[2]), values)


METHOD = VJEPA
