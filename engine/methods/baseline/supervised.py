"""Supervised: classify each image, the baseline that self-supervised methods are compared with."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from engine.backbones.backbone import Backbone
from engine.config.part import setting
from engine.heads.classifier import Classifier, class_count
from engine.losses.classification import accuracy, labelled_cross_entropy
from engine.method import Batch, Method, MethodConfig, Out, Progress, Views
from engine.pictures.heat import heat
from engine.pictures.matrix import HIGH, MARK, bordered, strips, weights


class SupervisedConfig(MethodConfig):
    """Hyper-parameters of the supervised baseline."""

    label_smoothing: float = setting(
        0.0,
        "Share of the target that is uniform over all classes. 0 is a one-hot target, with 1 nothing can be learned; "
        ".1 is usual on ImageNet (1512.00567, Sec. 7), and it makes the features of a class more similar.",
        ge=0,
        le=0.9,
    )


class Supervised(Method[SupervisedConfig]):
    """Cross-entropy on class labels with a linear classifier on the encoder's features, as in Krizhevsky et al., ImageNet
    Classification with Deep Convolutional Neural Networks, NeurIPS 2012
    (https://proceedings.neurips.cc/paper/2012/hash/c399862d3b9d6b76c8436e924a68c45b-Abstract.html); the
    augmentation is crops and flips, as in He et al. (1512.03385).

    A baseline that uses the labels of the training images. Images without a label pass through the encoder and are left out of the
    loss."""

    Config = SupervisedConfig
    views = Views(1, 1)
    recipe = {"views": {"preset": "crop_flip"}}

    def __init__(self, config: SupervisedConfig, backbone: Backbone) -> None:
        super().__init__(config, backbone)
        self.classifier = Classifier(backbone.dim)

    def setup_data(self, images: Tensor, labels: Tensor) -> None:
        """Create the classifier, with one row of weights per class."""
        self.classifier.size(class_count(labels, "supervised"))

    def forward(self, batch: Batch, at: Progress) -> Out:
        """Cross-entropy of one view per image."""
        labels = _labels(batch)  # (N,)
        h = self.backbone(batch.views[0])  # (N, D)
        logits = self.classifier(h)  # (N, C)
        per_image = labelled_cross_entropy(logits, labels, self.config.label_smoothing)  # (N,)
        return Out(per_image.mean(), features=h, terms={"accuracy": accuracy(logits, labels)}, per_image=per_image)

    def chance(self, batch_size: int) -> float:
        """ln C."""
        return math.log(self.classifier.classes)

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """Class probabilities (columns) of each image (row), the true class framed. `evidence`: each image, with a green
        frame where the prediction is correct, and the class activation map of the predicted class (Zhou et al., 1512.04150),
        which is exact for features that are the mean of the feature map, as in a ResNet."""
        images, labels = batch.views[0], _labels(batch)
        logits = self.classifier(self.backbone(images))  # (n, C)
        prediction = logits.argmax(1)
        truth = labels[:, None] == torch.arange(logits.shape[1], device=labels.device)
        maps = torch.einsum("ndyx,nd->nyx", self.backbone.dense(images).float(), self.classifier.weight[prediction])
        pixels = batch.pixels(images)
        right = (prediction == labels).view(-1, 1, 1, 1)
        framed = torch.where(right, bordered(pixels, MARK), bordered(pixels, HIGH))
        framed = torch.where((labels < 0).view(-1, 1, 1, 1), pixels, framed)
        return {"guesses": weights(logits.softmax(1), truth), "evidence": strips(framed, heat(pixels, maps))}


def _labels(batch: Batch) -> Tensor:
    assert batch.label is not None, "a supervised method is given labels"
    return batch.label


METHOD = Supervised
