"""Optimisers by name, without weight decay for biases and normalisation layers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import SGD, AdamW, Optimizer

from engine.config.run import OptimConfig


class LARS(Optimizer):
    """Layer-wise adaptive rate scaling (You et al., 1708.03888) over SGD with momentum.

    A matrix's step is scaled by eta * |w| / |g + decay w|; vectors (biases, normalisation) have the unscaled step, as in SimCLR,
    BYOL and Barlow Twins."""

    def __init__(
        self, params: Iterable[Any], lr: float, momentum: float = 0.9, weight_decay: float = 0.0, eta: float = 0.001
    ) -> None:
        super().__init__(params, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay, "eta": eta})

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        """One step; `closure` is not used."""
        for group in self.param_groups:
            for w in group["params"]:
                if w.grad is None:
                    continue
                g: Tensor = w.grad.add(w, alpha=group["weight_decay"])
                if w.ndim > 1:
                    size_w, size_g = w.norm(), g.norm()
                    trust = torch.where((size_w > 0) & (size_g > 0), group["eta"] * size_w / size_g, torch.ones_like(size_w))
                    g = g * trust
                state = self.state[w]
                if "momentum_buffer" not in state:
                    state["momentum_buffer"] = torch.zeros_like(w)
                velocity: Tensor = state["momentum_buffer"]
                velocity.mul_(group["momentum"]).add_(g)
                w.add_(velocity, alpha=-group["lr"])


Grouped = tuple[list[nn.Parameter], float, bool] | tuple[list[nn.Parameter], float, bool, bool]


def build_optimiser(groups: Iterable[Grouped], config: OptimConfig) -> Optimizer:
    """An optimiser for groups of (parameters, factor of the learning rate, whether it stays at its peak[, whether matrices have
    weight decay]). Each group is split into matrices, with weight decay, and vectors, without."""
    split: list[dict[str, Any]] = []
    for parameters, scale, fixed, *more in groups:
        allowed = more[0] if more else True
        for decays in (True, False):
            chosen = [p for p in parameters if (p.ndim > 1) == decays]
            if chosen:
                decay = config.weight_decay if decays and allowed else 0.0
                rate = config.lr * scale * (1.0 if decays else config.bias_rate)
                split.append({"params": chosen, "weight_decay": decay, "lr": rate, "peak": rate, "fixed": fixed})
    if not split:  # a baseline without trained parameters: the learning rate is still reported
        split.append({"params": [], "weight_decay": 0.0, "lr": config.lr, "peak": config.lr, "fixed": False})
    # `fused`: one pass over each tensor, which takes a fifth of the time for a small network on a CPU.
    if config.name == "adamw":
        return AdamW(split, betas=(config.beta1, config.beta2), fused=True)
    if config.name == "lars":
        return LARS(split, lr=config.lr, momentum=config.momentum)
    return SGD(split, lr=config.lr, momentum=config.momentum)
