"""Compare the stored evaluation of a run with other libraries, on the same encoder.

    python -m tests.bench.bench_evaluate RUN [--parts knn,linear,finetune_1] [--seeds 3]

RUN must have an evaluation (`python -m engine evaluate RUN --parts ...`). Images are normalised and encoded again here. kNN:
sklearn's KNeighborsClassifier with the same weights, and lightly's knn_predict where lightly is installed (the optional extra
`bench`). Linear: sklearn's LogisticRegression with the penalty chosen on the validation split. Fine-tuning: a plain loop of
PyTorch and torchvision (random crops, random order) with the labels and the learning rate of the evaluation, a mean over seeds. The
random variation is shown as the standard error of an accuracy on the test images and as the range over seeds.
"""

from __future__ import annotations

import argparse
import copy
from pathlib import Path

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler
from torch import nn
from torchvision.transforms import v2

from engine.backbones.backbone import Backbone
from engine.data.dataset import Dataset
from engine.data.open import open_dataset
from engine.evaluate.encoder import load_encoder, untrained_encoder
from engine.evaluate.plan import NEIGHBOURS, TUNINGS, few_labels
from engine.execute.prepare_process import prepare_process
from engine.methods.build_method import input_size
from engine.runs.evaluation import Figure, read_evaluation

TEMPERATURE = 0.07


class Images:
    """The labelled images of each split, normalised with torchvision."""

    def __init__(self, dataset: Dataset, size: int) -> None:
        self.pixels = torch.from_numpy(np.array(dataset.images))
        self.labels = torch.from_numpy(dataset.labels)
        self.splits = {name: index[dataset.labels[index] >= 0] for name, index in dataset.splits.items()}
        self.normalise = v2.Normalize(dataset.mean.tolist(), dataset.std.tolist())
        self.resize = v2.Resize((size, size), antialias=True)

    def whole(self, split: str) -> torch.Tensor:
        """The images (n, 3, s, s) of a split."""
        return self.normalise(self.resize(self.pixels[self.splits[split]].float() / 255))

    def truth(self, split: str) -> np.ndarray:
        """Their classes (n,)."""
        return self.labels[self.splits[split]].numpy()


def encoded(encoder: nn.Module, images: torch.Tensor) -> np.ndarray:
    """Features (n, D)."""
    encoder.eval()
    with torch.no_grad():
        return torch.cat([encoder(part) for part in images.split(500)]).numpy()


def neighbours(x: dict[str, np.ndarray], y: dict[str, np.ndarray], k: int) -> dict[str, float]:
    """The kNN accuracy on the test images, by library."""
    k = min(k, len(x["train"]))
    oracle = KNeighborsClassifier(k, metric="cosine", weights=lambda away: np.exp((1 - away) / TEMPERATURE))
    accuracies = {"sklearn": float(oracle.fit(x["train"], y["train"]).score(x["test"], y["test"]))}
    try:
        from lightly.utils.benchmarking.knn import knn_predict
    except ImportError:
        return accuracies
    bank, queries = (nn.functional.normalize(torch.from_numpy(x[name]), dim=1) for name in ("train", "test"))
    labels = torch.from_numpy(y["train"])
    predictions = knn_predict(queries, bank.T, labels, int(labels.max()) + 1, k, TEMPERATURE)[:, 0]
    return {**accuracies, "lightly": float((predictions.numpy() == y["test"]).mean())}


def linear(x: dict[str, np.ndarray], y: dict[str, np.ndarray], l2: float) -> float:
    """sklearn's logistic regression with the penalty l2/2 |W|² on the mean loss."""
    scale = StandardScaler().fit(x["train"])
    oracle = LogisticRegression(C=1 / (l2 * len(x["train"])), max_iter=2000, tol=1e-5)
    oracle.fit(scale.transform(x["train"]), y["train"])
    return float(oracle.score(scale.transform(x["test"]), y["test"]))


def fine_tuned(encoder: Backbone, images: Images, index: np.ndarray, steps: int, rate: float, size: int, seed: int) -> float:
    """Test accuracy after a plain loop: SGD with Nesterov momentum, cosine schedule, crops and flips of torchvision."""
    torch.manual_seed(seed)
    model = nn.Sequential(copy.deepcopy(encoder), nn.Linear(encoder.dim, int(images.labels.max()) + 1)).requires_grad_(True)
    nn.init.zeros_(model[1].weight)
    nn.init.zeros_(model[1].bias)
    crop = v2.Compose([v2.RandomResizedCrop(size, scale=(0.08, 1.0), antialias=True), v2.RandomHorizontalFlip()])
    optimiser = torch.optim.SGD(model.parameters(), lr=rate, momentum=0.9, nesterov=True)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    indices, order, batch = torch.from_numpy(index), torch.empty(0, dtype=torch.int64), min(64, len(index))
    model.train()
    for _ in range(steps):
        if len(order) < batch:
            order = indices[torch.randperm(len(indices))]
        rows, order = order[:batch], order[batch:]
        views = torch.stack([crop(images.pixels[row]) for row in rows])
        loss = nn.functional.cross_entropy(model(images.normalise(views.float() / 255)), images.labels[rows])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    model.eval()
    with torch.no_grad():
        predictions = torch.cat([model(part) for part in images.whole("test").split(500)]).argmax(1).numpy()
    return float((predictions == images.truth("test")).mean())


def steps_of(figure: Figure) -> int:
    """The number of optimiser steps, read from the figure's protocol."""
    return int(figure.protocol.partition(" steps of ")[0].split()[-1])


def main() -> None:
    """Print the table."""
    prepare_process()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("--parts", default="knn,knn_200,linear,finetune_1,finetune_10,finetune_100")
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    kept = read_evaluation(options.run)
    if kept is None or not kept.at(None):
        parser.error(f"{options.run} has no evaluation: run `python -m engine evaluate` first")
    trained, config = load_encoder(options.run)
    dataset, size = open_dataset(config.data), input_size(config)
    images = Images(dataset, size)
    print(f"{kept.method} on {kept.data}; one standard error of a share of {kept.images['test']} test images is at most ", end="")
    print(f"{50 / kept.images['test'] ** 0.5:.1f} points")
    print(f"{'figure':13} {'encoder':10} {'ours':>7}   others")
    parts = [part for part in options.parts.split(",") if part in kept.at(None)]
    for name, encoder in (("trained", trained), ("untrained", untrained_encoder(config))):
        x = {split: encoded(encoder, images.whole(split)) for split in ("train", "test")}
        y = {split: images.truth(split) for split in x}
        for part in parts:
            figure = kept.at(None)[part]
            ours, by = (figure.trained, figure.by) if name == "trained" else (figure.untrained, figure.untrained_by)
            if part in TUNINGS:
                index = few_labels(dataset.labels, images.splits["train"], TUNINGS[part].share)
                steps = steps_of(figure)
                accuracies = [
                    fine_tuned(encoder, images, index, steps, by["rate"], size, seed) for seed in range(1, 1 + options.seeds)
                ]
                others = f"plain loop {np.mean(accuracies):.4f} (seeds {min(accuracies):.4f} to {max(accuracies):.4f})"
            elif part == "linear":
                others = f"sklearn {linear(x, y, by['l2']):.4f}"
            else:
                others = "  ".join(
                    f"{library} {accuracy:.4f}" for library, accuracy in neighbours(x, y, NEIGHBOURS[part == "knn_200"]).items()
                )
            print(f"{part:13} {name:10} {ours:7.4f}   {others}", flush=True)


if __name__ == "__main__":
    main()
