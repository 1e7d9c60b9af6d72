"""The decoder's output size, its separate channels, and a frozen discriminator without gradients."""

from __future__ import annotations

import pytest
import torch

from engine.backbones.resnet import NarrowResNet
from engine.heads.image_decoder import Discriminator, EachChannel, ImageDecoder, map_side


@pytest.mark.parametrize(("side", "size"), [(2, 32), (4, 8), (8, 8), (7, 56), (3, 32), (16, 8), (1, 8)])
@pytest.mark.parametrize("mix", [False, True])
def test_a_decoder_s_output_has_the_given_size(side: int, size: int, mix: bool) -> None:
    decoder = ImageDecoder(24, side, 5, size, width=64, mix=mix)
    assert decoder(torch.randn(2, 24, side, side)).shape == (2, 5, size, size)


@pytest.mark.parametrize("least", [0, 4, 8])
def test_map_side_equals_the_side_of_the_feature_map(least: int) -> None:
    net = NarrowResNet("small")
    before = {name: value.clone() for name, value in net.state_dict().items()}
    side = map_side(net, 32, least)
    assert net.training
    assert all(torch.equal(value, before[name]) for name, value in net.state_dict().items())
    assert net.dense(torch.randn(2, 3, 32, 32), least).shape[-1] == side


def test_a_channel_s_output_depends_on_every_position_of_that_channel_only() -> None:
    layer = EachChannel(3, 4)
    features = torch.randn(2, 3, 4, 4, requires_grad=True)
    out = layer(features)
    expected = torch.zeros(2, 3, 16)
    for n in range(2):
        for c in range(3):
            expected[n, c] = layer.weight[c] @ features[n, c].flatten() + layer.bias[c, :, 0]
    assert torch.allclose(out, expected.view(2, 3, 4, 4), atol=1e-5)
    (gradient,) = torch.autograd.grad(out[0, 1, 2, 2], features)
    assert (gradient[0, 1] != 0).all()
    assert gradient[0, [0, 2]].abs().sum() == 0
    assert gradient[1].abs().sum() == 0


@pytest.mark.parametrize("size", [8, 31, 32, 64])
def test_a_discriminator_gives_one_logit_per_image(size: int) -> None:
    assert Discriminator(size, 8)(torch.randn(3, 3, size, size)).shape == (3,)


def test_a_frozen_discriminator_gives_the_same_logits_and_gets_no_gradient() -> None:
    discriminator = Discriminator(32, 8)
    images = torch.randn(4, 3, 32, 32, requires_grad=True)
    frozen = discriminator.frozen(images)
    assert torch.equal(frozen, discriminator(images))
    frozen.sum().backward()
    assert images.grad is not None
    assert images.grad.abs().sum() > 0
    assert all(p.grad is None for p in discriminator.parameters())


def test_a_size_that_doubling_does_not_give_is_resized_in_bf16_too() -> None:
    """PyTorch has no antialiased resize for bfloat16 on a CPU."""
    decoder = ImageDecoder(8, 16, 3, 4, width=32)
    features = torch.randn(2, 8, 16, 16)
    with torch.autocast("cpu", torch.bfloat16):
        image = decoder(features)
    assert image.shape == (2, 3, 4, 4)
    image.float().sum().backward()
    with torch.no_grad():
        torch.testing.assert_close(image.float(), decoder(features), atol=0.05, rtol=0.05)
