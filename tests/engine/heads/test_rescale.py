"""Tokens to finer or coarser cells: equality with PyTorch's deconvolution, means, and no mixing between cells."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

from engine.heads.rescale import Deconvolution, Rescale


def test_the_deconvolution_equals_pytorch_s() -> None:
    layer = Deconvolution(6)
    x = torch.randn(2, 3, 3, 6)
    # spread's rows: row and column within the token, channel.
    weight = layer.spread.weight.view(2, 2, 3, 6).permute(3, 2, 0, 1)
    bias = layer.spread.bias.view(2, 2, 3).permute(2, 0, 1).repeat(1, 3, 3)
    expected = F.conv_transpose2d(x.permute(0, 3, 1, 2), weight, stride=2) + bias
    assert torch.allclose(layer(x), expected.permute(0, 2, 3, 1), atol=1e-6)


@pytest.mark.parametrize(("finer", "coarser", "side"), [(4, 1, 16), (2, 1, 8), (1, 1, 4), (1, 2, 2), (1, 4, 1)])
def test_a_cell_depends_on_the_tokens_that_it_overlaps_and_on_no_other(finer: int, coarser: int, side: int) -> None:
    torch.manual_seed(0)
    head = Rescale(8, 5, finer=finer, coarser=coarser)
    tokens = torch.randn(1, 16, 8)
    out = head(tokens)
    assert out.shape == (1, side * side, 5)
    for token in (0, 6, 15):
        changed = tokens.clone()
        changed[0, token] += 1
        moved = (head(changed) - out).abs().sum(-1)[0].view(side, side) > 0
        y, x = divmod(token, 4)
        expected = torch.zeros(side, side, dtype=torch.bool)
        expected[
            y * finer // coarser : (y * finer + finer - 1) // coarser + 1,
            x * finer // coarser : (x * finer + finer - 1) // coarser + 1,
        ] = True
        assert torch.equal(moved, expected)


def test_a_coarse_cell_is_the_mean_of_its_tokens() -> None:
    head = Rescale(8, 5, coarser=2)
    tokens = torch.randn(2, 16, 8)
    mean = tokens.view(2, 4, 4, 8)[:, 2:, :2].mean((1, 2))
    assert torch.allclose(head(tokens)[:, 2], head.output(mean), atol=1e-6)
