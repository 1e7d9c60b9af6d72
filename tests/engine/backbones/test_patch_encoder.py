"""The patch-wise encoder: a patch's features depend on that patch, the grid scales, invalid sizes are refused with a message."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import nn

from engine.augment.patch_grid import patch_places
from engine.backbones.build import build_backbone
from engine.backbones.patch_encoder import PatchBackbone, with_layer_norm
from engine.config.errors import ConfigError
from engine.config.run import BackboneConfig


def wrapped(name: str = "resnet10_narrow", size: int = 32, grid: int = 7, share: float = 0.25, **more: bool) -> PatchBackbone:
    torch.manual_seed(0)
    return PatchBackbone(build_backbone(BackboneConfig(name=name), size), grid, share, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["resnet10_narrow", "resnet18", "vit_micro"])
@pytest.mark.parametrize("size", [32, 64, 96])
def test_output_shapes_at_every_size(name: str, size: int) -> None:
    net = wrapped(name, size, grid=3).eval()
    images = torch.randn(2, 3, size, size)
    with torch.no_grad():
        grid = net.grid(images)
        assert grid.shape == (2, 3, 3, net.dim)
        assert net.dense(images).shape == (2, net.dim, 3, 3)
        assert torch.allclose(net(images), grid.mean((1, 2)))


def test_a_patch_s_features_depend_on_its_own_pixels_only() -> None:
    net = wrapped().eval()
    images = torch.randn(1, 3, 32, 32, requires_grad=True)
    corners = patch_places(32, 8, 7).tolist()
    for r, c in ((0, 0), (2, 5), (6, 6)):
        (gradient,) = torch.autograd.grad(net.grid(images)[0, r, c].sum(), images)
        inside = gradient[0].abs().sum(0)
        y, x = corners[r], corners[c]
        assert inside[y : y + 8, x : x + 8].sum() > 0
        inside[y : y + 8, x : x + 8] = 0
        assert inside.sum() == 0


def test_with_layer_norm_patches_are_independent() -> None:
    """Also in train mode, where batch normalisation makes each depend on all."""
    images = torch.randn(2, 3, 32, 32)
    other = images.clone()
    other[1] += torch.randn(3, 32, 32)
    differences = {}
    for layer in (True, False):
        net = wrapped(layer_norm=layer).train()
        differences[layer] = (net.grid(images)[0] - net.grid(other)[0]).abs().max().item()
    assert differences[True] < 1e-6
    assert differences[False] > 1e-4


def test_layer_norm_replaces_every_normalisation_in_a_copy() -> None:
    net = build_backbone(BackboneConfig(name="resnet18"), 32)
    before = copy.deepcopy(net.state_dict())
    with torch.no_grad():
        made = with_layer_norm(net)
    kinds = [type(module) for module in made.modules()]
    assert nn.BatchNorm2d not in kinds
    assert kinds.count(nn.GroupNorm) == sum(isinstance(module, nn.BatchNorm2d) for module in net.modules())
    # zero_init_residual: the last scale of each block stays 0.
    assert made.net.layer1[0].bn2.weight.abs().sum() == 0  # type: ignore[union-attr,index]
    assert all(torch.equal(before[name], value) for name, value in net.state_dict().items())


def test_another_has_the_same_type_and_other_weights() -> None:
    net = wrapped(layer_norm=True)
    other = net.another()
    assert {k: v.shape for k, v in other.state_dict().items()} == {k: v.shape for k, v in net.state_dict().items()}
    assert any(not torch.equal(a, b) for a, b in zip(net.parameters(), other.parameters(), strict=True))
    assert (other.patches, other.share, other.dim) == (net.patches, net.share, net.dim)


def test_a_vit_s_patch_images_are_multiples_of_its_patch_size() -> None:
    net = wrapped("vit_micro", 32, grid=6, share=0.3125)
    assert net.patch(32) % 4 == 0
    assert net.grid(torch.randn(1, 3, 32, 32)).shape == (1, 6, 6, net.dim)


def test_a_too_small_image_is_refused_with_the_smallest_that_works() -> None:
    with pytest.raises(ConfigError, match=r"views\.groups\.0\.size must be at least 14 px\. Got 12\."):
        wrapped(size=12, grid=7)
    assert wrapped(size=14, grid=7).patch(14) == 4
    with pytest.raises(ConfigError, match=r"multiples of 2 px \(backbone\.patch\)"):
        wrapped("vit_micro", size=16, grid=16)
    with pytest.raises(ConfigError, match="at least 14 px"):
        wrapped(size=32, grid=7).grid(torch.randn(1, 3, 12, 12))
