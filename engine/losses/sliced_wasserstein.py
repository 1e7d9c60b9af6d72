"""Scale, shape and centre, the regulariser of VISReg: what a standard normal is, in three terms with gradients of their own."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

# Added to the deviations, so that a constant dimension can be divided by its own.
EPSILON = 1e-6


class VISRegTerms(NamedTuple):
    """The three terms, scalars without weights, and the mean deviation of a dimension."""

    scale: Tensor
    shape: Tensor
    centre: Tensor
    deviation: Tensor


def normal_quantiles(count: int, device: torch.device | None = None) -> Tensor:
    """The quantiles k / (count + 1) of the standard normal, k from 1 to `count`, ascending: (count,) float32.

    Example:
        >>> normal_quantiles(3)
        tensor([-0.6745,  0.0000,  0.6745])
    """
    shares = torch.arange(1, count + 1, device=device, dtype=torch.float32) / (count + 1)
    quantiles: Tensor = torch.special.ndtri(shares)
    return quantiles


def visreg_terms(z: Tensor, directions: Tensor) -> VISRegTerms:
    """Wu, Balestriero and Levine, 2606.02572, as in the official code (github.com/HaiyuWu/visreg, visreg/losses/visreg.py).

    With the mean mu_j and the deviation sigma_j (over N, not N - 1) of dimension j of a view over the batch:

        centre = mean_j mu_j^2
        scale  = mean_j (sigma_j - 1)^2, whose gradient stays of full size where the embeddings collapse
        shape  = mean_k,i (sorted_i(w_k . (z - mu) / sigma) - q_i)^2, the sliced Wasserstein distance to a normal, squared

    where w_k are unit directions, q_i is the normal quantile of i / (N + 1), and sigma takes no gradient in `shape`. Each is a mean
    over the views.

    Args:
        z: (V, N, P) embeddings of V views of N images, not normalised.
        directions: (P, M) unit vectors.

    Returns:
        Scalars, 0 or more, all 0 but `deviation`, 1, for a standard normal and many images.

    Example:
        >>> import torch
        >>> terms = visreg_terms(torch.zeros(1, 8, 4), torch.eye(4))
        >>> round(float(terms.scale), 4), float(terms.centre)
        (1.0, 0.0)
    """
    # In float32 also under autocast: bfloat16 would make many projections equal and their order arbitrary.
    with torch.autocast(z.device.type, enabled=False):
        z = z.float()
        mean = z.mean(1, keepdim=True)  # (V, 1, P)
        centred = z - mean
        deviation = centred.norm(dim=1) / len(z[0]) ** 0.5 + EPSILON  # (V, P)
        standard = centred / deviation.detach().unsqueeze(1)
        projected = (standard @ directions.to(z.device)).sort(dim=1).values  # (V, N, M)
        shape = (projected - normal_quantiles(z.shape[1], z.device)[:, None]).square().mean()
        return VISRegTerms((deviation - 1).square().mean(), shape, mean.square().mean(), deviation.mean())
