"""The discrete autoencoder: shapes and order, and tokens drawn with the probabilities of the logits."""

from __future__ import annotations

import pytest
import torch

from engine.backbones.tokenizer import Tokenizer, gumbel_softmax, prime_factors


@pytest.mark.parametrize(("patch", "side"), [(1, 4), (2, 4), (4, 8), (7, 3), (6, 2), (16, 2)])
def test_there_is_one_token_per_patch_and_the_decoded_image_has_the_same_size(patch: int, side: int) -> None:
    net = Tokenizer(patch, 11, 16)
    images = torch.randn(2, 3, patch * side, patch * side)
    logits = net.encode(images)
    assert logits.shape == (2, side**2, 11)
    assert torch.equal(net.tokens(images), logits.argmax(-1))
    assert net.decode(logits.softmax(-1)).shape == images.shape


def test_a_one_hot_distribution_decodes_like_its_token() -> None:
    net = Tokenizer(4, 11, 16)
    visual_tokens = torch.randint(11, (2, 9))
    certain = torch.nn.functional.one_hot(visual_tokens, 11).float()
    assert torch.allclose(net.decode(visual_tokens), net.decode(certain), atol=1e-6)


def test_tokens_are_in_the_order_of_the_patches() -> None:
    torch.manual_seed(0)
    net, side = Tokenizer(4, 11, 16), 8
    image, visual_tokens = torch.randn(1, 3, 32, 32), torch.randint(11, (1, 64))
    for patch in (0, 7, 29, 56):
        y, x = divmod(patch, side)
        other = image.clone()
        other[:, :, 4 * y : 4 * y + 4, 4 * x : 4 * x + 4] *= -1
        # The receptive fields of neighbouring patches overlap.
        assert patch in (net.encode(other) - net.encode(image)).abs().sum(-1)[0].topk(4).indices
        changed = visual_tokens.clone()
        changed[0, patch] = (changed[0, patch] + 1) % 11
        difference = (net.decode(changed) - net.decode(visual_tokens)).abs().sum(1)[0]  # (32, 32)
        there = torch.nn.functional.avg_pool2d(difference[None], 4)[0].flatten()
        assert there.argmax() == patch


def test_an_image_s_tokens_do_not_depend_on_other_images() -> None:
    net, images = Tokenizer(4, 11, 16), torch.randn(4, 3, 16, 16)
    assert torch.allclose(net.encode(images)[:1], net.encode(images[:1]), atol=1e-5)


def test_tokens_are_drawn_with_the_softmax_probabilities() -> None:
    """The Gumbel-max theorem: the largest of logits with Gumbel noise is a draw from their softmax."""
    logits = torch.tensor([2.0, 0.0, 1.0, -1.0])
    n = 40_000
    drawn = gumbel_softmax(logits.expand(n, 4), 0.5, torch.Generator().manual_seed(0))
    share = torch.bincount(drawn.argmax(1), minlength=4) / n
    expected = logits.softmax(0)
    assert ((share - expected).abs() < 4.5 * (expected * (1 - expected) / n).sqrt()).all()


def test_draws_sum_to_1_and_are_harder_at_a_lower_temperature() -> None:
    logits = torch.randn(500, 9, generator=torch.Generator().manual_seed(1))
    sharpest = {}
    for temperature in (0.05, 1.0, 50.0):
        drawn = gumbel_softmax(logits, temperature, torch.Generator().manual_seed(2))
        assert torch.allclose(drawn.sum(1), torch.ones(500), atol=1e-5)
        sharpest[temperature] = drawn.amax(1).mean().item()
    assert sharpest[0.05] > 0.95
    assert sharpest[50.0] < 0.15
    assert sharpest[0.05] > sharpest[1.0] > sharpest[50.0]


def test_draws_depend_on_their_generator_and_are_differentiable() -> None:
    logits = torch.zeros(5, 3, requires_grad=True)
    one, two, other = (gumbel_softmax(logits, 1.0, torch.Generator().manual_seed(seed)) for seed in (3, 3, 4))
    assert torch.equal(one, two)
    assert not torch.equal(one, other)
    one[:, 0].sum().backward()
    assert logits.grad is not None
    assert (logits.grad[:, 0] > 0).all()


def test_prime_factors() -> None:
    assert [prime_factors(number) for number in (1, 2, 4, 7, 12, 16)] == [[1], [2], [2, 2], [7], [2, 2, 3], [2] * 4]
