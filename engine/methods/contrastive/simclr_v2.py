"""SimCLR v2: pretrain by contrast, fine-tune from the middle of the head on few labels, distil on all images."""

from __future__ import annotations

import copy
import math
from typing import Any, Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.backbones.backbone import Backbone
from engine.backbones.build import build_backbone
from engine.config.errors import complain
from engine.config.part import setting
from engine.config.run import BackboneConfig
from engine.distributed.rows import all_rows
from engine.heads.classifier import Classifier, class_count
from engine.heads.mlp import mlp
from engine.losses.classification import accuracy, labelled_cross_entropy
from engine.losses.distillation import entropy, soft_cross_entropy
from engine.losses.nt_xent import nt_xent
from engine.method import Batch, Method, MethodConfig, Out, Progress, Stage, TaskScore, Views
from engine.pictures.class_bars import framed_by_class, share_bars, with_probabilities
from engine.pictures.matrix import similarity

PRETRAINING, TUNING = "pretraining", "fine-tuning"
# The largest share of a run that is not pretraining.
MOST = 0.95
# The most labelled images that are shown.
SHOWN = 160


class SimCLRv2Config(MethodConfig):
    """Hyper-parameters of SimCLR v2."""

    labels: float = setting(
        0.01,
        "Try this first. Share of the training labels that fine-tuning uses, as many of each class, at least one; .01 and .1 in "
        "the paper. The other labels are never given to the method.",
        title="Share of labels",
        also="semi-supervised, few labels, label fraction",
        gt=0,
        le=1,
    )
    from_layer: int = setting(
        1,
        "Layer of the projection head from whose output the classes are predicted; later layers are dropped. 0 is the encoder's "
        "output, as in SimCLR; 1 is best in the paper with few labels. The last layer has lost most about classes.",
        ge=0,
        le=6,
    )
    teacher: Literal["same", "resnet10_narrow", "resnet18", "resnet34", "resnet50"] = setting(
        "same",
        "Network that is pretrained and fine-tuned. `same`: the encoder itself, which then learns from its tuned copy, from its "
        "pretrained weights on. Any other is a network beside the encoder, which is drawn anew and learns by distillation alone; "
        "until then the encoder's own figures do not change.",
    )
    tuning_share: float = setting(0.12, "Share of the run's steps for fine-tuning.", title="Share of fine-tuning", gt=0, le=0.9)
    distillation_share: float = setting(
        0.23, "Share of the run's steps for distillation, the last.", title="Share of distillation", gt=0, le=0.9
    )
    temperature: float = setting(
        0.2,
        "Softmax temperature tau of the contrast; .1 in the paper. Small values weight only the hardest negatives, large ones "
        "weight all equally.",
        gt=0,
        le=5,
    )
    head_layers: int = setting(
        3, "Layers of the projection head, as wide as the encoder's output; 3 in the paper, 2 in SimCLR.", ge=1, le=6
    )
    out_dim: int = setting(128, "Size of z, on which the contrast acts; 128 in the official code.", ge=1, le=16384)
    tuning_lr: float = setting(
        0.05,
        "Peak learning rate of fine-tuning, by SGD with momentum. Too large a rate forgets what was pretrained.",
        title="Learning rate of fine-tuning",
        gt=0,
        le=100,
    )
    distillation_lr: float = setting(
        0.001,
        "Peak learning rate of distillation, by AdamW.",
        title="Learning rate of distillation",
        gt=0,
        le=100,
    )
    kd_temperature: float = setting(
        1.0,
        "Temperature of the teacher's and the student's probabilities; 1 in the official code. A larger one weights the small "
        "probabilities more.",
        title="Distillation temperature",
        gt=0,
        le=100,
        advanced=True,
    )
    alpha: float = setting(
        1.0,
        "Weight of the teacher's probabilities in distillation; the rest is the weight of the labels (Eq. 3). At 1, as in the "
        "paper for few labels, no label is used there.",
        ge=0,
        le=1,
        advanced=True,
    )


