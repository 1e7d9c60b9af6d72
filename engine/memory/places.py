"""Which row belongs to which image: the images of a table, by their places in the data set."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn


def rows_of(places: Tensor, index: Tensor) -> Tensor:
    """Rows (N,) of images `index` (N,) among sorted places (M,), -1 where an image has none. On the device of the places."""
    index = index.to(places.device)
    if not len(places):
        return torch.full_like(index, -1)
    at = torch.searchsorted(places, index).clamp(max=len(places) - 1)
    return torch.where(places[at] == index, at, -1)


class Places(nn.Module):
    """`places`: (M,) the sorted places in the data set of the images that have a row. Empty until `meet`, or until a checkpoint
    that has them is loaded."""

    places: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("places", torch.zeros(0, dtype=torch.long))

    def __len__(self) -> int:
        return len(self.places)

    def meet(self, places: Tensor) -> None:
        """A row for each of these sorted places (M,)."""
        self.places = places.clone().to(self.places.device)

    def rows(self, index: Tensor) -> Tensor:
        """Rows (N,) of images at places `index` (N,), -1 where an image has none."""
        return rows_of(self.places, index)

    def _load_from_state_dict(self, state_dict: dict[str, Any], prefix: str, *rest: Any) -> None:
        # An encoder is loaded without its data: then the checkpoint says which images there were.
        saved = state_dict.get(f"{prefix}places")
        if isinstance(saved, Tensor) and not len(self):
            self.meet(saved)
        elif isinstance(saved, Tensor) and saved.shape == self.places.shape and not torch.equal(saved.cpu(), self.places.cpu()):
            *_, errors = rest
            errors.append(f"{prefix.rstrip('.')} is of other training images than the data has.")
        super()._load_from_state_dict(state_dict, prefix, *rest)
