"""InfoNCE over the patches of images, the loss of contrastive predictive coding."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.losses.products import exact_product


def true_indices(images: int, rows: int, width: int, offset: int, device: torch.device | None = None) -> Tensor:
    """(images * (rows - offset) * width,) the index of the target of each prediction among images * rows * width patches: row r
    predicts row r + offset, in the same column of the same image. Patches are in order of image, row and column."""
    return torch.arange(images * rows * width, device=device).view(images, rows, width)[:, offset:].flatten()


def patch_info_nce(prediction: Tensor, target: Tensor, offset: int, together: int, scale: float) -> tuple[Tensor, Tensor]:
    """Each prediction is classified among all patches of its own and other images (van den Oord et al., 1807.03748, Eq. 3-4):

        L = -log( exp(s q_i . z_i) / sum_j exp(s q_i . z_j) ),

    averaged over the predictions of an image; j runs over all patches of the `together` images that are compared with each other,
    including the true patch of i. prediction q: (N, G - offset, W, P), of rows offset ... G - 1; target z: (N, G, W, P). `scale` s:
    factor of the logits, 1 in the paper. Returns the loss of each image (N,), in nats, and the accuracy, a scalar. Chance level is
    ln(together * G * W)."""
    q, z = prediction.float(), target.float()
    losses, hits = [], []
    for queries, true in zip(q.split(together), z.split(together), strict=True):
        truth = true_indices(len(true), z.shape[1], z.shape[2], offset, q.device)
        logits = exact_product(queries.flatten(0, 2), true.flatten(0, 2).t()) * scale  # (B * (G - offset) * W, B * G * W)
        losses.append(F.cross_entropy(logits, truth, reduction="none"))
        hits.append(logits.argmax(1) == truth)
    return torch.cat(losses).view(len(q), -1).mean(1), torch.cat(hits).float().mean()
