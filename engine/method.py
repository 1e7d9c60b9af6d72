"""The interface of a method: its inputs, its outputs, and when it is called.

A method is one file that reads like its paper. It does not depend on data sets, optimisers, devices, logging or windows: the
loop (engine.train.loop) passes it a Batch and gets an Out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic

import torch
from torch import Tensor, nn
from typing_extensions import TypeVar

from engine.augment.views import ViewDraw
from engine.backbones.backbone import Backbone
from engine.config.part import MethodConfig

__all__ = ["Batch", "Method", "MethodConfig", "Out", "ParameterGroup", "Progress", "Stage", "TaskScore", "Views"]


@dataclass(frozen=True)
class Progress:
    """How far the run is. Every schedule of a method depends on it. `stage`: the name of the stage, "" in the method's own
    training. `share`: how much of the run is done, where that is not `step / steps` because its length was changed on the way."""

    step: int
    steps: int
    epoch: int
    epochs: int
    stage: str = ""
    share: float | None = None

    @property
    def fraction(self) -> float:
        """0 at the first step, 1 after the last."""
        return self.step / max(1, self.steps) if self.share is None else self.share


@dataclass(frozen=True)
class Batch:
    """N images as a method gets them.

    `views`: the global views, each (N, 3, S, S), normalised. `local`: the small crops of multi-crop recipes, each (N, 3, s, s).
    `index`: (N,) stable index of each image in the data set. `label`: (N,) or None; for baselines and probes alone, a
    self-supervised method never reads it. `generator`: for whatever the method itself draws (masks, orders), on the CPU, seeded
    by (seed, step), so that a step can be repeated. `mean`, `std`: (3,) of the normalisation, to get back to pixels.
    `draws`: what was drawn for each of `views` (crop, flip, ...), on the CPU: where in the image a view lies. `stored`: gives the
    stored images (n, 3, S, S), pixels between 0 and 1, of any indices in the data set; for pictures (neighbours in a memory bank).
    """

    views: list[Tensor]
    index: Tensor
    generator: torch.Generator
    local: list[Tensor] = field(default_factory=list)
    label: Tensor | None = None
    mean: Tensor = field(default_factory=lambda: torch.zeros(3))
    std: Tensor = field(default_factory=lambda: torch.ones(3))
    draws: list[ViewDraw] = field(default_factory=list)
    stored: Callable[[Tensor], Tensor] | None = None

    def pixels(self, images: Tensor) -> Tensor:
        """Normalised images (N, 3, S, S) as pixels between 0 and 1."""
        mean, std = self.mean.to(images.device).view(1, 3, 1, 1), self.std.to(images.device).view(1, 3, 1, 1)
        return (images.float() * std + mean).clamp(0, 1)

    def normalised(self, pixels: Tensor) -> Tensor:
        """Pixels (N, 3, S, S) between 0 and 1, as `stored` gives them, normalised like the views."""
        mean, std = self.mean.to(pixels.device).view(1, 3, 1, 1), self.std.to(pixels.device).view(1, 3, 1, 1)
        return (pixels.float() - mean) / std


@dataclass(frozen=True)
class Out:
    """The result of a forward pass. `loss`: scalar. `features`: (M, D) of the backbone, `embedding`: (M, P) of the projector, both
    with the M rows in the order of the views, for the diagnostics; `views`: how many views those rows hold, so that row i and
    row i + M/views are the same image. `terms`: the named parts that the paper plots. `per_image`: (N,) each image's own part of
    the loss, in the order of the batch's `index`, whose mean is the loss; None where the loss is the batch's as a whole (a
    covariance, a density). `memory`: what the method stores in `after_step`, detached, by name (keys of a queue, logits of a
    teacher)."""

    loss: Tensor
    features: Tensor
    embedding: Tensor | None = None
    views: int = 1
    terms: Mapping[str, Tensor | float] = field(default_factory=dict)
    per_image: Tensor | None = None
    memory: Mapping[str, Tensor] = field(default_factory=dict)


@dataclass(frozen=True)
class Stage:
    """A part of a run before the method's own training, for example a tokenizer's: its `name`, and its share of the run's steps. It
    has its own loss curve and learning rate schedule, and a checkpoint at its end that is kept."""

    name: str
    share: float


@dataclass(frozen=True)
class TaskScore:
    """The score of the method's own task on some images. `name`: what is measured ("accuracy"); `value`: scalar, the mean over the
    images; `baseline`: the same measure at chance level, or of a constant prediction; `higher`: whether more is better."""

    name: str
    value: Tensor
    baseline: Tensor | float
    higher: bool = True


@dataclass(frozen=True)
class ParameterGroup:
    """Parameters that the optimiser treats alike. `fixed_lr`: the learning rate stays at its peak. `lr_scale`: times the rate.
    `decay`: matrices take weight decay."""

    parameters: list[nn.Parameter]
    fixed_lr: bool = False
    lr_scale: float = 1.0
    decay: bool = True


@dataclass(frozen=True)
class Views:
    """Which views of an image a method trains on. Global views beyond `most`, and local ones where it takes none, are not drawn.

    `least`, `most`: number of global views; a `most` of None sets no bound. `local`: whether it takes local views, any number of
    one size. `one_size`: global views must all have one size, as they pass through the encoder as one batch. `together`: the least
    number of views, global and local together. `multiple`: of what a global view's side must be a multiple, in patches of the
    encoder, or in pixels where it cuts none; sizes that are left open (0) are rounded up to it."""

    least: int
    most: int | None
    local: bool = False
    one_size: bool = False
    together: int = 0
    multiple: int = 1


# The hyper-parameters of a method; `Method` alone is a method with any.
C = TypeVar("C", bound=MethodConfig, covariant=True, default=MethodConfig)


class Method(nn.Module, Generic[C]):
    """Base of every method: `class SimCLR(Method[SimCLRConfig])`. Subclasses are named in their file's METHOD.

    `config`: the hyper-parameters, of the type that the subclass names, so that a misspelt one is a type error."""

    Config: ClassVar[type[MethodConfig]]
    # Settings of a run, as nested config values, that this method needs to do well. The user's own settings override them.
    recipe: ClassVar[Mapping[str, Any]] = {}
    # The views that it trains on: checked when a config is resolved (engine.train.view_check).
    views: ClassVar[Views]
    # Whether an image's loss depends on the other images of its batch (negatives, a covariance, an assignment of the whole batch):
    # accumulated gradients of small batches are then not those of one large batch.
    compares_images: ClassVar[bool] = False
    # Whether its task is to predict by how much an image was rotated, which has no answer for images without an upright
    # orientation.
    asks_angle: ClassVar[bool] = False

    # Parts of the names of weights in checkpoints of older versions, and what they are called now.
    RENAMED: ClassVar[Mapping[str, str]] = {
        "judge": "discriminator",
        "paint": "output",
        "painter": "decoder",
        "places": "indices",
        "say": "output",
        "words": "embedding",
    }

    @classmethod
    def takes(cls, config: C, patches: bool = False) -> Views:  # type: ignore[misc]  # of the subclass's own Config
        """The views that it trains on with these hyper-parameters, by default `views`. `patches`: whether the encoder cuts
        images into patches."""
        return cls.views

    def __init__(self, config: C, backbone: Backbone) -> None:
        super().__init__()
        self.config = config
        self.backbone = backbone

    def _load_from_state_dict(self, state_dict: dict[str, Any], prefix: str, *rest: Any) -> None:
        for key in list(state_dict):
            name = ".".join(self.RENAMED.get(part, part) for part in key.split("."))
            if name != key:
                state_dict[name] = state_dict.pop(key)
        super()._load_from_state_dict(state_dict, prefix, *rest)

    def setup_data(self, images: Tensor, labels: Tensor) -> None:
        """Called once, when the data is open and before the optimiser is made. images: (M,) the sorted indices in the data set of
        all training images; labels: (M,) their classes, -1 where unknown, for baselines alone. Allocates a memory bank, say;
        ConfigError for data that the method cannot use."""

    def forward(self, batch: Batch, at: Progress) -> Out:
        """The loss of one batch. Changes nothing of the method but the running statistics of its batch normalisations: what
        `after_step` is to store is passed in `Out.memory`."""
        raise NotImplementedError

    def chance(self, batch_size: int) -> float | None:
        """The loss at chance level, at this batch size; None where the method has no such value."""
        return None

    def after_backward(self, at: Progress) -> None:
        """Called between the backward pass and the optimiser's step, for example to cancel a gradient."""

    def after_step(self, at: Progress, *outs: Out) -> None:
        """Called once after the optimiser's step: teachers and queues are updated here. `outs`: the Out of the step's batch, or of
        every batch in their order where gradients are accumulated."""

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """Visualizations of a few images, by name: (n, 3, h, w) pixels between 0 and 1. Called in eval mode, no grad.
        n is a multiple of the number of images, in their order, or 1 where the picture is of all of them together."""
        return {}

    def inputs(self, batch: Batch) -> dict[str, Tensor]:
        """The network's inputs, computed by the method from the views (tiles, masks, rotated images), by name: (N, 3, h, w) pixels
        between 0 and 1, a row an image. For the preview of views: runs no network, and draws from `batch.generator` what a step
        with this batch would draw."""
        return {}

    def task_score(self, batch: Batch) -> TaskScore | None:
        """The score of the method's own task on held-out images, where it has one with a baseline: the accuracy of a puzzle, the
        error of a reconstruction. Called in eval mode, no grad; changes nothing."""
        return None

    def stages(self) -> tuple[Stage, ...]:
        """The stages before the method's own training, in order; the shares add up to less than 1."""
        return ()

    @property
    def encoder(self) -> Backbone:
        """The backbone whose features are evaluated and exported (the teacher's, where the paper says so)."""
        return self.backbone

    def parameter_groups(self) -> list[ParameterGroup]:
        """The parameter groups of the optimiser; by default one group of all parameters that require a gradient."""
        return [ParameterGroup([p for p in self.parameters() if p.requires_grad])]

    def teachers(self) -> list[nn.Module]:
        """Modules that never take a gradient, for the checks."""
        return []
