"""What an encoder is worth for segmentation: mIoU, mIoU of the objects alone and pixel accuracy on the rendered scenes of 64 px,
for methods without labels, the supervised one, the untrained encoders, and the pixels alone.

    python tests/bench/bench_segmentation.py [--seconds 180 | --steps N] [--seeds 3] [--methods simclr mae ...] [--part ...]

Each encoder is that of a user's run with the recipe of its method; each figure is made as `engine evaluate RUN --parts ...` makes
it (learning rate chosen on validation, the test images used once). Methods begin with the untrained encoder of their architecture
and seed. A line is printed as soon as it is measured, the table at the end: mean and standard deviation over seeds.
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

from engine.backbones.backbone import Backbone
from engine.evaluate.encoder import data_of, load_method, untrained_encoder
from engine.evaluate.iou import overlap
from engine.evaluate.plan import BUDGET
from engine.evaluate.tasks.segmentation import Pixels, Segmentation
from engine.train.control import Control
from engine.train.resolve import resolve
from engine.train.train_run import train

METHODS = ("simclr", "dino", "mae", "pixcontrast", "clip", "supervised")
PARTS = ("segmentation", "segmentation_10", "segmentation_tuned", "segmentation_tuned_10")
Row = tuple[float, float, float]


def config_of(method: str, seed: int, options: argparse.Namespace) -> dict[str, Any]:
    """The settings of a run."""
    length = {"steps": options.steps} if options.steps else {"minutes": options.seconds / 60}
    return {
        "method": {"id": method},
        "data": {"source": "scenes", "count": options.count, "size": 64},
        "train": {**length, "batch": 64, "seed": seed, "device": "cpu", "threads": options.threads},
        "monitor": {"embed_images": 0},
    }


def measured(name: str, encoder: Backbone, task: Segmentation) -> Row:
    """The three figures of an encoder on the test images."""
    started = time.monotonic()
    result = task.run(encoder)
    figures = overlap(result.test.counts, task.background)
    words = f"mIoU {figures.mean:.3f} ± {figures.errors[0]:.3f}, objects {figures.objects:.3f}, pixels {figures.pixels:.3f}"
    print(f"  {name:30} {words}, rate {result.rate:g}, {time.monotonic() - started:.0f} s", flush=True)
    return figures.mean, figures.objects, figures.pixels


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--methods", nargs="+", default=list(METHODS))
    parser.add_argument("--part", default="segmentation", choices=PARTS)
    parser.add_argument("--seconds", type=float, default=180.0, help="of each run")
    parser.add_argument("--steps", type=int, default=0, help="of each run, in place of seconds")
    parser.add_argument("--count", type=int, default=2000, help="scenes")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--budget", type=int, default=BUDGET, help="the most images seen at each learning rate")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    started = time.monotonic()
    rows = defaultdict[str, list[Row]](list)
    of_method: dict[str, str] = {}
    for seed in range(options.seeds):
        for method in options.methods:
            with tempfile.TemporaryDirectory() as name:
                folder = Path(name)
                result = train(resolve(config_of(method, seed, options)), lambda event: None, Control(), folder)
                print(f"seed {seed}, {method}: {result.step} steps", flush=True)
                trained, config = load_method(folder)
                dataset = data_of(folder, config)
            task = Segmentation(options.part, config, dataset, budget=options.budget)
            untrained = of_method[method] = f"untrained {config.backbone.name}"
            if len(rows[untrained]) == seed:
                rows[untrained].append(measured(untrained, untrained_encoder(config), task))
            rows[method].append(measured(method, trained.encoder, task))
            if "pixels" not in rows and not task.task.tuned:
                rows["pixels"].append(measured("pixels", Pixels(), task))
    length = f"{options.steps} steps" if options.steps else f"{options.seconds:g} s"
    print(f"\n{options.part}: {options.count} scenes of 64 px, {length} a run, {options.seeds} seeds; mean ± s.d. over seeds")
    print(f"{'':30} {'mIoU':>13} {'objects':>13} {'pixels':>13} {'mIoU less untrained':>20}")
    for name in [*options.methods, *(name for name in sorted(rows) if name not in options.methods)]:
        cells = []
        for column in range(3):
            values = [row[column] for row in rows[name]]
            spread = statistics.stdev(values) if len(values) > 1 else 0.0
            cells.append(f"{statistics.mean(values):.3f} ± {spread:.3f}")
        gain = ""
        if name in of_method:
            before = statistics.mean(row[0] for row in rows[of_method[name]])
            gain = f"{statistics.mean(row[0] for row in rows[name]) - before:+.3f}"
        print(f"{name:30} " + " ".join(f"{cell:>13}" for cell in cells) + f" {gain:>20}")
    print(f"{time.monotonic() - started:.0f} s in all")


if __name__ == "__main__":
    main()
