"""The row of each image in a table, by the index of the image in the data set."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn


def rows_of(indices: Tensor, index: Tensor) -> Tensor:
    """Rows (N,) of images with indices `index` (N,) in sorted indices (M,), -1 where an image has none. On the device of
    `indices`."""
    index = index.to(indices.device)
    if not len(indices):
        return torch.full_like(index, -1)
    at = torch.searchsorted(indices, index).clamp(max=len(indices) - 1)
    return torch.where(indices[at] == index, at, -1)


class ImageRows(nn.Module):
    """`indices`: (M,) the sorted indices in the data set of the images that have a row. Empty until `setup_data` is
    called or a checkpoint is loaded."""

    indices: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("indices", torch.zeros(0, dtype=torch.long))

    def __len__(self) -> int:
        return len(self.indices)

    def setup_data(self, indices: Tensor) -> None:
        """A row for each of these sorted indices (M,)."""
        self.indices = indices.clone().to(self.indices.device)

    def rows(self, index: Tensor) -> Tensor:
        """Rows (N,) of images with indices `index` (N,), -1 where an image has none."""
        return rows_of(self.indices, index)

    def _load_from_state_dict(self, state_dict: dict[str, Any], prefix: str, *rest: Any) -> None:
        # An encoder is loaded without its data: then the images are those of the checkpoint.
        saved = state_dict.get(f"{prefix}indices")
        if isinstance(saved, Tensor) and not len(self):
            self.setup_data(saved)
        elif isinstance(saved, Tensor) and saved.shape == self.indices.shape and not torch.equal(saved.cpu(), self.indices.cpu()):
            *_, errors = rest
            errors.append(f"{prefix.rstrip('.')} is of other training images than the data has.")
        super()._load_from_state_dict(state_dict, prefix, *rest)
