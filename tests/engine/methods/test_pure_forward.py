"""A forward pass changes nothing of a method: what the method stores between steps travels in Out.memory to after_step."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _NormBase

from engine.catalogue import CATALOGUE
from engine.config.run import RunConfig
from engine.memory.momentum_keys import shuffled_keys
from engine.method import Batch, Out, Progress
from engine.methods.contrastive.simclr import SimCLR
from engine.methods.distillation.dino import DINO
from engine.train.loop import progress, take_step
from engine.train.setup import Session
from tests.engine.methods.steps import losses

Small = Callable[..., RunConfig]
Prepared = Callable[..., Session]

# PyTorch's own tables of a module: parameters and buffers are compared by value, hooks are not called by us.
TABLES = {"_parameters", "_buffers", "_modules"}
STATISTICS = {"running_mean", "running_var", "num_batches_tracked"}


def fingerprint(value: Any) -> Any:
    """A value that can be compared later: the bytes of tensors and arrays, the items of containers, the id of anything else."""
    if isinstance(value, Tensor):
        return value.dtype, tuple(value.shape), value.detach().cpu().contiguous().view(-1).view(torch.uint8).numpy().tobytes()
    if isinstance(value, torch.Generator):
        return fingerprint(value.get_state())
    if isinstance(value, dict):
        return tuple((fingerprint(key), fingerprint(part)) for key, part in value.items())
    if isinstance(value, list | tuple | set):
        return tuple(fingerprint(part) for part in value)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return type(value).__name__, id(value)


def snapshot(method: nn.Module) -> dict[str, Any]:
    """Every parameter, buffer and attribute of a method and its submodules, except the running statistics of normalisations."""
    entries = {}
    for name, module in method.named_modules():
        statistics = STATISTICS if isinstance(module, _NormBase) else set()
        tensors = {**module._parameters, **module._buffers}
        attributes = {key: value for key, value in vars(module).items() if key not in TABLES}
        entries |= {f"{name}.{key}": fingerprint(value) for key, value in tensors.items() if key not in statistics}
        entries |= {f"{name}.{key}": fingerprint(value) for key, value in attributes.items()}
    return entries


def changes(session: Session, forwards: int = 2) -> set[str]:
    """The names of what forward passes in train mode change."""
    method = session.method.train()
    before = snapshot(method)
    for step in range(forwards):
        method(session.batches.at(step), progress(session))
    after = snapshot(method)
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


@pytest.mark.parametrize("id", [row.id for row in CATALOGUE])
def test_a_forward_pass_changes_nothing(id: str, prepared: Prepared) -> None:
    """In every stage of the run: before the first step, when memories are empty, and after it."""
    session = prepared(id, {"train": {"batch": 8}})
    for span in session.spans:
        session.step = span.first
        assert changes(session) == set()
        losses(session, 1)
        assert changes(session, 1) == set()


def test_a_constant_estimated_from_the_first_batch_is_stored_after_the_step(prepared: Prepared) -> None:
    session = prepared("instdisc", {"method": {"objective": "nce"}})
    assert changes(session) == set()
    losses(session, 1)
    assert session.method.log_z.isfinite()  # type: ignore[operator]


class KeepsList(SimCLR):
    def forward(self, batch: Batch, at: Progress) -> Out:
        self.kept = [*getattr(self, "kept", []), batch.index]
        return super().forward(batch, at)


class FillsList(SimCLR):
    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.kept: list[Tensor] = []

    def forward(self, batch: Batch, at: Progress) -> Out:
        self.kept.append(batch.index)
        return super().forward(batch, at)


class CountsInBuffer(SimCLR):
    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.register_buffer("count", torch.zeros(()))

    def forward(self, batch: Batch, at: Progress) -> Out:
        self.count += 1  # type: ignore[operator,misc]
        return super().forward(batch, at)


class MovesWeight(SimCLR):
    def forward(self, batch: Batch, at: Progress) -> Out:
        with torch.no_grad():
            next(self.projector.parameters()).mul_(0.99)
        return super().forward(batch, at)


@pytest.mark.parametrize("kind", [KeepsList, FillsList, CountsInBuffer, MovesWeight])
def test_a_method_that_stores_something_in_its_forward_pass_is_detected(kind: type[SimCLR], prepared: Prepared) -> None:
    session = prepared("simclr")
    session.method = kind(session.method.config, session.method.backbone)
    assert changes(session)


def test_every_accumulated_batch_is_enqueued_once_and_in_order(prepared: Prepared) -> None:
    """MoCo: the keys of both batches come from the key encoder before the step, which is updated once afterwards."""
    for id in ("moco_v1", "moco_v2"):
        session = prepared(id, {"method": {"queue": 48}, "optim": {"accumulate": 2}})
        before: Any = copy.deepcopy(session.method).train()
        take_step(session)
        after: Any = session.method
        expected = []
        for number in (0, 1):
            batch = session.batches.at(number)
            expected.append(shuffled_keys(before.key, batch.views[1], before.config.bn_splits, batch.generator))
        assert int(after.queue.filled) == int(after.queue.head) == 32
        assert torch.equal(after.queue.vectors[:32], torch.cat(expected))
        assert torch.equal(after.queue.vectors[32:], before.queue.vectors[32:])
        old, new, student = (next(part.parameters()) for part in (before.key, after.key, after.backbone))
        torch.testing.assert_close(new, old + (1 - after.config.momentum) * (student - old))


def test_every_accumulated_batch_updates_the_memory_bank(prepared: Prepared) -> None:
    settings = {"optim": {"accumulate": 2}}
    instdisc, pic, nnclr = (prepared(id, settings) for id in ("instdisc", "pic", "nnclr"))
    for session in (instdisc, pic, nnclr):
        take_step(session)
    index = torch.cat([instdisc.batches.at(number).index for number in (0, 1)])
    bank: Any = instdisc.method.bank
    assert bank.indices[bank.visits > 0].tolist() == sorted(index.tolist())
    assert int(bank.visits.sum()) == len(index)
    classes: Any = pic.method.classes
    seen = torch.cat([pic.batches.at(number).index for number in (0, 1)])
    assert torch.equal(classes.images.indices[classes.recency.argsort()[-len(seen) :]], seen)
    queue: Any = nnclr.method.queue
    assert torch.equal(queue.indices[:32], torch.cat([nnclr.batches.at(number).index for number in (0, 1)]))


def test_every_accumulated_batch_updates_the_centre(prepared: Prepared) -> None:
    """DINO: one update per batch, in order, from the logits of the teacher before the step."""
    session = prepared("dino", {"optim": {"accumulate": 2}})
    before: Any = copy.deepcopy(session.method).train()
    expected = before.centre.value.clone()
    with torch.no_grad():
        for number in (0, 1):
            logits = before.teacher(torch.cat(session.batches.at(number).views[:2]))
            momentum = before.config.centre_momentum
            expected = momentum * expected + (1 - momentum) * logits.mean(0, keepdim=True)
    take_step(session)
    assert isinstance(session.method, DINO)
    torch.testing.assert_close(session.method.centre.value, expected)


def test_swav_s_queue_of_a_view_gets_that_view_s_embeddings_of_every_accumulated_batch(prepared: Prepared) -> None:
    session = prepared("swav", {"optim": {"accumulate": 2}})
    before: Any = copy.deepcopy(session.method).train()
    expected: list[list[Tensor]] = [[], []]
    with torch.no_grad():
        for number in (0, 1):
            views = session.batches.at(number)
            h = [before.backbone(torch.cat(views.views[:2]))] + ([before.backbone(torch.cat(views.local))] if views.local else [])
            z = F.normalize(before.projector(torch.cat(h)), dim=1)
            for view in (0, 1):
                expected[view].append(z[16 * view : 16 * (view + 1)])
    take_step(session)
    queues: Any = session.method.queues
    for queue, rows in zip(queues, expected, strict=True):
        torch.testing.assert_close(queue.vectors, torch.cat(rows))
