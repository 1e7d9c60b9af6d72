"""Projection heads and prototypes: the papers' layers in order, and directions that keep norm 1."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from engine.heads.mlp import mlp
from engine.heads.prototypes import DinoHead, Prototypes


def kinds(head: nn.Sequential) -> list[str]:
    return [type(layer).__name__ for layer in head]


def test_simclr_head_ends_with_a_normalisation() -> None:
    head = mlp(8, 16, 4, last_norm=True)
    assert kinds(head) == ["Linear", "BatchNorm1d", "ReLU", "Linear", "BatchNorm1d"]
    assert [layer.bias is None for layer in head if isinstance(layer, nn.Linear)] == [True, True]
    assert head(torch.randn(5, 8)).shape == (5, 4)


def test_byol_head_ends_with_a_linear_layer() -> None:
    head = mlp(8, 16, 4)
    assert kinds(head) == ["Linear", "BatchNorm1d", "ReLU", "Linear"]
    assert head[0].bias is None
    assert head[3].bias is not None


def test_moco_head_has_biases_and_no_normalisation() -> None:
    head = mlp(8, 16, 4, norm=False)
    assert kinds(head) == ["Linear", "ReLU", "Linear"]
    assert all(layer.bias is not None for layer in head if isinstance(layer, nn.Linear))


def test_barlow_head_has_three_layers_without_biases() -> None:
    head = mlp(8, 16, 16, 16, bias=False)
    assert kinds(head) == ["Linear", "BatchNorm1d", "ReLU"] * 2 + ["Linear"]
    assert all(layer.bias is None for layer in head if isinstance(layer, nn.Linear))


def test_simsiam_head_ends_with_a_normalisation_without_scale_and_shift() -> None:
    head = mlp(8, 16, 16, 16, last_norm=True, last_affine=False)
    assert [layer.affine for layer in head if isinstance(layer, nn.BatchNorm1d)] == [True, True, False]
    out = head(torch.randn(64, 8))
    assert torch.allclose(out.mean(0), torch.zeros(16), atol=1e-5)
    assert torch.allclose(out.var(0, unbiased=False), torch.ones(16), atol=1e-2)


def test_prototypes_score_cosines_and_are_normalised_again() -> None:
    prototypes = Prototypes(6, 4)
    z = nn.functional.normalize(torch.randn(5, 6), dim=1)
    expected = [[torch.cosine_similarity(row, p, dim=0).item() for p in prototypes.weight] for row in z]
    assert torch.allclose(prototypes(z), torch.tensor(expected), atol=1e-6)
    with torch.no_grad():
        prototypes.weight.mul_(3)
    direction = prototypes.weight.clone() / 3
    prototypes.normalise()
    assert torch.allclose(prototypes.weight, direction, atol=1e-6)
    assert prototypes.weight.requires_grad


def test_dino_logits_are_cosines_at_any_norm_of_the_last_layer() -> None:
    head = DinoHead(8, 16, 6, 10)
    logits = head(100 * torch.randn(5, 8))
    assert logits.shape == (5, 10)
    assert logits.abs().max() <= 1 + 1e-6
    h = torch.randn(5, 8)
    before = head(h)
    with torch.no_grad():
        head.last.mul_(torch.arange(1, 11)[:, None])
    assert torch.allclose(head(h), before, atol=1e-6)


def test_dino_s_last_layer_is_initialised_like_the_official_linear_layer() -> None:
    """nn.Linear(bottleneck, K, bias=False) under weight normalisation: uniform within 1 / sqrt(bottleneck)."""
    rows = DinoHead(8, 16, 128, 4000).last.detach()
    bound = 128**-0.5
    assert 0.999 * bound < rows.abs().max() <= bound
    assert float(rows.std()) == pytest.approx(bound / 3**0.5, rel=0.01)
    assert float(rows.norm(dim=1).mean()) == pytest.approx(3**-0.5, rel=0.01)


def test_a_step_rotates_rows_of_the_official_norm_twenty_times_as_far() -> None:
    """AdamW changes every entry by about the learning rate: the angle is inversely proportional to the norm, 11.3 against .577."""
    turned = []
    for kind in ("linear", "normal"):
        torch.manual_seed(0)
        head = DinoHead(8, 16, 128, 50, last_layer=kind)
        before = nn.functional.normalize(head.last.detach().clone(), dim=1)
        head(torch.randn(64, 8)).square().sum().backward()
        torch.optim.AdamW([head.last], lr=0.001, weight_decay=0.0).step()
        turned.append(float((nn.functional.normalize(head.last.detach(), dim=1) - before).norm(dim=1).mean()))
    assert turned[0] / turned[1] == pytest.approx(128**0.5 * 3**0.5, rel=0.1)


@pytest.mark.parametrize("head", [Prototypes(6, 40), DinoHead(6, 8, 6, 40)])
def test_scores_are_in_full_precision_under_autocast(head: nn.Module) -> None:
    scores = head(nn.functional.normalize(torch.randn(5, 6), dim=1))
    with torch.autocast("cpu", torch.bfloat16):
        low = head(nn.functional.normalize(torch.randn(5, 6), dim=1))
    assert scores.dtype == low.dtype == torch.float32
    # bf16 has 8 bits: scores that were rounded to it would be equal to their rounding.
    assert not torch.equal(low, low.bfloat16().float())
