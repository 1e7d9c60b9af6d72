"""Principal components as colours."""

from __future__ import annotations

import torch
from torch import Tensor

from engine.pictures.components import coloured, components


def drawn(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def planted(dim: int) -> tuple[Tensor, Tensor]:
    """Feature maps (4, dim, 5, 5) with three directions of decreasing variance, and their coefficients (4, 3, 5, 5)."""
    latent = drawn(4, 3, 5, 5) * torch.tensor([3.0, 2.0, 1.0]).view(1, 3, 1, 1)
    latent = latent - latent.mean((0, 2, 3), keepdim=True)
    axes = torch.linalg.qr(drawn(dim, 3, seed=1)).Q
    return torch.einsum("dk,nkhw->ndhw", axes, latent) + drawn(1, dim, 1, 1, seed=2), latent


def likeness(a: Tensor, b: Tensor) -> Tensor:
    """Correlations (3, 3) of the channels of (n, 3, s, s) and (n, 3, s, s)."""
    x, y = (v.transpose(0, 1).flatten(1) for v in (a, b))
    return torch.corrcoef(torch.cat([x, y]))[:3, 3:]


def test_components_are_the_directions_of_largest_variance() -> None:
    for dim in (8, 300):
        maps, latent = planted(dim)
        result = components(maps, latent)
        assert result.shape == (4, 3, 5, 5)
        # The planted directions are orthogonal, the draws along them only nearly so.
        assert (likeness(result, latent).diagonal() > 0.9).all()
        flat = result.transpose(0, 1).flatten(1)
        covariance = torch.cov(flat, correction=0)
        assert torch.allclose(covariance, covariance.diag().diag(), atol=1e-6)
        whole = maps - maps.mean((0, 2, 3), keepdim=True)
        length = maps.square().sum(1).mean().sqrt()
        assert torch.allclose(flat.square().sum(), (whole / length).square().sum(), rtol=1e-4), "three directions hold it all"


def test_components_keep_the_signs_and_the_order_of_earlier_ones() -> None:
    maps, latent = planted(16)
    before = components(maps, latent)
    flipped = components(maps, -before)
    assert torch.allclose(flipped, -before, atol=1e-5), "the sign is that of the earlier components"
    moved = components(maps, before[:, [2, 0, 1]])
    assert torch.allclose(moved, before[:, [2, 0, 1]], atol=1e-5), "the channels are, too"
    again = components(maps + 0.02 * drawn(*maps.shape, seed=3), before)
    assert (likeness(again, before).diagonal() > 0.98).all()


def test_the_first_components_correlate_with_images_of_any_size() -> None:
    maps, _ = planted(16)
    images = torch.rand(4, 3, 40, 40, generator=torch.Generator().manual_seed(4))
    assert (likeness(components(maps, images), torch.nn.functional.adaptive_avg_pool2d(images, 5)).diagonal() >= 0).all()


def test_constant_features_are_grey() -> None:
    maps = drawn(1, 32, 1, 1).expand(4, 32, 5, 5) + 1e-6 * drawn(4, 32, 5, 5, seed=1)
    picture = coloured(components(maps, torch.rand(4, 3, 5, 5)), 20)
    assert (picture - 0.5).abs().max() < 0.02


def test_fewer_components_than_colours_are_finite() -> None:
    maps = drawn(2, 2, 3, 3)
    result = components(maps, torch.zeros(2, 3, 3, 3))
    assert (result.abs().amax((0, 2, 3)) < 1e-6).sum() == 1
    assert torch.isfinite(coloured(result, 12)).all()


def test_cells_are_enlarged_without_interpolation() -> None:
    picture = coloured(drawn(2, 3, 4, 4), 12)
    assert picture.shape == (2, 3, 12, 12)
    assert 0 <= picture.min() <= picture.max() <= 1
    blocks = picture.reshape(2, 3, 4, 3, 4, 3)
    assert (blocks == blocks[:, :, :, :1, :, :1]).all()
