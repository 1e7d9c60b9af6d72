"""The interface of a method: `Batch` is its input, `Out` its result, `Method` the base class with the hooks that the loop calls.

A method is one file that reads like its paper. It does not depend on data sets, optimisers, devices, logging or windows: the
training loop (engine.train.loop) passes it a `Batch` and gets an `Out`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic

import torch
from torch import Tensor, nn
from typing_extensions import TypeVar

from engine.augment.views import ViewDraw
from engine.backbones.backbone import Backbone
from engine.config.part import MethodConfig
from engine.worlds.play import Moves, Scenes

__all__ = [
    "Batch",
    "ClipViews",
    "Method",
    "MethodConfig",
    "Out",
    "ParameterGroup",
    "Progress",
    "Stage",
    "TaskScore",
    "Turn",
    "Views",
]


@dataclass(frozen=True)
class Progress:
    """The position of a step in the run, from which every schedule of a method is computed. `stage`: the name of the stage, "" in
    the method's own training. `share`: the finished part of the run, 0 to 1, where it is not `step / steps` because the length of
    the run was changed during training. `turn`: the name of the turn, for a method of several; "" before the first turn of a step,
    and where a loss is measured outside training, which then is that of the main turn."""

    step: int
    steps: int
    epoch: int
    epochs: int
    stage: str = ""
    share: float | None = None
    turn: str = ""

    @property
    def fraction(self) -> float:
        """0 at the first step, 1 after the last."""
        return self.step / max(1, self.steps) if self.share is None else self.share


@dataclass(frozen=True)
class ClipViews:
    """Views of N clips, one draw for all frames of a clip.

    `frames`: (N, T, 3, S, S), normalised as views are. `flow`: (N, T - 1, 2, S, S), how far each pixel of a frame moves to the next
    one, in pixels of the view to the right and down, crop, flip and rotation taken into account. `sound`: (N, L) from -1 to 1, the
    whole clip's; `rate`: its samples a second; `has_sound`: (N,) bool, which clips have sound, that of others is 0. Without them
    (N, T - 1, 2, S, S) zeros, (N, 0), 0 and False."""

    frames: Tensor
    flow: Tensor
    sound: Tensor
    has_sound: Tensor
    rate: int = 0


@dataclass(frozen=True)
class Batch:
    """The views of N images, the input of a method.

    `views`: the global views, each (N, 3, S, S), normalised. `local`: the small crops of multi-crop recipes, each (N, 3, s, s).
    `index`: (N,) stable index of each image in the data set. `label`: (N,) or None, -1 where unknown; only methods that the
    catalogue says learn from labels, and probes, read it. A method that learns from few labels is given -1 for all other training
    images.
    `generator`: for everything that the method draws itself (masks, orders), on the CPU, seeded by (seed, step), so that a step
    can be repeated. `mean`, `std`: (3,) of the normalisation, to convert views back to pixels. `draws`: the drawn parameters of
    each of `views` (crop, flip, ...), on the CPU, which give the position of a view in its image. `stored`: returns the stored
    images (n, 3, S, S), pixels between 0 and 1, of any indices in the data set; for pictures (neighbours in a memory bank).
    `masks`: returns where the objects are in each of `views`, (N, S, S) bool, for data with masks; for pictures. `negatives`:
    (N, 3, S, S) normalised views of other images' objects, each before the background of the first view, for methods that need
    masks.
    `other`: (N, 3, S, S) one view of each of N images of the second set (`data.other`), which are no partners of the first,
    normalised like the views, for methods that need a second set.
    `texts`: one caption of each image, for methods that need captions; empty for all others. `held_out`: returns some validation
    images as `stored` does, and their classes (n,), -1 where unknown; for pictures. `clips`: the clips of which the images are
    frames, by the draw of the first view, for methods that need clips.
    `moves`: what the agent did, in a batch of training of a method that acts in a world. The views are then pictures of the world
    with the margin for crops, those before the step and the one after it; `index` numbers the steps. `scenes`: held-out episodes,
    in a batch for pictures and scores of such a method, whose view is that of pictures in the data set.
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
    texts: tuple[str, ...] = ()
    masks: Callable[[], list[Tensor]] | None = None
    negatives: Tensor | None = None
    other: Tensor | None = None
    held_out: Callable[[], tuple[Tensor, Tensor]] | None = None
    moves: Moves | None = None
    scenes: Scenes | None = None
    clips: ClipViews | None = None

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
    with the M rows in the order of the views, for the diagnostics; `views`: the number of views in those rows: row i and row
    i + M/views are the same image. `terms`: named scalars to plot, such as the parts of the loss. `per_image`: (N,) the loss of
    each image, in the order of the batch's `index`, whose mean is the loss; None where the loss is defined for the batch only (a
    covariance, a density). `memory`: detached tensors by name that the method stores in `after_step` (keys of a queue, logits of
    a teacher)."""

    loss: Tensor
    features: Tensor
    embedding: Tensor | None = None
    views: int = 1
    terms: Mapping[str, Tensor | float] = field(default_factory=dict)
    per_image: Tensor | None = None
    memory: Mapping[str, Tensor] = field(default_factory=dict)


@dataclass(frozen=True)
class Stage:
    """A part of a run before the method's own training, for example the training of a tokenizer: its `name`, and its share of the
    run's steps. It has its own loss curve, its own learning rate schedule, and a checkpoint at its end that is kept.

    `views`: the preset of its views, all of which it uses, at the size of the config's first view; "" for the config's views.
    `optim`: values of the group `optim` in place of the config's (not `accumulate`); with any, the stage has an optimiser of its
    own, which starts without moments. `labelled`: whether it trains on the images alone whose labels the method is given
    (`Method.label_share`), each as often as any other, and several times in a batch that is larger than their number."""

    name: str
    share: float
    views: str = ""
    optim: Mapping[str, Any] = field(default_factory=dict)
    labelled: bool = False


@dataclass(frozen=True)
class Turn:
    """A player of a method whose networks are trained one after another within a step, such as the discriminator of a generator: it
    has its own loss, its own parameters (`ParameterGroup.turn`) and an optimiser of its own.

    `every`, `offset`: it moves at the steps offset, offset + every, offset + 2 every, ... counted from 0. `optim`: values of the
    group `optim` in place of the config's (not `accumulate`)."""

    name: str = ""
    every: int = 1
    offset: int = 0
    optim: Mapping[str, Any] = field(default_factory=dict)

    def moves(self, step: int) -> bool:
        """Whether it moves at this step, counted from 0."""
        return step >= self.offset and (step - self.offset) % self.every == 0


