"""Layers whose result depends on the whole batch: batch normalisation by the mean and variance over the images of all ranks, and
dropout, which is drawn for the images of all ranks.

torch.nn.SyncBatchNorm does this for CUDA alone; these layers work on any device. Within a training step of several ranks they
normalise by the statistics of the whole batch, with the gradient of those; otherwise they are the layers of torch."""

from __future__ import annotations

from typing import Any, cast

import torch
import torch.distributed as dist
from torch import Tensor, nn

from engine.config.errors import complain
from engine.distributed.ranks import active, ranks
from engine.distributed.rows import all_count, all_rows, own_rows


class _Synchronised(nn.modules.batchnorm._BatchNorm):
    def forward(self, input: Tensor) -> Tensor:
        """(N, C, ...) to the same shape."""
        if active().size == 1 or not (self.training or self.running_mean is None):
            return super().forward(input)
        self._check_input_dim(input)  # type: ignore[no-untyped-call]
        with torch.no_grad():
            rest = [d for d in range(input.dim()) if d != 1]
            var, mean = torch.var_mean(_full(input), rest, correction=0)  # (C,)
            means, vars = all_rows(torch.stack([mean, var])[None]).unbind(1)  # (W, C): as many values on each rank
            mean = means.mean(0)
            var = (vars + (means - mean).square()).mean(0)
            self._keep(mean, var, input.numel() // input.shape[1] * active().size)
        return cast(Tensor, _Normalise.apply(input, self.weight, self.bias, mean, var, self.eps))

    def _keep(self, mean: Tensor, var: Tensor, count: int) -> None:
        """Update the running statistics as torch's layers do."""
        if self.running_mean is None or self.running_var is None:
            return
        share = self.momentum
        if self.num_batches_tracked is not None:
            self.num_batches_tracked.add_(1)
            if share is None:
                share = 1.0 / float(self.num_batches_tracked)
        assert share is not None
        self.running_mean.lerp_(mean.to(self.running_mean.dtype), share)
        self.running_var.lerp_((var * (count / max(1, count - 1))).to(self.running_var.dtype), share)


class SyncedBatchNorm1d(_Synchronised, nn.BatchNorm1d):
    """torch.nn.BatchNorm1d over the images of all ranks."""


class SyncedBatchNorm2d(_Synchronised, nn.BatchNorm2d):
    """torch.nn.BatchNorm2d over the images of all ranks."""


class SyncedBatchNorm3d(_Synchronised, nn.BatchNorm3d):
    """torch.nn.BatchNorm3d over the images of all ranks."""


class SyncedDropout(nn.Dropout):
    """torch.nn.Dropout whose draws are other ones for the images of each rank."""

    def forward(self, input: Tensor) -> Tensor:
        """(N, ...) to the same shape."""
        if active().size == 1 or not self.training:
            return super().forward(input)
        kept = torch.nn.functional.dropout(input.new_ones(all_count(len(input)), *input.shape[1:]), self.p)
        return input * own_rows(kept)


_SYNCED: dict[type[nn.Module], type[nn.Module]] = {
    nn.BatchNorm1d: SyncedBatchNorm1d,
    nn.BatchNorm2d: SyncedBatchNorm2d,
    nn.BatchNorm3d: SyncedBatchNorm3d,
    nn.Dropout: SyncedDropout,
}


def synchronise(network: nn.Module, name: str) -> None:
    """Give the layers of a network the statistics and draws of all ranks, in place; weights and their names stay.
    ConfigError, which calls the encoder `name`, where it normalises by layers of a library that this cannot be done for."""
    for module in network.modules():
        if type(module) in _SYNCED:
            module.__class__ = _SYNCED[type(module)]
        elif isinstance(module, nn.modules.batchnorm._BatchNorm) and not isinstance(module, _Synchronised):
            allowed = f"1 for an encoder whose batch normalisation is its own ({type(module).__name__})"
            raise complain(
                "train.devices", allowed, ranks().size, f"Each device would normalise alone in {name}: choose another one."
            )


def _full(values: Tensor) -> Tensor:
    """In full precision."""
    return values.float() if values.dtype in (torch.float16, torch.bfloat16) else values


class _Normalise(torch.autograd.Function):
    """(x - mean) / sqrt(var + eps) * weight + bias, where mean and var (C,) are those of x over all ranks: their gradient is part
    of that of x. The gradients of weight and bias are this rank's."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor | None, bias: Tensor | None, mean: Tensor, var: Tensor, eps: float) -> Tensor:
        ctx.save_for_backward(x, weight, mean, var)
        ctx.eps = eps
        # Evaluation mode: normalised by what is given.
        return torch.nn.functional.batch_norm(x, mean, var, weight, bias, False, 0.0, eps)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        x, weight, mean, var = ctx.saved_tensors
        shape = [1, -1, *[1] * (x.dim() - 2)]
        rest = [d for d in range(x.dim()) if d != 1]
        scale = (var + ctx.eps).rsqrt()  # (C,)
        g, centred = _full(gradient), _full(x) - mean.view(shape)
        sums = torch.stack([g.sum(rest), (g * centred).sum(rest) * scale])  # (2, C): of g, and of g times the normalised x
        total = sums.clone()
        dist.all_reduce(total)
        total /= x.numel() // x.shape[1] * ranks().size
        inner = g - total[0].view(shape) - centred * (total[1] * scale).view(shape)
        factor = scale if weight is None else scale * _full(weight)
        own = (sums[1].to(weight.dtype), sums[0].to(weight.dtype)) if weight is not None else (None, None)
        return ((inner * factor.view(shape)).to(x.dtype), *own, None, None, None)
