"""Every loss and its gradient are finite at extreme inputs, and every loss is computed in full precision."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from engine.losses.candidates import candidates
from engine.losses.classification import labelled_cross_entropy
from engine.losses.cross_correlation import cross_correlation
from engine.losses.debiased_nt_xent import debiased, hardness
from engine.losses.decoupled import decoupled, flat_nce, von_mises_fisher_weight
from engine.losses.distillation import cross_view_entropy, entropy, masked_patch_entropy, teacher_distribution
from engine.losses.hypersphere import alignment, uniformity
from engine.losses.in_batch import in_batch_logits, in_batch_nce
from engine.losses.info_nce import info_nce, info_nce_logits
from engine.losses.instance_softmax import bank_logits, instance_softmax, invariant_and_spread
from engine.losses.margin import distance, margin_contrast
from engine.losses.noise_contrast import log_ratio, noise_contrast
from engine.losses.nt_xent import nt_xent
from engine.losses.patch_contrast import patch_info_nce
from engine.losses.pixel_contrast import pixel_contrast
from engine.losses.reconstruction import masked_mse, normalise_patches
from engine.losses.regression import negative_cosine, normalised_mse
from engine.losses.sigreg import draw_directions, sigreg
from engine.losses.sup_con import sup_con
from engine.losses.swapped import sinkhorn, swapped_prediction
from engine.losses.token_usage import prior_terms
from engine.losses.variance_covariance import vicreg_terms
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


def masked_patches(a: Tensor, b: Tensor, tau: float) -> Tensor:
    target = teacher_distribution(b.detach(), b.detach().float().mean(0, keepdim=True), tau)
    hidden = torch.zeros(3, len(a), dtype=torch.bool)  # an image with all patches hidden and two with none
    hidden[0] = True
    return masked_patch_entropy(a, target, hidden, tau)


def predicted(a: Tensor, b: Tensor, tau: float) -> Tensor:
    target = normalise_patches(b.detach().float()[:, None])[0]
    return masked_mse(a[:, None], target, torch.ones(len(a), 1))


def both_ways(a: Tensor, b: Tensor, tau: float) -> Tensor:
    logits = in_batch_logits(a, b, tau)
    return in_batch_nce(logits) + in_batch_nce(logits.t())


def pixels(a: Tensor, b: Tensor, tau: float) -> Tensor:
    positive = torch.eye(len(a), dtype=torch.bool).repeat(2, 1, 1)
    positive[0, 0], positive[1] = False, False  # a cell and a whole image without a positive
    return pixel_contrast(torch.stack([a, b]), torch.stack([b, a]), positive, tau)


def predicted_patches(a: Tensor, b: Tensor, tau: float) -> Tensor:
    return patch_info_nce(a[:, None, None], torch.stack([a, b], 1)[:, :, None], 1, 16, 1 / tau)[0]  # two rows of one patch


def decoupled_weighted(a: Tensor, b: Tensor, tau: float) -> Tensor:
    positive, negative = candidates(a, b, tau)
    return decoupled(positive, negative, von_mises_fisher_weight(positive * tau, 0.5))


def without_bias(a: Tensor, b: Tensor, tau: float) -> Tensor:
    return debiased(*candidates(a, b, tau), tau, 0.1).loss


def hardened(a: Tensor, b: Tensor, tau: float) -> Tensor:
    positive, negative = candidates(a, b, tau)
    return debiased(positive, negative, tau, 0.1, hardness(negative, 50.0)).loss


def remembered(a: Tensor, b: Tensor, tau: float) -> Tensor:
    return instance_softmax(bank_logits(a, naive.unit(b.detach().float()), tau), torch.arange(len(a)))


def noise_judged(a: Tensor, b: Tensor, tau: float) -> Tensor:
    ratio = log_ratio(bank_logits(a, naive.unit(b.float()), tau), -2.0, 5)
    return noise_contrast(ratio.diagonal(), ratio.roll(1, 0))


def spread_out(a: Tensor, b: Tensor, tau: float) -> Tensor:
    terms = invariant_and_spread(a, b, tau)
    return terms.invariance + terms.spread


def held_apart(a: Tensor, b: Tensor, tau: float) -> Tensor:
    terms = vicreg_terms(a, b)
    return 25 * terms.invariance + 25 * terms.variance + terms.covariance


def round_cloud(a: Tensor, b: Tensor, tau: float) -> Tensor:
    directions = draw_directions(a.shape[1], 16, torch.Generator().manual_seed(0))
    return sigreg(a, directions) + sigreg(b, directions)


LOSSES: dict[str, Loss] = {
    "decoupled": lambda a, b, tau: decoupled(*candidates(a, b, tau)),
    "decoupled, weighted": decoupled_weighted,
    "flat_nce": lambda a, b, tau: flat_nce(*candidates(a, b, tau)).loss,
    "debiased": without_bias,
    "hard negatives": hardened,
    "alignment and uniformity": lambda a, b, tau: alignment(a, b, 1.0) + uniformity(a, 1 / tau) + uniformity(b, 1 / tau),
    "margin": lambda a, b, tau: margin_contrast(distance(a, b), distance(a, b.roll(1, 0)), tau),
    "nt_xent": nt_xent,
    "info_nce": queue_contrast,
    "cross_correlation": barlow,
    "swapped": swapped,
    "distillation": distilled,
    "masked patches": masked_patches,
    "prior of words": lambda a, b, tau: sum(prior_terms(a.float() / tau), torch.zeros(())),
    "normalised_mse": lambda a, b, tau: normalised_mse(a, b),
    "negative_cosine": lambda a, b, tau: negative_cosine(a, b),
    "masked_mse": predicted,
    "vicreg": held_apart,
    "sigreg": round_cloud,
    "instance_softmax": remembered,
    "noise_contrast": noise_judged,
    "invariant_and_spread": spread_out,
    "sup_con": lambda a, b, tau: sup_con(a, b, torch.arange(len(a)) // 2, tau),
    "sup_con, one class": lambda a, b, tau: sup_con(a, b, torch.zeros(len(a), dtype=torch.long), tau),
    "sup_con, no labels": lambda a, b, tau: sup_con(a, b, torch.full((len(a),), -1), tau),
    "labelled_cross_entropy": lambda a, b, tau: labelled_cross_entropy(a.float() / tau, b.argmax(1)),
    "labelled_cross_entropy, no labels": lambda a, b, tau: labelled_cross_entropy(a, torch.full((len(a),), -1)),
    "patch_info_nce": predicted_patches,
    "in_batch": both_ways,
    "pixel_contrast": pixels,
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
    loss = LOSSES[name](a, b, tau).mean()
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
        assert LOSSES[name](a, b, 0.05).tolist() == pytest.approx(plain.tolist(), rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("name", LOSSES)
def test_half_precision_embeddings_are_compared_in_full_precision(name: str) -> None:
    a, b = (tensor.bfloat16() for tensor in CASES["random"])
    low, full = LOSSES[name](a, b, 0.05), LOSSES[name](a.float(), b.float(), 0.05)
    assert low.tolist() == pytest.approx(full.tolist(), rel=1e-5, abs=1e-6)
