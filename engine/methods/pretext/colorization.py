"""Colorization: predict a distribution of the colour of each pixel from the lightness of an image."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.augment.colour_bins import GRID, annealed_mean, bin_centres, frequency, soft_bins
from engine.augment.lab import lab_to_rgb, rgb_to_lab
from engine.backbones.backbone import Backbone
from engine.backbones.lab_encoders import LightBackbone, light_channels
from engine.config.errors import complain
from engine.config.part import setting
from engine.distributed.rows import rank_mean
from engine.heads.image_decoder import ImageDecoder, map_side
from engine.losses.colour_classes import bin_cross_entropy, rarity
from engine.method import Batch, Method, MethodConfig, Out, Progress, TaskScore, Views
from engine.pictures.colour_plane import colour_plane
from engine.pictures.heat import heat
from engine.pictures.matrix import spaced, strips


class ColorizationConfig(MethodConfig):
    """Hyper-parameters of colorization."""

    rebalance: float = setting(
        0.5,
        "Lambda of the class rebalancing: colours are weighted against their frequency, mixed with so much of a uniform one; .5 in "
        "the paper. At 1 all count alike and dull backgrounds rule: pictures stay grey. At 0 the rarest colours drown the rest. "
        "Try this first.",
        ge=0,
        le=1,
    )
    detail: int = setting(
        4,
        "Side of the squares for which one colour is predicted, 4 in the paper. 2 or 1 give finer colours and take more time.",
        unit="px",
        ge=1,
        le=64,
    )
    neighbours: int = setting(
        5,
        "A true colour is shared among so many nearest bins; 5 in the paper, 10 in its code. With 1 two almost equal colours can "
        "be two classes as different as red and blue.",
        unit="bins",
        ge=1,
        le=64,
    )
    sigma: float = setting(
        5.0, "Width of the Gaussian by which it is shared: half a bin's side, as in the paper; large blurs classes.", gt=0, le=50
    )
    temperature: float = setting(
        0.38,
        "For the pictures alone: how far a distribution is sharpened before its mean is taken as the colour. .38 in the paper; 1 "
        "is the plain mean, brownish where the network hesitates; near 0 the likeliest colour, vivid and patchy.",
        gt=0,
        le=1,
    )
    width: int = setting(128, "Channels of the decoder; 256 in the paper's larger network.", ge=8, le=2048)


class Colorization(Method[ColorizationConfig]):
    """Zhang et al., Colorful Image Colorization, ECCV 2016 (1603.08511).

    The colour plane ab is divided into bins, and the network classifies the colour of each square of pixels (Eq. 2), with weights
    for rare colours (Eq. 3, 4). The encoder gets the lightness only, also in evaluation, as in the paper. Where paper and official
    code differ, the paper is followed in the soft encoding over 5 bins (10 in the code) and in using all images (the code leaves
    out grey ones); the code is followed in the true colour, which is that of one pixel (the mean of a square is less saturated).
    Different from both: any encoder, with last stages dilated to an eighth of the side, and a decoder with up-convolutions, in
    place of the VGG-like network; the frequency of colours is computed from the views of the run, there from ImageNet; 261 bins,
    those within the sRGB gamut, there 313 (see `colour_bins`); the loss is a weighted mean over pixels, there a sum."""

    Config = ColorizationConfig
    views = Views(1, 1)
    # No colour augmentation: the true colours are the target.
    recipe = {"views": {"preset": "crop_flip"}, "train": {"batch": 64}}
    backbone: LightBackbone
    centres: Tensor
    often: Tensor
    batches: Tensor

    def __init__(self, config: ColorizationConfig, backbone: Backbone) -> None:
        super().__init__(config, LightBackbone(backbone))
        size = backbone.size or 32
        if size < 2 * config.detail:
            remedy = "At least 2 x 2 colours are predicted. Take larger images, or lower method.detail."
            raise complain("views.groups.0.size", f"at least {2 * config.detail} px", size, remedy)
        self.register_buffer("centres", bin_centres(), persistent=False)  # (Q, 2)
        self.register_buffer("often", torch.zeros(len(self.centres)))  # (Q,), the mean over the batches so far
        self.register_buffer("batches", torch.zeros((), dtype=torch.long))
        self.least = size // 8  # the paper's map is an eighth of the side
        side = map_side(backbone, size, self.least)
        self.decoder = ImageDecoder(backbone.dim, side, len(self.centres), size // config.detail, width=config.width)

    def forward(self, batch: Batch, at: Progress) -> Out:
        """Cross-entropy with the soft-encoded colours (Eq. 2), with larger weights for rare colours (Eq. 3 and 4)."""
        light, ab = self._split(batch)
        h, logits = self._predict(light)  # (N, D, s, s), (N, Q, S/4, S/4)
        picked, shares = self._encode(ab)  # (N, 5, S/4, S/4) each
        own = rank_mean(frequency(picked, shares, len(self.centres)))  # (Q,)
        often = self._with(own, self.batches + 1) if self.training else self.often
        nearest = picked[:, 0]
        weight = rarity(often, self.config.rebalance)[nearest]  # (N, S/4, S/4): v
        per_image = bin_cross_entropy(logits, picked, shares, weight)  # (N,)
        hit = (logits.argmax(1) == nearest).float()
        weighted = (hit * weight).sum() / rank_mean(weight.sum())
        terms = {"accuracy": hit.mean(), "weighted accuracy": weighted}
        memory = {"frequency": own, "mean": batch.mean, "std": batch.std}
        return Out(per_image.mean(), features=h.mean((2, 3)), terms=terms, per_image=per_image, memory=memory)

    def _with(self, own: Tensor, batches: Tensor) -> Tensor:
        """The mean frequency of colours (Q,) over `batches` batches, of which the last has the frequency `own` (Q,)."""
        return self.often + (own - self.often) / batches

    def after_step(self, at: Progress, *outs: Out) -> None:
        """Update the frequency of colours, and store the normalisation of the data in the encoder, which gets normalised images in
        evaluation."""
        for out in outs:
            self.batches += 1
            self.often.copy_(self._with(out.memory["frequency"], self.batches))
            self.backbone.set_normalisation(out.memory["mean"], out.memory["std"])

    def _split(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Lightness (N, S, S), and a and b (N, 2, S, S), of the views."""
        lab = rgb_to_lab(batch.pixels(batch.views[0]))
        return lab[:, 0], lab[:, 1:]

    def _predict(self, light: Tensor) -> tuple[Tensor, Tensor]:
        h = self.backbone.net.dense(light_channels(light), self.least)
        return h, self.decoder(h)

    def _encode(self, ab: Tensor) -> tuple[Tensor, Tensor]:
        step, side = self.config.detail, self.decoder.size
        middle = ab[..., step // 2 :: step, step // 2 :: step][..., :side, :side]
        return soft_bins(middle, self.centres, self.config.neighbours, self.config.sigma)

    def chance(self, batch_size: int) -> float:
        """ln of the number of bins."""
        return math.log(len(self.centres))

    def inputs(self, batch: Batch) -> dict[str, Tensor]:
        """The lightness of each view."""
        light, ab = self._split(batch)
        return {"without colour": _coloured(light, torch.zeros_like(ab))}

    def task_score(self, batch: Batch) -> TaskScore:
        """Accuracy of the most likely bin, weighted as in the loss by the frequency of the colours in these images. The baseline
        predicts the constant colour with the highest score.

        It is weighted because most pixels are nearly grey: unweighted, as with the mean distance in ab, a constant grey scores
        higher than a network trained for rare colours (Sec. 3.1 of the paper weights for the same reason)."""
        light, ab = self._split(batch)
        picked, shares = self._encode(ab)
        bins, nearest = len(self.centres), picked[:, 0]
        weight = rarity(frequency(picked, shares, bins), self.config.rebalance)[nearest]
        weight = weight / weight.sum()
        hit = (self._predict(light)[1].argmax(1) == nearest).float()
        constant = torch.zeros(bins, device=weight.device).index_add_(0, nearest.flatten(), weight.flatten())
        return TaskScore("weighted accuracy", (hit * weight).sum(), constant.max())

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """The lightness; the predicted colours as annealed mean and as most likely bin, and the true ones; the entropy of the
        prediction, largest in red; and the distribution of all colours of an image over the ab plane, predicted (left) and true
        (right)."""
        light, ab = self._split(batch)
        logits = self._predict(light)[1].float()
        size = light.shape[-1]
        mean = annealed_mean(logits, self.centres, self.config.temperature)
        likely = self.centres[logits.argmax(1)].movedim(-1, 1)
        log_p = logits.log_softmax(1)
        planes = [
            colour_plane(shares, self.centres, GRID)
            for shares in (
                log_p.exp().mean((2, 3)),
                torch.stack([frequency(p[None], s[None], len(self.centres)) for p, s in zip(*self._encode(ab), strict=True)]),
            )
        ]
        return {
            "without colour": _coloured(light, torch.zeros_like(ab)),
            "annealed mean": _coloured(light, F.interpolate(mean, (size, size), mode="bilinear")),
            "likeliest colour": _coloured(light, F.interpolate(likely, (size, size))),
            "true colours": _coloured(light, ab),
            "unsure in red": heat(_coloured(light, torch.zeros_like(ab)), -(log_p.exp() * log_p).sum(1)),
            "colours foretold and true": spaced(strips(*(spaced(plane, 1) for plane in planes))),
        }


def _coloured(light: Tensor, ab: Tensor) -> Tensor:
    return lab_to_rgb(torch.cat([light.unsqueeze(1), ab], dim=1))


METHOD = Colorization
