"""The score of a method's own task on held-out images: the accuracy of a puzzle, the error of a reconstruction."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from engine.evaluate.encoder import data_of, load_method
from engine.method import Method
from engine.train.batches import Batches


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


def score_task(method: Method, batches: Batches, index: np.ndarray, batch: int) -> TaskResult | None:
    """The method's measure on the images (n,) at `index`, in whole batches of `batch` (fewer images are one batch), the rest left
    out. What is drawn is the same at every call. None where the method has no such task. Comes back in the mode it was in."""
    size = min(batch, len(index))
    training, found = method.training, []
    method.eval()
    try:
        with torch.no_grad():
            for place in range(len(index) // max(1, size)):
                score = method.task_score(batches.of(index[place * size : (place + 1) * size], seed=place))
                if score is None:
                    return None
                found.append((score.name, score.higher, float(score.value), float(score.baseline)))
    finally:
        method.train(training)
    if not found:
        return None
    name, higher = found[0][:2]
    value, baseline = (float(np.mean([row[column] for row in found])) for column in (2, 3))
    return TaskResult(name, value, baseline, higher, len(found) * size)


def evaluate_task(folder: Path, checkpoint: Path | None = None, device: str = "cpu") -> TaskResult | None:
    """The measure of a run's last checkpoint (or the file at `checkpoint`) on the test split, in the run's own batches. ConfigError
    where there is no run or checkpoint."""
    method, config = load_method(folder, checkpoint)
    dataset = data_of(folder, config)
    return score_task(method.to(device), Batches(config, dataset, device), dataset.splits["test"], config.train.batch)