class SimCLRv2(Method[SimCLRv2Config]):
    """Chen et al., Big Self-Supervised Models are Strong Semi-Supervised Learners, NeurIPS 2020 (2006.10029).

    Three stages in one run. Pretraining is SimCLR's (NT-Xent) with a deeper head. Fine-tuning trains encoder and the first layers
    of the head with a linear layer, whose weights start at 0, on the few labelled images. The run's own training is distillation:
    on all images, the student learns the class probabilities of the tuned network (Eq. 2). In self-distillation the student is the
    same network, from its pretrained weights on. Its features, and until distillation those of the network that is trained, are
    evaluated.

    Head as in the official code: batch normalisation after each layer, without a shift after the last. Different from the paper:
    AdamW and, for fine-tuning, SGD; there LARS. Distillation has a learning rate and moments of its own. Left out: the memory of
    MoCo, which gives about one percent there, selective kernels, and networks two and three times as wide; a larger teacher is a
    deeper ResNet."""

    Config = SimCLRv2Config
    part: Tensor
    views = Views(2, 2, one_size=True)
    compares_images = True
    recipe = {"views": {"preset": "simclr"}}

    @classmethod
    def label_share(cls, config: SimCLRv2Config) -> float:
        """The setting `labels`."""
        return config.labels

    def __init__(self, config: SimCLRv2Config, backbone: Backbone) -> None:
        super().__init__(config, backbone)
        if config.from_layer > config.head_layers:
            remedy = "Lower it, or add layers to the head."
            raise complain("method.from_layer", f"at most method.head_layers ({config.head_layers})", config.from_layer, remedy)
        # Rounded: .9 and .05 are more than .95 in binary.
        if round(config.tuning_share + config.distillation_share, 9) > MOST:
            allowed = f"at most {MOST - config.distillation_share:g} beside a distillation of {config.distillation_share:g}"
            raise complain("method.tuning_share", allowed, config.tuning_share, "What is left is for pretraining.")
        whole = head(backbone.dim, config.head_layers, config.out_dim)
        if config.teacher == "same":
            self.projector = whole
            self.teacher = Network(copy.deepcopy(backbone), first_layers(copy.deepcopy(whole), config.from_layer))
            self.classifier = Classifier(width(backbone.dim, config))
        else:
            larger = build_backbone(BackboneConfig(name=config.teacher), backbone.size)
            self.projector = first_layers(whole, config.from_layer)
            self.teacher = Network(larger, head(larger.dim, config.head_layers, config.out_dim))
            self.classifier = Classifier(width(backbone.dim, config))
        self.teacher.classifier = Classifier(width(self.teacher.backbone.dim, config))
        # How far the run is: 0 pretraining, 1 fine-tuning, 2 distillation.
        self.register_buffer("part", torch.zeros((), dtype=torch.long))
        self._part: int | None = None
        self._few = torch.zeros(0, dtype=torch.long), torch.zeros(0, dtype=torch.long)

    def stages(self) -> tuple[Stage, ...]:
        """Pretraining, then fine-tuning on the labelled images."""
        config = self.config
        values = {"name": "sgd", "lr": config.tuning_lr, "momentum": 0.9, "weight_decay": 0.0, "warmup": 0.0, "final": 0.0}
        return (
            Stage(PRETRAINING, 1 - config.tuning_share - config.distillation_share),
            Stage(TUNING, config.tuning_share, views="crop_flip", optim={**values, "schedule": "cosine"}, labelled=True),
        )

    def own_stage(self) -> Stage:
        """Distillation, on crops and flips without colours, as in the official code."""
        return Stage("", 0.0, views="crop_flip", optim={"name": "adamw", "lr": self.config.distillation_lr})

    def setup_data(self, images: Tensor, labels: Tensor) -> None:
        """Create the classifiers, whose weights start at 0."""
        classes = class_count(labels, "simclr_v2")
        for classifier in (self.classifier, self.teacher.classifier):
            classifier.size(classes)
            nn.init.zeros_(classifier.weight)
        self._few = images[labels >= 0], labels[labels >= 0]

    def before_step(self, at: Progress) -> None:
        """Copy the pretrained network where fine-tuning begins; from distillation on the tuned network is in eval mode."""
        part = {PRETRAINING: 0, TUNING: 1}.get(at.stage, 2)
        if part > self._now:
            if self._now == 0 and self.config.teacher == "same":
                self.teacher.backbone.load_state_dict(self.backbone.state_dict())
                self.teacher.head.load_state_dict(first_layers(self.projector, self.config.from_layer).state_dict())
            self._part = part
            self.part.fill_(part)
        self.train(self.training)

    def train(self, mode: bool = True) -> SimCLRv2:
        """Train or eval mode; the tuned network stays in eval mode once it is a teacher."""
        super().train(mode)
        if self._now == 2:
            self.teacher.eval()
        return self

    def forward(self, batch: Batch, at: Progress) -> Out:
        """The loss of the stage: NT-Xent (2002.05709, Eq. 1), cross-entropy, or distillation (Eqs. 2 and 3)."""
        if at.stage == PRETRAINING:
            return self._contrast(batch)
        if at.stage == TUNING:
            return self._tune(batch)
        return self._distil(batch)

    def _contrast(self, batch: Batch) -> Out:
        backbone, projector = self._pretrained
        h = backbone(torch.cat(batch.views[:2]))  # (2N, D)
        z = all_rows(projector(h), views=2)  # (2N, P)
        z1, z2 = z.chunk(2)
        per_image = nt_xent(z1, z2, self.config.temperature)  # (N,)
        return Out(per_image.mean(), features=h, embedding=z, views=2, per_image=per_image)

    def _tune(self, batch: Batch) -> Out:
        labels = _labels(batch)
        h = self.teacher.backbone(batch.views[0])  # (N, D)
        logits = self._teacher_logits(h)  # (N, C)
        per_image = labelled_cross_entropy(logits, labels)  # (N,)
        return Out(per_image.mean(), features=h, terms={"accuracy on labels": accuracy(logits, labels)}, per_image=per_image)

    def _distil(self, batch: Batch) -> Out:
        config, x = self.config, batch.views[0]
        with torch.no_grad():
            target = self._teacher_logits(self.teacher.backbone(x))  # (N, C)
        h = self.backbone(x)  # (N, D)
        logits = self._student_logits(h)  # (N, C)
        distilled = soft_cross_entropy(logits, target, config.kd_temperature)  # (N,), Eq. 2
        per_image = config.alpha * distilled
        if config.alpha < 1:
            per_image = per_image + (1 - config.alpha) * labelled_cross_entropy(logits, _labels(batch))  # Eq. 3
        terms = {
            "agreement with the teacher": (logits.argmax(1) == target.argmax(1)).float().mean(),
            "entropy of the teacher": entropy(target.float().softmax(1)),
        }
        return Out(per_image.mean(), features=h, terms=terms, per_image=per_image)

    @property
    def _now(self) -> int:
        if self._part is None:  # read once: a buffer on a GPU waits for it
            self._part = int(self.part)
        return self._part

    @property
    def _pretrained(self) -> tuple[Backbone, nn.Sequential]:
        same = self.config.teacher == "same"
        return (self.backbone, self.projector) if same else (self.teacher.backbone, self.teacher.head)

    def _teacher_logits(self, h: Tensor) -> Tensor:
        logits: Tensor = self.teacher.classifier(first_layers(self.teacher.head, self.config.from_layer)(h))
        return logits

    def _student_logits(self, h: Tensor) -> Tensor:
        logits: Tensor = self.classifier(first_layers(self.projector, self.config.from_layer)(h))
        return logits

    def _load_from_state_dict(self, state_dict: dict[str, Any], prefix: str, *rest: Any) -> None:
        super()._load_from_state_dict(state_dict, prefix, *rest)
        self._part = None

    @property
    def encoder(self) -> Backbone:
        """The network that is trained: pretrained, then tuned, then the student. With another teacher always the student."""
        return self.teacher.backbone if self._now == 1 and self.config.teacher == "same" else self.backbone

    def chance(self, batch_size: int) -> float | None:
        """The loss of uniform probabilities, tau^2 ln C; None where labels have a part in it."""
        return self.config.kd_temperature**2 * math.log(self.classifier.classes) if self.config.alpha == 1 else None

    def task_score(self, batch: Batch) -> TaskScore | None:
        """The accuracy of the tuned network, then of the student, on whole images; None before fine-tuning."""
        if self._now == 0 or batch.label is None or not (batch.label >= 0).any():
            return None
        x = self._whole(batch, batch.index)
        logits = self._student_logits(self.backbone(x)) if self._now == 2 else self._teacher_logits(self.teacher.backbone(x))
        return TaskScore("accuracy", accuracy(logits, batch.label), 1 / self.classifier.classes)

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """`labelled images`: those whose labels are used, framed in the colours of their classes. In pretraining, `similarity`:
        cosines of view 1 (rows) and view 2 (columns) of every image, the positives on the diagonal; and `accuracy by head layer`:
        validation accuracy of the nearest class mean of the labelled images, a bar a layer, the encoder's output first, the
        layer of the setting in green, a dark mark at chance. Later, `class probabilities`: of each image by the tuned network
        (above) and the student (below), the true class in green."""
        pictures: dict[str, Tensor] = {}
        index, labels = self._shown(batch.index.device)
        if batch.stored is not None and len(index):
            pictures |= {"labelled images": framed_by_class(batch.stored(index), labels)}
        if self._now == 0:
            backbone, projector = self._pretrained
            pictures |= {"similarity": similarity(*projector(backbone(torch.cat(batch.views[:2]))).chunk(2))}
            if batch.stored is not None and batch.held_out is not None:
                pictures |= {"accuracy by head layer": self._by_layer(batch)}
            return pictures
        x = self._whole(batch, batch.index)
        rows = [self._teacher_logits(self.teacher.backbone(x)).softmax(1)]
        if self._now == 2:
            rows.append(self._student_logits(self.backbone(x)).softmax(1))
        return pictures | {"class probabilities": with_probabilities(batch.pixels(x), rows, _labels(batch))}

    def _by_layer(self, batch: Batch) -> Tensor:
        """The picture of `layer_accuracies` on validation images."""
        assert batch.stored is not None
        assert batch.held_out is not None
        images, truth = batch.held_out()
        index, labels = self._shown(images.device)
        means = [_class_means(h, labels, self.classifier.classes) for h in self._hidden(self._sized(batch, batch.stored(index)))]
        hidden = self._hidden(self._sized(batch, images))
        known = truth >= 0
        right = [(torch.cdist(h, m).argmin(1) == truth)[known].float().mean() for h, m in zip(hidden, means, strict=True)]
        return share_bars(torch.stack(right).nan_to_num(), self.config.from_layer, 1 / self.classifier.classes)

    def _hidden(self, x: Tensor) -> list[Tensor]:
        """The outputs of the encoder and of each layer of the head, each row of length 1."""
        backbone, projector = self._pretrained
        h = backbone(x)
        layers = [h]
        for layer in range(self.config.head_layers):
            h = projector[3 * layer : 3 * layer + 3](h)
            layers.append(h)
        return [F.normalize(rows.float(), dim=1) for rows in layers]

    def _shown(self, device: torch.device) -> tuple[Tensor, Tensor]:
        """Indices and classes of labelled images, at most `SHOWN`, every class alike."""
        index, labels = self._few
        if len(index) > SHOWN:
            chosen = torch.linspace(0, len(index) - 1, SHOWN).long()
            chosen = labels.argsort(stable=True)[chosen]
            index, labels = index[chosen], labels[chosen]
        return index.to(device), labels.to(self.part.device)

    def _whole(self, batch: Batch, index: Tensor) -> Tensor:
        """Whole images, normalised; the first views where the images themselves are not at hand."""
        return batch.views[0] if batch.stored is None else self._sized(batch, batch.stored(index))

    def _sized(self, batch: Batch, pixels: Tensor) -> Tensor:
        """Stored images, normalised, at the size of the views."""
        size = batch.views[0].shape[-1]
        if pixels.shape[-1] != size:
            pixels = F.interpolate(pixels, (size, size), mode="bilinear", antialias=True, align_corners=False)
        return batch.normalised(pixels)


