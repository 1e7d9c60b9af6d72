"""Inpainting: reconstruct a hidden region from its surroundings."""

from __future__ import annotations

from typing import Literal

from torch import Tensor

from engine.augment.regions import block_regions, central_region, random_regions, rim
from engine.backbones.backbone import Backbone
from engine.config.errors import complain
from engine.config.part import setting
from engine.heads.image_decoder import Discriminator, ImageDecoder, map_side
from engine.losses.adversarial import discriminator_loss, generator_loss
from engine.losses.reconstruction import fill_mean, weighted_mse
from engine.method import Batch, Method, MethodConfig, Out, ParameterGroup, Progress, TaskScore, Views
from engine.pictures.masked import reconstruction

LEAST_SIZE = 8  # px; below there is no context around a hole


class InpaintingConfig(MethodConfig):
    """Hyper-parameters of the context encoder."""

    region: Literal["random", "block", "central"] = setting(
        "random",
        "What is cut out: shapes without a rule, several squares of a quarter of the side, or one square in the middle. The paper "
        "found that with one fixed square features learn its border by heart; its features come from random shapes.",
    )
    share: float = setting(
        0.25,
        "Share of the image that is cut out; a quarter in the paper. Of less the surroundings tell nearly all, of much more "
        "nothing is left to go by. Squares that overlap hide a little less. Try this first.",
        ge=0.02,
        le=0.9,
    )
    adversarial: float = setting(
        0.001,
        "Weight of the adversarial loss, the squared error has the rest: .001 and .999 in the paper. 0 leaves the judge out: "
        "faster, and the painting is a blurred mean of all that could be there.",
        ge=0,
        le=1,
    )
    overlap: int = setting(
        0,
        "Width of the rim around a hole that is visible and painted all the same, so that the painting joins the picture. 0 takes "
        "a 32nd of the side: the official code's 4 of 128 px.",
        unit="px",
        ge=0,
        le=64,
    )
    rim_weight: float = setting(
        10.0, "Weight of that rim in the squared error; 10 in the paper. With 0 there is no rim, and seams show.", ge=0, le=100
    )
    judge_rate: float = setting(
        0.1, "Learning rate of the judge, times that of the painter; a tenth in the official code.", gt=0, le=10, advanced=True
    )
    width: int = setting(
        128, "Channels of the decoder's first up-convolution, halved at each doubling; 512 in the official code.", ge=8, le=2048
    )
    judge_width: int = setting(
        32, "Channels of the judge's first convolution, doubled at each halving; 64 in the official code.", ge=4, le=512
    )


