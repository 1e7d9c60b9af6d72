"""The ConvViT: masked convolutions without leaks, several sets of patches in one pass, strides, sizes."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from engine.augment.masking import fold_masks, random_mask
from engine.backbones.build import CONVVITS, build_backbone, patch_of
from engine.backbones.convvit import ConvBlock, ConvViT, squares
from engine.config.errors import ConfigError
from engine.config.run import BackboneConfig
from engine.heads.fusion import StageFusion


def drawn(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.fixture
def net() -> ConvViT:
    torch.manual_seed(0)
    net = ConvViT(32, 4, (8, 12, 16), (2, 1, 2), 4).eval()
    for parameter in net.parameters():  # biases and positions too, so that no weight is 0
        torch.nn.init.normal_(parameter, std=0.2)
    return net


def with_hidden_value(images: Tensor, hidden: Tensor, value: float) -> Tensor:
    """The images with every hidden 4 x 4 patch (N, 64) set to a value."""
    pixels = hidden.view(-1, 1, 8, 8).repeat_interleave(4, 2).repeat_interleave(4, 3)
    return images.masked_fill(pixels, value)


@pytest.mark.parametrize("value", [0.0, 1e6, math.nan])
def test_hidden_pixels_change_no_visible_token(net: ConvViT, value: float) -> None:
    images, mask = torch.randn(3, 3, 32, 32), random_mask(3, 64, 0.75, drawn())
    other = with_hidden_value(images, mask.hidden, value)
    with torch.no_grad():
        assert torch.equal(net.tokens(images, mask.keep), net.tokens(other, mask.keep))
        assert not torch.equal(net.tokens(images), net.tokens(other))


def test_hidden_pixels_do_not_reach_the_decoder_through_the_early_stages(net: ConvViT) -> None:
    torch.manual_seed(0)
    fusion = StageFusion(net.dims, net.finer)
    images, mask = torch.randn(3, 3, 32, 32), random_mask(3, 64, 0.75, drawn())

    def fused(x: Tensor) -> Tensor:
        first, second, tokens = net.stages(x, [mask.keep])
        return fusion((first, second), tokens)

    with torch.no_grad():
        assert torch.equal(fused(images), fused(with_hidden_value(images, mask.hidden, 1e6)))


def test_visible_patches_exchange_information_in_the_convolutions(net: ConvViT) -> None:
    """Unlike hidden patches, visible neighbours change a patch's output already before the transformer."""
    images, keep = torch.randn(1, 3, 32, 32), torch.tensor([[9, 10]])  # neighbours in a row
    other = images.clone()
    other[..., 4:8, 8:12] += 1  # patch 10
    with torch.no_grad():
        one, two = net.stages(images, [keep])[0], net.stages(other, [keep])[0]
    moved = (one - two).abs().sum((0, 2, 4))[0]  # (f,) by column of patch 9, whose pixels are the same in both
    assert (moved > 0).all()  # two blocks have a receptive field of four cells


def test_masked_convolution_equals_the_loops() -> None:
    torch.manual_seed(0)
    block, keep = ConvBlock(3), torch.stack([torch.randperm(36)[:17] for _ in range(2)])
    x = torch.randn(2, 17, 1, 1, 3)
    with torch.no_grad():
        entered = block.enter(block.norm1(x))
        mixed = torch.zeros_like(x)
        for n in range(2):
            for k, patch in enumerate(keep[n].tolist()):
                for c in range(3):
                    value = float(block.conv.bias[c])  # type: ignore[index]
                    for other, there in enumerate(keep[n].tolist()):
                        i, j = there // 6 - patch // 6, there % 6 - patch % 6
                        if max(abs(i), abs(j)) <= 2:
                            value += float(block.conv.weight[c, 0, i + 2, j + 2] * entered[n, other, 0, 0, c])
                    mixed[n, k, 0, 0, c] = value
        y = x + block.leave(mixed)
        assert torch.allclose(block(x, keep, 6), y + block.mlp(block.norm2(y)), atol=1e-5)


