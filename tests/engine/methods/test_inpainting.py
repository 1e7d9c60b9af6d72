"""Inpainting: the output does not depend on hidden pixels, generator and discriminator are each trained on their own loss,
too small images are refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from engine.augment.regions import rim
from engine.config.errors import ConfigError
from engine.losses.adversarial import discriminator_loss, generator_loss
from engine.method import Batch
from engine.train.loop import progress
from engine.train.setup import Session

Prepared = Callable[..., Session]
STRONG = {"method": {"adversarial": 0.5}}


def gradients(method: torch.nn.Module) -> dict[str, Tensor]:
    return {name: p.grad.clone() for name, p in method.named_parameters() if p.grad is not None}


def parts(session: Session) -> tuple[Tensor, Tensor, Tensor]:
    """The hidden region, target and reconstruction of the first batch, drawn in the order of a step."""
    method, batch = session.method, session.batches.at(0)
    hole = method._hole(batch)
    weight = hole.float() + method.config.rim_weight * rim(hole, 1).float()
    return weight, 2 * batch.pixels(batch.views[0]) - 1, method._predict(batch, hole)[1]


def test_discriminator_and_generator_have_the_gradient_of_their_own_loss_only(prepared: Prepared) -> None:
    session = prepared("inpainting", STRONG)
    method = session.method
    method(session.batches.at(0), progress(session)).loss.backward()
    together = gradients(method)
    assert any(name.startswith("discriminator.") for name in together)

    alone = prepared("inpainting", STRONG)
    weight, truth, predicted = parts(alone)
    region = (weight > 0).unsqueeze(1)
    discriminator = alone.method.discriminator
    discriminator_loss(discriminator(truth * region), discriminator(predicted.detach() * region)).mean().backward()
    for name, gradient in gradients(alone.method).items():
        assert name.startswith("discriminator.")
        assert torch.allclose(together[name], gradient, rtol=1e-4, atol=1e-6), name

    alone = prepared("inpainting", STRONG)
    weight, truth, predicted = parts(alone)
    region = (weight > 0).unsqueeze(1)
    squared = ((predicted - truth).square().mean(1) * weight).sum() / (weight > 0).sum()
    (0.5 * squared + 0.5 * generator_loss(alone.method.discriminator(predicted * region)).mean()).backward()
    for name, gradient in gradients(alone.method).items():
        if not name.startswith("discriminator."):
            assert torch.allclose(together[name], gradient, rtol=1e-3, atol=1e-6), name


def test_the_reported_loss_is_the_weighted_sum_of_both_terms(prepared: Prepared) -> None:
    session = prepared("inpainting", STRONG)
    out = session.method(session.batches.at(0), progress(session))
    assert out.loss.item() == pytest.approx(0.5 * out.terms["squared error"].item() + 0.5 * out.terms["adversarial"].item())


@pytest.mark.parametrize("region", ["random", "block", "central"])
def test_the_reconstruction_does_not_depend_on_hidden_pixels(prepared: Prepared, region: str) -> None:
    session = prepared("inpainting", {"method": {"region": region}})
    method = session.method.eval()
    hole = method._hole(session.batches.at(0))
    batch = session.batches.at(0)
    other = torch.where(hole.unsqueeze(1), torch.randn_like(batch.views[0]), batch.views[0])
    fields = {name: getattr(batch, name) for name in Batch.__dataclass_fields__}
    with torch.no_grad():
        one = method._predict(batch, hole)[1]
        assert torch.equal(one, method._predict(Batch(**{**fields, "views": [other]}), hole)[1])
    shown = method.inputs(session.batches.at(0))["around the hole"]
    assert (shown.movedim(1, -1)[hole] - session.batches.mean).abs().max() < 1e-6


def test_the_loss_counts_the_hidden_region_and_its_border_only(prepared: Prepared) -> None:
    session = prepared("inpainting", {"method": {"adversarial": 0.0, "rim_weight": 0.0}})
    method = session.method
    hole = method._hole(session.batches.at(0))
    batch = session.batches.at(0)
    _, predicted = method._predict(batch, hole)
    truth = 2 * batch.pixels(batch.views[0]) - 1
    plain = (predicted - truth).movedim(1, -1)[hole].square().mean()
    assert method(session.batches.at(0), progress(session)).loss.item() == pytest.approx(plain.item(), rel=1e-4)
    assert method.discriminator is None
    assert len(method.parameter_groups()) == 1


def test_the_discriminator_s_learning_rate_is_a_tenth(prepared: Prepared) -> None:
    session = prepared("inpainting")
    discriminator = {id(p) for p in session.method.discriminator.parameters()}
    peaks = {id(p): group["peak"] for group in session.optimiser.param_groups for p in group["params"]}
    assert [peaks[name] for name in discriminator] == pytest.approx(len(discriminator) * [session.config.optim.lr / 10])
    assert {peak for name, peak in peaks.items() if name not in discriminator} == {session.config.optim.lr}


def test_a_too_small_image_is_refused_with_the_smallest_size_that_works(prepared: Prepared) -> None:
    with pytest.raises(ConfigError, match=r"views\.groups\.0\.size must be at least 8 px. Got 7"):
        prepared("inpainting", {"views": {"groups": [{"count": 1, "size": 7}]}})
    session = prepared("inpainting", {"views": {"groups": [{"count": 1, "size": 8}]}})
    assert session.method(session.batches.at(0), progress(session)).loss.isfinite()
