"""The ResNets: torchvision's parameter names, the stems, and the narrow one's size."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
import torchvision

from engine.backbones.backbone import Backbone
from engine.backbones.build import SMALL, build_backbone
from engine.backbones.resnet import NarrowResNet, ResNet
from engine.config.run import BackboneConfig
from engine.evaluate.layouts import libraries_of


@pytest.mark.parametrize(("name", "dim"), [("resnet18", 512), ("resnet34", 512), ("resnet50", 2048)])
def test_names_and_shapes_equal_torchvision_s(name: str, dim: int) -> None:
    with torch.device("meta"):
        ours = ResNet(name, "imagenet")  # type: ignore[arg-type]
        theirs = getattr(torchvision.models, name)(weights=None).state_dict()
    assert ours.dim == dim
    assert {k: v.shape for k, v in ours.net.state_dict().items()} == {
        k: v.shape for k, v in theirs.items() if not k.startswith("fc.")
    }


def test_the_imagenet_stem_gives_torchvision_s_features() -> None:
    ours = ResNet("resnet18", "imagenet").eval()
    theirs = torchvision.models.resnet18(weights=None).eval()
    theirs.fc = torch.nn.Identity()
    theirs.load_state_dict(ours.net.state_dict())
    images = torch.randn(1, 3, 64, 64)
    with torch.no_grad():
        assert torch.allclose(ours(images), theirs(images), atol=1e-5)


@pytest.mark.parametrize(("stem", "side"), [("small", 8), ("imagenet", 2)])
def test_the_small_stem_does_not_downsample(stem: str, side: int) -> None:
    net = build_backbone(BackboneConfig(name="resnet18", stem=stem), 64).net
    x = net.maxpool(net.relu(net.bn1(net.conv1(torch.randn(1, 3, 64, 64)))))
    x = net.layer4(net.layer3(net.layer2(net.layer1(x))))
    assert x.shape[-1] == side


@pytest.mark.parametrize("name", ["resnet10_narrow", "resnet18"])
@pytest.mark.parametrize("size", [32, 96])
def test_features_have_the_declared_size(name: str, size: int) -> None:
    backbone = build_backbone(BackboneConfig(name=name), size)
    assert backbone(torch.randn(2, 3, size, size)).shape == (2, backbone.dim)


def test_auto_selects_the_small_stem_for_small_images() -> None:
    small = build_backbone(BackboneConfig(name="resnet18"), SMALL)
    large = build_backbone(BackboneConfig(name="resnet18"), SMALL + 1)
    assert small.net.conv1.stride == (1, 1)
    assert large.net.conv1.stride == (2, 2)


def test_the_narrow_resnet_has_few_parameters() -> None:
    count = sum(p.numel() for p in NarrowResNet("small").parameters())
    assert 1.1e6 < count < 1.3e6


@pytest.mark.parametrize("make", [lambda: NarrowResNet("small"), lambda: ResNet("resnet18", "small")])
def test_the_dense_map_pools_to_the_features_and_another_has_other_weights(make: Callable[[], Backbone]) -> None:
    torch.manual_seed(0)
    net = make().eval()
    images = torch.randn(2, 3, 32, 32)
    with torch.no_grad():
        dense = net.dense(images)
        assert dense.shape[1] == net.dim
        assert torch.allclose(dense.mean((2, 3)), net(images), atol=1e-5)
    other = net.another()
    assert type(other) is type(net)
    shapes = {name: p.shape for name, p in net.named_parameters()}
    assert {name: p.shape for name, p in other.named_parameters()} == shapes
    assert any(not torch.equal(p, dict(other.named_parameters())[name]) for name, p in net.named_parameters())


@pytest.mark.parametrize(
    ("make", "size", "least", "side"),
    [
        (lambda: NarrowResNet("small"), 32, 4, 4),
        (lambda: NarrowResNet("small"), 32, 8, 8),
        (lambda: NarrowResNet("small"), 40, 5, 5),
        (lambda: ResNet("resnet18", "imagenet"), 64, 8, 8),
        (lambda: ResNet("resnet50", "imagenet"), 64, 4, 4),
        (lambda: ResNet("resnet18", "small"), 32, 4, 4),
    ],
)
def test_a_finer_map_is_the_same_network_with_smaller_strides(
    make: Callable[[], Backbone], size: int, least: int, side: int
) -> None:
    torch.manual_seed(0)
    net = make().eval()
    for module in net.modules():
        if isinstance(module, torch.nn.BatchNorm2d):  # at the initial weights a residual branch may be 0
            module.weight.data.uniform_(0.5, 1.5)
            module.running_mean.uniform_(-0.2, 0.2)  # type: ignore[union-attr]
    images = torch.randn(2, 3, size, size)
    with torch.no_grad():
        coarse, fine = net.dense(images), net.dense(images, least)
    assert fine.shape[-1] == side
    step = -(-side // coarse.shape[-1])
    scale = coarse.abs().max()
    assert torch.allclose(fine[:, :, ::step, ::step] / scale, coarse / scale, atol=1e-5)


def test_a_fine_enough_map_is_unchanged() -> None:
    net = NarrowResNet("small").eval()
    images = torch.randn(1, 3, 32, 32)
    with torch.no_grad():
        assert torch.equal(net.dense(images, 2), net.dense(images))


@pytest.mark.parametrize("size", [4, 8, 14, 16, 17, 28, 32])
@pytest.mark.parametrize("make", [NarrowResNet, lambda stem, least_map: ResNet("resnet18", stem, least_map)])
@pytest.mark.parametrize("stem", ["small", "imagenet"])
def test_every_weight_is_trained_on_the_smallest_images(make: Any, stem: str, size: int) -> None:
    """A 3x3 convolution has nine weights; on one cell with zero padding only the central one has an input."""
    if -(-size // 4) < 2 and stem == "imagenet":
        pytest.skip("the stem alone leaves one cell")
    torch.manual_seed(0)
    net = make(stem, least_map=2)
    for module in net.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.ones_(module.weight)  # blocks of a torchvision ResNet are the identity at the initial weights
    net(torch.randn(16, 3, size, size)).square().sum().backward()
    idle = {name: float((p.grad == 0).float().mean()) for name, p in net.named_parameters() if p.ndim == 4}
    assert {name: share for name, share in idle.items() if share > 0.1} == {}


def test_images_of_common_sizes_are_downsampled_by_the_strides() -> None:
    torch.manual_seed(0)
    net = NarrowResNet("small", least_map=2).eval()
    plain = NarrowResNet("small").eval()
    plain.load_state_dict(net.state_dict())
    images = torch.randn(2, 3, 32, 32)
    assert torch.equal(net(images), plain(images))
    assert torch.equal(net.dense(images, 4), plain.dense(images, 4))
    small = torch.randn(2, 3, 16, 16)
    assert net.dense(small).shape[-1] == 2
    assert plain.dense(small).shape[-1] == 1
    assert not torch.allclose(net(small), plain(small))
    assert net.another().least_map == 2


def test_with_omitted_strides_no_other_library_has_the_network() -> None:
    assert libraries_of(build_backbone(BackboneConfig(), 32)) == ("torchvision", "parallax")
    assert libraries_of(build_backbone(BackboneConfig(), 16)) == ("parallax",)
    assert libraries_of(build_backbone(BackboneConfig(least_map=1), 16)) == ("torchvision", "parallax")
