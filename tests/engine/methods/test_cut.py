"""CUT by the formulas of its paper and official code: PatchNCE, least squares, and which network gets which gradient."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from engine.losses.adversarial import least_squares_discriminator_loss, least_squares_generator_loss
from engine.losses.patch_nce import patch_nce
from engine.method import Batch
from engine.methods.applied.cut import CUT
from engine.train.loop import progress, take_step
from engine.train.setup import Session
from tests.engine.methods.conftest import Prepared

TAU = 0.07


def unit(*shape: int, seed: int = 0) -> Tensor:
    return F.normalize(torch.randn(*shape, generator=torch.Generator().manual_seed(seed)), dim=-1)


def cut_of(session: Session) -> CUT:
    assert isinstance(session.method, CUT)
    return session.method


def test_patch_nce_is_the_loss_in_loops() -> None:
    q, k = unit(2, 5, 3), unit(2, 5, 3, seed=1)
    loss, share = patch_nce(q, k, TAU)
    for image in range(2):
        terms, hits = [], 0
        for i in range(5):
            weights = [math.exp(float(q[image, i] @ k[image, j]) / TAU) for j in range(5)]
            terms.append(-math.log(weights[i] / sum(weights)))
            hits += weights[i] == max(weights)
        assert loss[image].item() == pytest.approx(sum(terms) / 5, rel=1e-5)
        assert share[image].item() == pytest.approx(hits / 5)


def test_patch_nce_equals_the_official_form_with_its_filled_diagonal() -> None:
    q, k = unit(3, 16, 8), unit(3, 16, 8, seed=1)
    positive = (q * k).sum(2).reshape(-1, 1)
    negative = torch.bmm(q, k.transpose(1, 2))
    negative[:, torch.arange(16), torch.arange(16)] = -10.0
    official = F.cross_entropy(torch.cat([positive, negative.reshape(-1, 16)], 1) / TAU, torch.zeros(48, dtype=torch.long))
    torch.testing.assert_close(patch_nce(q, k, TAU)[0].mean(), official)


def test_constant_features_are_at_chance_and_the_own_patch_at_zero() -> None:
    loss, _ = patch_nce(torch.ones(2, 48, 4) / 2, torch.ones(2, 48, 4) / 2, TAU)
    torch.testing.assert_close(loss, torch.full((2,), math.log(48)))
    loss, share = patch_nce(torch.eye(6).expand(2, 6, 6), torch.eye(6).expand(2, 6, 6), 0.01)
    assert loss.max() < 1e-6
    assert share.min() == 1


def test_keys_get_no_gradient_and_negatives_are_of_the_same_image() -> None:
    q, k = unit(2, 5, 3).requires_grad_(), unit(2, 5, 3, seed=1).requires_grad_()
    loss, _ = patch_nce(q, k, TAU)
    loss[0].backward()
    assert k.grad is None
    assert q.grad is not None
    assert q.grad[0].abs().sum() > 0
    assert q.grad[1].abs().sum() == 0
    other = k.detach().clone()
    other[1] = unit(5, 3, seed=2)
    assert patch_nce(q, other, TAU)[0][0] == loss[0]


def test_least_squares_of_a_discriminator_that_says_half_and_of_the_best_one() -> None:
    half = torch.full((3, 4, 4), 0.5)
    assert least_squares_discriminator_loss(half, half).tolist() == [0.25] * 3
    assert least_squares_generator_loss(half).tolist() == [0.25] * 3
    # On two points with probabilities p among real and q among generated images the best score is p / (p + q).
    p, q = torch.tensor([0.7, 0.3]), torch.tensor([0.2, 0.8])
    score = torch.zeros(2, requires_grad=True)
    optimiser = torch.optim.SGD([score], lr=0.5)
    for _ in range(200):
        optimiser.zero_grad()
        sum(
            p[i] * least_squares_discriminator_loss(score[i].view(1, 1), torch.zeros(1, 1)).sum()
            + q[i] * least_squares_discriminator_loss(torch.ones(1, 1), score[i].view(1, 1)).sum()
            for i in range(2)
        ).backward()  # type: ignore[union-attr]
        optimiser.step()
    torch.testing.assert_close(score.detach(), p / (p + q), rtol=1e-3, atol=1e-4)


def test_the_turns_are_the_discriminator_s_then_the_generator_s_and_each_moves_alone(prepared: Prepared) -> None:
    session = prepared("cut")
    method = cut_of(session)
    assert [turn.name for turn in method.turns()] == ["discriminator", "generator"]
    assert session.config.optim.beta1 == 0.5
    for turn in method.turns():
        held = {id(p) for group in session.optimiser_of(turn).param_groups for p in group["params"]}
        assert held == {
            id(p) for name, p in method.named_parameters() if name.startswith("discriminator") == (turn.name == "discriminator")
        }
    batch, at = session.batches.at(0), progress(session)
    method(batch, replace(at, turn="discriminator")).loss.backward()
    assert all((p.grad is not None) == name.startswith("discriminator") for name, p in method.named_parameters())
    method.zero_grad()
    method(batch, replace(at, turn="generator")).loss.backward()
    assert all((p.grad is None) == name.startswith("discriminator") for name, p in method.named_parameters())


def test_the_generator_plays_against_the_discriminator_that_has_just_moved(prepared: Prepared) -> None:
    session = prepared("cut")
    method, batch = cut_of(session), session.batches.at(0)
    out, _ = take_step(session)
    # The discriminator does not move any more: with the generator as it was before, its score is the one the generator saw.
    before = cut_of(prepared("cut"))
    before.discriminator.load_state_dict(method.discriminator.state_dict())
    translated = before.translate(batch.pixels(batch.views[0]))
    expected = (before.discriminator(2 * translated - 1) - 1).square().mean()
    assert torch.as_tensor(out.terms["adversarial"]).item() == pytest.approx(expected.item(), rel=1e-4)


def test_the_loss_is_that_of_the_official_code(prepared: Prepared) -> None:
    """Recomputed layer by layer, with the positions that the batch's generator gives."""
    session = prepared("cut", {"method": {"patches": 20}})
    method, batch = cut_of(session), session.batches.at(0)
    assert batch.other is not None
    x, y = (2 * batch.pixels(images) - 1 for images in (batch.views[0], batch.other))
    fake, same = (method.decoder(method.backbone.maps(images)[-1]) for images in (x, y))
    draws = session.batches.at(0).generator
    positions = [torch.randperm(side * side, generator=draws)[:20] for side in (32, 32, 16, 8, 8)]
    assert method.projector is not None

    def nce(source: Tensor, target: Tensor) -> Tensor:
        assert method.projector is not None
        total = []
        for head, a, b, chosen in zip(
            method.projector.heads, method.backbone.maps(target), method.backbone.maps(source), positions, strict=True
        ):
            rows = [F.normalize(head(maps.flatten(2).transpose(1, 2)[:, chosen]), dim=2) for maps in (a, b)]
            logits = rows[0] @ rows[1].transpose(1, 2) / TAU
            total.append(-logits.log_softmax(2).diagonal(dim1=1, dim2=2).mean(1))
        return torch.stack(total).mean(0)

    adversarial = (method.discriminator(fake) - 1).square().mean((1, 2))
    expected = adversarial + (nce(x, fake) + nce(y, same)) / 2
    out = method(batch, progress(session))
    torch.testing.assert_close(out.per_image, expected, rtol=1e-4, atol=1e-5)
    without = cut_of(prepared("cut", {"method": {"patches": 20, "identity": False, "contrast": 10.0}}))
    fast = without(session.batches.at(0), progress(session))
    assert fast.terms["adversarial"] == out.terms["adversarial"]
    torch.testing.assert_close(fast.loss, adversarial.mean() + 10 * nce(x, fake).mean(), rtol=1e-4, atol=1e-5)


