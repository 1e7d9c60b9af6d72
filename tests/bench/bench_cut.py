"""What CUT's translations are worth on held-out images: whether they arrive at the look of the second set, whether they keep what
the image shows, and what is left of that without PatchNCE.

    python tests/bench/bench_cut.py [--steps 3000] [--seeds 0 1 2] [--arms cut without] [--threads 1] [--classifier FILE]

Blue shapes into orange ones, 32 px, batches of 4; 3,000 steps are about three minutes of two quiet cores. `--steps` and not
minutes, so that the result does not depend on the load. All figures are of test images, which neither generator nor classifier has
seen.

Arrives: the distances between images and real targets, of sources (before), of their translations (after), and of other real
targets (floor): the sliced Wasserstein distance of 5 x 5 patches at three scales, in RGB, and the unbiased squared MMD with a cubic
kernel (KID, Binkowski et al., 1801.01401) on features of a small network that was trained to name all factors, hue and ground among
them; each feature has mean 0 and deviation 1 over real images of both sets, so that the kernel does not follow a few of them.
`closed`: (before - after) / (before - floor). It is no FID: there are no Inception weights here. `target`: the share that a
classifier of real images of both sets calls target; by itself it says little, for noise is no source either.

Keeps: `IoU` of the orange part with the true mask of the source, by a rule on colours that was fitted to real targets, whose own
IoU on real targets stands beside it; `shape`: the share of shapes that the network names right, beside its own accuracy on real
targets and on the sources.

Bars: closed by .70; IoU .75; shape .7 of the network's own accuracy; without PatchNCE the IoU lower by .15.
"""

from __future__ import annotations

import argparse
import math
import os
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.execute.prepare_process import prepare_process

prepare_process()  # must be called before torch is imported

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.data.dataset import Dataset
from engine.data.open import open_dataset
from engine.evaluate.encoder import load_method
from engine.evaluate.translate_images import translate
from engine.methods.image_translation import TranslationMethod
from engine.train.control import Control
from engine.train.resolve import resolve
from engine.train.train_run import train

CPU = {"device": "cpu", "precision": "fp32", "keep": 0}
ARMS: dict[str, dict[str, Any]] = {"cut": {}, "without": {"contrast": 0}, "larger patches": {"halvings": 2}}
MOST = 500  # test images
SCALES, PATCH, PATCHES, DIRECTIONS = (1, 2, 4), 5, 32, 128
ANGLES, NUMBERS = ("hue", "background hue", "rotation"), ("size", "x", "y", "background tone")
FIGURES = ("SWD before", "SWD after", "SWD floor", "SWD closed", "KID before", "KID after", "KID floor", "KID closed",
           "IoU", "IoU of rule", "shape", "shape of classifier", "shape of sources", "target", "target of source")  # fmt: skip


class Classifier(nn.Module):
    """Names the set, the shape and all factors of real images of both sets. KID is computed on its `scaled_features` (N, 64)."""

    mean: Tensor
    std: Tensor

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for before, after, stride in ((3, 32, 2), (32, 64, 2), (64, 64, 1), (64, 64, 2)):
            layers += [nn.Conv2d(before, after, 3, stride, padding=1), nn.BatchNorm2d(after), nn.ReLU()]
        self.trunk = nn.Sequential(*layers, nn.Flatten(), nn.Linear(64 * 16, 64), nn.ReLU())
        self.heads = nn.ModuleList(nn.Linear(64, width) for width in (2, 10, 2 * len(ANGLES) + len(NUMBERS)))
        self.register_buffer("mean", torch.zeros(64))
        self.register_buffer("std", torch.ones(64))

    def features(self, images: Tensor) -> Tensor:
        """Of images (N, 3, 32, 32), 0 to 1."""
        out: Tensor = self.trunk(2 * images - 1)
        return out

    def scaled_features(self, images: Tensor) -> Tensor:
        """Features with mean 0 and deviation 1 over the images that were given to `fit_scale`."""
        return (self.features(images) - self.mean) / self.std

    def fit_scale(self, images: Tensor) -> None:
        """Take the scale of the features from these images. A feature that is the same for all is 0 for them."""
        std, mean = torch.std_mean(self.features(images), dim=0)
        self.mean, self.std = mean, std.clamp(min=1e-2)

    def forward(self, images: Tensor) -> tuple[Tensor, ...]:
        """Logits of the set (N, 2) and of the shape (N, 10), and the factors (N, F)."""
        h = self.features(images)
        return tuple(head(h) for head in self.heads)


def pixels(images: np.ndarray) -> Tensor:
    """(N, 3, S, S) uint8 as 0 to 1."""
    return torch.from_numpy(np.array(images)).float() / 255


def targets(dataset: Dataset) -> Tensor:
    """The factors of all images as numbers (N, F): sine and cosine of angles, and numbers scaled to deviation 1."""
    columns = []
    for name in ANGLES:
        angle = np.deg2rad(dataset.factors[name].values)
        columns += [np.sin(angle), np.cos(angle)]
    for name in NUMBERS:
        values = dataset.factors[name].values
        columns.append((values - values.mean()) / max(float(values.std()), 1e-9))
    return torch.from_numpy(np.stack(columns, 1)).float()


