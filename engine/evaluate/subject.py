"""The input of an evaluation task: the trained encoder, the same encoder untrained, the run's images, and its settings."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from engine.backbones.backbone import Backbone
from engine.config.run import RunConfig
from engine.data.dataset import Dataset, Index
from engine.embed.features import encode
from engine.evaluate.dense_plan import DENSE
from engine.evaluate.plan import BEGUN, TUNINGS, dense_length, stages
from engine.evaluate.predictions import Predictions
from engine.evaluate.task_table import Task
from engine.execute.progress import ProgressCallback, part_of
from engine.method import Method
from engine.methods.build_method import input_size
from engine.runs.evaluation import Figure

if TYPE_CHECKING:
    from engine.evaluate.finetune import FineTuning

SPLITS = ("train", "validation", "test")


class Subject:
    """A run under evaluation. One object for all tasks of an evaluation, `task` being the one that is measured now.

    Attributes:
        encoders: "trained" and "untrained", in eval mode on the CPU; a task that changes one takes a copy.
        methods: the same two with their heads; for tasks that use more than the encoder.
        config: the run's settings.
        dataset: the run's images, labels, factors and splits.
        splits: indices into the data set of the "train", "validation" and "test" images: those with a label, where a requested
            task needs labels. Choices are made on validation; test is used once, for the figure.
        classes: number of classes.
        size: side in px of the encoders' input.
        device: where to compute, a torch name.
        budget: the most images of one fine-tuning, repeats counted.
        layer_decay: factor of the learning rate from one layer of a ViT to the one below it, in fine-tuning; 1 has none.
    """

    def __init__(
        self,
        methods: Mapping[str, Method],
        config: RunConfig,
        dataset: Dataset,
        splits: Mapping[str, Index],
        device: str,
        batch: int,
        budget: int,
        parts: Sequence[str],
        progress: ProgressCallback,
        layer_decay: float = 1.0,
    ) -> None:
        self.methods: Mapping[str, Method] = methods
        self.encoders: Mapping[str, Backbone] = {name: method.encoder for name, method in methods.items()}
        self.config, self.dataset, self.splits = config, dataset, splits
        self.device, self.batch, self.budget, self.layer_decay = device, batch, budget, layer_decay
        self.size = input_size(config)
        self.classes = max(len(dataset.classes), int(dataset.labels.max(initial=-1)) + 1)
        self.counts = {name: len(index) for name, index in splits.items()}
        self.task: Task | None = None
        self.seconds = 0.0  # that encoding has taken
        self._tunings: dict[str, FineTuning] = {}
        self._features: dict[str, dict[str, Tensor]] = {}
        self._progress = progress
        self._known: Callable[[str, str], Figure | None] = lambda part, protocol: None
        self._keep: Callable[[str, Predictions], None] = lambda part, predictions: None
        lengths = {part: self.tuning(part).length for part in parts if part in TUNINGS}
        lengths |= {part: dense_length(part, dataset, budget) for part in parts if part in DENSE}
        self._stages = stages(parts, self.counts, lengths)

    def compare_with(self, known: Callable[[str, str], Figure | None]) -> None:
        """Set the function that looks up figures of the same untrained encoder, by part and protocol."""
        self._known = known

    def store_predictions(self, keep: Callable[[str, Predictions], None]) -> None:
        """Set the function that stores the predictions of a part."""
        self._keep = keep

    def keep_predictions(self, part: str, predictions: Predictions) -> None:
        """Store predictions for a few test images, for pictures of them beside the truth."""
        self._keep(part, predictions)

    def known_untrained(self, part: str, protocol: str) -> Figure | None:
        """A figure of another checkpoint of this run with the same part, data and protocol, whose `untrained` can be reused."""
        return self._known(part, protocol)

    def tuning(self, part: str) -> FineTuning:
        """The fine-tuning of a part, the same for every encoder."""
        from engine.evaluate.finetune import FineTuning

        if part not in self._tunings:
            own = (self.config, self.dataset, self.splits, self.classes, self.device, self.budget, self.layer_decay)
            self._tunings[part] = FineTuning(part, *own)
        return self._tunings[part]

    def features(self, encoder: str) -> Mapping[str, Tensor]:
        """Features (n, D) float32 on the CPU of the images of each of `splits`, by the "trained" or "untrained" encoder, frozen.
        Computed once for all tasks."""
        if encoder not in self._features:
            started = time.monotonic()
            index = np.concatenate(list(self.splits.values()))
            backbone = self.encoders[encoder]
            report = self.report(encoder, f"encoding, {encoder}", part="encode")
            rows = encode(backbone, self.dataset, index, self.batch, self.device, self.size, report)
            edges = np.cumsum(list(self.counts.values()))[:-1].tolist()
            self._features[encoder] = dict(zip(self.splits, rows.tensor_split(edges), strict=True))
            self.seconds += time.monotonic() - started
        return self._features[encoder]

    @property
    def encoded(self) -> Mapping[str, Mapping[str, Tensor]]:
        """The features that were computed so far, by encoder."""
        return self._features

    def labels(self) -> Mapping[str, Tensor]:
        """Class labels (n,) int64 of the images of each of `splits`; -1 where unknown."""
        return {name: torch.tensor(self.dataset.labels[index]) for name, index in self.splits.items()}

    def report(self, encoder: str, text: str, rate: int = 0, part: str = "") -> ProgressCallback:
        """Progress, 0 to 1, of this task's work on one encoder, as progress of the whole evaluation. An error that it raises ends
        the evaluation."""
        part = part or (self.task.id if self.task is not None else "")
        total, before, own = sum(stage.cost for stage in self._stages), 0.0, 0.0
        for stage in self._stages:
            if (stage.part, stage.encoder, stage.rate) == (part, encoder, rate):
                own = stage.cost
                break
            before += stage.cost
        begin, end = (BEGUN + (1 - BEGUN) * cost / max(total, 1e-9) for cost in (before, before + own))
        return part_of(self._progress, begin, end, text)
