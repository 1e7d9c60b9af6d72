"""The score of a method's own task on held-out images: the accuracy of a puzzle, the error of a reconstruction."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from engine.evaluate.encoder import data_of, load_method
from engine.method import Method
from engine.train.build_feed import build_feed
from engine.train.feed import Feed


@dataclass(frozen=True)
class TaskResult:
    """`name`: what is measured; `value`: the mean over `images` images; `baseline`: the same at chance level; `higher`: more is
    better. See engine.method.TaskScore."""

    name: str
    value: float
    baseline: float
    higher: bool
    images: int

    @property
    def better(self) -> bool:
        """Whether it is better than the baseline."""
        return self.value > self.baseline if self.higher else self.value < self.baseline


def score_task(method: Method, batches: Feed, index: np.ndarray, batch: int) -> TaskResult | None:
    """The method's measure on the images (n,) at `index`, in whole batches of `batch` (fewer images are one batch), the rest left
    out. Random draws are the same at every call. None where the method has no such task. The method's train or eval mode is
    restored."""
    size = min(batch, len(index))
    training, scores = method.training, []
    method.eval()
    try:
        with torch.no_grad():
            for number in range(len(index) // max(1, size)):
                score = method.task_score(batches.of(index[number * size : (number + 1) * size], seed=number))
                if score is None:
                    return None
                scores.append((score.name, score.higher, float(score.value), float(score.baseline)))
    finally:
        method.train(training)
    if not scores:
        return None
    name, higher = scores[0][:2]
    value, baseline = (float(np.mean([row[column] for row in scores])) for column in (2, 3))
    return TaskResult(name, value, baseline, higher, len(scores) * size)


def evaluate_task(folder: Path, checkpoint: Path | None = None, device: str = "cpu") -> TaskResult | None:
    """The measure of a run's last checkpoint (or the file at `checkpoint`) on the test split, in the run's own batches. ConfigError
    where there is no run or checkpoint."""
    method, config = load_method(folder, checkpoint)
    dataset = data_of(folder, config)
    feed = build_feed(config, dataset, method.to(device), device)
    return score_task(method, feed, dataset.splits["test"], config.train.batch)
