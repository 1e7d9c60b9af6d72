"""The memory bank: one vector for every training image, looked up by the index of the image in the data set."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.config.errors import complain
from engine.memory.image_rows import rows_of
from engine.memory.neighbours import nearest

# Largest share of the free memory for the rows; more are kept in a file.
MEMORY_SHARE = 0.25
# Rows drawn at once, and bytes written at once.
_ROWS = 1 << 16
_BYTES = 1 << 24


class MemoryBank(nn.Module):
    """`rows`: (M, dim) unit vectors, one per training image, initially random directions (Wu et al., 1805.01978, Sec. 3.1);
    `indices`: (M,) the sorted indices in the data set of those images, always on the CPU; `visits`: (M,) the number of updates of
    each row.

    Empty until `setup_data` is called or a checkpoint is loaded. The initial rows are drawn from a seed that is taken from torch's
    generator in the constructor, like weights, so that they depend on train.seed. Rows of more than `limit` bytes (by default a
    share of the free memory) are in a memory-mapped temporary file (in TMPDIR), and stay on the CPU when the module is moved. The
    file is unlinked, so that it is deleted with the process. Copies and checkpoints of a mapped bank are not different."""

    rows: Tensor
    indices: Tensor
    visits: Tensor

    def __init__(self, dim: int, momentum: float = 0.5, limit: int | None = None, seed: int | None = None) -> None:
        super().__init__()
        self.dim, self.momentum, self.limit = dim, momentum, limit
        self.seed = int(torch.randint(2**62, ())) if seed is None else seed
        self.mapped = False
        self.register_buffer("rows", torch.zeros(0, dim))
        self.register_buffer("indices", torch.zeros(0, dtype=torch.long))
        self.register_buffer("visits", torch.zeros(0, dtype=torch.int32))

    def __len__(self) -> int:
        return len(self.rows)

    def setup_data(self, indices: Tensor) -> None:
        """Allocate one row for each image with these sorted indices (M,), and draw the rows. ConfigError where neither memory nor
        disk has enough space."""
        self._allocate(len(indices))
        self.indices.copy_(indices)
        generator = torch.Generator().manual_seed(self.seed)
        for part in self.rows.split(_ROWS):
            part.copy_(F.normalize(torch.randn(part.shape, generator=generator), dim=1))

    def find(self, index: Tensor) -> Tensor:
        """Row numbers (N,) of images with indices (N,), on the device of the rows. IndexError where an image has no row."""
        at = rows_of(self.indices, index)
        if (at < 0).any():
            unknown = int(index.to(at.device)[at < 0][0])
            raise IndexError(f"image {unknown} has no row in the memory bank of {len(self)} training images")
        return at.to(self.rows.device)

    @torch.no_grad()
    def update(self, index: Tensor, z: Tensor) -> None:
        """row = momentum * row + (1 - momentum) * z, normalised (official code of 1805.01978). index: (N,) unique indices; z: (N,
        dim) unit vectors."""
        at = self.find(index)
        mixed = self.momentum * self.rows[at] + (1.0 - self.momentum) * z.detach().to(self.rows)
        self.rows[at] = F.normalize(mixed, dim=1)
        self.visits[at] += 1

    def nearest(self, z: Tensor, k: int) -> Tensor:
        """Indices (N, k) of the images with the nearest rows to z (N, dim), nearest first, on the CPU. Rows that were never
        updated are random and left out; -1 where fewer than k are left."""
        rows = nearest(z, self.rows, k, real=self.visits > 0).cpu()
        return torch.where(rows < 0, rows, self.indices[rows])

    def _allocate(self, size: int) -> None:
        """Rows of zeros in memory or in a file."""
        limit = MEMORY_SHARE * psutil.virtual_memory().available if self.limit is None else self.limit
        self.mapped = size * self.dim * 4 > limit
        device = torch.device("cpu") if self.mapped else self.rows.device
        self.rows = _mapped(size, self.dim) if self.mapped else torch.zeros(size, self.dim, device=device)
        self.visits = torch.zeros(size, dtype=torch.int32, device=device)
        self.indices = torch.zeros(size, dtype=torch.long)

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> MemoryBank:
        """Called by `.to(device)`: the indices, which are for look-up, and all tensors of a mapped bank stay on the CPU."""
        stay = {name: self._buffers[name] for name in (("indices", "rows", "visits") if self.mapped else ("indices",))}
        for name in stay:
            self._buffers[name] = None
        super()._apply(fn, recurse)  # type: ignore[no-untyped-call]
        self._buffers.update(stay)
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> MemoryBank:
        # By a state dict, like a checkpoint: the deepcopy of a mapped tensor would be in memory.
        twin = MemoryBank(self.dim, self.momentum, self.limit, self.seed)
        twin.load_state_dict(self.state_dict())
        # A new bank has float32 rows; this one may have been converted.
        twin.to(device=self.rows.device, dtype=self.rows.dtype).train(self.training)
        if twin.rows.dtype != torch.float32:
            twin.rows.copy_(self.rows)
        memo[id(self)] = twin
        return twin

    def _load_from_state_dict(self, state_dict: dict[str, Any], prefix: str, *rest: Any) -> None:
        """An empty bank gets the size of the checkpoint, because encoders are loaded without their data."""
        rows, indices = state_dict.get(prefix + "rows"), state_dict.get(prefix + "indices")
        if isinstance(rows, Tensor) and not len(self):
            self._allocate(len(rows))
        elif isinstance(indices, Tensor) and indices.shape == self.indices.shape and not torch.equal(indices.cpu(), self.indices):
            *_, errors = rest
            errors.append(f"{prefix.rstrip('.')} is of other training images than the data has.")
        super()._load_from_state_dict(state_dict, prefix, *rest)


def _mapped(size: int, dim: int) -> Tensor:
    """Zeros (size, dim) in a memory-mapped temporary file. ConfigError where the disk has not enough space."""
    left = size * dim * 4
    handle, name = tempfile.mkstemp(prefix="parallax-bank-")
    try:
        # Written by file writes and not through the map: a full disk is then an exception, not a SIGBUS.
        with os.fdopen(handle, "wb") as file:
            while left > 0:
                left -= file.write(bytes(min(left, _BYTES)))
        return torch.from_file(name, shared=True, size=size * dim, dtype=torch.float32).view(size, dim)
    except (OSError, RuntimeError) as error:
        remedy = f"Free that much space, let TMPDIR name a folder on a larger disk, or take fewer images. ({error})"
        need = f"a set whose memory bank ({size} images, {size * dim * 4 / 1e9:.2f} GB) fits into the temporary folder"
        raise complain("data", need, "no room", remedy) from None
    finally:
        # The map keeps the file open; unlinked, it is deleted with the process. Windows does not allow to unlink an open file: it
        # stays in the temporary folder.
        with contextlib.suppress(OSError):
            Path(name).unlink()
