"""Independent streams of random numbers, each reached by its path alone, so that any moment of a run can be drawn again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode


def generator_for(seed: int, *path: int | str) -> torch.Generator:
    """A CPU generator for one stream, e.g. `generator_for(seed, "views", epoch, step, view)`.

    The same arguments give the same numbers on every machine; any other seed or path gives others. PyTorch's global generators
    are neither read nor moved. (PyTorch's Mersenne twister keeps 32 of the 64 mixed bits, so two streams of a run of a
    hundred thousand may coincide; which two is as good as random.)
    """
    text = "/".join(f"{type(part).__name__[0]}{part}" for part in (int(seed), *path))
    mixed = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")
    return torch.Generator().manual_seed(mixed)


def seed_device(device: torch.device, seed: int) -> None:
    """Seed what draws on this device when no generator is named (dropout). Other devices' generators are left alone: other runs may
    go on there."""
    if device.type == "cuda":
        with torch.cuda.device(device):
            torch.cuda.manual_seed(seed)
    elif device.type == "mps":
        torch.mps.manual_seed(seed)
    else:
        torch.default_generator.manual_seed(seed)


@contextmanager
def drawn_from(seed: int) -> Iterator[None]:
    """Inside, whatever this thread draws on the CPU without naming a generator (initial weights) comes from this seed: the very
    numbers that PyTorch's global generator would give after `torch.manual_seed(seed)`.

    The global generator itself is neither read nor moved. It belongs to the whole process: whoever seeded it for a moment, to draw
    weights for a picture, would change what a run draws meanwhile in another thread."""
    with _Drawn(torch.Generator().manual_seed(seed)):
        yield


class _Drawn(TorchDispatchMode):
    """Hands the generator to every operation of this thread that draws and was given none."""

    def __init__(self, generator: torch.Generator) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._generator = generator

    def __torch_dispatch__(
        self, func: Any, types: Sequence[type], args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        named = dict(kwargs or {})
        if torch.Tag.nondeterministic_seeded in func.tags and named.get("generator") is None:
            device = args[0].device if args and isinstance(args[0], Tensor) else torch.device(named.get("device") or "cpu")
            if device.type == "cpu" and not _draws_nothing(func, args, named):
                func, named = _taking_generator(func), {**named, "generator": self._generator}
        return func(*args, **named)


def _draws_nothing(func: Any, args: Sequence[Any], named: Mapping[str, Any]) -> bool:
    """Whether this is an attention without dropout: said to draw, for it could."""
    for position, argument in enumerate(func._schema.arguments):
        if argument.name == "dropout_p":
            given = args[position] if position < len(args) else named.get("dropout_p", argument.default_value)
            return float(given or 0.0) == 0.0
    return False


def _taking_generator(func: Any) -> Any:
    """The overload of an operation that takes a generator: `rand` has one beside its plain form, `normal_` has no other."""
    if any(argument.name == "generator" for argument in func._schema.arguments):
        return func
    plain = func._overloadname
    operation = getattr(func.overloadpacket, "generator" if plain == "default" else f"{plain}_generator", None)
    assert operation is not None, f"{func} can draw from the global generator alone"
    return operation
