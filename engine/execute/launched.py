"""Which of the processes of a run on several devices this one is. Torch-free."""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Ranks:
    """`rank`: the number of this process, from 0; `size`: how many there are; `local`, `local_size`: the same on this machine."""

    rank: int = 0
    size: int = 1
    local: int = 0
    local_size: int = 1

    @property
    def first(self) -> bool:
        """Whether this process writes the run."""
        return self.rank == 0

    @property
    def beside_first(self) -> bool:
        """Whether it is another process on the machine of the first."""
        return self.size > 1 and 0 < self.rank == self.local


def launched() -> Ranks:
    """The number of this process among those that torch.distributed.run started; one process where it did not."""
    if "TORCHELASTIC_RUN_ID" not in os.environ:
        return Ranks()
    return Ranks(*(int(os.environ[name]) for name in ("RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE")))
