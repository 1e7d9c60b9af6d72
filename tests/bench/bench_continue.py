"""What it is worth to continue from a run on other images: kNN on the new images by steps and CPU-seconds, from the run's weights
beside from scratch, and with the ways that keep more of the weights (backbone.frozen, optim.encoder_rate, optim.layer_decay).

    python tests/bench/bench_continue.py [--first digits] [--data shapes] [--first-steps 600] [--steps 400] [--seeds 3]

The first run is a user's (`engine.train.train_run.train`), and the arms begin with its weights by `backbone.weights`. All arms of a
seed see the same images and views. kNN: k = 20 on features of the training images, accuracy on test images. Seconds are CPU-seconds
of training. Progress is printed after each arm.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from engine.execute.prepare_process import prepare_process

prepare_process()  # must be called before torch is imported

import torch

from engine.train.control import Control
from engine.train.loop import take_step
from engine.train.resolve import resolve
from engine.train.setup import prepare
from engine.train.train_run import train
from tests.bench.bench_rotation import knn_of

SHARES = (0.0, 0.125, 0.25, 0.5, 1.0)  # of the steps at which kNN is measured
ARMS: dict[str, dict[str, Any]] = {
    "from scratch": {},
    "continued": {"weights": True},
    "two layers frozen": {"weights": True, "backbone": {"frozen": 2}},
    "encoder at a tenth": {"weights": True, "optim": {"encoder_rate": 0.1}},
    "layers at .75": {"weights": True, "optim": {"layer_decay": 0.75}},
}


def measured(config: dict[str, Any], steps: int) -> tuple[list[float], float]:
    """kNN at SHARES of the steps, and the CPU-seconds of all."""
    session = prepare(resolve(config))
    marks, values, seconds = [round(share * steps) for share in SHARES], [knn_of(session)], 0.0
    for mark in marks[1:]:
        started = time.process_time()
        while session.step < mark:
            take_step(session)
            session.step += 1
        seconds += time.process_time() - started
        values.append(knn_of(session))
    return values, seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--method", default="simclr")
    parser.add_argument("--first", default="digits", help="data of the first run: a set's name or a path")
    parser.add_argument("--data", default="shapes", help="the new data")
    parser.add_argument("--first-steps", type=int, default=600)
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--size", type=int, default=32, help="px of all images")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--arms", nargs="*", choices=list(ARMS), default=list(ARMS))
    options = parser.parse_args()
    torch.set_num_threads(options.threads)

    table: dict[str, list[list[float]]] = defaultdict(list)
    spent: dict[str, list[float]] = defaultdict(list)
    for seed in range(options.seeds):
        length = {"batch": options.batch, "seed": seed, "device": "cpu", "threads": options.threads, "precision": "fp32"}
        common = {"method": options.method, "monitor": {"embed_images": 0, "pictures": False, "knn_every": 100_000}}
        with tempfile.TemporaryDirectory() as folder:
            first = {"data": {"source": options.first, "size": options.size}, "train": {**length, "steps": options.first_steps}}
            train(resolve({**common, **first}), lambda event: None, Control(), Path(folder))
            for name in options.arms:
                arm = ARMS[name]
                config = {**common, "data": {"source": options.data, "size": options.size}}
                config["train"] = {**length, "steps": options.steps}
                config["optim"] = arm.get("optim", {})
                config["backbone"] = {**arm.get("backbone", {}), **({"weights": folder} if arm.get("weights") else {})}
                values, seconds = measured(config, options.steps)
                table[name].append(values)
                spent[name].append(seconds)
                print(
                    f"seed {seed} {name:20}" + " ".join(f"{value:.4f}" for value in values) + f"  {seconds:.0f} CPU-s", flush=True
                )
    print(f"\n{options.method}, {options.first_steps} steps on {options.first}, then {options.data}, {options.seeds} seeds.")
    print("kNN after steps, and CPU-s:")
    print(f"{'':20}" + "".join(f"{round(share * options.steps):>16}" for share in SHARES) + f"{'CPU-s':>8}")
    for name, rows in table.items():
        cells = []
        for column in zip(*rows, strict=True):
            spread = f" ± {statistics.stdev(column):.3f}" if len(column) > 1 else ""
            cells.append(f"{statistics.mean(column):.3f}{spread}")
        print(f"{name:20}" + "".join(f"{cell:>16}" for cell in cells) + f"{statistics.mean(spent[name]):>8.0f}")


if __name__ == "__main__":
    main()
