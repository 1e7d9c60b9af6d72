"""The judge's and the maker's loss against their logarithms."""

from __future__ import annotations

import math

import pytest
import torch

from engine.losses.adversarial import deceiving, judging


def test_both_are_the_logarithms_of_the_paper() -> None:
    real, made = torch.tensor([2.0, -1.0, 0.3]), torch.tensor([-2.0, 0.5, 1.0])

    def belief(logit: float) -> float:
        return 1 / (1 + math.exp(-logit))

    expected = -sum(math.log(belief(v)) for v in real.tolist()) / 3 - sum(math.log(1 - belief(v)) for v in made.tolist()) / 3
    assert judging(real, made).item() == pytest.approx(expected, rel=1e-5)
    assert deceiving(made).item() == pytest.approx(-sum(math.log(belief(v)) for v in made.tolist()) / 3, rel=1e-5)


def test_who_guesses_scores_two_ln_2_and_sure_ones_stay_finite() -> None:
    none, sure = torch.zeros(4), torch.full((4,), 1e4)
    assert judging(none, none).item() == pytest.approx(2 * math.log(2))
    assert judging(sure, -sure).item() == 0
    assert judging(-sure, sure).item() == pytest.approx(2e4)
    assert deceiving(-sure).isfinite()