def test_without_contrast_the_loss_is_adversarial_alone(prepared: Prepared) -> None:
    session = prepared("cut", {"method": {"contrast": 0}})
    out = session.method(session.batches.at(0), progress(session))
    assert out.terms.keys() == {"adversarial"}
    assert out.loss == out.terms["adversarial"]
    assert set(session.method.eval().pictures(session.batches.of(session.dataset.splits["validation"][:2]))) == {
        "translation",
        "verdicts",
    }


def test_a_generator_that_keeps_its_image_has_the_least_contrast_among_shifts(prepared: Prepared) -> None:
    """PatchNCE of an image with itself is lower than with itself moved by some pixels."""
    session = prepared("cut")
    method, batch = cut_of(session), session.batches.at(0)
    assert method.projector is not None
    x = 2 * batch.pixels(batch.views[0]) - 1
    positions = [torch.arange(s * s) for s in (32, 32, 16, 8, 8)]
    keys = method.projector(method.backbone.maps(x), positions)

    def contrast(images: Tensor) -> float:
        queries = method.projector(method.backbone.maps(images), positions)  # type: ignore[misc]
        return torch.stack([patch_nce(q, k, TAU)[0].mean() for q, k in zip(queries, keys, strict=True)]).mean().item()

    values = [contrast(x.roll(shift, 3)) for shift in (0, 2, 4, 8)]
    assert min(values) == values[0]
    assert values[0] < min(values[1:]) - 0.05


