"""Independent streams of random numbers, each reached by its path alone, so that any moment of a run can be drawn again."""

from __future__ import annotations

import hashlib

import torch


def generator_for(seed: int, *path: int | str) -> torch.Generator:
    """A CPU generator for one stream, e.g. `generator_for(seed, "views", epoch, step, view)`.

    The same arguments give the same numbers on every machine; any other seed or path gives others. PyTorch's global generators
    are neither read nor moved. (PyTorch's Mersenne twister keeps 32 of the 64 mixed bits, so two streams of a run of a
    hundred thousand may coincide by chance; which two is as good as random.)
    """
    said = "/".join(f"{type(part).__name__[0]}{part}" for part in (int(seed), *path))
    mixed = int.from_bytes(hashlib.blake2b(said.encode(), digest_size=8).digest(), "little")
    return torch.Generator().manual_seed(mixed)
