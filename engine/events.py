"""What a run says while it runs: plain, frozen events of numbers, strings and numpy arrays.

Whoever listens (the run folder, the window, a test's list) gets the same events in the same order. No event holds a
tensor, so that an event can cross a thread, a process or a disk without knowing PyTorch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

RunState = Literal["running", "paused", "finished", "stopped", "failed", "interrupted"]


@dataclass(frozen=True)
class RunStarted:
    """The run is set up and its first step is next. `step` is above 0 where the run was resumed."""

    run: str
    method: str
    data: str
    device: str
    precision: str
    step: int
    steps: int
    steps_per_epoch: int
    batch: int
    images: int
    parameters: int
    config: Mapping[str, Any]
    # The loss of a model that knows nothing, at this batch size; None where the method has no such value.
    chance: float | None = None
    # Labelled validation images, on which kNN is measured: how far its figure is chance. 0 where that is not known.
    validation: int = 0


@dataclass(frozen=True)
class StepDone:
    """One optimiser step. `loss` and `terms` are in the paper's own units; `seconds` counts from the start of the run,
    pauses left out; `diagnostics` is filled on the steps where the collapse diagnostics were computed. `stage`: the name of the
    stage whose loss it is, "" in the method's own training."""

    step: int
    epoch: float
    loss: float
    lr: float
    images_per_second: float
    seconds: float
    terms: Mapping[str, float] = field(default_factory=dict)
    diagnostics: Mapping[str, float] = field(default_factory=dict)
    stage: str = ""


@dataclass(frozen=True)
class LengthChanged:
    """From `step` on the run has `steps` steps and `epochs` epochs in all: a run by minutes follows the clock."""

    step: int
    steps: int
    epochs: int


@dataclass(frozen=True)
class EpochDone:
    """The sampler has been through the training split once more."""

    epoch: int
    step: int
    loss: float
    seconds: float


@dataclass(frozen=True)
class EvalDone:
    """Figures on the validation split, e.g. {"knn": 0.53, "rank": 71.2}. Shares are between 0 and 1."""

    epoch: int
    step: int
    values: Mapping[str, float]
    seconds: float


# Pictures that do not depend on the method, by the names that they have in every run: after the method's own.
FEATURE_PCA, CLASS_ATTENTION = "feature PCA", "class-token attention"
GENERAL = (FEATURE_PCA, CLASS_ATTENTION)


@dataclass(frozen=True)
class PicturesReady:
    """What the method itself sees, by name, and then what any encoder shows (`GENERAL`): uint8 arrays (H, W, 3)."""

    epoch: int
    step: int
    pictures: Mapping[str, np.ndarray]


@dataclass(frozen=True)
class EmbeddingDone:
    """Features of a fixed sample of images: features (n, D) float16, index (n,) into the data set, label (n,) or -1."""

    epoch: int
    step: int
    features: np.ndarray
    index: np.ndarray
    label: np.ndarray


@dataclass(frozen=True)
class CheckpointDue:
    """A checkpoint of all steps up to `step` is written next. Who keeps the events on a disk makes those so far durable before it
    returns, and raises OSError where it cannot: a checkpoint never covers a step whose events could be lost."""

    step: int


@dataclass(frozen=True)
class CheckpointSaved:
    """A checkpoint lies on disk, whole."""

    step: int
    epoch: int
    path: str


@dataclass(frozen=True)
class Warned:
    """Something that a person should know and that does not end the run."""

    message: str
    step: int = 0
    key: str = ""


@dataclass(frozen=True)
class RunEnded:
    """The run ended by itself ("finished") or was asked to ("stopped"). A stopped run can be resumed."""

    state: Literal["finished", "stopped"]
    step: int
    seconds: float


@dataclass(frozen=True)
class RunFailed:
    """The run ended by an error: in words, with the remedy, the traceback for those who want it."""

    message: str
    remedy: str
    traceback: str
    step: int


Event = (
    RunStarted
    | StepDone
    | LengthChanged
    | EpochDone
    | EvalDone
    | PicturesReady
    | EmbeddingDone
    | CheckpointDue
    | CheckpointSaved
    | Warned
    | RunEnded
    | RunFailed
)
Emit = Callable[[Event], None]