class Inpainting(Method[InpaintingConfig]):
    """Pathak et al., Context Encoders: Feature Learning by Inpainting, CVPR 2016 (1604.07379).

    Followed: the paper, where the loss is on the region and its rim alone (Eq. 1); the official code for random regions takes the
    whole image. As in the code: a hole is filled with the data's mean colour, the discriminator is that of a DCGAN and sees the
    region without its surroundings, and its rate is a tenth. Different from both: any encoder, whose last map goes through the
    channel-wise layer; the whole image is reconstructed whatever the region, and its surroundings are hidden from the
    discriminator, where the code crops the square; random shapes differ from image to image; generator and discriminator are
    updated in one step of one optimiser, neither by the other's loss."""

    Config = InpaintingConfig
    views = Views(1, 1)
    recipe = {"views": {"preset": "crop_flip"}, "train": {"batch": 64}}

    def __init__(self, config: InpaintingConfig, backbone: Backbone) -> None:
        super().__init__(config, backbone)
        size = backbone.size or 32
        if size < LEAST_SIZE:
            remedy = "Below that nothing is left around a hole. Take larger images."
            raise complain("views.groups.0.size", f"at least {LEAST_SIZE} px", size, remedy)
        self.decoder = ImageDecoder(backbone.dim, map_side(backbone, size), 3, size, width=config.width, mix=True)
        self.discriminator = Discriminator(size, config.judge_width) if config.adversarial else None

    def forward(self, batch: Batch, at: Progress) -> Out:
        """Squared error on the region, and the adversarial loss (Eq. 3)."""
        hole = self._hole(batch)  # (N, S, S)
        truth = 2 * batch.pixels(batch.views[0]) - 1  # (N, 3, S, S), -1 to 1
        h, predicted = self._predict(batch, hole)
        around = self.config.rim_weight * rim(hole, self._overlap(hole)).float()
        weight = hole.float() + around
        error = weighted_mse(predicted, truth, weight)  # (N,), Eq. 1
        terms: dict[str, Tensor | float] = {"squared error": error.mean()}
        per_image = (1 - self.config.adversarial) * error
        if self.discriminator is not None:
            region = (weight > 0).unsqueeze(1)
            real, generated = truth * region, predicted * region
            discriminator_error = discriminator_loss(
                self.discriminator(real), self.discriminator(generated.detach())
            )  # Eq. 2: trains the discriminator alone
            adversarial = generator_loss(self.discriminator.frozen(generated))  # trains the generator alone
            # The name of the term is that of older runs.
            terms |= {"adversarial": adversarial.mean(), "judge": discriminator_error.mean()}
            # The value is the joint loss of the generator; that of the discriminator adds its gradient and nothing else.
            per_image = per_image + self.config.adversarial * adversarial + (discriminator_error - discriminator_error.detach())
        return Out(per_image.mean(), features=h.mean((2, 3)), terms=terms, per_image=per_image)

    def _hole(self, batch: Batch) -> Tensor:
        n, size, share = len(batch.views[0]), batch.views[0].shape[-1], self.config.share
        if self.config.region == "central":
            hole = central_region(n, size, share)
        elif self.config.region == "block":
            hole = block_regions(n, size, share, batch.generator)
        else:
            hole = random_regions(n, size, share, batch.generator)
        return hole.to(batch.views[0].device)

    def _overlap(self, hole: Tensor) -> int:
        return self.config.overlap or max(1, round(hole.shape[-1] / 32))

    def _seen(self, x: Tensor, hole: Tensor) -> Tensor:
        # 0 is the mean colour of the data.
        return x.masked_fill(hole.unsqueeze(1), 0.0)

    def _predict(self, batch: Batch, hole: Tensor) -> tuple[Tensor, Tensor]:
        """The encoder's map (N, D, s, s) of what is around the holes, and the image reconstructed from it (N, 3, S, S), -1 to 1."""
        h = self.backbone.dense(self._seen(batch.views[0], hole))
        return h, self.decoder(h).float().tanh()

    def parameter_groups(self) -> list[ParameterGroup]:
        """The discriminator has a learning rate of its own."""
        if self.discriminator is None:
            return super().parameter_groups()
        discriminator = list(self.discriminator.parameters())
        decoder = [p for part in (self.backbone, self.decoder) for p in part.parameters() if p.requires_grad]
        return [ParameterGroup(decoder), ParameterGroup(discriminator, lr_scale=self.config.judge_rate)]

    def inputs(self, batch: Batch) -> dict[str, Tensor]:
        """What is around the holes; they have the mean colour of the data."""
        return {"around the hole": batch.pixels(self._seen(batch.views[0], self._hole(batch)))}

    def task_score(self, batch: Batch) -> TaskScore:
        """Squared error in the holes, of values from -1 to 1, beside that of each image's visible mean colour."""
        hole = self._hole(batch)
        truth = 2 * batch.pixels(batch.views[0]) - 1
        inside = hole.float()
        flat = fill_mean(truth, hole.flatten(1), 1)
        error, baseline = (weighted_mse(prediction, truth, inside).mean() for prediction in (self._predict(batch, hole)[1], flat))
        return TaskScore("reconstruction error", error, baseline, higher=False)

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """Image, visible part, reconstruction of the hole, and its error."""
        hole = self._hole(batch)
        predicted = (self._predict(batch, hole)[1] + 1) / 2
        return reconstruction(batch.pixels(batch.views[0]), predicted, hole.flatten(1))


METHOD = Inpainting
