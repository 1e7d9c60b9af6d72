"""What other backgrounds are worth where the background tells the class: shapes whose background the shape decides with probability
.9 (`data.bias`), and three tests of shape by kNN that only such data tell apart.

    python tests/bench/bench_background.py [--minutes 3 | --steps N] [--seeds 3] [--method simclr] [--arms without random]

The bank is the training images as they are. Held out: the test images. Swapped: the same objects before backgrounds drawn
independently of them. Alone: the test images' backgrounds without an object. The gap is held out less swapped, the figure of
ImageNet-9 (2006.09994). Chance level is .10. Bars, `random` against `without`: the gap smaller by .20, alone lower by .20, swapped
higher by .05.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from engine.execute.prepare_process import prepare_process

prepare_process()  # must be called before torch is imported

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from engine.config.run import RunConfig
from engine.data import shapes
from engine.data.dataset import Dataset
from engine.data.open import open_dataset
from engine.data.shape_colours import to_srgb
from engine.evaluate.encoder import method_at
from engine.train.control import Control
from engine.train.resolve import resolve
from engine.train.train_run import train

K, TEMPERATURE = 20, 0.1  # neighbours, and how their votes are weighted (1805.01978)
FIGURES = ("held out", "swapped", "alone", "gap")
GROUND = ("background", "ground_hue", "tone", "angle", "period", "phase_x", "phase_y")
ARMS: dict[str, dict[str, Any]] = {
    "without": {"background": 0.0},
    "remove": {"background": 0.5, "background_mode": "remove"},
    "random": {"background": 0.5, "background_mode": "random"},
}


def config_of(method: str, arm: str, seed: int, options: argparse.Namespace) -> RunConfig:
    """The settings of a run: the views of the prototype, with other backgrounds or without."""
    view = {"count": 2, "crop_min": 0.3, **ARMS[arm]}
    length = {"steps": options.steps} if options.steps else {"minutes": options.minutes}
    return resolve(
        {
            "method": {"id": method, **({"swaps": arm != "without"} if method == "background_augmentation" else {})},
            "data": {"source": "shapes", "bias": options.bias},
            "views": {"groups": [view]},
            "train": {"batch": 192, "seed": seed, "device": "cpu", **length},
            "monitor": {"embed_images": 0},
        }
    )


def tests_of(dataset: Dataset, config: RunConfig, index: np.ndarray) -> dict[str, np.ndarray]:
    """The test images as they are, with backgrounds of a world without bias, and without their objects."""
    world = shapes.draw(config.data.seed, index, bias=config.data.bias)
    other = shapes.draw(config.data.seed + 1, index)
    swapped = replace(world, **{name: getattr(other, name) for name in GROUND})
    side = max(dataset.size, shapes.FINEST)
    alone = [
        to_srgb(shapes.shrink(shapes.lit_ground(world.take(slice(i, i + 64)), side), dataset.size))
        for i in range(0, len(world), 64)
    ]
    return {"held out": dataset.images[index], "swapped": shapes.render(swapped, dataset.size)[0], "alone": np.concatenate(alone)}


@torch.no_grad()
def accuracies(folder: Path, dataset: Dataset, tests: dict[str, np.ndarray], epoch: int | None = None) -> dict[str, float]:
    """kNN of shape on each of the tests, by the encoder of a run after an epoch."""
    method, _ = method_at(folder, epoch)
    encoder = method.encoder.eval()
    mean, std = (torch.from_numpy(values).view(1, 3, 1, 1) for values in (dataset.mean, dataset.std))

    def features(images: np.ndarray) -> Tensor:
        parts = torch.from_numpy(np.ascontiguousarray(images)).split(256)
        return F.normalize(torch.cat([encoder((part.float() / 255 - mean) / std) for part in parts]), dim=1)

    train_index, test_index = dataset.splits["train"], dataset.splits["test"]
    bank, labels = features(dataset.images[train_index]), torch.from_numpy(dataset.labels[train_index])
    result = {}
    for name, images in tests.items():
        similarity, nearest = (features(images) @ bank.t()).topk(K, dim=1)
        votes = torch.zeros(len(images), len(dataset.classes)).scatter_add_(1, labels[nearest], (similarity / TEMPERATURE).exp())
        result[name] = float((votes.argmax(1).numpy() == dataset.labels[test_index]).mean())
    return result | {"gap": result["held out"] - result["swapped"]}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--steps", type=int, default=0, help="in place of minutes")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--bias", type=float, default=0.9)
    parser.add_argument("--method", nargs="+", default=["simclr"], help="simclr, moco_v2, background_augmentation")
    parser.add_argument("--arms", nargs="+", choices=tuple(ARMS), default=["without", "random"])
    options = parser.parse_args()
    print(f"{torch.get_num_threads()} threads, torch {torch.__version__}, chance .10")
    print(f"{'':36}" + "".join(f"{name:>20}" for name in FIGURES))
    for method in options.method:
        means: dict[str, dict[str, float]] = {}
        for arm in options.arms:
            runs = []
            for seed in range(options.seeds):
                config = config_of(method, arm, seed, options)
                dataset = open_dataset(config.data)
                tests = tests_of(dataset, config, dataset.splits["test"])
                with tempfile.TemporaryDirectory() as folder:
                    started = time.monotonic()
                    result = train(config, lambda event: None, Control(), Path(folder))
                    if arm == options.arms[0] and seed == 0:
                        untrained = accuracies(Path(folder), dataset, tests, 0)
                        print(f"{method + ', untrained':36}" + "".join(f"{untrained[name]:20.3f}" for name in FIGURES), flush=True)
                    runs.append(accuracies(Path(folder), dataset, tests))
                    print(f"  {arm}, seed {seed}: {result.step} steps in {time.monotonic() - started:.0f} s", flush=True)
            means[arm] = {name: statistics.mean(run[name] for run in runs) for name in FIGURES}
            spread = {name: statistics.stdev(run[name] for run in runs) if len(runs) > 1 else float("nan") for name in FIGURES}
            print(f"{method + ', ' + arm:36}" + "".join(f"{means[arm][n]:12.3f} ± {spread[n]:.3f}" for n in FIGURES), flush=True)
        if {"without", "random"} <= set(means):
            less = {name: means["without"][name] - means["random"][name] for name in FIGURES}
            for name, value, bar in (("gap", less["gap"], 0.2), ("alone", less["alone"], 0.2), ("swapped", -less["swapped"], 0.05)):
                print(f"{method}: {name} better by {value:.3f}, bar {bar:.2f}: {'met' if value >= bar else 'not met'}", flush=True)


if __name__ == "__main__":
    main()
