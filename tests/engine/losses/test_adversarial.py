"""The losses of discriminator and generator against their logarithms."""

from __future__ import annotations

import math

import pytest
import torch

from engine.losses.adversarial import discriminator_loss, generator_loss


def test_both_are_the_logarithms_of_the_paper() -> None:
    real, made = torch.tensor([2.0, -1.0, 0.3]), torch.tensor([-2.0, 0.5, 1.0])

    def belief(logit: float) -> float:
        return 1 / (1 + math.exp(-logit))

    pairs = zip(real.tolist(), made.tolist(), strict=True)
    assert discriminator_loss(real, made).tolist() == pytest.approx(
        [-math.log(belief(r)) - math.log(1 - belief(m)) for r, m in pairs], rel=1e-5
    )
    assert generator_loss(made).tolist() == pytest.approx([-math.log(belief(v)) for v in made.tolist()], rel=1e-5)


def test_who_guesses_scores_two_ln_2_and_sure_ones_stay_finite() -> None:
    none, sure = torch.zeros(4), torch.full((4,), 1e4)
    assert discriminator_loss(none, none).tolist() == pytest.approx([2 * math.log(2)] * 4)
    assert discriminator_loss(sure, -sure).tolist() == [0] * 4
    assert discriminator_loss(-sure, sure).tolist() == pytest.approx([2e4] * 4)
    assert generator_loss(-sure).isfinite().all()
