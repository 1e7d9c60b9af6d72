"""A linear classifier whose number of classes is set from the data."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.augment.seeds import drawn_from
from engine.config.errors import complain


def class_count(labels: Tensor, method: str) -> int:
    """The number of classes of labels (M,), -1 for unknown: the largest label plus 1. ConfigError for fewer than two classes."""
    present = len(labels[labels >= 0].unique())
    if present < 2:
        got = "one class" if present else "no labels"
        remedy = "Give class folders or labels, or choose a self-supervised method, which needs none."
        raise complain("data.source", f"a set whose training images have labels of two classes or more, for {method}", got, remedy)
    return int(labels.max()) + 1


class Classifier(nn.Module):
    """Logits (N, C) of features (N, dim). It has no classes until `size` is called or a checkpoint with classes is loaded."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(0, dim))
        self.bias = nn.Parameter(torch.empty(0))

    @property
    def classes(self) -> int:
        """C."""
        return len(self.bias)

    def size(self, classes: int) -> None:
        """Create this many classes, with small random weights, so that training starts at chance level."""
        self.weight = nn.Parameter(0.01 * torch.randn(classes, self.weight.shape[1], device=self.weight.device))
        self.bias = nn.Parameter(torch.zeros(classes, device=self.bias.device))

    def forward(self, h: Tensor) -> Tensor:
        """(N, dim) to (N, C)."""
        # In float32 also under autocast, as is the softmax that follows.
        with torch.autocast(h.device.type, enabled=False):
            return F.linear(h.float(), self.weight, self.bias)

    def _load_from_state_dict(self, state_dict: dict[str, Tensor], prefix: str, *rest: Any) -> None:
        # An encoder is loaded without its data (engine.evaluate.encoder): then the number of classes is that of the checkpoint.
        saved = state_dict.get(f"{prefix}bias")
        if not self.classes and saved is not None:
            with drawn_from(0):  # the random weights are overwritten below
                self.size(len(saved))
        super()._load_from_state_dict(state_dict, prefix, *rest)
