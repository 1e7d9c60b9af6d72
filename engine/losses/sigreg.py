"""SIGReg, the regulariser of LeJEPA: the projections of the embeddings on random directions follow a standard normal."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

# The points of the integral: 17 over [-5, 5] (2511.08544, Alg. 1). The integrand is even, so that the half from 0 is doubled.
REACH, POINTS = 5.0, 17


def draw_directions(dim: int, count: int, generator: torch.Generator) -> Tensor:
    """`count` unit vectors (dim, count), uniform on the sphere, drawn on the CPU."""
    return F.normalize(torch.randn(dim, count, generator=generator), dim=0)


def epps_pulley(x: Tensor, reach: float = REACH, points: int = POINTS) -> Tensor:
    """The Epps-Pulley statistic (M,) for normality of each column of x (N, M), a distance of characteristic functions,

        N * integral of | 1/N sum_n exp(i t x_n) - exp(-t^2 / 2) |^2 exp(-t^2 / 2) dt,

    by the trapezoid rule on `points` (odd) points in [-reach, reach]. Its expectation for samples of a standard normal is
    sqrt(2 pi) (1 - 1 / sqrt(3)), about 1.06, for any N; a column of zeros has .409 N."""
    half = points // 2 + 1
    t = torch.linspace(0, reach, half, device=x.device)
    normal = torch.exp(-t.square() / 2)
    weight = torch.full_like(t, 2 * reach / (half - 1))
    weight[0] /= 2
    weight[-1] /= 2
    # The distance at 0 is 0: both functions are 1 there.
    angles = x.float().unsqueeze(-1) * t[1:]  # (N, M, points / 2)
    real, imaginary = angles.cos().mean(0), angles.sin().mean(0)  # (M, points / 2)
    distance = (real - normal[1:]).square() + imaginary.square()
    return len(x) * (distance * (weight * normal)[1:]).sum(-1)


def sigreg(z: Tensor, directions: Tensor) -> Tensor:
    """Sketched isotropic Gaussian regularisation (Balestriero and LeCun, 2511.08544, Alg. 1): the mean of `epps_pulley` over the
    projections of z (N, P) on directions (P, M). Scalar."""
    # In float32 also under autocast, because the angles are up to 5 times the projections.
    with torch.autocast(z.device.type, enabled=False):
        return epps_pulley(z.float() @ directions.to(z.device)).mean()
