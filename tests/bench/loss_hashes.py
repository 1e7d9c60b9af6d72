"""Hashes of every method's first losses and weights, to test whether a refactoring left training unchanged to the bit.

    python tests/bench/loss_hashes.py --out before.txt
    python tests/bench/loss_hashes.py --against before.txt

Every method of the catalogue trains 5 steps with its own recipe through the real loop: 64 rendered images of 32 px, batches of
16, one thread, full precision, seed 0; once with one batch a step and once with the gradients of two batches accumulated.
`losses` is the SHA-256 (its first 16 hexadecimal digits) of the 5 losses and all their terms, with the terms' names, as float64;
`weights` that of all parameters and buffers after the last step, in their order and without their names. Exits with 1 where a hash
differs from that in the file, or a method of the file is missing. Hashes are comparable on one machine and one version of PyTorch.
"""

from __future__ import annotations

import argparse
import hashlib
import struct
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from engine.execute.prepare_process import prepare_process

prepare_process()  # must be called before torch is imported

import torch
from torch import Tensor

from engine.catalogue import CATALOGUE, load
from engine.config.run import RunConfig
from engine.events import Event, StepDone
from engine.train.control import Control
from engine.train.loop import run_loop
from engine.train.resolve import resolve
from engine.train.setup import prepare
from tests.needed_data import needed_source
from tests.teacher_run import teacher_settings

STEPS = 5
# Small enough that a queue is full after two batches.
SMALL = {"queue": 32}
ACCUMULATE = (1, 2)

Row = tuple[str, str]  # method, batches a step
Hashes = tuple[str, str]  # of losses, of weights


def small_config(id: str, accumulate: int) -> RunConfig:
    """The resolved config of a method's small run."""
    fields = load(id).Config.model_fields
    return resolve(
        {
            "method": {"id": id, **{key: value for key, value in SMALL.items() if key in fields}, **teacher_settings(id)},
            "data": {"source": needed_source(id), "count": 64, "size": 32},
            "train": {"batch": 16, "steps": STEPS, "seed": 0, "device": "cpu", "precision": "fp32", "threads": 1, "keep": 0},
            "optim": {"accumulate": accumulate},
            "monitor": {"embed_images": 8, "knn_k": 5, "knn_every": 1000, "pictures": False},
        }
    )


def train_and_hash(config: RunConfig) -> Hashes:
    """The hashes of the losses with their terms, and of the weights with the buffers, of a whole run in this process."""
    steps: list[StepDone] = []

    def take(event: Event) -> None:
        if isinstance(event, StepDone):
            steps.append(event)

    session = prepare(config)
    run_loop(session, take, Control(), None)
    assert len(steps) == STEPS
    losses = hashlib.sha256()
    for step in steps:
        losses.update(struct.pack("<d", step.loss))
        for name, value in sorted(step.terms.items()):
            losses.update(name.encode() + struct.pack("<d", value))
    return losses.hexdigest()[:16], hash_tensors(session.method.state_dict().values())


def hash_tensors(tensors: Iterable[Tensor]) -> str:
    """The hash of tensors one after another: types, shapes and bytes."""
    total = hashlib.sha256()
    for value in tensors:
        total.update(f"{value.dtype} {tuple(value.shape)}".encode())
        total.update(value.detach().cpu().contiguous().flatten().view(torch.uint8).numpy().tobytes())
    return total.hexdigest()[:16]


def read_table(path: Path) -> dict[Row, Hashes]:
    """A table that an earlier call has written."""
    rows = (line.split() for line in path.read_text(encoding="utf-8").splitlines()[1:])
    return {(id, batches): (losses, weights) for id, batches, losses, weights in rows}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--methods", nargs="*", default=[row.id for row in CATALOGUE], help="ids; all by default")
    parser.add_argument("--out", type=Path, help="write the table to this file")
    parser.add_argument("--against", type=Path, help="compare with the table in this file")
    options = parser.parse_args()

    torch.set_num_threads(1)
    started = time.monotonic()
    before = read_table(options.against) if options.against else {}
    table: dict[Row, Hashes] = {}
    lines = [f"{'method':<22} {'batches':>7} {'losses':>16} {'weights':>16}"]
    print(lines[0])
    for id in options.methods:
        for accumulate in ACCUMULATE:
            row = (id, str(accumulate))
            table[row] = losses, weights = train_and_hash(small_config(id, accumulate))
            lines.append(f"{id:<22} {accumulate:>7} {losses} {weights}")
            differs = row in before and before[row] != table[row]
            print(lines[-1] + ("  DIFFERS" if differs else ""), flush=True)
    if options.out:
        options.out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(options.methods)} methods, {len(table)} runs, {time.monotonic() - started:.0f} s")
    if not options.against:
        return 0
    compared = [row for row in before if row[0] in options.methods or len(options.methods) == len(CATALOGUE)]
    missing = [row for row in compared if row not in table]
    equal = [row for row in compared if table.get(row) == before[row]]
    differing = len(compared) - len(equal) - len(missing)
    print(f"{len(equal)} of {len(compared)} runs equal to the bit, {differing} differ, {len(missing)} missing")
    return 0 if len(equal) == len(compared) else 1


if __name__ == "__main__":
    sys.exit(main())
