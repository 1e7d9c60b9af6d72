"""Every method on one process and on two ranks: the largest difference of the first losses, or why it is refused; and the speed.

    python tests/bench/bench_ranks.py
    python tests/bench/bench_ranks.py --methods simclr byol --steps 20 --ranks 4

Each method trains `--steps` steps of a tiny run: 64 rendered images of 32 px, batches of 16, seed 0, SGD at a low rate. (AdamW,
whose first steps are the signs of gradients, makes a rounding error of a gradient near 0 a whole step.) First on ranks of gloo,
which torch's launcher starts once for all methods, then in this process. `loss`: the largest difference of a loss, relative to the
loss where that is above 1. `gradient`: the length of the difference of the first step's gradients, over the length of the gradient.

In float32 both contain what the network makes of rounding errors, those of torch's own batch normalisation among them: `--double`
computes in float64, where nothing but an error of the program is left.

`--speed` measures images a second instead, of SimCLR, BYOL and MAE at 96 px in batches of 64: one process of two threads, and two
ranks of one. Run it on a quiet machine."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from engine.execute.prepare_process import prepare_process

prepare_process()  # must be called before torch is imported

import torch
from torch import Tensor

from engine.catalogue import CATALOGUE, load
from engine.config.errors import ConfigError
from engine.config.run import RunConfig
from engine.distributed.launch import Launcher
from engine.distributed.ranks import exchanging, joined, ranks
from engine.execute.launched import launched
from engine.train.loop import take_step
from engine.train.resolve import resolve
from engine.train.setup import Session, prepare
from tests.needed_data import needed_source
from tests.teacher_run import teacher_settings

# Small enough that a queue is full after two batches.
SMALL: dict[str, Any] = {"queue": 32, "bn_splits": 2}
FAST = ("simclr", "byol", "mae")
SPEED_STEPS = 12


def small_config(id: str, devices: int, **train: Any) -> RunConfig:
    """The resolved config of a method's tiny run."""
    fields = load(id).Config.model_fields
    return resolve(
        {
            "method": {"id": id, **{key: value for key, value in SMALL.items() if key in fields}, **teacher_settings(id)},
            "data": {"source": needed_source(id), "count": 64, "size": 32},
            "train": {"batch": 16, "steps": 200, "device": "cpu", "precision": "fp32", "threads": 1, "devices": devices, **train},
            "optim": {"name": "sgd", "lr": 0.01, "momentum": 0.9, "warmup": 0.0},
        }
    )


def first_losses(id: str, steps: int, exchange: bool = True) -> dict[str, Tensor]:
    """The first losses of a method, and the gradient of the first step: on all ranks, or without an exchange in this process."""
    session = prepare(small_config(id, ranks().size))
    gradient = first_gradient(session)
    losses = []
    for _ in range(steps):
        with exchanging() if exchange else nullcontext():
            out, _ = take_step(session)
        session.step += 1
        losses.append(out.loss.detach().double())
    return {"losses": torch.stack(losses), "gradient": gradient[0]}


def first_gradient(session: Session) -> list[Tensor]:
    """A list that holds the gradient of the first step once it was taken: what the optimiser got, in one vector."""
    kept: list[Tensor] = []

    def keep(optimiser: torch.optim.Optimizer, *given: Any) -> None:
        gradients = [p.grad.flatten() for group in optimiser.param_groups for p in group["params"] if p.grad is not None]
        if not kept:
            kept.append(torch.cat(gradients).double() if gradients else torch.zeros(1).double())

    session.optimiser.register_step_pre_hook(keep)
    return kept


def images_per_second(id: str, threads: int) -> float:
    """The speed of a method at a size that a user may train."""
    config = small_config(id, ranks().size, batch=64, threads=threads)
    config = resolve({**config.model_dump(mode="json"), "data": {"count": 256, "size": 96}})
    session = prepare(config)
    torch.set_num_threads(threads)
    for step in range(SPEED_STEPS + 2):
        if step == 2:
            started = time.monotonic()
        with exchanging():
            out, _ = take_step(session)
        session.step += 1
        float(out.loss.detach())
    return config.train.batch * SPEED_STEPS / (time.monotonic() - started)


def work(options: argparse.Namespace, folder: Path) -> None:
    """What a rank does: every method, one after another."""
    torch.set_num_threads(1)
    if options.double:
        in_double()
    with joined(launched()):
        for id in options.methods:
            values: Any = images_per_second(id, 1) if options.speed else first_losses(id, options.steps)
            if ranks().first:
                torch.save(values, folder / f"{id}.pt")


def in_double() -> None:
    """Compute everything in float64, also what a loss converts to float32."""
    torch.set_default_dtype(torch.float64)
    torch.Tensor.float = torch.Tensor.double  # type: ignore[method-assign, assignment]


def refusal(id: str, devices: int) -> str:
    """Why a method is not trained on several devices; "" where it is."""
    try:
        small_config(id, devices)
    except ConfigError as error:
        return str(error)
    return ""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--methods", nargs="*", help="ids; all by default")
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--ranks", type=int, default=2)
    parser.add_argument("--speed", action="store_true", help="images a second instead")
    parser.add_argument("--double", action="store_true", help="in float64, where rounding does not hide a wrong term")
    parser.add_argument("--most", type=float, default=1e-5, help="the largest difference of a loss that is no failure")
    parser.add_argument("--work", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.methods = options.methods or (list(FAST) if options.speed else [row.id for row in CATALOGUE])
    if options.work:
        work(options, options.work)
        return 0

    torch.set_num_threads(1)
    if options.double:  # before a teacher is drawn, which is the ranks' own otherwise
        in_double()
    refused = {id: text for id in options.methods if (text := refusal(id, options.ranks))}
    able = [id for id in options.methods if id not in refused]
    failed = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        arguments = [
            __file__,
            "--work",
            name,
            "--steps",
            str(options.steps),
            *(["--speed"] if options.speed else []),
            *(["--double"] if options.double else []),
        ]
        os.environ["PYTHONPATH"] = os.pathsep.join(sys.path)
        ended = Launcher([*arguments, "--methods", *able], options.ranks, 1).run()
        print(f"{'method':<24} " + ("images/s on 2 threads, on 2 ranks" if options.speed else "loss      gradient"))
        for id in options.methods:
            if id in refused:
                print(f"{id:<24} refused: {refused[id]}")
                continue
            path = folder / f"{id}.pt"
            if not path.exists():
                print(f"{id:<24} no result: {ended}")
                failed += 1
                continue
            several = torch.load(path)
            if options.speed:
                print(f"{id:<24} {images_per_second(id, 2):8.1f} {several:8.1f}", flush=True)
                continue
            alone = first_losses(id, options.steps)
            loss = float(((alone["losses"] - several["losses"]).abs() / alone["losses"].abs().clamp(min=1)).max())
            gradient = float((alone["gradient"] - several["gradient"]).norm() / alone["gradient"].norm().clamp(min=1e-30))
            failed += loss > options.most or loss != loss
            print(f"{id:<24} {loss:.1e}   {gradient:.1e}" + ("" if loss <= options.most else "   DIFFERS"), flush=True)
    print(f"{len(able)} methods on {options.ranks} ranks, {len(refused)} refused, {failed} differ")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
