"""LARS against loops, and which parameters have decay, adaptation and a fixed rate."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from engine.config.run import OptimConfig
from engine.optim.optimisers import LARS, build_optimiser
from engine.optim.schedule import set_rate


def naive_lars(
    weights: list[list[float]], gradients: list[list[list[float]]], lr: float, momentum: float, decay: float, eta: float
) -> list[list[float]]:
    """You et al.'s Algorithm 1 with the rate outside the velocity, as in the official code of SimCLR, BYOL and Barlow Twins."""
    flat = [v for row in weights for v in row]
    velocity = [0.0] * len(flat)
    for gradient in gradients:
        g = [v + decay * w for v, w in zip((v for row in gradient for v in row), flat, strict=True)]
        size_w, size_g = math.sqrt(sum(w * w for w in flat)), math.sqrt(sum(v * v for v in g))
        trust = eta * size_w / size_g if size_w > 0 and size_g > 0 else 1.0
        velocity = [momentum * v + trust * x for v, x in zip(velocity, g, strict=True)]
        flat = [w - lr * v for w, v in zip(flat, velocity, strict=True)]
    width = len(weights[0])
    return [flat[i : i + width] for i in range(0, len(flat), width)]


@pytest.mark.parametrize("start", [1.0, 0.0])
def test_lars_equals_the_loops(start: float) -> None:
    generator = torch.Generator().manual_seed(0)
    weight = nn.Parameter(start * torch.randn(3, 4, generator=generator))
    gradients = [torch.randn(3, 4, generator=generator) for _ in range(4)]
    expected = naive_lars(weight.tolist(), [g.tolist() for g in gradients], lr=0.3, momentum=0.9, decay=0.01, eta=0.02)
    optimiser = LARS([weight], lr=0.3, momentum=0.9, weight_decay=0.01, eta=0.02)
    for gradient in gradients:
        weight.grad = gradient.clone()
        optimiser.step()
    assert torch.allclose(weight.detach(), torch.tensor(expected), atol=1e-6)


def test_lars_s_step_of_a_matrix_is_a_share_of_its_norm_at_any_gradient() -> None:
    for scale in (1e-4, 1.0, 1e4):
        weight = nn.Parameter(torch.ones(2, 3))
        weight.grad = scale * torch.tensor([[1.0, -2.0, 3.0], [0.0, 1.0, 1.0]])
        LARS([weight], lr=1.0, eta=0.001).step()
        assert (weight.detach() - 1).norm().item() == pytest.approx(0.001 * math.sqrt(6), rel=1e-2)


def test_lars_updates_vectors_with_plain_sgd() -> None:
    bias = nn.Parameter(torch.ones(3))
    bias.grad = torch.tensor([1.0, 2.0, 3.0])
    LARS([bias], lr=0.1).step()
    assert torch.allclose(bias.detach(), torch.tensor([0.9, 0.8, 0.7]))


def test_lars_skips_parameters_without_a_gradient() -> None:
    weight = nn.Parameter(torch.ones(2, 2))
    LARS([weight], lr=1.0, weight_decay=0.1).step()
    assert torch.equal(weight, torch.ones(2, 2))


@pytest.mark.parametrize("name", ["adamw", "sgd", "lars"])
def test_biases_and_normalisations_have_no_weight_decay(name: str) -> None:
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Linear(4, 2))
    optimiser = build_optimiser([(list(net.parameters()), 1.0, False)], OptimConfig(name=name, weight_decay=0.3))
    decays = {id(p): group["weight_decay"] for group in optimiser.param_groups for p in group["params"]}
    assert {n: decays[id(p)] for n, p in net.named_parameters()} == {
        "0.weight": 0.3,
        "0.bias": 0.0,
        "1.weight": 0.0,
        "1.bias": 0.0,
        "2.weight": 0.3,
        "2.bias": 0.0,
    }


def test_every_parameter_is_in_exactly_one_group() -> None:
    one, two = nn.Linear(3, 4), nn.Linear(4, 2)
    optimiser = build_optimiser([(list(one.parameters()), 1.0, False), (list(two.parameters()), 0.5, True)], OptimConfig())
    seen = [id(p) for group in optimiser.param_groups for p in group["params"]]
    assert sorted(seen) == sorted(id(p) for p in [*one.parameters(), *two.parameters()])


def test_fixed_rates_do_not_follow_the_schedule_and_scales_multiply() -> None:
    moves, holds, slow = (nn.Linear(2, 2) for _ in range(3))
    groups = [(list(moves.parameters()), 1.0, False), (list(holds.parameters()), 1.0, True), (list(slow.parameters()), 0.1, False)]
    optimiser = build_optimiser(groups, OptimConfig(lr=0.5))
    for factor in (0.2, 0.7):
        set_rate(optimiser, factor)
        rates = {id(p): group["lr"] for group in optimiser.param_groups for p in group["params"]}
        assert rates[id(moves.weight)] == pytest.approx(0.5 * factor)
        assert rates[id(holds.weight)] == pytest.approx(0.5)
        assert rates[id(slow.bias)] == pytest.approx(0.05 * factor)


def test_settings_are_passed_to_the_optimiser() -> None:
    weight = [nn.Parameter(torch.ones(2, 2))]
    assert build_optimiser([(weight, 1.0, False)], OptimConfig(beta2=0.95)).param_groups[0]["betas"] == (0.9, 0.95)
    assert build_optimiser([(weight, 1.0, False)], OptimConfig(beta1=0.5)).param_groups[0]["betas"] == (0.5, 0.999)
    assert build_optimiser([(weight, 1.0, False)], OptimConfig(name="sgd", momentum=0.5)).param_groups[0]["momentum"] == 0.5
    assert build_optimiser([(weight, 1.0, False)], OptimConfig(name="lars", momentum=0.5)).param_groups[0]["momentum"] == 0.5
