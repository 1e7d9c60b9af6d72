"""SIGReg, the loss of LeJEPA: on every line through the origin, embeddings shall lie like a standard normal."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

# Where the integral is taken: 17 points over [-5, 5] (2511.08544, Alg. 1). The integrand is even: the half from 0 on counts twice.
REACH, POINTS = 5.0, 17


def draw_directions(dim: int, count: int, generator: torch.Generator) -> Tensor:
    """`count` unit vectors (dim, count), uniform on the sphere, drawn on the CPU."""
    return F.normalize(torch.randn(dim, count, generator=generator), dim=0)


def epps_pulley(x: Tensor, reach: float = REACH, points: int = POINTS) -> Tensor:
    """How far each column of x (N, M) is from N samples of a standard normal, (M,): Epps and Pulley's distance of characteristic
    functions,

        N * integral of | 1/N sum_n exp(i t x_n) - exp(-t^2 / 2) |^2 exp(-t^2 / 2) dt,

    by the trapezoid rule on `points` (odd) places in [-reach, reach]. True samples score sqrt(2 pi) (1 - 1 / sqrt(3)), about 1.06,
    whatever N; a column of zeros scores .409 N."""
    half = points // 2 + 1
    t = torch.linspace(0, reach, half, device=x.device)
    normal = torch.exp(-t.square() / 2)
    weight = torch.full_like(t, 2 * reach / (half - 1))
    weight[0] /= 2
    weight[-1] /= 2
    # 0 gives no distance: both functions are 1 there.
    angles = x.float().unsqueeze(-1) * t[1:]  # (N, M, points / 2)
    real, imaginary = angles.cos().mean(0), angles.sin().mean(0)  # (M, points / 2)
    distance = (real - normal[1:]).square() + imaginary.square()
    return len(x) * (distance * (weight * normal)[1:]).sum(-1)


def sigreg(z: Tensor, directions: Tensor) -> Tensor:
    """Sketched isotropic Gaussian regularisation (Balestriero and LeCun, 2511.08544, Alg. 1): the mean of `epps_pulley` over the
    projections of z (N, P) on directions (P, M). Scalar."""
    # In full precision also under autocast: the angles are up to 5 times the projections.
    with torch.autocast(z.device.type, enabled=False):
        return epps_pulley(z.float() @ directions.to(z.device)).mean()
