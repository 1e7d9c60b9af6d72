"""Contrast between the cells of two feature maps, the loss of PixContrast, and which cells are positives."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.distributed.rows import rank_mean
from engine.losses.products import exact_product


def near_cells(one: Tensor, two: Tensor, boxes_one: Tensor, boxes_two: Tensor, threshold: float) -> Tensor:
    """Which cells of two views are positives, those of the same region of the image: (N, M, M) bool, view one in rows, view two in
    columns.

    one, two: (N, M, 2) centres of the M = s * s cells of each view, boxes: (N, 4) x0, y0, x1, y1 of each crop, all in one unit.
    Cells are positives where their distance, in diagonals of a cell, is below `threshold` (Xie et al., 2011.10043, Eq. 1). Of the
    two views' diagonals it is the longer one, as in the official code; the paper does not specify it."""
    side = round(one.shape[1] ** 0.5)
    diagonals = [(boxes[:, 2:] - boxes[:, :2]).norm(dim=1) / side for boxes in (boxes_one, boxes_two)]  # (N,) each
    # Not cdist, whose matrix product has rounding errors for distances near 0.
    distance = (one[:, :, None] - two[:, None]).norm(dim=3)  # (N, M, M)
    near: Tensor = distance / torch.maximum(*diagonals).view(-1, 1, 1) < threshold
    return near


def pixel_contrast(x: Tensor, y: Tensor, positive: Tensor, temperature: float) -> Tensor:
    """The contrast of one direction (Xie et al., 2011.10043, Eq. 2). For cell i of view one, with positives P_i in view two,

        l(i) = -log( sum_{j in P_i} exp(cos(x_i, y_j) / tau) / sum_j exp(cos(x_i, y_j) / tau) ),

    with the sum in the denominator over all cells of view two of the same image. Averaged over the cells that have a positive, then
    over the n images that have such a cell; 0 where there is none. x, y: (N, M, P), y of the momentum encoder; positive: (N, M, M)
    bool. The loss of each image (N,), in nats: 0 for an image without such a cell, and multiplied by N / n for the others, so that
    the mean is that of the paper."""
    x, y = F.normalize(x.float(), dim=2), F.normalize(y.float(), dim=2)
    logits = exact_product(x, y.transpose(1, 2)) / temperature  # (N, M, M)
    matched = positive.any(2)  # (N, M)
    # All cells are positives of a cell without positives: its loss is then 0 and its gradient finite.
    counted = positive | ~matched[:, :, None]
    loss = logits.logsumexp(2) - logits.masked_fill(~counted, float("-inf")).logsumexp(2)  # (N, M)
    per_image = (loss * matched).sum(1) / matched.sum(1).clamp(min=1)  # (N,)
    return per_image * (len(per_image) / rank_mean(matched.any(1).sum()).clamp(min=1))
