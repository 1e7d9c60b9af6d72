"""Events of a run: frozen dataclasses of numbers, strings and numpy arrays.

All receivers (the run's folder, the window, a test's list) get the same events in the same order. No event contains a tensor, so
that an event can be sent to a thread or process, or stored, without PyTorch."""

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
    # The loss at chance level, at this batch size; None where the method has no such value.
    chance: float | None = None
    # Labelled validation images on which kNN is measured, for its standard error. 0 where not known.
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
    """An epoch, one pass over the training split, is done."""

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


# Names of the pictures that do not depend on the method; they come after the method's own.
FEATURE_PCA, CLASS_ATTENTION = "feature PCA", "class-token attention"
GENERAL = (FEATURE_PCA, CLASS_ATTENTION)


@dataclass(frozen=True)
class PicturesReady:
    """Visualizations by name, the method's own and then those of any encoder (`GENERAL`): uint8 arrays (H, W, 3)."""

    epoch: int
    step: int
    pictures: Mapping[str, np.ndarray]


@dataclass(frozen=True)
class EmbeddingDone:
    """Features of a fixed sample of images: features (n, D), see `compact`, index (n,) into the data set, label (n,) or -1."""

    epoch: int
    step: int
    features: np.ndarray
    index: np.ndarray
    label: np.ndarray


@dataclass(frozen=True)
class CheckpointDue:
    """A checkpoint of all steps up to `step` is written next. A receiver that stores events must flush them to the disk before it
    returns, and raise OSError where it cannot: a checkpoint must not contain a step whose events could be lost."""

    step: int


@dataclass(frozen=True)
class CheckpointSaved:
    """A checkpoint was written completely."""

    step: int
    epoch: int
    path: str


@dataclass(frozen=True)
class Warned:
    """A warning for the user that does not end the run."""

    message: str
    step: int = 0
    key: str = ""


@dataclass(frozen=True)
class RunEnded:
    """The run reached its end ("finished") or was stopped ("stopped"). A stopped run can be resumed."""

    state: Literal["finished", "stopped"]
    step: int
    seconds: float


@dataclass(frozen=True)
class RunFailed:
    """The run ended by an error: a message, a remedy and the traceback."""

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
