"""A learned class for every training image, and which classes were seen last."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from engine.augment.seeds import drawn_from
from engine.memory.image_rows import ImageRows

# Of the weights as they are drawn (official code of 2006.14618). Only their direction counts; the shorter they are the further
# the first steps turn them.
STD = 0.01


class InstanceClasses(nn.Module):
    """`weight`: (M, dim) learned class vectors, one a training image (Cao et al., 2006.14618); `recency`: (M,) when an
    image was last seen, larger is later. Without classes until `setup_data`, or until a checkpoint that has them is loaded.

    The paper updates the rows that were compared, and corrects the others when they are needed again, for the momentum and decay
    that they missed. Here the optimiser has the whole table: a row that was not compared has a gradient of 0, and the
    optimiser's own step moves it by momentum and decay alone, which is what the correction computes."""

    recency: Tensor

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.images = ImageRows()
        self.weight = nn.Parameter(torch.empty(0, dim))
        self.register_buffer("recency", torch.zeros(0, dtype=torch.long))

    def __len__(self) -> int:
        return len(self.weight)

    def setup_data(self, indices: Tensor) -> None:
        """A class for every image at these sorted indices (M,)."""
        self.images.setup_data(indices)
        self._size(len(indices))

    def find(self, index: Tensor) -> Tensor:
        """Rows (N,) of images at indices `index` (N,). IndexError where an image has no class."""
        rows = self.images.rows(index)
        if (rows < 0).any():
            unknown = int(index.to(rows.device)[rows < 0][0])
            raise IndexError(f"image {unknown} has no class among those of {len(self)} training images")
        return rows

    def candidates(self, own: Tensor, count: int) -> Tensor:
        """The classes with which a batch is compared (max(N, K),), K the smaller of `count` and M: first the batch's own rows
        (N,), in their order, then those seen last, the latest first."""
        recency = self.recency.clone()
        recency[own] = torch.iinfo(recency.dtype).min
        others = max(0, min(count, len(self)) - len(own))
        return torch.cat([own, recency.topk(others).indices])

    @torch.no_grad()
    def mark_seen(self, own: Tensor) -> None:
        """Note that these rows (N,) were seen, the last of them last."""
        now = self.recency.max().clamp(min=0) + 1
        self.recency[own] = now + torch.arange(len(own), device=own.device)

    def _size(self, classes: int) -> None:
        self.weight = nn.Parameter(STD * torch.randn(classes, self.weight.shape[1], device=self.weight.device))
        # Never seen, each longer ago than the one before it, so that the order is whole from the start.
        self.recency = -1 - torch.arange(classes, device=self.recency.device)

    def _load_from_state_dict(self, state_dict: dict[str, Any], prefix: str, *rest: Any) -> None:
        # An encoder is loaded without its data: then the checkpoint says how many classes there are.
        saved = state_dict.get(f"{prefix}weight")
        if isinstance(saved, Tensor) and not len(self):
            with drawn_from(0):  # what is drawn is overwritten at once
                self._size(len(saved))
        super()._load_from_state_dict(state_dict, prefix, *rest)
