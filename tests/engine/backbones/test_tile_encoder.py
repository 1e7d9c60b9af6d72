"""Encoding tiles: tile sizes, the error where none fits, and independence of tiles."""

from __future__ import annotations

import pytest
import torch

from engine.augment.puzzle_tiles import cut_tiles
from engine.backbones.resnet import NarrowResNet
from engine.backbones.tile_encoder import encode_tiles, fitted_tiling
from engine.backbones.vit import VisionTransformer
from engine.config.errors import ConfigError


@pytest.mark.parametrize(
    ("patch", "gap", "jitter", "least"), [(1, 0.17, 0.17, 15), (1, 0.5, 0.15, 17), (4, 0.17, 0.17, 15), (8, 0.5, 0.15, 33)]
)
def test_the_error_names_the_smallest_size_that_works(patch: int, gap: float, jitter: float, least: int) -> None:
    net = NarrowResNet("small") if patch == 1 else VisionTransformer(8 * patch, patch, 16, 1, 2)
    with pytest.raises(ConfigError, match=rf"views\.groups\.0\.size must be at least {least} px\. Got {least - 1}\."):
        fitted_tiling(net, least - 1, 3, gap, jitter)
    at = fitted_tiling(net, least, 3, gap, jitter)
    tiles = cut_tiles(torch.randn(2, 3, least, least), at, torch.Generator().manual_seed(0))
    assert encode_tiles(net, tiles).shape == (2, 9, net.dim)


def test_a_tile_s_features_depend_on_that_tile_only() -> None:
    net = NarrowResNet("small").eval()
    tiles = torch.randn(2, 3, 3, 3, 8, 8)
    features = encode_tiles(net, tiles)
    for tile in range(9):
        alone = net(tiles[:, tile // 3, tile % 3])
        assert torch.allclose(features[:, tile], alone, atol=1e-5)
