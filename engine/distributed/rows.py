"""The rows of all ranks, with gradient.

A batch of N images is dealt out over W ranks: rank r has the N / W rows from r N / W on. Networks see a rank's own rows; a loss
that compares images gets those of all ranks, on every rank alike:

    z = all_rows(self.projector(h), views=2)

A loss is the mean over images, of a rank's own or of all, and gradients are averaged over the ranks (`average_gradients`). The
result is the gradient of the loss of the whole batch, as in a single process. What a step draws at random is drawn for all images,
of which each rank takes its rows, so that a run does not depend on the number of ranks:

    mask = own_rows(random_mask(all_count(n), ...))

In a single process, and outside of a training step, each of these returns what it is given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar, cast

import torch
import torch.distributed as dist
from torch import Tensor, nn

from engine.distributed.ranks import active, ranks

# Bytes of gradients that are averaged by one message.
BUCKET = 32 << 20

T = TypeVar("T")


def all_count(n: int) -> int:
    """How many rows all ranks have together, where this one has n."""
    return n * active().size


def all_rows(rows: Tensor, views: int = 1) -> Tensor:
    """The rows of all ranks in the order of the whole batch, the same on every rank, with gradient.

    Args:
        rows: (V n, ...) of this rank, view by view; as many on every rank.
        views: V.

    Returns:
        (V n W, ...), view by view. Its gradient is the sum over the ranks of that of their losses.
    """
    if active().size == 1:
        return rows
    parts = rows.unflatten(0, (views, -1))
    gathered: Tensor = _AllRows.apply(parts) if rows.requires_grad else _gathered(parts)
    return gathered.flatten(0, 1)


def own_rows(rows: T, views: int = 1) -> T:
    """This rank's rows of those of all ranks, the inverse of `all_rows`.

    Args:
        rows: a tensor (V n W, ...), view by view, or a tuple or list of such.
        views: V.

    Returns:
        The same with (V n, ...).
    """
    here = active()
    if here.size == 1:
        return rows
    if isinstance(rows, Tensor):
        parts = rows.view(views, here.size, -1, *rows.shape[1:])
        return cast(T, parts[:, here.rank].flatten(0, 1))
    assert isinstance(rows, (tuple, list))
    own = [own_rows(part, views) for part in rows]
    return cast(T, type(rows)(*own) if hasattr(rows, "_fields") else type(rows)(own))


def rank_mean(value: Tensor) -> Tensor:
    """The mean of a tensor over the ranks, without gradient: of statistics of a batch that are means over its images."""
    if active().size == 1:
        return value
    total = value.detach().clone() if value.dtype == torch.float64 else value.detach().to(torch.float32, copy=True)
    dist.all_reduce(total)
    mean = total / active().size
    return mean.to(value.dtype) if value.is_floating_point() else mean


def average_gradients(parameters: Iterable[nn.Parameter]) -> None:
    """Replace the gradient of each parameter by its mean over the ranks. All ranks have gradients of the same parameters."""
    size = active().size
    if size == 1:
        return
    for bucket in _buckets([p.grad for p in parameters if p.grad is not None]):
        flat = torch.cat([gradient.reshape(-1) for gradient in bucket])
        dist.all_reduce(flat)
        flat /= size
        for gradient, mean in zip(bucket, flat.split([gradient.numel() for gradient in bucket]), strict=True):
            gradient.copy_(mean.view(gradient.shape))


def mean_terms(terms: Mapping[str, Tensor | float]) -> dict[str, Tensor | float]:
    """The mean of named scalars over the ranks, by one message."""
    if active().size == 1 or not terms:
        return dict(terms)
    device = next((value.device for value in terms.values() if isinstance(value, Tensor)), torch.device("cpu"))
    values = rank_mean(torch.stack([torch.as_tensor(value, device=device).detach().float() for value in terms.values()]))
    return dict(zip(terms, values.unbind(), strict=True))


class _AllRows(torch.autograd.Function):
    """(V, n, ...) to (V, n W, ...)."""

    @staticmethod
    def forward(ctx: Any, parts: Tensor) -> Tensor:
        ctx.own = parts.shape[1]
        return _gathered(parts)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        # Not in half precision: sums of many ranks would lose digits.
        half = gradient.dtype in (torch.float16, torch.bfloat16)
        total = gradient.float() if half else gradient.clone(memory_format=torch.contiguous_format)
        dist.all_reduce(total)
        start = ranks().rank * ctx.own
        return total[:, start : start + ctx.own].to(gradient.dtype)


def _gathered(parts: Tensor) -> Tensor:
    parts = parts.detach().contiguous()
    every = [torch.empty_like(parts) for _ in range(ranks().size)]
    dist.all_gather(every, parts)
    return torch.cat(every, dim=1)


def _buckets(gradients: list[Tensor]) -> Iterable[list[Tensor]]:
    """Gradients of one device and type, up to BUCKET bytes together."""
    bucket, size = list[Tensor](), 0
    for gradient in gradients:
        same = not bucket or (bucket[0].dtype, bucket[0].device) == (gradient.dtype, gradient.device)
        if bucket and (not same or size > BUCKET):
            yield bucket
            bucket, size = [], 0
        bucket.append(gradient)
        size += gradient.numel() * gradient.element_size()
    if bucket:
        yield bucket
