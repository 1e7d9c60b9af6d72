"""CUT: translate the images of one set into those of another, without pairs, by a contrast of patches."""

from __future__ import annotations

import torch
from torch import Tensor

from engine.backbones.backbone import Backbone
from engine.backbones.translator_encoder import TranslatorEncoder
from engine.config.part import setting
from engine.heads.image_translator import PatchDiscriminator, PatchProjector, TranslatorDecoder, draw_weights, sample_positions
from engine.losses.adversarial import least_squares_discriminator_loss, least_squares_generator_loss
from engine.losses.patch_nce import patch_nce
from engine.method import Batch, MethodConfig, Out, ParameterGroup, Progress, Turn, Views
from engine.methods.image_translation import TranslationMethod
from engine.pictures.blocks import enlarged, framed_blocks
from engine.pictures.heat import heat
from engine.pictures.matrix import spaced, strips
from engine.pictures.verdicts import verdicts

DISCRIMINATOR, GENERATOR = Turn("discriminator"), Turn("generator")
# Where the marked patches of the pictures lie, as shares of the side.
MARKED = ((0.5, 0.5), (0.2, 0.2))


class CUTConfig(MethodConfig):
    """Hyper-parameters of CUT."""

    contrast: float = setting(
        1.0,
        "Weight of PatchNCE (lambda); 1 in CUT, 10 in FastCUT. Without it nothing keeps a translation like its source. Much above "
        "1 the translation keeps the colours of its source, too. Try this first.",
        ge=0,
        le=100,
        also="lambda NCE, content",
    )
    identity: bool = setting(
        True,
        "Whether images of the second set also pass through the generator, and must keep their patches. FastCUT is without: half "
        "the time, and colours may be exchanged.",
    )
    adversarial: float = setting(
        1.0,
        "Weight of the adversarial loss. Without it nothing asks for the second set's look.",
        ge=0,
        le=100,
        also="lambda GAN",
    )
    flip_equivariance: bool = setting(
        False,
        "Whether in half of the steps the images are mirrored before they are translated, and the features of the translations "
        "back. In FastCUT, not in CUT.",
        advanced=True,
    )
    temperature: float = setting(
        0.07, "Temperature of PatchNCE; .07 in the paper. Lower weighs the most similar patches of the image more.", gt=0, le=1
    )
    patches: int = setting(
        48,
        "Positions of each map that are compared with one another; 256 in the paper, whose images have 256 px.",
        unit="patches",
        ge=2,
        le=4096,
    )
    out_dim: int = setting(64, "Dimensions of a patch's projection; 256 in the paper.", ge=4, le=2048)
    width: int = setting(
        16, "Channels of the generator's first convolution, four times as many in its middle; 64 in the paper.", ge=4, le=256
    )
    blocks: int = setting(2, "Residual blocks of the generator; 9 in the paper.", ge=1, le=32)
    discriminator_width: int = setting(
        16, "Channels of the discriminator's first convolution; 64 in the paper.", ge=4, le=256, advanced=True
    )
    halvings: int = setting(
        1,
        "How often the discriminator halves the side. It scores patches of 18 px with 1, 34 with 2, 70 with 3, the paper's, whose "
        "images have 256 px. Larger patches ask for the right shapes as well as for the right colours.",
        title="Discriminator halvings",
        ge=1,
        le=5,
    )


