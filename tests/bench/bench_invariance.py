"""Which factors SimCLR keeps on shapes: trained with and without colour jitter, with and without random crops.

    python -m tests.bench.bench_invariance OUT [--steps 900] [--images 10000] [--seeds 2] [--only any_crop none_crop]

Each recipe is trained for the same number of steps with each seed into OUT, and probed (`engine.study.invariance`). A run that is
already in OUT is not trained again: after an interruption, start the program again. To use two cores, start it twice with `--only`,
then once more for the table.

Colours: `none` (no jitter, no grey), `usual` (SimCLR's on CIFAR-10, hue within a tenth of the circle), `imagenet` (its ImageNet
strengths, hue within a fifth), `any` (hue over the whole circle, in every view). Framing: `crop` (random resized crops) or `whole`
(the whole image, apart from the flip).

Theory predicts: to agree, the features of two views must drop what differs between them and may keep what they share (Tian et al.,
2005.10243; Xiao et al., 2008.05659), and the projector drops more of it than the backbone before it (Chen et al., 2002.05709, Sec.
4.2).

The table: `kept` of each factor (0: chance level, 1: fully readable), backbone / projector, mean over seeds. Below it: the
differences that the prediction is about, with a 95 % interval over the test images for each seed.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from engine.execute.prepare_process import prepare_process
from engine.runs.invariance_file import Invariance, difference
from engine.runs.run_store import list_runs
from engine.study.invariance import invariance

COLOURS: Mapping[str, Mapping[str, float]] = {
    "none": {"jitter": 0, "grayscale": 0},
    "usual": {},
    "imagenet": {"brightness": 0.8, "contrast": 0.8, "saturation": 0.8, "hue": 0.2},
    "any": {"jitter": 1, "brightness": 0.8, "contrast": 0.8, "saturation": 0.8, "hue": 0.5},
}
FRAMING: Mapping[str, Mapping[str, float]] = {"crop": {}, "whole": {"crop_min": 1, "ratio_min": 1, "ratio_max": 1}}
RECIPES = {
    f"{colour}_{frame}": {**changes, **cut}
    for frame, cut in FRAMING.items()
    for colour, changes in COLOURS.items()
    if (colour, frame) != ("imagenet", "whole")
}
SPACES = {"features": "backbone", "embedding": "projector"}
# A factor, the recipe that varies it between the views, and the recipe that differs only in not varying it.
PREDICTED = (
    ("hue", "any_crop", "none_crop"),
    ("hue", "imagenet_crop", "none_crop"),
    ("hue", "usual_crop", "none_crop"),
    ("hue", "any_whole", "none_whole"),
    ("hue", "usual_whole", "none_whole"),
    ("mean colour", "any_crop", "none_crop"),
    ("size", "none_crop", "none_whole"),
    ("y", "none_crop", "none_whole"),
    ("size", "any_crop", "any_whole"),
    ("y", "any_crop", "any_whole"),
)


def trained(out: Path, name: str, seed: int, options: argparse.Namespace) -> Path:
    """The folder of the finished run of a recipe; the run is trained if there is none."""
    title = name if seed == 0 else f"{name}_{seed + 1}"
    folders = [run.folder for run in list_runs(out) if run.title == title and run.status.state == "finished"]
    if not folders:
        print(f"training {title}", file=sys.stderr, flush=True)
        settings = {"name": title, "data.count": options.images, "train.steps": options.steps, "monitor.embed_images": 500}
        settings |= {"train.threads": options.threads, "train.seed": seed}
        settings |= {f"views.groups.0.{key}": value for key, value in RECIPES[name].items()}
        words = [word for key, value in settings.items() for word in ("--set", f"{key}={value}")]
        call = [sys.executable, "-m", "engine", "train", "--method", "simclr", "--data", "shapes", "--quiet", "--runs", str(out)]
        subprocess.run([*call, *words], check=True, stdout=subprocess.DEVNULL)
        folders = [run.folder for run in list_runs(out) if run.title == title and run.status.state == "finished"]
    return Path(folders[-1])


def kept(seeds: Sequence[Invariance], factor: str, space: str, untrained: bool = False) -> float:
    """How much of a factor is kept (0 to 1), mean over seeds."""
    values = []
    for result in seeds:
        reading = next(row for row in result.factors if row.name == factor).at(space, 0 if untrained else result.last)
        assert reading is not None
        values.append(reading.kept)
    return float(np.mean(values))


def table(results: Mapping[str, Sequence[Invariance]]) -> list[str]:
    """Lines of the table: a row per factor, a column per recipe and one for the untrained encoder."""
    first = next(iter(results.values()))
    lines = [f"{'kept, backbone / projector':28}" + "".join(f"{name:>15}" for name in ("untrained", *results))]
    for row in first[0].factors:
        cells = [f"{kept(first, row.name, 'features', True):.2f} / {kept(first, row.name, 'embedding', True):.2f}"]
        cells += [f"{kept(runs, row.name, 'features'):.2f} / {kept(runs, row.name, 'embedding'):.2f}" for runs in results.values()]
        lines.append(f"{row.name:28}" + "".join(f"{cell:>15}" for cell in cells))
    return lines


def changes(results: Mapping[str, Sequence[Invariance]]) -> list[str]:
    """Lines with the differences that theory predicts, each seed with its interval."""
    lines = [f"{'change of kept':13} {'with':14} {'without':12} {'space':10} each seed, interval of 95 %"]
    for factor, changed, plain in PREDICTED:
        if changed not in results or plain not in results:
            continue
        for space, title in SPACES.items():
            cells = []
            for one, other in zip(results[changed], results[plain], strict=True):
                a = next(row for row in one.factors if row.name == factor).at(space, one.last)
                b = next(row for row in other.factors if row.name == factor).at(space, other.last)
                assert a is not None
                assert b is not None
                gap, low, high = difference(a, b)
                cells.append(f"{gap:+.2f} ({low:+.2f} to {high:+.2f})")
            lines.append(f"{factor:13} {changed:14} {plain:12} {title:10} " + "   ".join(cells))
    return lines


def main(words: Sequence[str] | None = None) -> int:
    """Train what is missing, probe, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--steps", type=int, default=900)
    parser.add_argument("--images", type=int, default=10_000)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--only", nargs="+", choices=tuple(RECIPES), default=list(RECIPES))
    options = parser.parse_args(words)
    prepare_process()
    options.out.mkdir(parents=True, exist_ok=True)
    results: dict[str, list[Invariance]] = {}
    for name in options.only:
        for seed in range(options.seeds):
            folder = trained(options.out, name, seed, options)
            results.setdefault(name, []).append(invariance(folder, "all"))
    print("\n".join([*table(results), "", *changes(results)]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
