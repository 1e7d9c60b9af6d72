"""Views per second on one core: this project's pipeline and lightly's SimCLR transform, in one run, on one thread each.

    python -m tests.bench.bench_augment [--sizes 32 96 224] [--seconds 2]

Both make two views of each image, with the same settings (SimCLR, strength 0.5, no blur; with --imagenet strength 1.0 and blur),
from decoded images in memory to normalised float tensors: this project from a uint8 batch, lightly from PIL images. The two are
measured in turn and the best turn of each counts. The time is CPU time of the process, which other programs change less than wall
time. The last column is the time with the exact hue rotation divided by the time with the linear one. lightly is the optional extra
`bench`.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np
import torch
from PIL import Image

from engine.augment.colour_jitter import normalise
from engine.augment.pipeline import Pipeline
from engine.augment.presets import groups
from engine.config.run import ViewsConfig

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
TURNS = 5
# Images in a batch of this project, and images that lightly, which works image by image, transforms per call.
BATCH, FEW = 256, 32


def pictures(n: int, size: int) -> np.ndarray:
    """Images (n, size, size, 3), uint8, with smooth colours: a hue conversion takes as long on them as on photographs."""
    coarse = torch.rand(n, 3, 6, 6, generator=torch.Generator().manual_seed(size))
    smooth = torch.nn.functional.interpolate(coarse, (size, size), mode="bicubic").clamp(0, 1)
    return np.ascontiguousarray((smooth * 255).to(torch.uint8).permute(0, 2, 3, 1).numpy())


def ours(images: np.ndarray, preset: str, hue: str = "hsv") -> Callable[[], int]:
    """A function that makes two views of every image and returns the number of views."""
    n, size = images.shape[:2]
    kinds = tuple(view.model_copy(update={"hue_turn": hue}) for view in groups(preset))
    pipeline = Pipeline(ViewsConfig(preset=preset, groups=kinds), size)
    batch = torch.from_numpy(images).permute(0, 3, 1, 2).contiguous()
    mean, std = torch.tensor(MEAN), torch.tensor(STD)
    step = iter(range(10**9))

    def make() -> int:
        views = pipeline.apply(batch, pipeline.draw(n, seed=0, epoch=0, step=next(step)))
        return sum(len(normalise(view, mean, std)) for view in views)

    return make


def lightlys(images: np.ndarray, preset: str) -> Callable[[], int] | None:
    """The same with lightly's transform; None if lightly is not installed."""
    try:
        from lightly.transforms import SimCLRTransform
    except ImportError:
        return None
    strong = preset == "simclr_imagenet"
    transform = SimCLRTransform(
        input_size=images.shape[1],
        cj_strength=1.0 if strong else 0.5,
        gaussian_blur=0.5 if strong else 0.0,
        normalize={"mean": list(MEAN), "std": list(STD)},
    )
    decoded = [Image.fromarray(image) for image in images]

    def make() -> int:
        return sum(len(transform(image)) for image in decoded)

    return make


def per_second(benchmarks: list[Callable[[], int] | None], seconds: float) -> list[float]:
    """Views per second of each benchmark: its best turn. Turns alternate, so that other programs slow all benchmarks alike."""
    best = [0.0] * len(benchmarks)
    for benchmark in benchmarks:
        if benchmark:
            benchmark()
    for _ in range(TURNS):
        for index, benchmark in enumerate(benchmarks):
            if benchmark is None:
                continue
            views, start = 0, time.process_time()
            while time.process_time() - start < seconds / TURNS:
                views += benchmark()
            best[index] = max(best[index], views / (time.process_time() - start))
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[32, 96, 224], help="sides of images and views, in px")
    parser.add_argument("--seconds", type=float, default=2.0, help="time for each of the two at each size")
    parser.add_argument("--imagenet", action="store_true", help="strength 1.0 and blur instead of 0.5 and none")
    args = parser.parse_args()
    preset = "simclr_imagenet" if args.imagenet else "simclr"
    torch.set_num_threads(1)
    print(f"Preset {preset}, 1 thread, torch {torch.__version__}, batch {BATCH} (lightly: image by image)")
    print(f"{'px':>4}  {'ours, views/s':>14}  {'lightly, views/s':>16}  {'ratio':>6}  {'hue exact / linear':>18}")
    for size in args.sizes:
        images = pictures(BATCH, size)
        benchmarks = [ours(images, preset), lightlys(images[:FEW], preset), ours(images, preset, "linear")]
        mine, theirs, linear = per_second(benchmarks, args.seconds)
        other = f"{theirs:>16,.0f}  {mine / theirs:>5.1f}x" if theirs else f"{'not installed':>24}"
        print(f"{size:>4}  {mine:>14,.0f}  {other}  {linear / mine:>18.2f}")
    if lightlys(pictures(1, 32), preset) is None:
        print("lightly is absent: pip install 'parallax-workbench[bench]' to compare with it.")


if __name__ == "__main__":
    main()
