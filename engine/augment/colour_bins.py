"""The colours of an image as bins of the ab plane, and bins as colours (Zhang et al., 1603.08511, Sec. 2).

The plane of L*a*b* is cut into squares of 10 x 10, centred on the multiples of 10; those that hold a colour of sRGB are the bins.
There are 261. The paper's list has 313: the multiples of 10 nearer than 10, in the larger of both differences, to the convex hull
of sRGB in the plane, which are the corners of all squares with edges at multiples of 10 that meet that hull. The 52 that come to
ours hold 3 in a million of the colours of CIFAR-10, so 261 are kept, with which the decoders of older runs fit.
"""

from __future__ import annotations

import torch
from torch import Tensor

from engine.augment.lab import rgb_to_lab

GRID = 10.0  # side of a bin in units of a and b


def bin_centres(grid: float = GRID) -> Tensor:
    """(Q, 2) a and b of the middle of every bin, by rising a, then b; 261 with the grid of 10.

    A colour's lightness does not matter to its place in the plane, and from inside the cube of sRGB one leaves it through a face
    when L alone changes: so the six faces reach every bin."""
    level = torch.arange(256) / 255
    across, down = torch.meshgrid(level, level, indexing="ij")
    faces = []
    for colour in range(3):
        for end in (0.0, 1.0):
            face = [across, down]
            face.insert(colour, torch.full_like(across, end))
            faces.append(torch.stack(face))
    ab = rgb_to_lab(torch.stack(faces))[:, 1:].movedim(1, -1).flatten(0, 2)  # (6 * 256^2, 2)
    cells = (ab / grid).round().long()
    low, high = cells.amin(0), cells.amax(0)
    held = torch.zeros(*(high - low + 1).tolist(), dtype=torch.bool)
    held[tuple((cells - low).unbind(1))] = True
    return (held.nonzero() + low) * grid


def soft_bins(ab: Tensor, centres: Tensor, count: int = 5, sigma: float = 5.0) -> tuple[Tensor, Tensor]:
    """Each colour shared among the `count` bins nearest to it, by a Gaussian of their distance (Sec. 2.1).

    ab: (N, 2, h, w); centres: (Q, 2). Which bins (N, count, h, w), the nearest first, and their shares, which add up to 1."""
    away = (ab.float().movedim(1, -1).unsqueeze(-2) - centres).square().sum(-1)  # (N, h, w, Q)
    near = away.topk(min(count, len(centres)), dim=-1, largest=False)
    # Counted from the nearest: a softmax of squares, finite however far a colour or narrow a Gaussian.
    shares = (-near.values / (2 * sigma**2)).softmax(-1)
    return near.indices.movedim(-1, 1), shares.movedim(-1, 1)


def frequency(picked: Tensor, shares: Tensor, bins: int) -> Tensor:
    """How often each bin comes, (bins,), adding up to 1, as `soft_bins` shares the colours out: the empirical distribution,
    smoothed by the Gaussian. picked, shares: (N, count, h, w)."""
    total = torch.zeros(bins, device=shares.device).index_add_(0, picked.flatten(), shares.flatten())
    return total / total.sum().clamp(min=1e-12)


def annealed_mean(logits: Tensor, centres: Tensor, temperature: float = 0.38) -> Tensor:
    """One colour of a distribution over bins: the mean after it was sharpened, f_T(z) = z^(1/T) / sum z^(1/T) (Eq. 5).

    logits: (N, Q, h, w); a and b (N, 2, h, w). T = 1 is the mean, which is pale; towards 0 it becomes the likeliest bin, vivid and
    patchy."""
    likely = (logits.float() / temperature).softmax(1)
    return torch.einsum("nqhw,qc->nchw", likely, centres)
