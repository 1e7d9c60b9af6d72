"""What an encoder is worth for detection: COCO's AP, AP50 and AR on the rendered scenes, for the untrained encoder, methods without
labels and the supervised one, on 10 % and all of the images, frozen and fine-tuned.

    python tests/bench/bench_detection.py [--methods simclr supervised] [--minutes 3 | --steps 400] [--seeds 3] [--parts ...]

Each encoder is that of a user's run; each figure is made as `engine evaluate RUN --parts ...` makes it (learning rate chosen on
validation, the test images used once). The untrained encoder is that of the run's seed, which all methods begin with. A line is
printed as soon as it is measured, the table at the end: mean ± standard deviation over seeds, and seconds an encoder.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from engine.execute.prepare_process import prepare_process

prepare_process()  # must be called before torch is imported

import torch

from engine.backbones.backbone import Backbone
from engine.evaluate.coco_ap import average_precision
from engine.evaluate.encoder import data_of, load_method, untrained_encoder
from engine.evaluate.plan import BUDGET
from engine.evaluate.tasks.detection import Detection
from engine.train.control import Control
from engine.train.resolve import resolve
from engine.train.train_run import train

PARTS = ("detection_10", "detection", "detection_tuned_10", "detection_tuned")
KINDS = ("ap", "ap50", "ar")
Row = dict[str, float]  # the figures and "seconds"


def config_of(method: str, seed: int, options: argparse.Namespace) -> dict[str, Any]:
    """The settings of a run."""
    length = {"steps": options.steps} if options.steps else {"minutes": options.minutes}
    return {
        "method": {"id": method},
        "data": {"source": "scenes", "count": options.count, "size": 64},
        "views": {"preset": "shapes"},
        "train": {**length, "batch": 64, "seed": seed, "device": "cpu", "threads": options.threads},
        "monitor": {"embed_images": 0},
    }


def measured(encoder: Backbone, task: Detection) -> Row:
    """The figures of one encoder."""
    started = time.monotonic()
    result = task.run(encoder)
    figures = average_precision(task.truth.take(task.splits["test"]), result.test, task.size, errors=False)
    return {kind: getattr(figures, kind) for kind in KINDS} | {"seconds": time.monotonic() - started}


def of_seed(seed: int, options: argparse.Namespace) -> dict[tuple[str, str], Row]:
    """The figures of every part and encoder."""
    rows: dict[tuple[str, str], Row] = {}
    for number, method in enumerate(options.methods):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            result = train(resolve(config_of(method, seed, options)), lambda event: None, Control(), folder)
            print(f"seed {seed}, {method}: {result.step} steps", flush=True)
            trained, config = load_method(folder)
            dataset = data_of(folder, config)
        encoders = {**({"untrained": untrained_encoder(config)} if not number else {}), method: trained.encoder}
        for part in options.parts:
            for encoder, backbone in encoders.items():
                row = measured(backbone, Detection(part, config, dataset, budget=options.budget))
                rows[part, encoder] = row
                words = ", ".join(f"{kind} {value:.3f}" for kind, value in row.items())
                print(f"  {part:18} {encoder:12} {words}", flush=True)
    return rows


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--methods", nargs="+", default=["simclr", "supervised"])
    parser.add_argument("--parts", nargs="+", default=list(PARTS), choices=PARTS)
    parser.add_argument("--minutes", type=float, default=3.0, help="of each run")
    parser.add_argument("--steps", type=int, default=0, help="of each run, in place of minutes: the same on a busy machine")
    parser.add_argument("--count", type=int, default=2000, help="scenes")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--budget", type=int, default=BUDGET, help="the most images seen at each learning rate")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    started = time.monotonic()
    seeds = [of_seed(seed, options) for seed in range(options.seeds)]
    length = f"{options.steps} steps" if options.steps else f"{options.minutes:g} minutes"
    print(f"\n{options.count} scenes of 64 px, {length} a run, {options.seeds} seeds")
    print(f"{'':18} {'':12} {'AP':>15} {'AP50':>15} {'AR':>15} {'seconds':>8}")
    for part, encoder in seeds[0]:
        cells = []
        for kind in KINDS:
            values = [rows[part, encoder][kind] for rows in seeds]
            spread = statistics.stdev(values) if len(values) > 1 else 0.0
            cells.append(f"{statistics.mean(values):.3f} ± {spread:.3f}")
        seconds = statistics.mean(rows[part, encoder]["seconds"] for rows in seeds)
        print(f"{part:18} {encoder:12} " + " ".join(f"{cell:>15}" for cell in cells) + f" {seconds:8.0f}")
    print(f"{time.monotonic() - started:.0f} s in all")


if __name__ == "__main__":
    main()
