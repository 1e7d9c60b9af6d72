"""The linear probe: multinomial logistic regression on frozen features."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, linear

from engine.execute.progress import ProgressCallback

# Strengths of the L2 penalty that are tried, strongest first.
GRID = (1.0, 1e-1, 1e-2, 1e-3, 1e-4)


@dataclass(frozen=True)
class Probe:
    """A fitted probe. `weight` (C, D), `bias` (C,) on features standardised with `mean`, `scale` (D,). `validation`: the
    accuracy on the validation images, with which `l2` was chosen."""

    weight: Tensor
    bias: Tensor
    mean: Tensor
    scale: Tensor
    l2: float
    validation: float

    def predict(self, features: Tensor) -> Tensor:
        """The class (n,) of each row of features (n, D)."""
        return linear((features.float() - self.mean) / self.scale, self.weight, self.bias).argmax(1)

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
    x = features.float()
    mean, scale = x.mean(0), x.std(0, correction=0)
    # A nearly constant dimension has only rounding noise, which standardisation would amplify.
    scale = torch.where(scale > 1e-6 * scale.max().clamp_min(1e-12), scale, torch.ones_like(scale))
    x = (x - mean) / scale
    best: Probe | None = None
    weight, bias = torch.zeros(classes, x.shape[1]), torch.zeros(classes)
    for count, l2 in enumerate(sorted(grid, reverse=True), start=1):
        weight, bias = _minimise(x, labels, weight, bias, l2, iterations)
        probe = Probe(weight, bias, mean, scale, l2, 0.0)
        right = probe.accuracy(validation, validation_labels)
        if best is None or right > best.validation:
            best = Probe(weight, bias, mean, scale, l2, right)
        if tick is not None:
            tick(count / len(grid))
    assert best is not None
    return best


def _minimise(x: Tensor, labels: Tensor, weight: Tensor, bias: Tensor, l2: float, iterations: int) -> tuple[Tensor, Tensor]:
    weight, bias = weight.clone().requires_grad_(), bias.clone().requires_grad_()
    solver = torch.optim.LBFGS(
        [weight, bias], max_iter=iterations, tolerance_grad=1e-5, tolerance_change=1e-7, line_search_fn="strong_wolfe"
    )

    def objective() -> Tensor:
        solver.zero_grad()
        loss = cross_entropy(linear(x, weight, bias), labels) + 0.5 * l2 * weight.square().sum()
        loss.backward()
        return loss

    with torch.enable_grad():
        solver.step(objective)
    return weight.detach(), bias.detach()
