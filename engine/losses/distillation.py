"""Distillation between distributions: the losses of DINO, iBOT and SimCLR v2."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor


def teacher_distribution(logits: Tensor, centre: Tensor, temperature: float) -> Tensor:
    """softmax((g_t(x) - C) / tau_t): the teacher's centred, sharpened output (DINO 2104.14294, Eq. 1 and Sec. 3.1).

    Args:
        logits: (N, K) of the teacher.
        centre: (K,) or (1, K), subtracted.
        temperature: tau_t, above 0; below the student's it sharpens.

    Returns:
        (N, K), each row adding up to 1.

    Example:
        Logits equal to the centre give a uniform distribution.

        >>> import torch
        >>> teacher_distribution(torch.tensor([[3.0, 1.0]]), torch.tensor([3.0, 1.0]), temperature=0.04)
        tensor([[0.5000, 0.5000]])
    """
    return F.softmax((logits.float() - centre) / temperature, dim=1)


def cross_view_entropy(student: Sequence[Tensor], teacher: Sequence[Tensor], temperature: float) -> Tensor:
    """Mean of H(P_t(x), P_s(x')) over every teacher view x and every other student view x' (DINO, Eq. 3). The loss of
    each image (N,), in nats.

    student: logits (N, K) of each view, the global views first, in the order of the teacher's; teacher: distributions (N, K) of
    each global view."""
    logs = [F.log_softmax(s.float() / temperature, dim=1) for s in student]
    terms = [-(t * log).sum(1) for i, t in enumerate(teacher) for j, log in enumerate(logs) if i != j]
    return torch.stack(terms).mean(0)


def masked_patch_entropy(student: Tensor, teacher: Tensor, hidden: Tensor, temperature: float) -> Tensor:
    """-sum_i m_i P_t(x)_i log P_s(x')_i / sum_i m_i over the masked patches i of each image, (N,), in nats; 0 for an image
    without a mask (iBOT 2111.07832, Eq. 2, as the official code averages).

    hidden: (N, T) bool; student: logits (M, K), teacher: distributions (M, K) of the masked patches only, image by image."""
    own = -(teacher * F.log_softmax(student.float() / temperature, dim=1)).sum(1)  # (M,)
    placed = own.new_zeros(hidden.shape).masked_scatter(hidden, own)  # (N, T)
    return placed.sum(1) / hidden.sum(1).clamp(min=1)


def soft_cross_entropy(student: Tensor, teacher: Tensor, temperature: float = 1.0) -> Tensor:
    """-tau^2 sum_c P_t(c) log P_s(c) with P = softmax(logits / tau): the student learns the teacher's class probabilities (Hinton
    et al., 1503.02531; SimCLR v2 2006.10029, Eq. 2, as its official code scales it).

    Args:
        student, teacher: logits (N, C).
        temperature: tau, above 0. The factor tau^2 keeps the gradient, tau (P_s - P_t) / N of the mean, from vanishing.

    Returns:
        (N,), in nats: at equal logits and tau = 1 the teacher's entropy, the least value.

    Example:
        >>> import torch
        >>> soft_cross_entropy(torch.zeros(1, 4), torch.tensor([[9.0, 0.0, 0.0, 0.0]]))
        tensor([1.3863])
    """
    target = F.softmax(teacher.float() / temperature, dim=1)
    return -(temperature**2) * (target * F.log_softmax(student.float() / temperature, dim=1)).sum(1)


def in_use(distribution: Tensor) -> Tensor:
    """The number of columns of (N, K) that are the largest in some row, over min(N, K): near 0 where one column is the largest in
    all rows."""
    n, k = distribution.shape
    # `index_fill_` and not `unique`, whose output size needs a synchronisation on a GPU.
    won = distribution.new_zeros(k, dtype=torch.float32).index_fill_(0, distribution.argmax(1), 1.0)
    return won.sum() / max(1, min(n, k))


def entropy(distribution: Tensor) -> Tensor:
    """Mean entropy of rows (N, K), in nats: 0 for one-hot, ln K for uniform rows; 0 for N = 0."""
    mean: Tensor = torch.special.entr(distribution).sum() / max(1, len(distribution))
    return mean
