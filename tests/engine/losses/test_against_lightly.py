"""The losses that lightly has too give the same numbers. Runs where lightly is installed (the `bench` extra)."""

from __future__ import annotations

import pytest
import torch

from engine.losses.cross_correlation import cross_correlation
from engine.losses.distillation import cross_view_entropy, teacher_distribution
from engine.losses.nt_xent import nt_xent
from engine.losses.regression import negative_cosine
from engine.losses.swapped import sinkhorn, swapped_prediction
from tests.engine.losses.naive import unit

lightly = pytest.importorskip("lightly.loss")


def draw(*shape: int, seed: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def test_nt_xent() -> None:
    z1, z2 = draw(12, 8, seed=1), draw(12, 8, seed=2)
    assert nt_xent(z1, z2, 0.2).item() == pytest.approx(lightly.NTXentLoss(temperature=0.2)(z1, z2).item(), rel=1e-5)


def test_barlow_twins() -> None:
    z1, z2 = draw(32, 8, seed=3), draw(32, 8, seed=4)
    terms = cross_correlation(z1, z2)
    theirs = lightly.BarlowTwinsLoss(lambda_param=0.005)(z1, z2).item()
    assert (terms.invariance + 0.005 * terms.redundancy).item() == pytest.approx(theirs, rel=1e-5)


def test_negative_cosine() -> None:
    p, z = draw(12, 8, seed=5), draw(12, 8, seed=6)
    assert negative_cosine(p, z).item() == pytest.approx(lightly.NegativeCosineSimilarity()(p, z).item(), rel=1e-5)


def test_dino() -> None:
    teacher, student = [draw(6, 10, seed=s) for s in (7, 8)], [draw(6, 10, seed=s) for s in (9, 10, 11, 12)]
    theirs = lightly.DINOLoss(output_dim=10, warmup_teacher_temp=0.04, teacher_temp=0.04, warmup_teacher_temp_epochs=1)
    expected = theirs(teacher, student, epoch=1).item()
    targets = [teacher_distribution(t, torch.zeros(1, 10), 0.04) for t in teacher]
    assert cross_view_entropy(student, targets, 0.1).item() == pytest.approx(expected, rel=1e-5)


def test_swav() -> None:
    prototypes = unit(draw(9, 8, seed=20))
    high, low = ([unit(draw(12, 8, seed=s)) @ prototypes.t() for s in seeds] for seeds in ((13, 14), (15, 16, 17)))
    expected = lightly.SwaVLoss(temperature=0.1, sinkhorn_iterations=3, sinkhorn_epsilon=0.05)(high, low).item()
    codes = [sinkhorn(score, 0.05, 3) for score in high]
    terms = [swapped_prediction(s, codes[v], 0.1) for v in range(2) for w, s in enumerate([*high, *low]) if w != v]
    assert torch.stack(terms).mean().item() == pytest.approx(expected, rel=1e-5)
