"""Inpainting: reconstruct a region that was cut out of an image from its surroundings."""

from __future__ import annotations

from typing import Literal

from torch import Tensor

from engine.augment.regions import block_regions, central_region, random_regions, rim
from engine.backbones.backbone import Backbone
from engine.config.errors import complain
from engine.config.part import setting
from engine.distributed.rows import all_count, own_rows
from engine.heads.image_decoder import Discriminator, ImageDecoder, map_side
from engine.losses.adversarial import discriminator_loss, generator_loss
from engine.losses.reconstruction import fill_mean, weighted_mse
from engine.method import Batch, Method, MethodConfig, Out, ParameterGroup, Progress, TaskScore, Views
from engine.pictures.masked import reconstruction

LEAST_SIZE = 8  # px; the least size of an image with a context around the hole


class InpaintingConfig(MethodConfig):
    """Hyper-parameters of the context encoder."""

    region: Literal["random", "block", "central"] = setting(
        "random",
        "What is cut out: random shapes, several squares of a quarter of the side, or one square in the middle. The paper found "
        "that with one fixed square the features overfit to its border; its features are trained with random shapes.",
    )
    share: float = setting(
        0.25,
        "Share of the image that is cut out; a quarter in the paper. A smaller region is nearly determined by its surroundings; "
        "for a much larger one too little is visible. Squares that overlap cut out a little less. Try this first.",
        ge=0.02,
        le=0.9,
    )
    adversarial: float = setting(
        0.001,
        "Weight of the adversarial loss, 1 minus that of the squared error: .001 and .999 in the paper. 0 trains without a "
        "discriminator: faster, but the reconstruction is a blurred mean of all possible ones.",
        ge=0,
        le=1,
    )
    overlap: int = setting(
        0,
        "Width of the rim around a hole that is visible and also reconstructed, so that the reconstruction fits its surroundings. "
        "0 is a 32nd of the side, as in the official code: 4 of 128 px.",
        unit="px",
        ge=0,
        le=64,
    )
    rim_weight: float = setting(
        10.0, "Weight of that rim in the squared error; 10 in the paper. With 0 there is no rim, and seams show.", ge=0, le=100
    )
    judge_rate: float = setting(
        0.1,
        "Learning rate of the discriminator, relative to that of the generator; a tenth in the official code.",
        gt=0,
        le=10,
        title="Discriminator rate",
        advanced=True,
    )
    width: int = setting(
        128, "Channels of the decoder's first up-convolution, halved at each doubling; 512 in the official code.", ge=8, le=2048
    )
    judge_width: int = setting(
        32,
        "Channels of the discriminator's first convolution, doubled at each halving of the side; 64 in the official code.",
        ge=4,
        le=512,
        title="Discriminator width",
    )


class Inpainting(Method[InpaintingConfig]):
    """Pathak et al., Context Encoders: Feature Learning by Inpainting, CVPR 2016 (1604.07379).

    An encoder and a decoder, the generator, reconstruct the region from the rest of the image, with a squared error (Eq. 1) and
    the loss of an adversarial discriminator (Eq. 2, 3). Where paper and official code differ, the paper is followed in the region
    of the loss: the hole and its rim (the code for random regions takes the whole image). The code is followed where the paper
    leaves it open: a hole has the mean colour of the data; the discriminator is that of a DCGAN, gets the region without its
    surroundings, and has a tenth of the learning rate. Different from both: any encoder, whose last feature map goes through the
    channel-wise fully connected layer; the whole image is reconstructed for all regions, and its surroundings are set to 0 for the
    discriminator, where the code crops the square; each image has its own random shape; generator and discriminator are updated in
    one step of one optimiser, each by the gradient of its own loss only."""

    Config = InpaintingConfig
    views = Views(1, 1)
    recipe = {"views": {"preset": "crop_flip"}, "train": {"batch": 64}}

    def __init__(self, config: InpaintingConfig, backbone: Backbone) -> None:
        super().__init__(config, backbone)
        size = backbone.size or 32
        if size < LEAST_SIZE:
            remedy = "Smaller images have no context around a hole. Take larger images."
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
            # The value is the joint loss of the generator; the discriminator's loss adds its gradient, with a value of 0.
            per_image = per_image + self.config.adversarial * adversarial + (discriminator_error - discriminator_error.detach())
        return Out(per_image.mean(), features=h.mean((2, 3)), terms=terms, per_image=per_image)

    def _hole(self, batch: Batch) -> Tensor:
        n, size, share = all_count(len(batch.views[0])), batch.views[0].shape[-1], self.config.share
        if self.config.region == "central":
            hole = central_region(n, size, share)
        elif self.config.region == "block":
            hole = block_regions(n, size, share, batch.generator)
        else:
            hole = random_regions(n, size, share, batch.generator)
        return own_rows(hole).to(batch.views[0].device)

    def _overlap(self, hole: Tensor) -> int:
        return self.config.overlap or max(1, round(hole.shape[-1] / 32))

    def _seen(self, x: Tensor, hole: Tensor) -> Tensor:
        # 0 is the mean colour of the data.
        return x.masked_fill(hole.unsqueeze(1), 0.0)

    def _predict(self, batch: Batch, hole: Tensor) -> tuple[Tensor, Tensor]:
        """The encoder's feature map (N, D, s, s) of the images with holes, and the reconstructed images (N, 3, S, S), -1 to 1."""
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
        """The images with holes, which have the mean colour of the data."""
        return {"around the hole": batch.pixels(self._seen(batch.views[0], self._hole(batch)))}

    def task_score(self, batch: Batch) -> TaskScore:
        """Squared error in the holes, of values from -1 to 1. The baseline predicts the mean visible colour of each image."""
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