def train_classifier(sets: tuple[Dataset, Dataset], steps: int) -> Classifier:
    """A classifier trained on the real training images of both sets."""
    torch.manual_seed(0)
    classifier, generator = Classifier(), np.random.default_rng(0)
    optimiser = torch.optim.AdamW(classifier.parameters(), lr=2e-3, weight_decay=0.01)
    tables = [targets(dataset) for dataset in sets]
    for step in range(steps):
        for group in optimiser.param_groups:
            group["lr"] = 2e-3 * 0.5 * (1 + math.cos(math.pi * step / steps))
        loss = torch.zeros(())
        for domain, dataset in enumerate(sets):
            rows = generator.choice(dataset.splits["train"], 48, replace=False)
            named, shape, factors = classifier(pixels(dataset.images[rows]))
            loss = loss + F.cross_entropy(named, torch.full((48,), domain))
            loss = loss + F.cross_entropy(shape, torch.from_numpy(dataset.labels[rows])) + F.mse_loss(factors, tables[domain][rows])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    classifier.eval()
    with torch.no_grad():
        classifier.fit_scale(torch.cat([pixels(dataset.images[dataset.splits["train"][:MOST]]) for dataset in sets]))
    return classifier


def classifier_of(sets: tuple[Dataset, Dataset], steps: int, file: Path | None) -> Classifier:
    """The classifier of a file that an earlier call wrote, else one that is trained now."""
    if file is not None and file.exists():
        classifier = Classifier()
        classifier.load_state_dict(torch.load(file))
        return classifier.eval()
    classifier = train_classifier(sets, steps)
    if file is not None:
        torch.save(classifier.state_dict(), file)
    return classifier


@torch.no_grad()
def patches_of(images: Tensor, scale: int) -> Tensor:
    """The same number of random patches (M, 75) of each image, at a scale."""
    small = F.avg_pool2d(images, scale) if scale > 1 else images
    rows = F.unfold(small, PATCH).transpose(1, 2)  # (N, L, 75)
    generator = torch.Generator().manual_seed(scale)
    return rows[:, torch.randperm(rows.shape[1], generator=generator)[:PATCHES]].flatten(0, 1)


@torch.no_grad()
def sliced_wasserstein(one: Tensor, two: Tensor) -> float:
    """The mean over scales and random directions of the distance between sorted projections of as many patches."""
    values = []
    for scale in SCALES:
        directions = F.normalize(torch.randn(3 * PATCH**2, DIRECTIONS, generator=torch.Generator().manual_seed(7)), dim=0)
        a, b = ((patches_of(images, scale) @ directions).sort(0).values for images in (one, two))
        values.append((a - b).abs().mean().item())
    return statistics.mean(values)


@torch.no_grad()
def kid(one: Tensor, two: Tensor) -> float:
    """The unbiased squared MMD with the kernel (x.y / d + 1)^3 of features (n, d) and (m, d)."""
    n, m, d = len(one), len(two), one.shape[1]
    xx, yy, xy = ((a @ b.t() / d + 1) ** 3 for a, b in ((one, one), (two, two), (one, two)))
    within = (xx.sum() - xx.diagonal().sum()) / (n * (n - 1)) + (yy.sum() - yy.diagonal().sum()) / (m * (m - 1))
    return float(within - 2 * xy.mean())


@dataclass
class ColourRule:
    """Which pixels are of the object: a linear rule on RGB, its squares and products, fitted to real targets by least squares."""

    weights: Tensor

    def __call__(self, images: Tensor) -> Tensor:
        """(N, S, S) bool of images (N, 3, S, S)."""
        return (colours(images) @ self.weights > 0.5).view(len(images), *images.shape[2:])


def colours(images: Tensor) -> Tensor:
    """(N S S, 10) of images (N, 3, S, S): 1, R, G, B and their products."""
    rgb = images.permute(0, 2, 3, 1).reshape(-1, 3)
    products = torch.stack([rgb[:, i] * rgb[:, j] for i in range(3) for j in range(i, 3)], 1)
    return torch.cat([torch.ones(len(rgb), 1), rgb, products], 1)


def fit_rule(dataset: Dataset) -> ColourRule:
    """The rule for a set with masks, from 300 of its training images."""
    assert dataset.masks is not None
    rows = dataset.splits["train"][:300]
    truth = torch.from_numpy(np.array(dataset.masks[rows])).float().flatten()
    return ColourRule(torch.linalg.lstsq(colours(pixels(dataset.images[rows])), truth[:, None]).solution[:, 0])


def iou(predicted: Tensor, masks: np.ndarray) -> float:
    """The mean over images of intersection over union."""
    truth = torch.from_numpy(np.array(masks))
    both, either = (predicted & truth).sum((1, 2)), (predicted | truth).sum((1, 2))
    return float((both / either.clamp(min=1)).mean())


