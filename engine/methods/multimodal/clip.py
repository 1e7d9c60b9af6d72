"""CLIP: an image and its caption are positives, all other pairs of the batch are negatives."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.backbones.backbone import Backbone
from engine.config.part import setting
from engine.distributed.rows import all_rows
from engine.losses.image_text import clip_loss, image_text_cosines, siglip_chance, siglip_loss
from engine.method import Batch, MethodConfig, Out, Progress, TaskScore, Views
from engine.methods.image_text import ImageTextMethod
from engine.pictures.blocks import enlarged
from engine.pictures.matrix import matrix, strips
from engine.pictures.written import written
from engine.text.tokenizer import WordTokenizer
from engine.text.transformer import TextTransformer

# The inverse of the initial temperature, and the initial bias, by the papers: 2103.00020, Sec. 2.5; 2303.15343, Sec. 3.2.
SCALE = {"clip": 1 / 0.07, "siglip": 10.0}
BIAS = -10.0
LARGEST_SCALE = 100.0
_NEAREST = 3  # captions beside each image of the picture


class CLIPConfig(MethodConfig):
    """Hyper-parameters of CLIP."""

    objective: Literal["clip", "siglip"] = setting(
        "clip",
        "How pairs are matched. `clip`: each image is classified as its own caption among the batch's, and each caption as its own "
        "image. `siglip`: each pair is classified by itself as matching or not (2303.15343).",
    )
    out_dim: int = setting(128, "Size of the space that images and captions share.", ge=1, le=16384)
    text_width: int = setting(64, "Width of the text encoder; the paper takes 512.", ge=8, le=4096)
    text_depth: int = setting(2, "Transformer blocks of the text encoder; the paper takes 12.", ge=1, le=48)
    text_heads: int = setting(
        4, "Most attention heads of the text encoder; fewer where the width is not a multiple of them.", ge=1, le=64
    )
    text_length: int = setting(
        20,
        "Longest caption in tokens, start and end included; longer ones lose their last words. The paper takes 76.",
        ge=3,
        le=512,
    )
    vocabulary: int = setting(
        2048, "Most words of the captions that have a token of their own; other words are read byte by byte.", ge=1, le=200_000
    )


class CLIP(ImageTextMethod[CLIPConfig]):
    """Radford et al., Learning Transferable Visual Models From Natural Language Supervision, ICML 2021 (2103.00020).

    Images and captions are encoded apart, projected linearly to one space, and matched in the batch (Fig. 3). The temperature is
    learned; its inverse is at most 100 (Sec. 2.5). `objective: siglip` is the loss of Zhai et al., Sigmoid Loss for Language Image
    Pre-Training, 2023 (2303.15343), with its initial temperature and bias. As in the official code: initial weights, projections
    without bias, the text's feature at its end token. Different from the paper: a small text encoder on words of the data set's
    own captions, there 49,152 byte pairs; the image encoder's usual features, there attention pooling on top of a ResNet."""

    Config = CLIPConfig
    views = Views(1, 1)
    compares_images = True
    recipe = {"views": {"preset": "clip"}, "optim": {"lr": 0.002, "weight_decay": 0.1, "beta2": 0.98}}

    def __init__(self, config: CLIPConfig, backbone: Backbone) -> None:
        super().__init__(config, backbone)
        self.tokenizer = WordTokenizer(config.vocabulary, config.text_length)
        self.text_encoder = TextTransformer(
            self.tokenizer.size,
            config.text_length,
            config.text_width,
            config.text_depth,
            fitting_heads(config.text_width, config.text_heads),
            config.out_dim,
        )
        self.projector = nn.Linear(backbone.dim, config.out_dim, bias=False)
        nn.init.normal_(self.projector.weight, std=backbone.dim**-0.5)
        self.log_scale = nn.Parameter(torch.tensor(math.log(SCALE[config.objective])))
        self.bias = nn.Parameter(torch.tensor(BIAS)) if config.objective == "siglip" else None

    def setup_captions(self, texts: Sequence[str]) -> None:
        self.tokenizer.learn(texts)

    @property
    def ready(self) -> bool:
        return bool(self.tokenizer.tokens())

    def embed_images(self, features: Tensor) -> Tensor:
        return F.normalize(self.projector(features).float(), dim=1)

    def embed_texts(self, texts: Sequence[str]) -> Tensor:
        return F.normalize(self.text_encoder(self.tokenizer(texts)).float(), dim=1)

    def forward(self, batch: Batch, at: Progress) -> Out:
        """One view of each image against one caption of each."""
        h = self.backbone(batch.views[0])  # (N, D)
        z = self.projector(h)  # (N, P)
        cosines = image_text_cosines(all_rows(z), all_rows(self.text_encoder(self.tokenizer(batch.texts))))  # (N, N)
        scale = self.log_scale.exp()
        if self.bias is None:
            per_image = clip_loss(cosines, scale)  # (N,), Fig. 3
        else:
            per_image = siglip_loss(cosines, scale, self.bias)  # (N,), 2303.15343, Eq. 2
        terms = {"temperature": 1 / scale.detach(), "matching accuracy": _accuracy(cosines.detach())}
        return Out(per_image.mean(), features=h, embedding=z, terms=terms, per_image=per_image)

    @torch.no_grad()
    def after_step(self, at: Progress, *outs: Out) -> None:
        """Bound the inverse temperature."""
        self.log_scale.clamp_(max=math.log(LARGEST_SCALE))

    def chance(self, batch_size: int) -> float:
        """ln N; of the sigmoids, the least loss of equal logits."""
        return math.log(batch_size) if self.bias is None else siglip_chance(batch_size)

    def task_score(self, batch: Batch) -> TaskScore:
        """How many images are nearest to their own caption."""
        cosines = self._cosines(batch)
        return TaskScore("matching accuracy", _accuracy(cosines), 1 / len(cosines))

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """Cosines of images (rows) and captions (columns), the pairs on the diagonal; and each image with its nearest captions of
        the batch, its own on green."""
        cosines = self._cosines(batch)
        images = enlarged(batch.pixels(batch.views[0]), 96).cpu()
        side, count = images.shape[-1], min(_NEAREST, len(images))
        nearest = cosines.topk(count, dim=1).indices.cpu()  # (n, count)
        columns = [
            written([batch.texts[text] for text in column], 2 * side, side, (column == torch.arange(len(images))).tolist())
            for column in nearest.t()
        ]
        pairs = torch.eye(len(images), dtype=torch.bool, device=cosines.device)
        return {"similarity": matrix(cosines, pairs), "nearest captions": strips(images, *columns)}

    def inputs(self, batch: Batch) -> dict[str, Tensor]:
        """The caption that each image is matched with."""
        # A square as wide as the window draws a view: smaller, the letters could not be read.
        side = max(96, batch.views[0].shape[-1])
        return {"caption": written(batch.texts, side, side)} if batch.texts else {}

    def _cosines(self, batch: Batch) -> Tensor:
        return self.embed_images(self.backbone(batch.views[0])) @ self.embed_texts(batch.texts).t()


def fitting_heads(width: int, heads: int) -> int:
    """The most heads, at most `heads`, of which the width is a multiple."""
    return next(count for count in range(heads, 0, -1) if width % count == 0)


def _accuracy(cosines: Tensor) -> Tensor:
    return (cosines.argmax(1) == torch.arange(len(cosines), device=cosines.device)).float().mean()


METHOD = CLIP
