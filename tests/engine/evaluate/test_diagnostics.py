"""The collapse diagnostics in closed form, and finite at extreme inputs."""

from __future__ import annotations

import math

import pytest
import torch

from engine.evaluate.diagnostics import diagnose, effective_rank

KEYS = {"std", "rank_features", "rank_embedding", "dead", "alignment", "uniformity"}


def test_isotropic_features_have_std_1_and_nearly_full_rank() -> None:
    torch.manual_seed(0)
    values = diagnose(torch.randn(512, 16), torch.randn(512, 32), views=2)
    assert set(values) == KEYS
    assert values["std"] == pytest.approx(1, abs=0.02)
    assert values["rank_features"] == pytest.approx(16, abs=0.3)
    assert values["rank_embedding"] > 30
    assert values["dead"] == 0
    assert values["alignment"] == pytest.approx(2, abs=0.1)  # independent directions: 2 - 2·0
    # On a uniform sphere the mean of exp(-2|x-y|²) = exp(-4)·E exp(4·cos), cos of variance 1/d.
    assert values["uniformity"] == pytest.approx(-4 + 8 / 32, abs=0.1)


def test_collapsed_features_have_std_0_and_rank_1() -> None:
    values = diagnose(torch.full((64, 8), 3.0), torch.full((64, 4), -2.0), views=2)
    assert values["std"] == pytest.approx(0, abs=1e-6)
    assert values["rank_features"] == pytest.approx(1, abs=1e-6)
    assert values["dead"] == 1
    assert values["alignment"] == pytest.approx(0, abs=1e-6)
    assert values["uniformity"] == pytest.approx(0, abs=1e-6)


def test_effective_rank_in_closed_form() -> None:
    assert effective_rank(torch.eye(6)) == pytest.approx(6)
    share = torch.tensor([4.0, 2.0, 1.0, 1.0])
    p = share / share.sum()
    expected = math.exp(-float((p * p.log()).sum()))
    rotation, _ = torch.linalg.qr(torch.randn(20, 4, generator=torch.Generator().manual_seed(0)))
    for x in (torch.diag(share), rotation @ torch.diag(share), (rotation @ torch.diag(share)).T, 1e30 * torch.diag(share)):
        assert effective_rank(x) == pytest.approx(expected, rel=1e-4)
    assert effective_rank(torch.zeros(5, 3)) == 0


def test_alignment_compares_the_views_of_an_image() -> None:
    z = torch.nn.functional.normalize(torch.randn(10, 6, generator=torch.Generator().manual_seed(1)), dim=1)
    assert diagnose(torch.cat([z, z * 3]), views=2)["alignment"] == pytest.approx(0, abs=1e-6)
    assert diagnose(torch.cat([z, -z]), views=2)["alignment"] == pytest.approx(4)
    assert "alignment" not in diagnose(z)
    assert "rank_embedding" not in diagnose(z)
    pair = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    assert diagnose(pair)["uniformity"] == pytest.approx(-4)  # one pair, squared distance 2
    many = torch.randn(3000, 6)
    assert diagnose(torch.cat([many, many]), views=2)["alignment"] == pytest.approx(0, abs=1e-6), "thinned alike in both views"


def test_dead_dimensions_are_counted() -> None:
    x = torch.rand(64, 8)
    x[:, :2] = 0
    assert diagnose(x)["dead"] == pytest.approx(0.25)


@pytest.mark.parametrize(
    "x",
    [
        torch.zeros(8, 4),
        torch.full((8, 4), 3e38),
        torch.full((8, 4), torch.nan),
        torch.full((8, 4), torch.inf),
        torch.rand(2, 4),
        torch.rand(1, 4),
        torch.rand(8, 4) * 1e-30,
        torch.rand(8, 4).bfloat16(),
        torch.rand(8, 1),
    ],
)
@pytest.mark.parametrize("views", [1, 2])
def test_diagnostics_are_finite_at_extreme_inputs(x: torch.Tensor, views: int) -> None:
    values = diagnose(x.requires_grad_(), x, views)
    assert all(math.isfinite(value) for value in values.values()), values
