"""NCE: logistic regression between the other view of an image and noise, with the normalising constant as a parameter."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.backbones.backbone import Backbone
from engine.config.part import setting
from engine.distributed.rows import all_rows
from engine.heads.mlp import mlp
from engine.losses.instance_softmax import bank_logits
from engine.losses.noise_contrast import chance_loss, log_ratio, noise_contrast
from engine.losses.per_image import image_means
from engine.method import Batch, Method, MethodConfig, Out, ParameterGroup, Progress, Views
from engine.pictures.matrix import matrix, similarity


class NCEConfig(MethodConfig):
    """Hyper-parameters of NCE."""

    noise: int = setting(
        256,
        "Noise samples k for each sample of the data. The paper takes as many as data (k = 1), which learns little from a step; "
        "more come nearer to maximum likelihood at more cost. Try this first.",
        ge=1,
        le=65536,
    )
    temperature: float = setting(
        0.2,
        "What a cosine is divided by in ln p_m. Small values allow a very certain model, large ones make all images about equally "
        "likely.",
        gt=0,
        le=5,
    )
    constant_rate: float = setting(
        5.0,
        "How much faster than the weights the constant c learns: it is one number that changes by several nats. 0 keeps its "
        "initial value.",
        ge=0,
        le=1000,
        advanced=True,
    )
    hidden_dim: int = setting(512, "Width of the projection head.", ge=1, le=16384)
    out_dim: int = setting(128, "Size of the embedding.", ge=1, le=16384)


class NCE(Method[NCEConfig]):
    """Gutmann and Hyvarinen, Noise-contrastive estimation: A new estimation principle for unnormalized statistical models, AISTATS
    2010 (https://proceedings.mlr.press/v9/gutmann10a.html), applied here to instance discrimination; the paper models natural image
    patches, and there is no official code for this application.

    Data: the image y, of the n training images, from which a view x was taken, represented by its other view. Noise: an image drawn
    uniformly from all n, represented by a view of another image of the batch, so that p_n = 1/n. Model: the unnormalised density
    ln p_m(y | x) = cos(z_x, z_y) / tau + c, where c, an estimate of -ln Z, is a learned parameter. The logit of the logistic
    regression between data and noise is the log ratio ln p_m - ln(k p_n) (Sec. 2.1).

    Difference from InfoNCE: that is a softmax over k + 1 candidates, in which c and p_n cancel, so that it learns density ratios
    only. Here each candidate is classified on its own, so that the scale of the density is learned too. Difference from InstDisc's
    nce: there the candidates are features of a memory bank, and the constant is estimated once, not learned."""

    Config = NCEConfig
    views = Views(2, 2, one_size=True)
    compares_images = True
    recipe = {"views": {"preset": "simclr"}}
    images: Tensor

    def __init__(self, config: NCEConfig, backbone: Backbone) -> None:
        super().__init__(config, backbone)
        self.projector = mlp(backbone.dim, config.hidden_dim, config.out_dim, last_norm=True)
        self.c = nn.Parameter(torch.zeros(1))
        self.register_buffer("images", torch.ones((), dtype=torch.long))

    def setup_data(self, images: Tensor, labels: Tensor) -> None:
        """Set n, and c to its optimum for embeddings that are uniform on the sphere, where E exp(cos / tau) is about
        exp(1 / (2 P tau^2))."""
        self.images.fill_(len(images))
        spread = 1 / (2 * self.config.out_dim * self.config.temperature**2)
        self.c.data.fill_(-math.log(len(images)) - min(spread, 1 / self.config.temperature))

    def forward(self, batch: Batch, at: Progress) -> Out:
        """For each view the other view of its image is the data, and k views of other images are the noise."""
        h = self.backbone(torch.cat(batch.views[:2]))  # (2N, D)
        z = all_rows(self.projector(h), views=2)  # (2N, P)
        ratio = self._log_ratio(z)  # (2N, 2N)
        rows = torch.arange(len(z))
        n = len(z) // 2
        # Any view of another image: the offset of the image, 1 to N - 1, and one of its two views.
        offset = torch.randint(1, n, (len(z), self.config.noise), generator=batch.generator)
        view = torch.randint(2, offset.shape, generator=batch.generator)
        others = (rows[:, None] % n + offset) % n + n * view  # (2N, k)
        data, noise = ratio[rows, rows.roll(n)], ratio.gather(1, others.to(z.device))
        right = (data > 0).float().mean() / 2 + (noise < 0).float().mean() / 2
        per_image = image_means(noise_contrast(data, noise))  # (N,)
        return Out(
            per_image.mean(),
            features=h,
            embedding=z,
            views=2,
            terms={"told apart": right, "c + ln n": self.c.detach().sum() + self.images.log()},
            per_image=per_image,
        )

    def _log_ratio(self, z: Tensor) -> Tensor:
        """The log ratio G of every pair of views (2N, 2N)."""
        log_density = bank_logits(z, F.normalize(z.float(), dim=1), self.config.temperature) + self.c.float()
        return log_ratio(log_density, -math.log(int(self.images)), self.config.noise)

    def chance(self, batch_size: int) -> float:
        """The loss where all images have the same probability."""
        return chance_loss(self.config.noise)

    def parameter_groups(self) -> list[ParameterGroup]:
        """The constant c has a learning rate of its own."""
        rest = [p for p in self.parameters() if p is not self.c]
        return [ParameterGroup(rest), ParameterGroup([self.c], lr_scale=self.config.constant_rate)]

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """`similarity`: cosines of view 1 (rows) and view 2 (columns). `verdict`: tanh of a quarter of the log ratio G of each
        pair: red is classified as data, blue as noise, near-white is undecided."""
        z = self.projector(self.backbone(torch.cat(batch.views[:2])))
        n = len(z) // 2
        verdict = (self._log_ratio(z)[:n, n:] / 4).tanh()  # probabilities would be small: one of k + 1 pairs is data
        return {"similarity": similarity(*z.chunk(2)), "verdict": matrix(verdict, torch.eye(n, dtype=torch.bool, device=z.device))}


METHOD = NCE
