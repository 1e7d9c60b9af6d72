"""Encoding images does not change the encoder."""

from __future__ import annotations

import threading

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from engine.backbones.backbone import Backbone
from engine.embed.features import encode
from tests.engine.embed.world import small_world


class Net(Backbone):
    dim = 5

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(3, 5, 3), nn.BatchNorm2d(5), nn.Dropout(0.5), nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.seen: list[Tensor] = []

    def forward(self, images: Tensor) -> Tensor:
        self.seen.append(images)
        out: Tensor = self.body(images)
        return out


@pytest.fixture
def net() -> Net:
    torch.manual_seed(3)
    return Net()


@pytest.mark.filterwarnings("error")
def test_rows_are_in_the_given_order_at_any_batch_size(net: Net) -> None:
    world = small_world()
    index = np.array([7, 2, 2, 30, 0])
    whole = encode(net, world, index)
    assert whole.shape == (5, 5)
    torch.testing.assert_close(encode(net, world, index, batch=2), whole)
    torch.testing.assert_close(whole[1], whole[2])
    torch.testing.assert_close(encode(net, world, index[3:4])[0], whole[3])
    assert encode(net, world, np.zeros(0, np.int64)).shape == (0, 5)


def test_encoder_and_generators_are_not_changed(net: Net) -> None:
    net.train()
    net.body[1].eval()  # a module that a method keeps in eval mode
    before = {name: value.clone() for name, value in net.state_dict().items()}
    torch.manual_seed(11)
    generator = torch.random.get_rng_state().clone()
    features = encode(net, small_world(), np.arange(20))
    assert torch.equal(torch.random.get_rng_state(), generator)
    for name, value in net.state_dict().items():
        assert torch.equal(value, before[name]), name
    assert [net.training, net.body[1].training, net.body[2].training] == [True, False, True]
    assert not features.requires_grad
    # A probe is trained on the features, which must not be inference tensors.
    weight = torch.zeros(5, requires_grad=True)
    (features @ weight).sum().backward()


def test_images_are_normalised_with_the_training_split_and_resized(net: Net) -> None:
    world = small_world()
    encode(net, world, np.arange(4))
    pixels = torch.tensor(world.images[:4]).float() / 255
    expected = (pixels - torch.tensor(world.mean).view(1, 3, 1, 1)) / torch.tensor(world.std).view(1, 3, 1, 1)
    torch.testing.assert_close(net.seen[-1], expected)
    encode(net, world, np.arange(4), size=6)
    assert net.seen[-1].shape == (4, 3, 6, 6)
    # Antialiased: downsampling by two keeps the mean of each image.
    torch.testing.assert_close(net.seen[-1].mean((2, 3)), expected.mean((2, 3)), atol=0.05, rtol=0)


def test_encoding_is_in_full_precision_in_any_thread(net: Net) -> None:
    world, index = small_world(), np.arange(16)
    reference = encode(net, world, index)
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(encode(net, world, index), reference)
    results: list[Tensor] = []
    thread = threading.Thread(target=lambda: results.append(encode(net, world, index)))
    thread.start()
    thread.join()
    assert torch.equal(results[0], reference)


def test_an_error_does_not_change_the_encoder(net: Net) -> None:
    net.train()
    with pytest.raises(IndexError):
        encode(net, small_world(), np.array([10**6]))
    assert net.training
