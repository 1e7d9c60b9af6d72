"""CAPI: predict the clusters of hidden patches, which are learned online from a momentum teacher's patches."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.augment.masking import Mask, inverse_block
from engine.backbones.vit import VisionTransformer, stop_drop_path
from engine.config.part import setting
from engine.heads.cross_predictor import CrossPredictor
from engine.losses.distillation import entropy, in_use
from engine.losses.swapped import sinkhorn, swapped_prediction
from engine.losses.token_usage import commonest
from engine.memory.teacher import cosine_momentum, follow, frozen_copy
from engine.method import Batch, Method, MethodConfig, Out, ParameterGroup, Progress, TaskScore, Views
from engine.pictures.atlas import atlas
from engine.pictures.masked import hide
from engine.pictures.token_map import coloured_tokens

ASPECT = 0.5  # of the visible block
CLUSTERS, COLUMNS = 8, 10  # rows and patches of the atlas
SAMPLE = 128  # images of the atlas


class CAPIConfig(MethodConfig):
    """Hyper-parameters of CAPI."""

    mask_ratio: float = setting(
        0.65,
        "Share of the patches that is hidden, all but one block; .65 in the paper. Try this first: where little is hidden, the "
        "texture around gives the clusters; where nearly all is, nothing does.",
        gt=0,
        lt=1,
    )
    clusters: int = setting(
        128,
        "Number of clusters; 16,384 in the paper, for thousands of images a step. Sinkhorn-Knopp makes them equally large "
        "at each position of the batch: keep it near the batch size.",
        ge=2,
        le=262_144,
    )
    target_temperature: float = setting(
        0.06, "Temperature of the assignment to clusters; .06 in the paper: lower is nearer to one cluster a patch.", gt=0, le=5
    )
    temperature: float = setting(
        0.12, "Softmax temperature of the predictions, of student and clustering; .12 in the paper.", gt=0, le=5
    )
    iterations: int = setting(3, "Iterations of Sinkhorn-Knopp; 3 in the paper.", ge=1, le=100)
    momentum: float = setting(
        0.99, "Where the teacher's momentum starts, rising to 1; .999 in the paper. At 1 it is not updated.", ge=0, le=1
    )
    cluster_lr: float = setting(
        0.5, "Learning rate of the clustering, in rates of the encoder; .5 in the paper. At 0 it stays random.", ge=0, le=100
    )
    predictor_depth: int = setting(2, "Blocks of the predictor; 12 in the paper, half of the encoder's.", ge=1, le=48)
    predictor_heads: int = setting(4, "Attention heads of the predictor; must divide the encoder's width.", ge=1, le=64)


class CAPI(Method[CAPIConfig]):
    """Darcet et al., Cluster and Predict Latent Patches for Improved Masked Image Modeling, TMLR 2025 (2502.08769).

    The teacher, a slow copy of the encoder, sees the whole image; a linear layer assigns its patches to clusters, by Sinkhorn-Knopp
    over the images of the batch for each position by itself, and learns to give these assignments. The encoder sees one block of
    patches; a predictor of cross-attention gives for each hidden patch the logits of its cluster. As in the official code
    (github.com/facebookresearch/capi, train_capi.py and model.py). Different from it: all hidden patches are predicted, there a
    twentieth of them; fixed sine-cosine positions, there rotary ones; a class token, there 16 registers; the momentum rises along a
    cosine from the start, there after a warm-up from 1; the weight decay of the clustering is that of the encoder, there .01, as an
    AdamW of its own has; the patch embedding has the rate of the encoder, there a fifth of it; the evaluated encoder is the
    teacher."""

    Config = CAPIConfig
    views = Views(1, 1)
    compares_images = True
    backbone: VisionTransformer
    recipe = {
        "views": {"preset": "mae"},
        "backbone": {"name": "vit_micro", "pool": "mean"},
        "optim": {"lr": 0.001, "weight_decay": 0.1, "beta2": 0.95, "warmup": 0.1},
        "train": {"batch": 128},
    }

    def __init__(self, config: CAPIConfig, backbone: VisionTransformer) -> None:
        super().__init__(config, backbone)
        backbone.fix_positions()
        self.predictor = CrossPredictor(
            backbone.dim, backbone.side, depth=config.predictor_depth, heads=config.predictor_heads, init=backbone.init
        )
        self.prototypes = nn.Parameter(torch.empty(config.clusters, backbone.dim))
        nn.init.trunc_normal_(self.prototypes, std=0.02)
        self.clustering = nn.Linear(backbone.dim, config.clusters)
        nn.init.normal_(self.clustering.weight)
        nn.init.zeros_(self.clustering.bias)
        self.teacher = frozen_copy(backbone)
        stop_drop_path(self.teacher)
        self.sample: Tensor | None = None

    def setup_data(self, images: Tensor, labels: Tensor) -> None:
        """Select the images of the atlas."""
        self.sample = images[:: -(-len(images) // SAMPLE)]

    def forward(self, batch: Batch, at: Progress) -> Out:
        """The prediction of the hidden patches' clusters, and the clustering's own loss on all patches."""
        config, x = self.config, batch.views[0]
        mask = self._mask(x, batch.generator)
        tokens, hidden, logits = self._predict(x, mask)
        scores = self._scores(x)  # (N, T, K)
        codes = self._codes(scores)  # (N, T, K)
        clustering = swapped_prediction(scores.flatten(0, 1), codes.flatten(0, 1), config.temperature).view(len(x), -1).mean(1)
        target = codes.gather(1, hidden[..., None].expand(-1, -1, config.clusters)).flatten(0, 1)  # (N M, K)
        prediction = swapped_prediction(logits.flatten(0, 1), target, config.temperature).view(len(x), -1).mean(1)  # (N,)
        own = entropy(target)
        terms = {
            "prediction": prediction.mean(),
            "clustering": clustering.mean(),
            "code entropy": own,
            "KL": prediction.detach().mean() - own,
            "prototypes used": in_use(target),
        }
        per_image = prediction + clustering
        return Out(per_image.mean(), self.backbone.pooled(tokens), terms=terms, per_image=per_image)

    def _mask(self, x: Tensor, generator: torch.Generator) -> Mask:
        return inverse_block(len(x), self.backbone.side, self.config.mask_ratio, ASPECT, generator).to(x.device)

    def _predict(self, x: Tensor, mask: Mask) -> tuple[Tensor, Tensor, Tensor]:
        """The encoder's tokens of the visible patches, the hidden patches (N, M), and their logits (N, M, K)."""
        tokens = self.backbone.tokens(x, mask.keep)
        hidden = mask.hidden.nonzero()[:, 1].view(len(x), -1)
        predicted = F.normalize(self.predictor(tokens, hidden).float(), dim=-1)
        with torch.autocast(x.device.type, enabled=False):
            return tokens, hidden, F.linear(predicted, F.normalize(self.prototypes, dim=1))

    def _scores(self, x: Tensor) -> Tensor:
        """The clustering's scores (N, T, K) of the teacher's patches, with a gradient for the clustering alone."""
        with torch.no_grad():
            patches = F.normalize(self.teacher.tokens(x)[:, 1:].float(), dim=-1)
        with torch.autocast(x.device.type, enabled=False):
            scores: Tensor = self.clustering(patches)
        return scores

    def _codes(self, scores: Tensor) -> Tensor:
        """The assignments (N, T, K), shared out evenly over the clusters among the images at each position."""
        by_position = sinkhorn(scores.detach().transpose(0, 1), self.config.target_temperature, self.config.iterations)
        return by_position.transpose(0, 1)

    def parameter_groups(self) -> list[ParameterGroup]:
        """The clustering has a learning rate of its own."""
        clustering = [*self.clustering.parameters()]
        others = [p for p in self.parameters() if p.requires_grad and not any(p is one for one in clustering)]
        return [ParameterGroup(others), ParameterGroup(clustering, lr_scale=self.config.cluster_lr)]

    def after_step(self, at: Progress, *outs: Out) -> None:
        """Momentum update of the teacher."""
        follow(self.teacher, self.backbone, cosine_momentum(self.config.momentum, at.fraction))

    @property
    def encoder(self) -> VisionTransformer:
        """The teacher."""
        return self.teacher

    def teachers(self) -> list[nn.Module]:
        """The teacher."""
        return [self.teacher]

    def inputs(self, batch: Batch) -> dict[str, Tensor]:
        """The visible block, the rest grey."""
        x = batch.views[0]
        return {"visible": hide(batch.pixels(x), self._mask(x, batch.generator).hidden)}

    def _assigned(self, batch: Batch) -> tuple[Tensor, Tensor, Tensor]:
        """The hidden patches (n, T) bool; the cluster with the highest score and the predicted one, (n, T), 0 where not hidden."""
        x = batch.views[0]
        mask = self._mask(x, batch.generator)
        _, hidden, logits = self._predict(x, mask)
        truth = self._scores(x).argmax(-1)
        return mask.hidden, truth, torch.zeros_like(truth).scatter(1, hidden, logits.argmax(-1))

    def task_score(self, batch: Batch) -> TaskScore:
        """Accuracy of the predicted clusters of hidden patches; the baseline predicts the most frequent cluster."""
        hidden, truth, predicted = self._assigned(batch)
        return TaskScore("accuracy", (predicted == truth)[hidden].float().mean(), commonest(truth[hidden]))

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """`clusters`: the cluster of each patch in a colour, of the teacher; `predicted`: of the student for hidden patches, framed
        green where right. `atlas`: a row for each of the eight largest clusters among the patches of up to 128 training images,
        with the patches of highest score in the middle of what is around them."""
        x = batch.views[0]
        hidden, truth, predicted = self._assigned(batch)
        images = x if self.sample is None or batch.stored is None else batch.normalised(batch.stored(self.sample))
        scores = torch.cat([self._scores(part) for part in images.split(32)])
        return {
            "view": batch.pixels(x),
            "visible": hide(batch.pixels(x), hidden),
            "clusters": coloured_tokens(truth),
            "predicted": coloured_tokens(predicted, shown=hidden, truth=truth),
            "atlas": atlas(batch.pixels(images), scores, CLUSTERS, COLUMNS),
        }

    def chance(self, batch_size: int) -> float | None:
        """None: the clustering's loss at the start depends on its random weights."""
        return None


METHOD = CAPI
