"""Gradient clipping, one parameter at a time."""

from __future__ import annotations

from collections.abc import Iterable

from torch import nn


def clip_each(parameters: Iterable[nn.Parameter], norm: float) -> None:
    """Clip the gradient of each parameter to `norm`, as in DINO's official code; 0 clips nothing."""
    if not norm:
        return
    for parameter in parameters:
        if parameter.grad is not None:
            nn.utils.clip_grad_norm_([parameter], norm)
