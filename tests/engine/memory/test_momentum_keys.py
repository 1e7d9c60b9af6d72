"""Shuffled batch normalisation: each part has its own statistics, and keys are in the order of the images."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import nn

from engine.memory.momentum_keys import in_parts, shuffled_keys


def generator() -> torch.Generator:
    return torch.Generator().manual_seed(3)


def test_every_part_has_its_own_statistics() -> None:
    norm, x = nn.BatchNorm1d(2, affine=False), torch.randn(32, 2) + torch.arange(32.0)[:, None]
    out = in_parts(norm, x, 4)
    for part in out.chunk(4):
        assert torch.allclose(part.mean(0), torch.zeros(2), atol=1e-5)
    assert torch.allclose(out[:8], nn.BatchNorm1d(2, affine=False)(x[:8]))


def test_parts_have_at_least_eight_images_and_eval_mode_has_one_part() -> None:
    seen: list[int] = []

    class Count(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            seen.append(len(x))
            return x

    for images, splits in ((32, 4), (20, 4), (7, 4), (2, 4), (64, 1)):
        in_parts(Count(), torch.zeros(images, 1), splits)
    in_parts(Count().eval(), torch.zeros(64, 1), 4)
    assert seen == [8, 8, 8, 8, 10, 10, 7, 2, 64, 64]


def test_keys_are_unit_vectors_in_the_order_of_their_images() -> None:
    x = torch.randn(16, 3, requires_grad=True)
    keys = shuffled_keys(nn.Identity(), x, 2, generator())
    assert torch.equal(keys, F.normalize(x.detach(), dim=1))
    assert not keys.requires_grad


def test_a_key_is_normalised_among_other_images_than_its_query() -> None:
    norm, x = nn.BatchNorm1d(3, affine=False), torch.randn(32, 3)
    queries, keys = F.normalize(in_parts(norm, x, 4), dim=1), shuffled_keys(norm, x, 4, generator())
    order = torch.randperm(32, generator=generator())
    expected = torch.empty_like(x)
    for part in order.chunk(4):
        expected[part] = F.normalize(nn.BatchNorm1d(3, affine=False)(x[part]), dim=1)
    assert torch.allclose(keys, expected, atol=1e-6)
    assert not torch.allclose(keys, queries, atol=1e-2)
    assert torch.equal(keys, shuffled_keys(norm, x, 4, generator()))
