"""The ranks of a run on several devices: processes of the same program, each with its rows of every batch.

torch.distributed.run (torchrun) starts them and tells each its number by environment variables (engine.execute.launched). Rows are
exchanged within `exchanging` alone, which is a training step; elsewhere (evaluation and pictures, which the first rank makes alone)
the functions of engine.distributed.rows do what they do in a single process."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import torch
import torch.distributed as dist

from engine.execute.launched import Ranks

# How long a rank waits for another: the first one evaluates alone, which can take hours. A rank that dies is noticed at once.
WAIT = datetime.timedelta(days=2)


_ONE = Ranks()
_joined: Ranks = _ONE
_exchanging = False


def ranks() -> Ranks:
    """The ranks that have joined; one process outside of `joined`."""
    return _joined


def active() -> Ranks:
    """The ranks that exchange rows now; one process outside of a training step."""
    return _joined if _exchanging else _ONE


@contextmanager
def joined(here: Ranks) -> Iterator[None]:
    """Connects the ranks for the block: by NCCL for tensors on a GPU, by gloo for those on the CPU. One process needs nothing."""
    global _joined
    if here.size == 1:
        yield
        return
    backend = "gloo"
    if torch.cuda.is_available():
        torch.cuda.set_device(here.local)
        backend = "cpu:gloo,cuda:nccl"
    dist.init_process_group(backend, timeout=WAIT)
    _joined = here
    try:
        yield
    finally:
        _joined = _ONE
        # A rank that was lost cannot take part in the end.
        with suppress(RuntimeError):
            dist.destroy_process_group()


@contextmanager
def exchanging() -> Iterator[None]:
    """A training step: within the block rows are gathered from all ranks, which all take it at the same time."""
    global _exchanging
    before, _exchanging = _exchanging, True
    try:
        yield
    finally:
        _exchanging = before


@contextmanager
def apart() -> Iterator[None]:
    """Within the block each rank computes for itself."""
    global _exchanging
    before, _exchanging = _exchanging, False
    try:
        yield
    finally:
        _exchanging = before


def from_first(message: object) -> object:
    """The message of the first rank, in all of them. Plain values; waits for all ranks."""
    if _joined.size == 1:
        return message
    messages = [message]
    dist.broadcast_object_list(messages, src=0, device=torch.device("cpu"))
    return messages[0]


def any_rank(true: bool) -> bool:
    """Whether it is true in any rank. Waits for all ranks, and not for a GPU."""
    if _joined.size == 1:
        return true
    count = torch.tensor(int(true))
    dist.all_reduce(count)
    return bool(count)


def lost_rank(error: BaseException) -> bool:
    """Whether an error says that another rank has ended, or cannot be reached."""
    if _joined.size == 1 or not isinstance(error, RuntimeError):
        return False
    text = str(error)
    return isinstance(error, dist.DistError) or "gloo" in text or "Connection closed by peer" in text or "NCCL" in text
