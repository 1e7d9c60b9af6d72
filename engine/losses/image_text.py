"""Losses that match images with texts: CLIP's softmax and SigLIP's sigmoids."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.losses.in_batch import in_batch_nce
from engine.losses.products import exact_product


def image_text_cosines(images: Tensor, texts: Tensor) -> Tensor:
    """Cosines of all pairs, (N, M): image i in row i, text j in column j.

    Args:
        images: (N, P); normalised here.
        texts: (M, P); normalised here.

    Returns:
        (N, M) float32, also under autocast.

    Example:
        >>> import torch
        >>> image_text_cosines(torch.tensor([[2.0, 0.0]]), torch.tensor([[1.0, 0.0], [0.0, 3.0]]))
        tensor([[1., 0.]])
    """
    return exact_product(F.normalize(images.float(), dim=1), F.normalize(texts.float(), dim=1).t())


def clip_loss(cosines: Tensor, scale: Tensor) -> Tensor:
    """Each image is classified as its own text, and each text as its own image (Radford et al., 2103.00020, Fig. 3):

        l(i) = -1/2 log softmax_j(scale cos(x_i, y_j))[i] - 1/2 log softmax_j(scale cos(x_j, y_i))[i].

    Args:
        cosines: (N, N), the pairs on the diagonal.
        scale: scalar above 0, the inverse of the temperature.

    Returns:
        (N,), in nats: the loss of each image; its mean is the official loss. Chance level is ln N.

    Example:
        >>> import math, torch
        >>> bool(torch.isclose(clip_loss(torch.zeros(8, 8), torch.tensor(10.0)).mean(), torch.tensor(math.log(8))))
        True
    """
    logits = scale.float() * cosines
    return (in_batch_nce(logits) + in_batch_nce(logits.t())) / 2


def siglip_loss(cosines: Tensor, scale: Tensor, bias: Tensor) -> Tensor:
    """Each pair of the batch is classified by itself as matching or not (Zhai et al., 2303.15343, Eq. 2 and Algorithm 1):

        l(i) = -sum_j log sigmoid(z_ij (scale cos(x_i, y_j) + bias)), z_ij 1 on the diagonal and -1 elsewhere.

    Args:
        cosines: (N, N), the pairs on the diagonal.
        scale: scalar above 0, the inverse of the temperature.
        bias: scalar.

    Returns:
        (N,), in nats: the loss of each image; its mean is the official loss.

    Example:
        >>> import torch
        >>> siglip_loss(torch.zeros(1, 1), torch.tensor(10.0), torch.tensor(0.0))
        tensor([0.6931])
    """
    logits = scale.float() * cosines + bias.float()
    sign = 2 * torch.eye(len(logits), device=logits.device) - 1
    return -F.logsigmoid(sign * logits).sum(1)


def siglip_chance(batch: int) -> float:
    """The least loss of logits that are all equal: every pair matches with probability 1/N. In nats an image."""
    return math.log(batch) + (batch - 1) * math.log(batch / (batch - 1)) if batch > 1 else 0.0
