"""Cross-entropy over colour bins and the weights of rare bins, against loops and closed forms in float64."""

from __future__ import annotations

import math

import pytest
import torch

from engine.losses.colour_classes import bin_cross_entropy, rarity


@pytest.mark.parametrize("mix", [0.0, 0.3, 0.5, 1.0])
def test_weights_equal_the_paper_s_equation(mix: float) -> None:
    p = torch.rand(7, generator=torch.Generator().manual_seed(0)) + 0.01
    p = p / p.sum()
    raw = [1 / ((1 - mix) * q + mix / 7) for q in p.double().tolist()]
    scale = sum(q * w for q, w in zip(p.double().tolist(), raw, strict=True))
    assert rarity(p, mix).tolist() == pytest.approx([w / scale for w in raw], rel=1e-4)


def test_weights_at_mix_0_and_1() -> None:
    p = torch.tensor([0.7, 0.2, 0.1, 0.0])
    assert torch.allclose(rarity(p, 1.0), torch.ones(4))
    assert (p * rarity(p, 0.5)).sum() == pytest.approx(1, abs=1e-6)
    every = rarity(p[:3], 0.0)
    assert torch.allclose(every * p[:3], torch.full((3,), 1 / 3))  # each bin has the same weight
    assert rarity(p, 0.0).isfinite().all()


def test_the_loss_equals_loops() -> None:
    generator = torch.Generator().manual_seed(1)
    logits = torch.randn(2, 6, 3, 2, generator=generator)
    picked = torch.stack([torch.randperm(6, generator=generator)[:3] for _ in range(12)]).view(2, 3, 2, 3).movedim(-1, 1)
    shares = torch.rand(2, 3, 3, 2, generator=generator)
    shares = shares / shares.sum(1, keepdim=True)
    weight = torch.rand(2, 3, 2, generator=generator)
    totals = [0.0, 0.0]
    for n in range(2):
        for y in range(3):
            for x in range(2):
                z = logits[n, :, y, x].double().tolist()
                log_sum = math.log(sum(math.exp(value) for value in z))
                target = [0.0] * 6
                for bin, share in zip(picked[n, :, y, x].tolist(), shares[n, :, y, x].tolist(), strict=True):
                    target[bin] = share
                totals[n] -= weight[n, y, x].item() * sum(t * (value - log_sum) for t, value in zip(target, z, strict=True))
    loss, total_weight = bin_cross_entropy(logits, picked, shares, weight), weight.double().sum().item()
    assert loss.mean().item() == pytest.approx(sum(totals) / total_weight, rel=1e-5)
    assert loss.tolist() == pytest.approx([total / (total_weight / 2) for total in totals], rel=1e-5)


def test_uniform_logits_score_the_log_of_the_number_of_bins() -> None:
    picked, shares = torch.zeros(2, 1, 4, 4, dtype=torch.long), torch.ones(2, 1, 4, 4)
    loss = bin_cross_entropy(torch.zeros(2, 261, 4, 4), picked, shares, torch.rand(2, 4, 4) * 9)
    assert loss.mean().item() == pytest.approx(math.log(261), rel=1e-6)