def test_flip_equivariance_compares_mirrored_translations_with_the_images_as_they_are(prepared: Prepared) -> None:
    """Where the coin falls so, the generator sees mirrored images, and its features are mirrored back."""
    session = prepared("cut", {"method": {"flip_equivariance": True}})
    plain = cut_of(prepared("cut"))
    method = cut_of(session)
    seen = {True: 0, False: 0}
    for step in range(12):
        coin = bool(torch.rand((), generator=session.batches.at(step).generator) < 0.5)
        seen[coin] += 1
        batch = session.batches.at(step)
        x = 2 * batch.pixels(batch.views[0]) - 1
        fake = plain.decoder(plain.backbone.maps(x.flip(3) if coin else x)[-1])
        expected = (plain.discriminator(fake) - 1).square().mean()
        out = method(session.batches.at(step), progress(session))
        assert out.terms["adversarial"].item() == pytest.approx(expected.item(), rel=1e-4)
    assert min(seen.values()) > 0


def test_the_encoder_is_the_first_half_of_the_generator(prepared: Prepared) -> None:
    session = prepared("cut")
    method, batch = cut_of(session), session.batches.at(0)
    method.backbone.set_normalisation(batch.mean, batch.std)
    maps = method.backbone.dense(batch.views[0])
    assert maps.shape == (16, 64, 8, 8)
    torch.testing.assert_close(method.encoder(batch.views[0]), maps.mean((2, 3)))
    expected = method.translate(batch.pixels(batch.views[0]))
    torch.testing.assert_close((method.decoder(maps) + 1) / 2, expected, rtol=1e-3, atol=1e-4)
    assert method.encoder.another().dense(batch.views[0]).shape == maps.shape


def test_nine_blocks_are_halved_as_in_the_official_code(prepared: Prepared) -> None:
    """Its layers 12 and 16 are the first and the fifth of nine blocks."""
    method = cut_of(prepared("cut", {"method": {"blocks": 9}}))
    assert (len(method.backbone.blocks), len(method.decoder.blocks)) == (5, 4)
    one = cut_of(prepared("cut", {"method": {"blocks": 1}}))
    assert one.backbone.map_dims == [3, 32, 64, 64]


def test_the_heat_map_glows_where_the_patch_is(prepared: Prepared) -> None:
    """Of a generator that keeps its image: the similarity of a marked patch is highest at its own place."""
    session = prepared("cut")
    method = cut_of(session).eval()
    batch = session.batches.of(session.dataset.splits["validation"][:4])
    x = batch.pixels(batch.views[0])
    assert method.projector is not None
    shown = method._similarities(method.projector, x, x)
    width = shown.shape[3] // 3
    cell = width // 8
    for number, (down, across) in enumerate(((4, 4), (1, 1)), start=1):
        part = shown[:, :, :, number * width : (number + 1) * width]
        redness = part[:, 0] - part[:, 1]
        own = redness[:, down * cell : (down + 1) * cell, across * cell : (across + 1) * cell].mean((1, 2))
        assert (own > redness.mean((1, 2))).all()


def test_batches_without_a_second_set_are_refused(prepared: Prepared) -> None:
    session = prepared("cut")
    batch = session.batches.at(0)
    values = {name: getattr(batch, name) for name in Batch.__dataclass_fields__}
    with pytest.raises(AssertionError, match="second set"):
        session.method(Batch(**{**values, "other": None}), progress(session))
