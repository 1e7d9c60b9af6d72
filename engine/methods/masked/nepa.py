"""NEPA: an autoregressive transformer predicts the embedding of the next patch, the input of the transformer itself."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.backbones.vit import VisionTransformer
from engine.config.part import setting
from engine.losses.next_embedding import next_embedding_cosine
from engine.method import Batch, Method, MethodConfig, Out, Progress, TaskScore, Views
from engine.pictures.blocks import enlarged, framed_blocks
from engine.pictures.heat import heat
from engine.pictures.masked import hide, patches_put


class NEPAConfig(MethodConfig):
    """Hyper-parameters of NEPA."""

    stop_gradient: bool = setting(
        True,
        "Whether the predicted embeddings are constants for the gradient. Without it the embeddings of all patches become equal, "
        "which is easy to predict and useless: try it to see a collapse.",
    )


class NEPA(Method[NEPAConfig]):
    """Xu et al., Next-Embedding Prediction Makes Strong Vision Learners, 2025 (2512.16922).

    Patches are read row by row; each token attends to itself and those before it, and the output at patch t predicts the embedding
    of patch t + 1, the linear map of its pixels that is the transformer's own input, under a stop-gradient. The class token, which
    comes first, predicts the first patch. There is no mask, teacher, decoder or head. Loss as in the official code
    (github.com/SihanXU/nepa, `prediction_loss` of models/vit_nepa/modeling_vit_nepa.py, read in the copy csiki/nepa). As there
    for downstream tasks, the encoder is evaluated with full attention and the mean of its patch tokens. Different from the code:
    learned position embeddings are added to the input and are no part of the target, there rotary ones within the attention;
    neither LayerScale nor normalised queries and keys; linear layers are initialised by width (backbone.init); no average of the
    weights over the steps is kept."""

    Config = NEPAConfig
    views = Views(1, 1)
    backbone: VisionTransformer
    recipe = {
        "views": {"preset": "mae"},
        "backbone": {"name": "vit_micro", "pool": "mean"},
        "optim": {"lr": 0.001, "weight_decay": 0.05, "beta2": 0.95, "warmup": 0.1},
        "train": {"batch": 128},
    }

    def forward(self, batch: Batch, at: Progress) -> Out:
        """Minus the cosine of each prediction with the next patch's embedding (Alg. 1)."""
        x = batch.views[0]
        tokens = self.backbone.tokens(x, causal=True)  # (N, 1 + T, D)
        patches = self.backbone.patches(x)  # (N, T, D)
        target = patches.detach() if self.config.stop_gradient else patches
        cosine = next_embedding_cosine(tokens, target)  # (N, T)
        per_image = -cosine.mean(1)  # (N,)
        terms = {"cosine of the copy": _copied(target.detach()).mean()}
        predicted = tokens[:, :-1].mean(1)  # (N, D)
        features = self.backbone.pooled(tokens)
        return Out(per_image.mean(), features=features, embedding=predicted, terms=terms, per_image=per_image)

    def inputs(self, batch: Batch) -> dict[str, Tensor]:
        """A quarter, a half and three quarters of the image's rows, and in a frame the patch that is predicted next."""
        pixels, side = enlarged(batch.pixels(batch.views[0])), self.backbone.side
        position = torch.arange(side**2, device=pixels.device).expand(len(pixels), -1)

        def first(share: float) -> Tensor:
            known = int(share * side**2)
            return framed_blocks(hide(pixels, position >= known), position[:, known : known + 1, None], side)

        return {"first quarter": first(0.25), "first half": first(0.5), "first three quarters": first(0.75)}

    def task_score(self, batch: Batch) -> TaskScore:
        """The mean cosine. The baseline predicts each patch by the one before it."""
        x = batch.views[0]
        patches = self.backbone.patches(x)
        cosine = next_embedding_cosine(self.backbone.tokens(x, causal=True), patches)
        return TaskScore("cosine", cosine[:, 1:].mean(), _copied(patches).mean())

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """`predictions`: each patch replaced by the patch of another image whose embedding is nearest to the prediction. `cosine`:
        where a patch is predicted well, in red."""
        x = batch.views[0]
        pixels, side = batch.pixels(x), self.backbone.side
        patches = F.normalize(self.backbone.patches(x).float(), dim=-1)  # (n, T, D)
        output = self.backbone.tokens(x, causal=True)[:, :-1]
        predicted = F.normalize(output.float(), dim=-1)
        scores = torch.einsum("itd,jsd->itjs", predicted, patches)  # (n, T, n, T)
        if len(x) > 1:
            own = torch.eye(len(x), dtype=torch.bool, device=x.device)[:, None, :, None]
            scores = scores.masked_fill(own, -torch.inf)
        nearest = scores.flatten(2).argmax(2)  # (n, T) in all patches of all images
        cosine = (predicted * patches).sum(-1).view(-1, side, side)
        return {
            "view": pixels,
            "predictions": patches_put(pixels, nearest, side),
            "cosine": heat(enlarged(pixels), cosine),
        }


def _copied(patches: Tensor) -> Tensor:
    """The cosine of each patch's embedding with that of the one before it: (N, T - 1)."""
    return F.cosine_similarity(patches[:, :-1].float(), patches[:, 1:].float(), dim=-1)


METHOD = NEPA
