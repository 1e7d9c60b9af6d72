"""The regulariser of VISReg against loops over its formula (visreg/losses/visreg.py of github.com/HaiyuWu/visreg), for normal
samples, and at collapse."""

from __future__ import annotations

import math
from statistics import NormalDist

import pytest
import torch
from torch import Tensor

from engine.losses.sigreg import draw_directions
from engine.losses.sliced_wasserstein import normal_quantiles, visreg_terms


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def naive(z: Tensor, directions: Tensor) -> tuple[float, float, float]:
    """Scale, shape and centre with loops in double precision."""
    scales, shapes, centres = [], [], []
    for view in z.double():
        n, p = view.shape
        columns = [[float(view[i, j]) for i in range(n)] for j in range(p)]
        means = [sum(column) / n for column in columns]
        sigmas = [math.sqrt(sum((v - m) ** 2 for v in column) / n) for column, m in zip(columns, means, strict=True)]
        centres += [m**2 for m in means]
        scales += [(s - 1) ** 2 for s in sigmas]
        for k in range(directions.shape[1]):
            weights = [float(w) for w in directions[:, k]]
            projected = sorted(sum(weights[j] * (columns[j][i] - means[j]) / sigmas[j] for j in range(p)) for i in range(n))
            shapes += [(value - NormalDist().inv_cdf((i + 1) / (n + 1))) ** 2 for i, value in enumerate(projected)]
    return tuple(sum(values) / len(values) for values in (scales, shapes, centres))  # type: ignore[return-value]


@pytest.mark.parametrize("width", [0.3, 1.0, 4.0])
def test_equals_the_formula(width: float) -> None:
    z = 0.4 + width * torch.randn(3, 9, 5, generator=generator(1)).exp()
    directions = draw_directions(5, 7, generator(2))
    scale, shape, centre, deviation = (float(term) for term in visreg_terms(z, directions))
    assert (scale, shape, centre) == pytest.approx(naive(z, directions), rel=1e-4)
    assert deviation == pytest.approx(float(z.std(1, unbiased=False).mean()), rel=1e-4)


def test_quantiles_are_those_of_the_standard_library() -> None:
    assert normal_quantiles(6).tolist() == pytest.approx([NormalDist().inv_cdf(k / 7) for k in range(1, 7)], abs=1e-5)


def test_all_terms_are_small_for_normal_samples_and_each_sees_its_own_fault() -> None:
    normal = torch.randn(1, 4096, 4, generator=generator(3))
    directions = draw_directions(4, 64, generator(4))
    for name, z in {
        "none": normal,
        "centre": normal + 1,
        "scale": normal * 3,
        "shape": normal.sign(),
    }.items():
        terms = visreg_terms(z, directions)._asdict()
        assert {term for term in ("scale", "shape", "centre") if terms[term] > 0.05} == {name} - {"none"}


def test_the_gradient_of_the_scale_does_not_vanish_near_collapse() -> None:
    directions = draw_directions(4, 8, generator(5))
    norms = []
    for width in (1e-1, 1e-3, 1e-5):
        z = (width * torch.randn(1, 64, 4, generator=generator(6))).requires_grad_()
        visreg_terms(z, directions).scale.backward()
        assert z.grad is not None
        norms.append(float(z.grad.norm()))
    assert norms == pytest.approx([2 / math.sqrt(4 * 64)] * 3, rel=0.15)  # d (sigma - 1)^2 = -2 d sigma


def test_the_shape_takes_no_gradient_through_the_deviation() -> None:
    """Halving the embeddings leaves the value and doubles the gradient."""
    z = torch.randn(1, 32, 4, generator=generator(7)).exp()
    gradients = []
    for factor in (1.0, 0.5):
        leaf = (factor * z).requires_grad_()
        visreg_terms(leaf, draw_directions(4, 8, generator(8))).shape.backward()
        assert leaf.grad is not None
        gradients.append(leaf.grad)
        # With a gradient through sigma, the shape would not depend on the scale, and this would be 0.
        along = float((leaf.grad * (leaf.detach() - leaf.detach().mean(1, keepdim=True))).sum())
        assert abs(along) > 1e-3
    assert torch.allclose(gradients[1], 2 * gradients[0], rtol=1e-3, atol=1e-6)


def test_equal_embeddings_have_finite_terms_and_gradients() -> None:
    z = torch.ones(2, 8, 3, requires_grad=True)
    terms = visreg_terms(z, draw_directions(3, 4, generator()))
    (terms.scale + terms.shape + terms.centre).backward()
    assert all(term.isfinite() for term in terms)
    assert z.grad is not None
    assert z.grad.isfinite().all()
