"""SupCon's L_out against loops over Eq. 2, closed forms, its inequality with L_in, and NT-Xent where all labels differ."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from engine.losses.nt_xent import nt_xent
from engine.losses.sup_con import class_contrast, same_class, sup_con
from tests.engine.losses.naive import cosine, log_sum_exp, mean, rows

LABELS = torch.tensor([2, 0, 2, 1, -1, 0, 2, -1])


@pytest.fixture
def pair() -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(3)
    z1 = torch.randn(8, 5, generator=generator)
    return z1, z1 + 0.7 * torch.randn(8, 5, generator=generator)


def anchors(z1: Tensor, z2: Tensor, labels: Tensor, tau: float) -> list[tuple[list[float], list[float]]]:
    """For each of the 2N anchors: the log probabilities of its positives, with the paper's P(i) and A(i)."""
    views, classes = rows(z1) + rows(z2), labels.tolist() * 2
    count, n = len(views), len(z1)
    terms = []
    for i in range(count):
        others = [a for a in range(count) if a != i]
        total = log_sum_exp([cosine(views[i], views[a]) / tau for a in others])
        own = {(i + n) % count}  # the other view of the image, also without a label
        positives = [p for p in others if p in own or (classes[i] >= 0 and classes[p] == classes[i])]
        terms.append(([cosine(views[i], views[p]) / tau - total for p in positives], [total]))
    return terms


def l_out(z1: Tensor, z2: Tensor, labels: Tensor, tau: float) -> list[float]:
    """For each image, the mean over its two anchors."""
    values = [-math.fsum(logs) / len(logs) for logs, _ in anchors(z1, z2, labels, tau)]
    return [mean(both) for both in zip(values[: len(z1)], values[len(z1) :], strict=True)]


def l_in(z1: Tensor, z2: Tensor, labels: Tensor, tau: float) -> float:
    values = [-math.log(math.fsum(math.exp(v) for v in logs) / len(logs)) for logs, _ in anchors(z1, z2, labels, tau)]
    return math.fsum(values) / len(values)


@pytest.mark.parametrize("tau", [0.05, 0.1, 0.5, 5.0])
@pytest.mark.parametrize("labels", [LABELS, torch.zeros(8, dtype=torch.long), torch.full((8,), -1)], ids=["mixed", "one", "none"])
def test_equals_equation_2(pair: tuple[Tensor, Tensor], labels: Tensor, tau: float) -> None:
    assert sup_con(*pair, labels, tau).tolist() == pytest.approx(l_out(*pair, labels, tau), rel=1e-5)


@pytest.mark.parametrize("labels", [torch.arange(8), torch.full((8,), -1)], ids=["all differ", "none known"])
def test_is_nt_xent_where_no_two_images_share_a_class(pair: tuple[Tensor, Tensor], labels: Tensor) -> None:
    ours, theirs = [z.clone().requires_grad_() for z in pair], [z.clone().requires_grad_() for z in pair]
    one, two = sup_con(*ours, labels, 0.2), nt_xent(*theirs, 0.2)
    assert one.tolist() == pytest.approx(two.tolist(), rel=1e-6)
    one.mean().backward()
    two.mean().backward()
    for a, b in zip(ours, theirs, strict=True):
        torch.testing.assert_close(a.grad, b.grad, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("tau", [0.07, 0.5])
def test_is_at_least_l_in(pair: tuple[Tensor, Tensor], tau: float) -> None:
    """Jensen's inequality: the mean of logarithms is below the logarithm of the mean (Sec. 3.2.2)."""
    assert sup_con(*pair, LABELS, tau).mean().item() > l_in(*pair, LABELS, tau)


@pytest.mark.parametrize("labels", [LABELS, torch.zeros(8, dtype=torch.long)])
def test_identical_embeddings_score_the_log_of_the_candidates(labels: Tensor) -> None:
    same = torch.ones(8, 4)
    assert sup_con(same, same, labels, 0.07).tolist() == pytest.approx([math.log(15)] * 8, rel=1e-6)


def test_perfect_and_orthogonal_classes_in_closed_form() -> None:
    labels, tau = torch.tensor([0, 0, 0, 1, 1, 1, 2, 2, 2]), 0.5
    z = torch.eye(3)[labels]
    # Each anchor: 5 other views of its class at cosine 1, 12 of the others at cosine 0.
    expected = math.log(5 * math.exp(1 / tau) + 12) - 1 / tau
    assert sup_con(z, z, labels, tau).tolist() == pytest.approx([expected] * 9, rel=1e-6)


def test_losses_per_image_do_not_depend_on_class_numbers_or_the_order_of_images_and_views(
    pair: tuple[Tensor, Tensor],
) -> None:
    expected = sup_con(*pair, LABELS, 0.2)
    order = torch.tensor([5, 2, 7, 0, 3, 6, 1, 4])
    renamed = torch.where(LABELS < 0, LABELS, 7 - LABELS)
    z1, z2 = pair
    assert sup_con(z2, z1, LABELS, 0.2).tolist() == pytest.approx(expected.tolist(), rel=1e-6)
    assert sup_con(z1, z2, renamed, 0.2).tolist() == pytest.approx(expected.tolist(), rel=1e-6)
    assert sup_con(z1[order], z2[order], LABELS[order], 0.2).tolist() == pytest.approx(expected[order].tolist(), rel=1e-6)


def test_an_image_without_a_label_has_only_its_other_view_as_a_positive() -> None:
    assert same_class(torch.tensor([1, -1, 1, -1])).int().tolist() == [[1, 0, 1, 0], [0, 1, 0, 0], [1, 0, 1, 0], [0, 0, 0, 1]]


def test_on_patches_it_equals_jigsaw_clustering_s_loss() -> None:
    """2104.00323, Eq. 1: n images of m x m patches in any order; for each patch the mean over the other patches of its image."""
    n, patches, tau = 4, 4, 0.3
    generator = torch.Generator().manual_seed(5)
    z = torch.randn(n * patches, 6, generator=generator)
    source = torch.randperm(n * patches, generator=generator) % n
    views, image, losses = rows(z), source.tolist(), []
    for i in range(n * patches):
        denominator = log_sum_exp([cosine(views[i], views[k]) / tau for k in range(n * patches) if k != i])
        own = [j for j in range(n * patches) if j != i and image[j] == image[i]]
        assert len(own) == patches - 1
        losses.append(-mean([cosine(views[i], views[j]) / tau - denominator for j in own]))
    result = class_contrast(z, source[:, None] == source, tau)
    assert result.tolist() == pytest.approx(losses, rel=1e-5)
    alike = class_contrast(torch.ones(n * patches, 3), source[:, None] == source, tau)
    assert alike.tolist() == pytest.approx([math.log(n * patches - 1)] * (n * patches), rel=1e-5)
