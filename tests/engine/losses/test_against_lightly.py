"""Losses equal lightly's implementations. Runs where lightly is installed (the `bench` extra)."""

from __future__ import annotations

import pytest
import torch

from engine.losses.candidates import candidates
from engine.losses.cross_correlation import cross_correlation
from engine.losses.decoupled import decoupled, von_mises_fisher_weight
from engine.losses.distillation import cross_view_entropy, teacher_distribution
from engine.losses.hypersphere import alignment, uniformity
from engine.losses.in_batch import in_batch_logits, in_batch_nce
from engine.losses.info_nce import info_nce, info_nce_logits
from engine.losses.instance_softmax import bank_logits, instance_softmax
from engine.losses.nt_xent import nt_xent
from engine.losses.regression import negative_cosine
from engine.losses.swapped import sinkhorn, swapped_prediction
from engine.losses.variance_covariance import vicreg_terms
from engine.memory.neighbours import nearest
from tests.engine.losses.naive import unit

lightly = pytest.importorskip("lightly.loss")


def draw(*shape: int, seed: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def test_nt_xent() -> None:
    z1, z2 = draw(12, 8, seed=1), draw(12, 8, seed=2)
    assert nt_xent(z1, z2, 0.2).mean().item() == pytest.approx(lightly.NTXentLoss(temperature=0.2)(z1, z2).item(), rel=1e-5)


def test_barlow_twins() -> None:
    z1, z2 = draw(32, 8, seed=3), draw(32, 8, seed=4)
    terms = cross_correlation(z1, z2)
    theirs = lightly.BarlowTwinsLoss(lambda_param=0.005)(z1, z2).item()
    assert (terms.invariance + 0.005 * terms.redundancy).item() == pytest.approx(theirs, rel=1e-5)


def test_negative_cosine() -> None:
    p, z = draw(12, 8, seed=5), draw(12, 8, seed=6)
    assert negative_cosine(p, z).mean().item() == pytest.approx(lightly.NegativeCosineSimilarity()(p, z).item(), rel=1e-5)


def test_dino() -> None:
    teacher, student = [draw(6, 10, seed=s) for s in (7, 8)], [draw(6, 10, seed=s) for s in (9, 10, 11, 12)]
    theirs = lightly.DINOLoss(output_dim=10, warmup_teacher_temp=0.04, teacher_temp=0.04, warmup_teacher_temp_epochs=1)
    expected = theirs(teacher, student, epoch=1).item()
    targets = [teacher_distribution(t, torch.zeros(1, 10), 0.04) for t in teacher]
    assert cross_view_entropy(student, targets, 0.1).mean().item() == pytest.approx(expected, rel=1e-5)


def test_swav() -> None:
    prototypes = unit(draw(9, 8, seed=20))
    high, low = ([unit(draw(12, 8, seed=s)) @ prototypes.t() for s in seeds] for seeds in ((13, 14), (15, 16, 17)))
    expected = lightly.SwaVLoss(temperature=0.1, sinkhorn_iterations=3, sinkhorn_epsilon=0.05)(high, low).item()
    codes = [sinkhorn(score, 0.05, 3) for score in high]
    terms = [swapped_prediction(s, codes[v], 0.1) for v in range(2) for w, s in enumerate([*high, *low]) if w != v]
    assert torch.stack(terms).mean().item() == pytest.approx(expected, rel=1e-5)


def test_dcl() -> None:
    z1, z2 = draw(12, 8, seed=21), draw(12, 8, seed=22)
    ours = decoupled(*candidates(z1, z2, 0.2)).mean().item()
    assert ours == pytest.approx(lightly.DCLLoss(temperature=0.2)(z1, z2).item(), rel=1e-5)


@pytest.mark.filterwarnings("ignore:To copy construct from a tensor")
def test_dclw() -> None:
    z1, z2 = draw(12, 8, seed=23), draw(12, 8, seed=24)
    positive, negative = candidates(z1, z2, 0.2)
    ours = decoupled(positive, negative, von_mises_fisher_weight(positive * 0.2, 0.5)).mean().item()
    assert ours == pytest.approx(lightly.DCLWLoss(temperature=0.2, sigma=0.5)(z1, z2).item(), rel=1e-5)


def test_alignment_and_uniformity() -> None:
    x, y = draw(12, 8, seed=25), draw(12, 8, seed=26)
    from lightly.loss.hypersphere_loss import HypersphereLoss

    ours = alignment(x, y, 2.0) + 0.7 * (uniformity(x, 2.0) + uniformity(y, 2.0)) / 2
    assert ours.item() == pytest.approx(HypersphereLoss(t=2.0, lam=0.7, alpha=2.0)(x, y).item(), rel=1e-5)


def test_nnclr_neighbours() -> None:
    """lightly selects the same neighbours. Its NT-Xent on them has 2N - 1 candidates, the paper's loss N."""
    modules = pytest.importorskip("lightly.models.modules")
    z, queue = draw(12, 8, seed=30), unit(draw(50, 8, seed=31))
    theirs = modules.NNMemoryBankModule(size=(50, 8))
    theirs.bank = queue.clone()
    assert torch.allclose(queue[nearest(z, queue)[:, 0]], theirs(z))


def test_in_batch_contrast_of_neighbours() -> None:
    """Each row against the others: lightly's NT-Xent with a memory bank of the other predictions."""
    friends, p = unit(draw(6, 8, seed=32)), draw(6, 8, seed=33)
    losses = []
    for i in range(6):
        theirs = lightly.NTXentLoss(temperature=0.1, memory_bank_size=(5, 8))
        theirs.memory_bank.bank = unit(torch.cat([p[:i], p[i + 1 :]]))
        losses.append(theirs(friends[i : i + 1], p[i : i + 1]).item())
    ours = in_batch_nce(in_batch_logits(friends, p, 0.1)).tolist()
    assert ours == pytest.approx(losses, rel=1e-5)


def test_instance_softmax() -> None:
    """The bank's softmax: lightly's NT-Xent of a feature and its own row, with the other rows as the memory bank."""
    v, bank, own = draw(6, 8, seed=34), unit(draw(20, 8, seed=35)), torch.tensor([3, 19, 0, 7, 7, 11])
    losses = []
    for i in range(6):
        theirs = lightly.NTXentLoss(temperature=0.07, memory_bank_size=(19, 8))
        theirs.memory_bank.bank = torch.cat([bank[: own[i]], bank[own[i] + 1 :]])
        losses.append(theirs(v[i : i + 1], bank[own[i]][None]).item())
    assert instance_softmax(bank_logits(v, bank, 0.07), own).tolist() == pytest.approx(losses, rel=1e-5)


def test_moco() -> None:
    query, key = draw(12, 8, seed=30), draw(12, 8, seed=31)
    theirs = lightly.NTXentLoss(temperature=0.07, memory_bank_size=(40, 8))
    queue = theirs.memory_bank.bank.clone()
    assert info_nce(info_nce_logits(query, key, queue, 0.07)).mean().item() == pytest.approx(theirs(query, key).item(), rel=1e-5)


def test_vicreg() -> None:
    z1, z2 = 0.7 * draw(32, 8, seed=32), 0.7 * draw(32, 8, seed=33)
    terms = vicreg_terms(z1, z2)
    ours = 25 * terms.invariance + 25 * terms.variance + terms.covariance
    assert ours.item() == pytest.approx(lightly.VICRegLoss()(z1, z2).item(), rel=1e-5)
