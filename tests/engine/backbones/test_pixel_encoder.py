"""The encoder of agents: the official architecture, positions are kept, maps add up to the features."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from engine.backbones.pixel_encoder import PixelEncoder


def test_the_architecture_is_that_of_the_official_code() -> None:
    """At 84 px its last map has 35 cells a side."""
    net = PixelEncoder(84)
    assert (net.side, net.dim) == (35, 50)
    assert net.linear.in_features == 32 * 35 * 35
    plain = nn.Sequential(
        *(nn.Sequential(layer, nn.ReLU()) for layer in net.convolutions), nn.Flatten(), net.linear, nn.LayerNorm(50)
    )
    images = torch.randn(2, 3, 84, 84)
    torch.testing.assert_close(net(images), plain(images))
    assert [layer.stride for layer in net.convolutions] == [(2, 2), (1, 1), (1, 1), (1, 1)]  # type: ignore[union-attr]


def test_it_sees_where_something_is() -> None:
    net, images = PixelEncoder(32), torch.zeros(2, 3, 32, 32)
    images[0, :, 4:8, 4:8] = 1
    images[1, :, 20:24, 20:24] = 1
    one, other = net(images)
    assert (one - other).abs().max() > 0.05


def test_the_maps_add_up_to_the_features_before_their_normalisation() -> None:
    net, images = PixelEncoder(32), torch.randn(3, 3, 32, 32)
    maps = net.dense(images, least=8)
    assert maps.shape == (3, 50, net.side, net.side)
    torch.testing.assert_close(net.norm(maps.sum((2, 3)) + net.linear.bias), net(images), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("size", [8, 16, 17, 24, 64])
def test_small_and_odd_images_pass(size: int) -> None:
    net = PixelEncoder(size)
    assert net(torch.randn(2, 3, size, size)).shape == (2, 50)
    assert net(torch.randn(2, 3, size + 5, size + 5)).shape == (2, 50)  # another size than it was made for


def test_another_has_weights_of_its_own() -> None:
    net = PixelEncoder(32, width=8, dim=12)
    other = net.another()
    assert other.dim == 12
    assert other.linear.weight.shape == net.linear.weight.shape
    assert not torch.equal(other.linear.weight, net.linear.weight)