class Network(nn.Module):
    """An encoder, layers of a head, and a classifier on them."""

    def __init__(self, backbone: Backbone, layers: nn.Sequential) -> None:
        super().__init__()
        self.backbone, self.head = backbone, layers
        self.classifier = Classifier(backbone.dim)


def head(dim: int, layers: int, out_dim: int) -> nn.Sequential:
    """The projection head: `layers` layers with batch normalisation, as wide as their input up to the last, which has no shift."""
    whole = mlp(*[dim] * layers, out_dim, last_norm=True)
    whole[-1].bias.requires_grad_(False)
    return whole


def first_layers(whole: nn.Sequential, layers: int) -> nn.Sequential:
    """The first layers of a head, each with its normalisation and ReLU; the same modules."""
    return whole[: 3 * layers]


def width(dim: int, config: SimCLRv2Config) -> int:
    """The number of features from which the classes are predicted."""
    return config.out_dim if config.from_layer == config.head_layers else dim


def _class_means(rows: Tensor, labels: Tensor, classes: int) -> Tensor:
    """The mean (C, D) of the rows (n, D) of each class; far from all rows for a class without any."""
    sums = rows.new_zeros(classes, rows.shape[1]).index_add_(0, labels, rows)
    counts = torch.bincount(labels, minlength=classes)[:, None]
    return torch.where(counts > 0, sums / counts.clamp(min=1), 1e6)


def _labels(batch: Batch) -> Tensor:
    assert batch.label is not None, "a method that learns from labels is given them"
    return batch.label


METHOD = SimCLRv2
