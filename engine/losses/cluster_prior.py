"""How well clusters of features follow Zipf's law: the fitness of Evolving Losses (2002.12177, Sec. 3.3), which needs no label."""

from __future__ import annotations

import torch
from torch import Tensor

# Directions in which features vary less than this share of their squared length are not stretched: noise is no structure.
FLOOR = 1e-4
# The softmax temperature as a share of the mean squared distance to the nearest centre.
SHARPNESS = 0.25
_ROUNDS = 30  # of k-means
_STARTS = 3


def zipf(many: int, exponent: float) -> Tensor:
    """Zipf's law q_i = i^-s / H_{k,s}, i from 1 to k.

    Args:
        many: k, at least 1.
        exponent: s, at least 0; at 0 all are equal.

    Returns:
        (k,) float64, which adds up to 1, the largest first.

    Example:
        >>> [round(share, 3) for share in zipf(3, 1.0).tolist()]
        [0.545, 0.273, 0.182]
    """
    weights = torch.arange(1, many + 1, dtype=torch.float64) ** -exponent
    law: Tensor = weights / weights.sum()
    return law


def divergence(shares: Tensor, law: Tensor) -> Tensor:
    """KL(p || q) = sum_i p_i ln(p_i / q_i) of shares from the largest to the smallest.

    Args:
        shares: (k,) p, 0 or more, which add up to 1, in any order.
        law: (k,) q, above 0, the largest first.

    Returns:
        Scalar in nats: 0 where the sorted shares are the law, -ln q_1 where one cluster has all.

    Example:
        >>> law = zipf(4, 1.0)
        >>> float(divergence(law.flip(0), law))
        0.0
    """
    ranked = shares.double().sort(descending=True).values
    total: Tensor = (torch.special.xlogy(ranked, ranked) - ranked * law.double().log()).sum()
    return total


def whitened(features: Tensor, dims: int) -> Tensor:
    """The first principal components of features, each with variance 1.

    Softmax over distances means something only at a known scale. A component whose variance is below `FLOOR` of the features' mean
    squared length stays small: the rounding errors of a collapsed network do not become clusters.

    Args:
        features: (n, D), n at least 1.
        dims: the most components.

    Returns:
        (n, min(dims, D)) float64.
    """
    x = features.double()
    floor = FLOOR * x.square().sum(1).mean()
    x = x - x.mean(0)
    variance, axes = torch.linalg.eigh(x.t() @ x / len(x))  # rising
    count = min(dims, x.shape[1])
    # The sign of an axis is arbitrary, and does not matter for distances.
    scale = (variance[-count:].clamp(min=0) + floor).clamp(min=1e-300).rsqrt()
    out: Tensor = (x @ axes[:, -count:]) * scale
    return out


def k_means(points: Tensor, many: int, seed: int) -> Tensor:
    """Centres by k-means++ (Arthur and Vassilvitskii, 2007) and Lloyd's iterations, the best of three starts.

    Args:
        points: (n, r) float64, n at least 1.
        many: k, at least 1. With fewer points some centres coincide.
        seed: of all draws, so that the same points give the same centres.

    Returns:
        (k, r).
    """
    generator = torch.Generator().manual_seed(seed)
    best, least = points[:1].expand(many, -1), float("inf")
    for _ in range(_STARTS):
        centres = _first_centres(points, many, generator)
        for _ in range(_ROUNDS):
            nearest = distances(points, centres).argmin(1)
            sums = torch.zeros_like(centres).index_add_(0, nearest, points)
            counts = torch.bincount(nearest, minlength=many)[:, None]
            moved = torch.where(counts > 0, sums / counts.clamp(min=1), centres)
            if torch.equal(moved, centres):
                break
            centres = moved
        cost = float(distances(points, centres).amin(1).sum())
        if cost < least:
            best, least = centres, cost
    return best


def _first_centres(points: Tensor, many: int, generator: torch.Generator) -> Tensor:
    chances = torch.rand(many, generator=generator, dtype=torch.float64).tolist()
    chosen = [int(chances[0] * len(points))]
    for chance in chances[1:]:
        far = distances(points, points[chosen]).amin(1).cumsum(0)  # (n,)
        chosen.append(min(int(torch.searchsorted(far, chance * far[-1])), len(points) - 1))
    return points[chosen]


def distances(points: Tensor, centres: Tensor) -> Tensor:
    """Squared distances (n, k) of points (n, r) and centres (k, r). Differences first: exactly 0 for equal points."""
    return (points[:, None] - centres[None]).square().sum(-1)


def temperature_of(points: Tensor, centres: Tensor) -> float:
    """The temperature of `cluster_shares` for the spread of points (n, r) around their nearest centres (k, r). To be fixed once:
    shares of several networks are compared at one temperature. Above 0."""
    return max(SHARPNESS * float(distances(points, centres).amin(1).mean()), 1e-12)


def cluster_shares(points: Tensor, centres: Tensor, temperature: float) -> Tensor:
    """p(c_i) = mean over x of softmax_i(-|x - c_i|^2 / tau) (2002.12177, Sec. 3.3, where tau is 1).

    Centres whose squared distance is below tau cannot be told apart and are one cluster: else the clusters of a collapsed network,
    which all lie at one point, would have equal shares, which are nearer to Zipf's law than most.

    Args:
        points: (n, r); centres: (k, r); temperature: tau, above 0.

    Returns:
        (k,) float64, from the largest, which add up to 1; 0 for what was joined.
    """
    kept = list[int]()
    between = distances(centres, centres)
    for centre in range(len(centres)):
        if not kept or float(between[centre, kept].min()) >= temperature:
            kept.append(centre)
    own = (-distances(points, centres[kept]) / temperature).softmax(1).mean(0)
    shares = torch.zeros(len(centres), dtype=torch.float64, device=points.device)
    shares[: len(kept)] = own.sort(descending=True).values
    return shares