def main_turn(turns: Sequence[Turn]) -> Turn:
    """The turn whose loss, rate and features are those of the run: the last one that moves at every step."""
    return [turn for turn in turns if turn.every == 1 and turn.offset == 0][-1]


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
    """Parameters with the same optimiser settings. `fixed_lr`: the learning rate stays at its peak. `lr_scale`: factor of the
    learning rate. `decay`: whether weight decay applies to the matrices of the group. `turn`: the name of the turn that trains it,
    for a method of several. Parameters that two turns train are in a group of each."""

    parameters: list[nn.Parameter]
    fixed_lr: bool = False
    lr_scale: float = 1.0
    decay: bool = True
    turn: str = ""


@dataclass(frozen=True)
class Views:
    """The views of an image that a method trains on. Global views beyond `most`, and local views where `local` is False, are not
    drawn.

    `least`, `most`: number of global views; a `most` of None sets no bound. `local`: whether local views are used, any number of
    one size. `one_size`: whether all global views must have the same size, because they pass through the encoder as one batch.
    `together`: the least number of views, global and local together. `multiple`: the side of a global view must be a multiple of
    this, in patches of the encoder, or in pixels for an encoder without patches; unset sizes (0) are rounded up to it."""

    least: int
    most: int | None
    local: bool = False
    one_size: bool = False
    together: int = 0
    multiple: int = 1


# The hyper-parameters of a method; `Method` alone is a method with any.
C = TypeVar("C", bound=MethodConfig, covariant=True, default=MethodConfig)


