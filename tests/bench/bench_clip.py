"""What CLIP learns from the captions of the rendered shapes: zero-shot classification, retrieval, kNN, and pairs of shape and hue
that were never seen together.

    python tests/bench/bench_clip.py [--minutes 3 | --steps N] [--seeds 3] [--objective clip siglip] [--pairs STEPS]

Each run is that of a user: `engine.train`, then `engine.evaluate` on the test split (900 images). With `--pairs` a second run
leaves one in eight pairs of a shape and a hue out of its training images, and is tested on images of these pairs alone.
Chance level: shape .10, hue .125, background .17, recall at 1 .001.
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

from engine.data.open import open_dataset
from engine.evaluate.protocol import evaluate
from engine.evaluate.tasks.zero_shot import class_embeddings
from engine.methods.image_text import ImageTextMethod
from engine.train.control import Control
from engine.train.loop import take_step
from engine.train.resolve import resolve
from engine.train.setup import prepare
from engine.train.train_run import train

PARTS = ("knn", "zero_shot", "retrieval")


def config_of(objective: str, seed: int, minutes: float, steps: int = 0) -> dict[str, Any]:
    """The settings of a run; `steps`, where given, in place of minutes."""
    length = {"steps": steps} if steps else {"minutes": minutes}
    return {
        "method": {"id": "clip", "objective": objective},
        "data": {"source": "shapes"},
        "train": {**length, "seed": seed, "device": "cpu"},
        "monitor": {"embed_images": 0},
    }


def measured(objective: str, seed: int, minutes: float, steps: int) -> dict[str, tuple[float, float]]:
    """Figures of a run, trained and untrained."""
    with tempfile.TemporaryDirectory() as folder:
        started = time.monotonic()
        result = train(resolve(config_of(objective, seed, minutes, steps)), lambda event: None, Control(), Path(folder))
        print(f"  {objective}, seed {seed}: {result.step} steps in {time.monotonic() - started:.0f} s", flush=True)
        figures = evaluate(Path(folder), parts=PARTS).figures
    zero_shot = figures["zero_shot"]
    table = {f"zero-shot {name}": (value, zero_shot.untrained_by[name]) for name, value in zero_shot.by.items()}
    table |= {name: (figure.trained, figure.untrained) for name, figure in figures.items() if name != "zero_shot"}
    return table


def unseen_pairs(objective: str, seed: int, steps: int) -> dict[str, tuple[float, float]]:
    """Zero-shot accuracy of shape and hue on pairs that are not among the training images, after and before training."""
    config = resolve(config_of(objective, seed, 0.0, steps))
    dataset = open_dataset(config.data)
    assert dataset.captions is not None
    attributes = dataset.captions.attributes
    apart = (attributes["shape"].codes + attributes["hue"].codes) % 8 == 0
    kept = dataset.splits["train"][~apart[dataset.splits["train"]]]
    session = prepare(config, replace(dataset, splits={**dataset.splits, "train": kept}))
    index = np.concatenate([dataset.splits["test"], dataset.splits["validation"]])
    index = index[apart[index]]
    method = session.method
    assert isinstance(method, ImageTextMethod)

    def scores() -> dict[str, float]:
        method.eval()
        with torch.no_grad():
            batch = session.batches.stored(torch.from_numpy(index))
            pixels = (batch - session.batches.mean.view(1, 3, 1, 1)) / session.batches.std.view(1, 3, 1, 1)
            images = method.embed_images(method.encoder(pixels))
            result = {}
            for name in ("shape", "hue"):
                attribute = attributes[name]
                prediction = (images @ class_embeddings(method, attribute.words, attribute.prompts).t()).argmax(1)
                result[name] = float((prediction.numpy() == attribute.codes[index]).mean())
        method.train()
        return result

    before = scores()
    while session.step < session.steps:
        take_step(session)
        session.step += 1
    after = scores()
    print(f"  {objective}, seed {seed}: {len(index)} images of unseen pairs after {steps} steps", flush=True)
    return {f"unseen pairs, {name}": (after[name], before[name]) for name in after}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--steps", type=int, default=0, help="in place of minutes, for a machine that does other work")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--objective", nargs="+", choices=("clip", "siglip"), default=["clip", "siglip"])
    parser.add_argument("--pairs", type=int, default=0, metavar="STEPS", help="also train without some pairs, for so many steps")
    options = parser.parse_args()
    print(f"{torch.get_num_threads()} threads, torch {torch.__version__}")
    for objective in options.objective:
        runs = []
        for seed in range(options.seeds):
            table = measured(objective, seed, options.minutes, options.steps)
            if options.pairs:
                table |= unseen_pairs(objective, seed, options.pairs)
            runs.append(table)
        print(f"{objective:28}{'trained':>9}{'least':>9}{'most':>9}{'untrained':>11}")
        for name in runs[0]:
            trained, untrained = [run[name][0] for run in runs], statistics.mean(run[name][1] for run in runs)
            print(f"{name:28}{statistics.mean(trained):9.3f}{min(trained):9.3f}{max(trained):9.3f}{untrained:11.3f}", flush=True)


if __name__ == "__main__":
    main()