class CUT(TranslationMethod[CUTConfig]):
    """Park et al., Contrastive Learning for Unpaired Image-to-Image Translation, ECCV 2020 (2007.15651).

    A generator turns images x of the first set into images like the second set's, y. A discriminator of patches tells its
    translations from real y (Eq. 1, with least squares); PatchNCE (Eq. 3-5) asks that each patch of a translation is recognised
    among the patches of its own source x; the same is asked of y, which the generator should leave as it is (Eq. 6).

    The official code is followed where the paper leaves it open: the discriminator moves first, by half its loss, on the
    translations of the generator as it was; then the generator and the projections, against the moved discriminator; the PatchNCE
    of x and of y have half of lambda each; a mean over the maps; positions are the same for all images of a batch; keys get no
    gradient; negatives come from the same image alone. Different from both: small networks and batches of 4 as defaults, for
    images of 32 px; the side is doubled by repeating pixels; pixels are compared without the reflected border; generator and
    projections are in one optimiser with the same values. The settings of the paper: batch 1, learning rate 2e-4, width 64, 9
    blocks, discriminator of width 64 with 3 halvings, 256 patches, 256 dimensions.

    The encoder whose features are evaluated is the first half of the generator."""

    Config = CUTConfig
    views = Views(1, 1, multiple=4)
    recipe = {
        "data": {"source": "blue_shapes", "other": "orange_shapes"},
        "views": {"preset": "translation"},
        "optim": {"lr": 6e-4, "weight_decay": 0.0, "beta1": 0.5, "schedule": "linear", "warmup": 0.0},
        "train": {"batch": 4},
    }
    backbone: TranslatorEncoder

    def __init__(self, config: CUTConfig, backbone: Backbone) -> None:
        super().__init__(config, TranslatorEncoder(config.width, config.blocks, backbone.size))
        self.decoder = TranslatorDecoder(config.width, config.blocks)
        self.projector = PatchProjector(self.backbone.map_dims, config.out_dim) if config.contrast else None
        self.discriminator = PatchDiscriminator(config.discriminator_width, config.halvings)
        draw_weights(self)

    def turns(self) -> tuple[Turn, ...]:
        """The discriminator, then the generator."""
        return DISCRIMINATOR, GENERATOR

    def parameter_groups(self) -> list[ParameterGroup]:
        """The discriminator's, and those of the generator and the projections."""
        discriminator = set(self.discriminator.parameters())
        generator = [p for p in self.parameters() if p.requires_grad and p not in discriminator]
        return [
            ParameterGroup(list(self.discriminator.parameters()), turn=DISCRIMINATOR.name),
            ParameterGroup(generator, turn=GENERATOR.name),
        ]

    def forward(self, batch: Batch, at: Progress) -> Out:
        """The loss of the turn."""
        assert batch.other is not None, "CUT needs images of a second set"
        x, y = (2 * batch.pixels(images) - 1 for images in (batch.views[0], batch.other))  # (N, 3, S, S), -1 to 1
        # Drawn first, so that both turns have the same.
        flipped = self.config.flip_equivariance and bool(torch.rand((), generator=batch.generator) < 0.5)
        if at.turn == DISCRIMINATOR.name:
            return self._discriminate(x, y, flipped, batch)
        return self._generate(x, y, flipped, batch)

    def _discriminate(self, x: Tensor, y: Tensor, flipped: bool, batch: Batch) -> Out:
        """The discriminator's loss, on translations that get no gradient."""
        with torch.no_grad():
            middle = self.backbone.maps(_mirrored(x, flipped))[-1]
            generated = self.decoder(middle)
        real, fake = self.discriminator(y), self.discriminator(generated)
        per_image = least_squares_discriminator_loss(real, fake)  # (N,)
        terms = {"discriminator": per_image.mean(), "score of real": real.mean(), "score of translations": fake.mean()}
        memory = {"mean": batch.mean, "std": batch.std}
        return Out(per_image.mean(), features=middle.mean((2, 3)), terms=terms, per_image=per_image, memory=memory)

    def _generate(self, x: Tensor, y: Tensor, flipped: bool, batch: Batch) -> Out:
        """The loss of generator and projections (Eq. 6)."""
        n, config = len(x), self.config
        identity = config.identity and self.projector is not None
        sources = torch.cat([x, y]) if identity else x
        maps = self.backbone.maps(_mirrored(sources, flipped))
        translated = self.decoder(maps[-1])
        # Through the discriminator, which does not move in this turn.
        adversarial = least_squares_generator_loss(self.discriminator.frozen(translated[:n]))  # (N,), Eq. 1
        per_image = config.adversarial * adversarial
        terms: dict[str, Tensor | float] = {"adversarial": adversarial.mean()}
        if self.projector is not None:
            queries = [_mirrored(features, flipped) for features in self.backbone.maps(translated)]
            if flipped:
                with torch.no_grad():
                    maps = self.backbone.maps(sources)
            contrast, hits = self._contrast(self.projector, queries, maps, batch.generator)
            parts = {"patch contrast": contrast[:n]} | ({"identity": contrast[n:]} if identity else {})
            per_image = per_image + config.contrast * torch.stack([*parts.values()]).mean(0)
            terms |= {name: part.mean() for name, part in parts.items()} | {"accuracy": hits[:n].mean()}
        memory = {"mean": batch.mean, "std": batch.std}
        features = maps[-1][:n].mean((2, 3))
        return Out(per_image.mean(), features=features, terms=terms, per_image=per_image, memory=memory)

    def _contrast(
        self, projector: PatchProjector, queries: list[Tensor], maps: list[Tensor], generator: torch.Generator
    ) -> tuple[Tensor, Tensor]:
        """PatchNCE of each image, and the share of its patches that are recognised, means over the maps (Eq. 5)."""
        positions = sample_positions(maps, self.config.patches, generator)
        with torch.no_grad():
            keys = projector(maps, positions)
        rows = [patch_nce(q, k, self.config.temperature) for q, k in zip(projector(queries, positions), keys, strict=True)]
        losses, hits = (torch.stack(column).mean(0) for column in zip(*rows, strict=True))
        return losses, hits

    def after_step(self, at: Progress, *outs: Out) -> None:
        """Store the normalisation of the data in the encoder, which gets normalised images in evaluation."""
        for out in outs:
            self.backbone.set_normalisation(out.memory["mean"], out.memory["std"])

    def translate(self, pixels: Tensor) -> Tensor:
        out: Tensor = self.decoder(self.backbone.maps(2 * pixels.float() - 1)[-1])
        return (out + 1) / 2

    def inputs(self, batch: Batch) -> dict[str, Tensor]:
        """Images of the second set beside those of the first; they are no pairs."""
        return {"second set": batch.pixels(batch.other)} if batch.other is not None else {}

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """`translation`: each image and its translation, then an image of the second set and what the generator makes of it, which
        should be the same. `patches`: a translation with two marked patches, and its source with the similarity of each of its
        patches to the one marked first, then second: red should lie on the marked place. `verdicts`: the scores of the
        discriminator for the patches of the translation, then of a real image: red is real, blue generated."""
        assert batch.other is not None
        x, y = batch.pixels(batch.views[0]), batch.pixels(batch.other)
        translated, kept = self.translate(x), self.translate(y)
        shown = {"translation": spaced(strips(*map(enlarged, (x, translated, y, kept))), 2)}
        if self.projector is not None:
            shown["patches"] = spaced(self._similarities(self.projector, x, translated), 2)
        scores = [verdicts(image, self.discriminator(2 * image - 1)) for image in (translated, y)]
        return shown | {"verdicts": spaced(strips(*scores), 2)}

    def _similarities(self, projector: PatchProjector, x: Tensor, translated: Tensor) -> Tensor:
        """The translation with its marked patches, and for each the heat map of cosines over the source, in the middle map."""
        maps = [self.backbone.maps(2 * images - 1) for images in (translated, x)]
        side = maps[0][-1].shape[-1]
        every = [torch.arange(features[0, 0].numel(), device=x.device) for features in maps[0]]
        query, key = (projector(features, every)[-1] for features in maps)  # (n, side^2, D) each
        cells = torch.tensor([int(down * side) * side + int(across * side) for down, across in MARKED], device=x.device)
        cosines = torch.einsum("nqd,nkd->nqk", query[:, cells], key).unflatten(2, (side, side))
        source = enlarged(x)
        marked = framed_blocks(enlarged(translated), cells.view(1, -1, 1).expand(len(x), -1, 1), side)
        return strips(marked, *(heat(source, cosines[:, number]) for number in range(len(cells))))


def _mirrored(images: Tensor, flipped: bool) -> Tensor:
    return images.flip(3) if flipped else images


METHOD = CUT
