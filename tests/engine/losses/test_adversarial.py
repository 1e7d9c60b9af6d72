"""The losses of discriminator and generator against the paper's logarithms."""

from __future__ import annotations

import math

import pytest
import torch

from engine.losses.adversarial import discriminator_loss, generator_loss


def test_both_losses_equal_the_paper_s_logarithms() -> None:
    real, made = torch.tensor([2.0, -1.0, 0.3]), torch.tensor([-2.0, 0.5, 1.0])

    def probability(logit: float) -> float:
        return 1 / (1 + math.exp(-logit))

    pairs = zip(real.tolist(), made.tolist(), strict=True)
    assert discriminator_loss(real, made).tolist() == pytest.approx(
        [-math.log(probability(r)) - math.log(1 - probability(m)) for r, m in pairs], rel=1e-5
    )
    assert generator_loss(made).tolist() == pytest.approx([-math.log(probability(v)) for v in made.tolist()], rel=1e-5)


def test_logits_of_0_score_2_ln_2_and_large_logits_stay_finite() -> None:
    none, sure = torch.zeros(4), torch.full((4,), 1e4)
    assert discriminator_loss(none, none).tolist() == pytest.approx([2 * math.log(2)] * 4)
    assert discriminator_loss(sure, -sure).tolist() == [0] * 4
    assert discriminator_loss(-sure, sure).tolist() == pytest.approx([2e4] * 4)
    assert generator_loss(-sure).isfinite().all()
