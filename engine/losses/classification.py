"""Cross-entropy over the images whose class is known."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor

from engine.distributed.rows import rank_mean


def labelled_cross_entropy(logits: Tensor, labels: Tensor, smoothing: float = 0.0) -> Tensor:
    """-sum_c q_c log softmax(logits)_c of each image with a label; images without a label (-1) are left out, and a batch without
    labels has a loss of 0.

    logits: (N, C); labels: (N,). q is one-hot, mixed with the uniform distribution by `smoothing` (Szegedy et al., 1512.00567,
    Sec. 7). Chance level is ln C. The loss of each image (N,), in nats: 0 without a label; the others are multiplied by N over
    their number, so that the mean over all images is the mean over those with a label."""
    own = F.cross_entropy(logits.float(), labels, ignore_index=-1, label_smoothing=smoothing, reduction="none")
    return own * (len(labels) / rank_mean((labels >= 0).sum()).clamp(min=1))


def accuracy(logits: Tensor, labels: Tensor) -> Tensor:
    """Share of the labelled images whose largest logit is that of their class, 0 to 1; 0 where none has a label. Shapes as
    above."""
    known = labels >= 0
    return ((logits.argmax(1) == labels) & known).sum() / known.sum().clamp(min=1)
