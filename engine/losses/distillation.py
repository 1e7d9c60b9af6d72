"""Self-distillation between distributions, the loss of DINO."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor


def teacher_distribution(logits: Tensor, centre: Tensor, temperature: float) -> Tensor:
    """softmax((g_t(x) - C) / tau_t): the teacher's centred, sharpened opinion (DINO 2104.14294, Eq. 1 and Sec. 3.1). (N, K)."""
    return F.softmax((logits.float() - centre) / temperature, dim=1)


def cross_view_entropy(student: Sequence[Tensor], teacher: Sequence[Tensor], temperature: float) -> Tensor:
    """Mean of H(P_t(x), P_s(x')) over every teacher view x and every other student view x' (DINO, Eq. 3).

    student: logits (N, K) a view, the global views first, in the teacher's order; teacher: distributions (N, K) a global view."""
    logs = [F.log_softmax(s.float() / temperature, dim=1) for s in student]
    terms = [-(t * log).sum(1).mean() for i, t in enumerate(teacher) for j, log in enumerate(logs) if i != j]
    return torch.stack(terms).mean()


def entropy(distribution: Tensor) -> Tensor:
    """Mean entropy of rows (N, K), in nats: 0 is one-hot, ln K is flat."""
    mean: Tensor = torch.special.entr(distribution).sum(1).mean()
    return mean
