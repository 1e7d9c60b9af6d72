"""What SimCLR v2 gains with few labels: test accuracy from scratch, tuned from the encoder's output and from the first layer of the
head, and distilled.

    python tests/bench/bench_simclr_v2.py [--seconds 360 | --steps N] [--seeds 0 1 2] [--labels 0.01] [--data shapes|FILE.npz]

An arm is a run of a user (`engine.train.train_run.train`) and is measured on the test split by the method's own score. A run that
starts from layer 0 or 1 gives two arms: its tuned network, from the checkpoint at the end of fine-tuning, and its student. From
scratch: the same encoder, its weights as they were drawn, is trained on the same labels and views for nine tenths of the steps of a
whole run. `--seconds` is the length of the pretrained runs; their number
of steps is that of an equal share of the time, and is the same for all seeds. Peak memory is printed at the end.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from engine.execute.prepare_process import prepare_process

prepare_process()  # must be called before torch is imported

from engine.config.text import merge
from engine.events import Event, LengthChanged, RunStarted, StepDone
from engine.train.control import Control
from engine.train.own_task import evaluate_task
from engine.train.resolve import resolve
from engine.train.train_run import train

TUNED = "fine-tuning.pt"


def config_of(options: argparse.Namespace, seed: int, layer: int, steps: int, changes: dict[str, Any]) -> dict[str, Any]:
    """The settings of a run: `steps` steps, or `--seconds` where 0."""
    length = {"steps": steps} if steps else {"minutes": options.seconds / 60}
    given = {
        "method": {"id": "simclr_v2", "labels": options.labels, "from_layer": layer},
        "data": {"source": options.data},
        "train": {**length, "seed": seed, "device": "cpu", "threads": options.threads},
        "monitor": {"embed_images": 0, "pictures": False},
    }
    return merge(given, changes)


def arms(config: dict[str, Any], name: str) -> tuple[dict[str, float], int, float]:
    """The accuracies of a run by arm, its steps, and its seconds."""
    seen: dict[str, int] = {}

    def take(event: Event) -> None:
        if isinstance(event, (RunStarted, LengthChanged)):
            seen["steps"] = event.steps
        elif isinstance(event, StepDone):
            seen[event.stage] = seen.get(event.stage, 0) + 1

    started, spent = time.monotonic(), time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        train(resolve(config), take, Control(), Path(folder))
        seconds, spent = time.monotonic() - started, time.process_time() - spent
        scores = {"tuned": Path(folder) / "checkpoints" / TUNED, "distilled": None}
        results = {arm: evaluate_task(Path(folder), path) for arm, path in scores.items()}
    values = {f"{name}, {arm}": result.value for arm, result in results.items() if result is not None}
    stages = ", ".join(f"{stage or 'distillation'} {count}" for stage, count in seen.items() if stage != "steps")
    shown = ", ".join(f"{arm} {value:.4f}" for arm, value in values.items())
    print(f"    {name}: {stages} steps, {seconds:.0f} s, {spent:.0f} CPU-s; {shown}", flush=True)
    return values, seen["steps"], seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default="shapes", help="a data set's name, or a path; cifar10_10k.npz for the figure of the docs")
    parser.add_argument("--seconds", type=float, default=360.0, help="of each pretrained run")
    parser.add_argument("--steps", type=int, default=0, help="in place of --seconds")
    parser.add_argument("--seeds", type=int, nargs="*", default=[0, 1, 2])
    parser.add_argument("--labels", type=float, default=0.01)
    parser.add_argument("--layers", type=int, nargs="*", default=[0, 1], help="layers of the head from which a run is tuned")
    parser.add_argument("--scratch-lr", type=float, default=0.05, help="learning rate from scratch, by SGD")
    parser.add_argument("--threads", type=int, default=0, help="0: all cores")
    parser.add_argument("--set", nargs="*", default=[], metavar="KEY=VALUE", help="settings of the method, as tuning_lr=0.1")
    options = parser.parse_args()

    own = {key: float(value) if key != "teacher" else value for key, value in (item.split("=") for item in options.set)}
    table: dict[str, list[float]] = defaultdict(list)
    steps = options.steps
    for seed in options.seeds:
        print(f"seed {seed}", flush=True)
        for layer in options.layers:
            accuracies, took, _ = arms(config_of(options, seed, layer, steps, {"method": own}), f"layer {layer}")
            steps = steps or took
            for arm, value in accuracies.items():
                table[arm].append(value)
        # Five in a hundred steps each are left to the two other stages, whose learning rates are next to nothing.
        scratch = {**own, "tuning_share": 0.9, "distillation_share": 0.05, "distillation_lr": 1e-9, "tuning_lr": options.scratch_lr}
        accuracies, _, _ = arms(config_of(options, seed, 0, steps, {"method": scratch, "optim": {"lr": 1e-9}}), "scratch")
        table["scratch"].append(accuracies["scratch, tuned"])
    print(f"\n{options.data}, {options.labels:.0%} of labels, {steps} steps, seeds {options.seeds}, test accuracy")
    for arm, values in table.items():
        spread = f" ± {statistics.stdev(values):.4f}" if len(values) > 1 else ""
        print(f"{arm:22} {statistics.mean(values):.4f}{spread}   {' '.join(f'{value:.4f}' for value in values)}")
    if {"layer 1, tuned", "layer 1, distilled"} <= table.keys():
        gains = [tuned - scratch for tuned, scratch in zip(table["layer 1, tuned"], table["scratch"], strict=True)]
        more = [last - tuned for last, tuned in zip(table["layer 1, distilled"], table["layer 1, tuned"], strict=True)]
        print(f"layer 1 over scratch {statistics.mean(gains):+.4f} (aim +.08)")
        print(f"distilled over tuned {statistics.mean(more):+.4f} (aim +.01)")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB")


if __name__ == "__main__":
    main()
