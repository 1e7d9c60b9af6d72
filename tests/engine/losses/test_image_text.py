"""The losses of images and texts, against loops over all pairs."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from engine.losses.image_text import clip_loss, image_text_cosines, siglip_chance, siglip_loss


@pytest.fixture
def pairs() -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(3)
    return torch.randn(5, 7, generator=generator), torch.randn(5, 7, generator=generator)


def cosine(a: Tensor, b: Tensor) -> float:
    return float((a * b).sum() / (a.norm() * b.norm()))


def test_clip_is_the_mean_of_both_cross_entropies(pairs: tuple[Tensor, Tensor]) -> None:
    images, texts = pairs
    scale, n = 9.0, len(images)
    for i, loss in enumerate(clip_loss(image_text_cosines(images, texts), torch.tensor(scale)).tolist()):
        own = scale * cosine(images[i], texts[i])
        over_texts = math.log(sum(math.exp(scale * cosine(images[i], texts[j])) for j in range(n)))
        over_images = math.log(sum(math.exp(scale * cosine(images[j], texts[i])) for j in range(n)))
        assert loss == pytest.approx((over_texts - own) / 2 + (over_images - own) / 2, abs=1e-5)


def test_siglip_sums_a_binary_loss_over_all_texts(pairs: tuple[Tensor, Tensor]) -> None:
    images, texts = pairs
    scale, bias, n = 6.0, -2.0, len(images)
    losses = siglip_loss(image_text_cosines(images, texts), torch.tensor(scale), torch.tensor(bias))
    for i, loss in enumerate(losses.tolist()):
        expected = 0.0
        for j in range(n):
            logit = scale * cosine(images[i], texts[j]) + bias
            probability = 1 / (1 + math.exp(-logit))
            expected -= math.log(probability if i == j else 1 - probability)
        assert loss == pytest.approx(expected, abs=1e-5)


def test_the_mean_loss_is_the_same_with_images_and_texts_exchanged(pairs: tuple[Tensor, Tensor]) -> None:
    images, texts = pairs
    one, other = image_text_cosines(images, texts), image_text_cosines(texts, images)
    scale, bias = torch.tensor(5.0), torch.tensor(-3.0)
    torch.testing.assert_close(clip_loss(one, scale), clip_loss(other, scale))
    torch.testing.assert_close(siglip_loss(one, scale, bias).mean(), siglip_loss(other, scale, bias).mean())


def test_chance_level() -> None:
    equal = torch.zeros(6, 6)
    assert clip_loss(equal, torch.tensor(1e-6)).mean().item() == pytest.approx(math.log(6))
    # The best constant logit matches each pair with probability 1/6.
    best = min(siglip_loss(equal, torch.tensor(1.0), torch.tensor(b / 100)).mean().item() for b in range(-400, 100))
    assert siglip_chance(6) == pytest.approx(best, abs=1e-4)


def test_a_perfect_match_has_no_gradient_in_the_limit() -> None:
    images = torch.eye(4, requires_grad=True)
    clip_loss(image_text_cosines(images, torch.eye(4)), torch.tensor(100.0)).mean().backward()
    assert images.grad is not None
    assert images.grad.abs().max() < 1e-6


def test_full_precision_under_autocast(pairs: tuple[Tensor, Tensor]) -> None:
    images, texts = pairs
    with torch.autocast("cpu", torch.bfloat16):
        low = image_text_cosines(images, texts)
    assert torch.equal(low, image_text_cosines(images, texts))


def test_losses_and_gradients_are_those_of_open_clip() -> None:
    """Optional: where open_clip is installed (`pip install open_clip_torch`)."""
    loss = pytest.importorskip("open_clip.loss")
    generator = torch.Generator().manual_seed(4)
    for scale, bias in ((14.3, -10.0), (100.0, -3.0)):
        s, b = torch.tensor(scale), torch.tensor(bias)
        own = [torch.randn(16, 24, generator=generator).requires_grad_() for _ in range(2)]
        theirs = [x.detach().clone().requires_grad_() for x in own]
        cosines = image_text_cosines(own[0], own[1])
        ours = (clip_loss(cosines, s).mean(), siglip_loss(cosines, s, b).mean())
        x, y = (z / z.norm(dim=1, keepdim=True) for z in theirs)
        official = (loss.ClipLoss()(x, y, s), loss.SigLipLoss()(x, y, s, b))
        for mine, reference in zip(ours, official, strict=True):
            assert torch.allclose(mine, reference, rtol=1e-6, atol=1e-6)
            gradients = torch.autograd.grad(mine, own, retain_graph=True)
            expected = torch.autograd.grad(reference, theirs, retain_graph=True)
            for gradient, right in zip(gradients, expected, strict=True):
                assert torch.allclose(gradient, right, rtol=1e-4, atol=1e-6)
