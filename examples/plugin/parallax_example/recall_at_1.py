"""Recall at 1: how often the nearest other test image is of the same class.

As in metric learning: Oh Song et al., Deep Metric Learning via Lifted Structured Feature Embedding, CVPR 2016 (1511.06452)."""

from __future__ import annotations

import time
from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn.functional import normalize

from engine.evaluate.subject import Subject
from engine.runs.evaluation import Figure


def measure(subject: Subject) -> Iterator[Figure]:
    """One figure, of the trained and of the untrained encoder."""
    started, labels = time.monotonic(), subject.labels()["test"]
    shares = {encoder: recall_at_1(subject.features(encoder)["test"], labels) for encoder in subject.encoders}
    protocol = (
        f"Recall at 1: frozen encoder in eval mode, float32; share of the {len(labels)} test images whose nearest other test image "
        "by cosine has the same class. No training images and no labels are used but to compare (1511.06452)."
    )
    yield Figure("recall_at_1", shares["trained"], shares["untrained"], 0, protocol, seconds=time.monotonic() - started)


def recall_at_1(features: Tensor, labels: Tensor) -> float:
    """Share, 0 to 1, of images whose nearest other image has the same label.

    Args:
        features: (n, D), n at least 2.
        labels: (n,) whole numbers.

    Example:
        >>> import torch
        >>> recall_at_1(torch.tensor([[1.0, 0.0], [1.0, 0.1], [0.0, 1.0]]), torch.tensor([0, 0, 1]))
        0.6666666865348816
    """
    unit = normalize(features, dim=1)
    similarity = (unit @ unit.T).fill_diagonal_(-torch.inf)  # (n, n)
    return float((labels[similarity.argmax(1)] == labels).float().mean())