@torch.no_grad()
def figures_of(
    method: TranslationMethod, sets: tuple[Dataset, Dataset], classifier: Classifier, rule: ColourRule, out: Path | None
) -> dict[str, float]:
    """All figures of a generator."""
    source, target = sets
    assert source.masks is not None
    assert target.masks is not None
    rows, real_rows = source.splits["test"], target.splits["test"]
    many = min(MOST, len(rows), len(real_rows), len(target.splits["train"]))
    rows, real_rows = rows[:many], real_rows[:many]
    images, real = pixels(source.images[rows]), pixels(target.images[real_rows])
    reference = pixels(target.images[target.splits["train"][:many]])
    made = pixels(translate(method, source.images[rows]))
    if out is not None:
        save_sheet(images, made, real, out)
    result = {}
    for name, distance in (
        ("SWD", lambda one: sliced_wasserstein(one, reference)),
        ("KID", lambda one: kid(classifier.scaled_features(one), classifier.scaled_features(reference))),
    ):
        before, after, floor = (distance(one) for one in (images, made, real))
        result |= {f"{name} before": before, f"{name} after": after, f"{name} floor": floor}
        result[f"{name} closed"] = (before - after) / (before - floor)
    result["IoU"], result["IoU of rule"] = iou(rule(made), source.masks[rows]), iou(rule(real), target.masks[real_rows])

    def right(shown: Tensor, labels: np.ndarray) -> float:
        return float((classifier(shown)[1].argmax(1) == torch.from_numpy(labels)).float().mean())

    result["shape"], result["shape of classifier"] = right(made, source.labels[rows]), right(real, target.labels[real_rows])
    result["shape of sources"] = right(images, source.labels[rows])
    result["target"], result["target of source"] = (float(classifier(one)[0].argmax(1).float().mean()) for one in (made, images))
    return result


def save_sheet(images: Tensor, made: Tensor, real: Tensor, out: Path) -> None:
    """Twelve sources, their translations, and twelve real targets, in three rows."""
    from PIL import Image

    rows = [torch.cat([*one[:12]], 2) for one in (images, made, real)]
    sheet = (torch.cat(rows, 1) * 255).byte().permute(1, 2, 0).numpy()
    out.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(sheet).resize((sheet.shape[1] * 3, sheet.shape[0] * 3), Image.Resampling.NEAREST).save(out)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--seeds", type=int, nargs="*", default=[0])
    parser.add_argument("--arms", nargs="*", choices=ARMS, default=["cut", "without"])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--count", type=int, default=6000, help="images of each set")
    parser.add_argument("--classifier-steps", type=int, default=1500)
    parser.add_argument("--classifier", type=Path, help="a file of the classifier's weights, written where it does not exist yet")
    parser.add_argument("--sheets", type=Path, help="a folder for a picture of each run's translations")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    table: dict[str, list[dict[str, float]]] = {arm: [] for arm in options.arms}
    classifier: Classifier | None = None
    for seed in options.seeds:
        for arm in options.arms:
            given = {
                "method": {"id": "cut", **ARMS[arm]},
                "data": {"source": "blue_shapes", "other": "orange_shapes", "count": options.count},
                "train": {"steps": options.steps, "seed": seed, "threads": options.threads, **CPU},
                "monitor": {"embed_images": 0, "pictures": False, "knn_every": 100_000},
            }  # fmt: skip
            config, started, spent = resolve(given), time.monotonic(), time.process_time()
            dataset = open_dataset(config.data)
            assert dataset.other is not None
            sets = dataset, dataset.other
            if classifier is None:
                classifier, rule = classifier_of(sets, options.classifier_steps, options.classifier), fit_rule(dataset.other)
                print(f"classifier: {time.process_time() - spent:.0f} CPU-s", flush=True)
                started, spent = time.monotonic(), time.process_time()
            with tempfile.TemporaryDirectory() as folder:
                run = train(config, lambda event: None, Control(), Path(folder))
                assert run.state == "finished", run.error
                method, _ = load_method(Path(folder))
            assert isinstance(method, TranslationMethod)
            seconds, cpu = time.monotonic() - started, time.process_time() - spent
            sheet = options.sheets / f"{arm}_{seed}.png" if options.sheets else None
            table[arm].append(figures_of(method, sets, classifier, rule, sheet))
            print(f"seed {seed}, {arm}: {seconds:.0f} s, {cpu:.0f} CPU-s", flush=True)
            for name, value in table[arm][-1].items():
                print(f"    {name:<18} {value:8.4f}", flush=True)
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    print(f"\n{options.steps} steps of 4, seeds {options.seeds}, {options.threads} threads, load {load}")
    print(f"{'':18}" + "".join(f"{arm:>20}" for arm in options.arms))
    for name in FIGURES:
        cells = []
        for arm in options.arms:
            values = [row[name] for row in table[arm]]
            spread = f" ±{statistics.stdev(values):.3f}" if len(values) > 1 else ""
            cells.append(f"{statistics.mean(values):.4f}{spread}")
        print(f"{name:18}" + "".join(f"{cell:>20}" for cell in cells))


if __name__ == "__main__":
    main()
