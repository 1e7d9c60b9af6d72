"""BEiT: predict the visual tokens of masked patches, from a tokenizer that is trained first on the same images."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.augment.blockwise import block_mask
from engine.backbones.tokenizer import Tokenizer, gumbel_softmax
from engine.backbones.vit import Fill, VisionTransformer, initialise
from engine.config.part import setting
from engine.distributed.rows import all_count, all_rows, own_rows
from engine.losses.token_usage import commonest, perplexity, prior_terms
from engine.method import Batch, Method, MethodConfig, Out, ParameterGroup, Progress, Stage, TaskScore, Views
from engine.optim.schedule import ramp
from engine.pictures.masked import hide
from engine.pictures.token_map import coloured_tokens

TOKENIZER = "tokenizer"


class BEiTConfig(MethodConfig):
    """Hyper-parameters of BEiT and of its tokenizer."""

    mask_ratio: float = setting(
        0.4,
        "Try this first. Share of the patches that is masked, in blocks; about .4 in the paper (75 of 196). With a much smaller "
        "share the visual token can be copied from the neighbours; with a much larger one it cannot be predicted.",
        gt=0,
        lt=1,
    )
    vocabulary: int = setting(
        512,
        "Number of visual tokens. The paper uses DALL-E's tokenizer with 8,192, trained on 250 million images; a set of thousands "
        "of small images needs fewer. With very few, a token encodes little more than dark or light.",
        ge=2,
        le=65536,
    )
    tokenizer_share: float = setting(
        0.25,
        "Share of the run's steps in which the tokenizer is trained, before the encoder. With 0 it keeps its initial weights: the "
        "visual tokens of an untrained network still depend on colours and edges.",
        ge=0,
        le=0.9,
    )
    tokenizer_width: int = setting(64, "Channels of the tokenizer; 256 and more in DALL-E's.", ge=16, le=2048, multiple_of=2)
    temperature: float = setting(
        1.0,
        "Initial temperature of the Gumbel-softmax samples of the tokenizer: at 1 they are mixtures of tokens, so that all "
        "are trained.",
        gt=0,
        le=10,
    )
    final_temperature: float = setting(
        0.0625,
        "Temperature at the end of the tokenizer's stage, 1/16 in DALL-E (App. A.2). Near 1 the decoder does not learn to "
        "reconstruct from single tokens.",
        gt=0,
        le=10,
    )
    even_use: float = setting(
        0.05,
        "Weight of the part of the prior's KL that makes all visual tokens equally frequent. At 0 a short training ends with about "
        "ten tokens in use; at 1 with all of them, also for patches that hardly differ.",
        ge=0,
        le=100,
    )
    unsure: float = setting(
        0.0,
        "Weight of the other part of the KL, which makes the token distribution of each patch uniform. DALL-E weights both parts "
        "equally (App. A.2); 0, as in its open reimplementations, gives the most certain tokens.",
        ge=0,
        le=100,
        advanced=True,
    )
    decay_positions: bool = setting(
        False,
        "Weight decay also for the position embeddings and the class token; none in the official code. On in runs of older "
        "versions of this program.",
        title="Decay of positions",
        advanced=True,
    )


class BEiT(Method[BEiTConfig]):
    """Bao et al., BEiT: BERT Pre-Training of Image Transformers, ICLR 2022 (2106.08254).

    A ViT gets an image whose masked patches are replaced by a learned token, and predicts their visual tokens (Eq. 2). The
    tokenizer is a discrete VAE as in DALL-E (2102.12092). Different from the paper, which uses DALL-E's trained tokenizer on a
    view of another resolution: it is trained in the first stage of the run, on the same views, and then frozen; one token is one
    patch of one view. Where paper and official code differ: masking is as in the code, in blocks that are filled up to the exact
    number; position embeddings are as in the paper's text, learned and absolute, while the official runs have relative position
    biases. The output layers of the blocks are scaled by their depth (Sec. 2.5), after an initialisation by width (backbone.init);
    the code initialises with .02 at a width of 768."""

    Config = BEiTConfig
    views = Views(1, 1)
    backbone: VisionTransformer
    recipe = {
        "views": {"preset": "beit"},
        "backbone": {"name": "vit_micro", "pool": "mean"},
        "optim": {"lr": 0.002, "weight_decay": 0.05, "warmup": 0.1},
        # More steps with smaller batches: better than large batches in a short run.
        "train": {"batch": 64},
    }

    def __init__(self, config: BEiTConfig, backbone: VisionTransformer) -> None:
        super().__init__(config, backbone)
        for depth, block in enumerate(self.backbone.blocks, start=1):
            for out in (block.get_submodule("attn.proj"), block.get_submodule("mlp.fc2")):
                assert isinstance(out.weight, Tensor)
                out.weight.data.div_(math.sqrt(2 * depth))
        self.mask_token = nn.Parameter(torch.zeros(1, 1, backbone.dim))
        self.classifier = nn.Linear(backbone.dim, config.vocabulary)
        initialise(self.classifier)
        nn.init.trunc_normal_(self.mask_token, std=0.02)
        self.tokenizer = Tokenizer(self.backbone.patch, config.vocabulary, config.tokenizer_width)

    def parameter_groups(self) -> list[ParameterGroup]:
        """Positions and class token take no weight decay, as in the official code."""
        if self.config.decay_positions:
            return super().parameter_groups()
        undecayed = [p for p in (self.backbone.pos_embed, self.backbone.cls_token) if p.requires_grad]
        others = [p for p in self.parameters() if p.requires_grad and all(p is not one for one in undecayed)]
        return [ParameterGroup(others), ParameterGroup(undecayed, decay=False)]

    def stages(self) -> tuple[Stage, ...]:
        """One stage, the training of the tokenizer."""
        return (Stage(TOKENIZER, self.config.tokenizer_share),) if self.config.tokenizer_share else ()

    def forward(self, batch: Batch, at: Progress) -> Out:
        """The loss of the tokenizer in the first stage, afterwards that of BEiT (Eq. 2)."""
        if at.stage == TOKENIZER:
            return self._tokenizer_step(batch, at)
        x = batch.views[0]
        hidden = self._hidden(x, batch.generator)  # (N, T)
        visual_tokens = self._visual_tokens(x)  # (N, T)
        tokens, logits = self._predict(x, hidden)
        # Eq. 2; the number of masked patches is the same in every image.
        per_image = F.cross_entropy(logits, visual_tokens[hidden], reduction="none").view(len(x), -1).mean(1)  # (N,)
        accuracy = (logits.argmax(1) == visual_tokens[hidden]).float().mean()
        terms = {"accuracy": accuracy, "words in use": perplexity(visual_tokens, self.config.vocabulary)}
        return Out(per_image.mean(), features=self.backbone.pooled(tokens), terms=terms, per_image=per_image)

    def _tokenizer_step(self, batch: Batch, at: Progress) -> Out:
        """The bound of the dVAE: the reconstruction error from visual tokens, and the two terms of the prior (Eq. 1)."""
        config, x = self.config, batch.views[0]
        logits = self.tokenizer.encode(x)  # (N, T, V)
        # The share of the stage that is over, not of the run.
        temperature = ramp(config.temperature, config.final_temperature, config.tokenizer_share, at.fraction)
        predicted = self.tokenizer.decode(gumbel_softmax(logits, temperature, batch.generator))
        error = F.mse_loss(predicted.float(), x.float(), reduction="none").mean((1, 2, 3))  # (N,)
        sure, uneven = own_rows(prior_terms(all_rows(logits)))
        terms = {
            "reconstruction error": error.mean(),
            "words in use": perplexity(logits.argmax(-1), config.vocabulary),
            "KL": (sure + uneven).mean(),
            "uneven use": uneven.mean(),
        }
        per_image = error + config.unsure * sure + config.even_use * uneven  # (N,)
        with torch.no_grad():
            # The encoder is not trained in this stage: its first layer is enough for the diagnostics.
            features = self.backbone.pooled(self.backbone.embed(x))
        return Out(per_image.mean(), features=features, terms=terms, per_image=per_image)

    @torch.no_grad()
    def _visual_tokens(self, x: Tensor) -> Tensor:
        """The visual tokens (N, T) of images."""
        return self.tokenizer.tokens(x)

    def _hidden(self, x: Tensor, generator: torch.Generator) -> Tensor:
        side = self.backbone.side
        count = max(1, min(side**2 - 1, round(self.config.mask_ratio * side**2)))
        return own_rows(block_mask(torch.full((all_count(len(x)),), count), side, generator)).to(x.device)

    def _predict(self, x: Tensor, hidden: Tensor) -> tuple[Tensor, Tensor]:
        """Encoder tokens (N, 1 + T, D) and logits (M, V) of the hidden patches, image by image."""
        tokens = self.backbone.tokens(x, fill=Fill(hidden, self.mask_token))
        return tokens, self.classifier(tokens[:, 1:][hidden]).float()

    def chance(self, batch_size: int) -> float:
        """ln V: a uniform prediction."""
        return math.log(self.config.vocabulary)

    def inputs(self, batch: Batch) -> dict[str, Tensor]:
        """The visible patches; the grey ones are replaced by the learned mask token."""
        x = batch.views[0]
        return {"visible": hide(batch.pixels(x), self._hidden(x, batch.generator))}

    def task_score(self, batch: Batch) -> TaskScore:
        """Accuracy of the predicted visual tokens of masked patches; the baseline predicts the most frequent token."""
        x = batch.views[0]
        hidden = self._hidden(x, batch.generator)
        truth = self._visual_tokens(x)[hidden]
        prediction = self._predict(x, hidden)[1].argmax(1)
        return TaskScore("accuracy of words", (prediction == truth).float().mean(), commonest(truth))

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """The visual tokens, in one colour each, and the tokenizer's reconstruction from them; then both for the predicted
        tokens."""
        x = batch.views[0]
        hidden = self._hidden(x, batch.generator)
        visual_tokens = self._visual_tokens(x)
        prediction = visual_tokens.clone()
        prediction[hidden] = self._predict(x, hidden)[1].argmax(1)
        # Names of older versions, which are stored in run folders.
        return {
            "image": batch.pixels(x),
            "words": coloured_tokens(visual_tokens),
            "painted from the words": batch.pixels(self.tokenizer.decode(visual_tokens)),
            "visible": hide(batch.pixels(x), hidden),
            "guessed words": coloured_tokens(prediction, shown=hidden, truth=visual_tokens),
            "painted from the guess": batch.pixels(self.tokenizer.decode(prediction)),
        }


METHOD = BEiT
