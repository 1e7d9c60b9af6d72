"""The linear probe: multinomial logistic regression on frozen features."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy, linear

from engine.execute.progress import ProgressCallback

# Strengths of the L2 penalty that are tried, strongest first.
GRID = (1.0, 1e-1, 1e-2, 1e-3, 1e-4)


@dataclass(frozen=True)
class Probe:
    """A fitted probe. `weight` (C, D), `bias` (C,) on features standardised with `mean`, `scale` (D,). `validation`: the
    accuracy, or another score, on the validation images, with which `l2` was chosen."""

    weight: Tensor
    bias: Tensor
    mean: Tensor
    scale: Tensor
    l2: float
    validation: float

    def predict(self, features: Tensor) -> Tensor:
        """The class (n,) of each row of features (n, D)."""
        return self.outputs(features).argmax(1)

    def outputs(self, features: Tensor) -> Tensor:
        """The logits (n, C) of features (n, D)."""
        return linear((features.float() - self.mean) / self.scale, self.weight, self.bias)

    def accuracy(self, features: Tensor, labels: Tensor) -> float:
        """Accuracy, 0 to 1."""
        return float((self.predict(features) == labels).double().mean())


def fit_probe(
    features: Tensor,
    labels: Tensor,
    validation: Tensor,
    validation_labels: Tensor,
    classes: int,
    grid: Sequence[float] = GRID,
    iterations: int = 100,
    tick: ProgressCallback | None = None,
) -> Probe:
    """Multinomial logistic regression on features (n, D), labels (n,), with the L2 strength of `grid` that does best on validation.

    Features are standardised with the mean and deviation of the training features. Minimised is mean cross-entropy + l2/2·|W|²,
    without a penalty on the bias, by full-batch L-BFGS from the solution of the stronger penalty before. The stronger one wins a
    tie. The test split is not used. `tick` is called with the fraction done after each strength."""
    return _best(
        features,
        classes,
        lambda logits: cross_entropy(logits, labels),
        lambda probe: probe.accuracy(validation, validation_labels),
        grid,
        iterations,
        tick,
    )


def fit_labels(
    features: Tensor,
    labels: Tensor,
    validation: Tensor,
    validation_labels: Tensor,
    score: Callable[[Tensor, Tensor], float],
    grid: Sequence[float] = GRID,
    iterations: int = 100,
    tick: ProgressCallback | None = None,
) -> Probe:
    """A logistic regression of each of k labels against its absence: labels (n, k) of 1, 0, and nan where unknown, on features
    (n, D), with the L2 strength of `grid`, one for all, for which `score` of the outputs (v, k) and labels (v, k) of validation is
    largest. Minimised is, for each label, mean binary cross-entropy of its known rows + l2/2·|w|². Otherwise as `fit_probe`."""
    known = torch.isfinite(labels)
    truth, share = torch.where(known, labels, 0.0), known.float() / known.sum(0).clamp_min(1)
    return _best(
        features,
        labels.shape[1],
        lambda logits: binary_cross_entropy_with_logits(logits, truth, weight=share, reduction="sum"),
        lambda probe: score(probe.outputs(validation), validation_labels),
        grid,
        iterations,
        tick,
    )


def _best(
    features: Tensor,
    outputs: int,
    loss_of: Callable[[Tensor], Tensor],
    score: Callable[[Probe], float],
    grid: Sequence[float],
    iterations: int,
    tick: ProgressCallback | None,
) -> Probe:
    """The linear map of features (n, D) to `outputs` logits that scores best among those of each strength."""
    x = features.float()
    mean, scale = x.mean(0), x.std(0, correction=0)
    # A nearly constant dimension has only rounding noise, which standardisation would amplify.
    scale = torch.where(scale > 1e-6 * scale.max().clamp_min(1e-12), scale, torch.ones_like(scale))
    x = (x - mean) / scale
    best: Probe | None = None
    weight, bias = torch.zeros(outputs, x.shape[1]), torch.zeros(outputs)
    for count, l2 in enumerate(sorted(grid, reverse=True), start=1):
        weight, bias = _minimise(x, loss_of, weight, bias, l2, iterations)
        probe = Probe(weight, bias, mean, scale, l2, 0.0)
        reached = score(probe)
        if best is None or reached > best.validation:
            best = replace(probe, validation=reached)
        if tick is not None:
            tick(count / len(grid))
    assert best is not None
    return best


def _minimise(
    x: Tensor, loss_of: Callable[[Tensor], Tensor], weight: Tensor, bias: Tensor, l2: float, iterations: int
) -> tuple[Tensor, Tensor]:
    weight, bias = weight.clone().requires_grad_(), bias.clone().requires_grad_()
    solver = torch.optim.LBFGS(
        [weight, bias], max_iter=iterations, tolerance_grad=1e-5, tolerance_change=1e-7, line_search_fn="strong_wolfe"
    )

    def objective() -> Tensor:
        solver.zero_grad()
        loss = loss_of(linear(x, weight, bias)) + 0.5 * l2 * weight.square().sum()
        loss.backward()
        return loss

    with torch.enable_grad():
        solver.step(objective)
    return weight.detach(), bias.detach()
