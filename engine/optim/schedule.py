"""The learning rate as a pure function of the step, so that a resumed run needs no other state."""

from __future__ import annotations

import math

from torch.optim import Optimizer

from engine.config.run import OptimConfig

# When the stepwise schedule divides the learning rate by ten, as shares of the run: epochs 120 and 160 of MoCo's 200 (1911.05722,
# Sec. 4).
DROPS = (0.6, 0.8)
# The linear schedule keeps its peak in this share of the run: 200 of CycleGAN's and CUT's 400 epochs (2007.15651, App. C).
FLAT = 0.5


def rate_factor(config: OptimConfig, step: float, steps: int) -> float:
    """The learning rate of a step as a share of its peak: linear warm-up, then a half cosine to `final`, constant, constant with
    two drops to a tenth, or constant in the first half and linear to `final` in the second."""
    warm = config.warmup * steps
    if step < warm:
        return (step + 1) / (warm + 1)
    if config.schedule == "constant":
        return 1.0
    if config.schedule == "step":
        return 0.1 ** sum(step >= drop * steps for drop in DROPS)
    if config.schedule == "linear":
        start = max(warm, FLAT * steps)
        return 1.0 - (1.0 - config.final) * min(1.0, max(0.0, (step - start) / max(1.0, steps - start)))
    share = (step - warm) / max(1.0, steps - warm)
    return config.final + (1.0 - config.final) * 0.5 * (1.0 + math.cos(math.pi * min(1.0, share)))


def decay_at(config: OptimConfig, share: float) -> float:
    """The weight decay where `share` of the run is done: constant, or along half a cosine to its end (DINO, 2104.14294, App. A)."""
    if not config.weight_decay_end:
        return config.weight_decay
    end = config.weight_decay_end
    return end + (config.weight_decay - end) * 0.5 * (1.0 + math.cos(math.pi * min(1.0, share)))


def set_decay(optimiser: Optimizer, decay: float) -> None:
    """Set the weight decay of every group that has one."""
    for group in optimiser.param_groups:
        if group["weight_decay"]:
            group["weight_decay"] = decay


def ramp(start: float, end: float, share: float, fraction: float) -> float:
    """A value that moves linearly from `start` to `end` in the first `share` of a run and stays there; `fraction`: the finished
    share of the run. With a share of 0 it is `end`."""
    return start + (end - start) * min(1.0, fraction / share) if share else end


def set_rate(optimiser: Optimizer, factor: float) -> None:
    """Set the learning rate of every group to its peak times the factor; fixed groups stay at their peak."""
    for group in optimiser.param_groups:
        group["lr"] = group["peak"] * (1.0 if group["fixed"] else factor)
