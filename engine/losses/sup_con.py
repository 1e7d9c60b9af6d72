"""The supervised contrastive loss: NT-Xent with all views of a class, or all patches of an image, as positives."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.losses.per_image import image_means
from engine.losses.products import exact_product


def same_class(labels: Tensor) -> Tensor:
    """Which images have the same class, (N, N) bool, from labels (N,); an image without a label (-1) is a class of its own."""
    alone = -1 - torch.arange(len(labels), device=labels.device)
    labels = torch.where(labels < 0, alone, labels)
    return labels[:, None] == labels


def class_contrast(z: Tensor, same: Tensor, temperature: float) -> Tensor:
    """L_out over M rows (Khosla et al., 2004.11362, Eq. 2), without the sum over the anchors i:

        l(i) = -1/|P(i)| sum_{p in P(i)} log( exp(z_i . z_p / tau) / sum_{a != i} exp(z_i . z_a / tau) ),

    where P(i) are the other rows of the anchor's class. Jigsaw Clustering (Chen et al., 2104.00323, Eq. 1) has the same loss over
    patches, where a class is all patches of an image. Chance level is ln(M - 1). z: (M, P); same: (M, M) bool, which rows
    have the same class, at least two in each class. The loss of each anchor (M,), in nats."""
    z = F.normalize(z.float(), dim=1)
    similarity = exact_product(z, z.t()) / temperature  # (M, M)
    diagonal = torch.eye(len(z), dtype=torch.bool, device=z.device)
    log_share = F.log_softmax(similarity.masked_fill(diagonal, float("-inf")), dim=1)
    positive = same & ~diagonal
    return -log_share.masked_fill(~positive, 0).sum(1) / positive.sum(1)  # the mean is outside the log: L_out


def sup_con(z1: Tensor, z2: Tensor, labels: Tensor, temperature: float) -> Tensor:
    """`class_contrast` over 2N views. Where all labels differ this is NT-Xent. Chance level is ln(2N - 1).
    z1, z2: (N, P), row i of both is one image; labels: (N,), -1 where unknown. The loss of each image (N,), in nats: the mean over
    its two anchors."""
    return image_means(class_contrast(torch.cat([z1, z2]), same_class(labels).repeat(2, 2), temperature))