def test_with_all_patches_it_equals_the_convolution_of_the_map() -> None:
    torch.manual_seed(0)
    block, whole = ConvBlock(4), torch.randn(2, 12, 12, 4)
    patches = squares(whole[:, None], 3).reshape(2, 16, 3, 3, 4)  # 4 x 4 patches of 3 x 3 cells
    with torch.no_grad():
        y = block.enter(block.norm1(whole)).permute(0, 3, 1, 2)
        y = whole + block.leave(block.conv(y).permute(0, 2, 3, 1))
        expected = squares((y + block.mlp(block.norm2(y)))[:, None], 3).reshape(2, 16, 3, 3, 4)
        assert torch.allclose(block(patches, torch.arange(16).expand(2, -1), 4), expected, atol=1e-5)


def test_squares_are_cut_row_by_row() -> None:
    x = torch.arange(16.0).view(1, 1, 4, 4, 1)
    assert squares(x, 2)[0, 0].tolist() == [[[0, 1, 4, 5], [2, 3, 6, 7]], [[8, 9, 12, 13], [10, 11, 14, 15]]]


def test_complementary_sets_in_one_pass_equal_separate_passes(net: ConvViT) -> None:
    images, masks = torch.randn(3, 3, 32, 32), fold_masks(3, 64, 4, drawn())
    with torch.no_grad():
        together = net.norm(net.stages(images, [mask.keep for mask in masks])[2])
        alone = torch.cat([net.tokens(images, mask.keep) for mask in masks])
    assert together.shape == (12, 16, 16)
    assert torch.allclose(together, alone, atol=1e-5)


def test_keeping_all_patches_equals_no_mask_and_tokens_are_in_the_given_order(net: ConvViT) -> None:
    images, order = torch.randn(2, 3, 32, 32), torch.stack([torch.randperm(64), torch.randperm(64)])
    with torch.no_grad():
        every, kept = net.tokens(images), net.tokens(images, order)
    assert torch.allclose(kept, torch.gather(every, 1, order.unsqueeze(-1).expand(-1, -1, 16)), atol=1e-5)


@pytest.mark.parametrize(("patch", "sides"), [(16, (56, 28, 14)), (4, (224, 112, 56)), (2, (224, 224, 112)), (7, (32, 32, 32))])
def test_stages_are_four_times_and_twice_as_fine_as_the_tokens(patch: int, sides: tuple[int, int, int]) -> None:
    net = ConvViT(224, patch, (4, 4, 8), (0, 0, 0), 2).eval()
    with torch.no_grad():
        first, second, tokens = net.stages(torch.zeros(1, 3, 224, 224))
    side = 224 // patch
    assert (first.shape[2] * side, second.shape[2] * side, side) == sides
    assert tokens.shape[1] == side**2


def test_features_are_the_mean_of_the_map_at_any_size(net: ConvViT) -> None:
    for size in (32, 16, 48):
        images = torch.randn(2, 3, size, size)
        with torch.no_grad():
            dense = net.dense(images)
            assert dense.shape == (2, 16, size // 4, size // 4)
            assert torch.allclose(net(images), dense.mean((2, 3)), atol=1e-5)


def test_another_has_the_same_shapes_and_other_weights(net: ConvViT) -> None:
    other = net.another()
    assert {n: p.shape for n, p in other.named_parameters()} == {n: p.shape for n, p in net.named_parameters()}
    assert not torch.equal(other.embeds[0].proj.weight, net.embeds[0].proj.weight)


def test_a_skipped_block_is_the_identity() -> None:
    block, x, keep = ConvBlock(4, drop_path=0.999999), torch.randn(2, 3, 2, 2, 4), torch.tensor([[0, 3, 1], [2, 3, 1]])
    assert torch.equal(block.train()(x, keep, 2), x)
    assert not torch.equal(block.eval()(x, keep, 2), x)


@pytest.mark.parametrize("name", CONVVITS)
def test_it_is_built_by_name_with_a_patch_that_scales(name: str) -> None:
    net = build_backbone(BackboneConfig(name=name), 32)  # type: ignore[arg-type]
    assert isinstance(net, ConvViT)
    assert (net.patch, net.side, net.dim, net.multiple) == (4, 8, CONVVITS[name][0][-1], 4)
    assert patch_of(BackboneConfig(name=name), 96) == 12  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match=r"backbone\.patch must be"):
        build_backbone(BackboneConfig(name=name, patch=5), 32)  # type: ignore[arg-type]
