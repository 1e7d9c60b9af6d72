"""Two encoders, one for lightness and one for colour: each depends on its own channels only."""

from __future__ import annotations

import torch

from engine.backbones.lab_encoders import LabBackbone
from engine.backbones.resnet import NarrowResNet

MEAN, STD = torch.tensor([0.4, 0.5, 0.6]), torch.tensor([0.2, 0.25, 0.3])


def pair() -> LabBackbone:
    torch.manual_seed(0)
    net = LabBackbone(NarrowResNet("small")).eval()
    net.set_normalisation(MEAN, STD)
    return net


def normalised(pixels: torch.Tensor) -> torch.Tensor:
    return (pixels - MEAN.view(1, 3, 1, 1)) / STD.view(1, 3, 1, 1)


def test_features_are_both_encoders_features_concatenated() -> None:
    net = pair()
    images = normalised(torch.rand(3, 3, 32, 32))
    with torch.no_grad():
        h, (l, ab), dense = net(images), net.split(net.pixels(images)), net.dense(images)
    assert h.shape == (3, net.dim)
    assert torch.equal(h, torch.cat([l, ab], dim=1))
    assert torch.allclose(dense.mean((2, 3)), h, atol=1e-5)


def test_grey_images_have_a_constant_input_for_the_colour_encoder() -> None:
    net = pair()
    one, two = (torch.rand(1, 1, 32, 32).expand(1, 3, 32, 32) for _ in range(2))
    with torch.no_grad():
        (l1, ab1), (l2, ab2) = net.split(one), net.split(two)
    assert torch.allclose(ab1, ab2, atol=1e-3)
    assert not torch.allclose(l1, l2, atol=1e-3)


def test_inputs_are_the_scaled_lab_channels_of_the_pixels() -> None:
    net = pair()
    white, red = torch.ones(1, 3, 2, 2), torch.tensor([1.0, 0.0, 0.0]).view(1, 3, 1, 1).expand(1, 3, 2, 2)
    l, ab = net.channels(torch.cat([white, red]))
    assert torch.allclose(l[0], torch.ones(3, 2, 2), atol=1e-4)
    assert torch.allclose(l[1], torch.full((3, 2, 2), (53.24 - 50) / 50), atol=1e-3)
    assert torch.allclose(ab[1, :, 0, 0], torch.tensor([(80.09 - 6.025) / 92.208, (67.20 + 6.6895) / 101.1675, 0.0]), atol=1e-3)


def test_the_normalisation_is_in_the_state_dict_and_another_has_new_weights() -> None:
    net = pair()
    fresh = net.another()
    assert fresh.dim == net.dim
    assert not torch.equal(next(fresh.parameters()), next(net.parameters()))
    fresh.load_state_dict(net.state_dict())
    assert torch.equal(fresh.mean, MEAN)
    assert torch.equal(fresh.std, STD)


def test_the_encoders_have_different_initial_weights() -> None:
    net = pair()
    assert not torch.equal(next(net.lightness.parameters()), next(net.colour.parameters()))
