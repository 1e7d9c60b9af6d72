"""Feature maps as colours: the principal components of the features of a few images. For every encoder."""

from __future__ import annotations

from itertools import permutations

import torch
import torch.nn.functional as F
from torch import Tensor

COUNT = 3  # red, green, blue
REACH = 2.0  # standard deviations of the first component from the middle to the end of the scale
# Least scale of a component as a share of that of the first, so that weak components are visible but not exaggerated.
FAINT = 0.4
# Standard deviation, relative to the length of the features, below which differences are rounding errors and are drawn grey.
NOTHING = 1e-3


def components(maps: Tensor, towards: Tensor) -> Tensor:
    """The first three principal components (n, 3, s, s) of feature maps (n, D, s, s), all cells of all n images in one basis, in
    units of the features' root mean square length. On the CPU.

    The sign of a principal component is arbitrary, and two components of similar variance can be exchanged between two epochs. So
    that pictures of several epochs are comparable, each component is assigned to the channel, and has the sign, with the largest
    correlation with `towards` (n, 3, t, t): the components of an earlier epoch, or at first the images themselves."""
    n, _, side, _ = maps.shape
    x = maps.float().cpu().flatten(2).transpose(1, 2).flatten(0, 1).double()  # (n s s, D)
    x = x / x.square().sum(1).mean().sqrt().clamp(min=1e-12)
    scores = _scores(x - x.mean(0))  # (n s s, 3)
    like = F.adaptive_avg_pool2d(towards.float().cpu(), side).permute(0, 2, 3, 1).reshape(-1, COUNT).double()
    scores = _aligned(scores, like)
    return scores.view(n, side, side, COUNT).permute(0, 3, 1, 2).float()


def coloured(scores: Tensor, size: int) -> Tensor:
    """Components (n, 3, s, s) as pictures (n, 3, size, size), 0 to 1, in red, green and blue, where the mean over all images is the
    middle of the scale. Cells have sharp edges. All is grey where the features do not differ."""
    deviation = scores.transpose(0, 1).flatten(1).std(1, correction=0)  # (3,)
    largest = deviation.max().clamp(min=NOTHING)
    reach = REACH * torch.maximum(deviation, FAINT * largest).view(1, COUNT, 1, 1)
    return F.interpolate((0.5 + 0.5 * scores / reach).clamp(0, 1), (size, size), mode="nearest")


def _scores(x: Tensor) -> Tensor:
    """Projections (m, 3) of centred rows (m, D) on their first three principal directions; 0 where there are fewer."""
    m, d = x.shape
    if d <= m:
        axes = torch.linalg.eigh(x.t() @ x).eigenvectors.flip(1)[:, :COUNT]  # (D, 3), the largest variance first
        projected = x @ axes
    else:
        spread, rows = torch.linalg.eigh(x @ x.t())
        projected = (rows * spread.clamp(min=0).sqrt()).flip(1)[:, :COUNT]
    return F.pad(projected, (0, COUNT - projected.shape[1]))


def _aligned(scores: Tensor, like: Tensor) -> Tensor:
    """The columns of (m, 3) in the order, and with the signs, of the largest correlations with those of `like` (m, 3)."""
    fit = F.normalize(scores, dim=0).t() @ F.normalize(like - like.mean(0), dim=0)  # (3, 3)
    order = max(permutations(range(COUNT)), key=lambda order_of: sum(abs(float(fit[of, at])) for at, of in enumerate(order_of)))
    sign = torch.stack([fit[of, at] for at, of in enumerate(order)])
    return scores[:, list(order)] * torch.where(sign < 0, -1.0, 1.0)
