"""The value of each action, from features."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from engine.heads.classifier import Classifier


class ActionValues(nn.Module):
    """A hidden layer with a ReLU, and a value for each action (N, A) of features (N, dim). It has no actions until `size` is called
    or a checkpoint with actions is loaded; then the values start near 0."""

    def __init__(self, dim: int, hidden: int) -> None:
        super().__init__()
        self.hidden = nn.Linear(dim, hidden)
        self.output = Classifier(hidden)

    @property
    def actions(self) -> int:
        """A."""
        return self.output.classes

    def size(self, actions: int) -> None:
        """Create this many actions."""
        self.output.size(actions)

    def forward(self, features: Tensor) -> Tensor:
        """(N, dim) to (N, A)."""
        values: Tensor = self.output(F.relu(self.hidden(features)))
        return values
