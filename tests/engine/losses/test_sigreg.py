"""SIGReg against naive integration and the integral's closed form, its expectation for normal samples, its value at collapse."""

from __future__ import annotations

import cmath
import math

import pytest
import torch
from torch import Tensor

from engine.losses.sigreg import POINTS, REACH, draw_directions, epps_pulley, sigreg

TRUE_SAMPLES = math.sqrt(2 * math.pi) * (1 - 1 / math.sqrt(3))  # the expectation of the statistic at any N


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def naive(x: list[float], reach: float, points: int) -> float:
    """Algorithm 1 for one slice: the trapezoid rule over [-reach, reach] with loops in double precision."""
    step = 2 * reach / (points - 1)
    values = []
    for k in range(points):
        t = -reach + k * step
        empirical = sum(cmath.exp(1j * t * v) for v in x) / len(x)
        values.append(abs(empirical - math.exp(-(t**2) / 2)) ** 2 * math.exp(-(t**2) / 2))
    return len(x) * step * (math.fsum(values) - (values[0] + values[-1]) / 2)


def closed_form(x: list[float]) -> float:
    """The integral over the real line: each product of exponentials is a Gaussian integral."""
    n = len(x)
    pairs = math.fsum(math.exp(-((a - b) ** 2) / 2) for a in x for b in x)
    singles = math.fsum(math.exp(-(a**2) / 4) for a in x)
    return math.sqrt(2 * math.pi) * pairs / n - 2 * math.sqrt(math.pi) * singles + n * math.sqrt(2 * math.pi / 3)


SAMPLES = {
    "normal": torch.randn(40, generator=generator(1)),
    "shifted": torch.randn(40, generator=generator(2)) + 1.5,
    "narrow": 0.2 * torch.randn(40, generator=generator(3)),
    "two heaps": torch.randn(40, generator=generator(4)).sign() + 0.1 * torch.randn(40, generator=generator(5)),
    "two samples": torch.tensor([0.3, -1.2]),
    "zero": torch.zeros(40),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_equals_the_algorithm_box(name: str) -> None:
    x = SAMPLES[name]
    expected = naive(x.double().tolist(), REACH, POINTS)
    assert epps_pulley(x[:, None]).item() == pytest.approx(expected, rel=1e-4, abs=1e-5)


@pytest.mark.parametrize("name", SAMPLES)
def test_17_points_approximate_the_integral(name: str) -> None:
    x = SAMPLES[name]
    assert naive(x.double().tolist(), 12.0, 4001) == pytest.approx(closed_form(x.double().tolist()), rel=1e-9)
    assert epps_pulley(x[:, None]).item() == pytest.approx(closed_form(x.double().tolist()), rel=1e-3, abs=1e-3)


def test_each_column_has_its_own_statistic() -> None:
    x = torch.stack([SAMPLES["normal"], SAMPLES["shifted"], SAMPLES["narrow"]], dim=1)
    assert epps_pulley(x).tolist() == pytest.approx([epps_pulley(x[:, [k]]).item() for k in range(3)], rel=1e-5)


@pytest.mark.parametrize("n", [16, 256])
def test_normal_samples_score_the_expectation(n: int) -> None:
    assert epps_pulley(torch.randn(n, 4000, generator=generator())).mean().item() == pytest.approx(TRUE_SAMPLES, rel=0.05)


def test_standard_normal_samples_score_low_and_others_high() -> None:
    directions = draw_directions(16, 128, generator())
    cloud = torch.randn(512, 16, generator=generator(6))
    fair = sigreg(cloud, directions).item()
    assert fair == pytest.approx(TRUE_SAMPLES, rel=0.4)
    flat = torch.cat([cloud[:, :8], cloud[:, :8]], dim=1)  # the second half of the dimensions copies the first
    for wrong in (torch.zeros(512, 16), 0.3 * cloud, 3 * cloud, cloud + 1, flat):
        assert sigreg(wrong, directions).item() > 5 * fair


def test_collapse_in_closed_form() -> None:
    one = math.sqrt(2 * math.pi) - 2 * math.sqrt(math.pi) + math.sqrt(2 * math.pi / 3)
    assert one == pytest.approx(0.409, abs=1e-3)
    assert sigreg(torch.zeros(100, 8), draw_directions(8, 5, generator())).item() == pytest.approx(100 * one, rel=1e-3)


def test_order_and_sign_do_not_change_the_statistic() -> None:
    z, directions = torch.randn(32, 6, generator=generator(7)) + 0.4, draw_directions(6, 20, generator())
    expected = sigreg(z, directions).item()
    assert sigreg(z.flip(0), directions).item() == pytest.approx(expected, rel=1e-5)
    assert sigreg(-z, directions).item() == pytest.approx(expected, rel=1e-5)


def test_directions_are_unit_vectors_drawn_from_the_generator() -> None:
    one, two = (draw_directions(5, 30, generator(8)) for _ in range(2))
    assert torch.equal(one, two)
    assert torch.allclose(one.norm(dim=0), torch.ones(30))
    assert one.mean(1).abs().max() < 0.3


def test_gradient_descent_makes_narrow_samples_isotropic() -> None:
    z: Tensor = (0.1 * torch.randn(128, 4, generator=generator(9))).requires_grad_()
    source, optimiser = generator(10), torch.optim.Adam([z], lr=0.05)
    for _ in range(100):
        optimiser.zero_grad()
        sigreg(z, draw_directions(4, 16, source)).backward()
        optimiser.step()
    assert torch.allclose(z.detach().std(0), torch.ones(4), atol=0.15)
    assert z.detach().mean(0).abs().max() < 0.15