class Method(nn.Module, Generic[C]):
    """Base class of every method: `class SimCLR(Method[SimCLRConfig])`. Each file assigns its subclass to METHOD.

    `config`: the hyper-parameters, of the type that the subclass gives, so that a misspelt name is a type error."""

    Config: ClassVar[type[MethodConfig]]
    # Default settings of a run with this method, as nested config values. Settings given by the user override them.
    recipe: ClassVar[Mapping[str, Any]] = {}
    # The views of the method, checked when a config is resolved (engine.train.view_check).
    views: ClassVar[Views]
    # Whether the loss of an image depends on the other images of its batch (negatives, a covariance, an assignment of the whole
    # batch). Accumulated gradients of small batches then differ from the gradient of one large batch.
    compares_images: ClassVar[bool] = False
    # Whether the task is to predict the rotation of an image, which is undefined where the objects have random orientations.
    asks_angle: ClassVar[bool] = False

    # Parts of the names of weights in checkpoints of older versions, and their present names.
    RENAMED: ClassVar[Mapping[str, str]] = {
        "judge": "discriminator",
        "paint": "output",
        "painter": "decoder",
        "places": "indices",
        "say": "output",
        "words": "embedding",
    }

    @classmethod
    def takes(cls, config: C, patches: bool = False) -> Views:  # type: ignore[misc]  # a subclass is called with its own Config
        """The views that the method needs with these hyper-parameters, by default `views`. `patches`: whether the encoder cuts
        images into patches."""
        return cls.views

    @classmethod
    def label_share(cls, config: C) -> float:  # type: ignore[misc]  # a subclass is called with its own Config
        """The share of the training labels, above 0, at most 1, that a method with few labels is given with these
        hyper-parameters, as many of each class."""
        return 1.0

    @classmethod
    def check_devices(cls, config: C, batch: int, devices: int) -> None:  # type: ignore[misc]  # as above
        """ConfigError where these hyper-parameters and this batch cannot be trained on so many devices, 2 or more, for a reason
        that does not hold for the method as a whole (`one_device` in the catalogue)."""

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
        """Called once, after the data set is opened and before the optimiser is created: for example to allocate a memory bank.
        images: (M,) the sorted indices of all training images in the data set; labels: (M,) their classes, -1 where unknown, as in
        `Batch.label`. ConfigError for data that the method cannot use."""

    def setup_teacher(self, encoder: Backbone, mean: Tensor, std: Tensor, own_mean: Tensor, own_std: Tensor) -> None:
        """Called once, before `setup_data`, where the config names a run as teacher (engine.config.teacher): copy its `encoder`,
        which is then a part of the method and of its checkpoints. mean, std: (3,) of the normalisation on which it was trained;
        own_mean, own_std: (3,) of this run's. RuntimeError where the encoder is not the one that the config describes. Not called
        for a run that is resumed: the teacher comes from its checkpoint."""
        raise NotImplementedError(f"{type(self).__name__} has a teacher in its settings and no setup_teacher")

    def setup_captions(self, texts: Sequence[str]) -> None:
        """Called once, after `setup_data`, where the catalogue says that the method needs captions: for example to learn a
        vocabulary. texts: all captions of the training images."""

    def setup_world(self, actions: int) -> None:
        """Called once, after `setup_data`, where the catalogue says that the method acts in a world: with the number of its
        actions."""

    def setup_clips(self, clips: Callable[[Tensor], ClipViews]) -> None:
        """Called once, after `setup_data`, where the catalogue says that the method needs clips. clips: gives whole clips, at the
        size of the first view, of any indices (n,) in the data set."""

    def forward(self, batch: Batch, at: Progress) -> Out:
        """The loss of one batch, for a method of several turns that of the turn `at.turn`. Changes no state except the running
        statistics of batch normalisation layers; tensors that `after_step` stores are returned in `Out.memory`."""
        raise NotImplementedError

    def chance(self, batch_size: int) -> float | None:
        """The loss at chance level for this batch size; None where the method has no such value."""
        return None

    def before_step(self, at: Progress) -> None:
        """Called before the forward passes of each step, to change the network where a stage begins: for example to copy its
        weights to a teacher."""

    def restarts(self, at: Progress) -> bool:
        """Whether the optimiser forgets its moments before this step, because `before_step` replaced the weights: as where another
        candidate of a search begins."""
        return False

    def after_backward(self, at: Progress) -> None:
        """Called between the backward pass and the optimiser's step of each turn, to clip gradients or set them to None."""

    def after_step(self, at: Progress, *outs: Out) -> None:
        """Called once after the optimiser's step of each turn, to update teachers and queues. `outs`: the `Out` of the step's
        batch, or of every batch in order where gradients are accumulated."""

    def pictures(self, batch: Batch) -> dict[str, Tensor]:
        """Visualizations of a few images, by name: (n, 3, h, w) pixels between 0 and 1. Called in eval mode without gradient.
        n is a multiple of the number of images, in their order, or 1 where one picture shows all of them."""
        return {}

    def inputs(self, batch: Batch) -> dict[str, Tensor]:
        """The input of the network after the method's own changes to the views (tiles, masks, rotated images), by name:
        (N, 3, h, w) pixels between 0 and 1, one row per image. For the preview of views: runs no network, and draws the same
        values from `batch.generator` as a training step with this batch."""
        return {}

    def task_score(self, batch: Batch) -> TaskScore | None:
        """The score of the method's pretext task on held-out images, such as the accuracy of a puzzle or the error of a
        reconstruction; None where the method has no such task. Called in eval mode without gradient; changes no state."""
        return None

    def stages(self) -> tuple[Stage, ...]:
        """The stages before the method's own training, in order. Their shares add up to less than 1."""
        return ()

    def own_stage(self) -> Stage:
        """The method's own training, whose views, optimiser values and images may differ from the config's too. Its name is "",
        and its share is what the stages leave."""
        return Stage("", 0.0)

    def turns(self) -> tuple[Turn, ...]:
        """The turns of each step, in order. All see the step's batches, each with the weights that the turns before it left, and
        with the same draws of `Batch.generator`. The gradient of a turn's loss moves the parameters of that turn alone. With
        several, no stage has optimiser values of its own."""
        return (Turn(),)

    @property
    def encoder(self) -> Backbone:
        """The backbone whose features are evaluated and exported; that of the teacher where the paper evaluates the teacher."""
        return self.backbone

    def parameter_groups(self) -> list[ParameterGroup]:
        """The parameter groups of the optimiser; by default one group with all parameters that require a gradient."""
        return [ParameterGroup([p for p in self.parameters() if p.requires_grad])]

    def teachers(self) -> list[nn.Module]:
        """Modules that never receive a gradient, for the health checks and tests."""
        return []
