"""InfoNCE over the patches of images, the loss of contrastive predictive coding."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.losses.products import exact_product


def true_places(images: int, rows: int, width: int, offset: int, device: torch.device | None = None) -> Tensor:
    """(images * (rows - offset) * width,) where the truth of each prediction stands among images * rows * width patches: what row r
    says of row r + offset, in the same column of the same image. All counted image by image, row by row."""
    return torch.arange(images * rows * width, device=device).view(images, rows, width)[:, offset:].flatten()


def patch_info_nce(prediction: Tensor, target: Tensor, offset: int, together: int, scale: float) -> tuple[Tensor, Tensor]:
    """Each predicted patch must be found among all patches of its own and other images (van den Oord et al., 1807.03748, Eq. 3-4):

        L = -log( exp(s q_i . z_i) / sum_j exp(s q_i . z_j) ),

    averaged over the predictions of an image; j runs over every place of the `together` images that are compared with one another,
    i's true patch among them. prediction q: (N, G - offset, W, P), of rows offset ... G - 1; target z: (N, G, W, P). `scale` s: of
    the logits, 1 in the paper. Gives the loss (N,), in nats, each image's, and the share of predictions whose truth comes first, a
    scalar. A model that knows nothing scores ln(together * G * W)."""
    q, z = prediction.float(), target.float()
    losses, hits = [], []
    for queries, true in zip(q.split(together), z.split(together), strict=True):
        place = true_places(len(true), z.shape[1], z.shape[2], offset, q.device)
        logits = exact_product(queries.flatten(0, 2), true.flatten(0, 2).t()) * scale  # (B * (G - offset) * W, B * G * W)
        losses.append(F.cross_entropy(logits, place, reduction="none"))
        hits.append(logits.argmax(1) == place)
    return torch.cat(losses).view(len(q), -1).mean(1), torch.cat(hits).float().mean()
