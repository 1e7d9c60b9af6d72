"""Every loss stays finite, with finite gradients, where training can take it, and computes in full precision whatever comes in."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from engine.losses.cross_correlation import cross_correlation
from engine.losses.distillation import cross_view_entropy, entropy, teacher_distribution
from engine.losses.info_nce import info_nce, info_nce_logits
from engine.losses.nt_xent import nt_xent
from engine.losses.reconstruction import masked_mse, normalise_patches
from engine.losses.regression import negative_cosine, normalised_mse
from engine.losses.swapped import sinkhorn, swapped_prediction
from tests.engine.losses import naive

Loss = Callable[[Tensor, Tensor, float], Tensor]


def barlow(a: Tensor, b: Tensor, tau: float) -> Tensor:
    terms = cross_correlation(a, b)
    return terms.invariance + 0.005 * terms.redundancy


def queue_contrast(a: Tensor, b: Tensor, tau: float) -> Tensor:
    return info_nce(info_nce_logits(a, b.detach(), naive.unit(b.detach().float()), tau))


def swapped(a: Tensor, b: Tensor, tau: float) -> Tensor:
    return swapped_prediction(a, sinkhorn(b, min(tau, 1.0), 3), tau)


def distilled(a: Tensor, b: Tensor, tau: float) -> Tensor:
    target = teacher_distribution(b.detach(), b.detach().float().mean(0, keepdim=True), tau)
    return cross_view_entropy([a, b], [target, target], tau) + 0 * entropy(target)


def painted(a: Tensor, b: Tensor, tau: float) -> Tensor:
    target = normalise_patches(b.detach().float()[:, None])[0]
    return masked_mse(a[:, None], target, torch.ones(len(a), 1))


LOSSES: dict[str, Loss] = {
    "nt_xent": nt_xent,
    "info_nce": queue_contrast,
    "cross_correlation": barlow,
    "swapped": swapped,
    "distillation": distilled,
    "normalised_mse": lambda a, b, tau: normalised_mse(a, b),
    "negative_cosine": lambda a, b, tau: negative_cosine(a, b),
    "masked_mse": painted,
}
CASES = {
    "random": (
        torch.randn(8, 6, generator=torch.Generator().manual_seed(0)),
        torch.randn(8, 6, generator=torch.Generator().manual_seed(1)),
    ),
    "identical views": (torch.arange(48.0).reshape(8, 6).sin(),) * 2,
    "batch of two": (torch.tensor([[1.0, 2.0, -1.0], [0.5, 0.0, 3.0]]), torch.tensor([[2.0, 1.0, 0.0], [0.1, 0.2, 0.3]])),
    "constant": (torch.full((8, 6), 0.3),) * 2,
    "zero": (torch.zeros(8, 6),) * 2,
    "opposite": (torch.ones(8, 6), -torch.ones(8, 6)),
    "huge": (1e4 * torch.arange(48.0).reshape(8, 6).cos(), 1e4 * torch.arange(48.0).reshape(8, 6).sin()),
}


@pytest.mark.parametrize("tau", [0.01, 5.0])
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", LOSSES)
def test_loss_and_gradient_are_finite(name: str, case: str, tau: float) -> None:
    a, b = (tensor.clone().requires_grad_() for tensor in CASES[case])
    loss = LOSSES[name](a, b, tau)
    assert loss.shape == ()
    assert loss.dtype == torch.float32
    loss.backward()
    assert loss.isfinite()
    assert a.grad is not None
    assert a.grad.isfinite().all()


@pytest.mark.parametrize("name", LOSSES)
def test_autocast_does_not_lower_the_precision(name: str) -> None:
    a, b = CASES["random"]
    plain = LOSSES[name](a, b, 0.05)
    with torch.autocast("cpu", torch.bfloat16):
        assert LOSSES[name](a, b, 0.05).item() == pytest.approx(plain.item(), rel=1e-5)


@pytest.mark.parametrize("name", LOSSES)
def test_half_precision_embeddings_are_compared_in_full_precision(name: str) -> None:
    a, b = (tensor.bfloat16() for tensor in CASES["random"])
    assert LOSSES[name](a, b, 0.05).item() == pytest.approx(LOSSES[name](a.float(), b.float(), 0.05).item(), rel=1e-5)
