"""What the training loop takes batches from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
import torch

from engine.catalogue import FeedKind
from engine.method import Batch, Stage


class Feed(Protocol):
    """Batches by number. `engine.train.batches.Batches` is the feed of images.

    Where a batch is a function of (config, data, step) alone, `state_dict` is empty, and `at` gives any batch of the run at any
    time. A feed whose batches also depend on the weights (a world in which the method acts) gives them in order, and its state is
    in the run's checkpoints. `kind` is that of the method's row in the catalogue; engine.study.not_shown says what cannot be shown
    of a run of that kind."""

    @property
    def kind(self) -> FeedKind:
        """What the batches are made from."""
        ...

    @property
    def device(self) -> torch.device:
        """Where the tensors of the batches are."""
        ...

    @property
    def steps_per_epoch(self) -> int:
        """Batches in an epoch."""
        ...

    @property
    def optimiser_steps(self) -> int:
        """Steps of the optimiser in an epoch."""
        ...

    def of_step(self, step: int) -> range:
        """The numbers, as `at` takes them, of the batches whose gradients the optimiser's step `step`, counted from 0, adds up."""
        ...

    def logged(self, step: int) -> range:
        """The same for a step of the metrics, which count from 1."""
        ...

    def at(self, step: int) -> Batch:
        """The batch of a number, on the device."""
        ...

    def of(self, index: np.ndarray, seed: int = 0) -> Batch:
        """A batch of the images at indices (n,) into the data set with a random draw of its own, for pictures and scores: does not
        affect training."""
        ...

    def of_stage(self, stage: Stage) -> Feed:
        """The feed of a stage of the run."""
        ...

    def state_dict(self) -> dict[str, Any]:
        """What a checkpoint must hold so that a resumed run gets the same batches: tensors and plain values by name."""
        ...

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Restore a state. ValueError, KeyError or TypeError for one that does not fit."""
        ...
