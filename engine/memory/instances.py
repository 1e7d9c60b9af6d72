"""A learned class for every training image, and which classes were seen last."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from engine.augment.seeds import drawn_from
from engine.memory.image_rows import ImageRows

# Standard deviation of the initial weights (official code of 2006.14618). Only their direction matters, but the first steps rotate
# shorter vectors by a larger angle.
STD = 0.01


class InstanceClasses(nn.Module):
    """`weight`: (M, dim) learned class vectors, one per training image (Cao et al., 2006.14618); `recency`: (M,) the order in which
    images were last seen, larger is later. It has no classes until `setup_data` is called or a checkpoint is loaded.

    The paper updates the rows in the softmax only, and corrects the others, when they are used again, for the momentum and weight
    decay that they missed. Here the optimiser has the whole table: a row outside the softmax has a gradient of 0, and is updated by
    momentum and weight decay in every step, which has the same result as the correction."""

    recency: Tensor

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.images = ImageRows()
        self.weight = nn.Parameter(torch.empty(0, dim))
        self.register_buffer("recency", torch.zeros(0, dtype=torch.long))

    def __len__(self) -> int:
        return len(self.weight)

    def setup_data(self, indices: Tensor) -> None:
        """Create a class for every image with these sorted indices (M,)."""
        self.images.setup_data(indices)
        self._size(len(indices))

    def find(self, index: Tensor) -> Tensor:
        """Rows (N,) of images with indices `index` (N,). IndexError where an image has no class."""
        rows = self.images.rows(index)
        if (rows < 0).any():
            unknown = int(index.to(rows.device)[rows < 0][0])
            raise IndexError(f"image {unknown} has no class among those of {len(self)} training images")
        return rows

    def candidates(self, own: Tensor, count: int) -> Tensor:
        """The classes in the softmax of a batch (max(N, K),), K the smaller of `count` and M: first the batch's own rows (N,), in
        order, then the most recently seen rows, the latest first."""
        recency = self.recency.clone()
        recency[own] = torch.iinfo(recency.dtype).min
        others = max(0, min(count, len(self)) - len(own))
        return torch.cat([own, recency.topk(others).indices])

    @torch.no_grad()
    def mark_seen(self, own: Tensor) -> None:
        """Mark these rows (N,) as the most recently seen, in order."""
        now = self.recency.max().clamp(min=0) + 1
        self.recency[own] = now + torch.arange(len(own), device=own.device)

    def _size(self, classes: int) -> None:
        self.weight = nn.Parameter(STD * torch.randn(classes, self.weight.shape[1], device=self.weight.device))
        # Negative values for rows that were not seen yet, all different, so that the order is defined.
        self.recency = -1 - torch.arange(classes, device=self.recency.device)

    def _load_from_state_dict(self, state_dict: dict[str, Any], prefix: str, *rest: Any) -> None:
        # An encoder is loaded without its data: then the number of classes is that of the checkpoint.
        saved = state_dict.get(f"{prefix}weight")
        if isinstance(saved, Tensor) and not len(self):
            with drawn_from(0):  # the random weights are overwritten below
                self._size(len(saved))
        super()._load_from_state_dict(state_dict, prefix, *rest)
