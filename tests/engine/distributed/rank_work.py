"""What the ranks of tests/engine/distributed/test_ranks.py do: each computes its part, and the whole alone to compare with."""

from __future__ import annotations

import copy
import sys
from pathlib import Path

import torch
from torch import Tensor, nn

from engine.distributed.ranks import exchanging, joined, ranks
from engine.distributed.rows import all_count, all_rows, average_gradients, own_rows, rank_mean
from engine.distributed.synced_layers import synchronise
from engine.execute.launched import launched
from tests.bench.bench_ranks import first_losses, in_double

# One of each kind of gathering: all views, a queue, balanced assignments, correlations over the batch. The bench has all methods.
METHODS = ("simclr", "moco_v2", "swav", "barlow_twins")
STEPS = 2


def gathered() -> dict[str, Tensor]:
    """Rows of two views of 6 images, gathered, and the gradient of a loss of all pairs of them, beside that of a single process."""
    torch.manual_seed(0)
    z, weight = torch.randn(12, 3), torch.randn(12, 12)
    whole = z.clone().requires_grad_()
    ((whole @ whole.t()).tanh() * weight).sum().backward()
    assert whole.grad is not None
    with exchanging():
        own = own_rows(z, views=2).requires_grad_()
        rows = all_rows(own, views=2)
        ((rows @ rows.t()).tanh() * weight).sum().backward()
        assert own.grad is not None
        return {
            "rows": (rows - z).abs().max().detach(),
            # Every rank has the loss of all pairs: the sum of their gradients is so many times that of one.
            "gradient": (own.grad / ranks().size - own_rows(whole.grad, views=2)).abs().max(),
            "count": torch.tensor(all_count(3)),
            "mean": rank_mean(torch.tensor(float(ranks().rank))),
        }


def normalised(shape: tuple[int, ...]) -> dict[str, Tensor]:
    """The largest differences between a batch normalisation over all ranks and torch's in a single process, relative."""
    torch.manual_seed(0)
    x, weight = torch.randn(shape) * 3 + 5, torch.randn(shape)
    alone = nn.BatchNorm1d(shape[1]) if len(shape) == 2 else nn.BatchNorm2d(shape[1])
    nn.init.normal_(alone.weight)
    synced = nn.Sequential(copy.deepcopy(alone))
    synchronise(synced, "a network")
    whole = x.clone().requires_grad_()
    expected = alone(whole)
    (expected * weight).tanh().mean().backward()
    with exchanging():
        own = own_rows(x).requires_grad_()
        result = synced(own)
        (result * own_rows(weight)).tanh().mean().backward()
        average_gradients(synced.parameters())
        assert whole.grad is not None
        assert own.grad is not None
        pairs = {
            "output": (result, own_rows(expected)),
            "input gradient": (own.grad / ranks().size, own_rows(whole.grad)),
            "weight gradient": (synced[0].weight.grad, alone.weight.grad),
            "bias gradient": (synced[0].bias.grad, alone.bias.grad),
            "running mean": (synced[0].running_mean, alone.running_mean),
            "running variance": (synced[0].running_var, alone.running_var),
        }
    return {name: ((a - b).abs().max() / b.abs().max()).detach() for name, (a, b) in pairs.items()}


def work(path: Path) -> None:
    results: dict[str, object] = {"gathered": gathered(), "line": normalised((16, 8)), "map": normalised((16, 8, 5, 5))}
    in_double()
    for id in METHODS:
        several, alone = first_losses(id, STEPS), first_losses(id, STEPS, exchange=False)
        results[id] = {name: (several[name] - alone[name]).abs().max() / alone[name].abs().max() for name in alone}
    if ranks().first:
        torch.save(results, path)


if __name__ == "__main__":
    torch.set_num_threads(1)
    with joined(launched()):
        work(Path(sys.argv[1]))
